/* SPDX-License-Identifier: GPL-3.0-or-later */
/* APPEND, MOVE and COPY, and the look-up after a lost answer (P40, P42, P63, P64, D48). */
#include "transfer.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/step.h"
#include "cur/imap/change.h"
#include "cur/imap/fetch.h"
#include "cur/mail/flags.h"
#include "cur/mail/scan.h"

/* ---- a row gets its UID ----------------------------------------------------------- */

/* The file of a row, though its name may have got ,U= just before a kill. */
static char *current_base(struct maildir *md, const struct state_message *msg, guint32 uid)
{
	g_autofree char *path = maildir_find(md, msg->base, msg->mark, NULL);
	auto_ptr(maildir_scan) scan = NULL;

	if (path)
		return g_strdup(msg->base);
	scan = maildir_scan(md, NULL);
	for (gsize i = 0; scan && i < maildir_scan_n(scan); i++)
		if (maildir_scan_entry(scan, i)->uid == uid)
			return g_strdup(maildir_scan_entry(scan, i)->base);
	return NULL;
}

/* The file's new name, durable; NULL with GONE when there is no file. Yours. */
static char *name_with_uid(struct maildir *md, const struct state_message *msg, guint32 uid,
			   GError **error)
{
	g_autofree char *base = current_base(md, msg, uid), *named = NULL;

	if (!base) {
		error_set(error, CUR_ERROR_GONE, "the file of '%s' is gone", msg->base);
		return NULL;
	}
	if (maildir_name_uid(base) == uid)
		return g_steal_pointer(&base);
	if (!maildir_set_uid(md, base, msg->mark, uid, &named, error) || !maildir_sync(md, error))
		return NULL;
	return g_steal_pointer(&named);
}

/* Within a change: row, cache and steps of a message that has arrived. */
static gboolean record_uid(struct round *r, struct maildir *md, struct state_message *msg,
			   const char *base, GError **error)
{
	g_autofree char *path = maildir_find(md, base, msg->mark, error), *text = NULL;
	struct scan_hints hints = {.file = base,
				   .lid = msg->lid,
				   .date_received = msg->date_received,
				   .assumed = r->assumed};
	gboolean differs = (msg->mark & FLAG_ALL) != msg->agreed;
	struct row row;
	gsize n;

	if (!path || !scan_file(path, &hints, &row, &text, &n, error))
		return FALSE;
	msg->base = base;
	msg->mark = differs ? msg->mark | MARK_PENDING : msg->mark & ~(mark_t)MARK_PENDING;
	if (!store_replace(r->store, msg, &row, text, n, error))
		return FALSE;
	return !differs || steps_add(r->store, r->account->name, STEP_FLAGS, msg->mailbox, msg->lid,
				     NULL, error);
}

static gboolean bind(struct round *r, const struct state_mailbox *mb, const struct step *s,
		     guint32 uid, mark_t agreed, GError **error)
{
	auto_ptr(maildir) md = maildir_open(mb->path, error);
	g_autofree struct state_message *msg = NULL;
	g_autofree char *base = NULL;
	g_autoptr(GError) failed = NULL;
	gboolean ok;

	if (!md || !store_begin(r->store, error))
		return FALSE;
	msg = state_message(store_state(r->store), s->mailbox, s->lid);
	ok = state_drop_step(store_state(r->store), s->id, error);
	if (ok && msg) {
		base = name_with_uid(md, msg, uid, &failed);
		msg->uid = uid;
		msg->agreed = agreed & FLAG_ALL;
		/* Without its file it will be missed by the next scans, and then expunged. */
		ok = base ? record_uid(r, md, msg, base, error) : store_put(r->store, msg, error);
	}
	return round_commit(r, ok, "transfer-bound", error);
}

static gboolean set_state(struct round *r, const struct step *s, enum step_state state,
			  const char *data, const char *words, GError **error)
{
	return store_begin(r->store, error) &&
	       round_commit(r, steps_set(r->store, s, state, data, words, error), "transfer-set",
			    error);
}

static gboolean drop(struct round *r, const struct step *s, GError **error)
{
	return store_begin(r->store, error) &&
	       round_commit(r, state_drop_step(store_state(r->store), s->id, error),
			    "transfer-dropped", error);
}

