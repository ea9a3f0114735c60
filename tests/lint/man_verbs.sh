#!/bin/sh
# SPDX-License-Identifier: MIT
# supctl.1 describes exactly the verbs that supctl has.
# usage: man_verbs.sh BUILD_DIR

page=supervisor/supctl.1
passed=0
failed=0

has=$("$1/supctl" --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' | sort -u)
told=$(sed -n 's/^\.It Xo$//; s/^\.It Cm \([a-z-]*\).*/\1/p;
	/^\.Cm start-child$/s/^\.Cm //p' "$page" | sort -u)

check() {
	for verb in $1; do
		if echo "$2" | grep -qx -- "$verb"; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			echo "$verb: $3"
		fi
	done
}

[ -n "$has" ] || failed=1
check "$has" "$told" "supctl has it, $page does not"
check "$told" "$has" "$page has it, supctl does not"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
