/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Clusters, columns, and text that is safe for a terminal.
 *
 * A terminal and the screen library count cells character by character, and
 * programs that know better than they do draw over the neighbour. So a cluster here is one
 * spacing character with its zero-width marks (and a pair of regional
 * indicators); what makes terminals disagree - variation selectors, joiners
 * between pictures, skin tones - is left out of what is drawn.
 */
#include "cur/base/text.h"

#include <string.h>
#include <unistr.h>
#include <uniwidth.h>

/* ---- clusters ------------------------------------------------------------ */

static gunichar char_at(const char *p, const char *end, gsize *n)
{
	ucs4_t c;

	if ((guchar)*p < 0x80) {
		*n = 1;
		return (guchar)*p;
	}
	*n = u8_mbtouc(&c, (const uint8_t *)p, end - p);
	return c;
}

/* Cells of a character standing alone; control characters take none. */
static int char_width(gunichar c)
{
	int width;

	if (c >= 0x20 && c < 0x7f)
		return 1;
	if (c == 0xad) /* soft hyphen: terminals draw it */
		return 1;
	width = uc_width(c, "UTF-8");
	return width < 0 ? 0 : width;
}

static gboolean is_regional_indicator(gunichar c)
{
	return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static gboolean is_skin_tone(gunichar c)
{
	return c >= 0x1f3fb && c <= 0x1f3ff;
}

/* Characters that joiners and selectors turn into other pictures. */
static gboolean is_pictographic(gunichar c)
{
	return c >= 0x1f000 || (c >= 0x2190 && c <= 0x2bff) || c == 0x3030 || c == 0x303d ||
	       c == 0x3297 || c == 0x3299 || c == 0xa9 || c == 0xae || c == 0x203c || c == 0x2049 ||
	       c == 0x2122 || c == 0x2139 || g_ascii_isdigit(c) || c == '#' || c == '*';
}

/* A mark that one terminal obeys and another does not. */
static gboolean is_disputed(gunichar c, gunichar base)
{
	if (c == 0xfe0e || c == 0xfe0f)
		return TRUE;
	return (c == 0x200d || c == 0x20e3) && is_pictographic(base);
}

void text_iter_init(struct text_iter *it, const char *text, gssize n)
{
	memset(it, 0, sizeof(*it));
	it->next_ = text;
	it->end_ = text + (n < 0 ? strlen(text) : (gsize)n);
}

/* Take the marks after the base; those kept lengthen it->n. */
static void take_marks(struct text_iter *it)
{
	gboolean keeping = TRUE;
	guint kept = 0;

	while (it->next_ < it->end_ && (guchar)*it->next_ >= 0x80) {
		gsize n;
		gunichar c = char_at(it->next_, it->end_, &n);
		gboolean tone = is_skin_tone(c) && is_pictographic(it->base);

		if (!tone && (char_width(c) != 0 || (c >= 0x80 && c < 0xa0)))
			return;
		if (tone || is_disputed(c, it->base) || kept >= TEXT_MARKS_MAX)
			keeping = FALSE;
		it->next_ += n;
		kept++;
		if (keeping)
			it->n += n;
	}
}

static gboolean take_second_indicator(struct text_iter *it)
{
	gsize n;

	if (it->next_ >= it->end_ || !is_regional_indicator(char_at(it->next_, it->end_, &n)))
		return FALSE;
	it->next_ += n;
	it->n += n;
	it->width = 2;
	return TRUE;
}

gboolean text_iter_next(struct text_iter *it)
{
	gsize n;

	if (it->next_ >= it->end_)
		return FALSE;
	it->start = it->next_;
	it->base = char_at(it->start, it->end_, &n);
	it->n = n;
	it->width = char_width(it->base);
	it->next_ += n;
	if (is_regional_indicator(it->base) && take_second_indicator(it))
		return TRUE;
	if (it->base >= 0x20 && it->base != 0x7f)
		take_marks(it);
	return TRUE;
}

/* ---- columns --------------------------------------------------------------- */

int text_width(const char *text, gssize n)
{
	struct text_iter it;
	gint64 width = 0;

	text_iter_init(&it, text, n);
	while (text_iter_next(&it))
		width += it.width;
	return MIN(width, G_MAXINT);
}

gsize text_cut(const char *text, gssize n, int columns, int *width)
{
	struct text_iter it;
	const char *end = text;
	int used = 0;

	text_iter_init(&it, text, n);
	while (text_iter_next(&it) && used + it.width <= columns) {
		used += it.width;
		end = it.next_;
	}
	if (width)
		*width = used;
	return end - text;
}

static void append_blanks(GString *out, int n)
{
	for (int i = 0; i < n; i++)
		g_string_append_c(out, ' ');
}

void text_pad(GString *out, const char *text, gssize n, int columns, enum text_align align)
{
	int width;
	gsize bytes = text_cut(text, n, columns, &width);
	int blanks = MAX(columns - width, 0);
	int before = align == TEXT_RIGHT ? blanks : align == TEXT_CENTER ? blanks / 2 : 0;
	struct text_iter it;

	append_blanks(out, before);
	text_iter_init(&it, text, bytes);
	while (text_iter_next(&it))
		g_string_append_len(out, it.start, it.n);
	append_blanks(out, blanks - before);
}

/* ---- safe text ----------------------------------------------------------- */

/* Characters that reorder, end or hide a line without being seen themselves. */
static gboolean is_deceptive(gunichar c, enum text_safe_flags flags)
{
	if (c == 0x200e || c == 0x200f || c == 0x061c)
		return !(flags & TEXT_SAFE_MARKS);
	return (c >= 0x80 && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2061 && c <= 0x206f) || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

static gboolean is_noncharacter(gunichar c)
{
	return (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static gboolean is_kept_control(guchar c, enum text_safe_flags flags)
{
	return (c == '\n' && (flags & TEXT_SAFE_NEWLINES)) ||
	       (c == '\t' && (flags & TEXT_SAFE_TABS));
}

/* Appends what stands for `c`; FALSE when it stands for itself. */
static gboolean append_picture(GString *out, gunichar c, enum text_safe_flags flags)
{
	if (c < 0x20 && !is_kept_control(c, flags))
		g_string_append_unichar(out, 0x2400 + c);
	else if (c == 0x7f)
		g_string_append_unichar(out, 0x2421);
	else if (is_noncharacter(c))
		g_string_append_unichar(out, 0xfffd);
	else if (is_deceptive(c, flags))
		g_string_append_printf(out, "<U+%04X>", c);
	else
		return FALSE;
	return TRUE;
}

static gboolean is_plain_byte(guchar c, enum text_safe_flags flags)
{
	return (c >= 0x20 && c < 0x7f) || is_kept_control(c, flags);
}

static gsize plain_run(const char *p, const char *end, enum text_safe_flags flags)
{
	const char *start = p;

	while (p < end && is_plain_byte(*p, flags))
		p++;
	return p - start;
}

void text_safe_append(GString *out, const char *text, gssize n, enum text_safe_flags flags)
{
	const char *end = text + (n < 0 ? strlen(text) : (gsize)n);

	for (const char *p = text; p < end;) {
		gsize run = plain_run(p, end, flags);

		g_string_append_len(out, p, run);
		p += run;
		if (p < end) {
			gunichar c = char_at(p, end, &run);

			if (!append_picture(out, c, flags))
				g_string_append_unichar(out, c);
			p += run;
		}
	}
}

char *text_safe(const char *text, gssize n, enum text_safe_flags flags)
{
	GString *out = g_string_new(NULL);

	text_safe_append(out, text, n, flags);
	return g_string_free(out, FALSE);
}

void text_append_quoted(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *text);
	}
	g_string_append_c(out, '"');
}

gboolean text_is_safe(const char *text, gssize n, enum text_safe_flags flags)
{
	const char *end = text + (n < 0 ? strlen(text) : (gsize)n);

	for (const char *p = text; p < end;) {
		gsize run = plain_run(p, end, flags);

		p += run;
		if (p < end) {
			gunichar c = char_at(p, end, &run);

			if (c < 0xa0 || is_deceptive(c, flags) || is_noncharacter(c) ||
			    (c == 0xfffd && memcmp(p, "\xef\xbf\xbd", MIN(end - p, 3))))
				return FALSE;
			p += run;
		}
	}
	return TRUE;
}

/* ---- the rest ---------------------------------------------------------------- */

gboolean text_valid_utf8(const char *text, gssize n)
{
	return u8_check((const uint8_t *)text, n < 0 ? strlen(text) : (gsize)n) == NULL;
}

char *text_make_valid(const char *text, gssize n)
{
	const char *end = text + (n < 0 ? strlen(text) : (gsize)n);
	GString *out = g_string_sized_new(end - text + 1);
	gsize step;

	for (const char *p = text; p < end; p += step)
		g_string_append_unichar(out, char_at(p, end, &step));
	return g_string_free(out, FALSE);
}

char *text_casefold(const char *text, gssize n)
{
	g_autofree char *valid = text_make_valid(text, n);

	return g_utf8_casefold(valid, -1);
}

static char *with_unit(char *number, const char *unit, enum text_size_flags flags)
{
	g_autofree char *digits = number;

	return flags & TEXT_SIZE_UNIT_LEFT ? g_strconcat(unit, digits, NULL)
					   : g_strconcat(digits, unit, NULL);
}

/* The limits are where the rounded text would get another digit, as mutt has them. */
char *text_human_size(guint64 bytes, enum text_size_flags flags)
{
	gboolean fractions;

	flags = flags ? flags : TEXT_SIZE_MUTT;
	fractions = flags & TEXT_SIZE_FRACTIONS;

	if ((flags & TEXT_SIZE_SHOW_BYTES) && bytes < 1024)
		return g_strdup_printf("%d", (int)bytes);
	if (bytes == 0)
		return with_unit(g_strdup("0"), "K", flags);
	if (fractions && bytes < 10189)
		return with_unit(g_strdup_printf("%.1f", bytes < 103 ? 0.1 : bytes / 1024.0), "K",
				 flags);
	if (!(flags & TEXT_SIZE_SHOW_MB) || bytes < 1023949)
		return with_unit(g_strdup_printf("%" G_GUINT64_FORMAT, (bytes + 51) / 1024), "K",
				 flags);
	if (fractions && bytes < 10433332)
		return with_unit(g_strdup_printf("%.1f", bytes / 1048576.0), "M", flags);
	return with_unit(g_strdup_printf("%" G_GUINT64_FORMAT, bytes / 1048576), "M", flags);
}
