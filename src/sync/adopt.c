/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is here is measured, what the server has is asked, and what matches nothing is let go. */
#include "adopt.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adopt-private.h"
#include "cur/base/error.h"
#include "cur/base/step.h"
#include "cur/imap/fetch.h"
#include "cur/imap/mailbox.h"
#include "cur/mail/partial.h"
#include "cur/mail/scan.h"
#include "reconcile.h"
#include "steps.h"
#include "unrecorded.h"

enum { TUID_CHARS = 12, TUID_BYTES = 8 + TUID_CHARS + 2 };

static void candidate_free(void *data)
{
	struct candidate *c = data;

	g_clear_pointer(&c->header, delivery_free);
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

char *adoption_read_header(struct adoption *a, const struct candidate *c, struct row *row,
			   gsize *text_n)
{
	g_autofree char *path = maildir_find(a->md, c->base, c->mark, NULL);
	struct scan_hints hints = {.file = c->base};
	char *text;

	return path && scan_file(path, &hints, row, &text, text_n, NULL) ? text : NULL;
}

/* mbsync marks the copies it makes, on whichever side, with "X-TUID: " and twelve characters. */
static gboolean has_tuid(const char *path)
{
	static const char field[] = "\nX-TUID: ";
	char buffer[1 << 16], *end, *at;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, buffer, sizeof buffer - 1);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return FALSE;
	buffer[n] = 0;
	end = strstr(buffer, "\n\n");
	if (end)
		end[1] = 0;
	at = strstr(buffer, field);
	return at && strcspn(at + strlen(field), "\n") == TUID_CHARS;
}

static void add_orphan(struct adoption *a, const struct orphan *o)
{
	g_autofree char *path = maildir_find(a->md, o->base, o->mark, NULL), *text = NULL;
	struct candidate *c;
	struct row row;
	gsize n;

	if (!path)
		return;
	c = g_new0(struct candidate, 1);
	c->base = g_strdup(o->base);
	c->mark = o->mark;
	c->named_uid = o->uid;
	c->gone = o->gone;
	c->wire_bytes = wire_bytes_of(path, &c->date_received);
	c->other_bytes = has_tuid(path) ? c->wire_bytes - TUID_BYTES : c->wire_bytes + TUID_BYTES;
	text = adoption_read_header(a, c, &row, &n);
	c->id = text ? row.id_hash : 0;
	/* Of a header without its text it is the size of the whole that tells. */
	c->partial = text && row.kind & ROW_PARTIAL;
	if (c->partial)
		c->wire_bytes = c->other_bytes = row.size_bytes;
	g_ptr_array_add(a->candidates, c);
}

static gboolean add_unbound(const struct state_message *msg, void *data)
{
	struct adoption *a = data;
	struct candidate *c;

	/* What waits to be appended or moved is matched by its own step; flags wait for the UID. */
	if (state_has_step(store_state(a->r->store), msg->mailbox, msg->lid, STEP_FLAGS))
		return TRUE;
	c = g_new0(struct candidate, 1);
	c->lid = msg->lid;
	c->base = g_strdup(msg->base);
	c->mark = msg->mark;
	c->wire_bytes = msg->size_bytes;
	c->id = msg->id_hash;
	c->date_received = msg->date_received;
	c->partial = msg->partial;
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

		if (path && stat(path, &st) == 0 && (guint64)st.st_size == c->wire_bytes &&
		    !partial_read(path, NULL))
			c->wire_bytes = wire_bytes_of(path, &mtime);
	}
}

/* What the server tells by itself of a change of flags is no answer: the next round hears of it. */
static gboolean take_offer(const struct imap_info *info, void *data, GError **error)
{
	const guint answer = IMAP_INFO_FLAGS | IMAP_INFO_SIZE;
	struct adoption *a = data;
	struct offer o = {.uid = info->uid,
			  .modseq = info->modseq,
			  .size = info->size_bytes,
			  .date = info->internal_date};

	if ((info->has & answer) != answer)
		return TRUE;
	if (!vocabulary_mark(a->words, info->flags, info->keywords, &o.flags, error))
		return FALSE;
	g_array_append_val(a->offers, o);
	return TRUE;
}

