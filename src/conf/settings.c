/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of struct settings: what commands do to one of them. */
#include "cur/conf/settings.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/path.h"
#include "cur/conf/words.h"
#include "defaults.h"
#include "quad.h"

/* clang-format off */
static const struct {
	unsigned value;
	const char *word;
} sort_words[] = {
    {SORT_DATE, "date"},
    {SORT_DATE_RECEIVED, "date-received"},
    {SORT_FROM, "from"},
    {SORT_TO, "to"},
    {SORT_SUBJECT, "subject"},
    {SORT_SIZE, "size"},
    {SORT_SCORE, "score"},
    {SORT_LABEL, "label"},
    {SORT_SPAM, "spam"},
    {SORT_UNSORTED, "unsorted"},
    {SORT_THREADS, "threads"},
    {SORT_AUX, "aux"},
    {SORT_ADDRESS, "address"},
    {SORT_ALIAS, "alias"},
    {SORT_ALPHA, "alpha"},
    {SORT_COUNT, "count"},
    {SORT_DESC, "desc"},
    {SORT_FLAGGED, "flagged"},
    {SORT_KEYID, "keyid"},
    {SORT_PATH, "path"},
    {SORT_TRUST, "trust"},
    {SORT_UNREAD, "unread"},
};

/* Other spellings of the same orders. */
static const struct {
	const char *word, *means;
} sort_spellings[] = {
    {"date-sent", "date"},
    {"mailbox-order", "unsorted"},
    {"name", "alpha"},
    {"new", "unread"},
    {"email", "address"},
};
/* clang-format on */

/* ---- fields ---------------------------------------------------------------- */

static void *field(const struct settings *s, const struct variable *v)
{
	return (char *)s + v->offset;
}

static gboolean is_text(const struct variable *v)
{
	return v->kind >= VARIABLE_STRING && v->kind <= VARIABLE_MBTABLE;
}

const char *settings_string(const struct settings *s, const struct variable *v)
{
	return is_text(v) ? *(char **)field(s, v) : "";
}

static void set_text(struct settings *s, const struct variable *v, char *text)
{
	char **at = field(s, v);

	g_free(*at);
	*at = text;
}

static gboolean bad_value(const struct variable *v, const char *value, const char *wanted,
			  GError **error)
{
	return error_set(error, CUR_ERROR_USAGE, "'%s' is no value for %s (%s)", value, v->name,
			 wanted);
}

static gboolean set_bool(struct settings *s, const struct variable *v, const char *value,
			 GError **error)
{
	static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		if (!g_ascii_strcasecmp(value, words[i])) {
			*(gboolean *)field(s, v) = i & 1;
			return TRUE;
		}
	return bad_value(v, value, "yes or no", error);
}

static gboolean set_quad(struct settings *s, const struct variable *v, const char *value,
			 GError **error)
{
	for (enum quad q = QUAD_NO; q <= QUAD_ASK_YES; q++)
		if (!g_ascii_strcasecmp(value, QUAD_TEXT(q))) {
			*(enum quad *)field(s, v) = q;
			return TRUE;
		}
	return bad_value(v, value, "yes, no, ask-yes or ask-no", error);
}

static gboolean parse_number(const struct variable *v, const char *value, int *number,
			     GError **error)
{
	char *end;
	gint64 n = g_ascii_strtoll(value, &end, 10);

	if (end == value || *end)
		return bad_value(v, value, "a number", error);
	if (n < G_MININT || n > G_MAXINT)
		return bad_value(v, value, "out of range", error);
	*number = n;
	return TRUE;
}

static gboolean set_number(struct settings *s, const struct variable *v, const char *value,
			   GError **error)
{
	return parse_number(v, value, field(s, v), error);
}

/* The place of a word in a blank-separated list; -1 when it is not in it. */
static int word_index(const char *words, const char *word)
{
	g_auto(GStrv) list = g_strsplit(words, " ", -1);

	for (int i = 0; list[i]; i++)
		if (!g_ascii_strcasecmp(list[i], word))
			return i;
	return -1;
}

static gboolean set_enum(struct settings *s, const struct variable *v, const char *value,
			 GError **error)
{
	int i = word_index(v->values, value);

	if (i < 0)
		return bad_value(v, value, v->values, error);
	*(unsigned *)field(s, v) = i;
	return TRUE;
}

static gboolean sort_value(const char *word, unsigned *value)
{
	for (guint i = 0; i < G_N_ELEMENTS(sort_spellings); i++)
		if (!g_ascii_strcasecmp(word, sort_spellings[i].word))
			word = sort_spellings[i].means;
	for (guint i = 0; i < G_N_ELEMENTS(sort_words); i++)
		if (!g_ascii_strcasecmp(word, sort_words[i].word)) {
			*value = sort_words[i].value;
			return TRUE;
		}
	return FALSE;
}

