/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A mailbox that a query makes. The engine finds its messages; who they are is kept in members.h,
 * and a row of the open mailbox is a member's index. All that mailbox.c, -order.c, -match.c and
 * -fold.c do with rows goes through the places in this file, so they know of one kind only.
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/virtual.h"
#include "cur/mail/flags.h"
#include "mailbox-private.h"
#include "members.h"

gboolean mailbox_place(const struct mailbox *mb, guint32 row, struct place *place)
{
	const struct member *m;

	if (!mb->members) {
		*place = (struct place){mb->number, row};
		return TRUE;
	}
	if (row >= members_count(mb->members))
		return FALSE;
	m = members_at(mb->members, row);
	*place = (struct place){m->mailbox, m->row};
	return m->row != MEMBER_GONE;
}

void mailbox_text_at(const struct mailbox *mb, guint32 row, struct envelope *env)
{
	struct place place;
	const char *tags;

	if (!mailbox_place(mb, row, &place)) {
		envelope_init(env, "", 0);
		return;
	}
	hcache_text(mb->source.cache, place.mailbox, place.row, env);
	tags = mb->members ? members_at(mb->members, row)->tags : NULL;
	if (tags)
		env->field[ENV_KEYWORDS] = tags;
}

gboolean mailbox_is_virtual(const struct mailbox *mb)
{
	return mb->members != NULL;
}

gboolean mailbox_origin(const struct mailbox *mb, guint32 lid, guint32 *mailbox, guint32 *lid_there)
{
	const struct member *m;

	if (!mb->members) {
		*mailbox = mb->number;
		*lid_there = lid;
		return mb->number != 0;
	}
	if (!lid || lid > members_count(mb->members))
		return FALSE;
	m = members_at(mb->members, lid - 1);
	*mailbox = m->mailbox;
	*lid_there = m->lid;
	return TRUE;
}

/* ---- the cache ------------------------------------------------------------------------- */

static void count_one(struct hcache_head *head, mark_t mark)
{
	head->n_live++;
	head->n_unread += !(mark & FLAG_SEEN);
	head->n_new += !(mark & FLAG_SEEN) && mark & MARK_NEW;
	head->n_flagged += (mark & FLAG_FLAGGED) != 0;
}

void mailbox_virtual_head(struct mailbox *mb, struct hcache_head *head)
{
	members_follow(mb->members, mb->source.cache);
	if (mb->loaded && mb->head.generation == members_generation(mb->members)) {
		*head = mb->head;
		return;
	}
	*head = (struct hcache_head){
	    .generation = members_generation(mb->members),
	    .epoch = members_epoch(mb->members),
	    .n_rows = members_count(mb->members),
	};
	for (guint32 row = 0; row < head->n_rows; row++) {
		const struct member *m = members_at(mb->members, row);

		if (m->row != MEMBER_GONE)
			count_one(head, hcache_mark(mb->source.cache, m->mailbox, m->row));
	}
	head->n_total = head->n_live;
}

/* ---- the engine ------------------------------------------------------------------------- */

static void found(struct mailbox *mb, enum wire_id id, GVariant *body, gboolean more)
{
	if (id != WIRE_FOUND)
		return;
	members_take(mb->members, body, more);
	if (mb->source.changed)
		mb->source.changed(mb->source.data);
}

static void failed(struct mailbox *mb, const GError *error)
{
	/* An engine that is gone has been told of. */
	if (error && mb->source.refused && client_state(mb->source.client) == CLIENT_READY)
		mb->source.refused(error, mb->source.data);
}

static void searched(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		     void *data)
{
	struct mailbox *mb = data;

	if (!final) {
		found(mb, id, body, FALSE);
		return;
	}
	mb->opening = 0;
	failed(mb, error);
}

static void gathered(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		     void *data)
{
	struct mailbox *mb = data;

	if (!final) {
		found(mb, id, body, TRUE);
		return;
	}
	mb->gathering = 0;
	failed(mb, error);
}

/* As SEARCH wants it: where the user's notmuch has its mail, unless the name says another. */
static const char *database_of(const struct virtual_query *q)
{
	return *q->database ? q->database : "notmuch";
}

static GVariant *search_body(const struct virtual_query *q)
{
	return g_variant_new("(sssbu)", database_of(q), q->query, q->exclude, q->threads, q->limit);
}

void mailbox_search(struct mailbox *mb)
{
	g_autoptr(GError) error = NULL;
	auto_ptr(virtual_query) q = NULL;

	if (!mb->members || !mb->source.client || mb->opening)
		return;
	q = conf_virtual_query(mb->source.conf, mb->name, &error);
	if (q)
		mb->opening =
		    client_ask(mb->source.client, WIRE_SEARCH, search_body(q), searched, mb);
	else if (mb->source.refused)
		mb->source.refused(error, mb->source.data);
}

/* Its Message-ID as a term of notmuch; NULL without one. Yours. */
static char *id_term(const struct mailbox *mb, guint32 lid)
{
	struct envelope env;
	g_auto(GStrv) pieces = NULL;
	g_autofree char *bare = NULL, *doubled = NULL;
	const char *id;

	if (!mailbox_lid_row(mb, lid, NULL, NULL, &env))
		return NULL;
	id = env.field[ENV_MESSAGE_ID];
	if (*id != '<' || !g_str_has_suffix(id, ">"))
		return NULL;
	bare = g_strndup(id + 1, strlen(id) - 2);
	pieces = g_strsplit(bare, "\"", -1);
	doubled = g_strjoinv("\"\"", pieces);
	return g_strdup_printf("id:\"%s\"", doubled);
}

char *mailbox_thread_name(const struct mailbox *mb, guint32 lid)
{
	g_autofree char *term = id_term(mb, lid);

	return term ? conf_virtual_name(term, TRUE) : NULL;
}

gboolean mailbox_gather_thread(struct mailbox *mb, guint32 lid)
{
	g_autofree char *term = id_term(mb, lid);
	auto_ptr(virtual_query) q =
	    term ? conf_virtual_query(mb->source.conf, mb->name, NULL) : NULL;

	if (!q || !mb->source.client || mb->gathering)
		return q != NULL;
	mb->gathering = client_ask(
	    mb->source.client, WIRE_SEARCH,
	    g_variant_new("(sssbu)", database_of(q), term, "", TRUE, (guint32)0), gathered, mb);
	return TRUE;
}
