# SPDX-License-Identifier: GPL-3.0-or-later
# Print the rows of a table (include/cur/*.def) as a manual's list.
# usage: awk -v kind=dialects|variables|commands|functions|patterns|expandos|colors|requests|tidings|errors -f doc/tables.awk FILE.def…

# Split "NAME(a, "b, c", d)" into f[0]=NAME, f[1..]; strings lose their quotes.
function row(line, n, i, c, quoted, word) {
	if (!match(line, /^[A-Z]+\(/)) return 0
	split("", f)
	f[0] = substr(line, 1, RLENGTH - 1)
	n = 1; word = ""; quoted = 0
	for (i = RLENGTH + 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (quoted) {
			if (c == "\\") { word = word c substr(line, i + 1, 1); i++ }
			else if (c == "\"") quoted = 0
			else word = word c
		} else if (c == "\"") quoted = 1
		else if (c == "'") { word = word substr(line, i, 3); i += 2 }
		else if (c == "," || c == ")") {
			gsub(/^[ \t]+|[ \t]+$/, "", word)
			f[n++] = word; word = ""
			if (c == ")") break
		} else word = word c
	}
	return n - 1
}
# Text as roff shows it: C escapes are shown as they are written.
function roff(s) {
	gsub(/\\"/, "\"", s)
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	if (s ~ /^[.']/) s = "\\\\&" s
	return s
}
function item(name, arg, help) {
	printf ".TP\n.B %s%s\n%s\n", roff(name), arg != "" ? "\n.I " roff(arg) : "", help != "" ? roff(help) "." : ""
}
function items(name, default_, help) {
	printf ".TP\n\\fB%s\\fR%s\n%s\n", roff(name), default_ != "" ? " (\\fI" roff(default_) "\\fR)" : "", help != "" ? roff(help) "." : "See the table of names."
}
function function_of(s) { return s == "NOOP" ? "nothing" : word_of(s) }
function word_of(s) { sub(/^QUAD_/, "", s); s = tolower(s); gsub(/_/, "-", s); return s }

{
	n = row($0)
	if (!n) next
	state = f[n - 1]; help = f[n]
	if (kind == "dialects") {
		for (i = 1; i <= n; i++) gsub(/\\\\/, "\\", f[i])
		if (f[0] == "RULE") rules = rules sprintf(".TP\n%s\nmutt: %s; NeoMutt: %s.\n", roff(f[2]), roff(f[3]), roff(f[4]))
		else if (f[0] == "DEFAULT") defaults = defaults sprintf(".TP\n\\fB%s\\fR (NeoMutt: \\fI\"%s\"\\fR)\n%s.\n", roff(f[1]), roff(f[2]), roff(f[3]))
		else keys = keys sprintf(".TP\n\\fB%s\\fR in %s\nmutt: %s; NeoMutt: %s%s.\n", roff(f[2]), word_of(f[1]), roff(function_of(f[3])), roff(function_of(f[4])), f[5] != "" ? " (" roff(f[5]) ")" : "")
	} else if (kind == "variables") {
		if (f[0] == "SYNONYM") { synonyms = synonyms sprintf(".TP\n\\fB%s\\fR\nanother name of \\fB%s\\fR.\n", roff(f[1]), roff(f[2])); next }
		d = f[0] == "QUAD" ? word_of(f[2]) : f[0] == "BOOL" ? (f[2] == "true" ? "yes" : "no") : f[0] == "NUMBER" ? f[2] : "\"" f[2] "\""
		if (state == "ACTS") items(f[1], d, help)
		else later = later " " f[1]
	} else if (kind == "commands") {
		if (state == "ACTS") items(f[3] != "" ? f[3] : f[2], "", help)
		else later = later " " f[2]
	} else if (kind == "functions") {
		if (state == "ACTS") items(f[2], "", help)
		else later = later " " f[2]
	} else if (kind == "patterns") {
		letter = substr(f[1], 2, 1)
		if (state == "ACTS") items("~" letter, f[3] == "NONE" ? "" : tolower(f[3]), help)
		else later = later " ~" letter
	} else if (kind == "expandos") {
		if (f[1] != domain) { domain = f[1]; printf ".SS \"%s\"\n", tolower(domain) }
		if (state == "ACTS") items("%" f[2], "", help)
	} else if (kind == "colors") {
		if (state == "ACTS") items(f[2], f[3] == "NONE" ? "" : tolower(f[3]), help)
		else later = later " " f[2]
	} else if (kind == "errors") {
		items(f[2], sprintf("%d", number), help)
	} else if (f[2] == (kind == "requests" ? "ASK" : "TELL")) items(f[1], number ", \"" f[3] "\"", f[4])
	number++
}
END {
	if (kind == "dialects") printf ".SS \"What a line means\"\n%s.SS \"Defaults\"\n%s.SS \"Keys\"\n%s", rules, defaults, keys
	if (synonyms != "") printf ".SS \"Other names\"\n%s", synonyms
	if (later != "") printf ".SS \"Known, without effect so far\"\nThese names are accepted and kept; nothing acts on them, and\n.B cur \\-D\nsays so:\n%s.\n", roff(substr(later, 2))
}
