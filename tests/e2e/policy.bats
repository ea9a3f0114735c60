# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# policy.bats - one child's life: restart types, limits, failed starts,
# readiness, the ways to stop it, and what it leaves behind.

bats_require_minimum_version 1.5.0
load helper

one() {
	config < <(victim a "$@")
	start_tree
}

# end_it SIGNAL: sends it to a, USR1 ends it with 1 and USR2 with 0.
end_it() {
	OLD=$(supctl pid a)
	kill "-$1" "$OLD"
}

@test "permanent: started again after any end" {
	one restart=permanent
	for signal in USR1 USR2 KILL SEGV; do
		end_it "$signal"
		wait_until pid_changed a "$OLD"
	done
}

@test "transient: started again after an abnormal end only" {
	one restart=transient
	end_it USR1
	wait_until pid_changed a "$OLD"
	end_it USR2
	wait_until state_is a EXITED
}

@test "temporary: never started again, and start brings it back" {
	one restart=temporary
	end_it USR1
	wait_until state_is a EXITED
	supctl start a
	state_is a RUNNING
}

@test "success_codes: a code and a signal that count as normal" {
	one restart=transient "success_codes = 0 1"
	end_it USR1
	wait_until state_is a EXITED
	run supctl status a
	[ "$status" = 3 ]
	[[ $output == *normal* ]]
}

@test "the limit takes a child off the list, prints an error, others go on" {
	config "intensity = 3" < <(victim a; victim bad -- code=7)
	start_supd
	wait_until state_is bad FATAL
	[ "$(grep -c 'start bad' "$T/trace")" = 4 ]
	grep -q bad "$T/supd.err"
	state_is a RUNNING
	run -0 supctl which-children
	[[ $output != *bad* ]]
}

@test "reset forgives: a child that was taken off may start again" {
	config "intensity = 0" < <(victim a)
	start_tree
	end_it USR1
	wait_until state_is a FATAL
	supctl reset a
	supctl start a
	wait_until state_is a RUNNING
}

@test "on_limit = shutdown at the root: supd gives up with 1" {
	config "intensity = 1" "on_limit = shutdown" < <(victim z; victim a)
	start_tree
	end_it USR1
	wait_until pid_changed a "$OLD"
	end_it USR1
	ends_with 1
	trace_is "start z" "start a" "start a" "stop z"
}

@test "what cannot be executed is noexec, counted, and no busy loop" {
	config "intensity = 2" < <(
		printf '[child:none]\ncommand = /no/such/program\n'
		printf '[child:dir]\ncommand = /etc\n')
	start_supd
	wait_until state_is none FATAL
	wait_until state_is dir FATAL
	run supctl status none
	[[ $output == *noexec:ENOENT* ]]
	run supctl status dir
	[[ $output == *noexec:EACCES* ]]
}

@test "backoff: the next start waits, and stop cancels it" {
	one "backoff = 1h..1h"
	end_it USR1
	wait_until state_is a BACKOFF
	supctl stop a
	wait_until state_is a STOPPED
	supctl start a
	wait_until state_is a RUNNING
}

@test "backoff: it does start again after the delay" {
	one "backoff = 50ms..200ms"
	end_it USR1
	wait_until pid_changed a "$OLD"
}

@test "a deaf child is killed when its time is over" {
	one "shutdown = 200ms" -- deaf
	supctl stop a
	wait_until state_is a STOPPED
	trace_is "start a" "stop a"
	run supctl status a
	[[ $output == *killed* ]]
}

@test "brutal_kill: no word of warning" {
	one shutdown=brutal_kill
	supctl stop a
	trace_is "start a"
}

@test "stop_signal is sent instead of TERM" {
	one stop_signal=USR2
	supctl stop a
	trace_is "start a"
	state_is a STOPPED
}

# A zombie has ended, though nobody has reaped it yet.
is_over() {
	! grep -qs '^State:.[^ZX]' "/proc/$1/status"
}

