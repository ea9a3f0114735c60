#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# hardship.bats - full disks, files that may not be written or are somebody
# else's, two workers on one checkpoint, a wall clock that jumps: what cannot
# go on says why, and the rest goes on.

load helper

# A mount namespace of its own, in which $T/disk is a file system of 256 KB
# that ends with it; its files are at $DISK from outside.
start_on_small_disk() {
	local user=()
	[ "$(id -u)" = 0 ] || user=(--map-root-user)
	mkdir "$T/disk"
	unshare "${user[@]}" --mount true 2> /dev/null ||
		skip "no mount namespaces here"
	cat > "$T/mount" <<-'END'
		mount -t tmpfs -o size=256k,mode=755 small "$1" || exit 1
		shift
		exec "$@"
	END
	unshare "${user[@]}" --mount sh "$T/mount" "$T/disk" "$@" \
		> "$T/out" 2>> "$T/supd.err" 3>&- &
	SUPD=$!
	DISK=/proc/$SUPD/root/$T/disk
}

fill_disk() {
	dd if=/dev/zero of="$DISK/filler" bs=4k 2> /dev/null || true
	not has_room
}

has_room() {
	echo x > "$DISK/probe" 2> /dev/null
}

# counter ID CHECKPOINT [WORD...]: a [child:] section.
counts() {
	local id=$1 checkpoint=$2
	shift 2
	cat <<-INI
		[child:$id]
		command = counter --interval 5ms --checkpoint $checkpoint $*
		stdout = file:$T/numbers.$id
		stderr = file:$T/errors.$id
	INI
}

has_lines() {
	[ "$(wc -l < "$1")" -ge "$2" ]
}

no_gap() {
	awk '$1 != last + 1 { bad = 1 } { last = $1 } END { exit bad }' "$1"
}

# says ID TEXT: both status and why tell it.
says() {
	supctl status "$1" | grep "$2"
	supctl why "$1" | grep "it said last: .*$2"
}

@test "a checkpoint on a full disk is not made: 73, and why" {
	config "intensity = 2" < <(counts a "$T/disk/c"; counts b "$T/c")
	cat > "$T/full" <<-END
		dd if=/dev/zero of=$T/disk/filler bs=4k 2> /dev/null
		exec supd -c $T/t.ini
	END
	start_on_small_disk sh "$T/full"
	wait_until supctl ping
	wait_until state_is a FATAL
	event_is 'event=(exited|start_failed) child=a reason=exit:73'
	says a "No space left on device"
	[ ! -e "$DISK/c" ]
	wait_until has_lines "$T/numbers.b" 20
	# There is room again.
	rm "$DISK/filler"
	supctl start a
	wait_until has_lines "$T/numbers.a" 20
	no_gap "$T/numbers.a"
}

@test "a checkpoint that is there goes on when the disk is full" {
	config "intensity = 100" < <(counts a "$T/disk/c")
	start_on_small_disk supd -c "$T/t.ini"
	wait_until supctl ping
	wait_until has_lines "$T/numbers.a" 10
	fill_disk
	for _ in 1 2 3; do
		A=$(supctl pid a)
		kill -KILL "$A"
		wait_until pid_changed a "$A"
		wait_until has_lines "$T/numbers.a" \
			$(($(wc -l < "$T/numbers.a") + 20))
	done
	supctl stop a
	no_gap "$T/numbers.a"
}

@test "output to a full disk: the worker says so, and goes on later" {
	config "intensity = 2" < <(counts a "$T/c" --interval 1ms)
	sed -i "s|^stdout.*|stdout = file:$T/disk/numbers|" "$T/t.ini"
	start_on_small_disk supd -c "$T/t.ini"
	wait_until supctl ping
	wait_until has_lines "$DISK/numbers" 10
	fill_disk
	wait_until -t 60 state_is a FATAL
	says a "No space left on device"
	rm "$DISK/filler"
	supctl start a
	wait_until has_lines "$DISK/numbers" \
		$(($(wc -l < "$DISK/numbers") + 20))
	supctl stop a
	no_gap "$DISK/numbers"
}

@test "supd goes on when its log and its folder are on a full disk" {
	config "state_dir = $T/disk/state" "log = file:$T/disk/log" \
		"intensity = 100" < <(victim a)
	sed -i "0,/^state_dir/{/^state_dir/d}" "$T/t.ini"
	start_on_small_disk supd -c "$T/t.ini"
	wait_until supctl ping
	supctl wait --ready
	fill_disk
	for _ in {1..40}; do
		A=$(supctl pid a)
		kill -KILL "$A"
		wait_until pid_changed a "$A"
	done
	[ "$(supctl events | grep -c 'event=restart child=a')" = 40 ]
	rm "$DISK/filler"
	supctl restart a
	wait_until grep -q 'event=stopped child=a' "$DISK/log"
}

