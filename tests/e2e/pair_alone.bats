#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# pair_alone.bats - counter as a process pair without a supervisor, and as a
# program that starts itself again after a crash.

load helper

# In the background; what it prints is added to $T/out.
start_pair() {
	counter --pair --checkpoint "$T/c" --interval 5ms "$@" \
		>> "$T/out" 2>> "$T/pair.err" 3>&- &
	wait_until has_role 0
}

# role N: the process that has locked byte N of the pair's file: 0 the primary,
# 1 the backup.
role() {
	local inode
	inode=$(stat -c %i "$T/c.pair") || return
	awk -v inode=":$inode\$" -v byte="$1" \
		'$2 == "POSIX" && $6 ~ inode && $7 == byte { print $5 }' /proc/locks
}

has_role() {
	[ -n "$(role "$1")" ]
}

has_pair() {
	has_role 0 && has_role 1
}

# role_is_not N PID: another process has it.
role_is_not() {
	local pid
	pid=$(role "$1")
	[ -n "$pid" ] && [ "$pid" != "$2" ]
}

all_gone() {
	[ -z "$(running)" ]
}

# Those of processes() that are counters and not dead.
running() {
	local pid
	for pid in $(processes); do
		grep -qs '^State:.[^ZX]' "/proc/$pid/status" &&
			[ "$(cat "/proc/$pid/comm" 2> /dev/null)" = counter ] &&
			echo "$pid"
	done
	true
}

has_lines() {
	[ "$(wc -l < "$T/out")" -ge "$1" ]
}

goes_on() {
	wait_until has_lines $(($(wc -l < "$T/out") + 10))
}

# Ends the pair in order; the output must be whole.
end_pair() {
	kill -TERM "$(role 0)"
	wait_until all_gone
	seq "$(wc -l < "$T/out")" | diff - "$T/out"
}

exits_with() {
	local want=$1 status=0
	shift
	"$@" > "$T/stdout" 2> "$T/stderr" 3>&- || status=$?
	echo "exit code $status: $*"
	cat "$T/stderr"
	[ "$status" = "$want" ]
}

@test "a pair: the backup takes over, again and again, and no number is lost" {
	local primary backup
	start_pair
	for _ in 1 2 3; do
		wait_until has_pair
		primary=$(role 0) backup=$(role 1)
		goes_on
		kill -KILL "$primary"
		wait_until role_is_not 0 "$primary"
		[ "$(role 0)" = "$backup" ]
		goes_on
	done
	end_pair
	[ "$(grep -c 'takes over: the primary is dead' "$T/pair.err")" = 3 ]
}

@test "a pair: a primary that is stopped is killed and replaced" {
	local primary
	start_pair
	wait_until has_pair
	primary=$(role 0)
	goes_on
	kill -STOP "$primary"
	wait_until role_is_not 0 "$primary"
	goes_on
	grep -q 'has missed its beats and is killed' "$T/pair.err"
	wait_until not grep -qs '^State:.T' "/proc/$primary/status"
	end_pair
}

@test "a pair: a primary that hangs is killed and replaced" {
	local primary
	start_pair --hang-at 20
	primary=$(role 0)
	wait_until has_lines 19
	wait_until role_is_not 0 "$primary"
	wait_until has_pair
	[ "$(running | wc -l)" -le 3 ]
	# They hang by SIGTERM as well: the backup first, so that none follows.
	kill -STOP "$(role 0)"
	kill -KILL "$(role 1)" "$(role 0)"
	wait_until all_gone
	seq 19 | diff - "$T/out"
}

@test "a pair: a backup that ends, dies or hangs is replaced" {
	local backup signal
	start_pair
	for signal in TERM KILL STOP; do
		wait_until has_pair
		backup=$(role 1)
		kill "-$signal" "$backup"
		wait_until role_is_not 1 "$backup"
	done
	end_pair
	[ ! -s "$T/pair.err" ]
}

@test "a pair: both stopped for a while are no reason to kill" {
	local primary backup
	start_pair
	wait_until has_pair
	primary=$(role 0) backup=$(role 1)
	kill -STOP "$backup" "$primary"
	wait_until grep -q '^State:.T' "/proc/$primary/status"
	# A beat is missed by the clock, not by the backup's own count.
	sleep 1.5
	kill -CONT "$backup" "$primary"
	goes_on
	[ "$(role 0)" = "$primary" ]
	[ "$(role 1)" = "$backup" ]
	end_pair
}

