# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# container.bats - supd as PID 1 of a PID namespace.

load helper

# as_pid_1 PROGRAM: $T/t.ini in a PID namespace of its own.
as_pid_1() {
	local user=()
	[ "$(id -u)" = 0 ] || user=(--user --map-root-user)
	unshare "${user[@]}" --pid --fork --mount-proc true 2> /dev/null ||
		skip "no PID namespaces for this user here"
	unshare "${user[@]}" --pid --fork --mount-proc --kill-child \
		"$BUILD/supd" -c "$T/t.ini" > "$T/out" 2> "$T/supd.err" 3>&- &
	SUPD=$!
	wait_until supctl ping
	INIT=$(pgrep -P "$SUPD")
}

@test "PID 1: runs children, reaps orphans, stops in order" {
	config < <(victim a; cat <<-INI
		[child:o]
		command = sh -c '(sleep 0 & exec sleep 0) & exec sleep infinity'
	INI
	)
	as_pid_1
	[ "$(supctl pid)" = 1 ]
	kill -KILL "$(pgrep -f "e2e_victim $T/trace a")"
	wait_until trace_is "start a" "start a"
	no_zombies() {
		! pgrep -P "$INIT" --runstates Z
	}
	wait_until no_zombies
	forget
	kill -TERM "$INIT"
	ends_with 0
	trace_is "stop a"
}

@test "PID 1: its supervisor is killed, the children stay" {
	config < <(victim a)
	as_pid_1
	a=$(supctl pid a)
	kill -KILL "$(pgrep -P "$INIT" -x supd-supervisor)"
	wait_until supctl ping
	[ "$(supctl pid a)" = "$a" ]
	kill -TERM "$INIT"
	ends_with 0
}

@test "PID 1: the end of the namespace is the end of everything" {
	config < <(victim a)
	as_pid_1
	a=$(pgrep -f "e2e_victim $T/trace a")
	kill -KILL "$INIT"
	wait_until gone "$a"
	wait_until gone "$SUPD"
	SUPD=
}
