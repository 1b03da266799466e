/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charsets: names, guesses, conversion that never fails. */
#include "cur/mail/charset.h"

#include <errno.h>
#include <string.h>

#include "cur/mail/habits.h"
#include "gmime-late.h"

enum { NAME_MAX_BYTES = 40, CONVERTERS = 4 };

/* ---- names ------------------------------------------------------------- */

/* Names as they stand in mail and what really is meant: the superset that the senders' systems had.
 */
static const struct {
	const char *name, *converter;
} aliases[] = {
    {"utf8", "UTF-8"},
    {"utf-8", "UTF-8"},
    {"ascii", "US-ASCII"},
    {"us-ascii", "US-ASCII"},
    {"ansi_x3.4-1968", "US-ASCII"},
    {"646", "US-ASCII"},
    {"latin1", "WINDOWS-1252"},
    {"latin-1", "WINDOWS-1252"},
    {"iso8859-1", "WINDOWS-1252"},
    {"iso-8859-1", "WINDOWS-1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-9", "WINDOWS-1254"},
    {"iso-8859-15", "ISO-8859-15"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"windows-1250", "WINDOWS-1250"},
    {"windows-1251", "WINDOWS-1251"},
    {"windows-1252", "WINDOWS-1252"},
    {"cp1250", "WINDOWS-1250"},
    {"cp1251", "WINDOWS-1251"},
    {"cp1252", "WINDOWS-1252"},
    {"cp-866", "IBM866"},
    {"gb2312", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"x-gbk", "GB18030"},
    {"gbk", "GB18030"},
    {"euc-kr", "UHC"},
    {"ks_c_5601-1987", "UHC"},
    {"ks_c_5601", "UHC"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"iso-2022-jp-ms", "ISO-2022-JP-2"},
    {"x-mac-cyrillic", "MAC-CYRILLIC"},
};

/* Can the name be given to iconv at all? It also understands "//TRANSLIT" and loads modules by
 * name. */
static gboolean name_is_sane(const char *name)
{
	gsize n =
	    strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:+()");
	return n > 0 && n <= NAME_MAX_BYTES && !name[n];
}

/* UTF-7 hides any character behind plain ASCII, and no honest mail uses it. */
static gboolean is_seven(const char *name)
{
	return !g_ascii_strncasecmp(name, "utf-7", 5) || !g_ascii_strncasecmp(name, "utf7", 4) ||
	       !g_ascii_strncasecmp(name, "unicode-1-1-utf-7", 17) ||
	       !g_ascii_strncasecmp(name, "csunicode11utf7", 15);
}

static int find_alias(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
		if (!g_ascii_strcasecmp(aliases[i].name, name))
			return (int)i;
	return -1;
}

static const char *converter_name(const char *charset)
{
	const char *system = mail_habits_charset(charset, TRUE);
	int alias = find_alias(charset);
	if (system != charset)
		return system;
	if (alias >= 0)
		return aliases[alias].converter;
	return gmime()->charset_iconv_name(charset);
}

/* ---- converters ---------------------------------------------------------- */

/* Opening a converter costs more than converting a subject: each thread keeps a few. */
struct converter {
	char charset[NAME_MAX_BYTES + 1];
	GIConv cd;
};
struct converters {
	struct converter kept[CONVERTERS];
	guint next;
	const struct mail_habits *habits; /* they were opened under */
};

static const GIConv NO_CONVERTER = (GIConv)-1;

static void close_converters(struct converters *c)
{
	for (int i = 0; i < CONVERTERS; i++) {
		if (c->kept[i].charset[0] && c->kept[i].cd != NO_CONVERTER)
			g_iconv_close(c->kept[i].cd);
		c->kept[i].charset[0] = '\0';
	}
}

static void converters_free(void *data)
{
	close_converters(data);
	g_free(data);
}

static struct converters *converters_of_thread(void)
{
	static GPrivate key = G_PRIVATE_INIT(converters_free);
	struct converters *c = g_private_get(&key);
	if (!c) {
		c = g_new0(struct converters, 1);
		g_private_set(&key, c);
	}
	/* An iconv-hook may have come or gone. */
	if (c->habits != mail_habits())
		close_converters(c);
	c->habits = mail_habits();
	return c;
}

