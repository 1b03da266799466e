/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What becomes of a message: decided, recorded, told, carried out. What became of one is recorded
 * with the word that the next is about to be sent: a queue costs one commit a message.
 */
#include "backoff.h"
#include "cur/base/clock.h"
#include "cur/base/log.h"
#include "filing.h"
#include "submit-private.h"

enum {
	FILED_MAX = 100,   /* rows of sent messages that go in one commit */
	SENT_KNOWN = 1000, /* ids of sent messages that are remembered for who asks late */
};

struct news {
	struct submit *s;
	char *id, *words;
	enum outbox_state state;
	guint code;
};

static void tell_main(void *data)
{
	struct news *n = data;

	n->s->host.outcome(n->id, n->state, n->code, n->words, n->s->host.data);
	g_free(n->id);
	g_free(n->words);
	g_free(n);
}

void submit_tell(struct submit *s, const char *id, enum outbox_state state, guint code,
		 const char *words)
{
	struct news *n = g_new0(struct news, 1);

	*n = (struct news){s, g_strdup(id), g_strdup(words ? words : ""), state, code};
	hub_call(s->hub, tell_main, n);
}

static void remember_sent(struct submit *s, const char *id)
{
	g_mutex_lock(&s->lock);
	g_queue_push_head(s->sent, g_strdup(id));
	if (g_queue_get_length(s->sent) > SENT_KNOWN)
		g_free(g_queue_pop_tail(s->sent));
	g_mutex_unlock(&s->lock);
}

void submit_fall_short(struct submit *s, const char *what, const GError *error)
{
	hub_note(s->hub, HUB_ERROR, "", "%s: %s", what, error->message);
	hub_count_failure(s->hub, error);
}

void submit_finish_sent(struct submit *s, const char *id, gboolean again)
{
	struct letter_change later = {.id = id, OUTBOX_SENT, OUTBOX_SENT};
	g_autoptr(GError) error = NULL;

	if (file_sent(s->hub, s->host.mailbox, s->host.data, id, again, &error)) {
		g_ptr_array_add(s->filed, g_strdup(id));
		return;
	}
	submit_fall_short(s, "sent, but not filed yet", error);
	s->failed = TRUE;
	later.next_try = clock_now_s() + BACKOFF_MAIL_FIRST;
	later.words = error->message;
	letters_set(s->store, &later, 1, "sent-not-filed", NULL);
}

void submit_drop_filed(struct submit *s)
{
	g_autoptr(GError) error = NULL;

	if (s->filed->len && !letters_drop(s->store, s->filed, &error)) {
		submit_fall_short(s, "outbox", error);
		s->failed = TRUE;
	}
	g_ptr_array_set_size(s->filed, 0);
}

/* What follows when its fate is recorded. */
static void conclude(struct submit *s, const struct fate *f)
{
	const struct letter_change *c = &f->change;

	if (c->to == OUTBOX_SENT) {
		remember_sent(s, c->id);
		if (c->done)
			submit_finish_sent(s, c->id, FALSE);
	}
	if (c->to == OUTBOX_UNKNOWN)
		hub_note(s->hub, HUB_ERROR, "",
			 "a message may or may not have been sent (%s); it is not sent again by "
			 "itself: see `cur queue`",
			 c->words);
	if (c->to == OUTBOX_RETRY)
		log_event(LOG_LEVEL_INFO, "outbox %s: again in %" G_GINT64_FORMAT " s: %s", c->id,
			  c->next_try - clock_now_s(), c->words);
	if (c->to != OUTBOX_QUEUED)
		submit_tell(s, c->id, c->to, f->code, c->words);
	if (s->filed->len >= FILED_MAX)
		submit_drop_filed(s);
}

static void fate_clear(void *data)
{
	struct fate *f = data;

	g_free((char *)f->change.id);
	g_free((char *)f->change.words);
}

GArray *submit_fates_new(void)
{
	GArray *fates = g_array_new(FALSE, FALSE, sizeof(struct fate));

	g_array_set_clear_func(fates, fate_clear);
	return fates;
}

/* Those of the fates, then those of the messages that begin. */
static GArray *changes_of(struct submit *s, struct letter *const *begin, guint n_begin)
{
	GArray *changes = g_array_new(FALSE, FALSE, sizeof(struct letter_change));

	for (guint i = 0; i < s->fates->len; i++)
		g_array_append_val(changes, g_array_index(s->fates, struct fate, i).change);
	for (guint i = 0; i < n_begin; i++) {
		struct letter_change c = {.id = begin[i]->id, begin[i]->state, OUTBOX_SENDING};

		g_array_append_val(changes, c);
	}
	return changes;
}

