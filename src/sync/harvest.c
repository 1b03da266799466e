/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder is compared with its rows and what was found applied, unless it is at rest. */
#include "harvest.h"

#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "harvest-job.h"
#include "steps.h"
#include "vocabulary.h"

enum { SCAN_TRIES = 5, SMALL = 100 };

static void orphan_free(void *data)
{
	struct orphan *o = data;

	g_free(o->base);
	g_free(o);
}

void harvest_clear(struct harvest *h)
{
	g_clear_pointer(&h->orphans, g_ptr_array_unref);
	g_clear_pointer(&h->stopped, g_free);
	g_clear_error(&h->unread);
}

static gboolean set_head(struct job *j, gboolean indexed, guint total, GError **error)
{
	if (!store_begin(j->store, error))
		return FALSE;
	if (total)
		store_set_total(j->store, j->mb->number, total);
	store_set_indexed(j->store, j->mb->number, indexed);
	return store_commit(j->store, error);
}

/* The first look at a folder: a reader sees how far it is. */
static gboolean harvest_first(struct job *j, gboolean complete, GError **error)
{
	return set_head(j, FALSE, j->fresh->len, error) && job_apply(j, complete, error) &&
	       set_head(j, TRUE, 0, error);
}

/* ---- folders at rest ------------------------------------------------------------ */

static char *rest_key(const struct job *j)
{
	return g_strdup_printf("rest.%u", j->mb->number);
}

/* Row and file side as they are now; NULL when a change of this moment might not show. Yours. */
static char *rest_words(const struct job *j)
{
	g_autofree char *words = maildir_state_words(j->md);

	return words ? g_strdup_printf("%" G_GUINT64_FORMAT "%s", j->mb->change, words) : NULL;
}

/* TRUE when nothing has changed since a scan that found rows and files the same. */
static gboolean is_at_rest(const struct job *j, const char *words)
{
	g_autofree char *key = rest_key(j), *last = NULL;

	store_lock(j->store);
	last = state_get(store_state(j->store), key);
	store_unlock(j->store);
	return words && last && !strcmp(words, last);
}

/* Small folders are read again sooner than written about. */
static gboolean note_rest(struct job *j, const char *before, GError **error)
{
	g_autofree char *key = rest_key(j), *words = rest_words(j);

	if (!words || !before || strcmp(words, before) != 0 || j->n_rows < SMALL || j->fresh->len ||
	    j->changed->len || j->missing->len || j->seen_again->len)
		return TRUE;
	return store_begin(j->store, error) &&
	       steps_commit(j->store, state_set(store_state(j->store), key, words, error),
			    "harvest-rest", error);
}

/* Rows and files of one moment; FALSE in *found when others changed them all the time. */
static gboolean scan(struct job *j, gboolean *found, gboolean *complete, GError **error)
{
	gboolean is_void = TRUE;

	for (int tries = 0; is_void && tries < SCAN_TRIES; tries++)
		if (!job_compare(j, complete, &is_void, error))
			return FALSE;
	*found = !is_void;
	if (is_void)
		j->out->unsettled = TRUE;
	return TRUE;
}

/* D02: in a folder at rest the second look need not wait. */
static gboolean look_twice(struct job *j, GError **error)
{
	gboolean found, complete = FALSE;

	j->out->unsettled = FALSE;
	if (!scan(j, &found, &complete, error))
		return FALSE;
	if (found && complete)
		return job_apply_absences(j, error);
	j->out->unsettled = TRUE;
	return TRUE;
}

static gboolean run(struct job *j, GError **error)
{
	gboolean complete = FALSE, found;
	gboolean first = j->mb->last_scan == 0 && !*j->mb->account;
	g_autofree char *words = rest_words(j);

	if (!vocabulary_learn(j->store, j->mb, job_has_server(j), error))
		return FALSE;
	if (is_at_rest(j, words))
		return TRUE;
	maildir_sweep(j->md);
	if (!scan(j, &found, &complete, error))
		return FALSE;
	if (!found)
		return TRUE;
	if (!(first ? harvest_first(j, complete, error) : job_apply(j, complete, error)))
		return FALSE;
	if (complete && j->out->unsettled)
		return look_twice(j, error);
	return note_rest(j, words, error);
}