# Nobody reads what is at fd 9, and there is no room in it.
block_fifo() {
	mkfifo "$T/fifo"
	exec 9<> "$T/fifo"
	dd if=/dev/zero of="$T/fifo" bs=4096 count=1000 oflag=nonblock \
		2> /dev/null || true
}

@test "supd goes on when nobody reads what it says" {
	config "intensity = 100" < <(victim a)
	block_fifo
	supd -c "$T/t.ini" > "$T/out" 2>&9 3>&- 9>&- &
	SUPD=$!
	wait_until supctl ping
	supctl wait --ready
	SUPERVISOR=$(supervisor_pid)
	for _ in {1..20}; do
		A=$(supctl pid a)
		kill -KILL "$A"
		wait_until pid_changed a "$A"
	done
	[ "$(supervisor_pid)" = "$SUPERVISOR" ]
	# Nor is the keeper held up.
	kill -KILL "$SUPERVISOR"
	wait_until supctl ping
	tr -d '\000' < "$T/fifo" > "$T/read" 3>&- 9>&- &
	READER=$!
	exec 9>&-
	wait_until sh -c "command supctl -s $T/s reset a &&
		grep 'could not be written: [0-9]' $T/read"
	end_supd
	wait "$READER"
	[ "$(grep -c 'event=exited child=a' "$T/read")" -lt 20 ]
}

# Of a process's own limit root is free.
@test "no process can be made: that is waited for, and counts as nothing" {
	[ "$(id -u)" != 0 ] || skip "root may make as many as it likes"
	config "intensity = 1" < <(victim a; victim b)
	start_tree
	SUPERVISOR=$(supervisor_pid)
	prlimit --pid "$SUPERVISOR" --nproc=1:
	kill -KILL "$(supctl pid a)"
	wait_until state_is a BACKOFF
	event_is 'event=start_failed child=a reason=noexec:EAGAIN'
	event_is 'event=backoff child=a'
	state_is b RUNNING
	prlimit --pid "$SUPERVISOR" --nproc="$(ulimit -Hu):"
	wait_until state_is a RUNNING
	supctl status a | grep ' 1/1 '
}

@test "no room for the state of supd: an error that says where" {
	config < <(victim a)
	sed -i "s|^state_dir.*|state_dir = $T/disk/state|" "$T/t.ini"
	cat > "$T/full" <<-END
		mkdir $T/disk/state
		dd if=/dev/zero of=$T/disk/filler bs=4k 2> /dev/null
		exec supd -c $T/t.ini
	END
	start_on_small_disk sh "$T/full"
	wait_until gone "$SUPD"
	ends_with 73
	grep "$T/disk/state.*No space left on device" "$T/supd.err"
}

@test "a read-only file system: 77, for worker and supd" {
	config "intensity = 2" < <(counts a "$T/disk/c")
	counter --interval 0 --count 5 --checkpoint "$T/c" > "$T/numbers.a"
	cat > "$T/protect" <<-END
		mkdir $T/disk/state && cp $T/c $T/disk/c || exit 9
		mount -o remount,bind,ro $T/disk || exit 9
		sed 's|^state_dir.*|state_dir = $T/disk/state|' $T/t.ini > $T/u.ini
		supd -c $T/u.ini
		[ \$? = 77 ] || exit 9
		exec supd -c $T/t.ini
	END
	start_on_small_disk sh "$T/protect"
	wait_until supctl ping
	grep "$T/disk/state.*Read-only file system" "$T/supd.err"
	wait_until state_is a FATAL
	event_is 'child=a reason=exit:77'
	says a "Read-only file system"
	cmp "$T/c" "$DISK/c"
}

@test "a checkpoint that may not be written: 77, and why" {
	[ "$(id -u)" != 0 ] || setpriv --bounding-set=-dac_override true ||
		skip "no setpriv"
	counter --interval 0 --count 5 --checkpoint "$T/c" > "$T/numbers.a"
	chmod 400 "$T/c"
	config "intensity = 2" < <(counts a "$T/c")
	if [ "$(id -u)" = 0 ]; then
		sed -i 's/= counter/= setpriv --reuid=65534 --clear-groups counter/' \
			"$T/t.ini"
		chmod a+rx "$T" "${T%/*}" "$BATS_RUN_TMPDIR"
		setpriv --reuid=65534 --clear-groups counter --version ||
			skip "nobody may execute the programs here"
		touch "$T/numbers.a" "$T/errors.a"
	fi
	start_supd
	wait_until state_is a FATAL
	event_is 'child=a reason=exit:77'
	grep 'Permission denied' "$T/errors.a"
	says a 'Permission denied'
	chmod 644 "$T/c"
	counter --interval 0 --count 7 --checkpoint "$T/c" > "$T/more"
	printf '6\n7\n' | diff - "$T/more"
}

