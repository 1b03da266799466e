/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cur list, cur search, cur folders: rows of the header cache. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "cur/base/error.h"
#include "cur/base/text.h"
#include "cur/cli/cli.h"
#include "cur/conf/conf.h"
#include "cur/conf/lists.h"
#include "cur/mail/date.h"
#include "cur/mail/flags.h"
#include "cur/model/recipients.h"
#include "cur/query/pattern.h"
#include "cur/store/hcache.h"

enum { SEARCH_MS = 60000, FROM_COLUMNS = 24 };

/* ---- a row ---- */

static void row_as_json(struct run *run, const struct hcache_mailbox *mb, const struct row *row,
			mark_t mark, const struct envelope *env)
{
	static const struct {
		const char *key;
		enum envelope_field field;
	} strings[] = {
	    {"from", ENV_FROM},
	    {"to", ENV_TO},
	    {"cc", ENV_CC},
	    {"subject", ENV_SUBJECT},
	    {"message_id", ENV_MESSAGE_ID},
	    {"in_reply_to", ENV_IN_REPLY_TO},
	};
	struct json *json = &run->json;
	g_autofree char *id = g_strdup_printf("%u.%u", mb->number, row->lid);

	json_object(json, NULL);
	json_string(json, "id", id);
	json_string(json, "mailbox", mb->name);
	json_number(json, "date", row->date_sent);
	json_number(json, "received", row->date_received);
	json_number(json, "size", row->size_bytes);
	run_print_flags(run, mark, env->field[ENV_KEYWORDS]);
	json_boolean(json, "new", (mark & MARK_NEW) != 0);
	for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
		json_string(json, strings[i].key, env->field[strings[i].field]);
	json_end_object(json);
	json_print(json);
}

static void row_as_text(guint32 mailbox, const struct row *row, mark_t mark,
			const struct envelope *env)
{
	g_autofree char *id = g_strdup_printf("%u.%u", mailbox, row->lid);
	g_autofree char *date =
	    date_format("%Y-%m-%d %H:%M", row->date_sent, DATE_LOCAL, row->zone_minutes, FALSE);
	g_autofree char *from = text_safe(env->field[ENV_FROM], -1, TEXT_SAFE_LINE);
	g_autoptr(GString) column = g_string_new(NULL);

	text_pad(column, from, -1, FROM_COLUMNS, TEXT_LEFT);
	say("%-10s %c%c %s  %s  %s", id, flags_index_char(mark), mark & FLAG_FLAGGED ? '!' : ' ',
	    date, column->str, env->field[ENV_SUBJECT]);
}

static void print_row(struct run *run, guint32 mailbox, guint32 row_id)
{
	const struct row *row = hcache_row(run->cache, mailbox, row_id);
	mark_t mark = hcache_mark(run->cache, mailbox, row_id);
	struct hcache_mailbox mb;
	struct envelope env;

	if (!row || !hcache_mailbox(run->cache, mailbox, &mb))
		return;
	hcache_text(run->cache, mailbox, row_id, &env);
	if (run->as_json) {
		row_as_json(run, &mb, row, mark, &env);
		return;
	}
	row_as_text(mailbox, row, mark, &env);
}

/* ---- list ---- */

struct hit {
	gint64 date;
	guint32 row_id;
};

static gint newest_first(gconstpointer a, gconstpointer b)
{
	const struct hit *x = a, *y = b;

	if (x->date != y->date)
		return x->date < y->date ? 1 : -1;
	return x->row_id < y->row_id ? 1 : -1;
}

/* Who people are stands in the configuration; anything dearer is refused before. */
static gboolean ask_is_me(const char *address, void *run)
{
	return recipients_is_me(address, ((struct run *)run)->conf);
}

static gboolean ask_is_list(const char *address, void *run)
{
	return recipients_is_list(address, ((struct run *)run)->conf);
}

