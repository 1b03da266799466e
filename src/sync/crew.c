/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A queue of mailboxes, the threads that empty it, and what the server allows. */
#include "crew.h"

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "push.h"

enum {
	WORTH_MAILBOXES = 4,  /* are worth a connection more … */
	WORTH_MESSAGES = 250, /* … and so many to be fetched count as a mailbox */
	TRIES = 2,	      /* of a mailbox whose session died */
	FEWER_S = 60 * 60,    /* how long a server's no is remembered */
};

struct job {
	struct folder_news news;
	guint tries;
};

struct crew {
	GMutex files;
	GMutex lock; /* what follows */
	GCond changed;
	GQueue jobs; /* struct job * */
	gboolean pausing;
	guint n_active;	 /* hands that are not at rest */
	guint n_hands;	 /* threads */
	guint n_inside;	 /* of them logged in */
	GError *failed;	 /* why a mailbox was left over */
	guint allowed;	 /* hands the server takes, until … */
	gint64 again_us; /* … this monotonic time; 0: it never said no */
};

/* A thread with a session. */
struct hand {
	struct crew *crew;
	const struct crew_work *work;
	struct round round;
	GError *shortfall;
	GThread *thread;
};

struct crew *crew_new(void)
{
	struct crew *c = g_new0(struct crew, 1);

	g_mutex_init(&c->files);
	g_mutex_init(&c->lock);
	g_cond_init(&c->changed);
	g_queue_init(&c->jobs);
	return c;
}

void crew_free(struct crew *c)
{
	g_mutex_clear(&c->files);
	g_mutex_clear(&c->lock);
	g_cond_clear(&c->changed);
	g_free(c);
}

guint crew_worth(guint n_mailboxes, guint64 n_messages)
{
	guint64 load = n_mailboxes + n_messages / WORTH_MESSAGES;

	return n_mailboxes < 2 ? 0 : (guint)MIN(load / WORTH_MAILBOXES, n_mailboxes - 1);
}

/* ---- rest -------------------------------------------------------------------------- */

static void pause_all(struct crew *c)
{
	g_mutex_lock(&c->lock);
	c->pausing = TRUE;
	while (c->n_active)
		g_cond_wait(&c->changed, &c->lock);
	g_mutex_unlock(&c->lock);
}

static void resume_all(struct crew *c)
{
	g_mutex_lock(&c->lock);
	c->pausing = FALSE;
	g_cond_broadcast(&c->changed);
	g_mutex_unlock(&c->lock);
}

gboolean crew_push(struct round *r, GError **error)
{
	gboolean ok;

	/* The engine's own renames wake the worker, too: no rest for those. */
	if (!push_is_due(r))
		return TRUE;
	pause_all(r->crew);
	ok = push_steps(r, error);
	resume_all(r->crew);
	return ok;
}

gboolean crew_is_pausing(struct crew *c)
{
	gboolean pausing;

	g_mutex_lock(&c->lock);
	pausing = c->pausing;
	g_mutex_unlock(&c->lock);
	return pausing;
}

void crew_rest(struct crew *c)
{
	g_mutex_lock(&c->lock);
	c->n_active--;
	g_cond_broadcast(&c->changed);
	while (c->pausing)
		g_cond_wait(&c->changed, &c->lock);
	c->n_active++;
	g_mutex_unlock(&c->lock);
}

void crew_lock_files(struct crew *c)
{
	g_mutex_lock(&c->files);
}

void crew_unlock_files(struct crew *c)
{
	g_mutex_unlock(&c->files);
}

/* ---- the queue ------------------------------------------------------------------------ */

static struct job *take(struct crew *c)
{
	struct job *job;

	g_mutex_lock(&c->lock);
	job = g_queue_pop_head(&c->jobs);
	g_mutex_unlock(&c->lock);
	return job;
}

/* A hand that has one is active; it waits while the worker pauses all. */
static struct job *take_actively(struct crew *c)
{
	struct job *job;

	g_mutex_lock(&c->lock);
	while (c->pausing)
		g_cond_wait(&c->changed, &c->lock);
	job = g_queue_pop_head(&c->jobs);
	if (job)
		c->n_active++;
	g_mutex_unlock(&c->lock);
	return job;
}

static void end_activity(struct crew *c)
{
	g_mutex_lock(&c->lock);
	c->n_active--;
	g_cond_broadcast(&c->changed);
	g_mutex_unlock(&c->lock);
}

static void clear_queue(struct crew *c)
{
	g_queue_clear_full(&c->jobs, g_free);
}

/*
 * The session is of no use any more. Another may take the mailbox up, unless it is what kills
 * them; a full disk or a stop ends it for all.
 */
static void give_back(struct crew *c, struct job *job, const GError *why)
{
	gboolean ends_all = error_is(why, CUR_ERROR_FULL) || error_is(why, CUR_ERROR_CANCELLED) ||
			    error_is(why, CUR_ERROR_IO);

	g_mutex_lock(&c->lock);
	if (!ends_all && ++job->tries < TRIES) {
		g_queue_push_head(&c->jobs, g_steal_pointer(&job));
	} else if (!c->failed) {
		c->failed = g_error_copy(why);
	}
	if (ends_all)
		clear_queue(c);
	g_mutex_unlock(&c->lock);
	g_free(job);
}

/* ---- what the server allows ------------------------------------------------------------ */

