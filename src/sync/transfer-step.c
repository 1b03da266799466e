/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of the step of a transfer that is not, or not yet, done as it says. */
#include "cur/base/error.h"
#include "onward.h"
#include "transfer-private.h"

struct state_message *transfer_message(struct round *r, const struct step *s)
{
	struct state_message *msg;

	store_lock(r->store);
	msg = state_message(store_state(r->store), s->mailbox, s->lid);
	store_unlock(r->store);
	return msg;
}

gboolean transfer_set_state(struct round *r, const struct step *s, enum step_state state,
			    const char *data, const char *words, GError **error)
{
	return store_begin(r->store, error) &&
	       round_commit(r, steps_set(r->store, s, state, data, words, error), "transfer-set",
			    error);
}

gboolean transfer_drop(struct round *r, const struct step *s, GError **error)
{
	return store_begin(r->store, error) &&
	       round_commit(r, state_drop_step(store_state(r->store), s->id, error),
			    "transfer-dropped", error);
}

gboolean transfer_give_up_header(struct round *r, const struct step *s,
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

gboolean transfer_append_instead(struct round *r, const struct step *s, GError **error)
{
	g_autofree struct state_message *msg = transfer_message(r, s);
	gboolean ok;

	if (msg && msg->partial)
		return transfer_give_up_header(r, s, msg, error);
	ok = store_begin(r->store, error);
	if (!ok)
		return FALSE;
	ok = state_drop_step(store_state(r->store), s->id, error) &&
	     steps_add(r->store, r->account->name, STEP_APPEND, s->mailbox, s->lid, NULL, error);
	return round_commit(r, ok, "transfer-append-instead", error);
}

gboolean transfer_is_left(struct round *r, const struct step *s)
{
	gboolean left;

	store_lock(r->store);
	left = onward_is_left(r, s);
	store_unlock(r->store);
	return left;
}

gboolean transfer_withdraw(struct round *r, const struct step *s, GError **error)
{
	return store_begin(r->store, error) &&
	       round_commit(r, onward_withdraw(r, s, error), "transfer-withdrawn", error);
}
