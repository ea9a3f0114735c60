# SPDX-License-Identifier: MIT
# compare.sh - what the comparisons with Erlang share: the mode that is asked
# for, the count of what is equal, and the oracle.  To be sourced by a run.sh,
# which it gives
#	$here, $build	where it is; the build's directory
#	$mode		stored, erl or store; stored where there is no Erlang
#	$tmp		a directory that goes with the shell
# shellcheck shell=sh
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

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM HUP

# Compiles the oracle, where one is asked for and there is Erlang.
prepare_oracle() { # SOURCE...
	[ "$mode" != stored ] || return 0
	if ! command -v erl > /dev/null || ! command -v erlc > /dev/null; then
		skipped=1
		number=1
		echo "ok 1 - oracle # skip no Erlang here"
		mode=stored
		return
	fi
	mkdir "$tmp/ebin"
	export ERL_CRASH_DUMP_BYTES=0
	erlc -Wall -Werror -o "$tmp/ebin" "$@" || exit 1
}

# Traces of scenarios, by Erlang.
oracle() { # MODULE DIRECTORY SCENARIO...
	module=$1
	shift
	erl +S 1 -noshell -pa "$tmp/ebin" -s "$module" main -extra "$@"
}

# The stored traces with those of Erlang made anew.
compare_oracle() { # MODULE
	mkdir "$tmp/anew"
	oracle "$1" "$tmp/anew" "$here"/scenarios/*.scn
	result $? "Erlang runs all scenarios"
	for scenario in "$here"/scenarios/*.scn; do
		name=$(basename "$scenario" .scn)
		same "$tmp/anew/$name.trace" "$here/traces/$name.trace" \
			"$name: the stored trace is Erlang's"
	done
}

# Keeps the files of a comparison that failed in BUILD_DIR/NAME.
keep_failed() { # NAME FILE...
	mkdir -p "$build/$1"
	kept=$build/$1
	shift
	cp "$@" "$kept"
}

sum() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ]
}
