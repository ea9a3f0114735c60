#!/bin/sh
# SPDX-License-Identifier: MIT
# counter.1 describes exactly the options that counter has, and supworker.3
# the functions that the library exports.
# usage: man_counter.sh BUILD_DIR

passed=0
failed=0

# same WHAT HAS TOLD: two lists of words are equal.
same() {
	if [ -n "$2" ] && [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s:\nthe code has:\n%s\nthe page has:\n%s\n' "$@"
	fi
}

same "options of counter" \
	"$("$1/counter" --help | grep -o -e '--[a-z][a-z-]*' | sort -u)" \
	"$(sed -n 's/^\.It Fl -\([a-z-]*\).*/--\1/p' worker/counter.1 | sort -u)"
same "functions of the library" \
	"$(nm -D --defined-only "$1/libsupworker.so" |
		sed -n 's/.* T \(sup_.*\)/\1/p' | sort)" \
	"$(sed -n 's/^\.Nm \(sup_[a-z_]*\).*/\1/p' worker/supworker.3 | sort)"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
