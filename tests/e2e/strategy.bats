# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# strategy.bats - who is stopped and started when a child dies, with real
# processes; the order is what OTP's supervisor does.

bats_require_minimum_version 1.5.0
load helper

# crash ID: it ends with 1 and is seen again as another process.
crash() {
	local pid
	pid=$(supctl pid "$1")
	forget
	kill -USR1 "$pid"
	wait_until pid_changed "$1" "$pid"
}

three() {
	config "$@" < <(victim a; victim b; victim c)
	start_tree
}

@test "children start in order and stop in reverse" {
	three
	trace_is "start a" "start b" "start c"
	forget
	kill -TERM "$SUPD"
	ends_with 0
	trace_is "stop c" "stop b" "stop a"
}

@test "one_for_one: the others do not notice" {
	three "strategy = one_for_one"
	crash b
	wait_until trace_is "start b"
}

@test "one_for_all: all others stop in reverse, then all start" {
	three "strategy = one_for_all"
	crash b
	wait_until trace_is "stop c" "stop a" "start a" "start b" "start c"
}

@test "rest_for_one: those after it stop, then it and they start" {
	three "strategy = rest_for_one"
	crash b
	wait_until trace_is "stop c" "start b" "start c"
}

@test "one_for_all counts one restart a round" {
	three "strategy = one_for_all" "intensity = 2" "on_limit = shutdown"
	crash a
	wait_until trace_has "start c"
	crash b
	wait_until trace_has "start c"
	kill -USR1 "$(supctl pid c)"
	ends_with 1
}

@test "simple_one_for_one: instances of a template, numbered, never twice" {
	config "strategy = simple_one_for_one" < <(victim job)
	start_tree
	run -0 supctl start-child job x=1
	[[ $output == job@1\ * ]]
	run -0 supctl start-child job x=2
	[[ $output == job@2\ * ]]
	wait_until supctl pid job@2
	tr '\0' '\n' < "/proc/$(supctl pid job@2)/cmdline" | grep -qx x=2
	supctl stop-child job@2 || supctl stop job@2
	run -0 supctl start-child job
	[[ $output == job@3\ * ]]
}

@test "temporary siblings of a group are stopped and not started again" {
	config "strategy = one_for_all" < <(
		victim a; victim t restart=temporary; victim c)
	start_tree
	crash a
	wait_until trace_is "stop c" "stop t" "start a" "start c"
	state_is t EXITED || not supctl status t
}

@test "a nested supervisor that gives up is restarted by its parent" {
	config "on_limit = shutdown" < <(
		victim first
		printf '[supervisor:db]\nintensity = 1\non_limit = shutdown\n'
		victim a supervisor=db
		victim b supervisor=db
		victim last)
	start_tree
	crash a
	crash b
	wait_until trace_is "stop a" "start a" "start b"
	run -0 supctl events
	[[ $output == *event=gave_up*supervisor=db* ]]
}

@test "nested supervisors of three levels stop from the bottom up" {
	config < <(
		printf '[supervisor:x]\n[supervisor:y]\nsupervisor = x\n'
		printf '[supervisor:z]\nsupervisor = y\n'
		victim a supervisor=x; victim b supervisor=y
		victim c supervisor=z)
	start_tree
	trace_is "start c" "start b" "start a"
	forget
	kill -INT "$SUPD"
	ends_with 0
	trace_is "stop a" "stop b" "stop c"
}

@test "auto_shutdown: the end of a significant child ends supd with its code" {
	config "auto_shutdown = any_significant" < <(
		victim a; victim s restart=temporary significant=yes)
	start_tree
	kill -USR1 "$(supctl pid s)"
	ends_with 1
	trace_is "start a" "start s" "stop a"
}

@test "auto_shutdown: all_significant waits for the last" {
	config "auto_shutdown = all_significant" < <(
		victim a
		victim s restart=transient significant=yes
		victim t restart=transient significant=yes)
	start_tree
	kill -USR2 "$(supctl pid s)"
	wait_until state_is s EXITED
	has_pid a
	kill -USR2 "$(supctl pid t)"
	ends_with 0
}
