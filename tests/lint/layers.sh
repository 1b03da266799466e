#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# No folder may include a header of a folder its layer does not use.
# Arguments: "folder:folders it may use", from the Makefile.
bad=0
for row in "$@"; do
	folder=${row%%:*}
	uses=${row#*:}
	for used in $(grep -rhoE '#include "cur/[a-z]+/' "src/$folder" "include/cur/$folder" 2>/dev/null |
		sed 's|.*"cur/||; s|/||' | sort -u); do
		case " $folder $uses " in
		*" $used "*) ;;
		*)
			echo "src/$folder may not include cur/$used" >&2
			bad=1
			;;
		esac
	done
done
exit $bad
