#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# outer.bats - what supd tells the service manager that has started it, played
# by a socket.

load helper

setup() {
	make_room
	command -v python3 > /dev/null || skip "no python3"
	python3 - "$T/outer" > "$T/told" 3>&- <<-'END' &
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		for message in iter(lambda: s.recv(4096).decode(), "end"):
		    print(message, flush=True)
	END
	wait_until test -S "$T/outer"
	export NOTIFY_SOCKET=$T/outer
}

told() {
	grep -qxF -e "$1" "$T/told"
}

# The last line that was told of how the children are.
status_is() {
	[ "$(grep '^STATUS=' "$T/told" | tail -n 1)" = "STATUS=$1" ] || {
		cat "$T/told"
		return 1
	}
}

tell_end() {
	python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"end", sys.argv[1])' \
		"$T/outer"
}

teardown() {
	local left status=0
	[ -z "$SUPD" ] || end_supd
	[ ! -S "$T/outer" ] || tell_end
	wait
	left=$(processes)
	[ -z "$left" ] || kill -KILL $left
	[ -z "$left" ]
}

# fails ID: runs only where there is $T/go.
fails() {
	printf '[child:%s]\ncommand = sh -c "%s"\n' "$1" \
		"test -e $T/go && exec sleep 1000"
}

@test "how the children are is told, and told again by a new supervisor" {
	config "intensity = 0" < <(victim a; fails web
		echo '[supervisor:s]'; victim b supervisor=s)
	start_supd
	wait_until status_is "2 children running; 1 failed (FATAL): web"
	told READY=1
	supctl stop b
	wait_until status_is \
		"1 child running; 1 failed (FATAL): web; 1 stopped"
	kill -KILL "$(supervisor_pid)"
	wait_until supctl ping
	supctl start b
	wait_until status_is "2 children running; 1 failed (FATAL): web"
	: > "$T/go"
	supctl start web
	wait_until status_is "3 children running"
	supctl start-child --id c -- sleep 1000
	wait_until status_is "4 children running"
	supctl stop-child c
	wait_until status_is "3 children running"
	kill -TERM "$SUPD"
	ends_with 0
	told STOPPING=1
}

@test "of those that have failed one is named" {
	TWO='STATUS=0 children running; 2 failed \(FATAL\): [ab] and 1 more'
	config "intensity = 0" < <(fails a; fails b)
	start_supd
	wait_until grep -xE "$TWO" "$T/told"
	: > "$T/go"
	supctl start b
	wait_until status_is "1 child running; 1 failed (FATAL): a"
	supctl start a
	wait_until status_is "2 children running"
}