/* A converter to UTF-8 in its first state, borrowed from the thread; NO_CONVERTER when there is
 * none. */
static GIConv converter_get(const char *charset)
{
	if (!name_is_sane(charset) || is_seven(charset))
		return NO_CONVERTER;
	struct converters *c = converters_of_thread();
	for (int i = 0; i < CONVERTERS; i++) {
		if (g_ascii_strcasecmp(c->kept[i].charset, charset))
			continue;
		if (c->kept[i].cd != NO_CONVERTER)
			g_iconv(c->kept[i].cd, NULL, NULL, NULL, NULL);
		return c->kept[i].cd;
	}
	struct converter *slot = &c->kept[c->next++ % CONVERTERS];
	if (slot->charset[0] && slot->cd != NO_CONVERTER)
		g_iconv_close(slot->cd);
	g_strlcpy(slot->charset, charset, sizeof(slot->charset));
	const char *name = converter_name(charset);
	slot->cd = is_seven(name) ? NO_CONVERTER : g_iconv_open("UTF-8", name);
	return slot->cd;
}

gboolean charset_is_known(const char *charset)
{
	return converter_get(charset) != NO_CONVERTER;
}

/* Bytes of one unit: how far to step over what cannot be read. */
static gsize unit_size(const char *charset)
{
	if (!g_ascii_strncasecmp(charset, "utf-16", 6) || !g_ascii_strncasecmp(charset, "ucs-2", 5))
		return 2;
	if (!g_ascii_strncasecmp(charset, "utf-32", 6) || !g_ascii_strncasecmp(charset, "ucs-4", 5))
		return 4;
	return 1;
}

/* Convert all of it; each unreadable unit is U+FFFD and counts in *lost. */
static GString *convert(GIConv cd, const char *bytes, gsize n, gsize unit, gsize *lost)
{
	GString *out = g_string_sized_new(n + n / 2 + 16);
	char buffer[4096];
	gsize left = n;
	char *in = (char *)bytes;
	*lost = 0;
	while (left) {
		char *to = buffer;
		gsize room = sizeof(buffer);
		gsize result = g_iconv(cd, &in, &left, &to, &room);
		int why = errno;
		g_string_append_len(out, buffer, to - buffer);
		if (result != (gsize)-1 || why == E2BIG)
			continue;
		gsize skip = MIN(unit, left);
		in += skip;
		left -= skip;
		g_string_append(out, "\xef\xbf\xbd");
		++*lost;
	}
	return out;
}

/* ---- guesses ----------------------------------------------------------- */

static gboolean is_ascii(const char *bytes, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if (!bytes[i] || (guchar)bytes[i] >= 0x80)
			return FALSE;
	return TRUE;
}

/*
 * Cyrillic words are runs of bytes from 0xC0 up; western letters stand alone
 * among ASCII. Small letters are frequent: they are 0xC0…0xDF in koi8-r and
 * 0xE0…0xFF in windows-1251.
 */
static const char *guess_eight_bit(const char *bytes, gsize n)
{
	gsize in_runs = 0, high = 0, koi_small = 0, win_small = 0, run = 0;
	for (gsize i = 0; i < n; i++) {
		guchar c = (guchar)bytes[i];
		if (c >= 0x80)
			high++;
		run = c >= 0xC0 ? run + 1 : 0;
		if (run >= 3)
			in_runs += run == 3 ? 3 : 1;
		if (c >= 0xE0)
			win_small++;
		else if (c >= 0xC0)
			koi_small++;
	}
	if (in_runs * 2 < high)
		return "windows-1252";
	return koi_small > win_small ? "koi8-r" : "windows-1251";
}

static gboolean converts_without_loss(const char *bytes, gsize n, const char *charset)
{
	GIConv cd = converter_get(charset);
	if (cd == NO_CONVERTER)
		return FALSE;
	gsize lost;
	g_string_free(convert(cd, bytes, n, 1, &lost), TRUE);
	return lost == 0;
}

