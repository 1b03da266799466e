/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one path by which fetched messages, IMAP's and POP3's, enter the store. */
#include "incoming.h"

#include <string.h>

#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/base/step.h"
#include "cur/mail/flags.h"
#include "cur/mail/partial.h"
#include "cur/mail/scan.h"
#include "unrecorded.h"

enum { BATCH_MESSAGES = 1000, BATCH_BYTES = 64 << 20 };
enum { TELL_US = 200 * 1000 }; /* between two words about how far it is */

struct arrival {
	struct delivery *delivery; /* NULL: it is here already, as `twin` */
	guint32 twin;
	struct incoming_facts facts;
	struct row row;
	char *text;
	gsize text_n;
	guint64 wire_bytes;
};

struct incoming {
	struct store *store;
	guint32 mailbox;
	char *mailbox_name, *path;
	struct maildir *md;
	const char *const *assumed;
	gboolean headers; /* what comes has no text */
	guint32 uidvalidity;
	incoming_fn on_row;
	void *on_row_data;
	incoming_twin_fn on_twin;
	void *on_twin_data;
	/* the message being written */
	struct delivery *current;
	GByteArray *header; /* its first bytes, as they lie in the file */
	GByteArray *piece;  /* a piece with its line ends changed */
	gboolean in_header, held_cr;
	guint64 wire_bytes, file_bytes;
	/* what waits for the commit */
	GArray *arrivals;
	guint64 waiting_bytes;
	guint n_done, n_unseen;
	guint n_filled;		 /* of this commit */
	struct unrecorded *list; /* of the last batch that had new messages, or NULL */
	/* what was told of it, and when; NULL: nothing yet */
	struct hub *told;
	const char *told_doing;
	guint told_all;
	gint64 told_us;
};

static void arrival_clear(void *data)
{
	struct arrival *a = data;

	g_clear_pointer(&a->delivery, delivery_free);
	g_free(a->text);
}

/* As it is called now, made when it is missing; what was deleted meanwhile is not made again. */
static struct maildir *open_now(struct store *store, guint32 mailbox, char **path, GError **error)
{
	g_autofree struct state_mailbox *now = NULL;
	struct maildir *md = NULL;

	store_lock(store);
	now = state_mailbox(store_state(store), mailbox);
	if (!now)
		error_set(error, CUR_ERROR_GONE, "it was deleted here meanwhile");
	else if (maildir_create(now->path, error))
		md = maildir_open(now->path, error);
	store_unlock(store);
	*path = md ? g_strdup(now->path) : NULL;
	return md;
}

struct incoming *incoming_open(struct store *store, const struct state_mailbox *mb,
			       const char *const *assumed, GError **error)
{
	g_autofree char *path = NULL;
	struct maildir *md = open_now(store, mb->number, &path, error);
	struct incoming *in;

	if (!md)
		return NULL;
	in = g_new0(struct incoming, 1);
	in->store = store;
	in->mailbox = mb->number;
	in->mailbox_name = g_strdup(mb->name);
	in->path = g_steal_pointer(&path);
	in->md = md;
	in->assumed = assumed;
	in->told_us = g_get_monotonic_time();
	in->header = g_byte_array_new();
	in->piece = g_byte_array_new();
	in->arrivals = g_array_new(FALSE, TRUE, sizeof(struct arrival));
	g_array_set_clear_func(in->arrivals, arrival_clear);
	return in;
}

void incoming_close(struct incoming *in)
{
	if (in->told)
		hub_progress(in->told, in->mailbox_name, in->told_doing, in->told_all,
			     in->told_all);
	incoming_cancel(in);
	g_array_unref(in->arrivals);
	g_byte_array_unref(in->header);
	g_byte_array_unref(in->piece);
	maildir_close(in->md);
	g_free(in->mailbox_name);
	g_free(in->path);
	g_clear_pointer(&in->list, unrecorded_free);
	g_free(in);
}

void incoming_on_row(struct incoming *in, incoming_fn fn, void *data)
{
	in->on_row = fn;
	in->on_row_data = data;
}

void incoming_on_twin(struct incoming *in, incoming_twin_fn fn, void *data)
{
	in->on_twin = fn;
	in->on_twin_data = data;
}

