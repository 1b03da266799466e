/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A UID and a file are the same message when size on the wire and date of arrival
 * are the same; with another date only when the server finds the Message-ID at that
 * UID. What is in doubt is fetched: a duplicate is better than a loss.
 */
#include "adopt.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/imap/fetch.h"
#include "cur/mail/flags.h"
#include "cur/mail/scan.h"
#include "steps.h"

enum { SEARCHES_MAX = 2000, SLICE = 500 };

/* What the server says of a fresh UID. */
struct offer {
	guint32 uid, flags;
	guint64 modseq, size;
	gint64 date;
	gboolean taken;
};

/* A message that is here and wants a UID. */
struct candidate {
	guint32 lid; /* 0: an orphan file without a row */
	char *base;
	mark_t mark;
	guint32 named_uid; /* of the name, orphans only */
	guint64 wire_bytes;
	gint64 date_received;
	struct offer *offer; /* what it was matched with */
};

struct adoption {
	struct round *r;
	const struct state_mailbox *mb;
	struct maildir *md;
	GPtrArray *candidates;
	GArray *offers; /* struct offer, ascending UID */
	guint n_searches;
};

static void candidate_free(void *data)
{
	struct candidate *c = data;

	g_free(c->base);
	g_free(c);
}

/* Bytes with CRLF line ends, as the server counts; 0 when the file cannot be read. */
static guint64 wire_bytes_of(const char *path, gint64 *mtime)
{
	char buffer[1 << 16];
	struct stat st;
	guint64 bytes = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return 0;
	}
	*mtime = st.st_mtime;
	while ((n = read(fd, buffer, sizeof buffer)) > 0) {
		bytes += (guint64)n;
		for (const char *p = buffer; (p = memchr(p, '\n', (gsize)(buffer + n - p))); p++)
			bytes++;
	}
	close(fd);
	return n < 0 ? 0 : bytes;
}

static void add_orphan(struct adoption *a, const struct orphan *o)
{
	g_autofree char *path = maildir_find(a->md, o->base, o->mark, NULL);
	struct candidate *c;

	if (!path)
		return;
	c = g_new0(struct candidate, 1);
	c->base = g_strdup(o->base);
	c->mark = o->mark;
	c->named_uid = o->uid;
	c->wire_bytes = wire_bytes_of(path, &c->date_received);
	g_ptr_array_add(a->candidates, c);
}

static gboolean add_unbound(const struct state_message *msg, void *data)
{
	struct adoption *a = data;
	struct candidate *c;

	/* What waits to be appended or moved is matched by its own step. */
	if (state_has_step(store_state(a->r->store), msg->mailbox, msg->lid))
		return TRUE;
	c = g_new0(struct candidate, 1);
	c->lid = msg->lid;
	c->base = g_strdup(msg->base);
	c->mark = msg->mark;
	c->wire_bytes = msg->size_bytes;
	c->date_received = msg->date_received;
	g_ptr_array_add(a->candidates, c);
	return TRUE;
}

/* A row of a message born here has the size of its file, not that of the wire. */
static void measure_unsent(struct adoption *a)
{
	for (guint i = 0; i < a->candidates->len; i++) {
		struct candidate *c = g_ptr_array_index(a->candidates, i);
		g_autofree char *path = maildir_find(a->md, c->base, c->mark, NULL);
		struct stat st;
		gint64 mtime;

		if (path && stat(path, &st) == 0 && (guint64)st.st_size == c->wire_bytes)
			c->wire_bytes = wire_bytes_of(path, &mtime);
	}
}

static gboolean take_offer(const struct imap_info *info, void *data, GError **error)
{
	struct offer o = {.uid = info->uid,
			  .flags = info->flags,
			  .modseq = info->modseq,
			  .size = info->size_bytes,
			  .date = info->internal_date};

	g_array_append_val(data, o);
	return TRUE;
}