@test "a restart does not overlap the old process' descendants" {
	one "shutdown = 300ms" -- child
	wait_until trace_has "descendant a"
	before=$(pgrep -f "e2e_victim $T/trace a fd=3 child" | sort)
	[ "$(wc -w <<< "$before")" = 2 ]
	end_it KILL
	wait_until pid_changed a "$OLD"
	for pid in $before; do
		is_over "$pid"
	done
}

@test "stop ends what escaped into a session of its own" {
	one "shutdown = 300ms" -- child
	wait_until trace_has "descendant a"
	supctl stop a
	run ! pgrep -f "e2e_victim $T/trace a fd=3 child"
}

@test "ready = notify: the next sibling waits for READY=1" {
	config < <(
		victim a ready=notify -- "await=$T/go" "status=well" ready
		victim b)
	start_supd
	wait_until trace_has "start a"
	state_is a STARTING
	state_is b STOPPED
	touch "$T/go"
	wait_until state_is b RUNNING
	trace_is "start a" "start b"
	run -0 supctl status a
	[[ $output == *well* ]]
}

@test "ready = fd:N: a newline on it" {
	config < <(victim a ready=fd:5 -- fd=5; victim b)
	start_supd
	wait_until state_is b RUNNING
	state_is a RUNNING
}

@test "start_timeout: a child that never gets ready is a failed start" {
	config "intensity = 1" < <(
		victim a ready=notify start_timeout=100ms; victim b)
	start_supd
	wait_until state_is a FATAL
	[ "$(grep -c 'start a' "$T/trace")" = 2 ]
	wait_until state_is b RUNNING
	run supctl why a
	[[ $output == *timeout* ]]
}

@test "an end before readiness is a failed start, code 0 included" {
	config "intensity = 1" < <(
		victim a ready=notify restart=transient -- code=0)
	start_supd
	wait_until state_is a FATAL
	run -0 supctl events
	[[ $output == *event=start_failed*child=a*event=start_failed*child=a* ]]
}

@test "autostart = no waits for start" {
	one autostart=no
	state_is a STOPPED
	supctl start a
	state_is a RUNNING
}

@test "instances: NAME@1 to NAME@N" {
	one instances=3
	for i in 1 2 3; do
		wait_until state_is "a@$i" RUNNING
	done
}

@test "environment, directory, umask, output files, and a quoted semicolon" {
	config < <(cat <<-INI
		[child:a]
		command = sh -c 'echo "\$X \$(pwd) \$(umask) \$SUPD_CHILD"; echo e >&2; exec sleep infinity'
		environment = X=some words
		directory = /usr
		umask = 027
		stdout = file:$T/child.out
		stderr = file:$T/child.err.txt
	INI
	)
	start_supd
	wait_until grep -qx "some words /usr 0027 a" "$T/child.out"
	wait_until grep -qx e "$T/child.err.txt"
}

@test "a child gets no descriptor but 0, 1, 2; stdin is /dev/null" {
	config < <(cat <<-INI
		[child:a]
		command = sh -c 'exec sleep infinity 4< /dev/zero'
		[child:b]
		command = sleep infinity
	INI
	)
	start_tree
	cd "/proc/$(supctl pid b)/fd"
	[ "$(echo *)" = "0 1 2" ]
	[ "$(readlink "/proc/$(supctl pid b)/fd/0")" = /dev/null ]
}

@test "a child has a clean signal mask, default dispositions, its own session" {
	config < <(printf '[child:b]\ncommand = sleep infinity\n')
	trap '' HUP
	start_tree
	pid=$(supctl pid b)
	grep -qE '^SigBlk:\s*0+$' "/proc/$pid/status"
	grep -qE '^SigIgn:\s*0+$' "/proc/$pid/status"
	[ "$(ps -o sid= -p "$pid" | tr -d ' ')" = "$pid" ]
}
