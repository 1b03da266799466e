/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Modified UTF-7: ASCII stands for itself, "&-" for '&', anything else as UTF-16 in base64 with ','
 * for '/' between '&' and '-'.
 */
#include "cur/imap/utf7.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static gboolean is_direct(gunichar c)
{
	return c >= 0x20 && c <= 0x7e;
}

/* Bits on their way from 16 to 6 at a time. */
struct packer {
	GString *out;
	guint32 bits;
	guint n;
};

static void pack(struct packer *p, guint unit)
{
	p->bits = p->bits << 16 | unit;
	for (p->n += 16; p->n >= 6; p->n -= 6)
		g_string_append_c(p->out, alphabet[p->bits >> (p->n - 6) & 63]);
	p->bits &= (1u << p->n) - 1;
}

static const char *encode_run(GString *out, const char *p, const char *end)
{
	struct packer packer = {.out = out};

	g_string_append_c(out, '&');
	for (; p < end && !is_direct(g_utf8_get_char(p)); p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (c >= 0x10000) {
			pack(&packer, 0xD800 + ((c - 0x10000) >> 10));
			c = 0xDC00 + ((c - 0x10000) & 0x3FF);
		}
		pack(&packer, c);
	}
	if (packer.n)
		g_string_append_c(out, alphabet[packer.bits << (6 - packer.n) & 63]);
	g_string_append_c(out, '-');
	return p;
}

char *utf7_encode(const char *text, gssize n)
{
	const char *p = text, *end = text + (n < 0 ? strlen(text) : (gsize)n);
	GString *out;

	if (!g_utf8_validate(text, end - text, NULL))
		return NULL;
	out = g_string_new(NULL);
	while (p < end) {
		if (!is_direct((guchar)*p)) {
			p = encode_run(out, p, end);
			continue;
		}
		g_string_append_c(out, *p);
		if (*p++ == '&')
			g_string_append_c(out, '-');
	}
	return g_string_free(out, FALSE);
}

/* Halves of a character outside the first 65,536. */
static gboolean append_unit(GString *out, guint unit, guint *high)
{
	gboolean is_low = unit >= 0xDC00 && unit <= 0xDFFF;

	if (is_low != (*high != 0))
		return FALSE;
	if (unit >= 0xD800 && unit <= 0xDBFF) {
		*high = unit;
		return TRUE;
	}
	if (is_low)
		unit = 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00);
	*high = 0;
	if (!unit || is_direct(unit))
		return FALSE;
	g_string_append_unichar(out, unit);
	return TRUE;
}

/* From behind the '&'; the place behind the '-', or NULL. */
static const char *decode_run(GString *out, const char *p, const char *end)
{
	guint32 bits = 0;
	guint n = 0, high = 0;

	for (; p < end && *p != '-'; p++) {
		const char *digit = *p ? strchr(alphabet, *p) : NULL;

		if (!digit)
			return NULL;
		bits = bits << 6 | (guint32)(digit - alphabet);
		n += 6;
		if (n < 16)
			continue;
		n -= 16;
		if (!append_unit(out, bits >> n & 0xFFFF, &high))
			return NULL;
		bits &= (1u << n) - 1;
	}
	/* What is left are padding bits: fewer than a digit, all 0. */
	return p < end && !high && n < 6 && !bits ? p + 1 : NULL;
}

char *utf7_decode(const char *name, gssize n)
{
	gsize length = n < 0 ? strlen(name) : (gsize)n;
	const char *p = name, *end = name + length;
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *again = NULL;

	while (p < end) {
		if (!is_direct((guchar)*p))
			return NULL;
		if (*p != '&') {
			g_string_append_c(out, *p++);
		} else if (end - p > 1 && p[1] == '-') {
			g_string_append_c(out, '&');
			p += 2;
		} else if (!(p = decode_run(out, p + 1, end))) {
			return NULL;
		}
	}
	/* "&AOk-&AOk-" is readable, but the way back would give another name. */
	again = utf7_encode(out->str, (gssize)out->len);
	if (!again || strlen(again) != length || memcmp(again, name, length))
		return NULL;
	return g_string_free(g_steal_pointer(&out), FALSE);
}
