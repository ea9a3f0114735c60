# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# links.bats - links, monitors, exit signals and mailboxes, with real processes.

bats_require_minimum_version 1.5.0
load helper

# peer ID [KEY=VALUE...] [-- WORD...]: a [child:] section (peer.c).
peer() {
	local id=$1 keys=''
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		keys+="$1"$'\n'
		shift
	done
	[ "${1:-}" = -- ] && shift
	printf '[child:%s]\ncommand = e2e_peer %s %s' "$id" "$T/trace" "$id"
	[ $# = 0 ] || printf ' "%s"' "$@"
	printf '\nmailbox = yes\nready = notify\n%s' "$keys"
}

trapping() {
	peer "$1" trap_exit=yes "${@:2}"
}

# reason_is ID REASON, of its last end.
reason_is() {
	supctl -j status "$1" | grep -F "\"reason\":\"$2\""
}

# tells ID TEXT: sends a command, and waits until it is there.
tells() {
	supctl send "$1" "$2"
	wait_until trace_has "$1 TEXT $2"
}

links_of() {
	supctl -j status "$1" | grep -o '"links":\[[^]]*\]'
}

is_linked() {
	[[ $(links_of "$1") == *"\"$2\""* ]]
}

monitors_on() {
	supctl -j status "$1" | grep -q "\"monitors\":$2"
}

kill_supervisor() {
	local old
	old=$(supervisor_pid)
	kill -KILL "$old"
	wait_until supervisor_is_not "$old"
	wait_until supctl ping
}

supervisor_is_not() {
	[ -n "$(supervisor_pid)" ] && [ "$(supervisor_pid)" != "$1" ]
}

@test "links of the file: one ends, the other goes with the same reason" {
	config < <(peer a; peer b links=a; peer c "links = b")
	start_tree
	local a b c
	a=$(supctl pid a) b=$(supctl pid b) c=$(supctl pid c)
	supctl send a segv
	wait_until pid_changed a "$a"
	wait_until pid_changed b "$b"
	wait_until pid_changed c "$c"
	reason_is a signal:SEGV
	reason_is b signal:SEGV
	reason_is c signal:SEGV
	wait_until is_linked b a
	wait_until is_linked b c
	supctl status b | grep -E ' 1/5 .* linked to [ac], [ac]$'
	wait_until is_linked a b
	is_linked b c
	event_is 'event=exit_signal child=b from=a reason=signal:SEGV'
	supctl why c | grep -F 'got an exit signal (from=b reason=signal:SEGV)'
}

@test "normal ends nobody, and each follows its own restart type" {
	config < <(peer a restart=transient; peer b links=a restart=transient
		peer c restart=temporary links=b)
	start_tree
	supctl send a "exit normal"
	wait_until state_is a EXITED
	state_is b RUNNING
	supctl send b "exit shutdown"
	wait_until state_is c EXITED
	wait_until state_is b EXITED
	reason_is c shutdown
}

@test "link and unlink: once is enough, noproc, and not found" {
	config < <(peer a; peer b; peer c autostart=no)
	start_tree
	supctl link a b
	supctl link b a
	[ "$(links_of a)" = '"links":["b"]' ]
	supctl unlink b a
	supctl unlink b a
	run -1 links_of a
	run -1 supctl link a c
	[[ $output == "supctl: c: noproc"* ]]
	run -1 supctl link c a
	[[ $output == "supctl: c: noproc"* ]]
	run -5 supctl link a nobody
	run -5 supctl unlink nobody a
	run -1 supctl link root a
	run -2 supctl link a
	old=$(supctl pid b)
	supctl exit a boom
	wait_until reason_is a boom
	[ "$(supctl pid b)" = "$old" ]
	event_is 'event=unlinked child=b with=a'
}

@test "who traps exits gets messages, of any reason but kill" {
	config < <(trapping t; peer a; peer b)
	start_tree
	local t
	t=$(supctl pid t)
	supctl link t a
	supctl exit a normal
	supctl exit a 'for a reason'
	wait_until trace_has "t EXIT a for a reason"
	wait_until state_is a RUNNING
	supctl link t a
	supctl send a "exit normal"
	wait_until trace_has "t EXIT a normal"
	supctl link t b
	supctl send b "exit kill"
	wait_until trace_has "t EXIT b kill"
	supctl exit t killed
	wait_until trace_has "t EXIT - killed"
	[ "$(supctl pid t)" = "$t" ]
	wait_until state_is b RUNNING
	supctl link t b
	supctl exit t kill
	wait_until reason_is t killed
	wait_until reason_is b killed
}

@test "links, monitors and exit signals are asked for by processes, too" {
	config < <(peer a; peer b; trapping t; peer c autostart=no)
	start_tree
	tells a "link b"
	tells a "link b"
	wait_until is_linked b a
	tells a "unlink b"
	tells a "link c"
	wait_until trace_has "a link c: ESRCH"
	tells t "link c"
	wait_until trace_has "t EXIT c noproc"
	tells t "monitor c"
	wait_until trace_has "t DOWN c noproc"
	tells t "monitor a"
	wait_until monitors_on a 1
	tells t "monitor a"
	wait_until monitors_on a 2
	tells t "demonitor"
	wait_until monitors_on a 1
	tells b "kill a because"
	wait_until trace_has "t DOWN a because"
	tells b "kill t normal"
	wait_until trace_has "t EXIT b normal"
	tells b "kill b normal"
	wait_until reason_is b normal
	tells t "kill nobody x"
	wait_until trace_has "t kill nobody x: ENXIO"
	[ "$(grep -c "t DOWN a" "$T/trace")" = 1 ]
}

@test "exit/1: the reason is what it says, unless a signal ends it" {
	config < <(peer a restart=temporary; peer b restart=temporary
		peer c restart=temporary; peer d restart=temporary)
	start_tree
	supctl send a "exit out of beans"
	wait_until state_is a EXITED
	reason_is a "out"
	supctl send b "code 3"
	wait_until state_is b EXITED
	reason_is b exit:3
	supctl send c "segv"
	wait_until state_is c EXITED
	reason_is c signal:SEGV
	supctl send d "exit timeout"
	wait_until state_is d EXITED
	reason_is d timeout
}

@test "monitor: a line for each end, noproc at once, each for itself" {
	config < <(peer a; peer b; peer c autostart=no)
	start_tree
	local a b
	a=$(supctl pid a) b=$(supctl pid b)
	supctl monitor a b a c > "$T/down" &
	local down=$!
	wait_until grep -q ' c - noproc$' "$T/down"
	supctl exit a boom
	wait_until grep -qE "^DOWN [0-9]+ a $a boom$" "$T/down"
	kill -KILL "$b"
	wait "$down"
	[ "$(grep -cE "^DOWN [0-9]+ a $a boom$" "$T/down")" = 2 ]
	[ "$(cut -d ' ' -f 2 "$T/down" | sort -u | wc -l)" = 4 ]
	grep -E "^DOWN [0-9]+ b $b signal:KILL$" "$T/down"
	[ "$(wc -l < "$T/down")" = 4 ]
	run -5 supctl monitor a nobody
}

@test "monitor: a client that is gone is forgotten, the others go on" {
	config < <(peer a)
	start_tree
	command supctl -s "$T/s" monitor a > "$T/one" &
	local one=$!
	supctl -j monitor a > "$T/two" &
	local two=$!
	wait_until grep -q refs "$T/two"
	kill "$one"
	wait "$one" || true
	supctl exit a boom
	wait "$two"
	grep -F '"reason":"boom"' "$T/two"
	[ ! -s "$T/one" ]
}

@test "monitors and links outlive the supervisor" {
	config < <(peer a; peer b; trapping t)
	start_tree
	local a
	a=$(supctl pid a)
	supctl link a b
	supctl link a t
	tells t "monitor a"
	wait_until monitors_on a 1
	supctl monitor a b > "$T/down" &
	local down=$!
	supctl -j monitor a > "$T/json" &
	local json=$!
	wait_until grep -q refs "$T/json"
	kill_supervisor
	is_linked a b
	is_linked t a
	monitors_on a 1
	kill -KILL "$a"
	wait "$down" "$json"
	grep -E "^DOWN [0-9]+ a $a signal:KILL$" "$T/down"
	grep -E "^DOWN [0-9]+ b [0-9]+ signal:KILL$" "$T/down"
	wait_until trace_has "t DOWN a signal:KILL"
	wait_until trace_has "t EXIT a signal:KILL"
	[ "$(grep -c "^t DOWN" "$T/trace")" = 1 ]
	[ "$(grep -c "^t EXIT" "$T/trace")" = 1 ]
}

@test "monitor: who ends while there is no supervisor is told of with its pid" {
	config "intensity = 0" < <(peer a)
	start_tree
	local a supervisor
	a=$(supctl pid a)
	supervisor=$(supervisor_pid)
	supctl -j monitor a > "$T/down" &
	local down=$!
	wait_until grep -q refs "$T/down"
	kill -STOP "$supervisor"
	kill -KILL "$a"
	kill -KILL "$supervisor"
	wait "$down"
	grep -F "\"pid\":$a,\"reason\":\"signal:KILL\"" "$T/down"
}

@test "start-child --link, --monitor: one that dies at once is told of" {
	config < <(peer a; trapping t)
	start_tree
	local a
	a=$(supctl pid a)
	run -0 supctl start-child --id x --restart temporary --link a \
		--monitor -- sh -c 'exit 3'
	[[ ${lines[0]} =~ ^x\ ([0-9]+)$ ]]
	[[ ${lines[1]} =~ ^DOWN\ [0-9]+\ x\ ${BASH_REMATCH[1]}\ exit:3$ ]]
	wait_until pid_changed a "$a"
	reason_is a exit:3
	run -1 supctl start-child --id y --link t --monitor -- /no/such
	[[ $output == *noexec:ENOENT* ]]
	wait_until trace_has "t EXIT y noexec:ENOENT"
	run -5 supctl start-child --id z --link nobody -- true
	supctl stop a
	run -1 supctl start-child --id z --link a -- true
	[[ $output == *noproc* ]]
	run -5 supctl status z
	run -0 supctl -j start-child --id z --monitor --restart temporary -- true
	[[ ${lines[0]} == *'"ref":'* ]]
	[[ ${lines[1]} == *'"reason":"normal"'* ]]
}

@test "start-child: links of its own, by --set" {
	config < <(peer a)
	start_tree
	run -2 supctl start-child --id x --set links=nobody -- sleep infinity
	[[ $output == *"no child nobody"* ]]
	run -2 supctl start-child --id x --set trap_exit=yes -- sleep infinity
	[[ $output == *"needs mailbox = yes"* ]]
	supctl start-child --id x --set links=a -- sleep infinity
	local x
	x=$(supctl pid x)
	supctl exit a boom
	wait_until pid_changed x "$x"
	reason_is x boom
	wait_until is_linked x a
}

@test "a mailbox that is not read holds up nobody, and loses the newest" {
	config < <(peer a; peer b)
	start_tree
	tells a deaf
	wait_until trace_has "a deaf"
	supctl send b "flood a"
	wait_until event_is 'event=mailbox_full child=a waiting=1024'
	wait_until trace_has "b flood a: ENOBUFS"
	supctl -j status a | grep -E '"mailbox":\{"waiting":1024,"lost":1\}'
	tells b "trap 1"
	run -1 supctl send a "one more"
	kill_supervisor
	supctl -j status a | grep -E '"mailbox":\{"waiting":1024,"lost":2\}'
	supctl why a | grep -F 'messages that found no room: 2'
}

@test "what waits in a mailbox comes in order, also after a takeover" {
	config < <(peer a)
	start_tree
	kill -STOP "$(supctl pid a)"
	for i in {1..300}; do
		echo "a TEXT $i"
		supctl send a "$i"
		[ "$i" != 290 ] || kill_supervisor
	done > "$T/expected"
	kill -CONT "$(supctl pid a)"
	wait_until trace_has "a TEXT 300"
	grep TEXT "$T/trace" | diff "$T/expected" -
}

@test "send: to a child without a mailbox, to one that does not run" {
	config < <(victim v; peer a autostart=no; peer b)
	start_tree
	run -1 supctl send v x
	[[ $output == *"mailbox = yes"* ]]
	run -1 supctl send a x
	run -5 supctl send nobody x
	run -2 supctl send b "$(printf '%8001s' x)"
	run -2 supctl send b $'two\nlines'
	tells b "send v x"
	wait_until trace_has "b send v x: EOPNOTSUPP"
	tells b "send b hello"
	wait_until trace_has "b TEXT hello"
}

@test "a stop is a message for one that traps, and a kill if it is ignored" {
	config < <(trapping t; trapping u shutdown=500ms stop_signal=KILL)
	start_tree
	supctl stop t
	trace_has "t STOP shutdown"
	reason_is t shutdown
	tells u deaf
	wait_until trace_has "u deaf"
	supctl stop u
	reason_is u killed
}

@test "trapping is set by the process, for as long as it lives" {
	config < <(peer a; peer b)
	start_tree
	tells a "trap 1"
	supctl link a b
	supctl exit b boom
	wait_until trace_has "a EXIT b boom"
	supctl exit a kill
	wait_until reason_is a killed
	wait_until state_is a RUNNING
	supctl exit a boom
	wait_until reason_is a boom
}

@test "a standby is told that it is the primary, and has the mailbox" {
	config "intensity = 100" < <(peer a standby=gate)
	start_tree
	has_standby() {
		supctl -j status a | grep '"standby":'
	}
	wait_until has_standby
	local a
	a=$(supctl pid a)
	kill -KILL "$a"
	wait_until trace_has "a PRIMARY"
	tells a "send a hello"
	wait_until trace_has "a TEXT hello"
}

@test "who sends garbage to its mailbox loses it, and nothing else" {
	cat > "$T/garbage" <<-'END'
		import os, socket, time
		s = socket.socket(fileno=int(os.environ["SUPD_MAILBOX_FD"]))
		s.send(b"what is this")
		try:
		    while s.recv(9000): pass
		except ConnectionResetError: pass
		open(os.environ["T"] + "/lost", "w").close()
		time.sleep(1000)
	END
	config < <(printf '[child:g]\ncommand = python3 %s\nmailbox = yes\n' \
		"$T/garbage"; printf 'environment = T=%s\n' "$T"; peer a)
	start_tree
	wait_until test -e "$T/lost"
	event_is 'event=mailbox_closed child=g'
	state_is g RUNNING
	tells a "send a hello"
	run -1 supctl send g hello
}

@test "links in the file: whoever is named must be there" {
	config < <(cat <<-INI
		[supervisor:s]
		strategy = simple_one_for_one
		[child:t]
		supervisor = s
		command = true
		[child:a]
		command = true
		links = nobody a t root i
		[child:i]
		command = true
		instances = 2
		[child:b]
		command = true
		links = a s i@2
		trap_exit = yes
	INI
	)
	run -78 supd -t -c "$T/t.ini"
	[ "${#lines[@]}" = 6 ]
	for word in "nobody: there is no such" "a: it cannot be linked to" \
		"t: it is the template" "root: nobody can be" \
		"i: it has instances"; do
		[[ $output == *"t.ini:12: child a: links: $word"* ]]
	done
	[[ $output == *"child b: trap_exit = yes needs mailbox = yes"* ]]
}
