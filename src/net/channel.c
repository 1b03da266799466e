/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libcurl as a connector. An easy handle in a multi of its own is one connection, never
 * shared and never reused; the scheme only says whether there is TLS:
 *
 *   http://host:port    names, proxies and TCP, nothing else
 *   https://host:port   the same, then TLS without ALPN
 *
 * For STARTTLS the clear dialogue runs over the first; then a second handle is given the same
 * socket as "already connected" and does TLS on it. So greetings, refusals and what a server sends
 * too early are ours to see, which imap:// and smtp:// would swallow.
 */
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cert.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "libraries.h"
#include "tunnel.h"

enum {
	CA_FILE_MAX = 4 * 1024 * 1024,
	KEEPALIVE_IDLE_S = 60, /* below what address translators forget a connection after */
	KEEPALIVE_PROBE_S = 30,
	UNHEARD_MS = 120 * 1000, /* without a sign from the peer's kernel it is gone */
	LOOK_MS = 200,		 /* how often connecting looks whether the network changed */
};

struct channel {
	CURLM *multi;
	CURL *easy;
	struct curl_slist *connect_to;
	int socket; /* handed to libcurl for TLS on a connected socket; else -1 */
	int ca_fd;  /* memfd with the certificates of the account, or -1 */
	gboolean has_early;
	char early; /* a byte that came while TLS was looked at */
	char trouble[CURL_ERROR_SIZE];
};

static curl_socket_t give_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct channel *c = data;
	int fd = c->socket;

	/* libcurl owns it from here on; a second attempt gets nothing. */
	c->socket = -1;
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/*
 * With the idle time: a peer that is gone is noticed within three minutes, whether we wait (probes)
 * or have sent something (TCP alone would try for a quarter of an hour).
 */
static int socket_options(void *data, curl_socket_t fd, curlsocktype purpose)
{
	int probes = UNHEARD_MS / 1000 / KEEPALIVE_PROBE_S;
	unsigned unheard = UNHEARD_MS;

	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unheard, sizeof(unheard));
	return CURL_SOCKOPT_OK;
}

static int socket_is_connected(void *data, curl_socket_t fd, curlsocktype purpose)
{
	return CURL_SOCKOPT_ALREADY_CONNECTED;
}

void channel_close(struct channel *c)
{
	if (!c)
		return;
	if (c->multi && c->easy)
		curl()->multi_remove_handle(c->multi, c->easy);
	curl()->easy_cleanup(c->easy);
	curl()->multi_cleanup(c->multi);
	curl()->slist_free_all(c->connect_to);
	if (c->socket >= 0)
		close(c->socket);
	if (c->ca_fd >= 0)
		close(c->ca_fd);
	g_free(c);
}

static gboolean host_is_sane(const char *host)
{
	if (!*host || strlen(host) > 255)
		return FALSE;
	for (const char *p = host; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr(".-_:", *p) && !((guchar)*p & 0x80))
			return FALSE;
	return TRUE;
}

static void set_url(struct channel *c, const struct channel_options *o, gboolean tls)
{
	const char *host = tls && o->certified_host ? o->certified_host : o->host;
	gboolean v6 = strchr(host, ':') != NULL;
	g_autofree char *url = g_strdup_printf("%s://%s%s%s:%u", tls ? "https" : "http",
					       v6 ? "[" : "", host, v6 ? "]" : "", o->port);

	curl()->easy_setopt(c->easy, CURLOPT_URL, url);
}

/* The URL names whose certificate is wanted; the connection goes to the host all the same. */
static void set_place(struct channel *c, const struct channel_options *o)
{
	gboolean v6 = strchr(o->host, ':') != NULL;
	g_autofree char *to =
	    g_strdup_printf("::%s%s%s:%u", v6 ? "[" : "", o->host, v6 ? "]" : "", o->port);

	if (!o->certified_host)
		return;
	c->connect_to = curl()->slist_append(NULL, to);
	curl()->easy_setopt(c->easy, CURLOPT_CONNECT_TO, c->connect_to);
}

