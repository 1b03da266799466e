#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Functions longer than FUNC lines and files longer than FILE lines, longest first.
# A function ends with a brace in the first column and begins at the last one that opened there.
: "${FUNC:=60}" "${FILE:=500}"

find src include -name '*.[ch]' | sort | xargs awk -v func_max="$FUNC" '
	/^{/ { start = FNR; name = before }
	/^}/ && start { if (FNR - start > func_max) printf "%5d  %s:%d %s\n", FNR - start, FILENAME, start, name; start = 0 }
	/^[a-z].*\(/ { before = $0; sub(/\(.*/, "", before); sub(/.*[ *]/, "", before) }
' | sort -rn
find src include tests -name '*.[ch]' | sort | xargs wc -l | awk -v file_max="$FILE" '$2 != "total" && $1 > file_max { printf "%5d  %s\n", $1, $2 }' | sort -rn
