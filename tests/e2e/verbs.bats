# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# verbs.bats - every verb of supctl against a real supd, and its exit codes.

bats_require_minimum_version 1.5.0
load helper

two() {
	config "$@" < <(victim a; victim b)
	start_tree
}

json() {
	python3 -c 'import json, sys; json.load(sys.stdin)'
}

@test "status: a table, one line a child, 0 when all run" {
	two
	run -0 supctl status
	[[ ${lines[0]} == *STATE*PID* ]]
	[[ $output == *a*RUNNING*"$(supctl pid a)"* ]]
	run -0 supctl status a
	[[ $output != *$'\e['* ]]
	supctl stop b
	run -3 supctl status b
	run -0 supctl status a
	run -5 supctl status nobody
	supctl -j status | json
}

@test "tree: the supervisors and what is below them" {
	config < <(printf '[supervisor:db]\n'; victim a supervisor=db; victim b)
	start_tree
	run -0 supctl tree
	[[ ${lines[0]} == *"$SUPD"* ]]
	[[ $output == *db*a*b* ]]
	supctl -j tree | json
}

@test "start, stop, restart: fine when the wish holds already" {
	two
	supctl start a
	supctl stop a
	supctl stop a
	state_is a STOPPED
	supctl start a
	old=$(supctl pid a)
	supctl restart a b
	[ "$(supctl pid a)" != "$old" ]
	trace_is "start a" "start b" "stop a" "start a" \
		"stop a" "start a" "stop b" "start b"
	run -5 supctl start nobody
	run -5 supctl stop nobody
}

@test "start: a program that cannot be executed is 1 and says why" {
	config < <(printf '[child:x]\ncommand = /no/such\nautostart = no\n')
	start_supd
	run -1 supctl start x
	[[ $output == *noexec* ]]
}

@test "signal" {
	two
	old=$(supctl pid a)
	supctl signal USR1 a
	wait_until pid_changed a "$old"
	run supctl signal NOSUCH a
	[ "$status" != 0 ]
	run -5 supctl signal TERM nobody
}

@test "exit: the reason is the one given" {
	two
	old=$(supctl pid a)
	supctl exit a because
	wait_until pid_changed a "$old"
	run -0 supctl status a
	[[ $output == *because* ]]
	old=$(supctl pid a)
	supctl exit a kill
	wait_until pid_changed a "$old"
	run -0 supctl status a
	[[ $output == *killed* ]]
	supctl exit a normal
	state_is a RUNNING
}

@test "wait --ready: for the tree, for a child, or not for ever" {
	config < <(victim a ready=notify start_timeout=none; victim b autostart=no)
	start_supd
	run -99 supctl --timeout 0.2 wait --ready a
	run -99 supctl --timeout 0.2 wait --ready
	run -5 supctl wait nobody
}

@test "wait: until a child has ended" {
	config < <(victim a restart=temporary)
	start_tree
	run -99 supctl --timeout 0.2 wait a
	supctl wait a 3>&- &
	waiter=$!
	kill -USR2 "$(supctl pid a)"
	wait "$waiter"
}

@test "start-child, stop-child: dynamic children" {
	two
	run -0 supctl start-child --id d -- e2e_victim "$T/trace" d
	[ "$output" = "d $(supctl pid d)" ]
	state_is d RUNNING
	run -1 supctl start-child --id d -- true
	[[ $output == *already_started* ]]
	supctl stop d
	run -1 supctl start-child --id d -- true
	[[ $output == *already_present* ]]
	supctl restart-child d
	run -1 supctl restart-child d
	[[ $output == *running* ]]
	supctl stop-child d
	run -5 supctl pid d
	trace_is "start a" "start b" "start d" "stop d" "start d" "stop d"
}

@test "what is off the list is not found by OTP's calls, which say so" {
	config "intensity = 0" < <(victim a -- code=1)
	start_supd
	wait_until state_is a FATAL
	for verb in stop-child delete-child restart-child; do
		run -5 supctl $verb a
		[[ $output == *"not_found: it is FATAL"*"supctl start a"* ]]
	done
}

# The directory of a child's cgroup.
cgroup_of() {
	local mount
	mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	echo "$mount$(sed -n 's/^0:://p' "/proc/$(supctl pid "$1")/cgroup")"
}

@test "a deleted child leaves no cgroup, and nothing to the next of its id" {
	two
	supctl start-child --id d --shutdown brutal_kill -- sleep 1000
	DIR=$(cgroup_of d)
	[[ $DIR == */supd.t*/d ]] || skip "no cgroup2 of our own here"
	[ -d "$DIR" ]
	supctl stop-child d
	[ ! -d "$DIR" ]
	supctl start-child --id e -- sleep 1000
	supctl start-child --id d -- sleep 1000
	[ "$(cgroup_of d)" = "$DIR" ]
	state_is d RUNNING
	run -0 supctl events
	[[ $output != *"event=exited child=d"* ]]
}

@test "nor does one of the file that comes back with its supervisor" {
	config < <(victim a supervisor=s shutdown=brutal_kill
		echo '[supervisor:s]')
	start_tree
	DIR=$(cgroup_of a)
	[[ $DIR == */supd.t*/a ]] || skip "no cgroup2 of our own here"
	supctl stop-child a
	[ ! -d "$DIR" ]
	supctl start-child --id a -- sleep 1000
	[ "$(cgroup_of a)" = "$DIR" ]
	state_is a RUNNING
	run -0 supctl events
	[[ $output != *"event=exited child=a"* ]]
}