static void set_common(struct channel *c, const struct channel_options *o)
{
	CURL *e = c->easy;

	curl()->easy_setopt(e, CURLOPT_CONNECT_ONLY, 1L);
	curl()->easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl()->easy_setopt(e, CURLOPT_ERRORBUFFER, c->trouble);
	curl()->easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	/* No FORBID_REUSE: it would close a CONNECT_ONLY connection as soon as it is made. */
	curl()->easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
	curl()->easy_setopt(e, CURLOPT_CONNECTTIMEOUT, (long)o->connect_s);
	if (o->no_ipv6)
		curl()->easy_setopt(e, CURLOPT_IPRESOLVE, (long)CURL_IPRESOLVE_V4);
	/* A resolver that hangs must not hold us up when we give up. */
	curl()->easy_setopt(e, CURLOPT_QUICK_EXIT, 1L);
	curl()->easy_setopt(e, CURLOPT_SOCKOPTFUNCTION, socket_options);
	curl()->easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	curl()->easy_setopt(e, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_IDLE_S);
	curl()->easy_setopt(e, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_PROBE_S);
}

/* "" switches off what $all_proxy and its like would do. */
static void set_proxy(struct channel *c, const char *proxy)
{
	curl()->easy_setopt(c->easy, CURLOPT_PROXY, proxy ? proxy : "");
	curl()->easy_setopt(c->easy, CURLOPT_NOPROXY, "");
	curl()->easy_setopt(c->easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
}

/* Debian's, Fedora's and SUSE's: one file is read three times as fast as libcurl's folder. */
static const char *const system_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
};

static gboolean append_pem(GString *all, const char *file)
{
	g_autofree char *text = file_read(file, CA_FILE_MAX, FILE_READ_FOLLOW, NULL, NULL);

	if (!text || !strstr(text, "-----BEGIN "))
		return FALSE;
	g_string_append_printf(all, "%s\n", text);
	return TRUE;
}

/* The certificates to trust, one after the other; *system: the system's are among them. */
static char *read_cas(const struct channel_options *o, gboolean *system)
{
	GString *all = g_string_new(NULL);

	*system = FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(system_bundles) && !*system && !o->no_system_cas; i++)
		*system = append_pem(all, system_bundles[i]);
	for (char **file = o->cas; file && *file; file++)
		append_pem(all, *file);
	return g_string_free(all, FALSE);
}

/* libcurl's GnuTLS takes one file: make one in memory. */
static gboolean set_trust(struct channel *c, const struct channel_options *o, GError **error)
{
	gboolean system;
	g_autofree char *pem = read_cas(o, &system);
	g_autofree char *path = NULL;

	/* Where no bundle was found libcurl's own folder of certificates stays. */
	if (o->no_system_cas || system)
		curl()->easy_setopt(c->easy, CURLOPT_CAPATH, NULL);
	if (!*pem)
		return !o->no_system_cas ||
		       error_set(error, CUR_ERROR_TLS,
				 "no certificate to trust: $ssl_usesystemcerts is off and none "
				 "was found in $certificate_file and $ssl_ca_certificates_file");
	c->ca_fd = memfd_create("certificates", MFD_CLOEXEC);
	if (c->ca_fd < 0 || !file_write_all(c->ca_fd, pem, strlen(pem), NULL))
		return error_set(error, CUR_ERROR_IO, "cannot hold certificates in memory");
	path = g_strdup_printf("/proc/self/fd/%d", c->ca_fd);
	curl()->easy_setopt(c->easy, CURLOPT_CAINFO, path);
	return TRUE;
}

static gboolean set_tls(struct channel *c, const struct channel_options *o, GError **error)
{
	CURL *e = c->easy;

	curl()->easy_setopt(e, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl()->easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl()->easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	curl()->easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	curl()->easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L);
	if (o->client_cert) {
		curl()->easy_setopt(e, CURLOPT_SSLCERT, o->client_cert);
		curl()->easy_setopt(e, CURLOPT_SSLKEY, o->client_cert);
	}
	return set_trust(c, o, error);
}

static struct channel *channel_new(const struct channel_options *o, gboolean tls, GError **error)
{
	auto_ptr(channel) c = NULL;

	if (!host_is_sane(o->host) || (o->certified_host && !host_is_sane(o->certified_host))) {
		error_set(error, CUR_ERROR_USAGE, "'%s' is not the name of a host", o->host);
		return NULL;
	}
	if (!libraries_load(error))
		return NULL;
	c = g_new0(struct channel, 1);
	c->socket = c->ca_fd = -1;
	c->multi = curl()->multi_init();
	c->easy = curl()->easy_init();
	g_assert(c->multi && c->easy);
	set_url(c, o, tls);
	set_common(c, o);
	if (tls && !set_tls(c, o, error))
		return NULL;
	return g_steal_pointer(&c);
}

