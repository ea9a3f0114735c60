# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# daemon.bats - supd as a program: flags, exit codes, signals, pid file, cron.

bats_require_minimum_version 1.5.0
load helper

simple() {
	config < <(victim a)
}

@test "-V and -h" {
	run -0 supd -V
	[[ $output == supd\ * ]]
	run -0 supd -h
	[[ $output == *-c* ]]
}

@test "wrong usage is 64" {
	run -64 supd surplus
	run -64 supd --no-such-flag
}

@test "a configuration that is not there is 66" {
	run -66 supd -c "$T/none.ini"
	[[ $output == *none.ini* ]]
}

@test "a wrong configuration is 78, says every error, starts nothing" {
	simple
	cat >> "$T/t.ini" <<-INI
		autorestart = true
		[child:b]
		[child:a]
		command = true
	INI
	run -78 supd -c "$T/t.ini"
	[[ $output == *"t.ini:"*"did you mean 'restart'"* ]]
	[ "$(grep -c 't.ini:' <<< "$output")" -ge 3 ]
	[ ! -s "$T/trace" ]
	[ ! -e "$T/s" ]
}

@test "-t checks and starts nothing" {
	simple
	run -0 supd -t -c "$T/t.ini"
	[ ! -s "$T/trace" ]
	echo "nonsense = 1" >> "$T/t.ini"
	run -78 supd -t -c "$T/t.ini"
}

@test "a socket that cannot be made is 73" {
	simple
	: > "$T/file"
	sed -i "s|^socket = .*|socket = $T/file/s|" "$T/t.ini"
	run -73 supd -c "$T/t.ini"
}

@test "TERM, INT and QUIT stop in order with 0 and leave no socket" {
	simple
	for signal in TERM INT QUIT; do
		start_tree
		forget
		kill "-$signal" "$SUPD"
		ends_with 0
		trace_is "stop a"
		[ ! -e "$T/s" ]
	done
}

@test "a second TERM hurries" {
	config < <(victim a shutdown=infinity -- deaf)
	start_tree
	kill -TERM "$SUPD"
	wait_until trace_has "stop a"
	kill -TERM "$SUPD"
	ends_with 0
}

@test "a second supd on the same configuration is refused with 69" {
	simple
	start_tree
	run -69 supd -c "$T/t.ini"
	[[ $output == *"$SUPD"* ]]
	state_is a RUNNING
}

@test "one started right behind the keeper's death waits for the dying" {
	simple
	run -0 supd -d -c "$T/t.ini"
	for _ in {1..5}; do
		SUPD=$(cat "$T/state/lock")
		kill -KILL "$SUPD"
		run -0 supd -d -c "$T/t.ini"
		[ -z "$output" ]
	done
	SUPD=$(cat "$T/state/lock")
	state_is a RUNNING
}

@test "a lock whose holder is not to be seen: 69, and who to ask" {
	simple
	mkdir -p "$T/state"
	echo 4194304 > "$T/state/lock"
	exec 8<> "$T/state/lock"
	flock 8
	run -69 supd -c "$T/t.ini" 8>&-
	exec 8>&-
	[[ $output == *"fuser -v $T/state/lock"* ]]
}

@test "a socket left by a killed supd is no obstacle" {
	simple
	start_tree
	kill_service
	[ -S "$T/s" ]
	start_tree
	state_is a RUNNING
}

@test "-d returns when the tree is up; pid file; stop" {
	config < <(victim a ready=notify -- "once=$T/go" ready)
	run -0 supd -d -p "$T/pid" -c "$T/t.ini"
	SUPD=$(cat "$T/pid")
	trace_is "start a" "start a"
	state_is a RUNNING
	[ "$(ps -o sid= -p "$SUPD")" != "$(ps -o sid= -p $$)" ]
	[ "$(readlink "/proc/$SUPD/fd/0")" = /dev/null ]
	supctl shutdown
	wait_until gone "$SUPD"
	SUPD=
	[ ! -e "$T/pid" ]
}

@test "-d does not wait for a child that backs off" {
	config < <(victim a "backoff = 1h..1h" ready=notify -- code=1; victim b)
	run -0 supd -d -p "$T/pid" -c "$T/t.ini"
	SUPD=$(cat "$T/pid")
	state_is a BACKOFF
	state_is b RUNNING
}

@test "-d with a wrong configuration says so and is 78" {
	simple
	echo "nonsense = 1" >> "$T/t.ini"
	run -78 supd -d -c "$T/t.ini"
	[[ $output == *nonsense* ]]
}

@test "-d is refused with 69 where one runs" {
	simple
	start_tree
	run -69 supd -d -c "$T/t.ini"
}

@test "--ensure starts one, and is content when it runs" {
	simple
	run -0 supd --ensure -d -p "$T/pid" -c "$T/t.ini"
	SUPD=$(cat "$T/pid")
	run -0 supd --ensure -d -p "$T/pid" -c "$T/t.ini"
	[ -z "$output" ]
	[ "$(cat "$T/pid")" = "$SUPD" ]
	trace_is "start a"
	old=$SUPD
	kill_service
	run -0 supd --ensure -d -p "$T/pid" -c "$T/t.ini"
	[ "$(cat "$T/pid")" != "$old" ]
	SUPD=$(cat "$T/pid")
}

@test "an old pid file of a dead supd is no obstacle" {
	simple
	echo 1 > "$T/pid"
	run -0 supd -d -p "$T/pid" -c "$T/t.ini"
	SUPD=$(cat "$T/pid")
	[ "$SUPD" != 1 ]
	state_is a RUNNING
}

@test "missing folders of state and socket are made" {
	simple
	sed -i "s|^socket = .*|socket = $T/x/y/s|" "$T/t.ini"
	supd -c "$T/t.ini" > "$T/out" 2>> "$T/supd.err" 3>&- &
	SUPD=$!
	wait_until command supctl -s "$T/x/y/s" ping
	[ -d "$T/state" ]
}

@test "the terminal's Ctrl-C stops supd alone, and supd its children in order" {
	config < <(victim a; victim b)
	# Without exec, Ctrl-C is also for the shell that script starts.
	script -qfec "exec supd -c $T/t.ini" "$T/typescript" \
		< <(wait_until trace_is "start a" "start b"; printf '\003'
			wait_until not supctl ping) > "$T/out" 2>&1 3>&-
	wait_until trace_is "start a" "start b" "stop b" "stop a"
}
