/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft becomes a file of the outbox, or a draft in a mailbox. */
#include "cur/model/submit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"
#include "cur/format/of-message-id.h"
#include "cur/mail/address.h"
#include "cur/mail/bounce.h"
#include "cur/mail/flags.h"
#include "cur/mail/text-alone.h"
#include "cur/model/client.h"
#include "cur/model/file-type.h"
#include "cur/model/manuscript.h"
#include "cur/model/recipients.h"
#include "cur/store/outbox.h"
#include "submit-item.h"

/* The variables that shape the bytes of a message. Strings live as long as `options`. */
struct build_settings {
	struct build_options options;
	char **send_charset, **attach_charset;
	char *hostname;
	char *from;
	char *message_id;
};

/* SMTP servers are told the recipients; a program may have to read them. */
static gboolean goes_to_program(struct conf *conf, const char *transport)
{
	auto_ptr(transport) way = transport && *transport ? NULL : conf_transport(conf, NULL);
	const char *line = way ? way->outbox : transport;

	return line && g_str_has_prefix(line, "sendmail:");
}

static void build_settings_init(struct build_settings *bs, struct conf *conf, const char *transport)
{
	const struct settings *s = conf_settings(conf);

	*bs = (struct build_settings){0};
	bs->send_charset = g_strsplit(s->send_charset, ":", -1);
	bs->attach_charset = g_strsplit(s->attach_charset, ":", -1);
	bs->hostname = recipients_hostname(conf);
	bs->from = recipients_default_from(conf);
	bs->message_id = message_id_of_format(s->message_id_format, bs->hostname);
	bs->options = (struct build_options){
	    .send_charset = *bs->send_charset ? (const char *const *)bs->send_charset : NULL,
	    .attach_charset = *bs->attach_charset ? (const char *const *)bs->attach_charset : NULL,
	    .file_type = file_type,
	    .file_type_data = conf,
	    .hostname = bs->hostname,
	    .user_agent = s->user_agent ? "cur/" CUR_VERSION : NULL,
	    .default_from = bs->from,
	    .no_from = !s->use_from,
	    .message_id = bs->message_id,
	    .envelope_from = *s->envelope_from_address ? s->envelope_from_address : NULL,
	    .allow_8bit = s->allow_8bit,
	    .utc_date = !s->local_date_header,
	    .encode_from = s->encode_from,
	    .write_bcc = s->write_bcc && goes_to_program(conf, transport),
	    .keep_bcc_in_fcc = TRUE,
	};
}

static void build_settings_clear(struct build_settings *bs)
{
	g_strfreev(bs->send_charset);
	g_strfreev(bs->attach_charset);
	g_free(bs->hostname);
	g_free(bs->from);
	g_free(bs->message_id);
	*bs = (struct build_settings){0};
}

gboolean submit_parse_id(const char *id, guint32 *mailbox, guint32 *lid)
{
	guint m = 0, l = 0;
	char rest;

	if (id && sscanf(id, "%u.%u%c", &m, &l, &rest) == 2) {
		*mailbox = m;
		*lid = l;
	}
	return m != 0;
}

static char *outbox_dir(void)
{
	g_autofree char *data = path_data_dir();

	return g_build_filename(data, "outbox", NULL);
}

/* By way of the manuscript's own file, so that a crash leaves the message in one place. */
static char *put_manuscript(const char *dir, const struct outbox_item *item, const void *bytes,
			    gsize n, struct manuscript *ms, GError **error)
{
	const char *path = manuscript_outgoing(ms);
	char *id = NULL;

	if (outbox_write(path, item, bytes, n, error) && manuscript_hand_over(ms, error))
		id = outbox_accept(dir, path, error);
	if (!id)
		manuscript_take_back(ms);
	return id;
}

/* `ms` may be NULL. */
static char *put(struct client *client, const struct outbox_item *item, GBytes *message,
		 struct manuscript *ms, GError **error)
{
	g_autofree char *data = path_data_dir();
	g_autofree char *dir = outbox_dir();
	gsize n;
	const void *bytes = g_bytes_get_data(message, &n);
	char *id;

