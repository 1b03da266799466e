/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cur show: a message as text, as its bytes, as one of its parts, or as JSON. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/cli/cli.h"
#include "cur/crypt/open.h"
#include "cur/mail/address.h"
#include "cur/mail/date.h"
#include "cur/mail/message.h"
#include "cur/model/client.h"
#include "cur/model/security.h"
#include "cur/model/showing.h"
#include "cur/store/hcache.h"
#include "cur/store/maildir.h"

struct show {
	struct run *run;
	gboolean raw;
	const char *part; /* section number, or NULL */
	const char *id;	  /* number.lid, or NULL for a file */
	char *path;
	mark_t mark;
	char *tags; /* blank between */
};

/* ---- which file ---- */

/* The text first, where only the header is here; without a snapshot meanwhile. */
static gboolean ensure_text(struct run *run, struct hcache *cache, guint32 mailbox, guint32 lid,
			    GError **error)
{
	GVariant *lids;
	guint32 row_id;

	if (!hcache_find(cache, mailbox, lid, &row_id) ||
	    !(hcache_row(cache, mailbox, row_id)->kind & ROW_PARTIAL))
		return TRUE;
	hcache_release(cache);
	lids = g_variant_new_fixed_array(G_VARIANT_TYPE_UINT32, &lid, 1, sizeof lid);
	return client_wait(run_client(run, TRUE, NULL, NULL), WIRE_TEXT,
			   g_variant_new("(u@au)", mailbox, lids), -1, NULL, NULL, error) &&
	       hcache_renew(cache, error);
}

static gboolean find_by_id(struct show *show, guint32 mailbox, guint32 lid, GError **error)
{
	struct hcache *cache = run_cache(show->run, error);
	struct hcache_mailbox mb;
	struct envelope env;
	guint32 row_id;

	if (!cache || !ensure_text(show->run, cache, mailbox, lid, error))
		return FALSE;
	if (!hcache_mailbox(cache, mailbox, &mb) || !hcache_find(cache, mailbox, lid, &row_id))
		return error_set(error, CUR_ERROR_GONE, "there is no message %u.%u", mailbox, lid);
	hcache_text(cache, mailbox, row_id, &env);
	show->tags = g_strdup(env.field[ENV_KEYWORDS]);
	show->mark = hcache_mark(cache, mailbox, row_id);
	show->path = maildir_find_at(mb.path, env.field[ENV_FILE], show->mark, error);
	return show->path != NULL;
}

static gboolean find_file(struct show *show, const char *word, GError **error)
{
	guint32 mailbox, lid;

	if (!run_parse_id(word, &mailbox, &lid)) {
		show->path = g_strdup(word);
		return TRUE;
	}
	show->id = word;
	return find_by_id(show, mailbox, lid, error);
}

/* ---- as JSON ---- */

static void print_addresses(struct json *json, const char *key, struct headers *h, const char *name)
{
	const char *raw = headers_get_raw(h, name);
	g_autoptr(GPtrArray) list = address_parse(raw ? raw : "");

	json_array(json, key);
	for (guint i = 0; i < list->len; i++) {
		const struct address *a = list->pdata[i];
		g_autofree char *spec = address_spec_display(a);

		if (a->kind != ADDRESS_MAILBOX)
			continue;
		json_object(json, NULL);
		json_string(json, "name", a->name);
		json_string(json, "address", spec);
		json_end_object(json);
	}
	json_end_array(json);
}

static void print_headers(struct json *json, struct headers *h)
{
	json_array(json, "headers");
	for (guint i = 0; i < headers_count(h); i++) {
		json_object(json, NULL);
		json_string(json, "name", headers_name(h, i));
		json_string(json, "value", headers_text(h, i));
		json_end_object(json);
	}
	json_end_array(json);
}

static void print_text(struct json *json, struct part *p)
{
	g_autofree char *text = NULL;
	gsize n;

	if (!part_is(p, "text", NULL))
		return;
	text = part_text(p, &n);
	json_text(json, "text", text, n);
}

/* Not deeper than PART_DEPTH_MAX: message.c opens no further. */
static void print_part(struct json *json, struct part *p, const char *key)
{
	g_autofree char *type = part_type_name(p);

	json_object(json, key);
	json_string(json, "part", p->number);
	json_string(json, "type", type);
	json_string(json, "charset", p->charset);
	json_string(json, "encoding", part_encoding_name(p));
	json_string(json, "disposition", p->disposition);
	json_string(json, "name", p->file_name);
	json_string(json, "content_id", p->content_id);
	json_number(json, "size", part_size(p));
	json_boolean(json, "attachment", part_is_attachment(p));
	print_text(json, p);
	if (p->is_message && p->parent)
		print_headers(json, part_headers(p));
	if (p->n_children) {
		json_array(json, "parts");
		for (guint i = 0; i < p->n_children; i++)
			print_part(json, p->children[i], NULL);
		json_end_array(json);
	}
	json_end_object(json);
}

