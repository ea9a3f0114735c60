# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# tour.bats - conf/tour.md says what really happens.

load helper

# PATH without the folders that may not be searched, for which what is nowhere
# is EACCES.
searchable_path() {
	local all folder
	IFS=: read -ra all <<< "$PATH"
	for folder in "${all[@]}"; do
		[ ! -x "$folder" ] || printf '%s:' "$folder"
	done | sed 's/:$//'
}

@test "the tour: every command prints what it says" {
	local top=$PWD
	command -v python3 > /dev/null || skip "no python3"
	mkdir "$T/top"
	cd "$T/top"
	ln -s "$BUILD" build
	ln -s "$top/conf" conf
	PATH=$(searchable_path)
	export HOME=$T XDG_RUNTIME_DIR=$T TMPDIR=$T
	python3 "$top/tests/e2e/tour.py" conf/tour.md 3>&-
	run ls -d "$T"/tmp.*
	[ "$status" != 0 ]
}