static int offers_by_uid(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static gboolean ask(struct adoption *a, const GArray *fresh, GError **error)
{
	auto_ptr(seqset) uids = seqset_new();

	for (guint i = 0; i < fresh->len; i++)
		seqset_add(uids, g_array_index(fresh, guint32, i));
	if (!imap_fetch_info(a->r->imap, uids, TRUE, 0, take_offer, a->offers, error))
		return FALSE;
	g_array_sort(a->offers, offers_by_uid);
	return TRUE;
}

/* ---- recording ------------------------------------------------------------------ */

static gboolean record(struct adoption *a, const struct candidate *c, const struct offer *o,
		       const char *base, GError **error)
{
	g_autofree struct state_message *old = NULL;
	g_autofree char *path = maildir_find(a->md, base, c->mark, error), *text = NULL;
	struct scan_hints hints = {
	    .file = base, .date_received = o->date, .assumed = a->r->assumed};
	struct state_message msg = {.mailbox = a->mb->number, .mark = c->mark};
	gsize text_n;
	struct row row;

	if (!path || !scan_file(path, &hints, &row, &text, &text_n, error))
		return FALSE;
	if (c->lid)
		old = state_message(store_state(a->r->store), a->mb->number, c->lid);
	if (old)
		msg = *old;
	msg.uid = o->uid;
	msg.agreed = o->flags & FLAG_ALL;
	msg.modseq = o->modseq;
	msg.id_hash = row.id_hash;
	msg.size_bytes = (guint32)MIN(o->size, G_MAXUINT32);
	msg.date_received = row.date_received;
	msg.base = base;
	row.lid = msg.lid;
	if (!(old ? store_replace(a->r->store, &msg, &row, text, text_n, error)
		  : store_add(a->r->store, &msg, &row, text, text_n, error)))
		return FALSE;
	if (!((msg.mark ^ msg.agreed) & FLAG_ALL))
		return TRUE;
	return store_mark(a->r->store, a->mb->number, msg.lid, msg.mark | MARK_PENDING, error) &&
	       steps_add(a->r->store, a->mb->account, STEP_FLAGS, a->mb->number, msg.lid, NULL,
			 error);
}

/*
 * Flags set there stay set: nobody knows which side moved, so the union. A message still in
 * new/ with flags there moves to cur/.
 */
static gboolean unite_flags(struct adoption *a, struct candidate *c, const struct offer *o,
			    GError **error)
{
	mark_t to = c->mark | (o->flags & FLAG_ALL);

	if (to & FLAG_ALL)
		to &= ~(mark_t)MARK_NEW;
	if (to == c->mark)
		return TRUE;
	if (!maildir_set_mark(a->md, c->base, c->mark, to, error))
		return FALSE;
	c->mark = to;
	return TRUE;
}

static gboolean bind(struct adoption *a, struct candidate *c, GError **error)
{
	const struct offer *o = c->offer;
	g_autofree char *base = NULL;

	if (!unite_flags(a, c, o, error))
		return FALSE;
	if (c->named_uid == o->uid)
		base = g_strdup(c->base);
	else if (!maildir_set_uid(a->md, c->base, c->mark, o->uid, &base, error))
		return FALSE;
	return record(a, c, o, base, error);
}

/* ---- matching --------------------------------------------------------------------- */

static struct offer *offer_of(struct adoption *a, guint32 uid)
{
	struct offer key = {.uid = uid};

	if (a->offers->len == 0)
		return NULL;
	return bsearch(&key, a->offers->data, a->offers->len, sizeof key, offers_by_uid);
}

static guint candidate_hash(const void *p)
{
	const struct candidate *c = p;

	return (guint)(c->wire_bytes * 2654435761u);
}

static gboolean candidate_equal(const void *a, const void *b)
{
	return ((const struct candidate *)a)->wire_bytes ==
	       ((const struct candidate *)b)->wire_bytes;
}

/* Candidates of one size, in a list each. */
static GHashTable *sort_by_size(struct adoption *a)
{
	GHashTable *sizes = g_hash_table_new_full(candidate_hash, candidate_equal, NULL,
						  (GDestroyNotify)g_ptr_array_unref);

	for (guint i = 0; i < a->candidates->len; i++) {
		struct candidate *c = g_ptr_array_index(a->candidates, i);
		GPtrArray *same = g_hash_table_lookup(sizes, c);

		if (c->offer)
			continue;
		if (!same)
			g_hash_table_insert(sizes, c, same = g_ptr_array_new());
		g_ptr_array_add(same, c);
	}
	return sizes;
}

static struct candidate *same_date(const GPtrArray *same, const struct offer *o)
{
	for (guint i = 0; same && i < same->len; i++) {
		struct candidate *c = g_ptr_array_index(same, i);

		if (!c->offer && c->date_received == o->date)
			return c;
	}
	return NULL;
}

static char *message_id_of(struct adoption *a, const struct candidate *c)
{
	g_autofree char *path = maildir_find(a->md, c->base, c->mark, NULL), *text = NULL;
	struct scan_hints hints = {.file = c->base};
	struct envelope env;
	struct row row;
	gsize n;

	if (!path || !scan_file(path, &hints, &row, &text, &n, NULL))
		return NULL;
	envelope_init(&env, text, n);
	return *env.field[ENV_MESSAGE_ID] ? g_strdup(env.field[ENV_MESSAGE_ID]) : NULL;
}

/* The server's word that a Message-ID is at a UID. *error only when the session broke. */
static struct candidate *same_id(struct adoption *a, const GPtrArray *same, const struct offer *o,
				 GError **error)
{
	for (guint i = 0; same && i < same->len && a->n_searches < SEARCHES_MAX; i++) {
		struct candidate *c = g_ptr_array_index(same, i);
		g_autofree char *id = c->offer ? NULL : message_id_of(a, c);
		auto_ptr(seqset) found = NULL;

		if (!id)
			continue;
		a->n_searches++;
		found = imap_search_header(a->r->imap, 1, "Message-ID", id, error);
		if (!found)
			return NULL;
		if (seqset_has(found, o->uid))
			return c;
	}
	return NULL;
}

static void pair(struct candidate *c, struct offer *o)
{
	c->offer = o;
	o->taken = TRUE;
}

/* One pass over the offers; `by_id` asks the server where the date says nothing. */
static gboolean match(struct adoption *a, gboolean by_id, GError **error)
{
	g_autoptr(GHashTable) sizes = sort_by_size(a);

	for (guint i = 0; i < a->offers->len; i++) {
		struct offer *o = &g_array_index(a->offers, struct offer, i);
		struct candidate key = {.wire_bytes = o->size};
		GPtrArray *same = o->taken ? NULL : g_hash_table_lookup(sizes, &key);
		g_autoptr(GError) failed = NULL;
		struct candidate *c;

		c = by_id ? same_id(a, same, o, &failed) : same_date(same, o);
		if (failed && !imap_is_alive(a->r->imap)) {
			g_propagate_error(error, g_steal_pointer(&failed));
			return FALSE;
		}
		if (c)
			pair(c, o);
	}
	return TRUE;
}

/* The batch that a kill left behind: UID in the name, same size; nothing else to ask. */
static void match_named(struct adoption *a)
{
	for (guint i = 0; i < a->candidates->len; i++) {
		struct candidate *c = g_ptr_array_index(a->candidates, i);
		struct offer *o = c->named_uid ? offer_of(a, c->named_uid) : NULL;

		if (o && !o->taken && c->wire_bytes == o->size)
			pair(c, o);
	}
}

static gboolean bind_all(struct adoption *a, GError **error)
{
	for (guint i = 0; i < a->candidates->len; i += SLICE) {
		gboolean ok = store_begin(a->r->store, error);

		if (!ok)
			return FALSE;
		for (guint k = i; ok && k < MIN(i + SLICE, a->candidates->len); k++) {
			struct candidate *c = g_ptr_array_index(a->candidates, k);

			ok = !c->offer || bind(a, c, error);
		}
		ok = ok && maildir_sync(a->md, error);
		if (!round_commit(a->r, ok, "adopted", error))
			return FALSE;
	}
	return TRUE;
}

/* D57: a UID from elsewhere; without it the next scan sees a new message. */
static gboolean release_orphans(struct adoption *a, GError **error)
{
	for (guint i = 0; i < a->candidates->len; i++) {
		struct candidate *c = g_ptr_array_index(a->candidates, i);
		g_autofree char *base = NULL;

		if (c->offer || c->lid)
			continue;
		if (!maildir_set_uid(a->md, c->base, c->mark, 0, &base, NULL))
			continue;
		waker_poke(a->r->waker);
	}
	return maildir_sync(a->md, error);
}

static void leave_rest(struct adoption *a, GArray *fresh)
{
	guint kept = 0;

	for (guint i = 0; i < fresh->len; i++) {
		guint32 uid = g_array_index(fresh, guint32, i);
		const struct offer *o = offer_of(a, uid);

		if (!o || !o->taken)
			g_array_index(fresh, guint32, kept++) = uid;
	}
	g_array_set_size(fresh, kept);
}

static gboolean run(struct adoption *a, const GPtrArray *orphans, GArray *fresh, GError **error)
{
	gboolean ok;

	for (guint i = 0; i < orphans->len; i++)
		add_orphan(a, g_ptr_array_index(orphans, i));
	store_lock(a->r->store);
	ok = state_messages_unbound(store_state(a->r->store), a->mb->number, add_unbound, a, error);
	store_unlock(a->r->store);
	if (!ok || !a->candidates->len)
		return ok;
	if (fresh->len) {
		measure_unsent(a);
		if (!ask(a, fresh, error))
			return FALSE;
	}
	match_named(a);
	if (!match(a, FALSE, error) || !match(a, TRUE, error) || !bind_all(a, error))
		return FALSE;
	leave_rest(a, fresh);
	return release_orphans(a, error);
}

gboolean adopt(struct round *r, const struct state_mailbox *mb, const GPtrArray *orphans,
	       GArray *fresh, GError **error)
{
	struct adoption a = {.r = r, .mb = mb, .md = maildir_open(mb->path, error)};
	gboolean ok;

	if (!a.md)
		return FALSE;
	a.candidates = g_ptr_array_new_with_free_func(candidate_free);
	a.offers = g_array_new(FALSE, FALSE, sizeof(struct offer));
	ok = run(&a, orphans, fresh, error);
	g_ptr_array_unref(a.candidates);
	g_array_unref(a.offers);
	maildir_close(a.md);
	return ok;
}
