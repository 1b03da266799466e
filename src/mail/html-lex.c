/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The lexer. Anything that is looked for to the end of the input and not found
 * (a '>', a quote) is remembered, so that no byte is searched twice for it.
 */
#include "html-lex.h"

#include <string.h>

/* Elements whose content is no HTML: skipped to their end tag. */
static const char *const raw_elements[] = {"script", "style",	"title",  "textarea",
					   "xmp",    "noembed", "iframe", "noframes"};

void html_lexer_init(struct html_lexer *lx, const char *text, gsize n)
{
	*lx = (struct html_lexer){.p = text, .end = text + n};
}

static gboolean is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Behind "needle", or the end. */
static const char *skip_to(const char *p, const char *end, const char *needle)
{
	gsize n = strlen(needle);
	const char *hit = memmem(p, (gsize)(end - p), needle, n);
	return hit ? hit + n : end;
}

/* "<!-- … -->", "<!doctype …>", "<?xml …>", "<![if …]>". */
static void skip_declaration(struct html_lexer *lx)
{
	gsize left = (gsize)(lx->end - lx->p);
	if (left >= 4 && !memcmp(lx->p, "<!--", 4)) {
		/* "<!-->" is a whole comment. */
		lx->p = skip_to(lx->p + 2, lx->end, "-->");
		return;
	}
	lx->p = skip_to(lx->p, lx->end, ">");
}

/* ---- tags -------------------------------------------------------------------- */

/* A quoted value; FALSE when the quote is never closed. */
static gboolean read_quoted(struct html_lexer *lx, struct html_slice *value)
{
	char quote = *lx->p;
	gboolean *none = quote == '"' ? &lx->no_double : &lx->no_single;
	const char *close = *none ? NULL : memchr(lx->p + 1, quote, (gsize)(lx->end - lx->p - 1));
	if (!close) {
		*none = TRUE;
		return FALSE;
	}
	*value = (struct html_slice){lx->p + 1, (gsize)(close - lx->p - 1)};
	lx->p = close + 1;
	return TRUE;
}

static void read_value(struct html_lexer *lx, struct html_slice *value)
{
	while (lx->p < lx->end && is_space(*lx->p))
		lx->p++;
	if (lx->p < lx->end && (*lx->p == '"' || *lx->p == '\'') && read_quoted(lx, value))
		return;
	value->p = lx->p;
	while (lx->p < lx->end && !is_space(*lx->p) && *lx->p != '>')
		lx->p++;
	value->n = (gsize)(lx->p - value->p);
}

static gboolean slice_is(const struct html_slice *s, const char *word)
{
	return strlen(word) == s->n && !g_ascii_strncasecmp(s->p, word, s->n);
}

static void keep_attribute(struct html_token *t, const struct html_slice *name,
			   const struct html_slice *value)
{
	struct html_slice *slot = slice_is(name, "href")    ? &t->href
				  : slice_is(name, "alt")   ? &t->alt
				  : slice_is(name, "style") ? &t->style
				  : slice_is(name, "start") ? &t->start
							    : NULL;
	if (slot && !slot->p)
		*slot = *value;
	if (slice_is(name, "hidden"))
		t->hidden = TRUE;
}

/* Up to and with the '>'. */
static void read_attributes(struct html_lexer *lx, struct html_token *t)
{
	while (lx->p < lx->end && *lx->p != '>') {
		if (is_space(*lx->p) || *lx->p == '/') {
			lx->p++;
			continue;
		}
		struct html_slice name = {lx->p, 0}, value = {lx->p, 0};
		do
			lx->p++;
		while (lx->p < lx->end && !is_space(*lx->p) && !strchr("=>/", *lx->p));
		name.n = (gsize)(lx->p - name.p);
		const char *q = lx->p;
		while (q < lx->end && is_space(*q))
			q++;
		if (q < lx->end && *q == '=') {
			lx->p = q + 1;
			read_value(lx, &value);
		}
		keep_attribute(t, &name, &value);
	}
	if (lx->p < lx->end)
		lx->p++;
}

/* Does a tag begin here? A '<' before anything else is a '<'. */
static gboolean at_tag(const struct html_lexer *lx)
{
	const char *q = lx->p + 1;
	if (q < lx->end && *q == '/')
		q++;
	return q < lx->end && g_ascii_isalpha(*q);
}

