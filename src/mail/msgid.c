/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message-IDs: hash, walk, make (RFC 5322 3.6.4). */
#include "cur/mail/msgid.h"

#include <string.h>
#include <unistd.h>

guint64 msgid_hash_n(const char *id, gsize n)
{
	if (n && *id == '<')
		id++, n--;
	if (n && id[n - 1] == '>')
		n--;
	guint64 hash = G_GUINT64_CONSTANT(14695981039346656037);
	for (gsize i = 0; i < n; i++)
		hash = (hash ^ (guchar)id[i]) * G_GUINT64_CONSTANT(1099511628211);
	return hash ? hash : 1;
}

guint64 msgid_hash(const char *id)
{
	return msgid_hash_n(id, strlen(id));
}

/* Where the id that begins at `open` ends ('>'), or the byte at which it turns out not to be one.
 */
static const char *id_end(const char *open)
{
	const char *p = open + 1;
	/* Folds and stray blanks end a wrong id: real ids have none. */
	while ((guchar)*p > ' ' && *p != '<' && *p != '>' && *p != 0x7f)
		p++;
	return p;
}

const char *msgid_next(const char **text, gsize *n)
{
	const char *p = *text;
	while ((p = strchr(p, '<'))) {
		const char *end = id_end(p);
		gsize length = (gsize)(end - p) + 1;
		if (*end == '>' && length > 2 && length <= MSGID_BYTES_MAX) {
			*text = end + 1;
			*n = length;
			return p;
		}
		p = end;
	}
	*text += strlen(*text);
	return NULL;
}

char *msgid_make(const char *hostname)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *stamp = g_date_time_format(now, "%Y%m%d%H%M%S");
	const char *host = hostname && *hostname ? hostname : "localhost";
	return g_strdup_printf("<%s.%x.%08x%08x@%s>", stamp, (unsigned)getpid(), g_random_int(),
			       g_random_int(), host);
}
