/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message in memory: opening it and finding its parts. Cutting it up is split.c. */
#include "cur/mail/message.h"

#include <string.h>

#include "cur/base/file.h"
#include "split.h"

static void free_part(void *p)
{
	part_free(p);
}

struct message *message_new(GBytes *bytes)
{
	struct message *m = g_new0(struct message, 1);
	m->bytes = g_bytes_ref(bytes);
	m->data = g_bytes_get_data(bytes, &m->n);
	if (!m->data)
		m->data = "";
	m->parts = g_ptr_array_new_with_free_func(free_part);
	split_message(m);
	return m;
}

struct message *message_open(const char *path, GError **error)
{
	gsize n;
	char *text = file_read(path, G_MAXINT32, FILE_READ_FOLLOW, &n, error);
	if (!text)
		return NULL;
	g_autoptr(GBytes) bytes = g_bytes_new_take(text, n);
	return message_new(bytes);
}

void message_free(struct message *m)
{
	if (!m)
		return;
	g_ptr_array_unref(m->parts);
	g_bytes_unref(m->bytes);
	g_strfreev(m->assumed);
	g_free(m);
}

void message_set_assumed(struct message *m, const char *const *assumed)
{
	static const char *const none[] = {NULL};
	const char *const *now = m->assumed ? (const char *const *)m->assumed : none;
	if (g_strv_equal(now, assumed ? assumed : none))
		return;
	/* Headers borrow the list. */
	for (guint i = 0; i < m->parts->len; i++) {
		struct part *p = m->parts->pdata[i];
		g_clear_pointer(&p->headers, headers_free);
	}
	g_strfreev(m->assumed);
	m->assumed = g_strdupv((char **)assumed);
}

const char *message_bytes(const struct message *m, gsize *n)
{
	*n = m->n;
	return m->data;
}

struct part *message_root(struct message *m)
{
	return m->parts->pdata[0];
}

struct headers *message_headers(struct message *m)
{
	return part_headers(message_root(m));
}

guint message_n_parts(const struct message *m)
{
	return m->parts->len;
}

struct part *message_part(struct message *m, guint index)
{
	return index < m->parts->len ? m->parts->pdata[index] : NULL;
}

struct part *message_find_part(struct message *m, const char *number)
{
	for (guint i = 0; i < m->parts->len; i++) {
		struct part *p = m->parts->pdata[i];
		if (!strcmp(p->number, number))
			return p;
	}
	return NULL;
}
