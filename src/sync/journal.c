/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Acts are gathered while they are done and written with their commit. */
#include "journal.h"

#include <string.h>

#include "cur/base/clock.h"

enum { ACTS_MAX = 1000, ITEMS_MAX = 200000, DAY_S = 24 * 60 * 60, DAYS_MAX = 30 };

struct journal {
	struct store *store;
	struct state_act act; /* kind is a literal */
	char *words;
	gboolean undoing, done;
	GArray *items;	      /* struct state_act_item; `kept` is owned */
	struct maildir *kept; /* undo/, once it was needed */
};

static void item_clear(void *data)
{
	g_free((char *)((struct state_act_item *)data)->kept);
}

static struct journal *journal_new(struct store *store)
{
	struct journal *j = g_new0(struct journal, 1);

	j->store = store;
	j->items = g_array_new(FALSE, FALSE, sizeof(struct state_act_item));
	g_array_set_clear_func(j->items, item_clear);
	return j;
}

struct journal *journal_of(struct store *store, const char *kind, guint32 mailbox, guint32 target,
			   const char *words)
{
	struct journal *j = journal_new(store);

	j->act.kind = kind;
	j->act.mailbox = mailbox;
	j->act.target = target;
	j->words = g_strdup(words ? words : "");
	return j;
}

struct journal *journal_undoing(struct store *store, guint64 act)
{
	struct journal *j = journal_new(store);

	j->act.id = act;
	j->undoing = TRUE;
	return j;
}

void journal_free(struct journal *j)
{
	g_array_unref(j->items);
	if (j->kept)
		maildir_close(j->kept);
	g_free(j->words);
	g_free(j);
}

/* ---- what was done ------------------------------------------------------------------ */

void journal_words(struct journal *j, const char *words)
{
	if (!j)
		return;
	g_free(j->words);
	j->words = g_strdup(words);
}

void journal_target(struct journal *j, guint32 mailbox)
{
	if (j)
		j->act.mailbox = mailbox;
}

static void add(struct journal *j, const struct state_message *msg, guint32 mailbox, guint32 lid,
		mark_t became, char *kept)
{
	struct state_act_item item = {
	    .mailbox = mailbox,
	    .lid = lid,
	    .from_mailbox = msg->mailbox,
	    .from_lid = msg->lid,
	    .was = msg->mark & MAILDIR_MARKS,
	    .became = became & MAILDIR_MARKS,
	    .uid = msg->uid,
	    .agreed = msg->agreed,
	    .date_received = msg->date_received,
	    .kept = kept ? kept : g_strdup(""),
	};

	g_array_append_val(j->items, item);
}

void journal_marked(struct journal *j, const struct state_message *msg, mark_t became)
{
	if (j && (msg->mark ^ became) & MAILDIR_MARKS)
		add(j, msg, msg->mailbox, msg->lid, became, NULL);
}

void journal_placed(struct journal *j, const struct state_message *msg, guint32 mailbox,
		    guint32 lid)
{
	if (j)
		add(j, msg, mailbox, lid, msg->mark, NULL);
}

void journal_removed(struct journal *j, struct maildir *md, const struct state_mailbox *mb,
		     const struct state_message *msg)
{
	char *kept = NULL;

	if (!j)
		return;
	if (!j->undoing && !j->kept)
		j->kept = journal_kept(j->store, NULL);
	if (j->kept)
		maildir_copy(md, msg->base, msg->mark, j->kept, msg->mark, &kept, NULL);
	add(j, msg, 0, 0, msg->mark, kept);
	g_array_index(j->items, struct state_act_item, j->items->len - 1).uidvalidity =
	    mb->uidvalidity;
}

void journal_done(struct journal *j)
{
	if (j)
		j->done = TRUE;
}

gboolean journal_is_undoing(const struct journal *j)
{
	return j && j->undoing;
}

guint journal_count(const struct journal *j)
{
	return j->items->len;
}

/* ---- written ------------------------------------------------------------------------ */

static gboolean write_act(struct journal *j, GError **error)
{
	struct state *st = store_state(j->store);
	gint64 now = clock_now_s();
	gboolean ok;

	if (!j->items->len && !j->done)
		return TRUE;
	j->act.made = now;
	j->act.words = j->words;
	j->act.n = j->items->len;
	ok = state_add_act(st, &j->act, error);
	for (guint i = 0; ok && i < j->items->len; i++)
		ok = state_add_act_item(st, j->act.id,
					&g_array_index(j->items, struct state_act_item, i), error);
	return ok &&
	       state_trim_acts(st, ACTS_MAX, ITEMS_MAX, now - DAYS_MAX * (gint64)DAY_S, error);
}

/* Older acts know the message by the place that the one undone took it from. */
static gboolean move_back(struct journal *j, const struct state_act_item *item, GError **error)
{
	struct state *st = store_state(j->store);
	guint32 mailbox = item->from_mailbox, lid = item->from_lid;

	state_act_origin(st, j->act.id, &mailbox, &lid);
	return !item->mailbox ||
	       state_move_act_items(st, mailbox, lid, item->mailbox, item->lid, error);
}

static gboolean forget_act(struct journal *j, GError **error)
{
	gboolean ok = TRUE;

	for (guint i = 0; ok && i < j->items->len; i++)
		ok = move_back(j, &g_array_index(j->items, struct state_act_item, i), error);
	return ok && state_drop_act(store_state(j->store), j->act.id, error);
}

gboolean journal_write(struct journal *j, GError **error)
{
	if (!j)
		return TRUE;
	if (j->kept && !maildir_sync(j->kept, error))
		return FALSE;
	return j->undoing ? forget_act(j, error) : write_act(j, error);
}

/* ---- undo/ -------------------------------------------------------------------------- */

struct maildir *journal_kept(struct store *store, GError **error)
{
	g_autofree char *path = g_build_filename(store_data_dir(store), "undo", NULL);

	return maildir_create(path, error) ? maildir_open(path, error) : NULL;
}

void journal_sweep(struct store *store)
{
	auto_ptr(maildir) kept = journal_kept(store, NULL);
	auto_ptr(maildir_scan) scan = kept ? maildir_scan(kept, NULL) : NULL;
	gint64 now = clock_now_s();

	/* A name begins with the second in which it was given; a clock that went back ends nothing.
	 */
	for (gsize i = 0; scan && i < maildir_scan_n(scan); i++) {
		const struct maildir_entry *e = maildir_scan_entry(scan, i);

		if (g_ascii_strtoll(e->base, NULL, 10) + DAY_S < now)
			maildir_remove(kept, e->base, e->mark, NULL);
	}
}
