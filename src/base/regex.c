/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POSIX extended expressions on PCRE2: compiled, matched, with bounds on both. */
#include "cur/base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <string.h>

#include "cur/base/error.h"
#include "regex-posix.h"

/*
 * Steps of one match; (a+)+$ on a long line would take more than the world has. Each time they were
 * not enough they become half as many: such an expression meets many a line.
 */
enum { MATCH_LIMIT = 500000, MATCH_LIMIT_MIN = 5000, HEAP_LIMIT_KB = 20000, TEXT_MAX = 65536 };

/* What becomes of an expression while it is used, by any thread. */
struct regex_use {
	gsize prepared; /* machine code was made, or could not be */
	gint exceeded;	/* how often a match took too many steps */
};

struct regex {
	char *text;
	pcre2_code *code;
	struct regex_use *use;
};

static gboolean has_upper(const char *text)
{
	for (const char *p = text; *p;) {
		gunichar c = g_utf8_get_char_validated(p, -1);

		if (c == (gunichar)-1 || c == (gunichar)-2) {
			p++;
			continue;
		}
		if (g_unichar_isupper(c))
			return TRUE;
		p = g_utf8_next_char(p);
	}
	return FALSE;
}

static guint32 compile_options(const char *text, enum regex_flags flags)
{
	guint32 options = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

	options |= flags & REGEX_NEWLINE ? PCRE2_MULTILINE : PCRE2_DOLLAR_ENDONLY | PCRE2_DOTALL;
	if (flags & REGEX_IGNORE_CASE || (!(flags & REGEX_MATCH_CASE) && !has_upper(text)))
		options |= PCRE2_CASELESS;
	return options;
}

struct regex *regex_new(const char *text, enum regex_flags flags, GError **error)
{
	g_autofree char *pattern = NULL;
	struct regex *re;
	pcre2_code *code;
	PCRE2_SIZE where;
	guchar words[128];
	int number;

	if (strlen(text) > TEXT_MAX) {
		error_set(error, CUR_ERROR_USAGE, "regular expression is too long");
		return NULL;
	}
	pattern = regex_from_posix(text);
	code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
			     compile_options(text, flags), &number, &where, NULL);
	if (!code) {
		pcre2_get_error_message(number, words, sizeof(words));
		error_set(error, CUR_ERROR_USAGE, "'%s': %s", text, (const char *)words);
		return NULL;
	}
	re = g_new0(struct regex, 1);
	re->text = g_strdup(text);
	re->code = code;
	re->use = g_new0(struct regex_use, 1);
	return re;
}

void regex_free(struct regex *re)
{
	if (!re)
		return;
	pcre2_code_free(re->code);
	g_free(re->use);
	g_free(re->text);
	g_free(re);
}

const char *regex_text(const struct regex *re)
{
	return re->text;
}

/* One block a thread, for all expressions: spans beyond REGEX_GROUPS are not asked for. */
static pcre2_match_data *match_data(void)
{
	static GPrivate key = G_PRIVATE_INIT((GDestroyNotify)pcre2_match_data_free);
	pcre2_match_data *data = g_private_get(&key);

	if (!data) {
		data = pcre2_match_data_create(REGEX_GROUPS, NULL);
		g_private_set(&key, data);
	}
	return data;
}

/* The limits of a match; one for each thread, too. */
static pcre2_match_context *match_context(guint32 limit)
{
	static GPrivate key = G_PRIVATE_INIT((GDestroyNotify)pcre2_match_context_free);
	pcre2_match_context *context = g_private_get(&key);

	if (!context) {
		context = pcre2_match_context_create(NULL);
		pcre2_set_heap_limit(context, HEAP_LIMIT_KB);
		g_private_set(&key, context);
	}
	pcre2_set_match_limit(context, limit);
	return context;
}

/*
 * Machine code costs more than all the rest of a muttrc, and most expressions of one are never
 * matched. Without it (a hardened kernel) matching is slower and nothing else.
 */
static void prepare(const struct regex *re)
{
	if (!g_once_init_enter(&re->use->prepared))
		return;
	pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
	g_once_init_leave(&re->use->prepared, 1);
}

static int run(const struct regex *re, const char *text, gsize n, gsize from,
	       pcre2_match_data *data)
{
	guint32 limit =
	    MAX(MATCH_LIMIT >> MIN(g_atomic_int_get(&re->use->exceeded), 16), MATCH_LIMIT_MIN);
	pcre2_match_context *context = match_context(limit);
	int found;

	prepare(re);
	found = pcre2_match(re->code, (PCRE2_SPTR)text, n, from, 0, data, context);
	if (found == PCRE2_ERROR_JIT_STACKLIMIT)
		found =
		    pcre2_match(re->code, (PCRE2_SPTR)text, n, from, PCRE2_NO_JIT, data, context);
	if (found == PCRE2_ERROR_MATCHLIMIT && limit > MATCH_LIMIT_MIN)
		g_atomic_int_inc(&re->use->exceeded);
	return found;
}

gboolean regex_match(const struct regex *re, const char *text, gssize n)
{
	return run(re, text, n < 0 ? strlen(text) : (gsize)n, 0, match_data()) >= 0;
}

gboolean regex_find(const struct regex *re, const char *text, gssize n, gsize from,
		    struct regex_span *spans, guint n_spans)
{
	pcre2_match_data *data = match_data();
	gsize length = n < 0 ? strlen(text) : (gsize)n;
	const PCRE2_SIZE *offsets;
	int found;

	if (from > length)
		return FALSE;
	found = run(re, text, length, from, data);
	if (found < 0)
		return FALSE;
	if (found == 0)
		found = REGEX_GROUPS;
	offsets = pcre2_get_ovector_pointer(data);
	for (guint i = 0; i < n_spans; i++) {
		gboolean took_part = i < (guint)found && offsets[2 * i] != PCRE2_UNSET;

		spans[i].start = took_part ? (gssize)offsets[2 * i] : -1;
		spans[i].end = took_part ? (gssize)offsets[2 * i + 1] : -1;
	}
	return TRUE;
}

char *regex_escape(const char *text)
{
	GString *out = g_string_new(NULL);

	for (const char *p = text; *p; p++) {
		if (strchr("\\^$.[]|()?*+{}", *p))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *p);
	}
	return g_string_free(out, FALSE);
}
