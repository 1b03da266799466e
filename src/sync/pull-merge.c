/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of the server beside the rows here: for each message what reconcile.c decides is done.
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "departed.h"
#include "pull-private.h"
#include "steps.h"

enum { SLICE = 2000 };

struct doomed_file {
	char *base;
	mark_t mark;
	char *object; /* the server's id, or NULL */
};

static void doomed_file_free(void *data)
{
	struct doomed_file *f = data;

	g_free(f->base);
	g_free(f->object);
	g_free(f);
}

static gboolean wants_flags_step(struct pull *p, const struct state_message *msg, GError **error)
{
	if (state_has_step(store_state(p->r->store), p->mb->number, msg->lid, NULL))
		return TRUE;
	return steps_add(p->r->store, p->mb->account, STEP_FLAGS, p->mb->number, msg->lid, NULL,
			 error);
}

/* D47: kept aside as a plain local file; the user is told. FALSE: it cannot be, and may not go. */
static gboolean rescue(struct pull *p, const struct state_message *msg, GError **error)
{
	g_autofree char *path = g_build_filename(store_data_dir(p->r->store), "lost+found", NULL);
	g_autofree char *base = NULL;
	g_autoptr(GError) failed = NULL;
	auto_ptr(maildir) to = NULL;

	if (maildir_create(path, error))
		to = maildir_open(path, error);
	if (!to)
		return FALSE;
	if (!maildir_copy(p->md, msg->base, msg->mark, to, msg->mark, &base, &failed)) {
		if (error_is(failed, CUR_ERROR_GONE))
			return TRUE;
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	if (!maildir_sync(to, error))
		return FALSE;
	hub_note(p->r->hub, HUB_WARNING, p->mb->account,
		 "a message flagged here was expunged from %s by another program; a copy "
		 "is in '%s'",
		 p->mb->folder, path);
	return TRUE;
}

static gboolean set_local(struct pull *p, struct state_message *msg, mark_t flags, GError **error)
{
	g_autoptr(GError) failed = NULL;
	mark_t to = (msg->mark & ~p->shared) | flags;

	if (flags & FLAG_ALL)
		to &= ~(mark_t)MARK_NEW;
	if (!maildir_set_mark(p->md, msg->base, msg->mark, to, &failed)) {
		/* D04: it went or was renamed under us; the next scan tells. */
		if (error_is(failed, CUR_ERROR_GONE))
			return TRUE;
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	p->n_renamed++;
	p->n_flags++;
	msg->mark = to;
	return TRUE;
}

static gboolean forget(struct pull *p, const struct state_message *msg, const struct plan *plan,
		       GError **error)
{
	struct doomed_file *f;

	if ((plan->acts & ACT_RESCUE) && !rescue(p, msg, error))
		return FALSE;
	if (plan->acts & ACT_DELETE_LOCAL) {
		p->n_deleted++;
		f = g_new0(struct doomed_file, 1);
		f->base = g_strdup(msg->base);
		f->mark = msg->mark;
		f->object = state_object(store_state(p->r->store), p->mb->number, msg->lid);
		g_ptr_array_add(p->unlink, f);
	}
	return store_drop(p->r->store, p->mb->number, msg->lid, error);
}

static gboolean carry_out(struct pull *p, struct state_message *msg, const struct listed *item,
			  const struct plan *plan, GError **error)
{
	if (plan->acts & ACT_FORGET)
		return forget(p, msg, plan, error);
	if ((plan->acts & ACT_SET_LOCAL) && !set_local(p, msg, plan->flags, error))
		return FALSE;
	if ((plan->acts & ACT_STORE) && !wants_flags_step(p, msg, error))
		return FALSE;
	msg->agreed = item->flags;
	msg->modseq = item->modseq;
	msg->mark = plan->acts & ACT_STORE ? msg->mark | MARK_PENDING : msg->mark;
	return store_put(p->r->store, msg, error);
}

static gboolean judge(struct pull *p, const struct state_message *known, const struct listed *item,
		      GError **error)
{
	struct sides sides = {
	    .server = listing_presence(&p->list, known->uid),
	    .server_flags = item ? item->flags : 0,
	    .agreed = TRUE,
	    .agreed_flags = known->agreed & p->shared,
	    .local = known->misses ? UNSURE : PRESENT,
	    .local_flags = known->mark & p->shared,
	};
	struct state_message msg = *known;
	struct plan plan;

	if (sides.server == UNSURE || (sides.server == ABSENT && p->withheld.uids &&
				       seqset_has(p->withheld.uids, known->uid)))
		return TRUE;
	if (item && item->has_size && reused_is_suspect(known, item->size, item->date)) {
		struct suspect s = {known->uid, item->size};

		g_array_append_val(p->suspects, s);
	}
	/* Changes made here alone are steps already. */
	plan = reconcile(&sides);
	if (!((plan.add | plan.remove) & p->kept))
		plan.acts &= ~(unsigned)ACT_STORE;
	if (!plan.acts || (item && sides.server_flags == sides.agreed_flags))
		return TRUE;
	return carry_out(p, &msg, item, &plan, error);
}

/* Rows of one slice, copied out of the callback that must not write. */
static void *copy_row(const struct state_message *msg)
{
	gsize n = strlen(msg->base) + 1;
	struct state_message *copy = g_malloc(sizeof *copy + n);

	*copy = *msg;
	copy->base = memcpy(copy + 1, msg->base, n);
	return copy;
}

static gboolean collect_row(const struct state_message *msg, void *data)
{
	g_ptr_array_add(data, copy_row(msg));
	return TRUE;
}

/* Moved by another client, perhaps: it may turn up in the next folder. */
static void keep_departed(struct pull *p, const struct doomed_file *f)
{
	g_autofree char *path = f->object ? maildir_find(p->md, f->base, f->mark, NULL) : NULL;

	if (path)
		departed_keep(p->r->store, p->mb->account, f->object, path);
}

/* Durably, before the commit: a file left without its row would look like a new message. */
static gboolean unlink_dead(struct pull *p, GError **error)
{
	if (!p->unlink->len)
		return TRUE;
	for (guint i = 0; i < p->unlink->len; i++) {
		struct doomed_file *f = g_ptr_array_index(p->unlink, i);
		g_autoptr(GError) failed = NULL;

		keep_departed(p, f);
		if (maildir_remove(p->md, f->base, f->mark, &failed) ||
		    error_is(failed, CUR_ERROR_GONE))
			continue;
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	g_ptr_array_set_size(p->unlink, 0);
	return maildir_sync(p->md, error);
}

/* The rows from `first` to `last` that the list says anything of, ascending. */
static gboolean read_rows(struct pull *p, const struct seqset *concerned, guint32 first,
			  guint32 last, GPtrArray *rows, GError **error)
{
	const struct seqset_range *r;
	gboolean ok = TRUE;
	gsize n;

	r = seqset_ranges(concerned, &n);
	for (gsize i = 0; ok && i < n; i++)
		if (r[i].first <= last && r[i].last >= first)
			ok = state_messages_by_uid(store_state(p->r->store), p->mb->number,
						   MAX(first, r[i].first), MIN(last, r[i].last),
						   collect_row, rows, error);
	return ok;
}

/* Items [from, to) and the rows of their UIDs and of the holes between. */
static gboolean merge_slice(struct pull *p, const struct seqset *concerned, guint from, guint to,
			    guint32 first, guint32 last, GError **error)
{
	g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);
	gboolean ok;

	if (!store_begin(p->r->store, error))
		return FALSE;
	ok = read_rows(p, concerned, first, last, rows, error);
	for (guint i = 0; ok && i < rows->len; i++) {
		const struct state_message *msg = g_ptr_array_index(rows, i);
		struct listed *item;

		for (; from < to; from++) {
			item = &g_array_index(p->list.items, struct listed, from);
			if (item->uid >= msg->uid)
				break;
			g_array_append_val(p->fresh, item->uid);
		}
		item = from < to ? &g_array_index(p->list.items, struct listed, from) : NULL;
		if (item && item->uid == msg->uid)
			from++;
		else
			item = NULL;
		ok = judge(p, msg, item, error);
	}
	for (; ok && from < to; from++)
		g_array_append_val(p->fresh, g_array_index(p->list.items, struct listed, from).uid);
	if (ok && p->n_renamed)
		ok = maildir_sync(p->md, error);
	p->n_renamed = 0;
	ok = ok && unlink_dead(p, error);
	return round_commit(p->r, ok, "pull-merged", error);
}

static gboolean merge_all(struct pull *p, GError **error)
{
	auto_ptr(seqset) concerned = listing_concerned(&p->list);
	guint n = p->list.items->len;
	guint32 first = 1;

	for (guint from = 0; from < n; from += SLICE) {
		guint to = MIN(from + SLICE, n);
		guint32 last =
		    to < n ? g_array_index(p->list.items, struct listed, to).uid - 1 : G_MAXUINT32;

		if (!merge_slice(p, concerned, from, to, first, last, error))
			return FALSE;
		first = last == G_MAXUINT32 ? last : last + 1;
	}
	return n > 0 || merge_slice(p, concerned, 0, 0, 1, G_MAXUINT32, error);
}

gboolean pull_merge(struct pull *p, GError **error)
{
	gboolean ok;

	p->unlink = g_ptr_array_new_with_free_func(doomed_file_free);
	ok = merge_all(p, error);
	g_clear_pointer(&p->unlink, g_ptr_array_unref);
	return ok;
}
