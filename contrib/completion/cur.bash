# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of cur for bash; make install puts it where bash looks.

# Names of folders are a server's: compgen -W would expand them, so they are compared here, and
# quoted for the line. $1: the word as bash has cut it, at "@" and ":" too.
_cur_folders()
{
	local typed=${COMP_LINE:0:COMP_POINT} name
	typed=${typed##*[[:space:]]}
	while IFS= read -r name; do
		name=$(printf %q "$name")
		[[ $name == "$typed"* ]] && COMPREPLY+=("${name#"${typed%"$1"}"}")
	done < <(cur folders 2>/dev/null | sed 's/^ *[0-9]* *[0-9]*  //')
}

_cur()
{
	local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]}
	local commands="sync list show search queue folders status check undo adopt help"

	COMPREPLY=()
	if [ "$COMP_CWORD" = 1 ] && [ "${word#-}" = "$word" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
		return
	fi
	case $command in
	sync)
		mapfile -t COMPREPLY < <(compgen -W "--json --log --watch --dry-run --accept-deletions --keep --give-up" -- "$word")
		_cur_folders "$word"
		;;
	list)
		mapfile -t COMPREPLY < <(compgen -W "--json --limit" -- "$word")
		_cur_folders "$word"
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
	undo)
		mapfile -t COMPREPLY < <(compgen -W "--json --list" -- "$word")
		;;
	check)
		mapfile -t COMPREPLY < <(compgen -W "--json --all" -- "$word"; compgen -f -- "$word")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	esac
}
complete -F _cur cur
