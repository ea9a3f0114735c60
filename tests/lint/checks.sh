# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# checks.sh - what the checking scripts share: check NAME COMMAND..., then sum.

passed=0 failed=0
report=$(mktemp)
trap 'rm -f "$report"' EXIT

# Runs a command that is silent and successful when all is well.
check() {
	name=$1
	shift
	if "$@" > "$report" 2>&1 && ! [ -s "$report" ]; then
		passed=$((passed + 1))
		echo "ok - $name"
	else
		failed=$((failed + 1))
		echo "not ok - $name"
		sed 's/^/     | /' "$report"
	fi
}

sum() {
	echo "$passed passed, $failed failed, 0 skipped"
	[ "$failed" = 0 ]
}
