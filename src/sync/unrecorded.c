/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tmp/unrecorded: "uidvalidity next_lid", then "mark base" for each file. The commit that records a
 * batch raises next_lid, and makes the list void at the same stroke.
 */
#include "unrecorded.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/file.h"

enum { LIST_MAX = 1 << 20 }; /* bytes */

struct unrecorded {
	char *path; /* NULL: the mailbox is gone */
	GString *text;
};

static char *path_of(const struct state_mailbox *mb)
{
	return g_build_filename(mb->path, "tmp", "unrecorded", NULL);
}

/* The first line. Yours. */
static char *age_of(const struct state_mailbox *mb)
{
	return g_strdup_printf("%u %u", mb->uidvalidity, mb->next_lid);
}

struct unrecorded *unrecorded_new(struct store *store, guint32 mailbox)
{
	struct unrecorded *u = g_new0(struct unrecorded, 1);
	g_autofree struct state_mailbox *mb = NULL;
	g_autofree char *age = NULL;

	store_lock(store);
	mb = state_mailbox(store_state(store), mailbox);
	store_unlock(store);
	u->text = g_string_new(NULL);
	if (!mb)
		return u;
	age = age_of(mb);
	u->path = path_of(mb);
	g_string_append_printf(u->text, "%s\n", age);
	return u;
}

void unrecorded_free(struct unrecorded *u)
{
	g_string_free(u->text, TRUE);
	g_free(u->path);
	g_free(u);
}

void unrecorded_add(struct unrecorded *u, const char *base, mark_t mark)
{
	g_string_append_printf(u->text, "%u %s\n", mark, base);
}

void unrecorded_write(const struct unrecorded *u)
{
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = u->path ? open(u->path, flags, 0600) : -1;

	if (fd < 0)
		return;
	file_write_all(fd, u->text->str, u->text->len, NULL);
	close(fd);
}

void unrecorded_forget(const struct unrecorded *u)
{
	if (u->path)
		unlink(u->path);
}

/* A line that was not written to its end is no proof. */
static GHashTable *parse(char *text)
{
	GHashTable *marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	char *end;

	for (char *line = text; (end = strchr(line, '\n')); line = end + 1) {
		char *base;
		guint64 mark;

		*end = 0;
		mark = g_ascii_strtoull(line, &base, 10);
		if (*base == ' ')
			g_hash_table_insert(marks, g_strdup(base + 1),
					    GUINT_TO_POINTER((guint)mark));
	}
	return marks;
}

GHashTable *unrecorded_read(const struct state_mailbox *mb)
{
	g_autofree char *path = path_of(mb), *age = age_of(mb);
	g_autofree char *text = file_read(path, LIST_MAX, FILE_READ_NOFOLLOW, NULL, NULL);
	gsize n = strlen(age);

	if (!text || strncmp(text, age, n) != 0 || text[n] != '\n')
		return NULL;
	return parse(text + n + 1);
}

void unrecorded_remove(const struct state_mailbox *mb)
{
	g_autofree char *path = path_of(mb);

	unlink(path);
}
