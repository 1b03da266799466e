/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NOTIFY (RFC 5465): what is told of mailboxes that are not selected. */
#include "cur/imap/notify.h"

#include "cur/base/log.h"
#include "private.h"

enum { OVERFLOWS_MAX = 3 };

struct notify {
	gboolean on;
	GHashTable *status; /* name -> struct imap_status, as told and not taken yet */
	guint told;	    /* IMAP_TOLD_ bits, not taken yet */
	guint overflows;
};

void notify_free(struct notify *n)
{
	if (!n)
		return;
	g_hash_table_unref(n->status);
	g_free(n);
}

static void begin(struct imap *s, gboolean on)
{
	if (!s->notify) {
		s->notify = g_new0(struct notify, 1);
		s->notify->status = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	}
	s->notify->on = on;
}

/* ---- what is heard ---- */

void notify_list(struct imap *s)
{
	if (s->notify && s->notify->on)
		s->notify->told |= IMAP_TOLD_NAMES;
}

static void add(struct imap_status *known, const struct imap_status *now)
{
	if (now->has & IMAP_STATUS_MESSAGES)
		known->messages = now->messages;
	if (now->has & IMAP_STATUS_UIDNEXT)
		known->uidnext = now->uidnext;
	if (now->has & IMAP_STATUS_UIDVALIDITY)
		known->uidvalidity = now->uidvalidity;
	if (now->has & IMAP_STATUS_MODSEQ)
		known->highestmodseq = now->highestmodseq;
	known->has |= now->has;
}

void notify_status(struct imap *s, const char *name, const struct imap_status *status)
{
	struct notify *n = s->notify;
	struct imap_status *known;

	if (!n || !n->on)
		return;
	known = g_hash_table_lookup(n->status, name);
	if (!known && g_hash_table_size(n->status) >= IMAP_LIST_MAX) {
		n->told |= IMAP_TOLD_OVERFLOW;
		return;
	}
	if (!known) {
		known = g_new0(struct imap_status, 1);
		g_hash_table_insert(n->status, g_strdup(name), known);
	}
	add(known, status);
}

void notify_overflow(struct imap *s)
{
	struct notify *n = s->notify;

	if (!n || !n->on)
		return;
	log_event(LOG_LEVEL_INFO, "%s: too much happens to be told of it", link_name(s->link));
	n->on = FALSE;
	n->overflows++;
	n->told |= IMAP_TOLD_OVERFLOW;
}

gboolean notify_has_told(const struct imap *s)
{
	const struct notify *n = s->notify;

	return n && (n->told || g_hash_table_size(n->status));
}

void notify_forget(struct imap *s)
{
	if (!s->notify)
		return;
	g_hash_table_remove_all(s->notify->status);
	s->notify->told = 0;
}

guint imap_take_told(struct imap *s, imap_told_fn each, void *data)
{
	GHashTableIter it;
	void *name, *status;
	guint told;

	if (!s->notify)
		return 0;
	g_hash_table_iter_init(&it, s->notify->status);
	while (g_hash_table_iter_next(&it, &name, &status))
		each(name, status, data);
	told = s->notify->told;
	notify_forget(s);
	return told;
}

/* ---- the command ---- */

#define MESSAGES "MessageNew MessageExpunge FlagChange"

/*
 * From the most to the least. Without MODSEQ a first STATUS would be no use: it cannot show that
 * nothing has changed. The last restores what a session has that never said NOTIFY.
 */
static const struct wish {
	gboolean modseq, all;
	const char *arguments;
} wishes[] = {
    {TRUE, TRUE,
     "STATUS (selected-delayed (" MESSAGES ")) (personal (" MESSAGES
     " MailboxName SubscriptionChange))"},
    {FALSE, TRUE,
     "(selected-delayed (" MESSAGES ")) (personal (" MESSAGES " MailboxName SubscriptionChange))"},
    {FALSE, TRUE, "(selected-delayed (" MESSAGES ")) (personal (" MESSAGES "))"},
    {FALSE, FALSE, "(selected-delayed (" MESSAGES "))"},
};

/* *taken: the server will do it. FALSE: the connection is gone. */
static gboolean set(struct imap *s, const struct wish *wish, gboolean *taken, GError **error)
{
	struct command c = {0};
	gboolean alive = command_send(s, &c, error, "NOTIFY SET %s", wish->arguments) &&
			 command_await(s, &c, error);

	*taken = alive && c.status == COMMAND_OK;
	command_clear(&c);
	return alive;
}

gboolean imap_notify(struct imap *s, gboolean *on, GError **error)
{
	gboolean taken = FALSE, too_much;

	*on = s->notify && s->notify->on;
	if (*on || !s->has[IMAP_NOTIFY])
		return TRUE;
	too_much = s->notify && s->notify->overflows >= OVERFLOWS_MAX;
	for (gsize i = 0; i < G_N_ELEMENTS(wishes) && !taken; i++) {
		if ((wishes[i].modseq && !s->has[IMAP_CONDSTORE]) || (wishes[i].all && too_much))
			continue;
		/* The first answers come before the tagged OK. */
		begin(s, wishes[i].all);
		if (!set(s, &wishes[i], &taken, error))
			return FALSE;
		s->has[IMAP_NOTIFY] = taken && wishes[i].all;
	}
	s->notify->on = s->notify->on && taken;
	*on = s->notify->on;
	return TRUE;
}
