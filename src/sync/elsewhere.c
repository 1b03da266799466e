/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two questions: the ids of all that is new, then size, flags and Message-ID of those whose id is
 * known. A file goes the way of a fetched message (incoming.h), with the line ends of the wire.
 */
#include "elsewhere.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/imap/fetch.h"
#include "cur/imap/seqset.h"
#include "cur/mail/scan.h"
#include "cur/store/maildir.h"
#include "departed.h"
#include "incoming.h"

enum { SLICE = 1000 };

/* A new message. */
struct arrival {
	guint32 uid;
	const char *object; /* the server's id, of `ids` */
	char *path;	    /* of a file that may be it, or NULL */
	guint64 id_hash, size;
	struct incoming_facts facts;
	gboolean made;
};

struct elsewhere {
	struct round *r;
	const struct state_mailbox *mb;
	struct vocabulary *words;
	GStringChunk *ids;
	GArray *arrivals; /* struct arrival, ascending by UID */
};

static void arrival_clear(void *data)
{
	struct arrival *a = data;

	g_free(a->path);
}

void elsewhere_free(struct elsewhere *e)
{
	if (!e)
		return;
	g_array_unref(e->arrivals);
	g_string_chunk_free(e->ids);
	g_free(e);
}

static struct elsewhere *elsewhere_new(struct round *r, const struct state_mailbox *mb,
				       struct vocabulary *words)
{
	struct elsewhere *e = g_new0(struct elsewhere, 1);

	e->r = r;
	e->mb = mb;
	e->words = words;
	e->ids = g_string_chunk_new(4096);
	e->arrivals = g_array_new(FALSE, TRUE, sizeof(struct arrival));
	g_array_set_clear_func(e->arrivals, arrival_clear);
	return e;
}

static struct arrival *arrival_at(const struct elsewhere *e, guint i)
{
	return &g_array_index(e->arrivals, struct arrival, i);
}

