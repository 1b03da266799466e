#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What is external in an object of the programs is used by another one, or by its own file and a
# test: else it is dead (no program calls it) or could be static (its own file alone does).
# Arguments: the objects, build/<folder>/<file>.o.
defined=$(mktemp) wanted=$(mktemp)
trap 'rm -f "$defined" "$wanted"' EXIT
nm -u "$@" | awk 'NF == 2 { print $2 }' | sort -u >"$wanted"
nm -A "$@" | awk '$2 ~ /^[BDRTV]$/ && $3 !~ /^(main$|__)/ { sub(/:.*/, "", $1); print $3, $1 }' |
	sort >"$defined"

join -v 1 "$defined" "$wanted" | {
	bad=0
	while read -r symbol object; do
		file=${object%.o}
		file=src/$(basename "${file%/*}")/${file##*/}.c
		if [ "$(grep -cw "$symbol" "$file")" -lt 2 ]; then
			echo "$file: no program uses $symbol" >&2
		elif ! grep -rqw "$symbol" tests --include='*.[ch]'; then
			echo "$file: $symbol could be static" >&2
		else
			continue
		fi
		bad=1
	done
	exit $bad
}
