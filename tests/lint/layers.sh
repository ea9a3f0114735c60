#!/bin/sh
# SPDX-License-Identifier: MIT
# layers.sh BUILD_DIR - the rules of who may use what: the core is pure, each
# foreign library has one door, nothing below the shell logs, and no file or
# function grows without limit.
set -u
build=$(realpath "$1")
cd "$(dirname "$0")/../.." || exit 1
. tests/lint/checks.sh

FILE_LINES=400
FUNCTION_LINES=70
CORE_MAY_CALL='mem(cpy|set|move|cmp)|str(cmp|len|ncmp|chr|nlen)|strto(l|ul|ll|ull)|snprintf|vsnprintf|sigabbrev_np|strerrorname_np|__assert_fail|__stack_chk_fail|__(mem|str|snprintf|vsnprintf)[a-z]*_chk|__ctype_b_loc|_GLOBAL_OFFSET_TABLE_'

# Undefined in the core as a whole: what one of its files needs and none has.
core_calls() {
	nm -u "$build"/obj/supervisor/core/*.o |
		awk '$1 == "U" { print $2 }' | sort -u > "$report.need"
	nm --defined-only "$build"/obj/supervisor/core/*.o |
		awk 'NF == 3 { print $3 }' | sort -u > "$report.have"
	comm -23 "$report.need" "$report.have" | grep -vxE "$CORE_MAY_CALL"
	rm -f "$report.need" "$report.have"
}

# Its own headers, and of the system's only these.
core_includes() {
	git grep -nE '^#include' -- supervisor/core |
		grep -vE '<(assert|stdbool|stddef|stdint|stdio|string|stdlib|limits|inttypes|errno|signal|ctype)\.h>' |
		grep -vE '"(core/)?[a-z_]+\.h"'
	git grep -nE '^#include "[a-z_]+\.h"' -- supervisor/core |
		sed 's/.*"\(.*\)"/\1/' | sort -u | while read -r header; do
		[ -e "supervisor/core/$header" ] || echo "core: $header"
	done
}

os_includes() {
	git grep -nhE '^#include "' -- supervisor/os |
		sed 's/.*"\(.*\)"/\1/' | sort -u | while read -r header; do
		case $header in
		core/*|../core/*|os/*) ;;
		*) [ -e "supervisor/os/$header" ] || echo "os: $header" ;;
		esac
	done
}

nobody_logs() {
	git grep -nE '\<(log_(err|warn|notice|info|debug)|f?printf|perror|syslog)\(' \
		-- supervisor/core supervisor/os
}

# door HEADER FILE: FILE alone includes HEADER; where it is '', any one file.
door() {
	users=$(git grep -lE "^#include <$1>" -- supervisor worker)
	case $users in
	''|"$2") ;;
	*) [ -z "$2" ] && [ "$(echo "$users" | wc -l)" = 1 ] || echo "$users" ;;
	esac
}

long_files() {
	git ls-files '*.c' '*.h' | xargs wc -l |
		awk -v max=$FILE_LINES '$2 != "total" && $1 > max'
}

# A definition starts with its name in the first column and ends at "}".
long_functions() {
	# shellcheck disable=SC2016
	git ls-files '*.c' | xargs awk -v max=$FUNCTION_LINES '
		FNR == 1 { start = 0 }
		/^[a-z_][A-Za-z0-9_]*\(/ { name = $0; start = FNR }
		/;$/ && !open { start = 0 }
		/^{/ { open = 1 }
		/^}/ && start {
			if (FNR - start + 1 > max)
				print FILENAME ": " FNR - start + 1 " lines: " name
			start = open = 0
		}
		/^}/ { open = 0 }'
}

silent() { ! "$@" | grep .; }

check "the core calls nothing of the system" silent core_calls
check "the core includes nothing from outside" silent core_includes
check "os/ includes nothing of the shell" silent os_includes
check "core/ and os/ do not log" silent nobody_logs
check "<ev.h> in one file" silent door ev.h supervisor/loop.c
check "<ini.h> in one file" silent door ini.h ''
check "<jansson.h> in one file" silent door jansson.h supervisor/json.h
check "<ncurses.h> in one file" silent door ncurses.h ''
check "no file over $FILE_LINES lines" silent long_files
check "no function over $FUNCTION_LINES lines" silent long_functions
sum
