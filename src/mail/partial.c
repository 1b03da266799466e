/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making and recognising the files of messages whose text is not here. */
#include "cur/mail/partial.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "field.h"

#define FIELD "X-Cur-Text"
#define RENAMED "X-Cur-"
/* Readers show it all the same; notmuch leaves its words alone, which are not the message's. */
#define DISPOSITION "Content-Disposition: attachment\n"

#define OURS DISPOSITION FIELD ":" /* fields at the end of the header */

static const char notice[] =
    "The text of this message is not on this computer: only its header was fetched.\n"
    "It is at the mail server; cur brings it when the message is opened.\n";

/* With room for what other programs may add to a header. */
enum { FILE_MAX = 4 * PARTIAL_HEADER_MAX };

void partial_clear(struct partial *p)
{
	g_clear_pointer(&p->mailbox, g_free);
}

/* ---- making ---------------------------------------------------------------------- */

static void append(GByteArray *out, const char *bytes, gsize n)
{
	g_byte_array_append(out, (const guint8 *)bytes, (guint)n);
}

static gboolean says_how_it_is_built(const struct field *f)
{
	return f->name_n > strlen("Content-") &&
	       !g_ascii_strncasecmp(f->line, "Content-", strlen("Content-"));
}

/* A field of ours that came with the message would speak for us. */
static gboolean is_ours(const struct field *f)
{
	return f->name_n == strlen(FIELD) && !g_ascii_strncasecmp(f->line, FIELD, strlen(FIELD));
}

static void append_header(GByteArray *out, const char *header, gsize n)
{
	const char *p = header, *end = header + n;
	struct field f;

	while (field_next(&p, end, &f)) {
		const char *stop = f.value + f.value_n;

		if (is_ours(&f) || stop == f.line)
			continue;
		if (says_how_it_is_built(&f))
			append(out, RENAMED, strlen(RENAMED));
		append(out, f.line, (gsize)(stop - f.line));
		append(out, "\n", 1);
	}
}

/* What a cut left of a line. */
static gsize without_stump(const char *header, gsize n)
{
	const char *last = memrchr(header, '\n', n);

	return last ? (gsize)(last + 1 - header) : 0;
}

GByteArray *partial_make(const char *header, gsize n, const struct partial *p)
{
	GByteArray *out = g_byte_array_sized_new((guint)n + sizeof notice + 200);
	g_autofree char *name = g_uri_escape_string(p->mailbox, ":/@", FALSE);
	g_autofree char *fields = g_strdup_printf(OURS " not here; size=%" G_GUINT64_FORMAT
						       "; uidvalidity=%u; uid=%u; mailbox=%s\n\n",
						  p->size_bytes, p->uidvalidity, p->uid, name);

	append_header(out, header, without_stump(header, n));
	append(out, fields, strlen(fields));
	append(out, notice, strlen(notice));
	return out;
}

/* Up to `n` bytes from the beginning; how many. */
static gsize read_start(int fd, char *bytes, gsize n)
{
	gsize got = 0;
	ssize_t more;

	while (got < n && (more = pread(fd, bytes + got, n - got, (off_t)got)) > 0)
		got += (gsize)more;
	return got;
}

GByteArray *partial_make_of(const char *path, const struct partial *p)
{
	g_autofree char *bytes = g_malloc(PARTIAL_HEADER_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	const char *end;
	gsize n;

	if (fd < 0)
		return NULL;
	n = read_start(fd, bytes, PARTIAL_HEADER_MAX);
	close(fd);
	end = partial_read(path, NULL) ? memmem(bytes, n, "\n" OURS, strlen("\n" OURS)) : NULL;
	if (!end)
		end = memmem(bytes, n, "\n\n", 2);
	return partial_make(bytes, end ? (gsize)(end + 1 - bytes) : n, p);
}

/* ---- recognising ------------------------------------------------------------------ */

/* Of a file that ends in the notice, all of it; NULL for every other. Yours. */
static char *read_whole(int fd, gsize *n)
{
	char end[sizeof notice - 1];
	struct stat st;
	char *bytes;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > FILE_MAX ||
	    st.st_size < (off_t)sizeof end ||
	    pread(fd, end, sizeof end, st.st_size - (off_t)sizeof end) != (ssize_t)sizeof end ||
	    memcmp(end, notice, sizeof end) != 0)
		return NULL;
	bytes = g_malloc((gsize)st.st_size);
	*n = (gsize)st.st_size;
	if (pread(fd, bytes, *n, 0) == (ssize_t)*n)
		return bytes;
	g_free(bytes);
	return NULL;
}

static gboolean take_field(const struct field *f, struct partial *p)
{
	g_autofree char *value = g_strndup(f->value, f->value_n);
	const char *name = strstr(value, "; mailbox=");
	struct partial read = {0};

	if (!name || sscanf(value, "not here; size=%" G_GUINT64_FORMAT "; uidvalidity=%u; uid=%u;",
			    &read.size_bytes, &read.uidvalidity, &read.uid) != 3)
		return FALSE;
	read.mailbox = g_uri_unescape_string(name + strlen("; mailbox="), NULL);
	if (!read.mailbox)
		return FALSE;
	if (p)
		*p = read;
	else
		partial_clear(&read);
	return TRUE;
}

/* The notice is the whole body, and the header has our field. */
static gboolean parse(const char *bytes, gsize n, struct partial *p)
{
	const char *at = bytes, *end = bytes + n;
	struct field ours = {0}, f;

	while (field_next(&at, end, &f))
		if (is_ours(&f))
			ours = f;
	return ours.name_n && (gsize)(end - at) == strlen(notice) && take_field(&ours, p);
}

gboolean partial_read(const char *path, struct partial *p)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	g_autofree char *bytes = NULL;
	gsize n = 0;

	if (fd < 0)
		return FALSE;
	bytes = read_whole(fd, &n);
	close(fd);
	return bytes && parse(bytes, n, p);
}
