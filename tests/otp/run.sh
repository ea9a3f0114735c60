#!/bin/sh
# SPDX-License-Identifier: MIT
# Compares supd's core with the real supervisor of Erlang/OTP.
#
# usage: run.sh [--erl | --store] BUILD_DIR
#
#	         the core's trace of each scenario with the stored one of OTP
#	--erl    makes OTP's traces anew and compares the stored ones with them;
#	         then COUNT (default 100) random scenarios that nobody saw before,
#	         from SEED on (default: the time); what fails is kept in
#	         BUILD_DIR/otp-failed
#	--store  writes OTP's traces of all scenarios
#
# traces/NAME.trace is OTP's.  Where supd differs, and the scenario says why,
# traces/NAME.core is supd's.
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
core=$build/tests/otp_core

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

# Traces of scenarios, by the real supervisor.
oracle() { # DIRECTORY SCENARIO...
	erl +S 1 -noshell -pa "$tmp/ebin" -s otp_oracle main -extra "$@"
}

compare_stored() {
	for scenario in "$here"/scenarios/*.scn; do
		name=$(basename "$scenario" .scn)
		trace=$here/traces/$name.trace
		title=$name
		if [ -e "$here/traces/$name.core" ]; then
			trace=$here/traces/$name.core
			title="$name (differs from OTP: the scenario says why)"
		fi
		"$core" "$scenario" > "$tmp/trace" 2>&1
		same "$trace" "$tmp/trace" "$title"
	done
}

compare_oracle() {
	mkdir "$tmp/anew"
	oracle "$tmp/anew" "$here"/scenarios/*.scn
	result $? "the real supervisor runs all scenarios"
	for scenario in "$here"/scenarios/*.scn; do
		name=$(basename "$scenario" .scn)
		same "$tmp/anew/$name.trace" "$here/traces/$name.trace" \
			"$name: the stored trace is OTP's"
	done
}

compare_random() {
	seed=${SEED:-$(date +%s)}
	mkdir "$tmp/random"
	"$here/generate.py" "$tmp/random" "$seed" "${COUNT:-100}"
	oracle "$tmp/random" "$tmp/random"/*.scn
	result $? "the real supervisor runs random scenarios from $seed on"
	for scenario in "$tmp/random"/*.scn; do
		name=$(basename "$scenario" .scn)
		"$core" "$scenario" > "$tmp/trace" 2>&1
		same "$tmp/random/$name.trace" "$tmp/trace" "$name" && continue
		mkdir -p "$build/otp-failed"
		cp "$scenario" "$tmp/random/$name.trace" "$build/otp-failed"
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
		erlc -Wall -Werror -o "$tmp/ebin" "$here"/oracle/*.erl || exit 1
	fi
fi

if [ "$mode" = store ]; then
	oracle "$here/traces" "$here"/scenarios/*.scn
	exit
fi
compare_stored
if [ "$mode" = erl ]; then
	compare_oracle
	compare_random
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