static gboolean ask_is_subscribed(const char *address, void *run)
{
	return recipients_is_subscribed(address, ((struct run *)run)->conf);
}

static gboolean ask_is_alias(const char *address, void *run)
{
	return recipients_alias_of(address, ((struct run *)run)->conf) != NULL;
}

static gboolean ask_in_group(const char *group, const char *address, const char *name, void *run)
{
	return conf_in_group(((struct run *)run)->conf, group, address);
}

static const struct pattern_calls calls = {
    .is_me = ask_is_me,
    .is_list = ask_is_list,
    .is_subscribed = ask_is_subscribed,
    .is_alias = ask_is_alias,
    .in_group = ask_in_group,
};

static gboolean row_matches(struct run *run, guint32 mailbox, guint32 row_id, const struct row *row,
			    mark_t mark, const struct pattern *pattern)
{
	struct envelope env;
	struct pattern_subject subject = {
	    .row = row, .mark = mark, .env = &env, .msg = row_id, .calls = &calls, .data = run};

	if (!pattern)
		return TRUE;
	hcache_text(run->cache, mailbox, row_id, &env);
	return pattern_match(pattern, &subject);
}

static GArray *find_rows(struct run *run, guint32 mailbox, const struct pattern *pattern)
{
	GArray *hits = g_array_new(FALSE, FALSE, sizeof(struct hit));
	struct hcache_head head;

	if (!hcache_head(run->cache, mailbox, &head))
		return hits;
	for (guint32 id = 0; id < head.n_rows; id++) {
		const struct row *row = hcache_row(run->cache, mailbox, id);
		mark_t mark = hcache_mark(run->cache, mailbox, id);

		if (!row || (mark & MARK_DEAD) ||
		    !row_matches(run, mailbox, id, row, mark, pattern))
			continue;
		g_array_append_val(hits, ((struct hit){row->date_sent, id}));
	}
	g_array_sort(hits, newest_first);
	return hits;
}

/* A number of rows; 0 is all. */
static gboolean parse_limit(const char *text, guint *limit, GError **error)
{
	guint64 n;
	char *end;

	*limit = 0;
	if (!text)
		return TRUE;
	n = g_ascii_strtoull(text, &end, 10);
	if (end == text || *end || n > G_MAXUINT32 || *text == '-')
		return error_set(error, CUR_ERROR_USAGE, "--limit takes a number, not '%s'", text);
	*limit = n;
	return TRUE;
}

/* The words as one pattern; NULL without an error when there are none. */
static struct pattern *compile(const GPtrArray *words, guint from, GError **error)
{
	const struct pattern_options options = {.simple_search = "~f %s | ~s %s"};
	g_autoptr(GString) text = g_string_new(NULL);
	auto_ptr(pattern) pattern = NULL;

	for (guint i = from; i < words->len; i++)
		g_string_append_printf(text, "%s%s", text->len ? " " : "", (char *)words->pdata[i]);
	if (!text->len)
		return NULL;
	pattern = pattern_compile(text->str, &options, error);
	if (pattern && pattern_cost(pattern) > COST_TEXT) {
		error_set(error, CUR_ERROR_USAGE,
			  "the pattern asks for more than the cache holds: use cur search");
		return NULL;
	}
	return g_steal_pointer(&pattern);
}

int command_list(struct run *run)
{
	const char *limit_text = NULL;
	const struct argument table[] = {{"--limit", .text = &limit_text}};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) words = run_arguments(run, table, G_N_ELEMENTS(table), &error);
	auto_ptr(pattern) pattern = words ? compile(words, 1, &error) : NULL;
	struct hcache_mailbox mb;
	guint limit;

	if (error || !parse_limit(limit_text, &limit, &error) ||
	    !run_mailbox(run, words->len ? words->pdata[0] : NULL, &mb, &error))
		return cli_fail(error);
	g_autoptr(GArray) hits = find_rows(run, mb.number, pattern);
	for (guint i = 0; i < hits->len && (!limit || i < limit); i++)
		print_row(run, mb.number, g_array_index(hits, struct hit, i).row_id);
	return CLI_OK;
}