@test "start-child: any key by --set; a failed start leaves no trace" {
	two
	run -0 supctl start-child --id d --restart temporary --shutdown 1 \
		--set directory=/usr --set environment=X=y -- sleep infinity
	[ "$(readlink "/proc/$(supctl pid d)/cwd")" = /usr ]
	run -1 supctl start-child --id e -- /no/such
	[[ $output == *noexec* ]]
	run -5 supctl status e
	run supctl start-child --id f --set autorestart=yes -- true
	[ "$status" != 0 ]
	[[ $output == *restart* ]]
}

@test "delete-child: only what does not run" {
	two
	run -1 supctl delete-child a
	[[ $output == *running* ]]
	supctl stop a
	supctl delete-child a
	run -5 supctl delete-child a
	run -0 supctl which-children
	[ "$output" = "b $(supctl pid b) worker" ]
}

@test "which-children, count-children: OTP's answers" {
	config < <(victim a; printf '[supervisor:s]\n'
		victim b supervisor=s; victim c autostart=no)
	start_tree
	run -0 supctl which-children
	[ "${lines[0]}" = "a $(supctl pid a) worker" ]
	[[ ${lines[1]} =~ ^s\ .*\ supervisor$ ]]
	[ "${lines[2]}" = "c undefined worker" ]
	run -0 supctl which-children s
	[ "$output" = "b $(supctl pid b) worker" ]
	run -0 supctl count-children
	[ "$output" = "specs 3
active 2
supervisors 1
workers 2" ]
	run -5 supctl which-children nobody
	run -1 supctl which-children a
	[[ $output == *"no supervisor"* ]]
	supctl -j which-children | json
	supctl -j count-children | json
}

@test "events: what happened, and -f what happens" {
	two
	run -0 supctl events
	[[ $output == *event=started*child=a* ]]
	supctl events -f > "$T/followed" 3>&- &
	follower=$!
	old=$(supctl pid b)
	kill -USR1 "$old"
	wait_until grep -q 'event=exited.*child=b.*exit:1' "$T/followed"
	wait_until grep -q 'event=started.*child=b' "$T/followed"
	kill "$follower"
}

@test "why: the chain of events behind a state" {
	config "intensity = 1" < <(victim a -- code=3)
	start_supd
	wait_until state_is a FATAL
	run -0 supctl why a
	[[ $output == *exit:3* ]]
	[[ ${lines[-1]} == "What to do: "*"supctl reset a"* ]]
	run -5 supctl why nobody
}

@test "why: what could not be executed, until it could" {
	config "intensity = 1" <<-INI
		[child:a]
		command = $T/program
	INI
	start_supd
	wait_until state_is a FATAL
	run -0 supctl why a
	[[ $output == *"file=$T/program error=\"No such file"* ]]
	[[ ${lines[-1]} == "What to do: "*"supctl start a"* ]]
	ln -s "$(command -v sleep)" "$T/sleep"
	printf '#!/bin/sh\nexec %s 1000\n' "$T/sleep" > "$T/program"
	chmod +x "$T/program"
	supctl start a
	run -0 supctl why a
	[ "${lines[-1]}" = "What to do: nothing." ]
}

@test "check: the file, without touching anything" {
	two
	run -0 command supctl -c "$T/t.ini" check
	echo "nonsense = 1" >> "$T/t.ini"
	run -6 command supctl -c "$T/t.ini" check
	[[ $output == *nonsense* ]]
	state_is a RUNNING
}

@test "ping, pid, version" {
	two
	supctl ping
	[ "$(supctl pid)" = "$SUPD" ]
	run -5 supctl pid nobody
	run -0 supctl version
	[[ $output =~ [0-9]+\.[0-9]+ ]]
}

@test "stop without ids and shutdown end supd and wait for it" {
	two
	supctl stop
	gone "$SUPD" || wait_until gone "$SUPD"
	ends_with 0
	two
	supctl shutdown
	ends_with 0
	run -7 supctl ping
	run -7 supctl status
}

@test "the socket is found by -c, by -s, by SUPD_SOCKET" {
	two
	command supctl -c "$T/t.ini" ping
	SUPD_SOCKET=$T/s command supctl ping
}

@test "usage: an unknown verb is 2, with a suggestion; -h lists the verbs" {
	run -2 supctl
	run -2 supctl statsu
	[[ $output == *status* ]]
	run -0 supctl -h
	for verb in status tree start stop restart signal exit wait shutdown \
		start-child stop-child delete-child restart-child \
		which-children count-children reset events why check ping \
		pid version; do
		[[ $output == *$verb* ]]
	done
}

@test "strangers may not ask: 4" {
	[ "$(id -u)" = 0 ] || skip "needs root to be somebody else"
	two socket_mode=0666
	chmod a+rx "$T" "${T%/*}" "$BATS_RUN_TMPDIR"
	run -4 setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$BUILD/supctl" -s "$T/s" stop a
	run -4 setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$BUILD/supctl" -s "$T/s" status
	state_is a RUNNING
}

@test "members of socket_group may read, and read alone" {
	[ "$(id -u)" = 0 ] || skip "needs root to be somebody else"
	two socket_mode=0660 socket_group=daemon
	chmod a+rx "$T" "${T%/*}" "$BATS_RUN_TMPDIR"
	run -0 setpriv --reuid=65534 --regid=65534 --groups=daemon \
		"$BUILD/supctl" -s "$T/s" status
	run -4 setpriv --reuid=65534 --regid=65534 --groups=daemon \
		"$BUILD/supctl" -s "$T/s" stop a
	state_is a RUNNING
}

@test "verbs go on while supervisors are replaced" {
	two
	for _ in 1 2 3 4; do
		kill -KILL "$(supervisor_pid)"
		run -0 supctl status a
	done
	trace_is "start a" "start b"
}