static gboolean has_tag_end(struct html_lexer *lx)
{
	if (!lx->no_tag_end && !memchr(lx->p, '>', (gsize)(lx->end - lx->p)))
		lx->no_tag_end = TRUE;
	return !lx->no_tag_end;
}

static void skip_raw_content(struct html_lexer *lx, const char *name)
{
	gsize n = strlen(name);
	const char *p = lx->p;
	while ((p = memmem(p, (gsize)(lx->end - p), "</", 2))) {
		p += 2;
		if ((gsize)(lx->end - p) >= n && !g_ascii_strncasecmp(p, name, n)) {
			lx->p = skip_to(p, lx->end, ">");
			return;
		}
	}
	lx->p = lx->end;
}

static void read_tag(struct html_lexer *lx, struct html_token *t)
{
	t->is_tag = TRUE;
	t->closing = lx->p[1] == '/';
	lx->p += t->closing ? 2 : 1;
	gsize n = 0;
	for (; lx->p < lx->end && !is_space(*lx->p) && *lx->p != '>' && *lx->p != '/'; lx->p++)
		if (n + 1 < sizeof(t->name))
			t->name[n++] = g_ascii_tolower(*lx->p);
	t->name[n] = '\0';
	read_attributes(lx, t);
	for (gsize i = 0; i < G_N_ELEMENTS(raw_elements) && !t->closing; i++)
		if (!strcmp(t->name, raw_elements[i]))
			skip_raw_content(lx, t->name);
}

gboolean html_lexer_next(struct html_lexer *lx, struct html_token *t)
{
	memset(t, 0, sizeof(*t));
	while (lx->p < lx->end && *lx->p == '<' && lx->p + 1 < lx->end &&
	       (lx->p[1] == '!' || lx->p[1] == '?'))
		skip_declaration(lx);
	if (lx->p >= lx->end)
		return FALSE;
	if (*lx->p == '<' && at_tag(lx) && has_tag_end(lx)) {
		read_tag(lx, t);
		return TRUE;
	}
	const char *next = memchr(lx->p + 1, '<', (gsize)(lx->end - lx->p - 1));
	t->text = (struct html_slice){lx->p, (gsize)((next ? next : lx->end) - lx->p)};
	lx->p += t->text.n;
	return TRUE;
}

/* ---- entities ------------------------------------------------------------------ */

/* Those that mail is written with, sorted for bsearch. */
/* clang-format off */
static const struct entity {
	const char *name;
	gunichar c;
} entities[] = {
	{"AElig", 0xc6}, {"Aacute", 0xc1}, {"Agrave", 0xc0}, {"Aring", 0xc5}, {"Auml", 0xc4},
	{"Ccedil", 0xc7}, {"Eacute", 0xc9}, {"Egrave", 0xc8}, {"Ntilde", 0xd1}, {"Oslash", 0xd8},
	{"Ouml", 0xd6}, {"Uuml", 0xdc}, {"aacute", 0xe1}, {"acirc", 0xe2}, {"acute", 0xb4},
	{"aelig", 0xe6}, {"agrave", 0xe0}, {"amp", '&'}, {"apos", '\''}, {"aring", 0xe5},
	{"atilde", 0xe3}, {"auml", 0xe4}, {"bdquo", 0x201e}, {"bull", 0x2022}, {"ccedil", 0xe7},
	{"cent", 0xa2}, {"check", 0x2713}, {"copy", 0xa9}, {"darr", 0x2193}, {"deg", 0xb0},
	{"divide", 0xf7}, {"eacute", 0xe9}, {"ecirc", 0xea}, {"egrave", 0xe8}, {"emsp", 0x2003},
	{"ensp", 0x2002}, {"eth", 0xf0}, {"euml", 0xeb}, {"euro", 0x20ac}, {"frac12", 0xbd},
	{"frac14", 0xbc}, {"frac34", 0xbe}, {"ge", 0x2265}, {"gt", '>'}, {"hearts", 0x2665},
	{"hellip", 0x2026}, {"iacute", 0xed}, {"icirc", 0xee}, {"iexcl", 0xa1}, {"igrave", 0xec},
	{"infin", 0x221e}, {"iquest", 0xbf}, {"iuml", 0xef}, {"laquo", 0xab}, {"larr", 0x2190},
	{"ldquo", 0x201c}, {"le", 0x2264}, {"lrm", 0x200e}, {"lsaquo", 0x2039}, {"lsquo", 0x2018},
	{"lt", '<'}, {"macr", 0xaf}, {"mdash", 0x2014}, {"micro", 0xb5}, {"middot", 0xb7},
	{"minus", 0x2212}, {"nbsp", 0xa0}, {"ndash", 0x2013}, {"ne", 0x2260}, {"not", 0xac},
	{"ntilde", 0xf1}, {"oacute", 0xf3}, {"ocirc", 0xf4}, {"oelig", 0x153}, {"ograve", 0xf2},
	{"ordf", 0xaa}, {"ordm", 0xba}, {"oslash", 0xf8}, {"otilde", 0xf5}, {"ouml", 0xf6},
	{"para", 0xb6}, {"permil", 0x2030}, {"plusmn", 0xb1}, {"pound", 0xa3}, {"quot", '"'},
	{"raquo", 0xbb}, {"rarr", 0x2192}, {"rdquo", 0x201d}, {"reg", 0xae}, {"rlm", 0x200f},
	{"rsaquo", 0x203a}, {"rsquo", 0x2019}, {"sbquo", 0x201a}, {"scaron", 0x161}, {"sect", 0xa7},
	{"shy", 0xad}, {"sup1", 0xb9}, {"sup2", 0xb2}, {"sup3", 0xb3}, {"szlig", 0xdf},
	{"thinsp", 0x2009}, {"thorn", 0xfe}, {"times", 0xd7}, {"trade", 0x2122}, {"uacute", 0xfa},
	{"uarr", 0x2191}, {"ucirc", 0xfb}, {"ugrave", 0xf9}, {"uuml", 0xfc}, {"yacute", 0xfd},
	{"yen", 0xa5}, {"yuml", 0xff}, {"zwj", 0x200d}, {"zwnj", 0x200c},
};
/* clang-format on */