	if (!path_make_private(data, error))
		return NULL;
	id = ms ? put_manuscript(dir, item, bytes, n, ms, error)
		: outbox_put(dir, item, bytes, n, error);
	if (id && client)
		client_ask(client, WIRE_SUBMITTED, g_variant_new("(sb)", id, FALSE), NULL, NULL);
	return id;
}

/* $fcc_clear: the copy as if nothing were sealed, with the id and the date of what is sent. */
static GBytes *clear_copy(const struct draft *draft, const struct build_options *options,
			  const char *message_id, GError **error)
{
	struct build_options plain = *options;
	struct built_message built = {0};
	GBytes *copy;

	plain.sealed = NULL;
	plain.subject = NULL;
	plain.message_id = message_id;
	if (!draft_build(draft, &plain, &built, error))
		return NULL;
	copy = draft->text_copy ? message_text_alone(built.fcc) : g_bytes_ref(built.fcc);
	built_message_clear(&built);
	return copy;
}

/* What copies are, where they are not what is sent. */
static gboolean add_copy(struct conf *conf, struct outbox_item *item, const struct draft *draft,
			 const struct build_options *options, const struct built_message *built,
			 GError **error)
{
	if (options->sealed && item->fcc->len && conf_settings(conf)->fcc_clear) {
		item->copy = clear_copy(draft, options, built->message_id, error);
		return item->copy != NULL;
	}
	if (!options->write_bcc)
		submit_item_bcc(item, built->fcc);
	/* What is signed cannot lose a part, what is encrypted has none. */
	if (draft->text_copy && !options->sealed)
		item->wishes |= OUTBOX_TEXT_COPY;
	return TRUE;
}

static char *submit(struct conf *conf, struct client *client, const struct draft *draft,
		    struct manuscript *ms, const struct submit_sealed *sealed, GError **error)
{
	const char *subject = sealed && sealed->subject ? sealed->subject : draft->subject;
	auto_ptr(outbox_item) item = NULL;
	struct build_settings bs;
	struct built_message built = {0};
	char *id = NULL;

	build_settings_init(&bs, conf, draft->transport);
	bs.options.now = clock_now_s();
	bs.options.sealed = sealed ? sealed->entity : NULL;
	bs.options.subject = sealed ? sealed->subject : NULL;
	if (draft_build(draft, &bs.options, &built, error)) {
		item = submit_item(conf, &built, draft->transport, draft->fcc, subject, error);
		if (item && add_copy(conf, item, draft, &bs.options, &built, error)) {
			g_free(item->account);
			item->account = g_strdup(draft->account ? draft->account : "");
			submit_parse_id(draft->answered, &item->answered_mailbox,
					&item->answered_lid);
			submit_parse_id(draft->forwarded, &item->forwarded_mailbox,
					&item->forwarded_lid);
			id = put(client, item, built.message, ms, error);
		}
		built_message_clear(&built);
	}
	build_settings_clear(&bs);
	return id;
}

char *submit_draft(struct conf *conf, struct client *client, const struct draft *draft,
		   const struct submit_sealed *sealed, GError **error)
{
	return submit(conf, client, draft, NULL, sealed, error);
}

char *submit_manuscript(struct conf *conf, struct client *client, struct manuscript *ms,
			const struct submit_sealed *sealed, GError **error)
{
	return submit(conf, client, manuscript_draft(ms), ms, sealed, error);
}

GBytes *submit_entity(struct conf *conf, const struct draft *draft, GError **error)
{
	struct build_settings bs;
	GBytes *entity;

	build_settings_init(&bs, conf, draft->transport);
	entity = draft_entity(draft, &bs.options,
			      conf_settings(conf)->crypt_protected_headers_write &&
				  !draft->security.inline_pgp,
			      error);
	build_settings_clear(&bs);
	return entity;
}

