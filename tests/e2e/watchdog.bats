#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# watchdog.bats - children that hang are found, killed and replaced; those that
# live are left alone.

load helper

# beater ID LIMIT HOW INTERVAL [READY] [KEY=VALUE...]: a [child:] section.
beater() {
	local id=$1 limit=$2 words="$3 $4" ready=exec
	shift 4
	case ${1:-} in
	[0-9]*)
		ready=notify
		words+=" $1"
		shift
		;;
	esac
	printf '[child:%s]\ncommand = e2e_beater %s\nwatchdog = %s\n' \
		"$id" "$words" "$limit"
	printf '%s\n' "ready = $ready" "$@"
}

# number ID KEY: one of the numbers of a child's status.
number() {
	supctl -j status "$1" | grep -o "\"$2\":[0-9]*" | cut -d : -f 2
}

has_run() {
	[ "$(number "$1" uptime || echo 0)" -ge "$2" ]
}

no_watchdog() {
	not event_is 'event=watchdog'
}

# replaced ID SIGNAL: who is sent it is silent, and another comes.
replaced() {
	local old
	old=$(supctl pid "$1")
	kill "-$2" "$old"
	wait_until pid_changed "$1" "$old"
	[ "$(supctl status "$1" | grep -c timeout)" = 1 ]
}

# Milliseconds from the last sign of $1 to its next process, once for each time
# that it was silent.
times() {
	supctl -j events | python3 -c '
import json, re, sys
silent = None
for line in sys.stdin:
    e = json.loads(line)
    text = e["text"]
    if "child='"$1"'" not in text:
        continue
    m = re.match(r"event=watchdog .*reason=silence .*silent=(\d+)ms", text)
    if m:
        silent = int(m[1]) - e["time"]
    elif text.startswith("event=started ") and silent is not None:
        print(silent + e["time"])
        silent = None'
}

@test "children that give signs of life are left alone" {
	config < <(
		beater a 300ms beat 100
		beater b 300ms notify 100
		beater c 300ms notify 100 1
	)
	start_tree
	A=$(supctl pid a) B=$(supctl pid b) C=$(supctl pid c)
	wait_until has_run a 1500
	wait_until has_run c 1500
	[ "$(supctl pid a b c | xargs)" = "$A $B $C" ]
	no_watchdog
	[ "$(number a watchdog)" = 300 ]
	[ "$(number a silent)" -le 300 ]
}

@test "a child that hangs, is stopped or loops is replaced within 50 ms" {
	config "intensity = 100" < <(
		beater a 300ms beat 100
		beater b 300ms notify 100
	)
	start_tree
	for _ in 1 2 3; do
		replaced a USR1
		replaced a USR2
		replaced a STOP
		replaced b USR1
		replaced b STOP
	done
	event_is 'event=exited child=a reason=timeout'
	command -v python3 > /dev/null || skip "no python3"
	for id in a b; do
		times "$id" > "$T/times"
		echo "$id: $(xargs < "$T/times")"
		# Others use the machine too: most, not all.
		[ "$(awk '$1 < 300' "$T/times" | wc -l)" = 0 ]
		[ "$(awk '$1 <= 350' "$T/times" | wc -l)" -ge 3 ]
	done
}

@test "a child that never gives a sign is taken off the list in the end" {
	config "intensity = 2" < <(beater a 100ms silent 100)
	start_supd
	wait_until state_is a FATAL
	[ "$(supctl events | grep -c 'event=watchdog child=a')" = 3 ]
	supctl why a > "$T/why"
	cat "$T/why"
	grep 'a gave no sign of life (reason=silence limit=100ms' "$T/why"
	grep 'its last end: timeout' "$T/why"
}

@test "the limit holds only when the child is ready" {
	config < <(beater a 200ms beat 50 1000)
	start_tree
	A=$(supctl pid a)
	wait_until has_run a 500
	[ "$(supctl pid a)" = "$A" ]
	no_watchdog
	replaced a USR1
}

@test "a stop is given its whole time" {
	config < <(beater a 100ms deaf 20 "shutdown = 1")
	start_tree
	supctl stop a
	no_watchdog
	state_is a STOPPED
	event_is 'event=stopped child=a reason=killed'
}

