#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# counter.bats - the counting worker by itself, without a supd.

load helper

fast() {
	counter --interval 0 --checkpoint "$T/checkpoint" "$@"
}

# The same in the background, as $PID, adding to $T/out.
start_fast() {
	counter --interval 0 --checkpoint "$T/checkpoint" "$@" >> "$T/out" &
	PID=$!
}

# The same, adding to $T/out.
onto_out() {
	fast "$@" >> "$T/out"
}

exits_with() {
	local want=$1 status=0
	shift
	"$@" > "$T/stdout" 2> "$T/stderr" || status=$?
	echo "exit code $status: $*"
	cat "$T/stderr"
	[ "$status" = "$want" ]
}

has_lines() {
	[ "$(wc -l < "$1")" -ge "$2" ]
}

# Ends $1 by the signal $2; its status must be $3.
ends_by() {
	local status=0
	kill "-$2" "$1"
	wait_until gone "$1"
	wait "$1" || status=$?
	echo "exit code $status after $2"
	[ "$status" = "$3" ]
}

@test "counter prints 1, 2, 3, a line each, and stops where it should" {
	counter --interval 0 --count 1000 > "$T/out"
	seq 1000 | diff - "$T/out"
}

@test "counter goes on where it was" {
	fast --count 5 > "$T/out"
	fast --count 5 >> "$T/out"
	fast --count 12 >> "$T/out"
	seq 12 | diff - "$T/out"
}

@test "counter writes each number with one write" {
	command -v strace > /dev/null || skip "no strace"
	strace -f -o "$T/trace" true 2> /dev/null || skip "no ptrace"
	ASAN_OPTIONS=detect_leaks=0 strace -o "$T/trace" -e trace=write \
		counter --interval 0 --count 12 > "$T/out"
	seq 12 | sed 's/.*/write(1, "&\\n", /' > "$T/want"
	grep -o '^write(1, "[0-9]*\\n", ' "$T/trace" | diff "$T/want" -
	[ "$(grep -c '^write(' "$T/trace")" = 12 ]
}

@test "counter keeps its interval, absolutely" {
	local before=${EPOCHREALTIME/./} took
	counter --interval 20ms --count 26 > "$T/out"
	took=$((${EPOCHREALTIME/./} - before))
	echo "$took us"
	[ "$took" -ge 500000 ]
}

@test "counter skips and repeats no number however often it is killed" {
	local i printed=0
	for i in {1..60}; do
		start_fast
		wait_until has_lines "$T/out" $((printed + i % 7 * 50 + 1))
		ends_by "$PID" KILL 137
		printed=$(wc -l < "$T/out")
	done
	fast --count $((printed + 10)) >> "$T/out"
	seq $((printed + 10)) | cmp - "$T/out"
}

@test "counter repeats the last number where nobody knows what has arrived" {
	(exits_with 134 fast --crash-at 4)
	fast --count 5 2> "$T/err" | cat > "$T/out"
	cat "$T/err"
	grep 'no regular file, and no supd' "$T/err"
	grep 'written again, since it was going to another file' "$T/err"
	seq 3 5 | cmp - "$T/out"
	# After an end in order there is nothing to repeat.
	exits_with 0 fast --count 6
	echo 6 | cmp - "$T/stdout"
	[ ! -s "$T/stderr" ]
}

@test "counter completes a torn number, and says when its file was truncated" {
	exits_with 134 onto_out --crash-at 12
	truncate -s -2 "$T/out"
	exits_with 0 onto_out --count 12
	seq 12 | cmp - "$T/out"
	exits_with 134 onto_out --crash-at 14
	: > "$T/out"
	exits_with 0 onto_out --count 14
	grep 'the file has been truncated' "$T/stderr"
	seq 13 14 | cmp - "$T/out"
}

@test "counter goes on with the rest when a full disk has room again" {
	# The checkpoint needs less; the last number is torn by the limit.
	(ulimit -f 24 && exits_with 74 onto_out)
	grep 'standard output: File too large' "$T/stderr"
	[ "$(stat -c %s "$T/out")" = 24576 ]
	exits_with 0 onto_out --count 5500
	seq 5500 | cmp - "$T/out"
}

@test "counter ends in order by SIGTERM and SIGINT, and goes on exactly" {
	local sig printed=0
	for sig in TERM INT TERM INT; do
		start_fast
		printed=$((printed + 100))
		wait_until has_lines "$T/out" "$printed"
		ends_by "$PID" "$sig" 0
		printed=$(wc -l < "$T/out")
	done
	seq "$printed" | diff - "$T/out"
}

@test "counter ends at once in the middle of a long pause" {
	counter --interval 1h > "$T/out" &
	wait_until has_lines "$T/out" 1
	ends_by $! TERM 0
}

@test "counter --ignore-term ignores SIGTERM" {
	counter --interval 1ms --ignore-term > "$T/out" &
	wait_until has_lines "$T/out" 1
	kill -TERM $!
	wait_until has_lines "$T/out" "$(($(wc -l < "$T/out") + 20))"
	ends_by $! INT 0
}

