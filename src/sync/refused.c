/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of refused steps. */
#include "refused.h"

#include <string.h>

#include "cur/store/maildir.h"
#include "steps.h"

/* Refused, or sent and not to be looked up: nothing comes of it by itself. */
static gboolean is_refused(const struct step *s)
{
	return s->state == STEP_STUCK || (s->state == STEP_SENT && *s->words);
}

static GPtrArray *load(struct store *store, const char *account, GError **error)
{
	GPtrArray *steps = steps_load(store, account, 0, error);

	for (guint i = steps ? steps->len : 0; i-- > 0;)
		if (!is_refused(g_ptr_array_index(steps, i)))
			g_ptr_array_remove_index(steps, i);
	return steps;
}

static gboolean is_alike(const struct step *a, const struct step *b)
{
	return a->mailbox == b->mailbox && !strcmp(a->kind, b->kind) && !strcmp(a->words, b->words);
}

void refused_each(struct store *store, const char *account, refused_fn each, void *data)
{
	g_autoptr(GPtrArray) steps = load(store, account, NULL);
	guint n;

	for (guint i = 0; steps && i < steps->len; i += n) {
		const struct step *s = g_ptr_array_index(steps, i);
		g_autofree struct state_mailbox *mb = NULL;

		for (n = 1; i + n < steps->len; n++)
			if (!is_alike(s, g_ptr_array_index(steps, i + n)))
				break;
		store_lock(store);
		mb = state_mailbox(store_state(store), s->mailbox);
		store_unlock(store);
		/* A deletion has no mailbox any more; its data is the name there. */
		each(s->kind, mb ? mb->folder : s->data, n, s->words, data);
	}
}

/* In one change, at the end of which is the durable step `point`. */
static gboolean change_each(struct store *store, const char *account,
			    gboolean (*change)(struct store *store, const struct step *s,
					       GError **error),
			    const char *point, GError **error)
{
	g_autoptr(GPtrArray) steps = load(store, account, error);
	gboolean ok = steps != NULL;

	if (!ok || !steps->len)
		return ok;
	if (!store_begin(store, error))
		return FALSE;
	for (guint i = 0; ok && i < steps->len; i++)
		ok = change(store, g_ptr_array_index(steps, i), error);
	return steps_commit(store, ok, point, error);
}

/* ---- trying again -------------------------------------------------------------------- */

/* What was sent is looked up anyway. */
static gboolean try_again(struct store *store, const struct step *s, GError **error)
{
	return s->state != STEP_STUCK || steps_set(store, s, STEP_WAITING, NULL, s->words, error);
}

gboolean refused_retry(struct store *store, const char *account, GError **error)
{
	return change_each(store, account, try_again, "refused-retry", error);
}

/* ---- giving up ----------------------------------------------------------------------- */

/* All of it is asked for again: there what holds now is found out. */
static gboolean list_anew(struct store *store, guint32 mailbox, GError **error)
{
	g_autofree struct state_mailbox *mb = state_mailbox(store_state(store), mailbox);

	if (!mb)
		return TRUE;
	mb->highestmodseq = 0;
	return store_put_mailbox(store, mb, error);
}

/* The row waits for nothing. What is marked here is taken to be agreed: the server's word wins. */
static gboolean settle_row(struct store *store, const struct step *s, GError **error)
{
	g_autofree struct state_message *msg =
	    s->lid ? state_message(store_state(store), s->mailbox, s->lid) : NULL;

	if (!msg)
		return TRUE;
	if (!strcmp(s->kind, STEP_FLAGS))
		msg->agreed = msg->mark & MAILDIR_MARKS;
	msg->mark &= ~(mark_t)MARK_PENDING;
	return store_put(store, msg, error);
}

static gboolean give_up(struct store *store, const struct step *s, GError **error)
{
	struct step_source src;
	gboolean moves = !strcmp(s->kind, STEP_MOVE) && step_source_parse(s->data, &src);

	return state_drop_step(store_state(store), s->id, error) && settle_row(store, s, error) &&
	       list_anew(store, s->mailbox, error) &&
	       (!moves || list_anew(store, src.mailbox, error));
}

gboolean refused_give_up(struct store *store, const char *account, GError **error)
{
	return change_each(store, account, give_up, "refused-given-up", error);
}