static int compare_entity(const void *name, const void *entity)
{
	return strcmp(name, ((const struct entity *)entity)->name);
}

/* What &#128; to &#159; mean to those who write them (windows-1252). */
static gunichar repair_number(gunichar c)
{
	static const gunichar from_128[32] = {
	    0x20ac, 0,	    0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
	    0x2039, 0x152,  0,	    0x17d,  0,	    0,	    0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	    0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0,	    0x17e,  0x178};
	if (c >= 128 && c < 160)
		c = from_128[c - 128];
	return g_unichar_validate(c) && c >= ' ' && c != 0x7f
		   ? c
		   : (c == '\n' || c == '\t' ? ' ' : 0xfffd);
}

/* "&#…" behind the '#'. */
static const char *read_numeric(const char *p, const char *end, gunichar *c)
{
	int base = p < end && (*p == 'x' || *p == 'X') ? 16 : 10;
	const char *digits = p + (base == 16), *q = digits;
	gunichar value = 0;
	for (; q < end && g_ascii_isxdigit(*q) && (base == 16 || g_ascii_isdigit(*q)); q++)
		value = MIN(value * (guint)base + (guint)g_ascii_xdigit_value(*q), 0x110000u);
	if (q == digits)
		return NULL;
	*c = repair_number(value);
	return q < end && *q == ';' ? q + 1 : q;
}

/* The entity at '&': its end; NULL when it is none. */
static const char *read_entity(const char *p, const char *end, gunichar *c)
{
	char name[12];
	gsize n = 0;
	if (++p < end && *p == '#')
		return read_numeric(p + 1, end, c);
	while (p < end && n + 1 < sizeof(name) && g_ascii_isalnum(*p))
		name[n++] = *p++;
	name[n] = '\0';
	const struct entity *e =
	    bsearch(name, entities, G_N_ELEMENTS(entities), sizeof(entities[0]), compare_entity);
	if (!e)
		return NULL;
	*c = e->c;
	return p < end && *p == ';' ? p + 1 : p;
}

void html_decode_entities(GString *out, const char *p, gsize n)
{
	const char *end = p + n;
	while (p < end) {
		gunichar c;
		const char *next = *p == '&' ? read_entity(p, end, &c) : NULL;
		if (next) {
			g_string_append_unichar(out, c);
			p = next;
			continue;
		}
		gboolean control = ((guchar)*p < ' ' && !is_space(*p)) || *p == 0x7f;
		g_string_append_c(out, control ? ' ' : *p);
		p++;
	}
}
