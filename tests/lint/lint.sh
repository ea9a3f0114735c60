#!/bin/sh
# SPDX-License-Identifier: MIT
# lint.sh FLAG... - format, static analysis, manual pages and scripts; FLAGs
# are the compiler's, as the Makefile has them.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/lint/checks.sh

tracked() {
	git ls-files "$@"
}

# The files that `make format` would change.
format() {
	tracked '*.c' '*.h' | while read -r file; do
		clang-format "$file" | cmp -s - "$file" || echo "$file"
	done
}

# A header that compiles alone can be read alone.
headers() {
	tracked 'supervisor/*.h' 'worker/*.h' | while read -r header; do
		for compiler in gcc clang; do
			printf '#include "%s"\nextern int more;\n' "$PWD/$header" |
				$compiler "$@" -Werror -fsyntax-only -x c - ||
				echo "$compiler: $header"
		done
	done
}

warnings_of_clang() {
	tracked 'supervisor/*.c' 'worker/*.c' 'tests/*.c' |
		xargs -P 2 -n 10 clang "$@" -Werror -fsyntax-only
}

# Two at a time, whose counts of warnings may come in pieces.
tidy() {
	tracked 'supervisor/*.c' 'worker/*.c' | xargs -P 2 -I {} \
		clang-tidy --quiet {} -- "$@" 2>&1 |
		grep -vE '^[0-9]* warnings? generated|^$|^Suppressed [0-9]+ warn'
}

with_cppcheck() {
	cppcheck --quiet -j 2 --std=c11 --error-exitcode=1 --inline-suppr \
		--enable=warning,performance,portability -D_GNU_SOURCE \
		-D__x86_64__ -Isupervisor -Iworker \
		'-Djson_array_foreach(a,i,v)=while((v=json_array_get(a,i)))' \
		--suppress=missingIncludeSystem \
		--suppress=normalCheckLevelMaxBranches \
		supervisor worker
}

manuals() {
	tracked 'supervisor/*.[1-8]' 'conf/*.[1-8]' 'worker/*.[1-8]' |
		xargs -r mandoc -T lint -W warning
}

scripts() {
	{
		tracked '*.sh' '*.bash' '*.bats'
		git grep -lE '^#!/bin/(ba)?sh' -- .ci tests
	} | sort -u | xargs shellcheck
}

check "clang-format" format
check "each header compiles alone" headers "$@"
check "clang has no warnings" warnings_of_clang "$@"
tidy_is_silent() { ! tidy "$@"; }
check "clang-tidy" tidy_is_silent "$@"
check "cppcheck" with_cppcheck
check "mandoc -T lint" manuals
check "shellcheck" scripts
sum