guint crew_allowed(struct crew *c, guint connections)
{
	guint n = connections ? connections - 1 : 0;

	g_mutex_lock(&c->lock);
	if (c->again_us > g_get_monotonic_time())
		n = MIN(n, c->allowed);
	g_mutex_unlock(&c->lock);
	return n;
}

static void note_inside(struct crew *c, gboolean inside)
{
	g_mutex_lock(&c->lock);
	c->n_inside += inside ? 1 : -1u;
	c->allowed = MAX(c->allowed, c->n_inside);
	g_mutex_unlock(&c->lock);
}

/* Whatever the reason: the worker's own connection lives, so one less is what works. */
static void note_refusal(struct hand *h, const GError *why)
{
	struct crew *c = h->crew;
	gboolean known;

	if (waker_is_stopped(h->round.waker))
		return;
	g_mutex_lock(&c->lock);
	known = c->again_us > g_get_monotonic_time();
	c->allowed = c->n_inside;
	c->again_us = g_get_monotonic_time() + (gint64)FEWER_S * G_USEC_PER_SEC;
	g_mutex_unlock(&c->lock);
	if (!known)
		log_event(LOG_LEVEL_INFO, "%s: fewer connections for an hour: %s", h->work->name,
			  why->message);
}

/* ---- a hand ------------------------------------------------------------------------------ */

static void work_off(struct hand *h)
{
	struct job *job;

	while ((job = take_actively(h->crew))) {
		g_autoptr(GError) failed = NULL;
		gboolean ok = h->work->sync(h->work->data, &h->round, &job->news, &failed);

		if (!ok)
			give_back(h->crew, g_steal_pointer(&job), failed);
		g_free(job);
		end_activity(h->crew);
		if (!ok)
			return;
	}
}

static void *run_hand(void *data)
{
	struct hand *h = data;
	g_autoptr(GError) failed = NULL;

	h->round.imap = h->work->open(h->work->data, &failed);
	if (h->round.imap) {
		note_inside(h->crew, TRUE);
		work_off(h);
		note_inside(h->crew, FALSE);
		imap_close(h->round.imap);
	} else {
		note_refusal(h, failed);
	}
	g_mutex_lock(&h->crew->lock);
	h->crew->n_hands--;
	g_mutex_unlock(&h->crew->lock);
	/* The worker may wait for this, or for the mailbox that was given back. */
	waker_poke(h->round.waker);
	return NULL;
}

static struct hand *hand_start(struct crew *c, const struct crew_work *work, const struct round *r)
{
	struct hand *h = g_new0(struct hand, 1);

	h->crew = c;
	h->work = work;
	h->round = *r;
	h->round.imap = NULL;
	h->round.is_hand = TRUE;
	h->round.shortfall = &h->shortfall;
	g_mutex_lock(&c->lock);
	c->n_hands++;
	g_mutex_unlock(&c->lock);
	h->thread = g_thread_new("hand", run_hand, h);
	return h;
}

static void hand_join(struct hand *h, struct round *r)
{
	g_thread_join(h->thread);
	if (h->shortfall && !*r->shortfall)
		*r->shortfall = g_steal_pointer(&h->shortfall);
	g_clear_error(&h->shortfall);
	r->unsettled |= h->round.unsettled;
	r->unfinished |= h->round.unfinished;
	g_free(h);
}

/* ---- the worker --------------------------------------------------------------------------- */

static gboolean are_hands_busy(struct crew *c)
{
	gboolean busy;

	g_mutex_lock(&c->lock);
	busy = c->n_hands > 0;
	g_mutex_unlock(&c->lock);
	return busy;
}

/* FALSE: the worker's own session is gone. */
static gboolean run_worker(struct crew *c, const struct crew_work *work, struct round *r,
			   GError **error)
{
	for (;;) {
		struct job *job = take(c);
		g_autoptr(GError) failed = NULL;

		if (!job && (!are_hands_busy(c) || waker_is_stopped(r->waker)))
			return TRUE;
		if (!job)
			waker_sleep(r->waker, G_MAXINT32);
		else if (!work->sync(work->data, r, &job->news, &failed))
			give_back(c, g_steal_pointer(&job), failed);
		g_free(job);
		/* What the user does meanwhile does not wait for a long first sync. */
		if (!failed && waker_was_poked(r->waker))
			work->let_pass(work->data, r, &failed);
		if (failed) {
			g_propagate_error(error, g_steal_pointer(&failed));
			return FALSE;
		}
	}
}

static void fill_queue(struct crew *c, const GArray *news)
{
	for (guint i = 0; i < news->len; i++) {
		struct job *job = g_new0(struct job, 1);

		job->news = g_array_index(news, struct folder_news, i);
		g_queue_push_tail(&c->jobs, job);
	}
}

/* Everybody is gone: what is still in the queue nobody could do. */
static gboolean settle(struct crew *c, gboolean ok, GError **error)
{
	g_autoptr(GError) failed = g_steal_pointer(&c->failed);

	clear_queue(c);
	if (ok && failed) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	return ok;
}

gboolean crew_run(struct crew *c, const struct crew_work *work, struct round *r, const GArray *news,
		  GError **error)
{
	g_autoptr(GPtrArray) hands = g_ptr_array_new();
	gboolean ok;

	fill_queue(c, news);
	for (guint i = 0; i < work->n_hands; i++)
		g_ptr_array_add(hands, hand_start(c, work, r));
	ok = run_worker(c, work, r, error);
	for (guint i = 0; i < hands->len; i++)
		hand_join(g_ptr_array_index(hands, i), r);
	return settle(c, ok, error);
}