static gboolean sort_allows(const struct variable *v, unsigned value)
{
	g_auto(GStrv) words = g_strsplit(v->values, " ", -1);
	unsigned one;

	for (char **w = words; *w; w++)
		if (sort_value(*w, &one) && one == value)
			return TRUE;
	return FALSE;
}

static gboolean set_sort(struct settings *s, const struct variable *v, const char *value,
			 GError **error)
{
	const char *word = value;
	unsigned prefixes = 0, order;

	if (!g_ascii_strncasecmp(word, "reverse-", 8)) {
		prefixes |= SORT_REVERSE;
		word += 8;
	}
	if (!g_ascii_strncasecmp(word, "last-", 5)) {
		prefixes |= SORT_LAST;
		word += 5;
	}
	if (!sort_value(word, &order) || !sort_allows(v, order))
		return bad_value(v, value, v->values, error);
	/* mutt reads `sort_aux=threads` as date. */
	if (order == SORT_THREADS && v->offset == offsetof(struct settings, sort_aux))
		order = SORT_DATE;
	*(unsigned *)field(s, v) = order | prefixes;
	return TRUE;
}

static void regex_value_clear(struct regex_value *value)
{
	g_clear_pointer(&value->text, g_free);
	g_clear_pointer(&value->re, regex_free);
}

static gboolean set_regex(struct settings *s, const struct variable *v, const char *value,
			  GError **error)
{
	gboolean is_mask = v->offset == offsetof(struct settings, mask);
	struct regex_value *at = field(s, v);
	struct regex_value fresh = {0};

	fresh.negated = is_mask && *value == '!';
	if (*value) {
		fresh.re = regex_new(value + fresh.negated,
				     is_mask ? REGEX_MATCH_CASE : REGEX_SMART_CASE, error);
		if (!fresh.re)
			return FALSE;
	}
	fresh.text = g_strdup(value);
	regex_value_clear(at);
	*at = fresh;
	return TRUE;
}

gboolean settings_set(struct settings *s, const struct variable *v, const char *value,
		      GError **error)
{
	switch (v->kind) {
	case VARIABLE_BOOL:
		return set_bool(s, v, value, error);
	case VARIABLE_QUAD:
		return set_quad(s, v, value, error);
	case VARIABLE_NUMBER:
		return set_number(s, v, value, error);
	case VARIABLE_REGEX:
		return set_regex(s, v, value, error);
	case VARIABLE_SORT:
		return set_sort(s, v, value, error);
	case VARIABLE_ENUM:
		return set_enum(s, v, value, error);
	default:
		set_text(s, v, g_strdup(value));
		return TRUE;
	}
}

/* ---- += and -= ----------------------------------------------------------- */

static const char *list_separator(const struct variable *v)
{
	return v->offset == offsetof(struct settings, hidden_tags) ||
		       v->offset == offsetof(struct settings, preferred_languages)
		   ? ","
		   : ":";
}

/* `list` without `item`. */
static char *list_without(const char *list, const char *item, const char *separator)
{
	g_auto(GStrv) items = g_strsplit(list, separator, -1);
	g_autoptr(GPtrArray) kept = g_ptr_array_new();

	for (char **i = items; *i; i++)
		if (strcmp(*i, item))
			g_ptr_array_add(kept, *i);
	g_ptr_array_add(kept, NULL);
	return g_strjoinv(separator, (char **)kept->pdata);
}

static void list_append(struct settings *s, const struct variable *v, const char *value)
{
	const char *separator = list_separator(v);
	g_autofree char *rest = list_without(settings_string(s, v), value, separator);

	set_text(s, v, *rest ? g_strconcat(rest, separator, value, NULL) : g_strdup(value));
}

static gboolean add_number(struct settings *s, const struct variable *v, const char *value,
			   int sign, GError **error)
{
	int *at = field(s, v);
	int number;

	if (!parse_number(v, value, &number, error))
		return FALSE;
	*at = CLAMP((gint64)*at + sign * (gint64)number, G_MININT, G_MAXINT);
	return TRUE;
}

gboolean settings_append(struct settings *s, const struct variable *v, const char *value,
			 GError **error)
{
	if (v->kind == VARIABLE_NUMBER)
		return add_number(s, v, value, 1, error);
	if (!is_text(v))
		return error_set(error, CUR_ERROR_USAGE, "%s does not take +=", v->name);
	if (v->kind == VARIABLE_SLIST)
		list_append(s, v, value);
	else
		set_text(s, v, g_strconcat(settings_string(s, v), value, NULL));
	return TRUE;
}

gboolean settings_remove(struct settings *s, const struct variable *v, const char *value,
			 GError **error)
{
	if (v->kind == VARIABLE_NUMBER)
		return add_number(s, v, value, -1, error);
	if (v->kind != VARIABLE_SLIST)
		return error_set(error, CUR_ERROR_USAGE, "%s does not take -=", v->name);
	set_text(s, v, list_without(settings_string(s, v), value, list_separator(v)));
	return TRUE;
}

