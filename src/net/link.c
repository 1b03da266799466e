/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stream: buffers, waiting with deadlines, lines. Reading sends first what waits to go out;
 * while sending is stuck, what comes in is taken, so that two full pipes
 * cannot wait for each other.
 */
#include "cur/net/link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "channel.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/base/loopback.h"
#include "cur/net/words.h"
#include "deflate.h"
#include "libraries.h"
#include "trace.h"

enum {
	OUT_SIZE = 64 * 1024,
	IN_CHUNK = 64 * 1024,
	IN_WHILE_SENDING_MAX = 1024 * 1024,
	DEFAULT_ALLOWANCE_S = 120,
	BYTES_PER_SECOND = 1024, /* what a conversation must move to earn a second */
	DOUBT_S = 5,		 /* of silence, when the network changed */
	LOOK_MS = 1000,		 /* how often a wait looks whether it did */
};

struct link {
	struct channel_options options;
	struct channel *channel;
	struct deflate *deflate; /* NULL: nothing is compressed */
	enum link_tls tls;
	gboolean secure;
	char *name;
	guint silence_s, usual_silence_s;
	gint64 deadline_us;
	gboolean broken;
	struct link_traffic traffic;
	struct link_meter *meter, own_meter; /* that of the account, else our own */
	gint64 asked_us; /* when what is not answered yet went out; 0: nothing */
	guint network;	 /* as the waker counted when last looked */
	gboolean doubt;	 /* nothing was heard since the network changed */

	char *in; /* in[start..end) is unread; in[start..scanned) has no LF */
	gsize start, end, scanned, in_size;

	char out[OUT_SIZE];
	gsize n_out;
	gboolean out_has_secret;

	struct trace *trace;
};

guint16 link_default_port(enum link_protocol protocol, enum link_tls tls)
{
	static const guint16 ports[3][2] = {
	    [LINK_IMAP] = {143, 993},
	    [LINK_POP3] = {110, 995},
	    [LINK_SMTP] = {587, 465},
	};

	return ports[protocol][tls == LINK_TLS_IMPLICIT];
}

static gboolean clear_text_is_allowed(const struct link_server *server, GError **error)
{
	if (server->tls != LINK_TLS_NONE || host_is_loopback(server->host))
		return TRUE;
	if (server->allow_clear) {
		log_event(LOG_LEVEL_WARN, "%s: without encryption, as it was asked for",
			  server->host);
		return TRUE;
	}
	return error_set(error, CUR_ERROR_REFUSED,
			 "no connection to '%s' without TLS: anybody on the way could read the "
			 "password; ask for TLS or STARTTLS",
			 server->host);
}

static struct link *link_new(const struct link_server *server, struct waker *waker)
{
	struct link *l = g_new0(struct link, 1);
	struct channel_options *o = &l->options;
	guint16 usual = link_default_port(server->protocol, server->tls);

	l->tls = server->tls;
	l->usual_silence_s = server->silence_s ? server->silence_s : LINK_SILENCE_S;
	l->silence_s = l->usual_silence_s;
	o->host = g_strdup(server->host);
	o->port = server->port ? server->port : usual;
	o->cas = g_strdupv((char **)server->cas);
	o->no_system_cas = server->no_system_cas;
	o->client_cert = g_strdup(server->client_cert);
	o->proxy = g_strdup(server->proxy);
	o->connect_s = server->connect_s ? server->connect_s : 30;
	o->waker = waker;
	l->network = waker_network(waker);
	l->name = o->port == usual ? g_strdup(o->host) : g_strdup_printf("%s:%u", o->host, o->port);
	o->name = l->name;
	l->in_size = 2 * IN_CHUNK;
	l->in = g_malloc(l->in_size);
	l->trace = trace_new(l->name);
	l->meter = server->meter ? server->meter : &l->own_meter;
	link_allow(l, 0);
	return l;
}

void link_prepare(void)
{
	/* Who connects is told what is missing. */
	libraries_load(NULL);
}

struct link *link_open(const struct link_server *server, struct waker *waker, GError **error)
{
	auto_ptr(link) l = NULL;
	gint64 begun_us = g_get_monotonic_time();

	if (!clear_text_is_allowed(server, error))
		return NULL;
	l = link_new(server, waker);
	l->channel = channel_open(&l->options, server->tls == LINK_TLS_IMPLICIT, error);
	if (!l->channel)
		return NULL;
	l->secure = server->tls == LINK_TLS_IMPLICIT;
	l->deadline_us = begun_us + (gint64)l->options.connect_s * G_USEC_PER_SEC;
	log_event(LOG_LEVEL_DEBUG, "%s: connected%s", l->name, l->secure ? ", TLS verified" : "");
	return g_steal_pointer(&l);
}

