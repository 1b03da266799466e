/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for a step, and what becomes of it. */
#include "onward.h"

#include <string.h>

#include "cur/mail/scan.h"
#include "cur/store/maildir.h"

/* ---- Message-IDs ---------------------------------------------------------------- */

char *onward_id(const struct state_mailbox *mb, const struct state_message *msg)
{
	auto_ptr(maildir) md = maildir_open(mb->path, NULL);
	g_autofree char *path = md ? maildir_find(md, msg->base, msg->mark, NULL) : NULL;

	return path ? scan_file_id(path) : NULL;
}

gboolean onward_leave_word(struct store *store, const struct state_step *step,
			   const struct state_mailbox *mb, guint32 lid, GError **error)
{
	g_autofree struct state_message *msg = state_message(store_state(store), mb->number, lid);
	g_autofree char *id = msg ? onward_id(mb, msg) : NULL, *data = NULL;
	struct state_step now = *step;
	struct step_source src;

	if (!id || !step_source_parse(step->data, &src))
		return TRUE;
	src.id = id;
	now.data = data = step_source_format(&src);
	return state_put_step(store_state(store), &now, error);
}

struct word {
	guint64 step;
	char *id;
};

static gboolean read_word(const struct state_step *step, void *data)
{
	struct word *w = data;
	struct step_source src;

	if (step->id != w->step)
		return TRUE;
	if (step_source_parse(step->data, &src) && src.id)
		w->id = g_strdup(src.id);
	return FALSE;
}

char *onward_word(struct store *store, const struct step *step)
{
	struct word w = {.step = step->id};

	store_lock(store);
	state_steps(store_state(store), NULL, step->mailbox, step->lid, read_word, &w, NULL);
	store_unlock(store);
	return w.id;
}

/* ---- who waits -------------------------------------------------------------------- */

static gboolean collect_id(const struct state_step *step, void *data)
{
	g_hash_table_add(data, g_memdup2(&step->id, sizeof step->id));
	return TRUE;
}

GHashTable *onward_steps(struct store *store, const char *account)
{
	GHashTable *ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

	store_lock(store);
	state_steps(store_state(store), account, 0, 0, collect_id, ids, NULL);
	store_unlock(store);
	return ids;
}

gboolean onward_waits(const struct step *step, GHashTable *steps)
{
	struct step_source src;

	return step_source_parse(step->data, &src) && src.after &&
	       g_hash_table_contains(steps, &src.after);
}

/* The step that waits for another. */
struct heir {
	guint64 after;
	struct state_step step; /* id 0: there is none */
	struct step_source source;
};

static gboolean find_heir(const struct state_step *step, void *data)
{
	struct heir *h = data;

	if (strcmp(step->kind, STEP_MOVE) != 0 || !step_source_parse(step->data, &h->source) ||
	    h->source.after != h->after)
		return TRUE;
	h->step = (struct state_step){
	    .id = step->id, .state = step->state, .tries = step->tries, .next_try = step->next_try};
	return FALSE;
}

static struct heir heir_of(struct round *r, const struct step *step)
{
	struct heir h = {.after = step->id};

	state_steps(store_state(r->store), r->account->name, 0, 0, find_heir, &h, NULL);
	return h;
}

/* ---- the outcome -------------------------------------------------------------------- */

/* Not what is here as a message (again). */
static gboolean doom(struct round *r, guint32 mailbox, struct step_doom d, GError **error)
{
	g_autofree struct state_message *msg =
	    state_message_by_uid(store_state(r->store), mailbox, d.uid);
	g_autofree char *data = step_doom_format(&d);

	return msg || steps_add(r->store, r->account->name, STEP_EXPUNGE, mailbox, 0, data, error);
}

/* From where the server has it now. */
static gboolean set_out(struct round *r, struct heir *h, const struct state_mailbox *from,
			guint32 uid, GError **error)
{
	struct step_source src = {from->number, from->uidvalidity, uid, h->source.agreed};
	g_autofree char *data = step_source_format(&src);

	h->step.data = data;
	h->step.error = "";
	return state_put_step(store_state(r->store), &h->step, error);
}

gboolean onward_arrived(struct round *r, const struct step *step, guint32 uid, GError **error)
{
	g_autofree struct state_mailbox *mb = state_mailbox(store_state(r->store), step->mailbox);
	struct heir heir = heir_of(r, step);

	if (!mb || !mb->uidvalidity || !uid)
		return TRUE;
	if (heir.step.id)
		return set_out(r, &heir, mb, uid, error);
	/* Who removed it, or took it to another account, did not mean to leave it there. */
	return doom(
	    r, mb->number,
	    (struct step_doom){.uidvalidity = mb->uidvalidity, .uid = uid, .how = DOOM_USER},
	    error);
}

gboolean onward_is_left(struct round *r, const struct step *step)
{
	g_autofree struct state_message *msg =
	    state_message(store_state(r->store), step->mailbox, step->lid);

	return !msg && (!strcmp(step->kind, STEP_MOVE) || !strcmp(step->kind, STEP_COPY));
}

gboolean onward_withdraw(struct round *r, const struct step *step, GError **error)
{
	struct heir heir = heir_of(r, step);
	struct step_doom d = {.how = DOOM_ABSENT};
	struct step_source src;

	if (!state_drop_step(store_state(r->store), step->id, error))
		return FALSE;
	if (strcmp(step->kind, STEP_MOVE) != 0 || heir.step.id ||
	    !step_source_parse(step->data, &src))
		return TRUE;
	d.uidvalidity = src.uidvalidity;
	d.uid = src.uid;
	d.agreed = src.agreed;
	return doom(r, src.mailbox, d, error);
}