/* D48: what was to be moved or copied is there no more; the file here goes there instead. */
static gboolean append_instead(struct round *r, const struct step *s, GError **error)
{
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	ok = state_drop_step(store_state(r->store), s->id, error) &&
	     steps_add(r->store, r->account->name, STEP_APPEND, s->mailbox, s->lid, NULL, error);
	return round_commit(r, ok, "transfer-append-instead", error);
}

/* ---- looking ------------------------------------------------------------------------ */

static char *message_id(struct round *r, const struct state_mailbox *mb, const struct step *s)
{
	auto_ptr(maildir) md = maildir_open(mb->path, NULL);
	g_autofree struct state_message *msg = NULL;
	g_autofree char *path = NULL, *text = NULL;
	struct scan_hints hints = {0};
	struct envelope env;
	struct row row;
	gsize n;

	store_lock(r->store);
	msg = state_message(store_state(r->store), s->mailbox, s->lid);
	store_unlock(r->store);
	if (md && msg)
		path = maildir_find(md, msg->base, msg->mark, NULL);
	if (!path || !scan_file(path, &hints, &row, &text, &n, NULL))
		return NULL;
	envelope_init(&env, text, n);
	return *env.field[ENV_MESSAGE_ID] ? g_strdup(env.field[ENV_MESSAGE_ID]) : NULL;
}

/* The first UID with that id that no row has; 0: none. FALSE: the question failed. */
static gboolean find_uid(struct round *r, const struct state_mailbox *mb, const char *id,
			 guint32 *uid, GError **error)
{
	struct imap_selected sel;
	auto_ptr(seqset) found = NULL;
	guint32 first = 1;

	*uid = 0;
	if (!imap_select(r->imap, mb->server_name, FALSE, &sel, error))
		return FALSE;
	if (sel.uidvalidity == mb->uidvalidity && mb->uidnext)
		first = mb->uidnext;
	found = imap_search_header(r->imap, first, "Message-ID", id, error);
	if (!found)
		return FALSE;
	store_lock(r->store);
	for (guint32 u = 0; !*uid && (u = seqset_next(found, u));) {
		g_autofree struct state_message *msg =
		    state_message_by_uid(store_state(r->store), mb->number, u);

		if (!msg)
			*uid = u;
	}
	store_unlock(r->store);
	return TRUE;
}

/* TRUE in *there when the message that is to be moved still is where it was. */
static gboolean source_is_there(struct round *r, const struct step_source *src, gboolean *there,
				GError **error)
{
	g_autofree struct state_mailbox *from = round_mailbox(r, src->mailbox, NULL);
	auto_ptr(seqset) found = NULL;
	struct imap_selected sel;

	*there = FALSE;
	if (!from)
		return TRUE;
	if (!imap_select(r->imap, from->server_name, FALSE, &sel, error))
		return FALSE;
	if (sel.uidvalidity != src->uidvalidity)
		return TRUE;
	found = imap_search_uids(r->imap, src->uid, src->uid, error);
	if (!found)
		return FALSE;
	*there = seqset_has(found, src->uid);
	return TRUE;
}

/* Copied, but killed before the source was expunged: that is still to do. */
static gboolean expunge_source(struct round *r, const struct step_source *src, GError **error)
{
	struct step_doom doom = {
	    .uidvalidity = src->uidvalidity, .uid = src->uid, .how = DOOM_USER};
	g_autofree char *data = step_doom_format(&doom);

	return store_begin(r->store, error) &&
	       round_commit(r,
			    steps_add(r->store, r->account->name, STEP_EXPUNGE, src->mailbox, 0,
				      data, error),
			    "transfer-expunge", error);
}

static gboolean look_elsewhere(struct round *r, const struct step *s, const char *id, gboolean done,
			       GError **error)
{
	struct step_source src;
	gboolean there;

	if (done || (!id && !strcmp(s->kind, STEP_APPEND))) {
		hub_note(r->hub, HUB_WARNING, r->account->name,
			 "a message was handed to the server, but it does not tell where it is; "
			 "the copy here is kept");
		return set_state(r, s, STEP_STUCK, NULL, "cannot be found at the server", error);
	}
	if (!step_source_parse(s->data, &src) || !strcmp(s->kind, STEP_APPEND))
		return set_state(r, s, STEP_WAITING, NULL, NULL, error);
	if (!source_is_there(r, &src, &there, error))
		return FALSE;
	return there ? set_state(r, s, STEP_WAITING, NULL, NULL, error)
		     : append_instead(r, s, error);
}

