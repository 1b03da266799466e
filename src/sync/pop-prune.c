/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deleting at a POP3 server what is durable here, or was deleted here. */
#include "cur/base/clock.h"
#include "cur/base/step.h"
#include "forecast.h"
#include "pop-round.h"
#include "steps.h"

enum { DAY_S = 24 * 60 * 60 };

gboolean pop_may_go(const struct pop_round *r, const struct pop_known *k)
{
	const struct worker_settings *s = &r->w->settings;
	gint64 age = clock_now_s() - k->first_seen;

	/* A header may have gone to another folder: its text has not. */
	if (k->header_only)
		return FALSE;
	if (!k->here)
		return TRUE; /* the user deleted it */
	if (s->pop_keep_days > 0)
		return age >= s->pop_keep_days * DAY_S;
	return !s->pop_leave;
}

/* What has no name may only go when its bytes were seen in this very session (P26). */
static gboolean is_certain(const struct pop_round *r, const struct pop_message *m)
{
	const struct pop_prints *prints = g_hash_table_lookup(r->nameless, m);

	return m->uidl || (prints && prints->whole);
}

static GPtrArray *choose_old(struct pop_round *r)
{
	GPtrArray *old = g_ptr_array_new();

	for (guint i = 0; i < r->list->len; i++) {
		struct pop_message *m = r->list->pdata[i];
		struct pop_known *k = is_certain(r, m) ? pop_known_of(r, m) : NULL;

		if (k && k->listed && pop_may_go(r, k))
			g_ptr_array_add(old, m);
	}
	return old;
}

/* Whatever becomes of QUIT: a name that was given up and is listed no more can be given anew. */
static gboolean note_deleted(struct pop_round *r, const GPtrArray *marked, GError **error)
{
	for (guint i = 0; i < marked->len; i++) {
		struct pop_known *k = pop_known_of(r, marked->pdata[i]);

		k->deleted = k->changed = TRUE;
	}
	return pop_known_save(r, error);
}

/* P76: only those that this very session listed and removed are forgotten. */
static gboolean forget(struct pop_round *r, const GPtrArray *marked, GError **error)
{
	struct store *store = hub_store(r->w->hub);
	gboolean ok = TRUE;

	if (!marked->len)
		return TRUE;
	if (!store_begin(store, error))
		return FALSE;
	for (guint i = 0; ok && i < marked->len; i++)
		ok = pop_known_drop(r, marked->pdata[i], error);
	return steps_commit(store, ok, "pop-forgotten", error);
}

gboolean pop_prune(struct pop_round *r, GError **error)
{
	struct forecast *forecast = hub_forecast(r->w->hub);
	g_autoptr(GPtrArray) old = choose_old(r);
	g_autoptr(GPtrArray) marked = g_ptr_array_new();

	if (forecast) {
		forecast_note(forecast, r->inbox, FORECAST_DELETE_THERE, old->len);
		return pop_quit(r->pop, error);
	}
	if (!pop_delete(r->pop, old, marked, error) || !note_deleted(r, marked, error) ||
	    !pop_quit(r->pop, error))
		return FALSE;
	step_point("pop-quit");
	return forget(r, marked, error);
}
