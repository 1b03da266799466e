/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file gets its UID in its name first, durable; then the commit that records it: a batch of
 * both. */
#include "arrival.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "cur/mail/scan.h"
#include "left.h"
#include "likeness.h"
#include "onward.h"
#include "stray.h"
#include "vocabulary.h"

enum { SLICE = 100 };

/* D57: the UID in a name proves nothing. */
static gboolean is_same_but_for_uid(const char *base, const char *other)
{
	const char *uid = strstr(base, ",U=");
	gsize n = uid ? (gsize)(uid - base) : strlen(base);

	return !strncmp(base, other, n) && (!other[n] || other[n] == ',');
}

/* The file of a row, though its name may have got ,U= just before a kill. */
static char *current_base(struct maildir *md, const struct state_message *msg, guint32 uid)
{
	g_autofree char *path = maildir_find(md, msg->base, msg->mark, NULL);
	auto_ptr(maildir_scan) scan = NULL;

	if (path)
		return g_strdup(msg->base);
	scan = maildir_scan(md, NULL);
	for (gsize i = 0; scan && i < maildir_scan_n(scan); i++) {
		const struct maildir_entry *e = maildir_scan_entry(scan, i);

		if (e->uid == uid && is_same_but_for_uid(msg->base, e->base))
			return g_strdup(e->base);
	}
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

/* Whether a row of ours has that UID already. */
enum double_fate { DOUBLE_NONE, DOUBLE_DROPPED, DOUBLE_STRANGER };

/* G1: only what is there in both forms may lose one. What a server files itself has its fields. */
static gboolean is_double(struct maildir *md, const struct step *s, const struct state_message *msg,
			  const struct state_message *there)
{
	g_autofree char *ours = maildir_find(md, msg->base, msg->mark, NULL);
	g_autofree char *theirs = maildir_find(md, there->base, there->mark, NULL);

	return ours && theirs &&
	       (!strcmp(s->kind, STEP_APPEND) || msg->size_bytes == there->size_bytes) &&
	       likeness(ours, theirs);
}

/* Gmail copies nothing to where it is already, and names what is there. */
static gboolean drop_double(struct round *r, struct maildir *md, const struct step *s,
			    const struct state_message *msg, guint32 uid, enum double_fate *fate,
			    GError **error)
{
	g_autofree struct state_message *there =
	    state_message_by_uid(store_state(r->store), msg->mailbox, uid);

	*fate = DOUBLE_NONE;
	if (!there || there->lid == msg->lid)
		return TRUE;
	*fate = DOUBLE_STRANGER;
	if (!is_double(md, s, msg, there))
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

/*
 * The server names another message as its copy: it has not got this one. What APPEND itself says is
 * not asked for again and again.
 */
static gboolean leave_stranger(struct round *r, struct maildir *md, const struct step *s,
			       struct state_message *msg, GError **error)
{
	if (msg->partial || !strcmp(s->kind, STEP_APPEND))
		return leave_unbound(r, md, msg, error);
	return steps_add(r->store, r->account->name, STEP_APPEND, msg->mailbox, msg->lid, NULL,
			 error);
}

/* A header says where its text is now: another program may move it on. */
static gboolean readdress(struct maildir *md, const struct state_mailbox *mb,
			  const struct state_message *msg, const char *base, GError **error)
{
	struct partial there = {msg->size_bytes, mb->uidvalidity, msg->uid, (char *)mb->name};
	auto_ptr(delivery) d = NULL;
	struct delivery *one;

	if (!msg->partial || !mb->uidvalidity)
		return TRUE;
	one = d = stray_readdress(md, base, msg->mark, &there);
	return !d || (delivery_sync(&one, 1, error) && delivery_replace(d, base, msg->mark, error));
}

/*
 * What was made in this round has no UIDVALIDITY in its record yet: it gets that of the first
 * message that arrives in it, as what follows that message has to name it. Within a change.
 */
static gboolean learn_validity(struct round *r, struct state_mailbox *mb, const struct arrival *a,
			       GError **error)
{
	const char *selected = imap_selected_name(r->imap);

	if (mb->uidvalidity || !a->uid)
		return TRUE;
	if (a->uidvalidity)
		mb->uidvalidity = a->uidvalidity;
	else if (selected && !strcmp(selected, mb->server_name))
		mb->uidvalidity = imap_selected(r->imap)->uidvalidity;
	return !mb->uidvalidity || store_put_mailbox(r->store, mb, error);
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
	if (!drop_double(r, md, s, msg, a->uid, &fate, error))
		return FALSE;
	if (fate == DOUBLE_DROPPED)
		return TRUE;
	if (fate == DOUBLE_STRANGER)
		return leave_stranger(r, md, s, msg, error);
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

gboolean arrivals_bind(struct round *r, const struct state_mailbox *mb,
		       const struct arrival *arrivals, guint n, GError **error)
{
	for (guint i = 0; i < n; i += SLICE) {
		g_autofree struct state_mailbox *now = NULL;
		auto_ptr(maildir) md = NULL;
		gboolean ok = store_begin(r->store, error);

		if (!ok)
			return FALSE;
		/* Of a mailbox that was deleted meanwhile no row is left to be bound. */
		now = state_mailbox(store_state(r->store), mb->number);
		md = now ? maildir_open(now->path, error) : NULL;
		ok = md || !now;
		for (guint k = i; ok && k < MIN(i + SLICE, n); k++)
			ok = (!now || learn_validity(r, now, &arrivals[k], error)) &&
			     bind_one(r, md, now ? now : mb, &arrivals[k], error);
		ok = ok && (!md || maildir_sync(md, error));
		if (!round_commit(r, ok, "transfer-bound", error))
			return FALSE;
	}
	return TRUE;
}
