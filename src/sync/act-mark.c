/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flags and keywords that a user sets or takes away. */
#include <string.h>

#include "acts-private.h"
#include "cur/base/error.h"
#include "cur/base/text.h"
#include "cur/mail/flags.h"
#include "cur/store/keywords.h"
#include "cur/store/maildir.h"
#include "steps.h"
#include "vocabulary.h"

gboolean act_mark_one(struct store *store, struct maildir *md, const struct state_mailbox *mb,
		      const struct state_message *msg, mark_t add, mark_t remove, struct journal *j,
		      GError **error)
{
	mark_t to = (msg->mark | (add & MAILDIR_MARKS)) & ~(remove & (MAILDIR_MARKS | MARK_NEW));
	gboolean differs;

	/* What has a flag was looked at. */
	if (to & FLAG_ALL)
		to &= ~(mark_t)MARK_NEW;
	if (to == msg->mark)
		return TRUE;
	if (!maildir_set_mark(md, msg->base, msg->mark, to, error))
		return FALSE;
	journal_marked(j, msg, to);
	differs = steps_has_server(mb) && msg->uid && ((to ^ msg->agreed) & shared_bits(mb));
	if (differs && !state_has_step(store_state(store), mb->number, msg->lid, NULL) &&
	    !steps_add(store, mb->account, STEP_FLAGS, mb->number, msg->lid, NULL, error))
		return FALSE;
	return store_mark(store, mb->number, msg->lid, to | (differs ? MARK_PENDING : 0), error);
}

/* Keywords by name, blank between. */
struct tags {
	const char *add, *remove;
};

/* Looked up within the change: letters may have got other names since they were learnt. */
static gboolean find_tags(const struct state_mailbox *mb, const struct tags *tags, mark_t *add,
			  mark_t *remove, GError **error)
{
	auto_ptr(keywords) kw = keywords_parse(mb->keywords);

	*remove = 0;
	if (!keywords_find(kw, tags->add, add))
		return error_set(error, CUR_ERROR_FULL,
				 "'%s' has %d different keywords already: take one away from all "
				 "its messages first",
				 mb->folder, KEYWORDS_MAX);
	keywords_find(kw, tags->remove, remove);
	return TRUE;
}

static gboolean mark_all(struct store *store, guint32 mailbox, const guint32 *lids, gsize n,
			 mark_t add, mark_t remove, const struct tags *tags, struct journal *j,
			 GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	auto_ptr(maildir) md = NULL;
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	mb = act_mailbox(store, mailbox, error);
	md = mb ? maildir_open(mb->path, error) : NULL;
	ok = md && (!tags || find_tags(mb, tags, &add, &remove, error));
	if (ok && tags)
		journal_words(j, mb->keywords);
	for (gsize i = 0; ok && i < n; i++) {
		g_autofree struct state_message *msg =
		    state_message(store_state(store), mailbox, lids[i]);
		g_autoptr(GError) failed = NULL;

		if (!msg || act_mark_one(store, md, mb, msg, add, remove, j, &failed) ||
		    error_is(failed, CUR_ERROR_GONE))
			continue;
		g_propagate_error(error, g_steal_pointer(&failed));
		ok = FALSE;
	}
	ok = ok && maildir_sync(md, error) && journal_write(j, error);
	return steps_commit(store, ok, "act-mark", error);
}

gboolean act_mark(struct store *store, guint32 mailbox, const guint32 *lids, gsize n, mark_t add,
		  mark_t remove, struct journal *j, GError **error)
{
	return mark_all(store, mailbox, lids, n, add, remove, NULL, j, error);
}

static gboolean check_tags(const char *names, GError **error)
{
	g_auto(GStrv) words = g_strsplit(names, " ", -1);

	for (char **word = words; *word; word++) {
		g_autofree char *safe = NULL;

		if (!**word || keyword_is_valid(*word, -1))
			continue;
		safe = text_safe(*word, MIN(strlen(*word), KEYWORD_BYTES), TEXT_SAFE_LINE);
		return error_set(error, CUR_ERROR_USAGE, "'%s' cannot be a keyword", safe);
	}
	return TRUE;
}

gboolean act_tag(struct store *store, guint32 mailbox, const guint32 *lids, gsize n,
		 const char *add, const char *remove, struct journal *j, GError **error)
{
	struct tags tags = {add, remove};
	mark_t bits;

	return check_tags(add, error) &&
	       store_learn_keywords(store, mailbox, add, &bits, NULL, error) &&
	       mark_all(store, mailbox, lids, n, 0, 0, &tags, j, error);
}
