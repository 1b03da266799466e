/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server that plays a script, in a thread: one connection, then it is over.
 *
 *	S: text		say the line (CRLF is added). Neighbouring lines go out in one write
 *	R: text		say it raw, without CRLF
 *	C: text		expect exactly this line
 *	C~ regex	expect a line that matches whole
 *	D		expect message data up to the line with the single dot
 *	L: n		expect n raw bytes (a literal)
 *	!tls		the server's half of a TLS handshake; a failure of it is no fault
 *	!repeat N text	say the raw text N times
 *	!drip		from here on one byte a write
 *	!late N		wait N ms: a server that is far away
 *	!deflate	from here on both sides compress (RFC 4978)
 *	X: text		say it raw, whatever was agreed on
 *	!cut		say what is to be said but for its last bytes, and close
 *	!close		close the connection
 *	!shut		say no more; hear what the client says until it goes
 *	!stall		say nothing until the client goes
 *	!eof		expect that the client goes
 *
 * \r \n \0 \t \\ and \xNN stand for bytes. fake_end tells what was not as written.
 */
#ifndef TESTS_FAKE_SERVER_H
#define TESTS_FAKE_SERVER_H

#include <arpa/inet.h>
#include <glib.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include "cert.h"

enum { FAKE_PATIENCE_MS = 20000 };

struct fake {
	int listener, socket;
	guint16 port;
	char **script;
	GThread *thread;
	const struct cert *chain; /* borrowed: the server's own, then what it is signed by */
	guint n_chain;
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t tls;
	gboolean drip, deflates, cut;
	z_stream unfold, fold;
	GString *pending; /* to be said */
	GString *heard;	  /* all that the client said, TLS or not */
	GString *in;
	gsize in_at;
	char *wrong; /* the first thing that was not as written */
	gboolean tls_was_asked;
};

