#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples of supworker.3 compile without a warning, the header also as C++
# where there is a compiler, and do what the page says.
# usage: man_example.sh BUILD_DIR

page=worker/supworker.3
build=$(realpath "$1")
include=$(realpath worker)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0
failed=0
skipped=0

# example NUMBER: the page's first, second, ...
example() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh ERRORS/{
		/^\.Bd/,/^\.Ed/{ s/\\e/\\/g; p; }
	}' "$page" | awk -v n="$1" '
		/^\.Bd/ { here++; next }
		/^\.Ed/ { next }
		here == n'
}

example 1 > "$dir/starts.c"
example 2 > "$dir/await.c"

# The output of a program that is right is what is given.
verify() {
	name=$1 want=$2
	shift 2
	if got=$("$@" 2>&1) && [ "$got" = "$want" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s:\n%s\n' "$name" "$got"
	fi
}

# Sanitized libraries need a sanitized program.
flags="-Wall -Wextra -Wpedantic -Werror -I$include"
if nm "$build/libsupworker.a" 2> /dev/null | grep -q __asan_init; then
	flags="$flags -fsanitize=address,undefined"
fi

# The flags are words, here and below.
# shellcheck disable=SC2086
compile() {
	verify "$1 compiled as C11" "" "${CC:-cc}" -std=c11 $flags \
		"$dir/$1.c" "$build/libsupworker.a" -o "$dir/$1-example"
}

compile starts
compile await
cd "$dir" || exit 1
verify "its first start" "start 1" ./starts-example
verify "its second start" "start 2" ./starts-example
printf x > starts
if ./starts-example > /dev/null 2> message; then
	failed=$((failed + 1))
	echo "a foreign file is no error to it"
else
	verify "a foreign file" 1 grep -c 'starts: not a checkpoint' message
fi

true &
wait $!
verify "a process that has ended" "$!: noproc" ./await-example $!
verify "no process" "" ./await-example

printf '#include <supworker.h>\nint main() { return sup_ready(); }\n' \
	> header.cc
if command -v "${CXX:-c++}" > /dev/null; then
	# shellcheck disable=SC2086
	verify "the header in C++" "" "${CXX:-c++}" $flags header.cc \
		"$build/libsupworker.a" -o header
else
	skipped=$((skipped + 1))
	echo "skipped: the header in C++: no C++ compiler"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
