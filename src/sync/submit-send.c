/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One message to its server, in the session that is open or in a new one. */
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/step.h"
#include "submit-private.h"

enum { LINGER_S = 10 }; /* how long a session waits for another message */

const struct transport *submit_transport(struct submit *s, const char *line, char **why)
{
	const struct transport *t = NULL;

	g_mutex_lock(&s->lock);
	*why = g_strdup(g_hash_table_lookup(s->blocked, line));
	if (!*why)
		t = g_hash_table_lookup(s->transports, line);
	g_mutex_unlock(&s->lock);
	if (!t && !*why)
		*why = g_strdup_printf("the configuration has no '%s'", line);
	return t;
}

static void block(struct submit *s, const char *line, const char *words)
{
	g_mutex_lock(&s->lock);
	g_hash_table_insert(s->blocked, g_strdup(line), g_strdup(words));
	g_mutex_unlock(&s->lock);
	hub_note(s->hub, HUB_ERROR, "", "%s: %s; what waits is kept: see `cur queue`", line, words);
}

/* It is refused for good only when there is nothing to be read. */
static void decide_unreadable(struct submit *s, const struct letter *l, const GError *error)
{
	gboolean is_lost = error_is(error, CUR_ERROR_GONE) || error_is(error, CUR_ERROR_CORRUPT);
	struct deliver_result result = {is_lost ? DELIVER_REFUSED : DELIVER_RETRY, 0,
					error->message};

	submit_fall_short(s, "outbox", error);
	submit_settle(s, l, &result);
}

/* The one that was offered, or another; NULL when it cannot be sent now. Yours. */
static struct parcel *take_parcel(struct submit *s, struct deliver *d, const struct letter *l)
{
	auto_ptr(parcel) ahead = g_steal_pointer(&s->ahead);
	g_autoptr(GError) error = NULL;
	struct parcel *p;

	if (ahead && !strcmp(parcel_id(ahead), l->id))
		return g_steal_pointer(&ahead);
	if (ahead)
		deliver_close(d);
	p = parcel_new(s->dir, l->id, &error);
	if (p)
		return p;
	decide_unreadable(s, l, error);
	return NULL;
}

/* What can be offered behind a parcel: the next that is due, for the same server. */
static void look_ahead(struct submit *s, const struct parcel *p, const struct letter *next)
{
	auto_ptr(parcel) ahead =
	    next && submit_is_due(s, next) ? parcel_new(s->dir, next->id, NULL) : NULL;

	if (ahead && !strcmp(parcel_item(ahead)->transport, parcel_item(p)->transport))
		s->ahead = g_steal_pointer(&ahead);
}

/* FALSE: nobody to send it to, and *result says why. No row is "sending" before there is. */
static gboolean reach(struct submit *s, struct deliver *d, const struct transport *t,
		      struct deliver_result *result)
{
	if (deliver_is_open(d, t))
		return TRUE;
	/* This may take long. */
	submit_record(s, NULL, 0);
	return deliver_open(d, t, result);
}

void submit_set_in_flight(struct submit *s, gboolean in_flight)
{
	g_mutex_lock(&s->lock);
	s->in_flight = in_flight;
	g_cond_broadcast(&s->landed);
	g_mutex_unlock(&s->lock);
}

static void hand_over(struct submit *s, struct deliver *d, struct parcel *p,
		      const struct letter *next, struct deliver_result *result)
{
	if (!s->ahead && deliver_can_post(d, p)) {
		if (deliver_post(d, p, result))
			deliver_hear(d, p, result);
		return;
	}
	look_ahead(s, p, next);
	deliver_send(d, p, s->ahead, result);
}

void submit_answered(struct submit *s, const struct letter *l, const struct deliver_result *result)
{
	step_point("send-answered");
	s->linger_until = g_get_monotonic_time() + LINGER_S * G_USEC_PER_SEC;
	submit_settle(s, l, result);
}

static void send_parcel(struct submit *s, struct deliver *d, const struct transport *t,
			struct parcel *p, struct letter *l, const struct letter *next)
{
	struct deliver_result result = {0};

	if (!reach(s, d, t, &result)) {
		if (result.outcome == DELIVER_BLOCKED) {
			block(s, parcel_item(p)->transport, result.words);
			submit_tell(s, l->id, OUTBOX_RETRY, result.code, result.words);
		} else {
			g_hash_table_add(s->unreached, g_strdup(l->id));
			submit_settle(s, l, &result);
		}
	} else if (submit_record(s, &l, 1)) {
		submit_set_in_flight(s, TRUE);
		hand_over(s, d, p, next, &result);
		submit_set_in_flight(s, FALSE);
		submit_answered(s, l, &result);
	} else {
		/* It may have been offered. */
		deliver_close(d);
	}
	deliver_result_clear(&result);
}

void submit_send_one(struct submit *s, struct deliver *d, struct letter *l,
		     const struct letter *next)
{
	auto_ptr(parcel) p = take_parcel(s, d, l);
	g_autofree char *why = NULL;
	const struct transport *t;

	if (!p)
		return;
	t = submit_transport(s, parcel_item(p)->transport, &why);
	if (t) {
		send_parcel(s, d, t, p, l, next);
	} else {
		deliver_close(d);
		submit_tell(s, l->id, OUTBOX_RETRY, 0, why);
	}
}
