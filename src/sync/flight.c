/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Messages that go to a server one behind the other without waiting for it (net/smtp.h). Each is
 * "sending" before a byte of it is said, half of those in flight in one commit, and its fate is its
 * own: what is not answered when the connection breaks is in doubt, and nothing else is.
 */
#include "submit-private.h"

enum { FLIGHT_MAX = 8 /* as many may be in doubt */ };

struct passenger {
	struct letter *letter;
	struct parcel *parcel;
	guint index; /* of the letter in the queue */
};

/* A part of the queue on its way. */
struct flight {
	const GPtrArray *letters;
	guint next;	 /* the first that was not looked at */
	guint again;	 /* the first that another session shall be given */
	GQueue on_board; /* struct passenger: posted, not heard of */
	gboolean full;	 /* none follows */
};

static void passenger_free(void *data)
{
	struct passenger *p = data;

	parcel_free(p->parcel);
	g_free(p);
}

/* The next letter when the open session can take it in flight, else NULL. */
static struct passenger *check_in(struct submit *s, struct deliver *d, const struct flight *f,
				  guint index)
{
	struct letter *l = index < f->letters->len ? g_ptr_array_index(f->letters, index) : NULL;
	gboolean due = l && submit_is_due(s, l) && !waker_is_stopped(s->waker);
	auto_ptr(parcel) p = due ? parcel_new(s->dir, l->id, NULL) : NULL;
	g_autofree char *why = NULL;
	const struct transport *t = p ? submit_transport(s, parcel_item(p)->transport, &why) : NULL;
	struct passenger *passenger;

	if (!t || !deliver_is_open(d, t) || !deliver_can_post(d, p))
		return NULL;
	passenger = g_new(struct passenger, 1);
	*passenger = (struct passenger){l, g_steal_pointer(&p), index};
	return passenger;
}

/* A server that is tired of this session is asked in another, whatever else is tried later. */
static void settle_passenger(struct submit *s, struct deliver *d, struct flight *f,
			     const struct passenger *p, struct deliver_result *result)
{
	if (deliver_is_tired(d, result)) {
		submit_decide(s, p->letter, OUTBOX_QUEUED, 0, NULL);
		p->letter->state = OUTBOX_QUEUED;
		f->again = MIN(f->again, p->index);
	} else {
		submit_answered(s, p->letter, result);
	}
	deliver_result_clear(result);
}

static void post(struct submit *s, struct deliver *d, struct flight *f, struct passenger *p)
{
	struct deliver_result result = {0};

	if (p->letter->state != OUTBOX_SENDING) {
		passenger_free(p);
	} else if (deliver_post(d, p->parcel, &result)) {
		g_queue_push_tail(&f->on_board, p);
	} else {
		settle_passenger(s, d, f, p, &result);
		passenger_free(p);
	}
}

/* As many as may be in flight, "sending" in one commit before the first of them is said. */
static void post_more(struct submit *s, struct deliver *d, struct flight *f)
{
	struct passenger *passengers[FLIGHT_MAX];
	struct letter *begin[FLIGHT_MAX];
	guint n = 0;

	while (!f->full && f->on_board.length + n < FLIGHT_MAX) {
		struct passenger *p = check_in(s, d, f, f->next);

		f->full = !p;
		if (!p)
			break;
		passengers[n] = p;
		begin[n++] = p->letter;
		f->next++;
	}
	submit_record(s, begin, n);
	f->full |= s->unrecorded;
	for (guint i = 0; i < n; i++)
		post(s, d, f, passengers[i]);
}

static void hear_next(struct submit *s, struct deliver *d, struct flight *f)
{
	struct passenger *p = g_queue_pop_head(&f->on_board);
	struct deliver_result result = {0};

	deliver_hear(d, p->parcel, &result);
	settle_passenger(s, d, f, p, &result);
	passenger_free(p);
}

guint flight_send(struct submit *s, struct deliver *d, const GPtrArray *letters, guint from)
{
	struct flight f = {.letters = letters, .next = from, .again = G_MAXUINT};

	/* What is sent in a moment anyway is not worth a doubt. */
	if (letters->len - from < FLIGHT_MAX || !deliver_can_post(d, NULL))
		return from;
	submit_set_in_flight(s, TRUE);
	while (!f.full) {
		post_more(s, d, &f);
		while (f.on_board.length > (f.full ? 0 : FLIGHT_MAX / 2))
			hear_next(s, d, &f);
	}
	submit_set_in_flight(s, FALSE);
	return MIN(f.next, f.again);
}