/* The postponed message that this was recalled from has a successor: remove it. */
static void remove_recalled(struct client *client, const struct draft *draft)
{
	guint32 mailbox = 0, lid = 0;
	GVariantBuilder lids;

	submit_parse_id(draft->postponed, &mailbox, &lid);
	if (!mailbox)
		return;
	g_variant_builder_init(&lids, G_VARIANT_TYPE("au"));
	g_variant_builder_add(&lids, "u", lid);
	client_ask(client, WIRE_REMOVE, g_variant_new("(uau)", mailbox, &lids), NULL, NULL);
}

/* Files that were made for this message alone. */
static void unlink_parts(const struct draft *draft)
{
	g_autoptr(GArray) entries = draft_entries(draft);

	for (guint i = 0; i < entries->len; i++) {
		const struct draft_part *part = g_array_index(entries, struct draft_entry, i).part;

		if (part->unlink && part->path)
			unlink(part->path);
	}
}

void submit_finish(struct client *client, struct manuscript *ms)
{
	remove_recalled(client, manuscript_draft(ms));
	unlink_parts(manuscript_draft(ms));
	manuscript_discard(ms);
}

char *submit_built(struct conf *conf, struct client *client, const struct built_message *built,
		   const GPtrArray *fcc, const char *subject, GError **error)
{
	auto_ptr(outbox_item) item = submit_item(conf, built, NULL, fcc, subject, error);

	return item ? put(client, item, built->message, NULL, error) : NULL;
}

char *submit_bounce(struct conf *conf, struct client *client, GBytes *original, const char *to,
		    GError **error)
{
	g_autofree char *expanded = recipients_expand(conf, to);
	g_autofree char *from = recipients_default_from(conf);
	g_autofree char *hostname = recipients_hostname(conf);
	struct bounce_options options = {
	    .from = from,
	    .to = expanded,
	    .hostname = hostname,
	    .keep_delivered_to = conf_settings(conf)->bounce_delivered,
	};
	struct built_message built = {0};
	char *id;

	if (!bounce_build(original, &options, &built, error))
		return NULL;
	id = submit_built(conf, client, &built, NULL, "bounced message", error);
	built_message_clear(&built);
	return id;
}

/* ---- an outbox entry as a draft ---- */

static GBytes *read_message(const char *dir, const char *id, GError **error)
{
	guint64 n;
	int fd = outbox_open_message(dir, id, &n, error);
	g_autofree char *bytes = NULL;
	gboolean ok;

	if (fd < 0)
		return NULL;
	bytes = g_malloc(n + 1);
	ok = file_read_all(fd, bytes, n, error);
	close(fd);
	if (!ok)
		g_prefix_error(error, "outbox entry '%s': ", id);
	return ok ? g_bytes_new_take(g_steal_pointer(&bytes), n) : NULL;
}

static gboolean names(const char *field, const struct address *a)
{
	g_autoptr(GPtrArray) list = address_parse(field ? field : "");

	return address_list_has(list, a);
}

/* Recipients that no header names: Bcc was taken out when the message was built. */
static void restore_bcc(struct draft *draft, const GPtrArray *recipients)
{
	g_autoptr(GPtrArray) bcc = address_list_new();

	for (guint i = 0; i < recipients->len; i++) {
		struct address *a = address_parse_one(g_ptr_array_index(recipients, i));

		if (a && !names(draft->to, a) && !names(draft->cc, a))
			g_ptr_array_add(bcc, a);
		else if (a)
			address_free(a);
	}
	g_free(draft->bcc);
	draft->bcc = address_format_list(bcc);
}

GBytes *submit_recall_bytes(const char *id, GError **error)
{
	g_autofree char *dir = outbox_dir();

	return read_message(dir, id, error);
}

struct draft *submit_recall(const char *id, GBytes *bytes, GError **error)
{
	g_autofree char *dir = outbox_dir();
	auto_ptr(outbox_item) item = outbox_read(dir, id, error);
	struct draft *draft = item ? draft_read(bytes, FALSE, error) : NULL;

	if (!draft)
		return NULL;
	restore_bcc(draft, item->to);
	g_ptr_array_set_size(draft->fcc, 0);
	for (guint i = 0; i < item->fcc->len; i++)
		g_ptr_array_add(draft->fcc, g_strdup(g_ptr_array_index(item->fcc, i)));
	if (item->answered_lid)
		draft->answered =
		    g_strdup_printf("%u.%u", item->answered_mailbox, item->answered_lid);
	draft_set(&draft->message_id, NULL);
	return draft;
}

