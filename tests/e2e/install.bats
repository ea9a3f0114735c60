# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# install.bats - `make install` into a folder of its own, and what is in it.

load helper

setup() {
	[ -e Makefile ] || skip "needs the source tree"
	make_room
}

installed() {
	make -s "V=${BUILD##*/}" "$1" DESTDIR="$T/to" PREFIX=/usr
}

@test "programs, library, manual pages, completion, units, examples" {
	installed install
	cd "$T/to"
	for file in usr/bin/{supd,supctl,counter} usr/include/supworker.h \
		usr/lib/libsupworker.{a,so,so.0} usr/lib/pkgconfig/supworker.pc \
		usr/share/man/man8/supd.8 usr/share/man/man5/supd.ini.5 \
		usr/share/man/man1/{supctl,counter}.1 \
		usr/share/man/man3/supworker.3 \
		usr/share/bash-completion/completions/supctl \
		usr/lib/systemd/system/supd{,@}.service \
		usr/share/doc/supd/examples/phoenix.ini etc/supd/phoenix.ini; do
		[ -s "$file" ] || { echo "missing: $file"; false; }
	done
	grep -q '^ExecStart=/usr/bin/supd -c /etc/supd/%i.ini$' \
		usr/lib/systemd/system/supd@.service
	if grep -r '@[A-Z]*@' usr/lib/systemd usr/lib/pkgconfig; then false; fi
}

@test "the user's configuration is kept, by install and by uninstall" {
	mkdir -p "$T/to/etc/supd"
	echo mine > "$T/to/etc/supd/phoenix.ini"
	installed install
	installed uninstall
	[ "$(cat "$T/to/etc/supd/phoenix.ini")" = mine ]
	find "$T/to/usr" -not -type d > "$T/left"
	cat "$T/left"
	[ ! -s "$T/left" ]
}

@test "a program builds against the installed library" {
	installed install
	cat > "$T/x.c" <<-C
		#include <supworker.h>
		int main(void) { return 0; }
	C
	"${CC:-gcc}" -Wall -Werror -I"$T/to/usr/include" -o "$T/x" "$T/x.c" \
		-L"$T/to/usr/lib" -lsupworker
	LD_LIBRARY_PATH=$T/to/usr/lib "$T/x"
}
