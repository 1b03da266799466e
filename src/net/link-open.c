/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a stream begins and ends, and what is known of it. */
#include <string.h>

#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/base/loopback.h"
#include "cur/net/words.h"
#include "libraries.h"
#include "link-private.h"

enum { DEFAULT_ALLOWANCE_S = 120, PRECONNECT_MS = 60 * 1000, WORDS_MAX = 4096 };

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
	/* A tunnel that is no secret one has STARTTLS. */
	if (server->tls != LINK_TLS_NONE || server->tunnel || host_is_loopback(server->host))
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
	o->certified_host = g_strdup(server->certified_host);
	o->no_ipv6 = server->no_ipv6;
	o->port = server->port ? server->port : usual;
	o->cas = g_strdupv((char **)server->cas);
	o->no_system_cas = server->no_system_cas;
	o->client_cert = g_strdup(server->client_cert);
	o->proxy = g_strdup(server->proxy);
	o->tunnel = g_strdup(server->tunnel);
	o->connect_s = server->connect_s ? server->connect_s : 30;
	o->waker = waker;
	l->network = waker_network(waker);
	l->name = o->port == usual ? g_strdup(o->host) : g_strdup_printf("%s:%u", o->host, o->port);
	o->name = l->name;
	l->in_size = 2 * LINK_IN_CHUNK;
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

/* Something that makes the way there, an ssh with a forwarded port as a rule. */
static gboolean prepare_way(const struct link_server *server, const GError *failed)
{
	struct child_input input = {.limit = WORDS_MAX, .timeout_ms = PRECONNECT_MS};
	struct child_result result = {0};
	gboolean ok;

	if (!server->preconnect || !error_is(failed, CUR_ERROR_RETRY))
		return FALSE;
	log_event(LOG_LEVEL_INFO, "%s: cannot be reached, running $preconnect", server->host);
	ok = child_shell(server->preconnect, NULL, &input, &result, NULL) && result.status == 0;
	child_result_clear(&result);
	return ok;
}

static struct channel *reach(struct link *l, const struct link_server *server, GError **error)
{
	gboolean tls = server->tls == LINK_TLS_IMPLICIT;
	GError *failed = NULL;
	struct channel *channel = channel_open(&l->options, tls, &failed);

	if (!channel && prepare_way(server, failed)) {
		g_clear_error(&failed);
		channel = channel_open(&l->options, tls, &failed);
	}
	if (!channel)
		g_propagate_error(error, failed);
	return channel;
}

struct link *link_open(const struct link_server *server, struct waker *waker, GError **error)
{
	auto_ptr(link) l = NULL;
	gint64 begun_us = g_get_monotonic_time();

	if (!clear_text_is_allowed(server, error))
		return NULL;
	l = link_new(server, waker);
	l->channel = reach(l, server, error);
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
	g_free(l->options.certified_host);
	g_strfreev(l->options.cas);
	g_free(l->options.client_cert);
	g_free(l->options.proxy);
	g_free(l->options.tunnel);
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
