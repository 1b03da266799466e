/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Spam tags (spam, nospam, $spam_separator) and who was superseded. A tag is in headers that
 * the cache does not have: the file is read, once for each message that somebody asks about.
 */
#include "cur/conf/lists.h"
#include "cur/mail/message.h"
#include "cur/mail/msgid.h"
#include "mailbox-private.h"

static void add_tag(const struct settings *s, char **tags, char *tag)
{
	char *before = *tags;

	if (before && *s->spam_separator)
		*tags = g_strconcat(before, s->spam_separator, tag, NULL);
	else
		*tags = g_strdup(tag);
	g_free(before);
	g_free(tag);
}

static char *read_tags(struct mailbox *mb, guint32 row)
{
	const struct conf *conf = mb->source.conf;
	g_autofree char *path = mailbox_file(mb, mb->lid[row], NULL);
	auto_ptr(message) m = path ? message_open(path, NULL) : NULL;
	struct headers *headers = m ? message_headers(m) : NULL;
	char *tags = NULL;

	for (guint i = 0; headers && i < headers_count(headers); i++) {
		g_autofree char *line =
		    g_strdup_printf("%s: %s", headers_name(headers, i), headers_text(headers, i));
		char *tag = conf_spam_tag(conf, line);

		if (tag)
			add_tag(conf_settings(conf), &tags, tag);
	}
	return tags ? tags : g_strdup("");
}

const char *mailbox_row_spam(struct mailbox *mb, guint32 row)
{
	gpointer lid = GUINT_TO_POINTER(mb->lid[row]);
	const char *tags;

	if (!conf_has_spam_rules(mb->source.conf))
		return "";
	if (mb->spam && mb->spam_of != conf_generation(mb->source.conf))
		g_clear_pointer(&mb->spam, g_hash_table_unref);
	if (!mb->spam)
		mb->spam = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	mb->spam_of = conf_generation(mb->source.conf);
	tags = g_hash_table_lookup(mb->spam, lid);
	if (!tags) {
		char *read = read_tags(mb, row);

		g_hash_table_insert(mb->spam, lid, read);
		tags = read;
	}
	return tags;
}

const char *mailbox_spam(struct mailbox *mb, guint pos)
{
	return mailbox_row_spam(mb, mb->shown[pos]);
}

/* ---- superseded ------------------------------------------------------------------------- */

static GHashTable *find_superseded(struct mailbox *mb)
{
	GHashTable *ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

	for (guint32 i = 0; i < mb->n_live; i++) {
		struct envelope env;
		const char *text, *id;
		gsize n;

		mailbox_text_at(mb, mb->all[i], &env);
		text = env.field[ENV_SUPERSEDES];
		while ((id = msgid_next(&text, &n))) {
			gint64 hash = (gint64)msgid_hash_n(id, n);

			g_hash_table_add(ids, g_memdup2(&hash, sizeof(hash)));
		}
	}
	return ids;
}

gboolean mailbox_row_superseded(struct mailbox *mb, guint32 row)
{
	gint64 hash = (gint64)mailbox_row_at(mb, row)->id_hash;

	if (mb->superseded && mb->superseded_of != mb->head.generation)
		g_clear_pointer(&mb->superseded, g_hash_table_unref);
	if (!mb->superseded)
		mb->superseded = find_superseded(mb);
	mb->superseded_of = mb->head.generation;
	return g_hash_table_contains(mb->superseded, &hash);
}

void mailbox_spam_clear(struct mailbox *mb)
{
	g_clear_pointer(&mb->spam, g_hash_table_unref);
	g_clear_pointer(&mb->superseded, g_hash_table_unref);
}
