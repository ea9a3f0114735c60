# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# pair.bats - keeper and supervisor: either may die or hang at any time.

load helper

two() {
	config "$@" < <(victim a; victim b)
	start_tree
	A=$(supctl pid a)
	B=$(supctl pid b)
	OLD=$(supervisor_pid)
}

replaced() {
	local new
	new=$(supervisor_pid)
	[ -n "$new" ] && [ "$new" != "$OLD" ]
}

@test "the supervisor is killed: the children do not notice" {
	two
	kill -KILL "$OLD"
	wait_until replaced
	wait_until supctl ping
	[ "$(supctl pid a)" = "$A" ]
	[ "$(supctl pid b)" = "$B" ]
	trace_is "start a" "start b"
	kill -USR1 "$A"
	wait_until pid_changed a "$A"
}

@test "a child that dies while there is no supervisor is started once" {
	two
	kill -STOP "$OLD"
	kill -KILL "$A" "$OLD"
	wait_until pid_changed a "$A"
	[ "$(supctl pid b)" = "$B" ]
	trace_is "start a" "start b" "start a"
	[ "$(supctl events | grep -c 'event=exited.*child=a')" = 1 ]
}

@test "windows and events survive the supervisor" {
	two "intensity = 1"
	kill -USR1 "$A"
	wait_until pid_changed a "$A"
	kill -KILL "$OLD"
	wait_until replaced
	wait_until supctl ping
	kill -USR1 "$(supctl pid a)"
	wait_until state_is a FATAL
	event_is 'event=started.*child=b'
}

@test "a supervisor that hangs is replaced" {
	two
	kill -STOP "$OLD"
	kill -USR1 "$A"
	wait_until -t 30 replaced
	wait_until pid_changed a "$A"
	trace_is "start a" "start b" "start a"
}

@test "the keeper is killed: everything dies with it" {
	two
	kill -KILL "$SUPD"
	wait "$SUPD" || true
	SUPD=
	wait_until gone "$A"
	wait_until gone "$B"
	wait_until gone "$OLD"
}

@test "a stop that was asked for is finished by the next supervisor" {
	config < <(victim a "shutdown = 1s" -- deaf; victim b)
	start_tree
	OLD=$(supervisor_pid)
	kill -TERM "$SUPD"
	wait_until trace_has "stop a"
	kill -KILL "$OLD"
	ends_with 0
	trace_is "start a" "start b" "stop b" "stop a"
}

@test "a supervisor that crash-loops ends the service in order, with 70" {
	two
	for _ in 1 2 3 4 5; do
		OLD=$(supervisor_pid)
		kill -SEGV "$OLD"
		wait_until replaced
	done
	kill -SEGV "$(supervisor_pid)"
	ends_with 70
	trace_has "stop a"
	trace_has "stop b"
}

@test "supervisors that are killed from outside are replaced without limit" {
	two
	for _ in {1..20}; do
		OLD=$(supervisor_pid)
		supctl ping
		kill -KILL "$OLD"
		wait_until replaced
	done
	wait_until supctl ping
	[ "$(supctl pid a)" = "$A" ]
}

@test "orphans of children are reaped" {
	config < <(cat <<-INI
		[child:a]
		command = sh -c '(sleep 0.1 & echo \$! > $T/orphan) & exec sleep infinity'
	INI
	)
	start_tree
	wait_until test -s "$T/orphan"
	wait_until gone "$(cat "$T/orphan")"
}