@test "a foreign file at the checkpoint's place is left alone: 65, and why" {
	echo precious > "$T/c"
	config "intensity = 2" < <(counts a "$T/c"; counts b "$T")
	start_supd
	wait_until state_is a FATAL
	event_is 'child=a reason=exit:65'
	says a 'not a checkpoint file'
	[ "$(cat "$T/c")" = precious ]
	wait_until state_is b FATAL
	says b 'Is a directory'
	rm "$T/c"
	supctl start a
	wait_until has_lines "$T/numbers.a" 5
}

@test "two workers on one checkpoint: the second is told who has it" {
	config "intensity = 2" < <(counts a "$T/c"; counts b "$T/c")
	sed -i '/child:b/a autostart = no' "$T/t.ini"
	start_tree
	wait_until has_lines "$T/numbers.a" 5
	A=$(supctl pid a)
	supctl start b || true
	wait_until state_is b FATAL
	event_is 'child=b reason=exit:75'
	says b "in use by process $A"
	[ "$(supctl pid a)" = "$A" ]
	wait_until has_lines "$T/numbers.a" 20
	no_gap "$T/numbers.a"
	[ ! -s "$T/numbers.b" ]
	# When the first has gone the second goes on.
	supctl stop a
	supctl start b
	wait_until has_lines "$T/numbers.b" 5
	cat "$T/numbers.a" "$T/numbers.b" > "$T/all"
	no_gap "$T/all"
}

# Each reading of the wall clock is up to two years off.
jumping_clock() {
	command -v cc > /dev/null || skip "no compiler"
	nm "$BUILD/libsupworker.a" | grep -q __asan_init &&
		skip "sanitizers do not go with LD_PRELOAD"
	cat > "$T/jump.c" <<-'END'
		#define _GNU_SOURCE
		#include <dlfcn.h>
		#include <sys/time.h>
		#include <time.h>
		static long jump(void)
		{
			static unsigned long x = 88172645463325252;
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			return (long)(x % 126144000) - 63072000;
		}
		int clock_gettime(clockid_t clock, struct timespec *ret)
		{
			int (*real)(clockid_t, struct timespec *);
			int r;
			*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
			r = real(clock, ret);
			if (r == 0 && clock == CLOCK_REALTIME)
				ret->tv_sec += jump();
			return r;
		}
		int gettimeofday(struct timeval *restrict tv, void *restrict tz)
		{
			struct timespec now;
			(void)tz;
			clock_gettime(CLOCK_REALTIME, &now);
			tv->tv_sec = now.tv_sec;
			tv->tv_usec = now.tv_nsec / 1000;
			return 0;
		}
		time_t time(time_t *ret)
		{
			struct timespec now;
			clock_gettime(CLOCK_REALTIME, &now);
			if (ret)
				*ret = now.tv_sec;
			return now.tv_sec;
		}
	END
	cc -shared -fPIC -o "$T/jump.so" "$T/jump.c" -ldl
}

@test "a wall clock that jumps delays nothing and hurries nothing" {
	jumping_clock
	config "intensity = 3" "period = 1h" < <(
		victim a "backoff = 100ms..200ms"
		victim b "shutdown = 300ms" -- deaf
		counts c "$T/c"
		cat <<-INI
			watchdog = 300ms
			[child:d]
			command = sleep infinity
			ready = notify
			start_timeout = 300ms
		INI
	)
	LD_PRELOAD=$T/jump.so supd -c "$T/t.ini" \
		> "$T/out" 2>> "$T/supd.err" 3>&- &
	SUPD=$!
	wait_until supctl ping
	# The start times out, time after time; the limit counts.
	wait_until state_is d FATAL
	[ "$(supctl events | grep -c 'event=timeout child=d')" = 4 ]
	# A backoff passes.
	for _ in 1 2 3; do
		A=$(supctl pid a)
		kill -KILL "$A"
		wait_until state_is a BACKOFF
		wait_until pid_changed a "$A"
	done
	# The window is not over by a jump.
	kill -KILL "$(supctl pid a)"
	wait_until state_is a FATAL
	# The grace of a stop.
	supctl stop b
	event_is 'event=stopped child=b reason=killed'
	# The watchdog finds who hangs, and nobody else.
	not event_is 'event=watchdog'
	C=$(supctl pid c)
	kill -STOP "$C"
	wait_until pid_changed c "$C"
	event_is 'event=watchdog child=c'
	wait_until has_lines "$T/numbers.c" \
		$(($(wc -l < "$T/numbers.c") + 20))
	# And so the next supervisor.
	old=$(supervisor_pid)
	kill -KILL "$old"
	wait_until supctl ping
	supctl stop c
	no_gap "$T/numbers.c"
	ends_with_term
}

ends_with_term() {
	kill -TERM "$SUPD"
	ends_with 0
}
