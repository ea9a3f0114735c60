#!/bin/sh
# SPDX-License-Identifier: MIT
# coverage.sh BUILD_DIR - lines covered, file by file, of a run with V=cov.
set -eu
cd "$(dirname "$0")/../.."
find "$1/obj/supervisor" "$1/obj/worker" -name '*.gcda' -print0 |
	xargs -0 gcov -n 2> /dev/null | awk '
	/^File / { file = $2; gsub("\047", "", file) }
	/^Lines executed:/ && file ~ /^(supervisor|worker)\// {
		split($0, part, /[:% ]+/)
		lines = $NF; covered = part[3] * lines / 100
		printf "%5.1f %% of %4d  %s\n", part[3], lines, file
		all += lines; done += covered; file = ""
	}
	END { if (all) printf "%5.1f %% of %4d  all\n", 100 * done / all, all }'
