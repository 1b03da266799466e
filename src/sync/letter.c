/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the outbox in state.db. */
#include "letter.h"

#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/base/step.h"
#include "steps.h"

static void letter_free(void *data)
{
	struct letter *l = data;

	g_free(l->id);
	g_free(l->words);
	g_free(l);
}

static gboolean collect(const struct state_outbox *row, void *data)
{
	struct letter *l = g_new0(struct letter, 1);

	*l = (struct letter){.id = g_strdup(row->id),
			     .state = row->state,
			     .tries = row->tries,
			     .queued = row->queued,
			     .next_try = row->next_try,
			     .words = g_strdup(row->words)};
	g_ptr_array_add(data, l);
	return TRUE;
}

GPtrArray *letters_load(struct store *store)
{
	GPtrArray *letters = g_ptr_array_new_with_free_func(letter_free);

	store_lock(store);
	state_outbox_rows(store_state(store), collect, letters, NULL);
	store_unlock(store);
	return letters;
}

gboolean letter_add(struct store *store, const char *id, const struct outbox_item *item,
		    GError **error)
{
	struct state_outbox row = {
	    .id = id,
	    .account = item->account,
	    .state = OUTBOX_QUEUED,
	    .queued = clock_now_s(),
	    .words = "",
	};
	g_autofree struct state_outbox *there = NULL;

	if (!store_begin(store, error))
		return FALSE;
	there = state_outbox(store_state(store), id);
	return steps_commit(store, there || state_add_outbox(store_state(store), &row, error),
			    "outbox-adopted", error);
}

/* A try that came to nothing before there was a server counts, too. */
static gboolean is_try(const struct letter_change *c)
{
	return c->to == OUTBOX_SENDING || (c->to == OUTBOX_RETRY && c->from != OUTBOX_SENDING);
}

static gboolean set_one(struct state *st, struct letter_change *c, GError **error)
{
	g_autofree struct state_outbox *row = state_outbox(st, c->id);

	c->done = row && row->state == c->from;
	if (!c->done)
		return TRUE;
	row->state = c->to;
	row->tries += is_try(c);
	row->next_try = c->next_try;
	row->words = c->words ? c->words : "";
	return state_put_outbox(st, row, error);
}

gboolean letters_set(struct store *store, struct letter_change *changes, guint n, const char *point,
		     GError **error)
{
	gboolean ok = TRUE;

	if (!store_begin(store, error))
		return FALSE;
	for (guint i = 0; i < n && ok; i++)
		ok = set_one(store_state(store), &changes[i], error);
	return steps_commit(store, ok, point, error);
}

/* The user may have been faster. */
static gboolean drop_row(struct state *st, const char *id, GError **error)
{
	g_autoptr(GError) why = NULL;

	if (state_drop_outbox(st, id, &why) || error_is(why, CUR_ERROR_GONE))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&why));
	return FALSE;
}

gboolean letters_drop(struct store *store, const GPtrArray *ids, GError **error)
{
	gboolean ok = TRUE;

	if (!outbox_remove_all(store_outbox_dir(store), ids, error))
		return FALSE;
	step_point("sent-files-gone");
	if (!store_begin(store, error))
		return FALSE;
	for (guint i = 0; i < ids->len && ok; i++)
		ok = drop_row(store_state(store), g_ptr_array_index(ids, i), error);
	return steps_commit(store, ok, "sent-rows-gone", error);
}

/* Which states a wish is for, and what it makes of them. */
static const struct {
	enum outbox_state from, to;
	enum submit_wish wish;
} wishes[] = {
    {OUTBOX_QUEUED, OUTBOX_QUEUED, SUBMIT_FLUSH},   {OUTBOX_RETRY, OUTBOX_QUEUED, SUBMIT_FLUSH},
    {OUTBOX_SENT, OUTBOX_SENT, SUBMIT_FLUSH},	    {OUTBOX_QUEUED, OUTBOX_HOLD, SUBMIT_HOLD},
    {OUTBOX_RETRY, OUTBOX_HOLD, SUBMIT_HOLD},	    {OUTBOX_HOLD, OUTBOX_HOLD, SUBMIT_HOLD},
    {OUTBOX_HOLD, OUTBOX_QUEUED, SUBMIT_RELEASE},   {OUTBOX_UNKNOWN, OUTBOX_QUEUED, SUBMIT_RESEND},
    {OUTBOX_REFUSED, OUTBOX_QUEUED, SUBMIT_RESEND},
};

/* What a wish makes of a state; NULL when it is not for it. */
static const enum outbox_state *find_wish(enum submit_wish wish, enum outbox_state from)
{
	for (gsize i = 0; i < G_N_ELEMENTS(wishes); i++)
		if (wishes[i].wish == wish && wishes[i].from == from)
			return &wishes[i].to;
	return NULL;
}

static gboolean fulfil(struct store *store, struct state_outbox *row, enum submit_wish wish,
		       GError **error)
{
	const enum outbox_state *to = find_wish(wish, row->state);

	if (!to)
		return error_set(error, CUR_ERROR_REFUSED, "'%s' is in the state '%s'", row->id,
				 outbox_state_word(row->state));
	row->state = *to;
	row->next_try = 0;
	return state_put_outbox(store_state(store), row, error);
}

gboolean letter_wish(struct store *store, const char *id, enum submit_wish wish, GError **error)
{
	g_autofree struct state_outbox *row = NULL;
	gboolean ok;

	if (!store_begin(store, error))
		return FALSE;
	row = state_outbox(store_state(store), id);
	if (!row)
		ok = error_set(error, CUR_ERROR_GONE, "there is no '%s' in the outbox", id);
	else if (row->state == OUTBOX_SENDING)
		ok = error_set(error, CUR_ERROR_BUSY, "'%s' is being sent", id);
	else if (wish == SUBMIT_DROP)
		ok = outbox_remove(store_outbox_dir(store), id, error) &&
		     state_drop_outbox(store_state(store), id, error);
	else
		ok = fulfil(store, row, wish, error);
	return steps_commit(store, ok, "outbox-asked", error);
}

gboolean letters_flush(struct store *store, GError **error)
{
	g_autoptr(GPtrArray) letters = letters_load(store);
	gboolean ok = TRUE;

	if (!store_begin(store, error))
		return FALSE;
	for (guint i = 0; i < letters->len && ok; i++) {
		const struct letter *l = g_ptr_array_index(letters, i);
		g_autofree struct state_outbox *row = state_outbox(store_state(store), l->id);

		if (row && find_wish(SUBMIT_FLUSH, row->state))
			ok = fulfil(store, row, SUBMIT_FLUSH, error);
	}
	return steps_commit(store, ok, "outbox-asked", error);
}