@test "a child may ask for its end, and for no limit" {
	config < <(beater a 10s beat 100; beater b 200ms beat 50)
	start_tree
	B=$(supctl pid b)
	A=$(supctl pid a)
	kill -HUP "$A"
	wait_until pid_changed a "$A"
	event_is 'event=watchdog child=a reason=trigger limit=10000ms'
	kill -ALRM "$B"
	wait_until has_run b 1000
	[ "$(supctl pid b)" = "$B" ]
	[ -z "$(number b watchdog)" ]
}

@test "beats wake nobody" {
	config < <(beater a 60s beat 1)
	start_tree
	A=$(supctl pid a)
	S=$(supervisor_pid)
	switches() {
		awk '$1 == "voluntary_ctxt_switches:" { print $2 }' \
			"/proc/$1/status"
	}
	has_switched() {
		[ "$(switches "$1")" -ge "$2" ]
	}
	local before
	before=$(switches "$S")
	wait_until has_switched "$A" $(($(switches "$A") + 500))
	[ $(($(switches "$S") - before)) -le 10 ]
}

@test "healthy children outlive a supervisor that is killed or held up" {
	local old
	config < <(beater a 300ms beat 50; beater b 300ms notify 50)
	start_tree
	A=$(supctl pid a) B=$(supctl pid b)
	new_supervisor() {
		[ -n "$(supervisor_pid)" ] && [ "$(supervisor_pid)" != "$1" ]
	}
	for sig in KILL KILL STOP; do
		old=$(supervisor_pid)
		kill "-$sig" "$old"
		wait_until -t 30 new_supervisor "$old"
		wait_until supctl ping
	done
	old=$(supervisor_pid)
	wait_until has_run a 1500
	[ "$(supctl pid a b | xargs)" = "$A $B" ]
	no_watchdog
	# The one that took over watches all the same.
	replaced a USR1
	replaced b STOP
}

@test "who hangs while the supervisor is replaced is found by the next one" {
	config < <(beater a 300ms beat 50; beater b 300ms notify 50)
	start_tree
	A=$(supctl pid a) B=$(supctl pid b)
	kill -STOP "$A" "$B"
	kill -KILL "$(supervisor_pid)"
	wait_until pid_changed a "$A"
	wait_until pid_changed b "$B"
	event_is 'event=exited child=b reason=timeout'
}

@test "the child is told its limit, its number and its page" {
	cat > "$T/tell" <<-END
		echo \$\$ \$WATCHDOG_PID \$WATCHDOG_USEC > $T/told
		readlink /proc/\$\$/fd/\$SUPD_BEAT_FD >> $T/told
		echo >&63
		exec sleep infinity
	END
	config < <(cat <<-INI
		[child:a]
		command = bash $T/tell
		ready = fd:63
		watchdog = 1.5s
		[child:b]
		command = sh -c 'env > $T/env ; exec sleep infinity'
	INI
	)
	start_tree
	A=$(supctl pid a)
	[ "$(head -n 1 "$T/told")" = "$A $A 1500000" ]
	grep memfd:supd-beat "$T/told"
	wait_until test -s "$T/env"
	not grep -E '^(WATCHDOG_|SUPD_BEAT)' "$T/env"
}

@test "a child with a clock of its own is watched as well" {
	unshare --time --monotonic 100000 true 2> /dev/null ||
		skip "no time namespaces here"
	config < <(
		beater a 200ms beat 50
		beater b 200ms beat 50
	)
	sed -i 's/= e2e_beater/= unshare --time --monotonic 100000 e2e_beater/;
		/child:b/,$s/monotonic 100000/monotonic -100/' "$T/t.ini"
	start_tree
	A=$(supctl pid a) B=$(supctl pid b)
	wait_until has_run a 1000
	[ "$(supctl pid a b | xargs)" = "$A $B" ]
	no_watchdog
	replaced a USR1
	replaced b STOP
}

@test "counter beats: it is replaced when it is stopped, and goes on" {
	config "intensity = 100" < <(cat <<-INI
		[child:c]
		command = counter --interval 400ms --checkpoint $T/checkpoint
		watchdog = 300ms
		stdout = file:$T/numbers
	INI
	)
	start_tree
	has_lines() {
		[ "$(wc -l < "$T/numbers")" -ge "$1" ]
	}
	wait_until has_lines 4
	no_watchdog
	replaced c STOP
	wait_until has_lines 6
	replaced c STOP
	wait_until has_lines 8
	end_supd
	awk '$1 < last || $1 > last + 1 { bad = 1 } { last = $1 }
	     END { exit bad }' "$T/numbers"
}