static void fake_wrong(struct fake *f, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void fake_wrong(struct fake *f, const char *format, ...)
{
	va_list args;

	if (f->wrong)
		return;
	va_start(args, format);
	f->wrong = g_strdup_vprintf(format, args);
	va_end(args);
}

static GString *fake_unescape(const char *text)
{
	GString *out = g_string_new(NULL);

	for (const char *p = text; *p; p++) {
		if (*p != '\\') {
			g_string_append_c(out, *p);
			continue;
		}
		switch (*++p) {
		case 'r':
			g_string_append_c(out, '\r');
			break;
		case 'n':
			g_string_append_c(out, '\n');
			break;
		case 't':
			g_string_append_c(out, '\t');
			break;
		case '0':
			g_string_append_c(out, '\0');
			break;
		case 'x':
			g_string_append_c(out, (char)(g_ascii_xdigit_value(p[1]) * 16 +
						      g_ascii_xdigit_value(p[2])));
			p += 2;
			break;
		default:
			g_string_append_c(out, *p);
		}
	}
	return out;
}

/* In place: what is to be said, compressed. */
static void fake_fold(struct fake *f)
{
	gsize room = deflateBound(&f->fold, f->pending->len) + 64;
	GString *out = g_string_sized_new(room);

	f->fold.next_in = (Bytef *)f->pending->str;
	f->fold.avail_in = (uInt)f->pending->len;
	f->fold.next_out = (Bytef *)out->str;
	f->fold.avail_out = (uInt)room;
	deflate(&f->fold, Z_SYNC_FLUSH);
	out->len = room - f->fold.avail_out;
	g_string_free(f->pending, TRUE);
	f->pending = out;
}

static void fake_hear(struct fake *f, char *bytes, gsize n)
{
	char buffer[16384];

	f->unfold.next_in = (Bytef *)bytes;
	f->unfold.avail_in = (uInt)n;
	do {
		f->unfold.next_out = (Bytef *)buffer;
		f->unfold.avail_out = sizeof(buffer);
		inflate(&f->unfold, Z_SYNC_FLUSH);
		g_string_append_len(f->in, buffer, sizeof(buffer) - f->unfold.avail_out);
		g_string_append_len(f->heard, buffer, sizeof(buffer) - f->unfold.avail_out);
	} while (!f->unfold.avail_out);
}

static void fake_flush(struct fake *f)
{
	gsize done = 0;

	if (f->deflates && f->pending->len)
		fake_fold(f);
	if (f->cut && f->pending->len > 6)
		g_string_truncate(f->pending, f->pending->len - 6);
	while (done < f->pending->len) {
		gsize piece = f->drip ? 1 : f->pending->len - done;
		gssize n = f->tls ? gnutls_record_send(f->tls, f->pending->str + done, piece)
				  : send(f->socket, f->pending->str + done, piece, MSG_NOSIGNAL);

		/* A client that has gone is looked at by the lines to come. */
		if (n <= 0)
			break;
		done += (gsize)n;
	}
	g_string_truncate(f->pending, 0);
}

/* FALSE: the client has gone, or is silent for too long. */
static gboolean fake_fill(struct fake *f)
{
	char buffer[16384];
	struct pollfd p = {.fd = f->socket, .events = POLLIN};
	gssize n;

	if (!(f->tls && gnutls_record_check_pending(f->tls)) && poll(&p, 1, FAKE_PATIENCE_MS) <= 0)
		return FALSE;
	n = f->tls ? gnutls_record_recv(f->tls, buffer, sizeof(buffer))
		   : recv(f->socket, buffer, sizeof(buffer), 0);
	if (n <= 0)
		return FALSE;
	if (f->deflates) {
		fake_hear(f, buffer, (gsize)n);
		return TRUE;
	}
	g_string_append_len(f->in, buffer, n);
	g_string_append_len(f->heard, buffer, n);
	return TRUE;
}

/* The next line without its CRLF; NULL when there is none. Yours. */
static char *fake_line(struct fake *f)
{
	for (;;) {
		char *start = f->in->str + f->in_at;
		char *lf = memchr(start, '\n', f->in->len - f->in_at);

		if (lf) {
			gsize n = (gsize)(lf - start);

			f->in_at += n + 1;
			return g_strndup(start, n && start[n - 1] == '\r' ? n - 1 : n);
		}
		if (!fake_fill(f))
			return NULL;
	}
}

static void fake_expect(struct fake *f, const char *wanted, gboolean regex)
{
	g_autofree char *line = NULL;
	gboolean ok;

	fake_flush(f);
	line = fake_line(f);
	if (regex) {
		g_autofree char *whole = g_strdup_printf("^(?:%s)$", wanted);

		ok = line && g_regex_match_simple(whole, line, 0, 0);
	} else {
		g_autoptr(GString) text = fake_unescape(wanted);

		ok = line && !strcmp(line, text->str);
	}
	if (!ok)
		fake_wrong(f, "wanted '%s', got '%s'", wanted, line ? line : "(the end)");
}

static void fake_expect_data(struct fake *f)
{
	fake_flush(f);
	for (;;) {
		g_autofree char *line = fake_line(f);

		if (!line)
			fake_wrong(f, "wanted data up to the dot, got the end");
		if (!line || !strcmp(line, "."))
			return;
	}
}

static void fake_expect_bytes(struct fake *f, gsize n)
{
	fake_flush(f);
	while (f->in->len - f->in_at < n)
		if (!fake_fill(f)) {
			fake_wrong(f, "wanted %zu bytes, got the end", n);
			return;
		}
	f->in_at += n;
}

static void fake_expect_eof(struct fake *f)
{
	fake_flush(f);
	while (fake_fill(f))
		;
	if (f->in->len > f->in_at)
		fake_wrong(f, "wanted the end, got '%s'", f->in->str + f->in_at);
}

static void fake_tls(struct fake *f)
{
	gnutls_x509_crt_t list[4];
	int rc;

	fake_flush(f);
	f->tls_was_asked = TRUE;
	for (guint i = 0; i < f->n_chain; i++)
		list[i] = f->chain[i].crt;
	gnutls_certificate_allocate_credentials(&f->credentials);
	gnutls_certificate_set_x509_key(f->credentials, list, (int)f->n_chain, f->chain[0].key);
	gnutls_init(&f->tls, GNUTLS_SERVER);
	gnutls_set_default_priority(f->tls);
	gnutls_credentials_set(f->tls, GNUTLS_CRD_CERTIFICATE, f->credentials);
	gnutls_transport_set_int(f->tls, f->socket);
	gnutls_handshake_set_timeout(f->tls, FAKE_PATIENCE_MS);
	do
		rc = gnutls_handshake(f->tls);
	while (rc < 0 && !gnutls_error_is_fatal(rc));
}

static void fake_repeat(struct fake *f, const char *args)
{
	char *rest;
	guint64 n = g_ascii_strtoull(args, &rest, 10);
	g_autoptr(GString) text = fake_unescape(g_strchug(rest));

	for (guint64 i = 0; i < n; i++) {
		g_string_append_len(f->pending, text->str, (gssize)text->len);
		if (f->pending->len > 65536)
			fake_flush(f);
	}
}

static void fake_close(struct fake *f)
{
	fake_flush(f);
	if (f->tls)
		gnutls_deinit(f->tls);
	f->tls = NULL;
	if (f->socket >= 0)
		close(f->socket);
	f->socket = -1;
}

static void fake_deflate(struct fake *f)
{
	fake_flush(f);
	deflateInit2(&f->fold, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
	inflateInit2(&f->unfold, -15);
	f->deflates = TRUE;
}

static void fake_say_raw(struct fake *f, const char *text)
{
	gboolean deflates = f->deflates;
	GString *bytes = fake_unescape(text);

	fake_flush(f);
	f->deflates = FALSE;
	g_string_append_len(f->pending, bytes->str, (gssize)bytes->len);
	fake_flush(f);
	f->deflates = deflates;
	g_string_free(bytes, TRUE);
}

static void fake_play(struct fake *f, const char *line)
{
	if (f->socket < 0 || f->wrong || !*line || *line == '#')
		return;
	if (g_str_has_prefix(line, "S: ") || g_str_has_prefix(line, "R: ")) {
		g_autoptr(GString) text = fake_unescape(line + 3);

		g_string_append_len(f->pending, text->str, (gssize)text->len);
		if (*line == 'S')
			g_string_append(f->pending, "\r\n");
	} else if (g_str_has_prefix(line, "C: ")) {
		fake_expect(f, line + 3, FALSE);
	} else if (g_str_has_prefix(line, "C~ ")) {
		fake_expect(f, line + 3, TRUE);
	} else if (!strcmp(line, "D")) {
		fake_expect_data(f);
	} else if (g_str_has_prefix(line, "L: ")) {
		fake_expect_bytes(f, (gsize)atol(line + 3));
	} else if (!strcmp(line, "!tls")) {
		fake_tls(f);
	} else if (g_str_has_prefix(line, "!repeat ")) {
		g_autofree char *args = g_strdup(line + 8);

		fake_repeat(f, args);
	} else if (!strcmp(line, "!drip")) {
		f->drip = TRUE;
	} else if (g_str_has_prefix(line, "!late ")) {
		g_usleep((gulong)atol(line + 6) * 1000);
	} else if (!strcmp(line, "!deflate")) {
		fake_deflate(f);
	} else if (g_str_has_prefix(line, "X: ")) {
		fake_say_raw(f, line + 3);
	} else if (!strcmp(line, "!cut")) {
		f->cut = TRUE;
		fake_close(f);
	} else if (!strcmp(line, "!close")) {
		fake_close(f);
	} else if (!strcmp(line, "!stall") || !strcmp(line, "!shut")) {
		fake_flush(f);
		if (!strcmp(line, "!shut"))
			shutdown(f->socket, SHUT_WR);
		while (fake_fill(f))
			;
	} else if (!strcmp(line, "!eof")) {
		fake_expect_eof(f);
	} else {
		fake_wrong(f, "the script has a line '%s'", line);
	}
}

static gpointer fake_main(gpointer data)
{
	struct fake *f = data;
	struct pollfd p = {.fd = f->listener, .events = POLLIN};

	if (poll(&p, 1, FAKE_PATIENCE_MS) > 0)
		f->socket = accept(f->listener, NULL, NULL);
	for (char **line = f->script; f->socket >= 0 && *line; line++)
		fake_play(f, *line);
	/* What is said after the script's end is not answered. */
	if (f->socket >= 0) {
		fake_flush(f);
		while (fake_fill(f))
			;
	}
	fake_close(f);
	return NULL;
}

/* Begin to play `script` (lines) on a port of 127.0.0.1. `chain` must live until fake_end. */
static struct fake *fake_begin(const char *script, const struct cert *chain, guint n_chain)
{
	struct fake *f = g_new0(struct fake, 1);
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(a);

	f->socket = -1;
	f->script = g_strsplit(script, "\n", -1);
	f->chain = chain;
	f->n_chain = n_chain;
	f->pending = g_string_new(NULL);
	f->heard = g_string_new(NULL);
	f->in = g_string_new(NULL);
	f->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bind(f->listener, (struct sockaddr *)&a, n);
	listen(f->listener, 5);
	getsockname(f->listener, (struct sockaddr *)&a, &n);
	f->port = ntohs(a.sin_port);
	f->thread = g_thread_new("fake", fake_main, f);
	return f;
}

/* Wait for its end. What was not as written (yours), or NULL; *heard (may be NULL) is all it was
 * told. */
static char *fake_end(struct fake *f, char **heard)
{
	char *wrong;

	g_thread_join(f->thread);
	close(f->listener);
	if (f->credentials)
		gnutls_certificate_free_credentials(f->credentials);
	if (f->deflates) {
		deflateEnd(&f->fold);
		inflateEnd(&f->unfold);
	}
	wrong = f->wrong;
	if (heard)
		*heard = g_strdup(f->heard->str);
	g_strfreev(f->script);
	g_string_free(f->pending, TRUE);
	g_string_free(f->heard, TRUE);
	g_string_free(f->in, TRUE);
	g_free(f);
	return wrong;
}

#endif