/* ---- search ---- */

static void take_found(enum wire_id id, GVariant *body, void *data)
{
	GArray *found = data;
	GVariantIter *iter;
	guint32 pair[2];

	if (id != WIRE_FOUND)
		return;
	g_variant_get(body, "(a(uus))", &iter);
	while (g_variant_iter_next(iter, "(uus)", &pair[0], &pair[1], NULL))
		g_array_append_val(found, pair);
	g_variant_iter_free(iter);
}

/* The cache is opened after the answer: a snapshot is not held while waiting. */
static int print_found(struct run *run, const GArray *found, GError **error)
{
	if (found->len && !run_cache(run, error))
		return CLI_FAILED;
	for (guint i = 0; i < found->len; i++) {
		const guint32 *pair = &((const guint32 *)found->data)[i * 2];
		guint32 row_id;

		if (hcache_find(run->cache, pair[0], pair[1], &row_id))
			print_row(run, pair[0], row_id);
	}
	return CLI_OK;
}

int command_search(struct run *run)
{
	const char *limit_text = NULL;
	const struct argument table[] = {{"--limit", .text = &limit_text}};
	g_autoptr(GArray) found = g_array_new(FALSE, FALSE, 2 * sizeof(guint32));
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) words = run_arguments(run, table, G_N_ELEMENTS(table), &error);
	guint limit;
	int status;

	if (!words || !parse_limit(limit_text, &limit, &error))
		return cli_fail(error);
	if (words->len == 0) {
		complain("search for what? cur search QUERY");
		return CLI_USAGE;
	}
	g_ptr_array_add(words, NULL);
	g_autofree char *query = g_strjoinv(" ", (char **)words->pdata);
	if (!g_utf8_validate(query, -1, NULL)) {
		complain("the query is not UTF-8");
		return CLI_USAGE;
	}
	if (!client_wait(run_client(run, TRUE, NULL, NULL), WIRE_SEARCH,
			 g_variant_new("(sssbu)", "", query, "", FALSE, limit), SEARCH_MS,
			 take_found, found, &error)) {
		cli_fail(error);
		/* Without an index yet, there will be one soon. */
		return error_is(error, CUR_ERROR_GONE) ? CLI_TEMPORARY : CLI_FAILED;
	}
	status = print_found(run, found, &error);
	return error ? cli_fail(error) : status;
}

/* ---- folders ---- */

static void folder_as_json(struct json *json, const struct hcache_mailbox *mb)
{
	json_object(json, NULL);
	json_number(json, "number", mb->number);
	json_string(json, "name", mb->name);
	json_string(json, "account", mb->account);
	json_string(json, "folder", mb->folder);
	json_string(json, "path", mb->path);
	json_string(json, "role", mb->role);
	json_boolean(json, "subscribed", mb->subscribed);
	json_number(json, "messages", mb->head.n_live);
	json_number(json, "unread", mb->head.n_unread);
	json_number(json, "new", mb->head.n_new);
	json_number(json, "flagged", mb->head.n_flagged);
	json_number(json, "total", MAX(mb->head.n_total, mb->head.n_live));
	json_boolean(json, "complete", mb->head.indexed != 0);
	json_end_object(json);
	json_print(json);
}

static gboolean print_folder(const struct hcache_mailbox *mb, void *data)
{
	struct run *run = data;

	if (run->as_json)
		folder_as_json(&run->json, mb);
	else
		say("%6u %6u  %s", mb->head.n_unread, mb->head.n_live, mb->name);
	return TRUE;
}

int command_folders(struct run *run)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) words = run_arguments(run, NULL, 0, &error);

	if (!words || !run_cache(run, &error))
		return cli_fail(error);
	hcache_mailboxes(run->cache, print_folder, run);
	return CLI_OK;
}
