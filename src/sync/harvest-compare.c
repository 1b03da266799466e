/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One scan of a folder against the rows of state.db. The scan runs without the
 * store's lock, so the main loop may rename files meanwhile: a scan during which
 * the mailbox changed is void.
 */

#include "cur/base/error.h"
#include "harvest-job.h"
#include "steps.h"
#include "vocabulary.h"

void finding_free(void *data)
{
	struct finding *f = data;

	g_free(f->base);
	g_free(f);
}

static void find(GPtrArray *into, const char *base, guint32 lid, guint32 uid, mark_t was, mark_t is)
{
	struct finding *f = g_new0(struct finding, 1);

	f->base = g_strdup(base);
	f->lid = lid;
	f->uid = uid;
	f->was = was;
	f->is = is;
	g_ptr_array_add(into, f);
}

struct comparison {
	struct job *job;
	const struct maildir_scan *scan;
	GHashTable *known; /* base names of rows, borrowed from the scan */
	gboolean complete;
};

static gboolean compare_row(const struct state_message *msg, void *data)
{
	struct comparison *c = data;
	struct job *j = c->job;
	const struct maildir_entry *e = maildir_scan_find(c->scan, msg->base);
	mark_t was = msg->mark & (MAILDIR_MARKS | MARK_NEW);

	j->n_rows++;
	if (!e) {
		find(j->missing, msg->base, msg->lid, msg->uid, was, 0);
		return TRUE;
	}
	g_hash_table_add(c->known, (char *)e->base);
	/* Two names at once: a rename in flight, the next scan tells which is left. */
	if (e->mark != was && !e->twice)
		find(j->changed, msg->base, msg->lid, msg->uid, was, e->mark);
	else if (msg->misses)
		find(j->seen_again, msg->base, msg->lid, msg->uid, was, was);
	return TRUE;
}

static void compare_files(struct comparison *c)
{
	struct job *j = c->job;

	/* Names begin with a time: from the end they come newest first. */
	for (gsize i = maildir_scan_n(c->scan); i-- > 0;) {
		const struct maildir_entry *e = maildir_scan_entry(c->scan, i);

		if (!g_hash_table_contains(c->known, e->base))
			find(j->fresh, e->base, 0, e->uid, 0, e->mark);
	}
}

static void forget_findings(struct job *j)
{
	g_ptr_array_set_size(j->fresh, 0);
	g_ptr_array_set_size(j->changed, 0);
	g_ptr_array_set_size(j->missing, 0);
	g_ptr_array_set_size(j->seen_again, 0);
	j->n_rows = 0;
}

/* Scan and compare; *void_ is set when the mailbox changed in between. */
gboolean job_compare(struct job *j, gboolean *complete, gboolean *is_void, GError **error)
{
	auto_ptr(maildir_scan) scan = maildir_scan(j->md, error);
	g_autoptr(GHashTable) known = g_hash_table_new(g_direct_hash, g_direct_equal);
	struct comparison c = {.job = j, .scan = scan, .known = known};
	struct state_mailbox *now;
	gboolean ok = TRUE;

	if (!scan)
		return FALSE;
	c.complete = maildir_scan_is_complete(scan);
	/* Borrowed names of one scan: a name is one address. */
	forget_findings(j);
	store_lock(j->store);
	now = state_mailbox(store_state(j->store), j->mb->number);
	*is_void = !now || now->change != j->mb->change;
	if (now) {
		g_free(j->mb);
		j->mb = now;
		j->shared = shared_bits(now);
	}
	if (now && !*is_void) {
		ok = state_messages(store_state(j->store), now->number, 0, 0, compare_row, &c,
				    error);
		g_clear_pointer(&j->doomed, g_hash_table_unref);
		j->doomed = steps_doomed(j->store, now->account, now->number, now->uidvalidity);
	}
	store_unlock(j->store);
	if (!now)
		return error_set(error, CUR_ERROR_GONE, "the mailbox is gone");
	if (ok && !*is_void)
		compare_files(&c);
	*complete = c.complete;
	return ok;
}