static int offers_by_uid(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

/* P35: in order, each once. */
static void tidy_offers(GArray *offers)
{
	guint kept = 0;

	g_array_sort(offers, offers_by_uid);
	for (guint i = 0; i < offers->len; i++) {
		const struct offer *o = &g_array_index(offers, struct offer, i);

		if (!kept || g_array_index(offers, struct offer, kept - 1).uid != o->uid)
			g_array_index(offers, struct offer, kept++) = *o;
	}
	g_array_set_size(offers, kept);
}

static gboolean ask(struct adoption *a, const GArray *fresh, GError **error)
{
	auto_ptr(seqset) uids = seqset_new();

	for (guint i = 0; i < fresh->len; i++)
		seqset_add(uids, g_array_index(fresh, guint32, i));
	if (!imap_fetch_info(a->r->imap, uids, TRUE, 0, take_offer, a, error))
		return FALSE;
	tidy_offers(a->offers);
	return TRUE;
}

static struct offer *offer_of(struct adoption *a, guint32 uid)
{
	struct offer key = {.uid = uid};

	if (a->offers->len == 0)
		return NULL;
	return bsearch(&key, a->offers->data, a->offers->len, sizeof key, offers_by_uid);
}

static gboolean take_id(const struct imap_info *info, void *data, GError **error)
{
	struct offer *o = offer_of(data, info->uid);
	const char *field = info->has & IMAP_INFO_FIELD ? info->field : "";
	guint64 id = scan_message_id(field, strlen(field));

	if (o && id)
		o->id = id;
	return TRUE;
}

/* Asked only for those of a size that is here. */
static gboolean ask_ids(struct adoption *a, GError **error)
{
	g_autoptr(GHashTable) sizes = g_hash_table_new(g_int64_hash, g_int64_equal);
	auto_ptr(seqset) uids = seqset_new();

	for (guint i = 0; i < a->candidates->len; i++) {
		struct candidate *c = g_ptr_array_index(a->candidates, i);

		g_hash_table_add(sizes, &c->wire_bytes);
		if (c->other_bytes)
			g_hash_table_add(sizes, &c->other_bytes);
	}
	for (guint i = 0; i < a->offers->len; i++) {
		const struct offer *o = &g_array_index(a->offers, struct offer, i);

		if (g_hash_table_contains(sizes, &o->size))
			seqset_add(uids, o->uid);
	}
	return imap_fetch_field(a->r->imap, uids, "MESSAGE-ID", take_id, a, error);
}

/* G4: a file that keeps the UID from elsewhere waits for the next round. */
static void note_unreleased(struct adoption *a, const GError *failed)
{
	if (error_is(failed, CUR_ERROR_GONE))
		return;
	hub_note(a->r->hub, HUB_WARNING, a->mb->account, "%s", failed->message);
	round_fall_short(a->r, failed);
}

/* D57: a UID from elsewhere; without it the next scan sees a new message. */
static gboolean release(struct adoption *a, const struct candidate *c, GError **error)
{
	g_autofree char *base = NULL;

	if (c->gone)
		return maildir_remove(a->md, c->base, c->mark, error);
	if (!maildir_set_uid(a->md, c->base, c->mark, 0, &base, error))
		return FALSE;
	a->r->unfinished = TRUE;
	return TRUE;
}

static gboolean release_orphans(struct adoption *a, GError **error)
{
	for (guint i = 0; i < a->candidates->len; i++) {
		struct candidate *c = g_ptr_array_index(a->candidates, i);
		g_autoptr(GError) failed = NULL;

		if (!c->offer && !c->lid && !release(a, c, &failed))
			note_unreleased(a, failed);
	}
	if (!maildir_sync(a->md, error))
		return FALSE;
	step_point("adopt-released");
	unrecorded_remove(a->mb);
	return TRUE;
}

static guint n_unmatched(const struct adoption *a)
{
	guint n = 0;

	for (guint i = 0; i < a->candidates->len; i++) {
		const struct candidate *c = g_ptr_array_index(a->candidates, i);

		n += c->lid && !c->offer;
	}
	return n;
}

static gboolean append_again(struct adoption *a, const struct candidate *c, GError **error)
{
	return store_mark(a->r->store, a->mb->number, c->lid, c->mark | MARK_PENDING, error) &&
	       steps_add(a->r->store, a->mb->account, STEP_APPEND, a->mb->number, c->lid, NULL,
			 error);
}

static guint n_rows(struct adoption *a)
{
	guint n;

	store_lock(a->r->store);
	n = state_count_messages(store_state(a->r->store), a->mb->number);
	store_unlock(a->r->store);
	return n;
}

/*
 * In a mailbox made anew, what is here and not there: nobody knows whether it was deleted or
 * lost. A few go back to the server; many, or all, stay here only (P31).
 */
static gboolean return_rest(struct adoption *a, GError **error)
{
	guint n = n_unmatched(a);
	gboolean ok = TRUE;

	if (!n)
		return TRUE;
	if (!imap_selected(a->r->imap)->exists || reconcile_is_massacre(n, n_rows(a))) {
		hub_note(a->r->hub, HUB_WARNING, a->mb->account,
			 "%u messages of %s are not at the server since it was made anew: they "
			 "stay here only",
			 n, a->mb->folder);
		return TRUE;
	}
	if (!store_begin(a->r->store, error))
		return FALSE;
	for (guint i = 0; ok && i < a->candidates->len; i++) {
		const struct candidate *c = g_ptr_array_index(a->candidates, i);

		ok = !c->lid || c->offer || append_again(a, c, error);
	}
	return round_commit(a->r, ok, "adopt-returned", error);
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

static gboolean run(struct adoption *a, const GPtrArray *orphans, gboolean anew, GArray *fresh,
		    GError **error)
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
		if (!ask(a, fresh, error) || !ask_ids(a, error))
			return FALSE;
	}
	adoption_match(a);
	if (!adoption_bind(a, error))
		return FALSE;
	leave_rest(a, fresh);
	return (!anew || return_rest(a, error)) && release_orphans(a, error);
}

gboolean adopt(struct round *r, const struct state_mailbox *mb, struct vocabulary *words,
	       const GPtrArray *orphans, gboolean anew, GArray *fresh, GError **error)
{
	struct adoption a = {.r = r, .mb = mb, .words = words, .md = maildir_open(mb->path, error)};
	gboolean ok;

	if (!a.md)
		return FALSE;
	a.candidates = g_ptr_array_new_with_free_func(candidate_free);
	a.offers = g_array_new(FALSE, FALSE, sizeof(struct offer));
	ok = run(&a, orphans, anew, fresh, error);
	g_ptr_array_unref(a.candidates);
	g_array_unref(a.offers);
	maildir_close(a.md);
	return ok;
}
