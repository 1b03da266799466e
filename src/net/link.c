/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stream: buffers, waiting with deadlines, lines. Reading sends first what waits to go out;
 * while sending is stuck, what comes in is taken, so that two full pipes
 * cannot wait for each other.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "cur/base/error.h"
#include "link-private.h"

enum {
	IN_WHILE_SENDING_MAX = 1024 * 1024,
	BYTES_PER_SECOND = 1024, /* what a conversation must move to earn a second */
	DOUBT_S = 5,		 /* of silence, when the network changed */
	LOOK_MS = 1000,		 /* how often a wait looks whether it did */
};

static gboolean broken(struct link *l, enum cur_error code, const char *why, GError **error)
{
	l->broken = TRUE;
	return error_set(error, code, "%s: %s", l->name, why);
}

static void count(struct link *l, gsize n)
{
	l->deadline_us += (gint64)n * G_USEC_PER_SEC / BYTES_PER_SECOND;
}

/*
 * After a change of the network: a connection from an address that is gone will hear no more, and
 * TCP would take long to say so. Any other has to show soon that it lives.
 */
static gboolean still_stands(struct link *l, GError **error)
{
	guint network = waker_network(l->options.waker);

	if (network == l->network)
		return TRUE;
	l->network = network;
	if (!channel_has_address(l->channel))
		return broken(l, CUR_ERROR_RETRY, "the network of this connection is gone", error);
	l->doubt = TRUE;
	return TRUE;
}

/* Until the socket is ready for `events`; silence, deadline and a stop end it. */
static gboolean wait_for(struct link *l, short events, GError **error)
{
	gint64 begun_us = g_get_monotonic_time(), silent_us, end_us;
	struct pollfd p[2] = {
	    {.fd = channel_fd(l->channel), .events = events},
	    {.fd = waker_stop_fd(l->options.waker), .events = POLLIN},
	};

	for (;;) {
		gint64 left;
		int n;

		if (!still_stands(l, error))
			return FALSE;
		silent_us =
		    begun_us +
		    (gint64)(l->doubt ? MIN(l->silence_s, DOUBT_S) : l->silence_s) * G_USEC_PER_SEC;
		end_us = MIN(silent_us, l->deadline_us);
		left = (end_us - g_get_monotonic_time() + 999) / 1000;
		n = left > 0 ? poll(p, 2, (int)MIN(left, LOOK_MS)) : 0;
		if (n > 0 && p[1].revents)
			return broken(l, CUR_ERROR_CANCELLED, "stopped", error);
		if (n > 0)
			return TRUE;
		if (n < 0 && errno != EINTR)
			return broken(l, CUR_ERROR_IO, "cannot wait for the server", error);
		if (left <= 0)
			break;
	}
	return broken(l, CUR_ERROR_RETRY,
		      end_us == silent_us ? "the server has gone silent"
					  : "the server takes too long",
		      error);
}

static gboolean is_usable(struct link *l, GError **error)
{
	if (waker_is_stopped(l->options.waker))
		return broken(l, CUR_ERROR_CANCELLED, "stopped", error);
	if (l->broken)
		return error_set(error, CUR_ERROR_RETRY, "%s: the connection is broken", l->name);
	return still_stands(l, error);
}

static void make_room(struct link *l)
{
	if (l->start == l->end) {
		l->start = l->end = l->scanned = 0;
	} else if (l->in_size - l->end < LINK_IN_CHUNK && l->start) {
		memmove(l->in, l->in + l->start, l->end - l->start);
		l->end -= l->start;
		l->scanned -= l->start;
		l->start = 0;
	}
	if (l->in_size - l->end < LINK_IN_CHUNK) {
		l->in_size *= 2;
		l->in = g_realloc(l->in, l->in_size);
	}
}

static void add(guint64 *to, guint64 n)
{
	__atomic_fetch_add(to, n, __ATOMIC_RELAXED);
}

struct link_meter link_meter_read(const struct link_meter *m)
{
	return (struct link_meter){.sent = __atomic_load_n(&m->sent, __ATOMIC_RELAXED),
				   .received = __atomic_load_n(&m->received, __ATOMIC_RELAXED),
				   .turns = __atomic_load_n(&m->turns, __ATOMIC_RELAXED)};
}

