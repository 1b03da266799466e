/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Only whole lines count: what is quoted or indented is somebody's text. */
#include "armor.h"

#include <string.h>

/* clang-format off */
static const struct {
	const char *begin, *end;
	enum armor_kind kind;
} blocks[] = {
	{"-----BEGIN PGP MESSAGE-----",		 "-----END PGP MESSAGE-----",		ARMOR_MESSAGE},
	{"-----BEGIN PGP SIGNED MESSAGE-----",	 "-----END PGP SIGNATURE-----",		ARMOR_SIGNED},
	{"-----BEGIN PGP PUBLIC KEY BLOCK-----", "-----END PGP PUBLIC KEY BLOCK-----",	ARMOR_KEY},
};
/* clang-format on */

/* The length of the line at `at` with its end. */
static gsize line_length(const char *text, gsize n, gsize at)
{
	const char *lf = memchr(text + at, '\n', n - at);

	return lf ? (gsize)(lf - text) - at + 1 : n - at;
}

/* Is the line `wanted`, blanks at its end aside? */
static gboolean is_line(const char *line, gsize n, const char *wanted)
{
	gsize length = strlen(wanted);

	if (n < length || memcmp(line, wanted, length))
		return FALSE;
	while (length < n && strchr(" \t\r\n", line[length]) && line[length])
		length++;
	return length == n;
}

/* Behind the line `wanted`, looked for from `at` on; 0: there is none. */
static gsize find_end(const char *text, gsize n, gsize at, const char *wanted)
{
	while (at < n) {
		gsize length = line_length(text, n, at);

		if (text[at] == '-' && is_line(text + at, length, wanted))
			return at + length;
		at += length;
	}
	return 0;
}

/* The block whose first line stands at `at`. Ends that are missing are looked for once. */
static gboolean block_at(const char *text, gsize n, gsize at, unsigned *endless, struct armor *out)
{
	gsize length = line_length(text, n, at);

	for (gsize i = 0; text[at] == '-' && i < G_N_ELEMENTS(blocks); i++) {
		gsize end;

		if (*endless & 1u << i || !is_line(text + at, length, blocks[i].begin))
			continue;
		end = find_end(text, n, at + length, blocks[i].end);
		if (end) {
			*out = (struct armor){blocks[i].kind, at, end - at};
			return TRUE;
		}
		*endless |= 1u << i;
	}
	return FALSE;
}

gboolean armor_next(const char *text, gsize n, gsize from, struct armor *out)
{
	unsigned endless = 0;

	if (from >= n)
		return FALSE;
	for (gsize at = from; at < n; at += line_length(text, n, at)) {
		if (!block_at(text, n, at, &endless, out))
			continue;
		if (at > from)
			*out = (struct armor){ARMOR_NONE, from, at - from};
		return TRUE;
	}
	*out = (struct armor){ARMOR_NONE, from, n - from};
	return TRUE;
}

gboolean armor_has_block(const char *text, gsize n)
{
	struct armor first, second;

	if (!armor_next(text, n, 0, &first))
		return FALSE;
	return first.kind != ARMOR_NONE || armor_next(text, n, first.n, &second);
}
