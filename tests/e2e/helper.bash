# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# helper.bash - what every e2e test has: a private folder $T with a
# configuration of its own, functions to start, ask and end a supd on it, and
# the rule that nothing is left afterwards.
#
# No test waits by sleeping; wait_until polls a condition with a deadline.

BUILD=$(realpath "${BUILD_DIR:-build/plain}")
export PATH="$BUILD:$BUILD/tests:$PATH"

# A file with a setup of its own calls this there.
make_room() {
	T=$BATS_TEST_TMPDIR
	export SUPD_E2E=$T
	SUPD=
	: > "$T/trace"
}

setup() {
	make_room
}

teardown() {
	local left
	[ -n "$SUPD" ] && end_supd
	left=$(processes)
	if [ -n "$left" ]; then
		echo "left behind:"
		# shellcheck disable=SC2086
		ps -o pid,ppid,stat,args -p "$(echo $left | tr ' ' ,)"
		# shellcheck disable=SC2086
		kill -KILL $left 2> /dev/null
	fi
	tail -n 40 "$T"/*.err 2> /dev/null
	[ -z "$left" ]
}

# wait_until [-t SECONDS] COMMAND...: succeeds as soon as COMMAND does.
wait_until() {
	local limit=15 end
	[ "$1" = -t ] && { limit=$2; shift 2; }
	end=$((${EPOCHREALTIME/./} + limit * 1000000))
	until "$@" > "$T/wait_until" 2>&1; do
		if [ "${EPOCHREALTIME/./}" -gt "$end" ]; then
			echo "after $limit s still not: $*"
			cat "$T/wait_until"
			return 1
		fi
		sleep 0.02
	done
}

not() {
	! "$@"
}

# The pids of everything that this test has started and that still runs.
processes() {
	local all=(/proc/[0-9]*/environ)
	grep -lzxF "SUPD_E2E=$T" "${all[@]}" 2> /dev/null | cut -d / -f 3
}

# config [KEY=VALUE of [supd]...] < SECTIONS: writes $T/t.ini.
config() {
	{
		echo "[supd]"
		echo "state_dir = $T/state"
		echo "socket = $T/s"
		printf '%s\n' "$@"
		cat
	} > "$T/t.ini"
}

# victim ID [KEY=VALUE...] [-- WORD...]: a [child:] section (victim.c).  It is
# ready when it has said "start", so that the trace has one order; unless it is
# given another `ready`.
victim() {
	local id=$1 keys='' ready=fd=3
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		keys+="$1"$'\n'
		[[ $1 != ready* ]] || ready=
		shift
	done
	[ "${1:-}" = -- ] && shift
	[ -z "$ready" ] || keys+="ready = fd:3"$'\n'
	printf '[child:%s]\ncommand = e2e_victim %s %s %s %s\n%s' \
		"$id" "$T/trace" "$id" "$ready" "$*" "$keys"
}

# start_supd [ARGUMENT...]: in the background, until it answers.
start_supd() {
	supd -c "$T/t.ini" "$@" > "$T/out" 2>> "$T/supd.err" 3>&- &
	SUPD=$!
	wait_until supctl ping
}

# The same, until the tree is up.
start_tree() {
	start_supd "$@"
	supctl wait --ready > "$T/wait"
}

supctl() {
	command supctl -s "$T/s" "$@"
}

# gone PID...: none of them is there any longer.
gone() {
	! kill -0 "$@" 2> /dev/null
}

# Ends supd as its user would, and sooner or later in any case.
end_supd() {
	kill -TERM "$SUPD" 2> /dev/null
	wait_until -t 10 gone "$SUPD" || kill -KILL "$SUPD"
	wait "$SUPD" 2> /dev/null || true
	SUPD=
}

# Kills the keeper, and waits until all that dies with it is gone: a dying
# process has no environment any more, but still its locks.
kill_service() {
	local all
	mapfile -t all < <(processes)
	kill -KILL "$SUPD"
	wait "$SUPD" 2> /dev/null || true
	wait_until gone "${all[@]}"
	SUPD=
}

# ends_with STATUS: supd ends by itself, or has.
ends_with() {
	local status=0
	wait_until gone "$SUPD"
	wait "$SUPD" || status=$?
	SUPD=
	echo "supd exited with $status"
	[ "$status" = "$1" ]
}

# The pid of the supervisor process: the keeper's first child of that name (a
# child that has not executed yet has it too).
supervisor_pid() {
	pgrep -o -P "$SUPD" -x supd-supervisor
}

# has_pid ID: it has a process.  pid_changed ID OLD: it runs, as another
# process than OLD.
has_pid() {
	[ -n "$(supctl pid "$1")" ]
}

pid_changed() {
	supctl status "$1" | awk -v id="$1" -v old="$2" '
		$1 == id { found = $2 == "RUNNING" && $3 != old }
		END { exit !found }'
}

# state_is ID STATE, as status prints it.
state_is() {
	supctl status "$1" | awk -v id="$1" -v state="$2" '
		$1 == id { print; found = $2 == state } END { exit !found }'
}

# trace_is LINE...: the trace is exactly this; forget empties it.
trace_is() {
	printf '%s\n' "$@" | diff - "$T/trace"
}

trace_has() {
	grep -qxF "$1" "$T/trace"
}

forget() {
	: > "$T/trace"
}

event_is() {
	supctl events | grep -E "$1"
}
