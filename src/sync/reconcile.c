/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three-way decisions for one message; the table is tests/unit/sync/test-reconcile.c. */
#include "reconcile.h"

/* `one` newly says important and not deleted, `other` newly says deleted and not important. */
static gboolean quarrel(guint32 one, guint32 other)
{
	const guint32 both = FLAG_FLAGGED | FLAG_TRASHED;

	return (one & both) == FLAG_FLAGGED && (other & both) == FLAG_TRASHED;
}

guint32 reconcile_flags(guint32 server, guint32 agreed, guint32 local)
{
	guint32 set_there = server & ~agreed, set_here = local & ~agreed;
	/* Each bit moved on at most one side, or on both to the same value. */
	guint32 merged = agreed ^ ((server ^ agreed) | (local ^ agreed));

	/* On doubt keep the mail. */
	if (quarrel(set_there, set_here) || quarrel(set_here, set_there))
		merged &= ~(guint32)FLAG_TRASHED;
	return merged;
}

static struct plan merge(guint32 server, guint32 agreed, guint32 local)
{
	struct plan p = {.flags = reconcile_flags(server, agreed, local)};

	p.add = p.flags & ~server;
	p.remove = server & ~p.flags;
	if (p.flags != local)
		p.acts |= ACT_SET_LOCAL;
	if (p.add || p.remove)
		p.acts |= ACT_STORE;
	if (p.flags != agreed)
		p.acts |= ACT_AGREE;
	return p;
}

/* No record: it is new on one side, or the file survived what the record did not. */
static struct plan reconcile_unknown(const struct sides *s)
{
	struct plan p = {.flags = s->server_flags};

	if (s->server == PRESENT && s->local == PRESENT) {
		/* Nobody knows which side moved: what either says is set stays set. */
		p = merge(s->server_flags, s->server_flags & s->local_flags, s->local_flags);
		p.acts |= ACT_ADOPT;
	} else if (s->server == PRESENT && s->local == ABSENT) {
		p.acts = ACT_FETCH | ACT_AGREE;
	} else if (s->server == ABSENT && s->local == PRESENT) {
		p.flags = s->local_flags;
		p.acts = ACT_APPEND;
	}
	return p;
}

static struct plan reconcile_gone_there(const struct sides *s)
{
	struct plan p = {.flags = s->local_flags};

	if (s->local == PRESENT) {
		p.acts = ACT_DELETE_LOCAL | ACT_FORGET;
		if (s->local_flags & ~s->agreed_flags & RECONCILE_PRECIOUS)
			p.acts |= ACT_RESCUE;
	} else if (s->local == ABSENT) {
		p.acts = ACT_FORGET;
	}
	return p;
}

static struct plan reconcile_gone_here(const struct sides *s)
{
	struct plan p = {.flags = s->server_flags};

	/* Marked important there since: the deletion here did not know that. */
	if (s->server == PRESENT && (s->server_flags & ~s->agreed_flags & FLAG_FLAGGED))
		p.acts = ACT_FETCH | ACT_AGREE;
	else
		p.acts = ACT_DELETE_SERVER | ACT_FORGET;
	return p;
}

struct plan reconcile(const struct sides *s)
{
	/* A server that was not asked is taken to be where it last was. */
	gboolean assumed = s->server == UNSURE && s->agreed;
	guint32 server_flags = assumed ? s->agreed_flags : s->server_flags;

	if (!s->agreed)
		return reconcile_unknown(s);
	if (s->server == ABSENT)
		return reconcile_gone_there(s);
	switch (s->local) {
	case PRESENT:
		return merge(server_flags, s->agreed_flags, s->local_flags);
	case ABSENT:
		return reconcile_gone_here(s);
	case UNSURE:
		break;
	}
	return (struct plan){.flags = s->agreed_flags};
}

gboolean reconcile_is_emptied(guint n_gone, guint n_known)
{
	const guint few = 3, many = 20;

	return (n_gone >= few && n_gone >= n_known) || (n_known >= many && n_gone > n_known / 2);
}

gboolean reconcile_is_massacre(guint n_gone, guint n_known)
{
	return n_gone > MAX(20, n_known / 20);
}
