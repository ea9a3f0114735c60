#!/bin/bash
# SPDX-License-Identifier: MIT
# run.sh - proves the model over its whole state space, and shows that each
# broken variant of it is refuted, for the reason that it is broken for.
set -u

here=$(cd "$(dirname "$0")" && pwd)
passed=0 failed=0 number=0

verdict() { # ok|not ok, what
	number=$((number + 1))
	echo "$1 $number - $2"
	if [ "$1" = ok ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		[ -s output ] && sed 's/^/# /' output
	fi
}

finish() {
	echo "$passed passed, $failed failed, $1 skipped"
	[ "$failed" = 0 ]
	exit
}

for tool in spin gcc; do
	if ! command -v "$tool" > /dev/null; then
		echo "ok 1 - the proof # SKIP $tool is not installed"
		finish 1
	fi
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# All states, none left out by partial order reduction, nor by hashing.  The
# verifier's word is in output.
search() { # -O of gcc, safety|progress, FLAG of spin...
	local flags=("$1" -DSAFETY) how=(-E) kind=$2

	shift 2
	if [ "$kind" = progress ]; then
		flags=("${flags[0]}") how=(-a)
		set -- "$@" -DPROGRESS
	fi
	rm -f pan ./*.trail
	spin "$@" -a "$here/pair.pml" > output 2>&1 &&
		gcc -w -DNOREDUCE -DMEMLIM=960 "${flags[@]}" -o pan pan.c \
			> output 2>&1 &&
		./pan -m5000 "${how[@]}" > output 2>&1
}

is_complete() {
	grep -q 'errors: 0$' output &&
		! grep -qE 'not completed|too small|out of memory|truncated' output
}

states() {
	sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' output
}

proved() { # what, safety|progress, FLAG...
	local what=$1

	shift
	if search -O2 "$@" && is_complete; then
		verdict ok "$what ($(states) states)"
	else
		verdict 'not ok' "$what"
	fi
}

# After a search with nothing left out of the model: all of it takes part, but
# for one statement, that the keeper does not know whose death it sees.
all_reached() {
	local what="every statement is reached, but for a death of nobody's"

	sed -n '/^unreached in/,$p' output | grep '\.pml:' |
		grep -v '"-end-"' > unreached
	mv unreached output
	if grep -q '"node = 255"' output && [ "$(wc -l < output)" = 1 ]; then
		verdict ok "$what"
	else
		verdict 'not ok' "$what"
	fi
}

# Which promise the verifier has seen broken.
broken_promise() {
	local error

	error=$(grep -m 1 '^pan:1:' output)
	case $error in
	*'acceptance cycle'*) echo progress ;;
	*'out==(3*2)'*) echo end ;;
	*'out==('*) echo output ;;
	*'out_text'*) echo output ;;
	*'is_primary'*) echo 'one writer' ;;
	*'unhandled[n]'*) echo 'handled once' ;;
	*) echo "${error:-none}" ;;
	esac
}

refuted() { # promise that breaks, safety|progress, FLAG...
	local promise=$1 kind=$2 found name

	shift 2
	name="refuted: ${*#-D} (breaks: $promise)"
	search -O0 "$kind" -DKILLS=2 "$@"
	found=$(broken_promise)
	if [ "$found" = "$promise" ] && [ -e pair.pml.trail ]; then
		verdict ok "$name"
	else
		verdict 'not ok' "$name (found: $found)"
	fi
}

proved "sink with a count for each process, 3 kills" safety
proved "sink that knows its size, 3 kills" safety -DSINK_FILE
proved "seen ending, lines of 3 units, 2 kills" \
	safety -DKILLS=2 -DEARLY -DLINES=2 -DUNITS=3
proved "seen ending, starts that fail, 2 kills" \
	safety -DKILLS=2 -DEARLY -DSTARTS_FAIL
all_reached
proved "it always goes on, 2 kills" \
	progress -DKILLS=2 -DEARLY -DSTARTS_FAIL -DLINES=1

refuted output safety -DINTENT_AFTER_WRITE
refuted output safety -DINTENT_AFTER_WRITE -DSINK_FILE
refuted output safety -DCHECKPOINT_ALONE
refuted output safety -DLAST_COUNT_ALONE
refuted end safety -DREAP_BEFORE_RECORD
refuted end safety -DWAKE_BEFORE_RECORD
refuted 'one writer' safety -DPROMOTE_BEFORE_DEATH
refuted 'one writer' safety -DPROMOTE_BEFORE_FENCE
refuted end safety -DTID_BY_SUPERVISOR
refuted end safety -DNO_TRANSACTION
refuted progress progress -DNO_TRANSACTION
refuted 'one writer' safety -DEARLY -DBY_LOCK
refuted 'one writer' safety -DEARLY -DWITH_DESCENDANTS
refuted 'one writer' safety -DEARLY -DREUSE_AT_ONCE
refuted 'handled once' safety -DEARLY -DAND_AGAIN
refuted end safety -DEARLY -DSAVES_ALL
finish 0