/* ---- into a mailbox ---- */

/* A message on its way into a mailbox, of drafts most often. */
struct filing {
	char *path;
	struct manuscript *ms; /* NULL: a copy */
	submit_done_fn done;
	void *data;
};

static void filing_end(struct filing *f, const GError *error)
{
	/* On success the engine has taken the file over. */
	if (error && f->ms)
		manuscript_take_back(f->ms);
	else if (error)
		unlink(f->path);
	f->done(error, f->data);
	g_free(f->path);
	g_free(f);
}

static void filing_answer(enum wire_id id, GVariant *body, gboolean final, const GError *error,
			  void *data)
{
	if (final)
		filing_end(data, error);
}

/* For a copy: in the data folder, so that what a crash leaves lies where we look. */
static char *handover_path(GError **error)
{
	g_autofree char *data = path_data_dir();
	g_autofree char *dir = g_build_filename(data, "handover", NULL);

	if (!path_make_private(dir, error))
		return NULL;
	return g_strdup_printf("%s/%" G_GINT64_FORMAT "-%08x.eml", dir, g_get_real_time(),
			       g_random_int());
}

static void file_in(struct client *client, const struct submit_place *place, char *path,
		    struct manuscript *ms, submit_done_fn done, void *data)
{
	struct filing *f = g_new0(struct filing, 1);

	*f = (struct filing){.path = path, .ms = ms, .done = done, .data = data};
	client_ask(client, WIRE_APPEND,
		   g_variant_new("(ssut)", place->target, path, place->flags,
				 (guint64)MAX(place->received, 0)),
		   filing_answer, f);
}

static struct submit_place as_draft(const char *target)
{
	return (struct submit_place){.target = target, .flags = FLAG_SEEN | FLAG_DRAFT};
}

static gboolean save_postponed(const struct draft *draft, const struct submit_sealed *sealed,
			       const char *path, GError **error)
{
	return sealed ? draft_save_sealed(draft, sealed->entity, sealed->subject, path, error)
		      : draft_save(draft, path, error);
}

void submit_postpone(struct client *client, struct manuscript *ms, const char *target,
		     const struct submit_sealed *sealed, submit_done_fn done, void *data)
{
	g_autoptr(GError) error = NULL;
	const struct submit_place place = as_draft(target);
	const char *path = manuscript_outgoing(ms);

	if (save_postponed(manuscript_draft(ms), sealed, path, &error) &&
	    manuscript_hand_over(ms, &error)) {
		file_in(client, &place, g_strdup(path), ms, done, data);
		return;
	}
	manuscript_take_back(ms);
	done(error, data);
}

void submit_copy(struct client *client, const struct draft *draft, const char *target,
		 submit_done_fn done, void *data)
{
	g_autoptr(GError) error = NULL;
	const struct submit_place place = as_draft(target);
	g_autofree char *path = handover_path(&error);

	if (path && draft_save(draft, path, &error))
		file_in(client, &place, g_steal_pointer(&path), NULL, done, data);
	else
		done(error, data);
}

static guint count_and_free(GPtrArray *ids)
{
	guint n = ids ? ids->len : 0;

	if (ids)
		g_ptr_array_unref(ids);
	return n;
}

guint submit_n_unsent(void)
{
	g_autofree char *dir = outbox_dir();

	return count_and_free(outbox_list_new(dir, NULL)) +
	       count_and_free(outbox_list_work(dir, NULL));
}

void submit_message(struct client *client, const struct submit_place *place, GBytes *bytes,
		    submit_done_fn done, void *data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = handover_path(&error);
	gsize n;
	const void *text = g_bytes_get_data(bytes, &n);

	if (path && file_write_atomic(path, text, n, 0600, &error))
		file_in(client, place, g_steal_pointer(&path), NULL, done, data);
	else
		done(error, data);
}
