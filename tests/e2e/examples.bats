# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# examples.bats - the programs of worker/examples below supd, as a user meets
# them: through `client`, `supctl` and kill -9.

bats_require_minimum_version 1.5.0
load helper
PATH="$BUILD/examples:$PATH"

# tree NAME: starts conf/NAME.ini with sockets in $T/state.
tree() {
	config < <(sed '/^\[supd\]/,/^$/d' "conf/$1.ini")
	start_tree
}

# ask NAME REQUEST...: what the server says, in ten seconds, since the machine
# may be busy.
ask() {
	client -t 10 "$T/state/$1" "${@:2}"
}

# says ANSWER NAME REQUEST: it does.
says() {
	local got
	got=$(ask "$2" "$3") || true
	echo "$2: $3: $got"
	[ "$got" = "$1" ]
}

# dies_anew ID COMMAND...: COMMAND ends the process, and another one runs.
dies_anew() {
	local id=$1 old
	old=$(supctl pid "$id")
	shift
	"$@"
	wait_until pid_changed "$id" "$old"
}

kill_child() {
	kill -KILL "$(supctl pid "$1")"
}

# holder NAME SERVER: a client that stays until it is killed; its requests are
# what `tell` writes, its answers are in $T/NAME.
declare -gA HOLDER TO

holder() {
	local fd
	mkfifo "$T/$1.in"
	client -t infinity "$T/state/$2" < "$T/$1.in" > "$T/$1" 3>&- &
	HOLDER[$1]=$!
	exec {fd}> "$T/$1.in"
	TO[$1]=$fd
}

tell() {
	echo "$2" >&"${TO[$1]}"
}

# hears NAME ANSWER: it is the last one that it gets.
hears() {
	wait_until heard "$@"
}

heard() {
	[ "$(tail -n 1 "$T/$1")" = "$2" ]
}

kill_holder() {
	kill -KILL "${HOLDER[$1]}"
	wait "${HOLDER[$1]}" || true
}

# was NAME REASON: that was the end of its last process.
was() {
	wait_until event_is "event=exited child=$1 reason=$2\$"
}

@test "add_one: what is no integer ends it, and the shell that it is linked to" {
	local shell
	tree links
	run -0 ask add_one 1 -7
	[ "$output" = $'2\n-6' ]
	shell=$(supctl pid shell)
	dies_anew add_one says timeout add_one one
	wait_until pid_changed shell "$shell"
	was add_one badarith
	was shell badarith
	wait_until says 3 add_one 2
}

@test "add_one: the death of the shell ends it, too" {
	tree links
	dies_anew add_one kill_child shell
	was add_one signal:KILL
	wait_until says 3 add_one 2
}

@test "add_two: the one that traps lives, and says what the other died of" {
	local front
	tree links
	front=$(supctl pid add_two)
	wait_until says 8 add_two 6
	dies_anew adder wait_until says "{error,badarith}" add_two six
	wait_until says 8 add_two 6
	dies_anew adder kill_child adder
	wait_until says 9 add_two 7
	[ "$(supctl pid add_two)" = "$front" ]
	dies_anew add_two kill_child add_two
	was adder signal:KILL
	wait_until says 10 add_two 8
}

@test "a client gets timeout when no answer comes in a second" {
	local adder began
	tree links
	adder=$(supctl pid adder)
	kill -STOP "$adder"
	began=${EPOCHREALTIME/./}
	says timeout add_two 6
	[ $((${EPOCHREALTIME/./} - began)) -ge 1000000 ]
	kill -CONT "$adder"
	wait_until says 9 add_two 7
	[ "$(supctl pid adder)" = "$adder" ]
}

@test "ping_pong: stop ends the first abnormally, and its link the other" {
	local pong
	tree links
	says pong ping ping
	pong=$(supctl pid pong)
	dies_anew ping says ok ping stop
	wait_until pid_changed pong "$pong"
	was ping stopped
	was pong stopped
	wait_until says pong ping ping
}

@test "frequency: that of a client killed with -9 is given back" {
	tree tree
	holder one frequency
	tell one allocate
	hears one "{ok,10}"
	says "{ok,11}" frequency allocate
	kill_holder one
	wait_until says "{ok,10}" frequency allocate
}

@test "frequency: all are handed out once, and what was given back is free" {
	tree tree
	holder one frequency
	for _ in 1 2 3 4 5 6 7; do
		tell one allocate
	done
	hears one "{error,no_frequencies}"
	[ "$(tr '\n' ' ' < "$T/one")" = "{ok,10} {ok,11} {ok,12} {ok,13}\
 {ok,14} {ok,15} {error,no_frequencies} " ]
	says "{error,no_frequencies}" frequency allocate
	says ok frequency "deallocate 13"
	says "{error,not_allocated}" frequency "deallocate 13"
	wait_until says "{ok,13}" frequency allocate
	dies_anew frequency says ok frequency stop
	was frequency normal
	wait_until says "{ok,10}" frequency allocate
	kill_holder one
}

@test "frequency: who gives back and dies at once takes nothing from the next" {
	tree tree
	holder next frequency
	for _ in {1..8}; do
		run -0 ask frequency allocate "deallocate 10"
		[ "$output" = $'{ok,10}\nok' ]
		tell next allocate
		hears next "{ok,10}"
		says "{ok,11}" frequency allocate
		tell next "deallocate 10"
		hears next ok
	done
	kill_holder next
}