/* ---- set, unset, toggle, reset without a value ------------------------------ */

gboolean settings_enable(struct settings *s, const struct variable *v, GError **error)
{
	if (v->kind != VARIABLE_BOOL && v->kind != VARIABLE_QUAD)
		return error_set(error, CUR_ERROR_USAGE, "%s needs a value", v->name);
	return settings_set(s, v, "yes", error);
}

void settings_unset(struct settings *s, const struct variable *v)
{
	switch (v->kind) {
	case VARIABLE_BOOL:
	case VARIABLE_QUAD:
		settings_set(s, v, "no", NULL);
		break;
	case VARIABLE_NUMBER:
		settings_set(s, v, "0", NULL);
		break;
	case VARIABLE_SORT:
	case VARIABLE_ENUM:
		settings_reset(s, v);
		break;
	default:
		settings_set(s, v, "", NULL);
		break;
	}
}

void settings_toggle(struct settings *s, const struct variable *v)
{
	if (v->kind == VARIABLE_BOOL)
		*(gboolean *)field(s, v) = !*(gboolean *)field(s, v);
	else if (v->kind == VARIABLE_QUAD)
		*(enum quad *)field(s, v) ^= 1; /* yes and no, ask-yes and ask-no differ in it */
}

void settings_reset(struct settings *s, const struct variable *v)
{
	g_autofree char *text = default_text(v, s->dialect);

	settings_set(s, v, text, NULL);
}

void settings_follow(struct settings *s, enum dialect dialect)
{
	enum dialect before = s->dialect;
	const struct variable *v;

	for (guint i = 0; (v = variable_at(i)); i++) {
		gboolean untouched;

		if (!dialect_default(v))
			continue;
		s->dialect = before;
		untouched = settings_is_default(s, v);
		s->dialect = dialect;
		if (untouched)
			settings_reset(s, v);
	}
	s->dialect = dialect;
}

struct settings *settings_new(void)
{
	struct settings *s = g_new0(struct settings, 1);
	const struct variable *v;

	for (guint i = 0; (v = variable_at(i)); i++)
		settings_reset(s, v);
	return s;
}

void settings_free(struct settings *s)
{
	const struct variable *v;

	if (!s)
		return;
	for (guint i = 0; (v = variable_at(i)); i++) {
		if (is_text(v))
			g_free(*(char **)field(s, v));
		if (v->kind == VARIABLE_REGEX)
			regex_value_clear(field(s, v));
	}
	g_free(s);
}

/* ---- as text ------------------------------------------------------------------ */

char *settings_sort_text(unsigned sort)
{
	const char *word = "";

	for (guint i = 0; i < G_N_ELEMENTS(sort_words); i++)
		if (sort_words[i].value == (sort & SORT_MASK))
			word = sort_words[i].word;
	return g_strconcat(sort & SORT_REVERSE ? "reverse-" : "", sort & SORT_LAST ? "last-" : "",
			   word, NULL);
}

static char *enum_text(const struct variable *v, unsigned value)
{
	g_auto(GStrv) words = g_strsplit(v->values, " ", -1);

	return g_strdup(value < g_strv_length(words) ? words[value] : "");
}

char *settings_text(const struct settings *s, const struct variable *v)
{
	switch (v->kind) {
	case VARIABLE_BOOL:
		return g_strdup(*(gboolean *)field(s, v) ? "yes" : "no");
	case VARIABLE_QUAD:
		return g_strdup(QUAD_TEXT(*(enum quad *)field(s, v)));
	case VARIABLE_NUMBER:
		return g_strdup_printf("%d", *(int *)field(s, v));
	case VARIABLE_REGEX:
		return g_strdup(((struct regex_value *)field(s, v))->text);
	case VARIABLE_SORT:
		return settings_sort_text(*(unsigned *)field(s, v));
	case VARIABLE_ENUM:
		return enum_text(v, *(unsigned *)field(s, v));
	default:
		return g_strdup(settings_string(s, v));
	}
}

char *settings_format(const struct settings *s, const struct variable *v)
{
	g_autofree char *text = settings_text(s, v);
	g_autofree char *shown = NULL;
	g_autofree char *quoted = NULL;

	if (!is_text(v) && v->kind != VARIABLE_REGEX)
		return g_strconcat(v->name, "=", text, NULL);
	if (v->kind == VARIABLE_PATH || v->kind == VARIABLE_MAILBOX)
		shown = path_home_shorten(text);
	quoted = words_quote(shown ? shown : text);
	return g_strconcat(v->name, "=", quoted, NULL);
}

gboolean settings_is_default(const struct settings *s, const struct variable *v)
{
	g_autofree char *text = settings_text(s, v);
	g_autofree char *start = default_text(v, s->dialect);
	unsigned order;

	if (v->kind == VARIABLE_SORT && sort_value(start, &order))
		return *(unsigned *)field(s, v) == order;
	return !g_ascii_strcasecmp(text, start);
}