static gboolean note_scan_time(struct job *j, GError **error)
{
	struct state_mailbox *mb;
	gboolean ok;

	if (j->mb->last_scan && !j->out->n_new && !j->out->n_changed && !j->out->n_gone)
		return TRUE;
	if (!store_begin(j->store, error))
		return FALSE;
	mb = state_mailbox(store_state(j->store), j->mb->number);
	ok = mb != NULL;
	if (mb) {
		mb->last_scan = clock_now_s();
		ok = store_put_mailbox(j->store, mb, error);
	}
	g_free(mb);
	return steps_commit(j->store, ok, "harvest-end", error);
}

static struct maildir *open_folder(const struct state_mailbox *mb, GError **error)
{
	/* Only a mailbox that never held anything may be made here: else a mount is missing. */
	if (*mb->account && !mb->last_scan && !mb->uidnext && !maildir_create(mb->path, error))
		return NULL;
	return maildir_open(mb->path, error);
}

/* FALSE with GONE when there is no such mailbox or no folder. */
static gboolean job_open(struct job *j, guint32 mailbox, GError **error)
{
	*j->out = (struct harvest){.orphans = g_ptr_array_new_with_free_func(orphan_free)};
	store_lock(j->store);
	j->mb = state_mailbox(store_state(j->store), mailbox);
	store_unlock(j->store);
	if (!j->mb)
		return error_set(error, CUR_ERROR_GONE, "no such mailbox");
	j->fresh = g_ptr_array_new_with_free_func(finding_free);
	j->changed = g_ptr_array_new_with_free_func(finding_free);
	j->missing = g_ptr_array_new_with_free_func(finding_free);
	j->seen_again = g_ptr_array_new_with_free_func(finding_free);
	j->md = open_folder(j->mb, error);
	return j->md != NULL;
}

static void job_close(struct job *j)
{
	g_clear_pointer(&j->md, maildir_close);
	g_clear_pointer(&j->fresh, g_ptr_array_unref);
	g_clear_pointer(&j->changed, g_ptr_array_unref);
	g_clear_pointer(&j->missing, g_ptr_array_unref);
	g_clear_pointer(&j->seen_again, g_ptr_array_unref);
	g_clear_pointer(&j->doomed, g_hash_table_unref);
	g_clear_pointer(&j->mb, g_free);
}

gboolean harvest(struct hub *hub, guint32 mailbox, const char *const *assumed, struct harvest *out,
		 GError **error)
{
	struct job j = {.hub = hub, .store = hub_store(hub), .assumed = assumed, .out = out};
	gboolean ok;

	ok = job_open(&j, mailbox, error) && run(&j, error) &&
	     (out->stopped || note_scan_time(&j, error));
	job_close(&j);
	return ok;
}

/* ---- the other folders ------------------------------------------------------------ */

static gboolean collect_other(const struct state_mailbox *mb, void *data)
{
	g_array_append_val((GArray *)data, mb->number);
	return TRUE;
}

/* A folder that is not there has nothing new; one that cannot be read might have. */
static gboolean take_new(const struct job *from, guint32 mailbox, GError **error)
{
	struct harvest out;
	struct job j = {
	    .hub = from->hub, .store = from->store, .assumed = from->assumed, .out = &out};
	g_autoptr(GError) failed = NULL;
	gboolean ok, found = FALSE, complete;
	g_autofree char *words = NULL;

	ok = job_open(&j, mailbox, &failed);
	if (ok && !is_at_rest(&j, words = rest_words(&j)))
		ok = scan(&j, &found, &complete, &failed) && (!found || job_apply_new(&j, &failed));
	job_close(&j);
	harvest_clear(&out);
	if (ok || error_is(failed, CUR_ERROR_GONE))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

gboolean harvest_others(const struct job *j, GError **error)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
	gboolean ok;

	store_lock(j->store);
	ok = state_mailboxes(store_state(j->store), NULL, collect_other, numbers, error);
	store_unlock(j->store);
	for (guint i = 0; ok && i < numbers->len; i++) {
		guint32 number = g_array_index(numbers, guint32, i);

		ok = number == j->mb->number || take_new(j, number, error);
	}
	return ok;
}
