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
# shellcheck source=tests/otp/compare.sh
. "$(dirname "$0")/../compare.sh"

export PYTHONDONTWRITEBYTECODE=1

# Traces of scenarios, by supd's children.
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

compare_random() {
	seed=${SEED:-$(date +%s)}
	mkdir "$tmp/random" "$tmp/mine" "$tmp/killed"
	"$here/generate.py" "$tmp/random" "$seed" "${COUNT:-100}"
	oracle link_oracle "$tmp/random" "$tmp/random"/*.scn
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
		keep_failed links-failed "$scenario" "$trace"
	done
}

prepare_oracle "$here"/*.erl
if [ "$mode" = store ]; then
	oracle link_oracle "$here/traces" "$here"/scenarios/*.scn
	exit
fi
compare_stored ""
compare_stored ", supervisors are killed" --kills 4
if [ "$mode" = erl ]; then
	compare_oracle link_oracle
	compare_random
fi
sum