void incoming_headers(struct incoming *in, guint32 uidvalidity)
{
	in->headers = TRUE;
	in->uidvalidity = uidvalidity;
}

gboolean incoming_begin(struct incoming *in, GError **error)
{
	incoming_cancel(in);
	in->current = delivery_open(in->md, error);
	in->in_header = TRUE;
	return in->current != NULL;
}

void incoming_cancel(struct incoming *in)
{
	g_clear_pointer(&in->current, delivery_free);
	g_byte_array_set_size(in->header, 0);
	in->held_cr = FALSE;
	in->wire_bytes = in->file_bytes = 0;
}

/* CRLF to LF; a CR at the end of a piece waits for the next, a lone one stays. */
static void unfold_line_ends(struct incoming *in, const char *bytes, gsize n)
{
	const char *end = bytes + n;

	g_byte_array_set_size(in->piece, 0);
	if (in->held_cr && n && *bytes != '\n')
		g_byte_array_append(in->piece, (const guint8 *)"\r", 1);
	in->held_cr = FALSE;
	while (bytes < end) {
		const char *cr = memchr(bytes, '\r', (gsize)(end - bytes));
		const char *stop = cr ? cr : end;

		g_byte_array_append(in->piece, (const guint8 *)bytes, (guint)(stop - bytes));
		if (cr && cr + 1 == end)
			in->held_cr = TRUE;
		else if (cr && cr[1] != '\n')
			g_byte_array_append(in->piece, (const guint8 *)"\r", 1);
		bytes = cr ? cr + 1 : end;
	}
}

/* Keep the header block for the scanner: up to the first empty line. */
static void keep_header(struct incoming *in)
{
	guint from = in->header->len > 1 ? in->header->len - 1 : 0;

	if (!in->in_header)
		return;
	g_byte_array_append(in->header, in->piece->data, in->piece->len);
	if (in->header->len > SCAN_HEADER_MAX ||
	    memmem(in->header->data + from, in->header->len - from, "\n\n", 2))
		in->in_header = FALSE;
}

static gboolean write_piece(struct incoming *in, GError **error)
{
	if (!in->piece->len)
		return TRUE;
	keep_header(in);
	/* A header is written when all of it is known. */
	if (in->headers)
		return TRUE;
	in->file_bytes += in->piece->len;
	return delivery_write(in->current, in->piece->data, in->piece->len, error);
}

gboolean incoming_bytes(struct incoming *in, const char *bytes, gsize n, GError **error)
{
	in->wire_bytes += n;
	unfold_line_ends(in, bytes, n);
	return write_piece(in, error);
}

static gboolean flush_cr(struct incoming *in, GError **error)
{
	if (!in->held_cr)
		return TRUE;
	in->held_cr = FALSE;
	g_byte_array_set_size(in->piece, 0);
	g_byte_array_append(in->piece, (const guint8 *)"\r", 1);
	return write_piece(in, error);
}

/* An unread message with no flag, keywords or not, goes where a delivery agent would put it. */
static mark_t first_mark(mark_t flags)
{
	flags &= MAILDIR_MARKS;
	return flags & FLAG_ALL ? flags : flags | MARK_NEW;
}

/* The header alone, as the file without a text that it becomes. */
static gboolean write_header(struct incoming *in, const struct incoming_facts *facts,
			     GError **error)
{
	struct partial there = {
	    .size_bytes = facts->size_bytes,
	    .uidvalidity = in->uidvalidity,
	    .uid = facts->uid,
	    .mailbox = in->mailbox_name,
	};
	GByteArray *file;

	if (!in->headers)
		return TRUE;
	file = partial_make((const char *)in->header->data, in->header->len, &there);
	g_byte_array_unref(in->header);
	in->header = file;
	in->file_bytes = file->len;
	in->wire_bytes = facts->size_bytes;
	return delivery_write(in->current, file->data, file->len, error);
}

