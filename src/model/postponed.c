/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading $postponed. */
#include "cur/model/postponed.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/mail/flags.h"
#include "cur/mail/partial.h"
#include "cur/store/hcache.h"
#include "cur/store/maildir.h"

enum { DRAFT_MAX = 1 << 30 };

static void postponed_free(struct postponed *p)
{
	if (!p)
		return;
	g_free(p->folder);
	g_free(p->text);
	g_free(p);
}

static struct postponed *copy_row(struct hcache *cache, const struct hcache_mailbox *mb,
				  guint32 row_id)
{
	const struct row *row = hcache_row(cache, mb->number, row_id);
	mark_t mark = hcache_mark(cache, mb->number, row_id);
	struct envelope env;
	struct postponed *p;
	gsize n;

	if (!row || mark & (MARK_DEAD | FLAG_TRASHED))
		return NULL;
	hcache_text(cache, mb->number, row_id, &env);
	p = g_new0(struct postponed, 1);
	p->mailbox = mb->number;
	p->lid = row->lid;
	p->row = *row;
	p->mark = mark;
	p->folder = g_strdup(mb->path);
	p->text = envelope_pack(env.field, &n);
	envelope_init(&p->env, p->text, n);
	return p;
}

static void free_item(void *p)
{
	postponed_free(p);
}

GPtrArray *postponed_list(struct hcache *cache, const char *name, gboolean *complete)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(free_item);
	struct hcache_mailbox mb;

	*complete = FALSE;
	if (!cache || !hcache_mailbox_by_name(cache, name, &mb))
		return list;
	*complete = mb.head.indexed;
	for (guint32 row_id = 0; row_id < mb.head.n_rows; row_id++) {
		struct postponed *p = copy_row(cache, &mb, row_id);

		if (p)
			g_ptr_array_add(list, p);
	}
	return list;
}

GBytes *postponed_read(const struct postponed *p, GError **error)
{
	g_autofree char *path = maildir_find_at(p->folder, p->env.field[ENV_FILE], p->mark, error);
	char *text;
	gsize n;

	if (!path)
		return NULL;
	if (partial_read(path, NULL)) {
		error_set(error, CUR_ERROR_GONE,
			  "the text of this draft is not here: open it in its mailbox first");
		return NULL;
	}
	text = file_read(path, DRAFT_MAX, FILE_READ_NOFOLLOW, &n, error);
	return text ? g_bytes_new_take(text, n) : NULL;
}

struct draft *postponed_draft(const struct postponed *p, GBytes *bytes, gboolean trusted,
			      GError **error)
{
	struct draft *draft = draft_read(bytes, trusted, error);

	if (draft) {
		g_free(draft->postponed);
		draft->postponed = g_strdup_printf("%u.%u", p->mailbox, p->lid);
	}
	return draft;
}
