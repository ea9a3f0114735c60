# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# standby.bats - a second process takes over when the first one is gone.

load helper

# One child c: a gate in front of a victim, or a hot counter.
gate() {
	config "intensity = 100" < <(victim c "standby = gate" "$@")
	start_tree
}

hot() {
	config "intensity = 100" < <(cat <<-INI
		[child:c]
		command = counter --checkpoint $T/ck --interval 5ms
		stdout = file:$T/numbers
		standby = hot
	INI
	)
	start_tree
}

standby() {
	supctl -j status c | grep -o '"standby":[0-9]*' | cut -d : -f 2
}

has_standby() {
	[ -n "$(standby)" ]
}

has_other_standby() {
	has_standby && [ "$(standby)" != "$1" ]
}

is_primary() {
	[ "$(supctl pid c)" = "$1" ]
}

grows() {
	[ "$(wc -l < "$T/numbers")" -gt "$1" ]
}

numbers_grow() {
	wait_until grows "$(wc -l < "$T/numbers")"
}

# The output is 1, 2, 3, ..., but for a line that is being written.
numbers_are_exact() {
	sed '$d' "$T/numbers" > "$T/whole"
	seq "$(wc -l < "$T/whole")" | cmp - "$T/whole"
}

promoted_by_a_kill() {
	local primary next
	wait_until has_standby
	primary=$(supctl pid c)
	next=$(standby)
	kill -KILL "$primary"
	wait_until is_primary "$next"
	wait_until has_other_standby "$next"
}

@test "gate: any program's standby takes over, and the next one comes" {
	gate
	trace_is "start c"
	promoted_by_a_kill
	wait_until trace_is "start c" "start c"
	promoted_by_a_kill
	wait_until trace_is "start c" "start c" "start c"
	supctl status c | grep -qE 'RUNNING .* 2/100 .*standby [0-9]+'
	event_is 'event=promoted child=c pid='
}

@test "gate: it is held before its program, and executes it as the primary" {
	config "intensity = 100" < <(cat <<-INI
		[child:c]
		command = sh -c 'env > $T/env.\$SUPD_INCARNATION; exec sleep infinity'
		standby = gate
	INI
	)
	start_tree
	wait_until test -s "$T/env.1"
	promoted_by_a_kill
	wait_until test -s "$T/env.2"
	[ ! -e "$T/env.0" ]
	grep -qx SUPD_ROLE=primary "$T/env.2"
	grep -qx SUPD_LAST_REASON=signal:KILL "$T/env.2"
	not grep -q SUPD_STANDBY_FD "$T/env.2"
}

@test "gate: a program that is gone meanwhile is noexec" {
	cp "$(command -v sleep)" "$T/program"
	config "intensity = 100" < <(cat <<-INI
		[child:c]
		command = $T/program infinity
		standby = gate
		backoff = 10ms..20ms
	INI
	)
	start_tree
	wait_until has_standby
	mv "$T/program" "$T/elsewhere"
	kill -KILL "$(supctl pid c)"
	wait_until event_is 'event=noexec child=c stage=exec'
	mv "$T/elsewhere" "$T/program"
	wait_until state_is c RUNNING
	wait_until has_standby
}

@test "hot: no number is lost or repeated by promotions" {
	hot
	for _ in 1 2 3 4 5; do
		promoted_by_a_kill
		numbers_grow
	done
	numbers_are_exact
	[ "$(supctl events | grep -c event=promoted)" = 5 ]
}

@test "hot: primary and standby are killed at once" {
	local primary next
	hot
	for _ in 1 2 3; do
		wait_until has_standby
		primary=$(supctl pid c)
		next=$(standby)
		kill -KILL "$primary" "$next"
		wait_until pid_changed c "$primary"
		wait_until has_other_standby "$next"
		numbers_grow
	done
	numbers_are_exact
}

@test "hot: the supervisor is killed together with the primary" {
	local next
	hot
	for _ in 1 2 3; do
		wait_until has_standby
		next=$(standby)
		kill -KILL "$(supctl pid c)" "$(supervisor_pid)"
		wait_until supctl ping
		wait_until is_primary "$next"
		wait_until has_other_standby "$next"
		numbers_grow
	done
	numbers_are_exact
}

@test "a standby that dies is replaced; the sixth time in a minute not" {
	local next='' primary
	gate
	primary=$(supctl pid c)
	for _ in 1 2 3 4 5 6; do
		wait_until has_other_standby "$next"
		next=$(standby)
		kill -KILL "$next"
	done
	wait_until event_is 'event=standby_gave_up child=c'
	not has_standby
	is_primary "$primary"
	supctl status c | grep -q ' 0/100 '
	kill -USR1 "$primary"
	wait_until pid_changed c "$primary"
	trace_is "start c" "start c"
}

@test "a stop ends the standby too; so does the end of supd" {
	local primary next
	gate
	wait_until has_standby
	primary=$(supctl pid c)
	next=$(standby)
	supctl stop c
	gone "$primary"
	gone "$next"
	supctl start c
	wait_until has_standby
	next=$(standby)
	kill -TERM "$SUPD"
	ends_with 0
	gone "$next"
}

@test "a child that ends for good has no standby any more" {
	local next
	gate "restart = transient"
	wait_until has_standby
	next=$(standby)
	kill -USR2 "$(supctl pid c)"
	wait_until state_is c EXITED
	wait_until gone "$next"
	trace_is "start c"
}

@test "takeover promotes the standby; without one it says so" {
	local next status=0
	gate
	wait_until has_standby
	next=$(standby)
	[ "$(supctl takeover c)" = "c $next" ]
	is_primary "$next"
	wait_until trace_is "start c" "stop c" "start c"
	wait_until has_other_standby "$next"
	supctl status c | grep -q ' 0/100 '
	supctl stop c
	supctl takeover c 2> "$T/said" || status=$?
	[ "$status" = 1 ]
	grep -q "no standby" "$T/said"
}