@test "a pair: both killed, it is over, and a new start goes on" {
	local i
	for i in 1 2 3; do
		start_pair
		goes_on
		# shellcheck disable=SC2046
		kill -KILL $(role 0) $(role 1) || true
		[ "$i" = 1 ] || wait_until has_lines 20
		# A backup that was about to come up has become the primary.
		while has_role 0; do
			kill -KILL "$(role 0)" || true
		done
		wait_until all_gone
	done
	start_pair
	goes_on
	end_pair
}

@test "a pair: ten at once are two in the end" {
	local i
	for i in {1..10}; do
		counter --pair --checkpoint "$T/c" --interval 5ms \
			>> "$T/out" 2> "$T/$i.stderr" 3>&- &
	done
	refused() {
		[ "$(cat "$T"/*.stderr | grep -c 'counts already')" -ge 8 ]
	}
	wait_until refused
	wait_until has_pair
	two_are_left() {
		[ "$(running | wc -l)" = 2 ]
	}
	wait_until two_are_left
	goes_on
	two_are_left
	exits_with 75 counter --pair --checkpoint "$T/c"
	grep -q "process $(role 0) counts already" "$T/stderr"
	end_pair
}

@test "a pair: crashes at one number create five backups, and no chain" {
	counter --pair --checkpoint "$T/c" --interval 5ms --crash-at 8 \
		>> "$T/out" 2> "$T/pair.err" 3>&- &
	taken_over() {
		[ "$(grep -c 'takes over' "$T/pair.err")" = 5 ]
	}
	wait_until taken_over
	wait_until all_gone
	seq 7 | diff - "$T/out"
	[ "$(od -An -tu8 -j 32 -N 8 "$T/c.pair" | tr -d ' ')" = 5 ]
	start_pair
	goes_on
	end_pair
}

@test "a pair: Ctrl-C ends both, and so does the last number" {
	local session
	setsid counter --pair --checkpoint "$T/c" --interval 5ms \
		>> "$T/out" 2>> "$T/pair.err" 3>&- &
	wait_until has_pair
	session=$(ps -o pgid= -p "$(role 0)" | tr -d ' ')
	kill -INT -- "-$session"
	wait_until all_gone
	exits_with 0 counter --pair --checkpoint "$T/c" --interval 0 \
		--count 500
	wait_until all_gone
	cat "$T/stdout" >> "$T/out"
	seq 500 | diff - "$T/out"
	[ ! -s "$T/pair.err" ]
}

@test "a pair: who waits for the reader of a pipe does not hang" {
	local primary beats
	mkfifo "$T/pipe"
	exec 9<> "$T/pipe"
	counter --pair --checkpoint "$T/c" --interval 0 > "$T/pipe" \
		2> "$T/pair.err" 3>&- 9>&- &
	wait_until has_pair
	primary=$(role 0)
	# Beats of the primary; as long as it prints they are more than its
	# periods.
	beats() {
		od -An -tu8 -j 8 -N 8 "$T/c.pair" | tr -d ' '
	}
	slow() {
		local before
		before=$(beats)
		sleep 0.3
		[ $(($(beats) - before)) -le 20 ]
	}
	wait_until slow
	beats=$(beats)
	enough() {
		[ "$(beats)" -ge $((beats + 20)) ]
	}
	wait_until enough
	[ "$(role 0)" = "$primary" ]
	grep -v 'standard output\|at least once\|exactly once' "$T/pair.err" |
		grep . && false
	kill -TERM "$primary"
	wait_until all_gone
	exec 9>&-
}

@test "a pair: on a pipe no number is skipped" {
	local primary
	counter --pair --checkpoint "$T/c" --interval 2ms 2>> "$T/pair.err" \
		3>&- | cat > "$T/out" &
	wait_until has_pair
	for _ in 1 2 3; do
		goes_on
		wait_until has_pair
		primary=$(role 0)
		kill -KILL "$primary"
		wait_until role_is_not 0 "$primary"
	done
	goes_on
	kill -TERM "$(role 0)"
	wait_until all_gone
	wait
	awk '$1 == last + 1 { last = $1; next }
	     $1 == last { next }
	     { print "after " last ": " $1; bad = 1 }
	     END { exit bad || !last }' "$T/out"
}

