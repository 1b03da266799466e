/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the outbox in state.db. */
#include "letter.h"

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
	    .queued = g_get_real_time() / G_USEC_PER_SEC,
	    .words = "",
	};
	g_autofree struct state_outbox *there = NULL;

	if (!store_begin(store, error))
		return FALSE;
	there = state_outbox(store_state(store), id);
	return steps_commit(store, there || state_add_outbox(store_state(store), &row, error),
			    "outbox-adopted", error);
}

gboolean letter_set(struct store *store, const char *id, const struct letter_change *change,
		    GError **error)
{
	g_autofree struct state_outbox *row = NULL;
	gboolean ok;

	if (!store_begin(store, error))
		return FALSE;
	row = state_outbox(store_state(store), id);
	ok = row && row->state == change->from;
	if (ok) {
		row->state = change->to;
		row->tries += change->to == OUTBOX_SENDING;
		row->next_try = change->next_try;
		row->words = change->words ? change->words : "";
		ok = state_put_outbox(store_state(store), row, error);
	} else {
		error_set(error, CUR_ERROR_GONE, "'%s' was taken back", id);
	}
	return steps_commit(store, ok, change->point, error);
}

gboolean letter_drop(struct store *store, const char *id, GError **error)
{
	if (!outbox_remove(store_outbox_dir(store), id, error))
		return FALSE;
	step_point("sent-file-gone");
	return store_begin(store, error) &&
	       steps_commit(store, state_drop_outbox(store_state(store), id, error),
			    "sent-row-gone", error);
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

static gboolean fulfil(struct store *store, struct state_outbox *row, enum submit_wish wish,
		       GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(wishes); i++) {
		if (wishes[i].wish != wish || wishes[i].from != row->state)
			continue;
		row->state = wishes[i].to;
		row->next_try = 0;
		return state_put_outbox(store_state(store), row, error);
	}
	return error_set(error, CUR_ERROR_REFUSED, "'%s' is in the state '%s'", row->id,
			 outbox_state_word(row->state));
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
