#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares links, monitors and exit signals of supd's children, real processes,
# with those of Erlang's processes.
#
# usage: run.sh [--erl | --store] BUILD_DIR
#
#	         supd's trace of each scenario with the stored one of Erlang,
#	         and again while supd's supervisor is killed now and then
#	--erl    makes Erlang's traces anew and compares the stored ones with
#	         them; then COUNT (default 100) random scenarios that nobody saw
#	         before, from SEED on (default: the time); what fails is kept in
#	         BUILD_DIR/links-failed
#	--store  writes Erlang's traces of all scenarios
#
# traces/NAME.trace is Erlang's.  Where supd differs, and the scenario says why,
# traces/NAME.supd is supd's.
set -u

here=$(dirname "$0")
mode=stored
case ${1-} in
--erl | --store)
	mode=${1#--}
	shift
	;;
esac
if [ $# != 1 ]; then
	sed -n 's/^# usage/usage/p' "$0" >&2
	exit 2
fi
build=$1

PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

passed=0 failed=0 skipped=0 number=0

result() { # STATUS NAME
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
		echo "ok $number - $2"
	else
		failed=$((failed + 1))
		echo "not ok $number - $2"
	fi
}

# The first file is what should be.
same() { # EXPECTED GOT NAME
	cmp -s "$1" "$2"
	status=$?
	result $status "$3"
	[ $status = 0 ] && return
	diff -u "$1" "$2" 2>&1 | sed -n '1,40s/^/# /p'
	return 1
}

# Traces of scenarios, by Erlang's processes.
oracle() { # DIRECTORY SCENARIO...
	erl +S 1 -noshell -pa "$tmp/ebin" -s link_oracle main -extra "$@"
}

# By supd's.
drive() { # [OPTION...] DIRECTORY SCENARIO...
	"$here/drive.py" --build "$build" "$@"
}

compare_stored() { # TITLE [OPTION...]
	kind=$1
	shift
	rm -rf "$tmp/supd"
	mkdir "$tmp/supd"
	drive "$@" "$tmp/supd" "$here"/scenarios/*.scn
	result $? "supd runs all scenarios$kind"
	for scenario in "$here"/scenarios/*.scn; do
		name=$(basename "$scenario" .scn)
		trace=$here/traces/$name.trace
		title=$name$kind
		if [ -e "$here/traces/$name.supd" ]; then
			trace=$here/traces/$name.supd
			title="$title (not as Erlang: the scenario says why)"
		fi
		same "$trace" "$tmp/supd/$name.trace" "$title"
	done
}

compare_oracle() {
	mkdir "$tmp/anew"
	oracle "$tmp/anew" "$here"/scenarios/*.scn
	result $? "Erlang runs all scenarios"
	for scenario in "$here"/scenarios/*.scn; do
		name=$(basename "$scenario" .scn)
		same "$tmp/anew/$name.trace" "$here/traces/$name.trace" \
			"$name: the stored trace is Erlang's"
	done
}

compare_random() {
	seed=${SEED:-$(date +%s)}
	mkdir "$tmp/random" "$tmp/mine" "$tmp/killed"
	"$here/generate.py" "$tmp/random" "$seed" "${COUNT:-100}"
	oracle "$tmp/random" "$tmp/random"/*.scn
	result $? "Erlang runs random scenarios from $seed on"
	drive "$tmp/mine" "$tmp/random"/*.scn
	result $? "supd runs them"
	drive --kills 4 "$tmp/killed" "$tmp/random"/*.scn
	result $? "supd runs them, supervisors are killed"
	for scenario in "$tmp/random"/*.scn; do
		name=$(basename "$scenario" .scn)
		trace=$tmp/random/$name.trace
		same "$trace" "$tmp/mine/$name.trace" "$name" &&
			same "$trace" "$tmp/killed/$name.trace" \
				"$name, supervisors are killed" && continue
		mkdir -p "$build/links-failed"
		cp "$scenario" "$trace" "$build/links-failed"
	done
}

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM HUP

if [ "$mode" != stored ]; then
	if ! command -v erl > /dev/null || ! command -v erlc > /dev/null; then
		skipped=1
		number=1
		echo "ok 1 - oracle # skip no Erlang here"
		mode=stored
	else
		mkdir "$tmp/ebin"
		ERL_CRASH_DUMP_BYTES=0
		export ERL_CRASH_DUMP_BYTES
		erlc -Wall -Werror -o "$tmp/ebin" "$here"/*.erl || exit 1
	fi
fi

if [ "$mode" = store ]; then
	oracle "$here/traces" "$here"/scenarios/*.scn
	exit
fi
compare_stored ""
compare_stored ", supervisors are killed" --kills 4
if [ "$mode" = erl ]; then
	compare_oracle
	compare_random
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
