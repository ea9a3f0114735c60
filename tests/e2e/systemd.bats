# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# systemd.bats - `make install` and the units under a real systemd, which is
# booted in namespaces of its own by the program that $SYSTEMD_BOX names.

setup_file() {
	SYSTEMD_BOX=${SYSTEMD_BOX:-$(command -v systemd-box ||
		echo ../shared/tools/systemd-box)}
	WHY_NOT=
	[ -x "$SYSTEMD_BOX" ] || WHY_NOT="no systemd-box (\$SYSTEMD_BOX)"
	[ -x /lib/systemd/systemd ] || WHY_NOT="systemd is not installed"
	grep -q cgroup2 /proc/mounts || WHY_NOT="no cgroup2 is mounted"
	[ "$(id -u)" = 0 ] || WHY_NOT="needs root"
	export WHY_NOT BOX_OUT=$BATS_FILE_TMPDIR
	[ -n "$WHY_NOT" ] || "$SYSTEMD_BOX" bash tests/e2e/systemd.inside \
		"$BOX_OUT" > "$BOX_OUT/log" 2>&1 || true
}

setup() {
	[ -z "$WHY_NOT" ] || skip "$WHY_NOT"
}

# result NAME: what the script inside has found out.
result() {
	grep -x "ok $1" "$BOX_OUT/results" || {
		cat "$BOX_OUT/log" "$BOX_OUT/results"
		return 1
	}
}

@test "make install puts everything in its place" {
	result install
}

@test "systemctl start returns when the tree is up, not earlier" {
	result start
}

@test "children have cgroups of their own below the unit's" {
	result cgroups
}

@test "the watchdog is fed, also while the supervisor is replaced" {
	result watchdog
}

@test "kill -9 of the keeper: systemd starts all anew, the count goes on" {
	result keeper
}

@test "a service that does not answer the watchdog is restarted" {
	result hang
}

@test "systemctl stop stops in order; the unit has not failed" {
	result stop
}

@test "a wrong configuration fails at once and is not tried again" {
	result config
}

@test "systemd-analyze security says OK or better" {
	result security
}