@test "counter --crash-at N crashes each time that N is next" {
	exits_with 134 onto_out --crash-at 4
	exits_with 134 onto_out --crash-at 4
	seq 3 | cmp - "$T/out"
	exits_with 0 onto_out --count 5
	seq 5 | cmp - "$T/out"
}

@test "counter --crash-at N:once crashes the first time" {
	exits_with 134 onto_out --crash-at 4:once
	seq 3 | cmp - "$T/out"
	exits_with 0 onto_out --crash-at 4:once --count 6
	seq 6 | cmp - "$T/out"
	exits_with 64 counter --crash-at 4:once
}

@test "counter --hang-at N neither counts nor ends" {
	start_fast --hang-at 4
	wait_until has_lines "$T/out" 3
	kill -TERM "$PID"
	wait_until grep -q '^State:.S' "/proc/$PID/status"
	ends_by "$PID" KILL 137
	seq 3 | diff - "$T/out"
}

@test "counter --fallback goes back after three failed starts" {
	exits_with 134 onto_out --fallback --crash-at 6
	for _ in 1 2 3; do
		exits_with 134 onto_out --fallback --crash-at 6
		seq 5 | cmp - "$T/out"
	done
	exits_with 134 onto_out --fallback --crash-at 6
	grep 'going on from generation 4' "$T/stderr"
	printf '%s\n' 1 2 3 4 5 5 | cmp - "$T/out"
}

@test "counter without --fallback never goes back" {
	for _ in {1..12}; do
		exits_with 134 onto_out --crash-at 6
	done
	exits_with 0 onto_out --count 8
	seq 8 | cmp - "$T/out"
}

@test "a second counter on the same checkpoint is told who has it" {
	local first
	counter --interval 5ms --checkpoint "$T/checkpoint" > "$T/out" &
	first=$!
	wait_until has_lines "$T/out" 1
	exits_with 75 fast
	grep "in use by process $first" "$T/stderr"
	ends_by "$first" TERM 0
}

@test "counter uses the older count when the newest is damaged" {
	exits_with 134 onto_out --crash-at 11
	# Generation 10 is in slot 1.
	printf x | dd of="$T/checkpoint" bs=1 seek=$((8192 + 33)) conv=notrunc \
		2> /dev/null
	exits_with 0 onto_out --count 11
	grep 'going on from generation 9' "$T/stderr"
	(seq 10 && seq 10 11) | cmp - "$T/out"
}

@test "counter refuses what is no checkpoint, and leaves it alone" {
	echo precious > "$T/checkpoint"
	exits_with 65 fast
	grep 'not a checkpoint file' "$T/stderr"
	[ "$(cat "$T/checkpoint")" = precious ]
	rm "$T/checkpoint"
	fast --count 3 > "$T/out"
	truncate -s 5000 "$T/checkpoint"
	exits_with 65 fast
	grep 'truncated: 5000 bytes' "$T/stderr"
	exits_with 66 counter --checkpoint "$T/none/checkpoint"
}

@test "counter --inspect prints the generations" {
	fast --count 6 > "$T/out"
	counter --inspect "$T/checkpoint" > "$T/inspected"
	cat "$T/inspected"
	[ "$(grep -c state=valid "$T/inspected")" = 4 ]
	sed -n 3p "$T/inspected" | grep 'generation=6 .* data=5355504f555431'
	exits_with 66 counter --inspect "$T/none"
	exits_with 65 counter --inspect "$T/out"
}

@test "counter says why its output fails" {
	exits_with 74 sh -c 'counter --interval 0 --count 9 > /dev/full'
	grep 'standard output: No space left on device' "$T/stderr"
	(fast 2> "$T/err" || echo $? > "$T/code") | head -n 1 > "$T/out"
	[ "$(cat "$T/code")" = 74 ]
	grep 'standard output: Broken pipe' "$T/err"
	exits_with 74 sh -c 'counter --interval 0 >&-'
}

@test "counter refuses what it does not understand" {
	exits_with 64 counter --interval soon
	exits_with 64 counter --interval -1
	exits_with 64 counter --interval 1000001
	exits_with 64 counter --count 0
	exits_with 64 counter --count 99999999999999999999
	exits_with 64 counter --crash-at 4:twice
	exits_with 64 counter --hang-at
	exits_with 64 counter --no-such-option
	exits_with 64 counter word
	exits_with 0 counter --help
	exits_with 0 counter --version
}

@test "counter tells its supervisor that it is ready, and its status" {
	command -v python3 > /dev/null || skip "no python3"
	python3 - "$T/s" > "$T/told" <<-'END' &
		import socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind(sys.argv[1])
		s.settimeout(15)
		print(s.recv(999).decode())
		print(s.recv(999).decode())
	END
	wait_until test -S "$T/s"
	NOTIFY_SOCKET=$T/s fast --count 3 > "$T/out"
	wait $!
	printf 'STATUS=counting from 1\nREADY=1\n' | diff - "$T/told"
}
