/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The message as it goes over the wire: CRLF line ends whatever the file has (bare CR and bare LF
 * end a line, so no server can see an end of data where we see none), dots stuffed for SMTP.
 */
#include "cur/net/body.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/error.h"

enum { READ_BYTES = 64 * 1024 };

/* Call `each` with the pieces of the file from its start to its end. */
static gboolean read_pieces(int fd, gboolean (*each)(const char *, gsize, void *, GError **),
			    void *data, GError **error)
{
	g_autofree char *buffer = g_malloc(READ_BYTES);
	off_t at = 0;

	for (;;) {
		gssize n = pread(fd, buffer, READ_BYTES, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_from_errno(error, errno, "cannot read the message");
		if (n == 0)
			return TRUE;
		if (!each(buffer, (gsize)n, data, error))
			return FALSE;
		at += n;
	}
}

struct scan {
	struct body_facts *facts;
	guint64 column;
	char last;
	gboolean in_body;
};

static gboolean scan_piece(const char *bytes, gsize n, void *data, GError **error)
{
	struct scan *scan = data;
	struct body_facts *f = scan->facts;

	for (gsize i = 0; i < n; i++) {
		char c = bytes[i];

		f->has_nul |= c == '\0';
		f->has_8bit |= (c & 0x80) != 0;
		f->has_8bit_header |= (c & 0x80) && !scan->in_body;
		if (c == '\n' && scan->last == '\r') {
			/* The CR has ended this line already. */
		} else if (c == '\n' || c == '\r') {
			f->wire_bytes += scan->column + 2;
			scan->in_body |= !scan->column;
			scan->column = 0;
		} else {
			scan->column++;
			f->longest_line = MAX(f->longest_line, scan->column);
		}
		scan->last = c;
	}
	return TRUE;
}

gboolean body_scan(int fd, struct body_facts *facts, GError **error)
{
	struct scan scan = {.facts = facts};

	memset(facts, 0, sizeof(*facts));
	if (!read_pieces(fd, scan_piece, &scan, error))
		return FALSE;
	if (scan.column)
		facts->wire_bytes += scan.column + 2;
	return TRUE;
}

struct sender {
	struct link *link;
	gboolean stuff;
	gboolean at_line_start;
	char last;
};

static gboolean send_piece(const char *bytes, gsize n, void *data, GError **error)
{
	struct sender *s = data;
	gsize i = 0;

	while (i < n) {
		gsize from = i;

		if (bytes[i] == '\n' && s->last == '\r') {
			s->last = bytes[i++];
			continue;
		}
		if (s->stuff && s->at_line_start && bytes[i] == '.' &&
		    !link_write(s->link, ".", 1, error))
			return FALSE;
		while (i < n && bytes[i] != '\r' && bytes[i] != '\n')
			i++;
		if (i > from && !link_write(s->link, bytes + from, i - from, error))
			return FALSE;
		s->at_line_start = i < n;
		if (i > from)
			s->last = bytes[i - 1];
		if (i < n) {
			s->last = bytes[i++];
			if (!link_write(s->link, "\r\n", 2, error))
				return FALSE;
		}
	}
	return TRUE;
}

gboolean body_send(struct link *l, int fd, enum body_dots dots, GError **error)
{
	struct sender sender = {
	    .link = l, .stuff = dots == BODY_DOTS_STUFFED, .at_line_start = TRUE};
	gboolean ok;

	link_mute_trace(l, TRUE);
	ok = read_pieces(fd, send_piece, &sender, error) &&
	     (sender.at_line_start || link_write(l, "\r\n", 2, error)) && link_flush(l, error);
	link_mute_trace(l, FALSE);
	return ok;
}