/* Something came after something was sent. */
static void note_turn(struct link *l)
{
	gint64 took_us = g_get_monotonic_time() - l->asked_us;

	if (!l->asked_us)
		return;
	l->asked_us = 0;
	add(&l->meter->turns, 1);
	if (!l->traffic.turns++ || took_us < l->traffic.shortest_turn_us)
		l->traffic.shortest_turn_us = took_us;
}

/* Take what is there, without waiting; the result is channel_recv's. */
static gssize receive(struct link *l)
{
	guint64 before = l->traffic.received;
	char *to;
	gsize room;
	gssize n;

	make_room(l);
	to = l->in + l->end;
	room = l->in_size - l->end - 1;
	if (l->deflate)
		n = deflate_recv(l->deflate, l->channel, to, room, &l->traffic.received);
	else if ((n = channel_recv(l->channel, to, room)) > 0)
		l->traffic.received += (gsize)n;
	if (n > 0) {
		l->end += (gsize)n;
		l->doubt = FALSE;
		note_turn(l);
	}
	add(&l->meter->received, l->traffic.received - before);
	count(l, l->traffic.received - before);
	return n;
}

static const char *trouble(const struct link *l)
{
	const char *damage = l->deflate ? deflate_trouble(l->deflate) : NULL;

	return damage ? damage : channel_trouble(l->channel);
}

/* At least one more byte. TLS may hold some already: so first receive, then wait. */
static gboolean fill(struct link *l, GError **error)
{
	if (!is_usable(l, error) || !link_flush(l, error))
		return FALSE;
	for (;;) {
		gssize n = receive(l);

		if (n > 0)
			return TRUE;
		if (n == 0)
			return broken(l, CUR_ERROR_RETRY, "the server closed the connection",
				      error);
		if (n == CHANNEL_BROKEN)
			return broken(l, CUR_ERROR_RETRY, trouble(l), error);
		if (!wait_for(l, POLLIN, error))
			return FALSE;
	}
}

const char *link_read_line(struct link *l, gsize *n, GError **error)
{
	char *line, *lf;
	gsize length;

	while (!(lf = memchr(l->in + l->scanned, '\n', l->end - l->scanned))) {
		l->scanned = l->end;
		if (l->end - l->start > LINK_LINE_MAX) {
			broken(l, CUR_ERROR_PROTOCOL, "the server sent a line without an end",
			       error);
			return NULL;
		}
		if (!fill(l, error))
			return NULL;
	}
	line = l->in + l->start;
	length = (gsize)(lf - line);
	l->start = l->scanned = (gsize)(lf + 1 - l->in);
	if (length && line[length - 1] == '\r')
		length--;
	line[length] = '\0';
	if (length > LINK_LINE_MAX || memchr(line, '\0', length)) {
		broken(l, CUR_ERROR_PROTOCOL, "the server sent a line that is none", error);
		return NULL;
	}
	trace_received(l->trace, line, length);
	if (n)
		*n = length;
	return line;
}

const char *link_peek(struct link *l, gsize *n, GError **error)
{
	if (l->start == l->end && !fill(l, error))
		return NULL;
	*n = l->end - l->start;
	return l->in + l->start;
}

void link_consume(struct link *l, gsize n)
{
	g_assert(n <= l->end - l->start);
	trace_text(l->trace, n);
	l->start += n;
	l->scanned = l->start;
}

gboolean link_read_exact(struct link *l, guint64 n, link_sink_fn sink, void *data, GError **error)
{
	while (n) {
		gsize got;
		const char *bytes = link_peek(l, &got, error);

		if (!bytes)
			return FALSE;
		got = (gsize)MIN(n, (guint64)got);
		if (sink && !sink(bytes, got, data, error)) {
			l->broken = TRUE;
			return FALSE;
		}
		link_consume(l, got);
		n -= got;
	}
	return TRUE;
}

