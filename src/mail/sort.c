/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words of $sort into keys. Numbers and dates are keys as they are; strings are
 * collected once, folded and ranked, and the rank is the key.
 */
#include "cur/mail/sort.h"

#include <string.h>

#include "cur/base/text.h"
#include "radix.h"

/* ---- strings into ranks ---- */

struct string_key {
	guint64 prefix; /* first eight bytes, so that most comparisons end here */
	gsize start;	/* in the pool */
	guint32 msg;
};

struct string_keys {
	GString *pool; /* folded strings, NUL after each */
	struct string_key *keys;
	guint32 n;
};

static guint64 prefix_of(const char *text)
{
	guint64 prefix = 0;

	for (int i = 0; i < 8; i++) {
		prefix = prefix << 8 | (guchar)*text;
		text += *text != 0;
	}
	return prefix;
}

static void add_string(struct string_keys *strings, guint32 msg, const char *text, gsize n)
{
	struct string_key *key = &strings->keys[strings->n++];
	gboolean plain = TRUE;

	key->start = strings->pool->len;
	key->msg = msg;
	for (gsize i = 0; i < n && plain; i++)
		plain = (guchar)text[i] < 0x80;
	if (plain) {
		g_string_append_len(strings->pool, text, (gssize)n);
		for (gsize i = key->start; i < strings->pool->len; i++)
			strings->pool->str[i] = g_ascii_tolower(strings->pool->str[i]);
	} else {
		g_autofree char *folded = text_casefold(text, (gssize)n);

		g_string_append(strings->pool, folded);
	}
	g_string_append_c(strings->pool, '\0');
	key->prefix = prefix_of(strings->pool->str + key->start);
}

static gint compare_strings(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct string_key *left = a, *right = b;
	const char *pool = data;

	if (left->prefix != right->prefix)
		return left->prefix < right->prefix ? -1 : 1;
	return strcmp(pool + left->start, pool + right->start);
}

/* Equal strings get equal ranks; messages without a string rank first, or last. */
static void rank_strings(struct string_keys *strings, gboolean empty_last, guint64 *keys)
{
	const char *pool = strings->pool->str;
	guint64 rank = 1;

	g_qsort_with_data(strings->keys, (gint)strings->n, sizeof(struct string_key),
			  compare_strings, strings->pool->str);
	for (guint32 i = 0; i < strings->n; i++) {
		const struct string_key *key = &strings->keys[i];

		if (i > 0 && compare_strings(key - 1, key, strings->pool->str) != 0)
			rank++;
		keys[key->msg] = pool[key->start] || !empty_last ? rank : G_MAXUINT64;
	}
}

/* The name, else the address, of the first of a list as address_format() writes it. */
static const char *first_name(const char *list, gsize *n)
{
	const char *end;

	if (*list == '"') {
		for (end = list + 1; *end && *end != '"'; end++)
			end += *end == '\\' && end[1];
		*n = (gsize)(end - list - 1);
		return list + 1;
	}
	*n = strcspn(list, "<,");
	if (*n == 0 && *list == '<') {
		*n = strcspn(list + 1, ">");
		return list + 1;
	}
	while (*n > 0 && list[*n - 1] == ' ')
		--*n;
	return list;
}

static const char *string_of(enum sort_word word, const struct sort_source *source,
			     const struct envelope *env, gsize *n)
{
	const char *text;

	switch (word) {
	case SORT_FROM:
		return first_name(env->field[ENV_FROM], n);
	case SORT_TO:
		return first_name(env->field[ENV_TO], n);
	case SORT_LABEL:
		text = env->field[ENV_LABEL];
		break;
	default:
		text = env->field[ENV_SUBJECT];
		if (source->base_subject)
			text = source->base_subject(text, source->data);
		break;
	}
	*n = strlen(text);
	return text;
}

static void string_keys(enum sort_word word, const struct sort_source *source, guint64 *keys)
{
	struct string_keys strings = {.pool = g_string_new(NULL),
				      .keys = g_new(struct string_key, source->n)};

	for (guint32 i = 0; i < source->n; i++) {
		struct envelope env;
		const char *text;
		gsize n;

		source->envelope(i, &env, source->data);
		text = string_of(word, source, &env, &n);
		add_string(&strings, i, text, n);
	}
	rank_strings(&strings, word == SORT_LABEL, keys);
	g_string_free(strings.pool, TRUE);
	g_free(strings.keys);
}

/* ---- numbers into keys ---- */

static guint64 signed_key(gint64 value)
{
	return (guint64)value ^ 1ull << 63;
}

/* The number that a spam tag begins with; messages without a tag come first. */
static guint64 spam_key(const char *tag)
{
	double number;

	if (!tag || !*tag)
		return 0;
	number = CLAMP(g_ascii_strtod(tag, NULL), -1e9, 1e9);
	return signed_key((gint64)(number * 1e6));
}

static guint64 number_key(enum sort_word word, const struct sort_source *source, guint32 msg)
{
	switch (word) {
	case SORT_DATE:
		return signed_key(source->row(msg, source->data)->date_sent);
	case SORT_DATE_RECEIVED:
	case SORT_MAILBOX_ORDER: /* rows come as they were fetched: the newest first */
		return signed_key(source->row(msg, source->data)->date_received);
	case SORT_SIZE:
		return row_body_bytes(source->row(msg, source->data));
	case SORT_SCORE: /* the best first, as mutt */
		return source->score ? ~signed_key(source->score(msg, source->data)) : 0;
	case SORT_SPAM:
		return spam_key(source->spam ? source->spam(msg, source->data) : NULL);
	default:
		return msg;
	}
}

guint64 *sort_keys(enum sort_word word, const struct sort_source *source)
{
	guint64 *keys = g_new(guint64, MAX(source->n, 1));

	switch (word) {
	case SORT_FROM:
	case SORT_TO:
	case SORT_SUBJECT:
	case SORT_LABEL:
		string_keys(word, source, keys);
		break;
	default:
		for (guint32 i = 0; i < source->n; i++)
			keys[i] = number_key(word, source, i);
		break;
	}
	return keys;
}

void sort_order(guint32 *order, guint32 n, const guint64 *key, gboolean reverse, const guint64 *aux,
		gboolean aux_reverse)
{
	if (aux)
		radix_sort(order, n, aux, aux_reverse);
	radix_sort(order, n, key, reverse);
}