gboolean incoming_end(struct incoming *in, const struct incoming_facts *facts, GError **error)
{
	struct arrival a = {.facts = *facts};
	struct scan_hints hints = {.date_received = facts->date_received, .assumed = in->assumed};

	if (!flush_cr(in, error) || !write_header(in, facts, error) ||
	    !delivery_finish(in->current, facts->uid, first_mark(facts->flags),
			     facts->date_received, error))
		return FALSE;
	hints.file = facts->fills ? facts->base : delivery_base(in->current);
	hints.size_bytes = in->file_bytes;
	if (!hints.date_received)
		hints.date_received = clock_now_s();
	scan_header((const char *)in->header->data, in->header->len, &hints, &a.row, &a.text,
		    &a.text_n);
	a.wire_bytes = in->wire_bytes;
	in->waiting_bytes += in->file_bytes;
	if (in->on_twin)
		a.twin = in->on_twin(&a.row, delivery_path(in->current), in->on_twin_data);
	if (!a.twin)
		a.delivery = g_steal_pointer(&in->current);
	g_array_append_val(in->arrivals, a);
	incoming_cancel(in);
	return TRUE;
}

gboolean incoming_is_full(const struct incoming *in)
{
	return in->arrivals->len >= BATCH_MESSAGES || in->waiting_bytes >= BATCH_BYTES;
}

/* Those of the files that are new messages, or those that are texts of known ones. */
static struct delivery **deliveries(struct incoming *in, gboolean texts, guint *n)
{
	struct delivery **all = g_new(struct delivery *, in->arrivals->len);

	*n = 0;
	for (guint i = 0; i < in->arrivals->len; i++) {
		struct arrival *a = &g_array_index(in->arrivals, struct arrival, i);

		if (a->delivery && (a->facts.fills != 0) == texts)
			all[(*n)++] = a->delivery;
	}
	return all;
}

/* A text gets its name with the commit, when its message cannot be renamed meanwhile. */
static gboolean make_visible(struct incoming *in, GError **error)
{
	guint n, n_texts;
	g_autofree struct delivery **all = deliveries(in, FALSE, &n);
	g_autofree struct delivery **texts = deliveries(in, TRUE, &n_texts);

	return (n == 0 || delivery_commit(all, n, error)) &&
	       (n_texts == 0 || delivery_sync(texts, n_texts, error));
}

static gboolean tell_row(struct incoming *in, const struct state_message *msg,
			 const struct arrival *a, GError **error)
{
	return !in->on_row || in->on_row(msg, a->facts.tag, in->on_row_data, error);
}

static gboolean use_twin(struct incoming *in, const struct arrival *a, GError **error)
{
	g_autofree struct state_message *msg =
	    state_message(store_state(in->store), in->mailbox, a->twin);

	/* Deleted in this very moment: then it is as if it had been there and read. */
	return !msg || tell_row(in, msg, a, error);
}

