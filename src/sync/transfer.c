/* SPDX-License-Identifier: GPL-3.0-or-later */
/* APPEND, MOVE and COPY, and the look-up after a lost answer (P40, P42, P63, P64, D48). */
#include "transfer.h"

#include <errno.h>
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
#include "left.h"
#include "onward.h"
#include "sought.h"
#include "stray.h"
#include "vocabulary.h"

enum {
	SLICE = 100,
	APPENDS = 50, /* messages sent together: each is an open file */
};

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

/* The file's new name, not durable yet; NULL with GONE when there is no file. Yours. */
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
	if (!maildir_set_uid(md, base, msg->mark, uid, &named, error))
		return NULL;
	return g_steal_pointer(&named);
}

/* Within a change: row, cache and steps of a message that has arrived. */
static gboolean record_uid(struct round *r, struct maildir *md, struct state_message *msg,
			   const char *base, mark_t shared, GError **error)
{
	g_autofree char *path = maildir_find(md, base, msg->mark, error), *text = NULL;
	struct scan_hints hints = {.file = base,
				   .lid = msg->lid,
				   .date_received = msg->date_received,
				   .assumed = r->assumed};
	gboolean differs = ((msg->mark ^ msg->agreed) & shared) != 0;
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

/* A message of ours has arrived in a mailbox there. */
struct arrival {
	const struct step *step;
	guint32 uid; /* 0: the server does not tell; the next pull matches it (adopt.h, P64) */
	mark_t agreed;
	guint64 wire_bytes;			  /* 0: as its row says */
	guint32 left_in, left_validity, left_uid; /* P41: its source is only marked; or 0 */
};

/* Whether a row of ours has that UID already. */
enum double_fate { DOUBLE_NONE, DOUBLE_DROPPED, DOUBLE_STRANGER };

/* Gmail copies nothing to where it is already, and names what is there. */
static gboolean drop_double(struct round *r, struct maildir *md, const struct state_message *msg,
			    guint32 uid, enum double_fate *fate, GError **error)
{
	g_autofree struct state_message *there =
	    state_message_by_uid(store_state(r->store), msg->mailbox, uid);

	*fate = DOUBLE_NONE;
	if (!there || there->lid == msg->lid)
		return TRUE;
	*fate = DOUBLE_STRANGER;
	if (there->id_hash != msg->id_hash || !msg->id_hash)
		return TRUE;
	*fate = DOUBLE_DROPPED;
	/* The file first: left without its row it would look like a new message. */
	maildir_remove(md, msg->base, msg->mark, NULL);
	return store_drop(r->store, msg->mailbox, msg->lid, error);
}

/*
 * The server has it, but where is not known: the next pull matches it. A header whose text did not
 * come along has no use: where the text is, it is listed anew.
 */
static gboolean leave_unbound(struct round *r, struct maildir *md, struct state_message *msg,
			      GError **error)
{
	if (msg->partial) {
		maildir_remove(md, msg->base, msg->mark, NULL);
		return store_drop(r->store, msg->mailbox, msg->lid, error);
	}
	msg->mark &= ~(mark_t)MARK_PENDING;
	return store_put(r->store, msg, error);
}

/* A header says where its text is now: another program may move it on. */
static gboolean readdress(struct maildir *md, const struct state_mailbox *mb,
			  const struct state_message *msg, const char *base, GError **error)
{
	struct partial there = {msg->size_bytes, mb->uidvalidity, msg->uid, (char *)mb->name};
	auto_ptr(delivery) d = NULL;
	struct delivery *one;

	/* A folder made in this round has no number yet that would tell it from its like. */
	if (!msg->partial || !mb->uidvalidity)
		return TRUE;
	one = d = stray_readdress(md, base, msg->mark, &there);
	return !d || (delivery_sync(&one, 1, error) && delivery_replace(d, base, msg->mark, error));
}

/* Within a change: the file is renamed, the row and the steps follow. */
static gboolean bind_one(struct round *r, struct maildir *md, const struct state_mailbox *mb,
			 const struct arrival *a, GError **error)
{
	const struct step *s = a->step;
	const mark_t shared = shared_bits(mb);
	g_autofree struct state_message *msg =
	    state_message(store_state(r->store), s->mailbox, s->lid);
	g_autofree char *base = NULL;
	enum double_fate fate;
	g_autoptr(GError) failed = NULL;

	if (!state_drop_step(store_state(r->store), s->id, error) ||
	    (a->left_in && !left_add(r, a->left_in, a->left_validity, a->left_uid, error)))
		return FALSE;
	if (!msg)
		return onward_arrived(r, s, a->uid, error);
	if (!a->uid)
		return leave_unbound(r, md, msg, error);
	if (!drop_double(r, md, msg, a->uid, &fate, error))
		return FALSE;
	if (fate == DOUBLE_DROPPED)
		return TRUE;
	if (fate == DOUBLE_STRANGER)
		return leave_unbound(r, md, msg, error);
	base = name_with_uid(md, msg, a->uid, &failed);
	msg->uid = a->uid;
	/* The size of its file is not that of the wire, and would raise a suspicion (P34). */
	if (a->wire_bytes)
		msg->size_bytes = (guint32)MIN(a->wire_bytes, G_MAXUINT32);
	msg->agreed = a->agreed & shared;
	/* Without its file it will be missed by the next scans, and then expunged. */
	if (!base)
		return store_put(r->store, msg, error);
	return readdress(md, mb, msg, base, error) && record_uid(r, md, msg, base, shared, error);
}

/* Names first, durable, then the commit that records them: a batch of both. */
static gboolean bind(struct round *r, const struct state_mailbox *mb,
		     const struct arrival *arrivals, guint n, GError **error)
{
	auto_ptr(maildir) md = n ? maildir_open(mb->path, error) : NULL;

	for (guint i = 0; i < n; i += SLICE) {
		g_autofree struct state_mailbox *now = NULL;
		gboolean ok = md && store_begin(r->store, error);

		if (!ok)
			return FALSE;
		now = state_mailbox(store_state(r->store), mb->number);
		for (guint k = i; ok && k < MIN(i + SLICE, n); k++)
			ok = bind_one(r, md, now ? now : mb, &arrivals[k], error);
		ok = ok && maildir_sync(md, error);
		if (!round_commit(r, ok, "transfer-bound", error))
			return FALSE;
	}
	return TRUE;
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

/*
 * A header without a text is no message to give to a server. What was its text is gone there, or is
 * listed there under another number: either way this copy has no use.
 */
static gboolean give_up_header(struct round *r, const struct step *s,
			       const struct state_message *msg, GError **error)
{
	g_autofree struct state_mailbox *mb = round_mailbox(r, s->mailbox, NULL);
	auto_ptr(maildir) md = mb ? maildir_open(mb->path, NULL) : NULL;
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	ok = state_drop_step(store_state(r->store), s->id, error) &&
	     store_drop(r->store, s->mailbox, s->lid, error);
	if (!round_commit(r, ok, "transfer-header", error))
		return FALSE;
	hub_note(r->hub, HUB_WARNING, r->account->name,
		 "a message of which only the header was here is not at the server any more");
	if (md)
		maildir_remove(md, msg->base, msg->mark, NULL);
	return TRUE;
}

/* D48: what was to be moved or copied is there no more; the file here goes there instead. */
static gboolean append_instead(struct round *r, const struct step *s, GError **error)
{
	g_autofree struct state_message *msg = NULL;
	gboolean ok;

	store_lock(r->store);
	msg = state_message(store_state(r->store), s->mailbox, s->lid);
	store_unlock(r->store);
	if (msg && msg->partial)
		return give_up_header(r, s, msg, error);
	ok = store_begin(r->store, error);
	if (!ok)
		return FALSE;
	ok = state_drop_step(store_state(r->store), s->id, error) &&
	     steps_add(r->store, r->account->name, STEP_APPEND, s->mailbox, s->lid, NULL, error);
	return round_commit(r, ok, "transfer-append-instead", error);
}

/* ---- looking ------------------------------------------------------------------------ */

static char *message_id(struct round *r, const struct state_mailbox *mb, const struct step *s)
{
	g_autofree struct state_message *msg = NULL;
	char *id;

	store_lock(r->store);
	msg = state_message(store_state(r->store), s->mailbox, s->lid);
	store_unlock(r->store);
	id = msg ? onward_id(mb, msg) : NULL;
	/* Moved or removed since it was sent: then the step alone knows. */
	if (!id && strcmp(s->kind, STEP_APPEND) != 0)
		return onward_word(r->store, s);
	if (!id && *s->data)
		id = g_strdup(s->data);
	return id;
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

static gboolean is_left(struct round *r, const struct step *s)
{
	gboolean left;

	store_lock(r->store);
	left = onward_is_left(r, s);
	store_unlock(r->store);
	return left;
}

/* Its row is gone, and the server was told in vain or not at all. */
static gboolean withdraw(struct round *r, const struct step *s, GError **error)
{
	return store_begin(r->store, error) &&
	       round_commit(r, onward_withdraw(r, s, error), "transfer-withdrawn", error);
}

static gboolean look_elsewhere(struct round *r, const struct state_mailbox *mb,
			       const struct step *s, const char *id, GError **error)
{
	struct step_source src;
	gboolean there;

	/* P64: perhaps it is there; a second copy would be for good. */
	if (!id && !strcmp(s->kind, STEP_APPEND))
		return bind(r, mb, &(struct arrival){.step = s}, 1, error);
	if (!step_source_parse(s->data, &src) || !strcmp(s->kind, STEP_APPEND))
		return set_state(r, s, STEP_WAITING, NULL, NULL, error);
	if (is_left(r, s))
		return withdraw(r, s, error);
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

/* A move or copy that no search finds may be there nevertheless. */
static gboolean look_closer(struct round *r, const struct state_mailbox *mb, const struct step *s,
			    const char *id, guint32 *uid, GError **error)
{
	g_autofree struct state_message *msg = NULL;
	struct imap_selected sel;

	store_lock(r->store);
	msg = state_message(store_state(r->store), s->mailbox, s->lid);
	store_unlock(r->store);
	return !msg || !strcmp(s->kind, STEP_APPEND) ||
	       (imap_select(r->imap, mb->server_name, FALSE, &sel, error) &&
		sought_by_size(r, mb, msg, id != NULL, uid, error));
}

static gboolean look(struct round *r, const struct step *s, GError **error)
{
	g_autofree struct state_mailbox *mb = round_mailbox(r, s->mailbox, NULL);
	g_autofree char *id = mb ? message_id(r, mb, s) : NULL;
	struct step_source src;
	struct imap_selected sel;
	gboolean there = FALSE;
	guint32 uid = 0;

	if (!mb)
		return drop(r, s, error);
	if (id && (!imap_select(r->imap, mb->server_name, FALSE, &sel, error) ||
		   !sought_by_id(r, mb, id, NULL, &uid, error)))
		return FALSE;
	if (!uid && !look_closer(r, mb, s, id, &uid, error))
		return FALSE;
	if (!uid)
		return look_elsewhere(r, mb, s, id, error);
	if (!strcmp(s->kind, STEP_MOVE) && step_source_parse(s->data, &src) &&
	    (!source_is_there(r, &src, &there, error) ||
	     (there && !expunge_source(r, &src, error))))
		return FALSE;
	return bind(r, mb, &(struct arrival){.step = s, .uid = uid, .agreed = agreed_of(r, s)}, 1,
		    error);
}

gboolean transfer_look(struct round *r, const struct step *s, GError **error)
{
	g_autoptr(GError) failed = NULL;

	if (look(r, s, &failed))
		return TRUE;
	/* The mailbox is gone or says no: the step is no reason to stop all others. */
	if (imap_is_alive(r->imap) && !waker_is_stopped(r->waker) &&
	    (error_is(failed, CUR_ERROR_REFUSED) || error_is(failed, CUR_ERROR_GONE))) {
		round_fall_short(r, failed);
		return set_state(r, s, STEP_SENT, NULL, failed->message, error);
	}
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* ---- APPEND --------------------------------------------------------------------------- */

/*
 * The server said OK, but not where it is (no UIDPLUS). What it refuses to tell stays open.
 * `anew`: a SELECT of before may not show it.
 */
static gboolean ask_where(struct round *r, const struct state_mailbox *mb, const struct step *s,
			  const struct seqset *taken, gboolean anew, guint32 *uid, GError **error)
{
	g_autofree char *id = message_id(r, mb, s);
	g_autoptr(GError) failed = NULL;
	struct imap_selected sel;

	*uid = 0;
	if (!id || ((!anew || imap_select(r->imap, mb->server_name, FALSE, &sel, &failed)) &&
		    sought_by_id(r, mb, id, taken, uid, &failed)))
		return TRUE;
	if (imap_is_alive(r->imap))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* Find those whose UID the server did not tell. */
static gboolean find_rest(struct round *r, const struct state_mailbox *mb, GArray *arrivals,
			  GError **error)
{
	auto_ptr(seqset) taken = seqset_new();
	gboolean anew = TRUE;

	for (guint i = 0; i < arrivals->len; i++) {
		struct arrival *a = &g_array_index(arrivals, struct arrival, i);

		if (!a->uid && !ask_where(r, mb, a->step, taken, anew, &a->uid, error))
			return FALSE;
		if (a->uid)
			seqset_add(taken, a->uid);
		/* From the first question on it is the mailbox that is selected. */
		anew = g_strcmp0(imap_selected_name(r->imap), mb->server_name) != 0;
	}
	return TRUE;
}

/* A message on its way there. */
struct outgoing {
	const struct step *step;
	struct state_message *msg;
	struct imap_append append; /* fd -1: it is not to be sent */
	struct imap_appended fate;
};

static void outgoing_clear(void *data)
{
	struct outgoing *o = data;

	g_free(o->msg);
	g_clear_error(&o->fate.refusal);
	if (o->append.fd >= 0)
		close(o->append.fd);
}

/*
 * Within a change: flags as sent are what both sides have, should the answer be lost. FALSE in
 * *waits when there is nothing to append any more.
 */
static gboolean mark_append_sent(struct round *r, struct step *s, struct outgoing *o,
				 gboolean *waits, GError **error)
{
	g_autofree struct state_message *msg =
	    state_message(store_state(r->store), s->mailbox, s->lid);
	g_autofree struct state_mailbox *mb = state_mailbox(store_state(r->store), s->mailbox);
	g_autofree char *id = NULL;

	*waits = FALSE;
	if (!steps_is_there(r->store, s))
		return TRUE;
	*waits = msg && !msg->uid;
	if (!*waits)
		return state_drop_step(store_state(r->store), s->id, error);
	msg->agreed = msg->mark & FLAG_ALL;
	*o = (struct outgoing){.step = s, .append.fd = -1};
	id = onward_id(mb, msg);
	g_free(s->data);
	s->data = id ? g_steal_pointer(&id) : g_strdup("");
	if (!store_put(r->store, msg, error) ||
	    !steps_set(r->store, s, STEP_SENT, s->data, NULL, error))
		return FALSE;
	o->msg = g_steal_pointer(&msg);
	return TRUE;
}

/* Steps [from, to): durable before the first byte goes out. */
static gboolean mark_appends_sent(struct round *r, const GPtrArray *steps, guint from, guint to,
				  GArray *all, GError **error)
{
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	for (guint i = from; ok && i < to; i++) {
		struct outgoing o;
		gboolean waits;

		ok = mark_append_sent(r, g_ptr_array_index(steps, i), &o, &waits, error);
		if (ok && waits)
			g_array_append_val(all, o);
	}
	return round_commit(r, ok, "append-sent", error);
}

/* *fd is -1 when another program took the file away meanwhile; FALSE when it cannot be opened. */
static gboolean open_file(struct maildir *md, const struct state_message *msg, int *fd,
			  GError **error)
{
	g_autoptr(GError) failed = NULL;
	g_autofree char *path = maildir_find(md, msg->base, msg->mark, &failed);

	*fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
	if (*fd >= 0 || error_is(failed, CUR_ERROR_GONE) || (path && errno == ENOENT))
		return TRUE;
	if (path)
		return error_from_errno(error, errno, "cannot open '%s'", path);
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* D56: a file that was taken away meanwhile has no step any more: the scan tells what became of it.
 */
static gboolean open_files(struct round *r, const struct state_mailbox *mb, GArray *all,
			   GError **error)
{
	auto_ptr(maildir) md = maildir_open(mb->path, error);

	if (!md)
		return FALSE;
	for (guint i = all->len; i-- > 0;) {
		struct outgoing *o = &g_array_index(all, struct outgoing, i);
		const struct step *s = o->step;

		o->append = (struct imap_append){
		    .name = mb->server_name,
		    .flags = o->msg->mark & FLAG_ALL,
		    .internal_date = o->msg->date_received,
		};
		if (!open_file(md, o->msg, &o->append.fd, error))
			return FALSE;
		if (o->append.fd >= 0)
			continue;
		g_array_remove_index(all, i);
		if (!drop(r, s, error))
			return FALSE;
	}
	return TRUE;
}

/* Those that the server has taken. */
static gboolean settle_appends(struct round *r, const struct state_mailbox *mb, const GArray *all,
			       GError **error)
{
	g_autoptr(GArray) arrivals = g_array_new(FALSE, FALSE, sizeof(struct arrival));

	for (guint i = 0; i < all->len; i++) {
		const struct outgoing *o = &g_array_index(all, struct outgoing, i);
		gboolean same = !mb->uidvalidity || o->fate.uidvalidity == mb->uidvalidity;
		struct arrival a = {.step = o->step,
				    .uid = same ? o->fate.uid : 0,
				    .agreed = o->append.flags,
				    .wire_bytes = o->fate.wire_bytes};

		if (o->fate.fate == IMAP_FATE_STORED)
			g_array_append_val(arrivals, a);
	}
	/* With the connection gone the server cannot be asked: they are looked up. */
	for (guint i = arrivals->len; !imap_is_alive(r->imap) && i-- > 0;)
		if (!g_array_index(arrivals, struct arrival, i).uid)
			g_array_remove_index(arrivals, i);
	return find_rest(r, mb, arrivals, error) &&
	       bind(r, mb, (struct arrival *)arrivals->data, arrivals->len, error);
}

/* `n` of them from number `from` on. FALSE when the connection is gone. */
static gboolean send_appends(struct round *r, GArray *all, guint from, guint n, GError **error)
{
	g_autofree struct imap_append *messages = g_new(struct imap_append, n);
	g_autofree struct imap_appended *fates = g_new0(struct imap_appended, n);
	gboolean alive;

	for (guint i = 0; i < n; i++)
		messages[i] = g_array_index(all, struct outgoing, from + i).append;
	alive = imap_append_all(r->imap, messages, n, fates, error);
	for (guint i = 0; i < n; i++) {
		struct outgoing *o = &g_array_index(all, struct outgoing, from + i);

		g_clear_error(&o->fate.refusal);
		o->fate = fates[i];
	}
	return alive;
}

static const GError *first_refusal(const GArray *all)
{
	for (guint i = 0; i < all->len; i++) {
		const struct outgoing *o = &g_array_index(all, struct outgoing, i);

		if (o->fate.fate == IMAP_FATE_REFUSED)
			return o->fate.refusal;
	}
	return NULL;
}

/* One that was refused together with others, unless the server has taken it nevertheless. */
static gboolean send_alone(struct round *r, const struct state_mailbox *mb, GArray *all, guint i,
			   struct seqset *taken, GError **error)
{
	struct outgoing *o = &g_array_index(all, struct outgoing, i);
	guint32 uid;

	if (!ask_where(r, mb, o->step, taken, i == 0, &uid, error))
		return FALSE;
	if (!uid)
		return send_appends(r, all, i, 1, error);
	seqset_add(taken, uid);
	g_clear_error(&o->fate.refusal);
	o->fate.fate = IMAP_FATE_STORED;
	o->fate.uidvalidity = mb->uidvalidity;
	o->fate.uid = uid;
	return TRUE;
}

/* MULTIAPPEND is refused as a whole: one message that is too big is to stop no other. */
static gboolean send_apart(struct round *r, const struct state_mailbox *mb, GArray *all,
			   GError **error)
{
	auto_ptr(seqset) taken = seqset_new();

	if (all->len < 2 || !imap_has(r->imap, IMAP_MULTIAPPEND) || !first_refusal(all))
		return TRUE;
	for (guint i = 0; i < all->len; i++)
		if (g_array_index(all, struct outgoing, i).fate.fate == IMAP_FATE_REFUSED &&
		    !send_alone(r, mb, all, i, taken, error))
			return FALSE;
	return TRUE;
}

static gboolean send_outgoing(struct round *r, const struct state_mailbox *mb, GArray *all,
			      GError **refusal, GError **error)
{
	g_autoptr(GError) lost = NULL;

	if (all->len && send_appends(r, all, 0, all->len, &lost))
		send_apart(r, mb, all, &lost);
	step_point("append-done");
	/* What arrived before the connection broke has arrived. */
	if (!settle_appends(r, mb, all, error))
		return FALSE;
	if (lost) {
		g_propagate_error(error, g_steal_pointer(&lost));
		return FALSE;
	}
	if (!*refusal && first_refusal(all))
		*refusal = g_error_copy(first_refusal(all));
	return TRUE;
}

/* Those with a text to send. */
static gboolean sort_out_headers(struct round *r, const GPtrArray *steps, GPtrArray *whole,
				 GError **error)
{
	for (guint i = 0; i < steps->len; i++) {
		struct step *s = g_ptr_array_index(steps, i);
		g_autofree struct state_message *msg = NULL;

		store_lock(r->store);
		msg = state_message(store_state(r->store), s->mailbox, s->lid);
		store_unlock(r->store);
		if (!msg || !msg->partial || msg->uid)
			g_ptr_array_add(whole, s);
		else if (!give_up_header(r, s, msg, error))
			return FALSE;
	}
	return TRUE;
}

/* A message of ours, and the UID of another row of its mailbox with the same Message-ID. */
struct twin {
	const struct state_message *msg;
	guint32 uid;
};

static gboolean is_twin(const struct state_message *other, void *data)
{
	struct twin *t = data;

	if (other->mailbox == t->msg->mailbox && other->lid != t->msg->lid)
		t->uid = other->uid;
	return !t->uid;
}

/* The server's own copy may have been fetched already. */
static guint32 uid_of_twin(struct round *r, const struct step *s)
{
	g_autofree struct state_message *msg = NULL;
	struct twin twin = {0};

	store_lock(r->store);
	twin.msg = msg = state_message(store_state(r->store), s->mailbox, s->lid);
	if (msg && msg->id_hash)
		state_messages_by_id(store_state(r->store), msg->id_hash, is_twin, &twin, NULL);
	store_unlock(r->store);
	return twin.uid;
}

/* Gmail files itself what was submitted to it: those that turned up by themselves are bound. */
static gboolean find_filed(struct round *r, const struct state_mailbox *mb, GPtrArray *steps,
			   GError **error)
{
	auto_ptr(seqset) taken = seqset_new();

	if (!imap_has(r->imap, IMAP_GMAIL) || strcmp(mb->role, "Sent") != 0)
		return TRUE;
	for (guint i = 0; i < steps->len;) {
		struct arrival a = {.step = g_ptr_array_index(steps, i)};

		a.uid = uid_of_twin(r, a.step);
		if (!a.uid && !ask_where(r, mb, a.step, taken, TRUE, &a.uid, error))
			return FALSE;
		if (!a.uid) {
			i++;
			continue;
		}
		seqset_add(taken, a.uid);
		if (!bind(r, mb, &a, 1, error))
			return FALSE;
		g_ptr_array_remove_index(steps, i);
	}
	return TRUE;
}

gboolean transfer_append(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			 GError **error)
{
	g_autoptr(GPtrArray) whole = g_ptr_array_new();
	GError *refusal = NULL;

	if (!sort_out_headers(r, steps, whole, error) || !find_filed(r, mb, whole, error))
		return FALSE;
	for (guint from = 0; from < whole->len; from += APPENDS) {
		g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(struct outgoing));

		g_array_set_clear_func(all, outgoing_clear);
		if (mark_appends_sent(r, whole, from, MIN(from + APPENDS, whole->len), all,
				      error) &&
		    open_files(r, mb, all, error) && send_outgoing(r, mb, all, &refusal, error))
			continue;
		g_clear_error(&refusal);
		return FALSE;
	}
	if (refusal)
		g_propagate_error(error, refusal);
	return !refusal;
}

/* ---- MOVE and COPY ---------------------------------------------------------------------- */

struct transfer {
	struct round *r;
	const struct state_mailbox *to;
	struct state_mailbox *from;
	GPtrArray *steps; /* struct step *, those that can be done */
	struct seqset *uids;
	gboolean move, left; /* P41: the sources are only marked */
	struct imap_copied copied;
};

/*
 * The sources that are there. A server with UIDPLUS tells by COPYUID which were; of another it has
 * to be asked before, as it says OK to a MOVE of what is gone, too. Yours.
 */
static struct seqset *sources_there(struct transfer *t, const GPtrArray *steps, GError **error)
{
	struct seqset *named = seqset_new(), *there;
	const struct seqset_range *ranges;
	struct step_source src;
	gsize n;

	for (guint i = 0; i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);

		if (step_source_parse(s->data, &src))
			seqset_add(named, src.uid);
	}
	if (imap_has(t->r->imap, IMAP_UIDPLUS))
		return named;
	ranges = seqset_ranges(named, &n);
	there = n ? imap_search_uids(t->r->imap, ranges[0].first, ranges[n - 1].last, error)
		  : seqset_new();
	seqset_free(named);
	return there;
}

/* It was moved on to where it had come from, and had never left. */
static gboolean stay(struct transfer *t, const struct step *s, const struct step_source *src,
		     GError **error)
{
	struct arrival a = {.step = s, .uid = src->uid, .agreed = src->agreed};

	return bind(t->r, t->to, &a, 1, error);
}

/* Those whose source is gone, or of another generation, are appended instead. */
static gboolean choose(struct transfer *t, const GPtrArray *steps, guint32 uidvalidity,
		       GError **error)
{
	auto_ptr(seqset) there = sources_there(t, steps, error);
	g_autoptr(GHashTable) all = onward_steps(t->r->store, t->r->account->name);

	if (!there)
		return FALSE;
	for (guint i = 0; i < steps->len; i++) {
		struct step *s = g_ptr_array_index(steps, i);
		gboolean left = is_left(t->r, s);
		struct step_source src;

		/* What was sent is looked up; what follows it waits. */
		if (onward_waits(s, all) || (left && s->state == STEP_SENT))
			continue;
		if (left && !withdraw(t->r, s, error))
			return FALSE;
		if (left)
			continue;
		if (step_source_parse(s->data, &src) && src.uidvalidity == uidvalidity &&
		    seqset_has(there, src.uid)) {
			if (t->from->number != t->to->number)
				g_ptr_array_add(t->steps, s);
			else if (!stay(t, s, &src, error))
				return FALSE;
		} else if (!append_instead(t->r, s, error)) {
			return FALSE;
		}
	}
	return TRUE;
}

/* *any: some of them were not taken back meanwhile. */
static gboolean mark_all_sent(struct transfer *t, gboolean *any, GError **error)
{
	if (!steps_claim(t->r->store, t->steps, "move-sent", error))
		return FALSE;
	seqset_free(t->uids);
	t->uids = seqset_new();
	for (guint i = 0; i < t->steps->len; i++) {
		const struct step *s = g_ptr_array_index(t->steps, i);
		struct step_source src;

		if (step_source_parse(s->data, &src))
			seqset_add(t->uids, src.uid);
	}
	*any = t->steps->len > 0;
	return TRUE;
}

/* P40: COPY was tagged OK, so the source may go: exactly these UIDs. */
static gboolean remove_copied(struct transfer *t, GError **error)
{
	struct imap *imap = t->r->imap;

	if (!imap_store(imap, t->uids, TRUE, FLAG_TRASHED, NULL, 0, NULL, NULL, NULL, error))
		return FALSE;
	if (imap_has(imap, IMAP_UIDPLUS))
		return imap_expunge(imap, t->uids, error);
	t->left = TRUE;
	left_tell(t->r, t->from->folder);
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

/* What COPYUID says of a step; UID 0 when it says nothing. */
static struct arrival arrival_of(const struct transfer *t, const struct step *s)
{
	gboolean fits = t->copied.uidvalidity &&
			(!t->to->uidvalidity || t->copied.uidvalidity == t->to->uidvalidity);
	struct arrival a = {.step = s};
	struct step_source src;

	if (!step_source_parse(s->data, &src))
		return a;
	a.agreed = src.agreed;
	a.uid = fits ? imap_copied_uid(&t->copied, src.uid) : 0;
	if (t->left) {
		a.left_in = src.mailbox;
		a.left_validity = src.uidvalidity;
		a.left_uid = src.uid;
	}
	return a;
}

/* D48: OK is said to what does nothing, too: what is in neither mailbox is appended. */
static gboolean settle_doubt(struct transfer *t, struct arrival *a, GError **error)
{
	g_autofree char *id = message_id(t->r, t->to, a->step);
	struct step_source src;
	gboolean there = TRUE;

	if (!look_closer(t->r, t->to, a->step, id, &a->uid, error) ||
	    (!a->uid && step_source_parse(a->step->data, &src) &&
	     !source_is_there(t->r, &src, &there, error)))
		return FALSE;
	/* It said that it did it: the next pull matches it (P64). */
	if (a->uid || there)
		return bind(t->r, t->to, a, 1, error);
	t->r->unsettled = TRUE;
	return is_left(t->r, a->step) ? withdraw(t->r, a->step, error)
				      : append_instead(t->r, a->step, error);
}

static gboolean settle(struct transfer *t, GError **error)
{
	g_autoptr(GArray) arrivals = g_array_new(FALSE, FALSE, sizeof(struct arrival));
	g_autoptr(GArray) known = g_array_new(FALSE, FALSE, sizeof(struct arrival));
	gboolean ok = TRUE;

	for (guint i = 0; i < t->steps->len; i++) {
		struct arrival a = arrival_of(t, g_ptr_array_index(t->steps, i));

		g_array_append_val(arrivals, a);
	}
	if (!find_rest(t->r, t->to, arrivals, error))
		return FALSE;
	for (guint i = 0; i < arrivals->len; i++)
		if (g_array_index(arrivals, struct arrival, i).uid)
			g_array_append_val(known, g_array_index(arrivals, struct arrival, i));
	if (!bind(t->r, t->to, (struct arrival *)known->data, known->len, error))
		return FALSE;
	for (guint i = 0; ok && i < arrivals->len; i++)
		if (!g_array_index(arrivals, struct arrival, i).uid)
			ok = settle_doubt(t, &g_array_index(arrivals, struct arrival, i), error);
	return ok;
}

static gboolean run(struct transfer *t, const GPtrArray *steps, GError **error)
{
	struct imap_selected sel;
	gboolean any;

	if (!imap_select(t->r->imap, t->from->server_name, FALSE, &sel, error) ||
	    !choose(t, steps, sel.uidvalidity, error))
		return FALSE;
	if (!mark_all_sent(t, &any, error))
		return FALSE;
	if (!any)
		return TRUE;
	if (!command(t, error))
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