static mark_t agreed_of(struct round *r, const struct step *s)
{
	struct step_source src;
	g_autofree struct state_message *msg = NULL;

	if (strcmp(s->kind, STEP_APPEND) && step_source_parse(s->data, &src))
		return src.agreed;
	store_lock(r->store);
	msg = state_message(store_state(r->store), s->mailbox, s->lid);
	store_unlock(r->store);
	return msg ? msg->agreed : 0;
}

static gboolean look(struct round *r, const struct step *s, gboolean done, GError **error)
{
	g_autofree struct state_mailbox *mb = round_mailbox(r, s->mailbox, NULL);
	g_autofree char *id = mb ? message_id(r, mb, s) : NULL;
	struct step_source src;
	gboolean there = FALSE;
	guint32 uid = 0;

	if (!mb)
		return drop(r, s, error);
	if (id && !find_uid(r, mb, id, &uid, error))
		return FALSE;
	if (!uid)
		return look_elsewhere(r, s, id, done, error);
	if (!strcmp(s->kind, STEP_MOVE) && step_source_parse(s->data, &src) &&
	    (!source_is_there(r, &src, &there, error) ||
	     (there && !expunge_source(r, &src, error))))
		return FALSE;
	return bind(r, mb, s, uid, agreed_of(r, s), error);
}