/* The message may have gone or got another name meanwhile: then this text is not wanted. */
static gboolean fill_row(struct incoming *in, struct arrival *a, GError **error)
{
	g_autofree struct state_message *msg =
	    state_message(store_state(in->store), in->mailbox, a->facts.fills);
	g_autoptr(GError) failed = NULL;

	if (!msg || !msg->partial || strcmp(msg->base, a->facts.base) != 0)
		return TRUE;
	if (!delivery_replace(a->delivery, msg->base, msg->mark, &failed)) {
		if (error_is(failed, CUR_ERROR_GONE))
			return TRUE;
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	in->n_filled++;
	msg->partial = FALSE;
	msg->size_bytes = (guint32)MIN(a->wire_bytes, G_MAXUINT32);
	msg->id_hash = a->row.id_hash;
	return store_replace(in->store, msg, &a->row, a->text, a->text_n, error);
}

static gboolean add_row(struct incoming *in, struct arrival *a, GError **error)
{
	struct state_message msg = {
	    .mailbox = in->mailbox,
	    .uid = a->facts.uid,
	    .agreed = a->facts.flags & MAILDIR_MARKS,
	    .mark = first_mark(a->facts.flags),
	    .modseq = a->facts.modseq,
	    .id_hash = a->row.id_hash,
	    .size_bytes = (guint32)MIN(a->wire_bytes, G_MAXUINT32),
	    .date_received = a->row.date_received,
	    .partial = in->headers,
	};

	if (a->twin)
		return use_twin(in, a, error);
	if (a->facts.fills)
		return fill_row(in, a, error);
	msg.base = delivery_base(a->delivery);
	if (!store_add(in->store, &msg, &a->row, a->text, a->text_n, error))
		return FALSE;
	in->n_unseen += !(msg.agreed & FLAG_SEEN);
	return tell_row(in, &msg, a, error);
}

/* Under the lock. */
static gboolean is_there(struct incoming *in)
{
	g_autofree struct state_mailbox *mb = state_mailbox(store_state(in->store), in->mailbox);

	return mb != NULL;
}

static gboolean add_rows(struct incoming *in, GError **error)
{
	gboolean ok = TRUE;

	if (!store_begin(in->store, error))
		return FALSE;
	in->n_filled = 0;
	ok = is_there(in) || error_set(error, CUR_ERROR_GONE, "it was deleted here meanwhile");
	for (guint i = 0; ok && i < in->arrivals->len; i++)
		ok = add_row(in, &g_array_index(in->arrivals, struct arrival, i), error);
	/* A record that says "here" is never older than the file. */
	ok = ok && (!in->n_filled || maildir_sync(in->md, error));
	if (ok)
		step_point("fetch-texts-visible");
	return store_end(in->store, ok, error);
}

/* A new message with a UID; what has none (POP3) no server is told of. */
static gboolean is_listed(const struct arrival *a)
{
	return a->delivery && a->facts.uid && !a->facts.fills;
}

static void list_unrecorded(struct incoming *in)
{
	g_clear_pointer(&in->list, unrecorded_free);
	for (guint i = 0; i < in->arrivals->len; i++) {
		const struct arrival *a = &g_array_index(in->arrivals, struct arrival, i);

		if (!is_listed(a))
			continue;
		if (!in->list)
			in->list = unrecorded_new(in->store, in->mailbox);
		unrecorded_add(in->list, delivery_base(a->delivery), first_mark(a->facts.flags));
	}
	if (in->list)
		unrecorded_write(in->list);
}

/* The mailbox was deleted while these came: they were meant, too. */
static void take_back(struct incoming *in)
{
	g_autofree struct state_mailbox *another = NULL;

	for (guint i = 0; i < in->arrivals->len; i++) {
		const struct arrival *a = &g_array_index(in->arrivals, struct arrival, i);

		if (a->delivery && !a->facts.fills)
			maildir_remove(in->md, delivery_base(a->delivery),
				       first_mark(a->facts.flags), NULL);
	}
	g_array_set_size(in->arrivals, 0);
	in->waiting_bytes = 0;
	if (in->list)
		unrecorded_forget(in->list);
	store_lock(in->store);
	another = state_mailbox_by_name(store_state(in->store), in->mailbox_name);
	if (!another)
		maildir_discard(in->path);
	store_unlock(in->store);
}

gboolean incoming_commit(struct incoming *in, GError **error)
{
	GError *failed = NULL;

	if (!in->arrivals->len)
		return TRUE;
	step_point("fetch-written");
	list_unrecorded(in);
	if (!make_visible(in, error))
		return FALSE;
	step_point("fetch-visible");
	if (!add_rows(in, &failed)) {
		if (error_is(failed, CUR_ERROR_GONE))
			take_back(in);
		g_propagate_error(error, failed);
		return FALSE;
	}
	step_point("fetch-recorded");
	if (in->list)
		unrecorded_forget(in->list);
	in->n_done += in->arrivals->len;
	g_array_set_size(in->arrivals, 0);
	in->waiting_bytes = 0;
	return TRUE;
}

void incoming_tell(struct incoming *in, struct hub *hub, const char *doing, guint n_all)
{
	guint n = in->n_done + in->arrivals->len;
	gint64 now = g_get_monotonic_time();

	if (now - in->told_us < TELL_US || n >= n_all)
		return;
	in->told_us = now;
	in->told = hub;
	in->told_doing = doing;
	in->told_all = n_all;
	hub_progress(hub, in->mailbox_name, doing, n, n_all);
}

guint incoming_n_done(const struct incoming *in)
{
	return in->n_done;
}

guint incoming_n_unseen(const struct incoming *in)
{
	return in->n_unseen;
}
