/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Steps become commands: neighbours of one kind and mailbox are one command with a
 * UID set. Each is recorded as sent before its first byte when doing it twice would
 * show, and looked up after a break.
 */
#include "push.h"

#include <string.h>

#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "folders.h"
#include "forecast.h"
#include "onward.h"
#include "push-private.h"
#include "steps.h"
#include "texts.h"
#include "transfer.h"

enum { GROUP_MAX = 1000 };

/* Within a change. */
static gboolean drop_steps(struct round *r, const GPtrArray *steps, GError **error)
{
	for (guint i = 0; i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);

		if (!state_drop_step(store_state(r->store), s->id, error))
			return FALSE;
	}
	return TRUE;
}

gboolean push_drop(struct round *r, const GPtrArray *steps, const char *point, GError **error)
{
	return store_begin(r->store, error) &&
	       round_commit(r, drop_steps(r, steps, error), point, error);
}

gboolean push_is_refusal(struct round *r, const GError *failed)
{
	static const enum cur_error refusals[] = {
	    CUR_ERROR_REFUSED, CUR_ERROR_GONE, CUR_ERROR_QUOTA, CUR_ERROR_EXISTS, CUR_ERROR_USAGE};

	if (!imap_is_alive(r->imap) || waker_is_stopped(r->waker))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++)
		if (error_is(failed, refusals[i]))
			return TRUE;
	return FALSE;
}

/* What is not done already: a group may have been done in part. */
static gboolean set_one_stuck(struct round *r, const struct step *s, const char *words,
			      GError **error)
{
	g_autoptr(GError) failed = NULL;

	/* Nobody wants it any more: what follows it goes on from where the message is. */
	if (onward_is_left(r, s) && steps_is_there(r->store, s))
		return onward_withdraw(r, s, error);
	if (steps_set(r->store, s, STEP_STUCK, NULL, words, &failed) ||
	    error_is(failed, CUR_ERROR_GONE))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* The server said no for good: the user is told, the step stays visible. */
static gboolean set_stuck(struct round *r, const GPtrArray *steps, const char *words,
			  GError **error)
{
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < steps->len; i++)
		ok = set_one_stuck(r, g_ptr_array_index(steps, i), words, error);
	return round_commit(r, ok, "step-stuck", error);
}

typedef gboolean (*push_fn)(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			    GError **error);

static const struct pusher {
	const char *kind;
	push_fn push;
	gboolean selects; /* in the mailbox of the step */
	gboolean single;  /* one step at a time */
} pushers[] = {

    {STEP_FLAGS, push_flags, TRUE, FALSE},
    {STEP_EXPUNGE, push_expunge, TRUE, FALSE},
    {STEP_LEFT, push_expunge, TRUE, FALSE},
    {STEP_APPEND, transfer_append, FALSE, FALSE},
    {STEP_MOVE, transfer_move, FALSE, FALSE},
    {STEP_COPY, transfer_copy, FALSE, FALSE},
    {STEP_TEXT, texts_push, FALSE, FALSE},
    {STEP_CREATE, folder_push_create, FALSE, TRUE},
    {STEP_DELETE, folder_push_delete, FALSE, TRUE},
    {STEP_RENAME, folder_push_rename, FALSE, TRUE},
    {STEP_SUBSCRIBE, folder_push_subscribe, FALSE, TRUE},
};

static const struct pusher *pusher_of(const char *kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(pushers); i++)
		if (!strcmp(pushers[i].kind, kind))
			return &pushers[i];
	return NULL;
}

/* Done once more it would show: it is looked up first (push_recover), or waits until it can be. */
static gboolean is_in_doubt(const struct step *s)
{
	return s->state == STEP_SENT &&
	       (!strcmp(s->kind, STEP_APPEND) || !strcmp(s->kind, STEP_MOVE) ||
		!strcmp(s->kind, STEP_COPY));
}

static gboolean is_due(struct round *r, const struct step *s)
{
	if (is_in_doubt(s) || (!strcmp(s->kind, STEP_LEFT) && !imap_has(r->imap, IMAP_UIDPLUS)))
		return FALSE;
	return s->state != STEP_STUCK && s->next_try <= clock_now_s();
}