/* Which of them may be sent: the user may have been faster. */
static guint take_begun(struct submit *s, const struct letter_change *changes,
			struct letter **begin, guint n_begin)
{
	guint n = 0;

	for (guint i = 0; i < n_begin; i++) {
		if (!changes[i].done)
			continue;
		begin[i]->state = OUTBOX_SENDING;
		g_hash_table_remove(s->unreached, begin[i]->id);
		n++;
	}
	return n;
}

guint submit_record(struct submit *s, struct letter **begin, guint n_begin)
{
	g_autoptr(GArray) changes = changes_of(s, begin, n_begin), fates = NULL;
	struct letter_change *c = (struct letter_change *)(void *)changes->data;
	g_autoptr(GError) error = NULL;
	const char *point = "send-begun";
	guint n_begun = 0;

	if (!changes->len)
		return 0;
	if (s->fates->len)
		point = g_array_index(s->fates, struct fate, s->fates->len - 1).point;
	if (!letters_set(s->store, c, changes->len, point, &error)) {
		submit_fall_short(s, "what became of a message cannot be recorded", error);
		s->unrecorded = s->failed = TRUE;
		return 0;
	}
	fates = g_steal_pointer(&s->fates);
	s->fates = submit_fates_new();
	n_begun = take_begun(s, c + fates->len, begin, n_begin);
	for (guint i = 0; i < fates->len; i++) {
		struct fate *f = &g_array_index(fates, struct fate, i);

		f->change.done = c[i].done;
		conclude(s, f);
	}
	return n_begun;
}

void submit_decide(struct submit *s, const struct letter *l, enum outbox_state to, guint code,
		   const char *words)
{
	static const char *const points[OUTBOX_N_STATES] = {
	    [OUTBOX_SENT] = "sent-recorded",   [OUTBOX_QUEUED] = "send-queued-again",
	    [OUTBOX_REFUSED] = "send-refused", [OUTBOX_RETRY] = "send-retry",
	    [OUTBOX_UNKNOWN] = "send-unknown",
	};

	struct fate f = {
	    {.id = g_strdup(l->id), .from = l->state, .to = to, .words = g_strdup(words)},
	    points[to],
	    code};

	g_array_append_val(s->fates, f);
}

static void decide_on_retry(struct submit *s, const struct letter *l, guint code, const char *words)
{
	gint64 wait =
	    backoff_wait(l->tries + 1, BACKOFF_MAIL_FIRST, BACKOFF_MAIL_CAP, g_random_double());
	/* Tries, too: a clock may be wrong, and a machine may have been off. */
	gboolean too_old =
	    clock_now_s() - l->queued > BACKOFF_MAIL_LIFE && l->tries >= BACKOFF_MAIL_TRIES;

	submit_decide(s, l, too_old ? OUTBOX_REFUSED : OUTBOX_RETRY, code, words);
	g_array_index(s->fates, struct fate, s->fates->len - 1).change.next_try =
	    too_old ? 0 : clock_now_s() + wait;
}

void submit_settle(struct submit *s, const struct letter *l, const struct deliver_result *result)
{
	switch (result->outcome) {
	case DELIVER_SENT:
		submit_decide(s, l, OUTBOX_SENT, 250, NULL);
		break;
	case DELIVER_UNKNOWN:
		doubt_begin(s->doubts, l->id, result->words);
		break;
	case DELIVER_REFUSED:
		submit_decide(s, l, OUTBOX_REFUSED, result->code, result->words);
		break;
	case DELIVER_BLOCKED:
	case DELIVER_RETRY:
		decide_on_retry(s, l, result->code, result->words);
		break;
	}
}

void submit_settle_doubt(struct submit *s, const struct letter *l)
{
	g_autofree char *words = doubt_end(s->doubts, l->id, FALSE);

	/* After the end: what came with the last look counts. */
	if (filing_proves_sent(s->store, l->id, l->queued)) {
		g_free(doubt_end(s->doubts, l->id, TRUE));
		submit_decide(s, l, OUTBOX_SENT, 250, NULL);
	} else if (words) {
		submit_decide(s, l, OUTBOX_UNKNOWN, 0, words);
	}
}

void submit_settle_unknown(struct submit *s, const struct letter *l)
{
	if (!filing_proves_sent(s->store, l->id, l->queued))
		return;
	hub_note(s->hub, HUB_INFO, "", "a message that may not have been sent has arrived: it was");
	submit_decide(s, l, OUTBOX_SENT, 250, NULL);
}