/* TCP-level trouble as one of our errors. */
static gboolean connect_error(struct channel *c, const struct channel_options *o, CURLcode code,
			      GError **error)
{
	long os_errno = 0;

	curl()->easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &os_errno);
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return error_set(error, CUR_ERROR_RETRY, "cannot find the host '%s'", o->host);
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return error_set(error, CUR_ERROR_RETRY, "cannot reach '%s' through the proxy: %s",
				 o->name, c->trouble);
	case CURLE_OPERATION_TIMEDOUT:
		return error_set(error, CUR_ERROR_RETRY, "no connection to '%s' within %u s",
				 o->name, o->connect_s);
	case CURLE_COULDNT_CONNECT:
		if (os_errno) {
			error_from_errno(error, (int)os_errno, "cannot connect to '%s' port %u",
					 o->host, o->port);
			/* Whatever the cause is: no network is not the user's fault. */
			if (error && *error)
				(*error)->code = CUR_ERROR_RETRY;
			return FALSE;
		}
		break;
	default:
		break;
	}
	return error_set(error, CUR_ERROR_RETRY, "cannot connect to '%s' port %u: %s", o->host,
			 o->port, *c->trouble ? c->trouble : curl()->easy_strerror(code));
}

static gboolean tls_error(struct channel *c, const struct channel_options *o, CURLcode code,
			  GError **error)
{
	long status = 0;

	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
		curl()->easy_getinfo(c->easy, CURLINFO_SSL_VERIFYRESULT, &status);
		return cert_refused(o->host, (guint)status, c->trouble, error);
	case CURLE_SSL_CERTPROBLEM:
		return error_set(error, CUR_ERROR_TLS, "cannot use the client certificate '%s'",
				 o->client_cert ? o->client_cert : "");
	case CURLE_SSL_CACERT_BADFILE:
		return error_set(error, CUR_ERROR_TLS,
				 "no usable certificate in $certificate_file or "
				 "$ssl_ca_certificates_file");
	default:
		return cert_no_tls(o->host, o->port, c->trouble, error);
	}
}

static gboolean is_tls_code(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CERTPROBLEM ||
	       code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CONNECT_ERROR ||
	       code == CURLE_SSL_CIPHER || code == CURLE_SSL_ISSUER_ERROR;
}

/* TRUE when libcurl has said how it went; *code is that. */
static gboolean is_done(struct channel *c, CURLcode *code)
{
	CURLMsg *message;
	int left;

	while ((message = curl()->multi_info_read(c->multi, &left)))
		if (message->msg == CURLMSG_DONE) {
			*code = message->data.result;
			return TRUE;
		}
	return FALSE;
}

static gboolean connect_and_wait(struct channel *c, const struct channel_options *o, GError **error)
{
	gint64 end = g_get_monotonic_time() + (gint64)o->connect_s * G_USEC_PER_SEC;
	struct curl_waitfd stop = {.fd = waker_stop_fd(o->waker), .events = CURL_WAIT_POLLIN};
	CURLcode code = CURLE_OPERATION_TIMEDOUT;
	guint network = waker_network(o->waker);
	int running;

	curl()->multi_add_handle(c->multi, c->easy);
	while (g_get_monotonic_time() < end) {
		if (waker_is_stopped(o->waker))
			return error_set(error, CUR_ERROR_CANCELLED, "connecting to '%s': stopped",
					 o->name);
		/* What was sent into a dead network is repeated late; begun anew it goes at once.
		 */
		if (waker_network(o->waker) != network)
			return error_set(error, CUR_ERROR_RETRY,
					 "connecting to '%s': the network changed", o->name);
		curl()->multi_perform(c->multi, &running);
		if (is_done(c, &code))
			break;
		curl()->multi_poll(c->multi, &stop, 1, LOOK_MS, NULL);
	}
	if (code == CURLE_OK)
		return TRUE;
	return is_tls_code(code) ? tls_error(c, o, code, error) : connect_error(c, o, code, error);
}

/* What libcurl lets pass and we do not: keys that are too weak. */
static gboolean check_peer(struct channel *c, const struct channel_options *o, GError **error)
{
	const struct curl_tlssessioninfo *info = NULL;

	/* libcurl shows the session of a finished transfer only once something was read. */
	c->has_early = channel_recv(c, &c->early, 1) > 0;
	curl()->easy_getinfo(c->easy, CURLINFO_TLS_SSL_PTR, &info);
	if (!info || info->backend != CURLSSLBACKEND_GNUTLS || !info->internals)
		return error_set(error, CUR_ERROR_TLS, "no TLS to '%s'", o->name);
	if (!cert_check_strength(o->host, info->internals, error))
		return FALSE;
	cert_forget_authorities(info->internals);
	return TRUE;
}

