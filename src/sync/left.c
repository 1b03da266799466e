/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of messages that are left marked deleted. */
#include "left.h"

#include <string.h>

gboolean left_add(struct round *r, guint32 mailbox, guint32 uidvalidity, guint32 uid,
		  GError **error)
{
	struct step_doom doom = {.uidvalidity = uidvalidity, .uid = uid, .how = DOOM_USER};
	g_autofree char *data = step_doom_format(&doom);

	return steps_add(r->store, r->account->name, STEP_LEFT, mailbox, 0, data, error);
}

void left_tell(struct round *r, const char *folder)
{
	hub_note(r->hub, HUB_WARNING, r->account->name,
		 "the server cannot expunge single messages (no UIDPLUS): in %s they stay there, "
		 "marked deleted",
		 folder);
}

static gboolean is_left(const struct step *s, guint32 uidvalidity, left_fn stays, void *data)
{
	struct step_doom doom;

	return step_doom_parse(s->data, &doom) && doom.uidvalidity == uidvalidity &&
	       stays(doom.uid, data);
}

static gboolean drop_all(struct round *r, const GPtrArray *over, GError **error)
{
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < over->len; i++) {
		const struct step *s = g_ptr_array_index(over, i);

		ok = state_drop_step(store_state(r->store), s->id, error);
	}
	return round_commit(r, ok, "left-dropped", error);
}

gboolean left_review(struct round *r, const struct state_mailbox *mb, left_fn stays, void *data,
		     guint *n, GError **error)
{
	g_autoptr(GPtrArray) steps = steps_load(r->store, mb->account, mb->number, error);
	g_autoptr(GPtrArray) over = g_ptr_array_new();

	if (!steps)
		return FALSE;
	for (guint i = 0; i < steps->len; i++) {
		struct step *s = g_ptr_array_index(steps, i);

		if (!strcmp(s->kind, STEP_LEFT) && !is_left(s, mb->uidvalidity, stays, data))
			g_ptr_array_add(over, s);
	}
	*n = over->len;
	return !over->len || drop_all(r, over, error);
}
