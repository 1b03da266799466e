/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prefixes of subjects. */
#include "cur/mail/subject.h"

#include <string.h>

#include "cur/base/regex.h"

static const char *skip_blanks(const char *p)
{
	while (*p == ' ' || *p == '\t')
		p++;
	return p;
}

/* "re:" in the languages that other programs write it in. */
static const char *const words[] = {"re", "aw", "sv", "vs", "antw", "odp", "ynt",
				    "ha", "на", "На", "НА", "отв",  "Отв", "ОТВ"};

/* Behind one prefix such as "Re: ", "re[2]: ", "AW:"; NULL when there is none. */
static const char *skip_builtin(const char *subject)
{
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		gsize n = strlen(words[i]);
		if (g_ascii_strncasecmp(subject, words[i], n))
			continue;
		const char *p = subject + n;
		while (*p == '[') {
			const char *digits = p + 1, *end = digits + strspn(digits, "0123456789");
			if (end == digits || *end != ']')
				break;
			p = end + 1;
		}
		if (*p == ':')
			return skip_blanks(p + 1);
	}
	return NULL;
}

static const char *skip_one(const char *subject, const struct regex *reply_regexp)
{
	if (!reply_regexp)
		return skip_builtin(subject);
	struct regex_span match;
	if (!regex_find(reply_regexp, subject, -1, 0, &match, 1) || match.start != 0 ||
	    match.end <= 0)
		return NULL;
	return subject + match.end;
}

const char *subject_base(const char *subject, const struct regex *reply_regexp)
{
	const char *p = skip_blanks(subject), *next;
	while (*p && (next = skip_one(p, reply_regexp)))
		p = skip_blanks(next);
	return p;
}
