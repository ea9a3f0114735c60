# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# storm.bats - the counting worker under kill -9 of the worker, the supervisor
# and both: the count goes on with the next number, none skipped.

load helper

count() {
	config "intensity = 10000" < <(cat <<-INI
		[child:counter]
		command = counter --interval 2ms --checkpoint \${state_dir}/counter
		stdout = file:$T/numbers
	INI
	)
	start_supd
}

# The last number printed, 0 if there is none.
last() {
	tail -n 1 "$T/numbers" 2> /dev/null | grep . || echo 0
}

above() {
	[ "$(last)" -gt "$1" ]
}

# Numbers begin with 1 and none is missing.
no_gap() {
	awk '
	$1 !~ /^[0-9]+$/ { print "line " NR ": " $0; bad = 1 }
	$1 > high + 1 { print "line " NR ": " high " then " $1; bad = 1 }
	$1 > high { high = $1 }
	END { print NR " lines up to " high; exit bad || !high }' "$T/numbers"
}

kill_worker() {
	local pid last
	pid=$(supctl pid counter)
	last=$(last)
	kill -KILL "$pid"
	wait_until above "$last"
	wait_until pid_changed counter "$pid"
}

@test "a hundred kills of the worker" {
	count
	wait_until above 0
	for _ in $(seq 100); do
		kill_worker
	done
	no_gap
	[ "$(supctl events | grep -c 'event=exited.*child=counter')" -ge 50 ]
}

@test "a hundred kills of the supervisor, or of both at once" {
	count
	wait_until above 0
	for i in {1..100}; do
		old=$(supervisor_pid)
		last=$(last)
		if [ $((i % 2)) = 0 ]; then
			kill -KILL "$old"
		else
			kill -KILL "$old" "$(supctl pid counter)"
		fi
		wait_until above "$last"
		wait_until supctl ping
	done
	no_gap
}

@test "kills of the whole service: the next one goes on" {
	for _ in 1 2 3 4 5; do
		count
		wait_until above "$(last)"
		kill_service
	done
	no_gap
}

@test "stopped in order, it goes on with the very next number" {
	count
	wait_until above 20
	end_supd
	last=$(last)
	count
	wait_until above "$last"
	end_supd
	[ "$(grep -cx "$((last + 1))" "$T/numbers")" = 1 ]
	[ "$(sort -n "$T/numbers" | uniq -d)" = "" ]
	no_gap
}

@test "a hundred children killed at once are all back, once each" {
	config "intensity = 10000" < <(
		printf '[child:v]\ncommand = sleep infinity\ninstances = 100\n')
	start_supd
	wait_until supctl wait --ready
	all_back() {
		[ "$(pgrep -c -P "$SUPD" -x sleep)" = 100 ]
	}
	wait_until all_back
	pkill -KILL -P "$SUPD" -x sleep
	exits() {
		[ "$(supctl events | grep -c 'event=exited')" = 100 ]
	}
	wait_until exits
	wait_until all_back
	wait_until supctl wait --ready
}