gboolean transfer_look(struct round *r, const struct step *s, GError **error)
{
	g_autoptr(GError) failed = NULL;

	if (look(r, s, FALSE, &failed))
		return TRUE;
	/* The mailbox is gone or says no: the step is no reason to stop all others. */
	if (imap_is_alive(r->imap) && !waker_is_stopped(r->waker) &&
	    (error_is(failed, CUR_ERROR_REFUSED) || error_is(failed, CUR_ERROR_GONE)))
		return set_state(r, s, STEP_STUCK, NULL, failed->message, error);
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* ---- APPEND --------------------------------------------------------------------------- */

static gboolean send_file(struct round *r, const struct state_mailbox *mb,
			  const struct state_message *msg, int fd, const struct step *s,
			  GError **error)
{
	struct imap_append a = {.name = mb->server_name,
				.flags = msg->mark & FLAG_ALL,
				.internal_date = msg->date_received,
				.fd = fd};
	guint32 uidvalidity = 0, uid = 0;
	gboolean fits;

	if (!imap_append(r->imap, &a, &uidvalidity, &uid, error))
		return FALSE;
	step_point("append-done");
	fits = uid && (!mb->uidvalidity || uidvalidity == mb->uidvalidity);
	return fits ? bind(r, mb, s, uid, a.flags, error) : look(r, s, TRUE, error);
}

/*
 * Flags as sent are what both sides have, should the answer be lost. The row as it is now,
 * yours; NULL without an error when there is nothing to append any more.
 */
static struct state_message *mark_append_sent(struct round *r, const struct step *s, GError **error)
{
	g_autofree struct state_message *msg = NULL;
	gboolean ok = store_begin(r->store, error), waits;

	if (!ok)
		return NULL;
	msg = state_message(store_state(r->store), s->mailbox, s->lid);
	waits = msg && !msg->uid;
	if (waits) {
		msg->agreed = msg->mark & FLAG_ALL;
		ok = store_put(r->store, msg, error) &&
		     steps_set(r->store, s, STEP_SENT, NULL, NULL, error);
	} else {
		ok = state_drop_step(store_state(r->store), s->id, error);
	}
	return round_commit(r, ok, "append-sent", error) && waits ? g_steal_pointer(&msg) : NULL;
}

gboolean transfer_append(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			 GError **error)
{
	const struct step *s = g_ptr_array_index(steps, 0);
	auto_ptr(maildir) md = maildir_open(mb->path, error);
	g_autofree struct state_message *msg = NULL;
	g_autofree char *path = NULL;
	g_autoptr(GError) failed = NULL;
	gboolean ok;
	int fd = -1;

	if (!md)
		return FALSE;
	msg = mark_append_sent(r, s, &failed);
	if (!msg) {
		if (failed)
			g_propagate_error(error, g_steal_pointer(&failed));
		return !failed;
	}
	path = maildir_find(md, msg->base, msg->mark, NULL);
	if (path)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	/* D56: taken away meanwhile: the scan tells what became of it. */
	if (fd < 0)
		return drop(r, s, error);
	ok = send_file(r, mb, msg, fd, s, error);
	close(fd);
	return ok;
}

/* ---- MOVE and COPY ---------------------------------------------------------------------- */

struct transfer {
	struct round *r;
	const struct state_mailbox *to;
	struct state_mailbox *from;
	GPtrArray *steps; /* struct step *, those that can be done */
	struct seqset *uids;
	gboolean move;
	struct imap_copied copied;
};

/* Steps that name another generation of the source are appended instead. */
static gboolean choose(struct transfer *t, const GPtrArray *steps, guint32 uidvalidity,
		       GError **error)
{
	for (guint i = 0; i < steps->len; i++) {
		struct step *s = g_ptr_array_index(steps, i);
		struct step_source src;

		if (step_source_parse(s->data, &src) && src.uidvalidity == uidvalidity) {
			g_ptr_array_add(t->steps, s);
			seqset_add(t->uids, src.uid);
		} else if (!append_instead(t->r, s, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

static gboolean mark_all_sent(struct transfer *t, GError **error)
{
	gboolean ok = store_begin(t->r->store, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < t->steps->len; i++)
		ok = steps_set(t->r->store, g_ptr_array_index(t->steps, i), STEP_SENT, NULL, NULL,
			       error);
	return round_commit(t->r, ok, "move-sent", error);
}

/* P40: COPY was tagged OK, so the source may go: exactly these UIDs. */
static gboolean remove_copied(struct transfer *t, GError **error)
{
	struct imap *imap = t->r->imap;

	if (!imap_store(imap, t->uids, TRUE, FLAG_TRASHED, NULL, 0, NULL, NULL, NULL, error))
		return FALSE;
	if (imap_has(imap, IMAP_UIDPLUS))
		return imap_expunge(imap, t->uids, error);
	hub_note(t->r->hub, HUB_WARNING, t->from->account,
		 "the server can neither move nor expunge single messages: in %s they stay, marked "
		 "deleted",
		 t->from->folder);
	return TRUE;
}

static gboolean command(struct transfer *t, GError **error)
{
	struct imap *imap = t->r->imap;

	if (t->move && imap_has(imap, IMAP_MOVE))
		return imap_move(imap, t->uids, t->to->server_name, &t->copied, error);
	if (!imap_copy(imap, t->uids, t->to->server_name, &t->copied, error))
		return FALSE;
	step_point("move-copied");
	return !t->move || remove_copied(t, error);
}

static gboolean settle(struct transfer *t, GError **error)
{
	gboolean fits = t->copied.uidvalidity &&
			(!t->to->uidvalidity || t->copied.uidvalidity == t->to->uidvalidity);

	for (guint i = 0; i < t->steps->len; i++) {
		struct step *s = g_ptr_array_index(t->steps, i);
		struct step_source src;
		guint32 uid = 0;

		if (fits && step_source_parse(s->data, &src))
			uid = imap_copied_uid(&t->copied, src.uid);
		if (!(uid ? bind(t->r, t->to, s, uid, src.agreed, error)
			  : transfer_look(t->r, s, error)))
			return FALSE;
	}
	return TRUE;
}

static gboolean run(struct transfer *t, const GPtrArray *steps, GError **error)
{
	struct imap_selected sel;

	if (!imap_select(t->r->imap, t->from->server_name, FALSE, &sel, error) ||
	    !choose(t, steps, sel.uidvalidity, error))
		return FALSE;
	if (!t->steps->len)
		return TRUE;
	if (!mark_all_sent(t, error) || !command(t, error))
		return FALSE;
	step_point("move-done");
	return settle(t, error);
}

static gboolean transfer(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			 gboolean move, GError **error)
{
	const struct step *first = g_ptr_array_index(steps, 0);
	struct transfer t = {.r = r, .to = mb, .move = move};
	struct step_source src = {0};
	gboolean ok;

	step_source_parse(first->data, &src);
	t.from = round_mailbox(r, src.mailbox, NULL);
	if (!t.from)
		return append_instead(r, first, error);
	t.steps = g_ptr_array_new();
	t.uids = seqset_new();
	ok = run(&t, steps, error);
	imap_copied_clear(&t.copied);
	seqset_free(t.uids);
	g_ptr_array_unref(t.steps);
	g_free(t.from);
	return ok;
}

gboolean transfer_move(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		       GError **error)
{
	return transfer(r, mb, steps, TRUE, error);
}

gboolean transfer_copy(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
		       GError **error)
{
	return transfer(r, mb, steps, FALSE, error);
}
