/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * APPEND: files here become messages there, many in one go (P63). Of those that were refused
 * together each is tried alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "arrival.h"
#include "cur/base/error.h"
#include "cur/base/step.h"
#include "cur/imap/change.h"
#include "cur/mail/flags.h"
#include "likeness.h"
#include "onward.h"
#include "transfer-private.h"
#include "transfer.h"
#include "vocabulary.h"

enum { APPENDS = 50 }; /* messages sent together: each is an open file */

/* A message on its way there. */
struct outgoing {
	const struct step *step;
	struct state_message *msg;
	char *keywords;		   /* … that go with it, or NULL */
	struct imap_append append; /* fd -1: it is not to be sent */
	struct imap_appended fate;
};

static void outgoing_clear(void *data)
{
	struct outgoing *o = data;

	g_free(o->msg);
	g_free(o->keywords);
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
		if (!transfer_drop(r, s, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean has_keywords(const GArray *all)
{
	for (guint i = 0; i < all->len; i++)
		if (g_array_index(all, struct outgoing, i).msg->mark & KEYWORD_BITS)
			return TRUE;
	return FALSE;
}

/* FALSE when the connection is gone. A mailbox that cannot be selected makes *is_there FALSE. */
static gboolean select_target(struct round *r, const struct state_mailbox *mb, gboolean *is_there,
			      GError **error)
{
	const char *now = imap_selected_name(r->imap);
	g_autoptr(GError) failed = NULL;
	struct imap_selected sel;

	*is_there = (now && !strcmp(now, mb->server_name)) ||
		    imap_select(r->imap, mb->server_name, FALSE, &sel, &failed);
	if (*is_there || imap_is_alive(r->imap))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/*
 * Those that the server keeps go with the message: moved at once by somebody there it would never
 * get them. They are agreed only once they were stored, as servers drop here what they keep there.
 */
static gboolean add_keywords(struct round *r, const struct state_mailbox *mb, GArray *all,
			     GError **error)
{
	auto_ptr(vocabulary) words = NULL;
	gboolean is_there;
	mark_t kept;

	if (!has_keywords(all))
		return TRUE;
	if (!select_target(r, mb, &is_there, error))
		return FALSE;
	/* Why not, the APPEND will say. */
	if (!is_there)
		return TRUE;
	words = vocabulary_open(r, mb, error);
	if (!words)
		return FALSE;
	kept = vocabulary_kept(words) & KEYWORD_BITS;
	for (guint i = 0; i < all->len; i++) {
		struct outgoing *o = &g_array_index(all, struct outgoing, i);

		if (o->msg->mark & kept)
			o->keywords = vocabulary_names(words, o->msg->mark & kept);
		o->append.keywords = o->keywords;
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
	return transfer_find_uids(r, mb, arrivals, error) &&
	       arrivals_bind(r, mb, (struct arrival *)arrivals->data, arrivals->len, error);
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

/* Once more, without its keywords, unless the server has taken it nevertheless. */
static gboolean send_alone(struct round *r, const struct state_mailbox *mb, GArray *all, guint i,
			   struct seqset *taken, gboolean anew, GError **error)
{
	struct outgoing *o = &g_array_index(all, struct outgoing, i);
	guint32 uid;

	if (!transfer_ask_where(r, mb, o->step, taken, anew, &uid, error))
		return FALSE;
	o->append.keywords = NULL;
	if (!uid)
		return send_appends(r, all, i, 1, error);
	seqset_add(taken, uid);
	g_clear_error(&o->fate.refusal);
	o->fate.fate = IMAP_FATE_STORED;
	o->fate.uidvalidity = mb->uidvalidity;
	o->fate.uid = uid;
	return TRUE;
}

/*
 * MULTIAPPEND is refused as a whole: one message that is too big is to stop no other. And a keyword
 * that the server does not like is to stop no message.
 */
static gboolean may_do_alone(struct round *r, const GArray *all, const struct outgoing *o)
{
	return o->fate.fate == IMAP_FATE_REFUSED &&
	       ((all->len > 1 && imap_has(r->imap, IMAP_MULTIAPPEND)) ||
		(o->append.keywords && error_is(o->fate.refusal, CUR_ERROR_REFUSED)));
}

static gboolean send_apart(struct round *r, const struct state_mailbox *mb, GArray *all,
			   GError **error)
{
	auto_ptr(seqset) taken = seqset_new();
	gboolean anew = TRUE;

	for (guint i = 0; i < all->len; i++) {
		if (!may_do_alone(r, all, &g_array_index(all, struct outgoing, i)))
			continue;
		if (!send_alone(r, mb, all, i, taken, anew, error))
			return FALSE;
		anew = FALSE;
	}
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
		else if (!transfer_give_up_header(r, s, msg, error))
			return FALSE;
	}
	return TRUE;
}

/* A message of ours, and the UID of another row of its mailbox that is the same message. */
struct twin {
	const struct state_mailbox *mb;
	const struct state_message *msg;
	char *path;
	guint32 uid;
};

static gboolean is_twin(const struct state_message *other, void *data)
{
	struct twin *t = data;
	g_autofree char *path = NULL;

	if (other->mailbox != t->mb->number || other->lid == t->msg->lid || !other->uid)
		return TRUE;
	path = maildir_find_at(t->mb->path, other->base, other->mark, NULL);
	if (path && likeness(t->path, path))
		t->uid = other->uid;
	return !t->uid;
}

/* The server's own copy may have been fetched already. */
static guint32 uid_of_twin(struct round *r, const struct state_mailbox *mb, const struct step *s)
{
	g_autofree struct state_message *msg = NULL;
	g_autofree char *path = NULL;
	struct twin twin = {.mb = mb};

	store_lock(r->store);
	twin.msg = msg = state_message(store_state(r->store), s->mailbox, s->lid);
	twin.path = path = msg ? maildir_find_at(mb->path, msg->base, msg->mark, NULL) : NULL;
	if (path && msg->id_hash)
		state_messages_by_id(store_state(r->store), msg->id_hash, is_twin, &twin, NULL);
	store_unlock(r->store);
	return twin.uid;
}

/* Gmail and Outlook.com file what was submitted to them: those that turned up are bound. */
static gboolean find_filed(struct round *r, const struct state_mailbox *mb, GPtrArray *steps,
			   GError **error)
{
	auto_ptr(seqset) taken = seqset_new();

	if ((!imap_has(r->imap, IMAP_GMAIL) && !imap_has(r->imap, IMAP_EXCHANGE)) ||
	    strcmp(mb->role, "Sent") != 0)
		return TRUE;
	for (guint i = 0; i < steps->len;) {
		struct arrival a = {.step = g_ptr_array_index(steps, i)};

		a.uid = uid_of_twin(r, mb, a.step);
		if (!a.uid && !transfer_ask_where(r, mb, a.step, taken, TRUE, &a.uid, error))
			return FALSE;
		if (!a.uid) {
			i++;
			continue;
		}
		seqset_add(taken, a.uid);
		if (!arrivals_bind(r, mb, &a, 1, error))
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
		    open_files(r, mb, all, error) && add_keywords(r, mb, all, error) &&
		    send_outgoing(r, mb, all, &refusal, error))
			continue;
		g_clear_error(&refusal);
		return FALSE;
	}
	if (refusal)
		g_propagate_error(error, refusal);
	return !refusal;
}
