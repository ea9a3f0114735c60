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
# shellcheck source=tests/otp/compare.sh
. "$(dirname "$0")/compare.sh"

core=$build/tests/otp_core

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

compare_random() {
	seed=${SEED:-$(date +%s)}
	mkdir "$tmp/random"
	"$here/generate.py" "$tmp/random" "$seed" "${COUNT:-100}"
	oracle otp_oracle "$tmp/random" "$tmp/random"/*.scn
	result $? "the real supervisor runs random scenarios from $seed on"
	for scenario in "$tmp/random"/*.scn; do
		name=$(basename "$scenario" .scn)
		trace=$tmp/random/$name.trace
		"$core" "$scenario" > "$tmp/trace" 2>&1
		same "$trace" "$tmp/trace" "$name" ||
			keep_failed otp-failed "$scenario" "$trace"
	done
}

prepare_oracle "$here"/oracle/*.erl
if [ "$mode" = store ]; then
	oracle otp_oracle "$here/traces" "$here"/scenarios/*.scn
	exit
fi
compare_stored
if [ "$mode" = erl ]; then
	compare_oracle otp_oracle
	compare_random
fi
sum
