/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of a server for our messages: cut first, then made safe. */
#include "cur/net/words.h"

#include <string.h>

#include "cur/base/text.h"

char *server_words(const char *text, gssize n)
{
	gsize length = n < 0 ? strlen(text) : (gsize)n;
	GString *out = g_string_new(NULL);
	gsize kept;

	while (length && g_ascii_isspace(*text)) {
		text++;
		length--;
	}
	while (length && g_ascii_isspace(text[length - 1]))
		length--;
	kept = MIN(length, SERVER_WORDS_MAX);
	/* Not in the middle of a character. */
	while (kept < length && kept > SERVER_WORDS_MAX - 4 && ((guchar)text[kept] & 0xC0) == 0x80)
		kept--;
	text_safe_append(out, text, (gssize)kept, TEXT_SAFE_LINE);
	if (kept < length)
		g_string_append(out, "…");
	if (!length)
		g_string_append(out, "(no reason given)");
	return g_string_free(out, FALSE);
}
