# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of cur for bash; make install puts it where bash looks.
_cur()
{
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
	local commands="sync list show search queue folders status check undo adopt help"

	if [ "$COMP_CWORD" = 1 ] && [ "${word#-}" = "$word" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
		return
	fi
	case $command in
	sync)
		mapfile -t COMPREPLY < <(compgen -W "--json --log --watch --dry-run --accept-deletions --keep --give-up $(cur folders 2>/dev/null | awk '{print $1}')" -- "$word")
		;;
	list)
		mapfile -t COMPREPLY < <(compgen -W "--json --limit $(cur folders 2>/dev/null | awk '{print $1}')" -- "$word")
		;;
	adopt)
		mapfile -t COMPREPLY < <(compgen -W "--json --account --separator" -- "$word"; compgen -d -- "$word")
		;;
	queue)
		mapfile -t COMPREPLY < <(compgen -W "--json --flush --hold --release --drop --resend" -- "$word")
		;;
	show)
		mapfile -t COMPREPLY < <(compgen -W "--json --raw --part" -- "$word")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	esac
}
complete -F _cur cur