/* Steps from `at` on that one command can carry; at least one. */
static GPtrArray *group_from(struct round *r, const GPtrArray *steps, guint at)
{
	GPtrArray *group = g_ptr_array_new();
	const struct step *first = g_ptr_array_index(steps, at);
	const struct pusher *p = pusher_of(first->kind);
	struct step_source a, b;

	for (guint i = at; i < steps->len && group->len < GROUP_MAX; i++) {
		struct step *s = g_ptr_array_index(steps, i);

		if (s->mailbox != first->mailbox || strcmp(s->kind, first->kind) || !is_due(r, s))
			break;
		if (step_source_parse(first->data, &a) && step_source_parse(s->data, &b) &&
		    (p->push == transfer_move || p->push == transfer_copy) &&
		    a.mailbox != b.mailbox)
			break;
		g_ptr_array_add(group, s);
		if (p->single)
			break;
	}
	return group;
}

/* *same: the UIDs here are those of the mailbox there (P30, P33). */
static gboolean select_for(struct round *r, struct state_mailbox *mb, gboolean *same,
			   GError **error)
{
	const char *now = imap_selected_name(r->imap);
	struct imap_selected sel;

	if (now && !strcmp(now, mb->server_name)) {
		*same = imap_selected(r->imap)->uidvalidity == mb->uidvalidity;
		return TRUE;
	}
	if (!imap_select(r->imap, mb->server_name, FALSE, &sel, error))
		return FALSE;
	*same = round_uids_hold(&sel, mb);
	return TRUE;
}

/* The next pull says what becomes of them. */
static gboolean wait_for_pull(const struct state_mailbox *mb)
{
	log_event(LOG_LEVEL_WARN, "%s: made anew at the server; its steps wait", mb->folder);
	return TRUE;
}

static gboolean push_group(struct round *r, const struct pusher *p, const GPtrArray *group,
			   GError **error)
{
	const struct step *first = g_ptr_array_index(group, 0);
	g_autoptr(GError) failed = NULL;
	g_autofree struct state_mailbox *mb = round_mailbox(r, first->mailbox, NULL);
	g_autofree char *words = NULL;
	gboolean ok, same = TRUE;

	/* A deletion outlives its mailbox. */
	if (!mb && first->mailbox)
		return push_drop(r, group, "step-orphan", error);
	ok = !p->selects || select_for(r, mb, &same, &failed);
	if (ok && !same)
		return wait_for_pull(mb);
	if (ok && p->push(r, mb, group, &failed))
		return TRUE;
	if (!push_is_refusal(r, failed)) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	words = g_strdup(failed->message);
	g_prefix_error(&failed, "'%s' in %s was refused: ", first->kind,
		       mb ? mb->folder : first->data);
	hub_note(r->hub, HUB_ERROR, r->account->name, "%s", failed->message);
	round_fall_short(r, failed);
	return set_stuck(r, group, words, error);
}

gboolean push_is_due(struct round *r)
{
	g_autoptr(GPtrArray) steps = steps_load(r->store, r->account->name, 0, NULL);

	for (guint i = 0; steps && i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);

		if (pusher_of(s->kind) && is_due(r, s))
			return TRUE;
	}
	/* What cannot be read, push_steps() says. */
	return !steps;
}

gboolean push_steps(struct round *r, GError **error)
{
	g_autoptr(GPtrArray) steps = NULL;

	if (r->forecast)
		return forecast_note_steps(r->forecast, r->store, r->account->name, error);
	steps = steps_load(r->store, r->account->name, 0, error);
	if (!steps)
		return FALSE;
	for (guint i = 0; i < steps->len;) {
		const struct step *s = g_ptr_array_index(steps, i);
		const struct pusher *p = pusher_of(s->kind);
		g_autoptr(GPtrArray) group = NULL;

		if (!p || !is_due(r, s)) {
			i++;
			continue;
		}
		group = group_from(r, steps, i);
		if (!push_group(r, p, group, error))
			return FALSE;
		i += group->len;
		if (waker_is_stopped(r->waker))
			return error_set(error, CUR_ERROR_CANCELLED, "stopped");
	}
	return TRUE;
}

gboolean push_recover(struct round *r, GError **error)
{
	g_autoptr(GPtrArray) steps = steps_load(r->store, r->account->name, 0, error);

	if (!steps)
		return FALSE;
	for (guint i = 0; i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);

		/* An expunge is simply done again: its UIDs are nobody else's. */
		if (s->state != STEP_SENT || !strcmp(s->kind, STEP_EXPUNGE) ||
		    !strcmp(s->kind, STEP_LEFT))
			continue;
		log_event(LOG_LEVEL_INFO, "%s: looking what became of '%s' in mailbox %u",
			  r->account->name, s->kind, s->mailbox);
		if (!transfer_look(r, s, error))
			return FALSE;
	}
	return TRUE;
}