static struct channel *open_tunnel(const struct channel_options *o, GError **error)
{
	auto_ptr(channel) c = channel_new(o, FALSE, error);
	g_autofree char *to = NULL;
	guint16 port;
	int listener = c ? tunnel_listen(&port, error) : -1;
	gboolean ok;

	if (listener < 0)
		return NULL;
	to = g_strdup_printf("::127.0.0.1:%u", port);
	set_proxy(c, NULL);
	c->connect_to = curl()->slist_append(NULL, to);
	curl()->easy_setopt(c->easy, CURLOPT_CONNECT_TO, c->connect_to);
	ok = connect_and_wait(c, o, error) &&
	     tunnel_start(listener, channel_fd(c), o->tunnel, error);
	close(listener);
	return ok ? g_steal_pointer(&c) : NULL;
}

struct channel *channel_open(const struct channel_options *o, gboolean tls, GError **error)
{
	auto_ptr(channel) c = NULL;

	if (o->tunnel)
		return open_tunnel(o, error);
	c = channel_new(o, tls, error);
	if (!c)
		return NULL;
	set_proxy(c, o->proxy);
	if (tls)
		set_place(c, o);
	if (!connect_and_wait(c, o, error) || (tls && !check_peer(c, o, error)))
		return NULL;
	return g_steal_pointer(&c);
}

gboolean channel_start_tls(struct channel **clear, const struct channel_options *o, GError **error)
{
	auto_ptr(channel) c = channel_new(o, TRUE, error);

	if (!c)
		return FALSE;
	set_proxy(c, NULL);
	c->socket = fcntl(channel_fd(*clear), F_DUPFD_CLOEXEC, 3);
	if (c->socket < 0)
		return error_set(error, CUR_ERROR_IO, "cannot duplicate a socket");
	curl()->easy_setopt(c->easy, CURLOPT_OPENSOCKETFUNCTION, give_socket);
	curl()->easy_setopt(c->easy, CURLOPT_OPENSOCKETDATA, c);
	curl()->easy_setopt(c->easy, CURLOPT_SOCKOPTFUNCTION, socket_is_connected);
	/* Any address does: the socket is connected, and the name must not be looked up again. */
	c->connect_to = curl()->slist_append(NULL, "::127.0.0.1:1");
	curl()->easy_setopt(c->easy, CURLOPT_CONNECT_TO, c->connect_to);
	if (!connect_and_wait(c, o, error) || !check_peer(c, o, error))
		return FALSE;
	channel_close(*clear);
	*clear = g_steal_pointer(&c);
	return TRUE;
}

int channel_fd(const struct channel *c)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	curl()->easy_getinfo(c->easy, CURLINFO_ACTIVESOCKET, &fd);
	return (int)fd;
}

gboolean channel_has_address(const struct channel *c)
{
	struct sockaddr_storage address;
	socklen_t n = sizeof(address);
	gboolean gone;
	int probe;

	if (getsockname(channel_fd(c), (struct sockaddr *)&address, &n) < 0)
		return TRUE;
	if (address.ss_family == AF_INET)
		((struct sockaddr_in *)&address)->sin_port = 0;
	else if (address.ss_family == AF_INET6)
		((struct sockaddr_in6 *)&address)->sin6_port = 0;
	else
		return TRUE;
	/* The kernel lets nobody take an address that it does not have. */
	probe = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (probe < 0)
		return TRUE;
	gone = bind(probe, (struct sockaddr *)&address, n) < 0 && errno == EADDRNOTAVAIL;
	close(probe);
	return !gone;
}

static gssize moved(CURLcode code, gsize n)
{
	if (code == CURLE_OK)
		return (gssize)n;
	return code == CURLE_AGAIN ? CHANNEL_AGAIN : CHANNEL_BROKEN;
}

gssize channel_recv(struct channel *c, void *buffer, gsize n)
{
	gsize got = 0;
	CURLcode code;

	if (c->has_early && n) {
		c->has_early = FALSE;
		*(char *)buffer = c->early;
		return 1;
	}
	code = curl()->easy_recv(c->easy, buffer, n, &got);
	return moved(code, got);
}

gssize channel_send(struct channel *c, const void *bytes, gsize n)
{
	gsize sent = 0;
	CURLcode code = curl()->easy_send(c->easy, bytes, n, &sent);
	gssize result = moved(code, sent);

	return result == 0 ? CHANNEL_AGAIN : result;
}

const char *channel_trouble(const struct channel *c)
{
	return *c->trouble ? c->trouble : "the connection broke";
}