@test "a pair in windows of tmux" {
	command -v tmux > /dev/null || skip "no tmux"
	tm() {
		# Without SHELL tmux takes that of passwd: nobody's is nologin.
		TMUX='' SHELL=/bin/sh tmux -S "$T/tmux" -f /dev/null "$@"
	}
	tm new-session -d -x 80 -y 24 \
		"cd '$T' && exec counter --pair --checkpoint c --interval 20ms \
		--terminal 'tmux new-window -d'" 3>&- || skip "no tmux server"
	wait_until has_pair
	windows() {
		[ "$(tm list-windows | wc -l)" = "$1" ]
	}
	wait_until windows 2
	sees() {
		tm capture-pane -p -t ":$1" -S - | grep -x "$2"
	}
	wait_until sees 0 5
	local primary
	primary=$(role 0)
	kill -KILL "$primary"
	wait_until role_is_not 0 "$primary"
	wait_until has_pair
	# The first window is gone with its process, a third one has come.
	wait_until windows 2
	last_number() {
		tm capture-pane -p -t ":1" | grep -x '[0-9][0-9]*' | tail -n 1
	}
	counted() {
		local last
		last=$(last_number) && [ "${last:-0}" -ge 40 ]
	}
	wait_until counted
	# What the new window shows begins where the old one ended.
	tm capture-pane -p -t :1 -S - | grep -x '[0-9][0-9]*' | uniq |
		awk 'NR > 1 && $1 != last + 1 { bad = 1 } { last = $1 }
		     END { exit bad || NR < 5 }'
	kill -TERM "$(role 0)"
	wait_until not has_role 0
	tm kill-server 2> /dev/null || true
	wait_until all_gone
}

@test "a pair: what is wrong is said" {
	exits_with 64 counter --pair
	exits_with 64 counter --terminal xterm
	exits_with 66 counter --pair --checkpoint "$T/none/c"
	echo "something else" > "$T/c.pair"
	exits_with 65 counter --pair --checkpoint "$T/c"
	grep -q 'c.pair: not the file of a pair; move it away' "$T/stderr"
	[ "$(cat "$T/c.pair")" = "something else" ]
	rm "$T/c.pair"
	echo "something else" > "$T/c"
	exits_with 65 counter --pair --checkpoint "$T/c"
	wait_until all_gone
	rm "$T/c"
	start_pair --terminal '/no/terminal -e'
	wait_until grep -q 'no backup: /no/terminal -e: No such file' \
		"$T/pair.err"
	goes_on
	end_pair
}

@test "--reexec: a crash starts the program again, as the same process" {
	exits_with 0 counter --reexec --checkpoint "$T/c" --interval 0 \
		--crash-at 5:once --count 9
	seq 9 | diff - "$T/stdout"
	grep -q 'started again after a crash, number 1 in a minute' "$T/stderr"
}

@test "--reexec: the sixth crash in a minute is the end" {
	exits_with 134 counter --reexec --checkpoint "$T/c" --interval 0 \
		--crash-at 5 --count 9
	[ "$(grep -c 'started again' "$T/stderr")" = 5 ]
}

@test "--reexec: a signal from outside that would be a crash starts it again" {
	local pid
	(ulimit -c 0; exec counter --reexec --checkpoint "$T/c" \
		--interval 5ms >> "$T/out" 2> "$T/stderr" 3>&-) &
	pid=$!
	for _ in 1 2 3; do
		goes_on
		kill -SEGV "$pid"
	done
	goes_on
	[ "$(cat "/proc/$pid/comm")" = counter ]
	[ "$(grep -c 'started again' "$T/stderr")" = 3 ]
	kill -TERM "$pid"
	wait "$pid"
	seq "$(wc -l < "$T/out")" | diff - "$T/out"
}

# The fifth crash in a minute is the last that starts it again.
@test "--reexec below supd: a pipe gets each number once" {
	local pid reader
	mkfifo "$T/pipe"
	exec 9<> "$T/pipe"
	cat <&9 > "$T/out" 3>&- &
	reader=$!
	config < <(cat <<-INI
		[child:c]
		command = counter --reexec --interval 1ms --checkpoint $T/ck
		stdout = file:$T/pipe
		stderr = file:$T/stderr
	INI
	)
	start_tree
	pid=$(supctl pid c)
	for _ in 1 2 3 4 5; do
		goes_on
		kill -SEGV "$pid"
	done
	goes_on
	[ "$(supctl pid c)" = "$pid" ]
	[ "$(grep -c 'started again' "$T/stderr")" = 5 ]
	supctl shutdown
	wait_until gone "$SUPD"
	kill "$reader"
	wait "$reader" || true
	exec 9>&-
	seq "$(wc -l < "$T/out")" | diff - "$T/out"
}