void link_close(struct link *l)
{
	if (!l)
		return;
	log_event(LOG_LEVEL_DEBUG,
		  "%s: closed after %" G_GUINT64_FORMAT " turns; %" G_GUINT64_FORMAT
		  " bytes sent, %" G_GUINT64_FORMAT " received",
		  l->name, l->traffic.turns, l->traffic.sent, l->traffic.received);
	deflate_free(l->deflate);
	channel_close(l->channel);
	explicit_bzero(l->out, sizeof(l->out));
	g_free(l->options.host);
	g_strfreev(l->options.cas);
	g_free(l->options.client_cert);
	g_free(l->options.proxy);
	trace_free(l->trace);
	g_free(l->name);
	g_free(l->in);
	g_free(l);
}

gboolean link_start_tls(struct link *l, GError **error)
{
	char probe;

	if (l->secure)
		return error_set(error, CUR_ERROR_TLS, "'%s': TLS is up already", l->name);
	if (l->start != l->end || channel_recv(l->channel, &probe, 1) > 0) {
		l->broken = TRUE;
		return error_set(error, CUR_ERROR_TLS,
				 "'%s' sent clear text behind its answer to STARTTLS: somebody may "
				 "be meddling with the connection",
				 l->name);
	}
	if (!channel_start_tls(&l->channel, &l->options, error)) {
		l->broken = TRUE;
		return FALSE;
	}
	l->secure = TRUE;
	log_event(LOG_LEVEL_DEBUG, "%s: TLS verified", l->name);
	return TRUE;
}

void link_deflate(struct link *l)
{
	g_assert(!l->n_out && !l->deflate);
	/* What came behind the server's OK is compressed already. */
	l->deflate = deflate_new(l->in + l->start, l->end - l->start);
	l->start = l->end = l->scanned = 0;
	log_event(LOG_LEVEL_DEBUG, "%s: compressed from now on", l->name);
}

const struct link_traffic *link_traffic(const struct link *l)
{
	return &l->traffic;
}

gboolean link_is_broken(const struct link *l)
{
	return l->broken;
}

gboolean link_may_carry_secrets(const struct link *l)
{
	return l->secure || l->tls == LINK_TLS_NONE;
}

const char *link_host(const struct link *l)
{
	return l->options.host;
}

guint16 link_port(const struct link *l)
{
	return l->options.port;
}

const char *link_name(const struct link *l)
{
	return l->name;
}

void link_allow(struct link *l, guint seconds)
{
	l->deadline_us = g_get_monotonic_time() +
			 (gint64)(seconds ? seconds : DEFAULT_ALLOWANCE_S) * G_USEC_PER_SEC;
}

void link_set_silence(struct link *l, guint seconds)
{
	l->silence_s = seconds ? seconds : l->usual_silence_s;
}

void link_mute_trace(struct link *l, gboolean muted)
{
	trace_mute(l->trace, muted);
}

void link_login(struct link *l, const char *password, const char *token)
{
	trace_hide(l->trace, password, password ? strlen(password) : 0);
	trace_hide(l->trace, token, token ? strlen(token) : 0);
	trace_login(l->trace, TRUE);
}

void link_login_over(struct link *l)
{
	trace_login(l->trace, FALSE);
}

char *link_words(const struct link *l, const char *text, gssize n)
{
	g_autoptr(GString) clear = trace_clear(l->trace, text, n < 0 ? strlen(text) : (gsize)n);

	return server_words(clear->str, (gssize)clear->len);
}

/* ---- waiting ---- */

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

/* ---- reading ---- */

static void make_room(struct link *l)
{
	if (l->start == l->end) {
		l->start = l->end = l->scanned = 0;
	} else if (l->in_size - l->end < IN_CHUNK && l->start) {
		memmove(l->in, l->in + l->start, l->end - l->start);
		l->end -= l->start;
		l->scanned -= l->start;
		l->start = 0;
	}
	if (l->in_size - l->end < IN_CHUNK) {
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

/* ---- writing ---- */

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
		gsize piece = MIN(n, OUT_SIZE - l->n_out);

		memcpy(l->out + l->n_out, bytes, piece);
		l->n_out += piece;
		bytes += piece;
		n -= piece;
		if (l->n_out == OUT_SIZE && !link_flush(l, error))
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
