/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One table (flags.def), four spellings. */
#include "cur/mail/flags.h"

#include <string.h>

static const struct {
	mark_t bit;
	char letter;
	const char *imap, *word;
} flags[] = {
#define FLAG(ID, bit, letter, imap, json) {FLAG_##ID, letter, imap, json},
#include "cur/flags.def"
#undef FLAG
};

mark_t flags_split(const char *letters, GString *rest)
{
	mark_t set = 0;
	for (; *letters; letters++) {
		mark_t bit = 0;
		for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
			if (flags[i].letter == *letters)
				bit = flags[i].bit;
		set |= bit;
		if (!bit && rest)
			g_string_append_c(rest, *letters);
	}
	return set;
}

char *flags_join(mark_t set, const char *rest)
{
	gboolean has[256] = {FALSE};
	for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
		has[(guchar)flags[i].letter] = (set & flags[i].bit) != 0;
	for (const char *p = rest ? rest : ""; *p; p++)
		has[(guchar)*p] = TRUE;

	GString *out = g_string_new(NULL);
	for (int c = 1; c < 256; c++)
		if (has[c])
			g_string_append_c(out, (char)c);
	return g_string_free(out, FALSE);
}

mark_t flags_from_imap(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
		const char *imap = flags[i].imap;
		/* Keywords were used without the '$' before they were registered. */
		if (!g_ascii_strcasecmp(imap, name) ||
		    (*imap == '$' && !g_ascii_strcasecmp(imap + 1, name)))
			return flags[i].bit;
	}
	return 0;
}

char *flags_to_imap(mark_t set)
{
	GString *out = g_string_new(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
		if (set & flags[i].bit)
			g_string_append_printf(out, "%s%s", out->len ? " " : "", flags[i].imap);
	return g_string_free(out, FALSE);
}

const char *flags_word(mark_t one)
{
	for (gsize i = 0; i < G_N_ELEMENTS(flags); i++)
		if (flags[i].bit == one)
			return flags[i].word;
	return NULL;
}

char flags_index_char(mark_t mark)
{
	if (mark & FLAG_TRASHED)
		return 'D';
	if (!(mark & FLAG_SEEN))
		return mark & MARK_NEW ? 'N' : 'O';
	return mark & FLAG_ANSWERED ? 'r' : ' ';
}
