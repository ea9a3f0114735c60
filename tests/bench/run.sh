#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh BUILD_DIR - prints how long a restart takes and what memory supd has,
# beside the barest loop (clone(VM|VFORK), exec, wait) measured in the same run;
# read the ratios, not the times.  BENCH_N: numbers of children to try.  Then how
# long a takeover by a standby takes, beside a restart of the same program.
set -eu
BUILD=$(realpath "$1")
COUNT=${BENCH_COUNT:-200}
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

# takeover MEGABYTES STANDBY: the median of restarts, in us.
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
	time=$("$BUILD/tests/bench" kill "$T/record" "${BENCH_TAKEOVERS:-20}" \
		$((30 + $1)))
	end
}

printf '\n%-28s %10s %8s\n' '' 'us' ratio
for size in 0 200; do
	takeover $size none
	limit=$time
	for standby in none gate hot; do
		[ $standby = none ] || takeover $size $standby
		awk -v n="$size MB, standby = $standby" -v t="$time" \
			-v l="$limit" 'BEGIN {
			printf "%-28s %10.1f %8.2f\n", n, t, t / l }'
	done
done