# busy N: the mutex is held, and so many wait.
busy() {
	wait_until status_has "busy, $1 waiting"
}

status_has() {
	supctl status | grep -F "$1"
}

@test "mutex_monitor: one at a time, in turn" {
	tree tree
	holder one mutex
	holder two mutex
	tell one wait
	hears one ok
	tell two wait
	busy 1
	run -1 client -t 0.1 "$T/state/mutex" wait
	[ "$output" = timeout ]
	busy 1
	says "{error,not_holder}" mutex signal
	[ ! -s "$T/two" ]
	tell one signal
	hears two ok
	kill_holder one
	kill_holder two
}

@test "mutex_monitor: the death of its holder releases it" {
	tree tree
	holder one mutex
	holder two mutex
	tell one wait
	hears one ok
	tell two wait
	busy 1
	kill_holder one
	hears two ok
	kill_holder two
	wait_until status_has free
}

@test "mutex_monitor: one that dies waiting is passed over" {
	tree tree
	for who in one two three; do
		holder "$who" mutex
		tell "$who" wait
		[ "$who" != one ] || hears one ok
	done
	busy 2
	kill_holder two
	busy 1
	tell one signal
	hears three ok
	[ ! -s "$T/two" ]
	kill_holder one
	kill_holder three
}

@test "mutex_link: the death of the child that holds it releases it" {
	tree links
	holder one mutex
	holder two mutex
	tell one "wait a"
	hears one ok
	tell two "wait b"
	busy 1
	says "{error,claimed}" mutex "wait b"
	dies_anew a kill_child a
	hears two ok
	says "{error,not_holder}" mutex "signal a"
	says ok mutex "signal b"
	kill_holder one
	kill_holder two
}

@test "mutex_link: a child that dies waiting is passed over, or had died before" {
	tree links
	says ok mutex "wait shell"
	for who in a b; do
		holder "$who" mutex
		tell "$who" "wait $who"
		wait_until event_is "event=linked child=mutex with=$who"
	done
	dies_anew a kill_child a
	supctl stop b
	wait_until event_is "event=exit_signal child=mutex from=b"
	says ok mutex "signal shell"
	says ok mutex "wait shell"
	says ok mutex "signal shell"
	[ ! -s "$T/a" ] && [ ! -s "$T/b" ]
	says "{error,noproc}" mutex "wait nobody"
	run -1 ask mutex "wait b" "signal b"
	[ "$output" = $'ok\n{error,not_holder}' ]
	says ok mutex "wait a"
	kill_holder a
	kill_holder b
}

@test "mutex_link: its own death ends the child that holds it" {
	tree links
	says ok mutex "wait a"
	dies_anew a kill_child mutex
	was a signal:KILL
	wait_until says ok mutex "wait b"
}

@test "db: what it was told is there whatever it dies of" {
	tree tree
	run -0 ask db "write ann 31 Main Street" "write bob x" \
		"write cid x" "read ann" "match x" "delete bob"
	[ "${lines[3]}" = "{ok,31 Main Street}" ]
	[ "${lines[4]}" = "[bob,cid]" ]
	for _ in 1 2 3 4; do
		dies_anew db kill_child db
	done
	wait_until says "{ok,31 Main Street}" db "read ann"
	run -1 ask db "match x" "read bob" "write ann y"
	[ "$output" = $'[cid]\n{error,instance}\nok' ]
	says "{ok,y}" db "read ann"
	says "[]" db "match x y"
	says "{error,undef}" db "write ann"
}

@test "what runs notices nothing of the death of supd's supervisor" {
	local front old
	tree links
	front=$(supctl pid add_two)
	says ok mutex "wait a"
	holder two mutex
	tell two "wait b"
	busy 1
	old=$(supervisor_pid)
	kill -KILL "$old"
	wait_until says 8 add_two 6
	dies_anew adder wait_until says "{error,badarith}" add_two six
	dies_anew a kill_child a
	hears two ok
	says ok mutex "signal b"
	[ "$(supctl pid add_two)" = "$front" ]
	[ "$(supervisor_pid)" != "$old" ]
	kill_holder two
}

@test "figure 6-9: each process is killed, and is there again as another one" {
	local status id old
	tree tree
	says ok db "write key value"
	for id in db mutex frequency; do
		old=$(supctl pid "$id")
		supctl exit "$id" kill
		wait_until pid_changed "$id" "$old"
		was "$id" killed
	done
	status=$(supctl status)
	[[ $status == *mutex*killed* ]]
	[[ $(supctl tree) == *semaphores*mutex*frequency*databases*db* ]]
	wait_until says "{ok,value}" db "read key"
	wait_until says ok mutex wait
	wait_until says "{ok,10}" frequency allocate
}

@test "figure 6-9: a supervisor that is taken down comes back with its servers" {
	local old
	tree tree
	old=$(supctl pid frequency)
	for _ in 1 2 3 4 5 6; do
		dies_anew mutex supctl exit mutex kill
	done
	event_is "event=gave_up supervisor=semaphores"
	wait_until pid_changed frequency "$old"
	wait_until says ok mutex wait
}