static int by_uid(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static struct arrival *arrival_of(const struct elsewhere *e, guint32 uid)
{
	const struct arrival key = {.uid = uid};

	return e->arrivals->len
		   ? bsearch(&key, e->arrivals->data, e->arrivals->len, sizeof key, by_uid)
		   : NULL;
}

/* ---- the ids -------------------------------------------------------------------- */

struct search {
	guint32 mailbox;
	gboolean others;
};

static gboolean look_for_other(const struct state_mailbox *mb, void *data)
{
	struct search *s = data;

	s->others = mb->number != s->mailbox && *mb->server_name && !mb->gone &&
		    (mb->n_server || !mb->uidnext);
	return !s->others;
}

/* Another folder has messages, as far as is known: else an id is of no use. */
static gboolean has_other_folders(struct elsewhere *e)
{
	struct search s = {.mailbox = e->mb->number};

	store_lock(e->r->store);
	state_mailboxes(store_state(e->r->store), e->mb->account, look_for_other, &s, NULL);
	store_unlock(e->r->store);
	return s.others;
}

static gboolean take_id(const struct imap_info *info, void *data, GError **error)
{
	struct elsewhere *e = data;
	struct arrival a = {.uid = info->uid};

	if (!(info->has & IMAP_INFO_OBJECT))
		return TRUE;
	a.object = g_string_chunk_insert(e->ids, info->object);
	g_array_append_val(e->arrivals, a);
	return TRUE;
}

/* Of a UID that was named twice the first word counts. None has a path yet. */
static void drop_doubles(GArray *arrivals)
{
	guint kept = 0;

	for (guint i = 0; i < arrivals->len; i++) {
		const struct arrival *a = &g_array_index(arrivals, struct arrival, i);

		if (!kept || g_array_index(arrivals, struct arrival, kept - 1).uid != a->uid)
			g_array_index(arrivals, struct arrival, kept++) = *a;
	}
	g_array_set_size(arrivals, kept);
}

static gboolean ask_ids(struct elsewhere *e, const GArray *fresh, GError **error)
{
	auto_ptr(seqset) uids = seqset_new();

	for (guint i = 0; i < fresh->len; i++)
		seqset_add(uids, g_array_index(fresh, guint32, i));
	if (!imap_fetch_objects(e->r->imap, uids, take_id, e, error))
		return FALSE;
	g_array_sort(e->arrivals, by_uid);
	drop_doubles(e->arrivals);
	return TRUE;
}

/* ---- files that may be them -------------------------------------------------------- */

/* The path of a file with that id, yours, or NULL. */
static char *find_file(struct elsewhere *e, const char *object)
{
	struct state *st = store_state(e->r->store);
	g_autofree struct state_mailbox *mb = NULL;
	g_autofree struct state_message *msg = NULL;
	char *path = NULL;

	store_lock(e->r->store);
	msg = state_message_of_object(st, e->mb->account, e->mb->number, object);
	if (msg)
		mb = state_mailbox(st, msg->mailbox);
	store_unlock(e->r->store);
	if (mb)
		path = maildir_find_at(mb->path, msg->base, msg->mark, NULL);
	return path ? path : departed_find(e->r->store, e->mb->account, object);
}

/* UIDs of those that have a file, from number *at on, as many as one question is for. */
static struct seqset *find_files(struct elsewhere *e, guint *at)
{
	struct seqset *uids = seqset_new();

	for (guint n = 0; *at < e->arrivals->len && n < SLICE; (*at)++) {
		struct arrival *a = arrival_at(e, *at);

		a->path = find_file(e, a->object);
		if (!a->path)
			continue;
		seqset_add(uids, a->uid);
		n++;
	}
	return uids;
}

/* ---- proof ------------------------------------------------------------------------ */

static gboolean take_facts(const struct imap_info *info, void *data, GError **error)
{
	struct elsewhere *e = data;
	struct arrival *a = arrival_of(e, info->uid);

	if (!a || !(info->has & IMAP_INFO_FLAGS) || !(info->has & IMAP_INFO_SIZE))
		return TRUE;
	a->size = info->size_bytes;
	a->facts = (struct incoming_facts){
	    .uid = info->uid, .modseq = info->modseq, .date_received = info->internal_date};
	return vocabulary_mark(e->words, info->flags, info->keywords, &a->facts.flags, error);
}

static gboolean take_message_id(const struct imap_info *info, void *data, GError **error)
{
	struct arrival *a = arrival_of(data, info->uid);

	if (a && info->has & IMAP_INFO_FIELD)
		a->id_hash = scan_message_id(info->field, strlen(info->field));
	return TRUE;
}

static gboolean is_same(const struct arrival *a)
{
	g_autofree char *text = NULL;
	struct scan_hints hints = {0};
	struct row row;
	gsize n;

	return a->size && a->id_hash && scan_file(a->path, &hints, &row, &text, &n, NULL) &&
	       row.id_hash == a->id_hash && !(row.kind & ROW_PARTIAL);
}

/* ---- from file to file --------------------------------------------------------------- */

/* As it came over the wire; *size is what that makes. */
static gboolean put_lines(struct incoming *in, const char *bytes, gsize n, guint64 *size,
			  GError **error)
{
	const char *end = bytes + n;

	while (bytes < end) {
		const char *lf = memchr(bytes, '\n', (gsize)(end - bytes));
		gsize n_line = (gsize)((lf ? lf : end) - bytes);

		*size += n_line + (lf ? 2 : 0);
		if (!incoming_bytes(in, bytes, n_line, error) ||
		    (lf && !incoming_bytes(in, "\r\n", 2, error)))
			return FALSE;
		bytes = lf ? lf + 1 : end;
	}
	return TRUE;
}

static gboolean put_file(struct incoming *in, FILE *file, guint64 *size, GError **error)
{
	char buffer[16384];
	gsize n;

	while ((n = fread(buffer, 1, sizeof(buffer), file)))
		if (!put_lines(in, buffer, n, size, error))
			return FALSE;
	return !ferror(file) || error_set(error, CUR_ERROR_IO, "a message cannot be read");
}

/* A file that went meanwhile or has another size leaves the message to be fetched. */
static gboolean make_one(struct incoming *in, struct arrival *a, GError **error)
{
	int fd = open(a->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	guint64 size = 0;
	gboolean ok;

	if (!file)
		return TRUE;
	ok = incoming_begin(in, error) && put_file(in, file, &size, error);
	fclose(file);
	if (!ok)
		return FALSE;
	a->made = size == a->size;
	if (a->made)
		return incoming_end(in, &a->facts, error) &&
		       (!incoming_is_full(in) || incoming_commit(in, error));
	incoming_cancel(in);
	return TRUE;
}

/* Those that a question was asked about: [from, to). */
static gboolean make(struct elsewhere *e, struct incoming *in, guint from, guint to, GError **error)
{
	for (guint i = from; i < to; i++) {
		struct arrival *a = arrival_at(e, i);

		if (a->path && is_same(a) && !make_one(in, a, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean make_all(struct elsewhere *e, struct incoming *in, GError **error)
{
	struct imap *imap = e->r->imap;

	for (guint at = 0; at < e->arrivals->len;) {
		guint from = at;
		auto_ptr(seqset) uids = find_files(e, &at);

		if (!seqset_is_empty(uids) &&
		    (!imap_fetch_info(imap, uids, TRUE, 0, take_facts, e, error) ||
		     !imap_fetch_field(imap, uids, "MESSAGE-ID", take_message_id, e, error) ||
		     !make(e, in, from, at, error)))
			return FALSE;
	}
	return incoming_commit(in, error);
}

/* ---- the whole -------------------------------------------------------------------------- */

static void leave_the_others(struct elsewhere *e, GArray *fresh)
{
	guint kept = 0;

	for (guint i = 0; i < fresh->len; i++) {
		guint32 uid = g_array_index(fresh, guint32, i);
		const struct arrival *a = arrival_of(e, uid);

		if (!a || !a->made)
			g_array_index(fresh, guint32, kept++) = uid;
	}
	g_array_set_size(fresh, kept);
}

struct elsewhere *elsewhere_take(struct round *r, const struct state_mailbox *mb,
				 struct vocabulary *words, GArray *fresh, guint *n_unseen,
				 GError **error)
{
	auto_ptr(elsewhere) e = elsewhere_new(r, mb, words);
	auto_ptr(incoming) in = NULL;

	if (!fresh->len || !imap_has_objects(r->imap) || !has_other_folders(e))
		return g_steal_pointer(&e);
	in = incoming_open(r->store, mb, r->assumed, error);
	if (!in || !ask_ids(e, fresh, error) || !make_all(e, in, error))
		return NULL;
	leave_the_others(e, fresh);
	*n_unseen += incoming_n_unseen(in);
	return g_steal_pointer(&e);
}

static gboolean note_slice(const struct elsewhere *e, guint from, guint to, GError **error)
{
	gboolean ok = store_begin(e->r->store, error);

	if (!ok)
		return FALSE;
	for (guint i = from; ok && i < to; i++)
		ok = state_set_object(store_state(e->r->store), e->mb->number,
				      arrival_at(e, i)->uid, arrival_at(e, i)->object, error);
	return round_commit(e->r, ok, "elsewhere-noted", error);
}

gboolean elsewhere_note(const struct elsewhere *e, GError **error)
{
	for (guint from = 0; from < e->arrivals->len; from += SLICE)
		if (!note_slice(e, from, MIN(from + SLICE, e->arrivals->len), error))
			return FALSE;
	return TRUE;
}
