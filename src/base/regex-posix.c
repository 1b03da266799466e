/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two grammars are close. What differs: GNU's word anchors; brackets, where a backslash is a
 * character like any other; a ')' that closes nothing, which is itself; a letter that needs no
 * backslash, which is itself, too; a repeated repetition. What POSIX refuses and PCRE2 knows
 * ("(?i)",
 * "*?", "\d") stays, for nobody can mean anything else by it.
 */
#include "regex-posix.h"

#include <glib.h>
#include <string.h>

/* Where the last thing that can be repeated begins in the output. */
struct translation {
	GString *out;
	GArray *groups; /* gsize: where each open '(' stands in the output */
	gssize atom;	/* -1: nothing to repeat */
	gboolean repeated;
};

static const struct {
	const char *posix, *pcre;
} anchors[] = {
    {"\\<", "\\b(?=\\w)"},	{"\\>", "\\b(?<=\\w)"}, {"[[:<:]]", "\\b(?=\\w)"},
    {"[[:>:]]", "\\b(?<=\\w)"}, {"\\`", "\\A"},		{"\\'", "\\z"},
};

static const char *copy_anchor(struct translation *t, const char *p)
{
	for (guint i = 0; i < G_N_ELEMENTS(anchors); i++)
		if (g_str_has_prefix(p, anchors[i].posix)) {
			g_string_append(t->out, anchors[i].pcre);
			t->atom = -1;
			return p + strlen(anchors[i].posix);
		}
	return NULL;
}

static void begin_atom(struct translation *t)
{
	t->atom = t->out->len;
	t->repeated = FALSE;
}

/* ---- brackets ------------------------------------------------------------------- */

/* The end of "[:alpha:]", "[.x.]" or "[=x=]" at `p`; NULL when it is none. */
static const char *class_end(const char *p)
{
	const char *end;

	if (*p != '[' || !p[1] || !strchr(":.=", p[1]))
		return NULL;
	end = strchr(p + 2, ']');
	return end && end[-1] == p[1] && end > p + 2 ? end : NULL;
}

static void copy_in_bracket(GString *out, char c)
{
	if (strchr("\\[]", c))
		g_string_append_c(out, '\\');
	g_string_append_c(out, c);
}

/* One bracket expression from `p` ('[') on; returns the byte after it. */
static const char *copy_bracket(GString *out, const char *p)
{
	const char *first, *end;

	g_string_append_c(out, *p++);
	if (*p == '^')
		g_string_append_c(out, *p++);
	first = p;
	for (; *p && (*p != ']' || p == first); p++) {
		end = class_end(p);
		if (end && p[1] == ':')
			g_string_append_len(out, p, end - p + 1);
		else if (end && end - p == 4) /* one byte is a collating element of its own */
			copy_in_bracket(out, p[2]);
		else
			copy_in_bracket(out, *p);
		p = end ? end : p;
	}
	if (*p)
		g_string_append_c(out, *p++);
	return p;
}

/* ---- repetitions ------------------------------------------------------------------ */

/* The length of "{3}", "{3,}", "{3,5}" or "{,5}" at `p`; 0 when it is none. */
static gsize interval_length(const char *p)
{
	gsize low = strspn(p + 1, "0123456789");
	gsize comma = p[1 + low] == ',';
	gsize high = comma ? strspn(p + 2 + low, "0123456789") : 0;

	if (*p != '{' || p[1 + low + comma + high] != '}' || low + high == 0)
		return 0;
	return low + comma + high + 2;
}

static gsize repetition_length(const char *p)
{
	return *p && strchr("*+?", *p) ? 1 : interval_length(p);
}

/* "x*+" is possessive and "x**" an error to PCRE2, in POSIX both repeat what is repeated. */
static const char *copy_repetition(struct translation *t, const char *p, gsize n)
{
	gboolean lazy = t->repeated && *p == '?' && !g_str_has_suffix(t->out->str, "?");

	if (t->repeated && !lazy && t->atom >= 0) {
		g_string_insert(t->out, t->atom, "(?:");
		g_string_append_c(t->out, ')');
	}
	if (g_str_has_prefix(p, "{,")) {
		g_string_append(t->out, "{0");
		p++;
		n--;
	}
	g_string_append_len(t->out, p, n);
	t->repeated = TRUE;
	return p + n;
}

/* ---- the rest ----------------------------------------------------------------------- */

static const char *copy_escape(struct translation *t, const char *p)
{
	begin_atom(t);
	if (p[1] && !(g_ascii_isalpha(p[1]) && !strchr("wWsSbBdDnrtf", p[1])) &&
	    (guchar)p[1] < 0x80)
		g_string_append_c(t->out, '\\');
	if (!p[1])
		g_string_append_c(t->out, '\\');
	else
		g_string_append_c(t->out, p[1]);
	return p[1] ? p + 2 : p + 1;
}

static const char *copy_opening(struct translation *t, const char *p)
{
	gsize at = t->out->len;

	g_array_append_val(t->groups, at);
	g_string_append_c(t->out, '(');
	/* "(*" would be one of PCRE2's verbs; the empty comment lets it find nothing to repeat. */
	if (p[1] == '*')
		g_string_append(t->out, "(?#)");
	t->atom = -1;
	/* "(?i)", "(?:": as it stands. */
	if (p[1] == '?') {
		g_string_append_c(t->out, '?');
		return p + 2;
	}
	return p + 1;
}

static const char *copy_closing(struct translation *t, const char *p)
{
	begin_atom(t);
	if (t->groups->len > 0) {
		t->atom = g_array_index(t->groups, gsize, t->groups->len - 1);
		g_array_set_size(t->groups, t->groups->len - 1);
	} else {
		g_string_append_c(t->out, '\\');
	}
	g_string_append_c(t->out, ')');
	return p + 1;
}

static const char *copy_character(struct translation *t, const char *p)
{
	const char *end = p + 1;

	begin_atom(t);
	if (strchr("^$|", *p))
		t->atom = -1;
	else if (*p == '{')
		g_string_append_c(t->out, '\\');
	while ((guchar)*p >= 0xc0 && ((guchar)*end & 0xc0) == 0x80)
		end++;
	g_string_append_len(t->out, p, end - p);
	return end;
}

static const char *copy_one(struct translation *t, const char *p)
{
	const char *after = copy_anchor(t, p);
	gsize n = repetition_length(p);

	if (after)
		return after;
	if (n > 0)
		return copy_repetition(t, p, n);
	switch (*p) {
	case '[':
		begin_atom(t);
		return copy_bracket(t->out, p);
	case '\\':
		return copy_escape(t, p);
	case '(':
		return copy_opening(t, p);
	case ')':
		return copy_closing(t, p);
	default:
		return copy_character(t, p);
	}
}

char *regex_from_posix(const char *text)
{
	struct translation t = {g_string_new(NULL), g_array_new(FALSE, FALSE, sizeof(gsize)), -1,
				FALSE};
	const char *p = text;

	while (*p)
		p = copy_one(&t, p);
	g_array_unref(t.groups);
	return g_string_free(t.out, FALSE);
}