const char *charset_guess(const char *bytes, gsize n, const char *const *assumed)
{
	if (is_ascii(bytes, n))
		return "us-ascii";
	if (g_utf8_validate_len(bytes, n, NULL))
		return "utf-8";
	for (; assumed && *assumed; assumed++)
		if (converts_without_loss(bytes, n, *assumed))
			return *assumed;
	return guess_eight_bit(bytes, n);
}

/* ---- to UTF-8 ---------------------------------------------------------- */

static gboolean is_allowed_control(gunichar c)
{
	return c == '\n' || c == '\t' || c == '\f' || c == '\b';
}

/* What a converter made: control characters that the bytes did not show become U+FFFD. In place of
 * the string when there are none. */
static GString *replace_controls(GString *text)
{
	GString *out = NULL;
	const char *end = text->str + text->len, *done = text->str;
	for (const char *p = text->str; p < end; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		if ((c >= 0x20 && c < 0x7f) || c >= 0xa0 || is_allowed_control(c) || c == '\r')
			continue;
		if (!out)
			out = g_string_sized_new(text->len + 16);
		g_string_append_len(out, done, p - done);
		g_string_append(out, "\xef\xbf\xbd");
		done = g_utf8_next_char(p);
	}
	if (!out)
		return text;
	g_string_append_len(out, done, end - done);
	g_string_free(text, TRUE);
	return out;
}

static void crlf_to_lf(GString *text)
{
	char *from = memchr(text->str, '\r', text->len);
	if (!from)
		return;
	char *to = from, *end = text->str + text->len;
	for (; from < end; from++)
		if (*from != '\r' || from + 1 == end || from[1] != '\n')
			*to++ = *from;
	g_string_truncate(text, (gsize)(to - text->str));
}

/* Valid UTF-8 is copied as it is, the rest by replacement; NUL is replaced too. */
static GString *clean_utf8(const char *bytes, gsize n)
{
	if (g_utf8_validate_len(bytes, n, NULL))
		return g_string_new_len(bytes, (gssize)n);
	g_autofree char *valid = g_utf8_make_valid(bytes, (gssize)n);
	return g_string_new(valid);
}

char *charset_to_utf8(const char *bytes, gsize n, const char *charset, const char *const *assumed,
		      gsize *out_n)
{
	const char *name = charset && *charset ? mail_habits_charset(charset, FALSE) : NULL;
	/* 8-bit bytes in "us-ascii" are a sender that knew no better. */
	if (!name || !charset_is_known(name) || !strcmp(converter_name(name), "US-ASCII"))
		name = charset_guess(bytes, n, assumed);

	GString *text;
	if (!g_ascii_strcasecmp(name, "us-ascii") || !strcmp(converter_name(name), "UTF-8")) {
		text = clean_utf8(bytes, n);
	} else {
		gsize lost;
		text = convert(converter_get(name), bytes, n, unit_size(name), &lost);
		text = replace_controls(text);
	}
	crlf_to_lf(text);
	if (g_str_has_prefix(text->str, "\xef\xbb\xbf"))
		g_string_erase(text, 0, 3);
	if (out_n)
		*out_n = text->len;
	return g_string_free(text, FALSE);
}

char *charset_raw_header(const char *bytes, gsize n, const char *const *assumed)
{
	return charset_to_utf8(bytes, n, NULL, assumed, NULL);
}

/* ---- from UTF-8 ---------------------------------------------------------- */

char *charset_from_utf8(const char *utf8, gsize n, const char *charset, gsize *out_n)
{
	const char *system;
	if (!name_is_sane(charset) || is_seven(charset))
		return NULL;
	/* To write, the charset itself counts, not the superset it is read as. */
	system = mail_habits_charset(charset, TRUE);
	if (system == charset)
		system = gmime()->charset_iconv_name(charset);
	return g_convert(utf8, (gssize)n, system, "UTF-8", NULL, out_n, NULL);
}

const char *charset_for_sending(const char *utf8, gsize n, const char *const *charsets)
{
	if (is_ascii(utf8, n))
		return "us-ascii";
	for (; charsets && *charsets; charsets++) {
		g_autofree char *fits = charset_from_utf8(utf8, n, *charsets, NULL);
		if (fits)
			return *charsets;
	}
	return "utf-8";
}
