/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What acts share: how the server hears that a message is to leave a mailbox. */
#include <string.h>

#include "acts-private.h"
#include "cur/base/error.h"
#include "onward.h"

struct state_mailbox *act_mailbox(struct store *store, guint32 number, GError **error)
{
	struct state_mailbox *mb = state_mailbox(store_state(store), number);

	if (!mb)
		error_set(error, CUR_ERROR_GONE, "there is no mailbox %u", number);
	return mb;
}

void dead_clear(void *data)
{
	g_free(((struct dead *)data)->base);
}

gboolean act_doom(struct store *store, const struct state_mailbox *mb,
		  const struct state_message *msg, enum doom how, guint32 after_mailbox,
		  guint32 after_lid, GError **error)
{
	struct step_doom d = {.uidvalidity = mb->uidvalidity,
			      .uid = msg->uid,
			      .agreed = msg->agreed,
			      .how = how,
			      .mailbox = after_mailbox,
			      .lid = after_lid,
			      /* What moved has no file here any more. */
			      .base = after_lid ? "" : msg->base};
	g_autofree char *data = step_doom_format(&d);

	return !steps_has_server(mb) || !msg->uid ||
	       steps_add(store, mb->account, STEP_EXPUNGE, mb->number, 0, data, error);
}

static gboolean find_passage(const struct state_step *step, void *data)
{
	struct passage *p = data;

	p->moves = !strcmp(step->kind, STEP_MOVE);
	p->appends = !strcmp(step->kind, STEP_APPEND);
	if (!p->moves && !p->appends && strcmp(step->kind, STEP_COPY) != 0)
		return TRUE;
	p->data = g_strdup(step->data);
	p->step = (struct state_step){.id = step->id,
				      .data = p->data,
				      .state = step->state,
				      .tries = step->tries,
				      .next_try = step->next_try,
				      .error = ""};
	p->appends |= !step_source_parse(p->data, &p->source);
	return FALSE;
}

struct passage act_passage(struct store *store, const struct state_mailbox *mb, guint32 lid)
{
	struct passage p = {0};

	state_steps(store_state(store), mb->account, mb->number, lid, find_passage, &p, NULL);
	return p;
}

gboolean act_doom_waiting(struct store *store, const struct state_mailbox *mb,
			  const struct state_message *msg, const struct state_mailbox *now,
			  guint32 lid, struct step_doom d, GError **error)
{
	struct passage p = act_passage(store, mb, msg->lid);
	g_autofree char *owned = p.data, *data = NULL;

	if (!p.step.id)
		return TRUE;
	/* Deleted where it arrives. */
	if (p.step.state == STEP_SENT)
		return p.appends || onward_leave_word(store, &p.step, now, lid, error);
	d.agreed = msg->agreed;
	d.uidvalidity = p.source.uidvalidity;
	d.uid = p.source.uid;
	data = step_doom_format(&d);
	return state_drop_step(store_state(store), p.step.id, error) &&
	       (!p.moves ||
		steps_add(store, mb->account, STEP_EXPUNGE, p.source.mailbox, 0, data, error));
}