static void print_as_json(struct show *show, struct message *m, const struct unsealed *opened)
{
	static const struct {
		const char *key, *name;
	} lists[] = {
	    {"from", "From"}, {"to", "To"}, {"cc", "Cc"}, {"bcc", "Bcc"}, {"reply_to", "Reply-To"}};
	struct json *json = &show->run->json;
	struct headers *h = message_headers(m);
	enum unsealed_worth worth;
	gint64 date = 0;
	gint16 zone;

	json_object(json, NULL);
	if (show->id) {
		json_string(json, "id", show->id);
		run_print_flags(show->run, show->mark, show->tags);
	}
	json_string(json, "path", show->path);
	json_string(json, "subject", headers_get(h, "Subject"));
	json_string(json, "message_id", headers_get_raw(h, "Message-ID"));
	if (headers_get_raw(h, "Date") && date_parse(headers_get_raw(h, "Date"), &date, &zone))
		json_number(json, "date", date);
	for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
		print_addresses(json, lists[i].key, h, lists[i].name);
	print_headers(json, h);
	if (opened && unsealed_summary(opened, &worth))
		json_string(json, "security", unsealed_summary(opened, &worth));
	print_part(json, message_root(m), "body");
	json_end_object(json);
	json_print(json);
}

/* ---- the other ways ---- */

static gboolean print_one_part(struct show *show, struct message *m, GError **error)
{
	struct part *p = message_find_part(m, show->part);

	if (!p)
		return error_set(error, CUR_ERROR_GONE, "'%s' has no part %s", show->path,
				 show->part);
	fflush(stdout);
	return part_save_fd(p, STDOUT_FILENO, error);
}

static gboolean print_raw(struct message *m, GError **error)
{
	gsize n;
	const char *bytes = message_bytes(m, &n);

	fflush(stdout);
	return file_write_all(STDOUT_FILENO, bytes, n, error);
}

static void print_as_text(struct conf *conf, struct message *m, const struct unsealed *opened)
{
	g_autofree char *text = showing_text(conf, m, opened, SHOWING_WEEDED, SHOWING_READ);

	say_text(text, strlen(text));
}

/* ---- what is sealed ---- */

/* NULL: nothing is. The agent may ask for a passphrase, as gpg's own commands let it. */
static struct unsealed *open_sealed(const struct conf *conf, struct message *m)
{
	struct unseal_options options;
	struct crypt_work work;
	g_autoptr(GBytes) copy = NULL;
	const char *bytes;
	gsize n;

	security_open_options(conf, &options);
	if (!unseal_look(m, &options))
		return NULL;
	bytes = message_bytes(m, &n);
	copy = g_bytes_new(bytes, n);
	unseal_work(&work, copy, &options);
	work.may_ask = TRUE;
	return crypt_run(&work);
}

/* Parts of what was encrypted as a whole are those of the message inside. */
static gboolean show_opened(struct show *show, struct message *m, GError **error)
{
	struct conf *conf = run_conf(show->run, error);
	auto_ptr(unsealed) opened = conf ? open_sealed(conf, m) : NULL;
	g_autoptr(GBytes) plain = opened ? unsealed_plain(opened) : NULL;
	auto_ptr(message) inner = plain ? message_new(plain) : NULL;

	if (!conf)
		return FALSE;
	if (show->part)
		return print_one_part(show, inner ? inner : m, error);
	if (show->run->as_json)
		print_as_json(show, inner ? inner : m, opened);
	else
		print_as_text(conf, m, opened);
	return TRUE;
}

static gboolean show_one(struct show *show, const char *word, GError **error)
{
	auto_ptr(message) m = NULL;

	if (!find_file(show, word, error))
		return FALSE;
	m = message_open(show->path, error);
	if (!m)
		return FALSE;
	return show->raw ? print_raw(m, error) : show_opened(show, m, error);
}

int command_show(struct run *run)
{
	struct show options = {.run = run};
	const struct argument table[] = {{"--raw", .flag = &options.raw},
					 {"--part", .text = &options.part}};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) words = run_arguments(run, table, G_N_ELEMENTS(table), &error);
	int status = CLI_OK;

	if (!words)
		return cli_fail(error);
	if (words->len == 0) {
		complain("show what? cur show ID");
		return CLI_USAGE;
	}
	for (guint i = 0; i < words->len; i++) {
		struct show show = options;
		g_autoptr(GError) why = NULL;

		if (!show_one(&show, words->pdata[i], &why))
			status = cli_fail(why);
		g_free(show.path);
		g_free(show.tags);
	}
	return status;
}