/* The way out is full: wait, and meanwhile take what comes in. */
static gboolean wait_to_send(struct link *l, GError **error)
{
	gboolean take = l->end - l->start < IN_WHILE_SENDING_MAX;
	gssize n;

	if (!wait_for(l, take ? POLLIN | POLLOUT : POLLOUT, error))
		return FALSE;
	n = take ? receive(l) : CHANNEL_AGAIN;
	if (n == 0)
		return broken(l, CUR_ERROR_RETRY, "the server closed the connection", error);
	return n != CHANNEL_BROKEN || broken(l, CUR_ERROR_RETRY, trouble(l), error);
}

gboolean link_flush(struct link *l, GError **error)
{
	const char *bytes = l->out;
	gsize done = 0, n_bytes = l->n_out;

	if (!l->n_out)
		return TRUE;
	if (!is_usable(l, error))
		return FALSE;
	if (l->deflate)
		bytes = deflate_fold(l->deflate, l->out, l->n_out, &n_bytes);
	while (done < n_bytes) {
		gssize n = channel_send(l->channel, bytes + done, n_bytes - done);

		if (n > 0) {
			done += (gsize)n;
			count(l, (gsize)n);
			l->traffic.sent += (gsize)n;
			add(&l->meter->sent, (gsize)n);
			l->asked_us = g_get_monotonic_time();
		} else if (n == CHANNEL_BROKEN) {
			/* The server may have said why before it hung up. */
			receive(l);
			return broken(l, CUR_ERROR_RETRY, trouble(l), error);
		} else if (!wait_to_send(l, error)) {
			return FALSE;
		}
	}
	if (l->out_has_secret)
		explicit_bzero(l->out, l->n_out);
	if (l->out_has_secret && l->deflate)
		deflate_wipe(l->deflate);
	l->out_has_secret = FALSE;
	l->n_out = 0;
	return TRUE;
}

static gboolean put(struct link *l, const char *bytes, gsize n, GError **error)
{
	while (n) {
		gsize piece = MIN(n, LINK_OUT_SIZE - l->n_out);

		memcpy(l->out + l->n_out, bytes, piece);
		l->n_out += piece;
		bytes += piece;
		n -= piece;
		if (l->n_out == LINK_OUT_SIZE && !link_flush(l, error))
			return FALSE;
	}
	return TRUE;
}

gboolean link_write(struct link *l, const void *bytes, gsize n, GError **error)
{
	trace_sent(l->trace, bytes, n);
	return put(l, bytes, n, error);
}

gboolean link_printf(struct link *l, GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return link_write(l, text, strlen(text), error);
}

gboolean link_write_secret(struct link *l, const void *bytes, gsize n, GError **error)
{
	if (!link_may_carry_secrets(l))
		return error_set(error, CUR_ERROR_TLS,
				 "%s: a password was about to go out without TLS", l->name);
	trace_secret(l->trace, bytes, n);
	l->out_has_secret = TRUE;
	if (!put(l, bytes, n, error))
		return FALSE;
	/* A full buffer may have gone out in between, and the mark with it. */
	l->out_has_secret = TRUE;
	return TRUE;
}

enum link_event link_wait(struct link *l, gint64 milliseconds, GError **error)
{
	gint64 end = g_get_monotonic_time() + milliseconds * 1000;
	struct pollfd p[2] = {
	    {.fd = channel_fd(l->channel), .events = POLLIN},
	    {.fd = waker_poke_fd(l->options.waker), .events = POLLIN},
	};

	if (!is_usable(l, error) || !link_flush(l, error))
		return LINK_FAILED;
	if (l->start != l->end)
		return LINK_READABLE;
	for (;;) {
		gssize n = receive(l);
		gint64 left = (end - g_get_monotonic_time() + 999) / 1000;

		/* The end of the stream is for the next read to tell. */
		if (n != CHANNEL_AGAIN)
			return LINK_READABLE;
		if (left <= 0)
			return LINK_TIMEOUT;
		if (poll(p, 2, (int)MIN(left, 60000)) > 0 && p[1].revents) {
			if (is_usable(l, error))
				return LINK_POKED;
			return LINK_FAILED;
		}
	}
}
