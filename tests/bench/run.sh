#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh BUILD_DIR - prints ratios to the barest way that there is, measured in
# the same run (the times depend on the machine): restarts and memory beside a
# loop of clone(VM|VFORK), exec, wait; takeovers by a standby beside restarts of
# the same program; saves beside stores into a mapping and RWF_DSYNC; numbers
# exactly once beside a loop of write(2).
# BENCH_N: numbers of children to try; BENCH_COUNT, BENCH_TAKEOVERS: kills in a
# round; BENCH_ROUNDS.
set -eu
BUILD=$(realpath "$1")
COUNT=${BENCH_COUNT:-200}
ROUNDS=${BENCH_ROUNDS:-3}
T=$(mktemp -d)
other=

cleanup() {
	[ -z "$other" ] || kill "$other" 2> /dev/null || true
	wait
	rm -rf "$T"
}
trap cleanup EXIT

# Until the child has written its first record.
await() {
	local tries=0
	until [ -s "$T/record" ]; do
		tries=$((tries + 1))
		[ $tries -lt 3000 ] || { echo "no child runs" >&2; exit 1; }
		sleep 0.02
	done
}

begin() {
	: > "$T/record"
	"$@" > /dev/null 2> "$T/err" &
	other=$!
	await
}

end() {
	kill "$other"
	wait "$other" 2> /dev/null || true
	other=
}

# Private memory of processes, in KB.
private() {
	local pid
	for pid in "$@"; do
		cat "/proc/$pid/smaps_rollup"
	done | awk '/^Private_/ { sum += $2 } END { print sum }'
}

configure() {
	cat > "$T/bench.ini" <<-INI
		[supd]
		state_dir = $T/state
		socket = $T/s
		intensity = 10000
		period = 1
		[child:measured]
		command = $BUILD/tests/bench_child $T/record
		[child:other]
		command = $BUILD/tests/bench_child
		instances = $1
	INI
	[ "$1" -gt 0 ] || sed -i '/^\[child:other/,$d' "$T/bench.ini"
}

begin "$BUILD/tests/bench" bare "$BUILD/tests/bench_child" "$T/record"
limit=$("$BUILD/tests/bench" kill "$T/record" "$COUNT")
memory=$(private "$other")
kill -KILL "$(od -An -t d8 -j 8 -N 8 "$T/record" | tr -d ' ')" || true
end

printf '%-28s %10s %8s %12s %10s\n' '' 'restart us' ratio 'private KB' \
	'KB a child'
printf '%-28s %10.1f %8.2f %12d\n' 'bare loop, 1 child' "$limit" 1 "$memory"
for n in ${BENCH_N:-1 1000}; do
	configure $((n - 1))
	begin "$BUILD/supd" -c "$T/bench.ini"
	"$BUILD/supctl" -s "$T/s" --timeout 60 wait --ready
	pair="$other $(cat "/proc/$other/task/$other/children")"
	keeper=${pair%% *}
	for pid in ${pair#* }; do
		[ "$(cat "/proc/$pid/comm")" != supd-supervisor ] || break
	done
	now=$(private "$keeper" "$pid")
	[ "$n" != 1 ] || first=$now
	time=$("$BUILD/tests/bench" kill "$T/record" "$COUNT")
	end
	awk -v n="$n" -v t="$time" -v l="$limit" -v m="$now" \
		-v f="${first:-0}" 'BEGIN {
		printf "%-28s %10.1f %8.2f %12d", "supd, " n " children", t,
			t / l, m
		if (n > 1 && f)
			printf " %10.2f", (m - f) / (n - 1)
		print ""
	}'
done

# The median of lines of numbers.
median() {
	sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

# takeover MEGABYTES STANDBY: the median of a round, in us.
takeover() {
	cat > "$T/bench.ini" <<-INI
		[supd]
		state_dir = $T/state
		socket = $T/s
		intensity = 10000
		period = 1
		[child:measured]
		command = $BUILD/tests/bench_worker $T/record $1
		standby = $2
	INI
	begin "$BUILD/supd" -c "$T/bench.ini"
	"$BUILD/tests/bench" kill "$T/record" "${BENCH_TAKEOVERS:-20}" \
		$((30 + $1)) >> "$T/us.$2"
	end
}

printf '\n%-28s %10s %8s\n' '' 'us' ratio
for size in 0 200; do
	rm -f "$T"/us.*
	for ((round = 0; round < ROUNDS; round++)); do
		for standby in none gate hot; do
			takeover $size $standby
		done
	done
	limit=$(median < "$T/us.none")
	for standby in none gate hot; do
		awk -v n="$size MB, standby = $standby" -v l="$limit" \
			-v t="$(median < "$T/us.$standby")" 'BEGIN {
			printf "%-28s %10.1f %8.2f\n", n, t, t / l }'
	done
done

# saves KIND BYTES COUNT
saves() {
	"$BUILD/tests/bench_save" "$1" "$T/saved" "$2" "$3" |
		awk -v n="$1, $2 bytes" '{
			printf "%-28s %10d %10d %8.2f\n", n, $1, $2, $2 / $1 }'
	rm -f "$T"/saved*
}

printf '\n%-28s %10s %10s %8s\n' 'a second' bare checkpoint ratio
for bytes in 64 1024; do
	saves process $bytes 300000
done
for bytes in 64 1024; do
	saves disk $bytes 1000
done

# seconds COMMAND...: how long it takes, its output in a file.
seconds() {
	local began=$EPOCHREALTIME
	"$@" > "$T/numbers"
	awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }'
}

numbers=500000
for ((round = 0; round < ROUNDS; round++)); do
	rm -f "$T/numbers" "$T/count"
	seconds "$BUILD/tests/bench_save" write $numbers >> "$T/s.write"
	rm -f "$T/numbers"
	seconds "$BUILD/counter" --checkpoint "$T/count" --interval 0 \
		--count $numbers >> "$T/s.count"
done
printf '\n%-28s %10s %10s %8s\n' 'a second' 'write only' counter ratio
awk -v n=$numbers -v a="$(median < "$T/s.write")" \
	-v b="$(median < "$T/s.count")" 'BEGIN {
	printf "%-28s %10d %10d %8.2f\n", "numbers to a file", n / a, n / b,
		a / b }'
