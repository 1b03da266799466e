/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * net/link.h without a network, linked in its place: what the server says is a piece of
 * memory, what it is told is dropped. Included by one file of a program.
 */
#ifndef FUZZ_MEMORY_LINK_H
#define FUZZ_MEMORY_LINK_H

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/net/link.h"
#include "cur/net/words.h"

struct link {
	const char *p, *end;
	GString *line;
	gboolean broken;
};

enum { MEMORY_LINK_CHUNK = 61 }; /* an odd number, so that texts are cut anywhere */

/* What the next link_open hears. */
static const char *memory_link_bytes;
static gsize memory_link_n;

static void memory_link_set(const void *bytes, gsize n)
{
	memory_link_bytes = bytes;
	memory_link_n = n;
}

/* A regular file with a small message. */
static inline int memory_link_message(void)
{
	static const char text[] = "Subject: s\nTo: bob@example.net\n\n.\nbody without an end";
	int fd = memfd_create("message", MFD_CLOEXEC);

	g_assert_cmpint(write(fd, text, strlen(text)), ==, strlen(text));
	return fd;
}

static gboolean memory_link_break(struct link *l, int code, const char *why, GError **error)
{
	l->broken = TRUE;
	return error_set(error, code, "%s", why);
}

struct link *link_open(const struct link_server *server, struct waker *waker, GError **error)
{
	struct link *l = g_new0(struct link, 1);

	l->p = memory_link_bytes;
	l->end = memory_link_bytes + memory_link_n;
	l->line = g_string_new(NULL);
	return l;
}

void link_close(struct link *l)
{
	if (!l)
		return;
	g_string_free(l->line, TRUE);
	g_free(l);
}

guint16 link_default_port(enum link_protocol protocol, enum link_tls tls)
{
	return 1;
}

gboolean link_start_tls(struct link *l, GError **error)
{
	return TRUE;
}

gboolean link_is_broken(const struct link *l)
{
	return l->broken;
}

gboolean link_may_carry_secrets(const struct link *l)
{
	return TRUE;
}

const char *link_host(const struct link *l)
{
	return "localhost";
}

guint16 link_port(const struct link *l)
{
	return 1;
}

const char *link_name(const struct link *l)
{
	return "localhost";
}

void link_allow(struct link *l, guint seconds)
{
}

void link_set_silence(struct link *l, guint seconds)
{
}

const char *link_read_line(struct link *l, gsize *n, GError **error)
{
	const char *lf = memchr(l->p, '\n', (gsize)(l->end - l->p));

	if (!lf) {
		memory_link_break(l, CUR_ERROR_RETRY, "the end", error);
		return NULL;
	}
	g_string_truncate(l->line, 0);
	g_string_append_len(l->line, l->p, lf - l->p);
	l->p = lf + 1;
	if (l->line->len > 0 && l->line->str[l->line->len - 1] == '\r')
		g_string_truncate(l->line, l->line->len - 1);
	if (memchr(l->line->str, '\0', l->line->len) || l->line->len > LINK_LINE_MAX) {
		memory_link_break(l, CUR_ERROR_PROTOCOL, "no line", error);
		return NULL;
	}
	if (n)
		*n = l->line->len;
	return l->line->str;
}

gboolean link_read_exact(struct link *l, guint64 n, link_sink_fn sink, void *data, GError **error)
{
	while (n > 0) {
		gsize piece, there;
		const char *bytes = link_peek(l, &there, error);

		if (!bytes)
			return FALSE;
		piece = MIN(n, there);
		if (sink && !sink(bytes, piece, data, error)) {
			l->broken = TRUE;
			return FALSE;
		}
		link_consume(l, piece);
		n -= piece;
	}
	return TRUE;
}

const char *link_peek(struct link *l, gsize *n, GError **error)
{
	*n = MIN((gsize)(l->end - l->p), MEMORY_LINK_CHUNK);
	if (*n > 0)
		return l->p;
	memory_link_break(l, CUR_ERROR_RETRY, "the end", error);
	return NULL;
}

void link_consume(struct link *l, gsize n)
{
	g_assert_cmpuint(n, <=, l->end - l->p);
	l->p += n;
}

gboolean link_write(struct link *l, const void *bytes, gsize n, GError **error)
{
	return !l->broken || error_set(error, CUR_ERROR_RETRY, "broken");
}

gboolean link_printf(struct link *l, GError **error, const char *format, ...)
{
	return link_write(l, NULL, 0, error);
}

gboolean link_write_secret(struct link *l, const void *bytes, gsize n, GError **error)
{
	return link_write(l, bytes, n, error);
}

gboolean link_flush(struct link *l, GError **error)
{
	return link_write(l, NULL, 0, error);
}

enum link_event link_wait(struct link *l, gint64 milliseconds, GError **error)
{
	if (l->p < l->end)
		return LINK_READABLE;
	memory_link_break(l, CUR_ERROR_RETRY, "the end", error);
	return LINK_FAILED;
}

void link_mute_trace(struct link *l, gboolean muted)
{
}

void link_login(struct link *l, const char *password, const char *token)
{
}

void link_login_over(struct link *l)
{
}

char *link_words(const struct link *l, const char *text, gssize n)
{
	return server_words(text, n);
}

void link_deflate(struct link *l)
{
}

const struct link_traffic *link_traffic(const struct link *l)
{
	static const struct link_traffic none;

	return &none;
}

#endif
