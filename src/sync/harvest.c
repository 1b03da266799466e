/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One scan of a folder against the rows of state.db. The scan runs without the
 * store's lock, so the main loop may rename files meanwhile: a scan during which
 * the mailbox changed is void, and each finding is checked again when applied.
 */
#include "harvest.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "cur/mail/scan.h"
#include "cur/store/keywords.h"
#include "reconcile.h"
#include "steps.h"
#include "vocabulary.h"

enum { SLICE = 1000, SCAN_TRIES = 5, MISSES_NEEDED = 2, SMALL = 100 };

/* A file that differs from its row, or has none; or a row without a file. */
struct finding {
	char *base;
	guint32 lid; /* 0: no row */
	guint32 uid; /* of the name */
	mark_t was, is;
};

struct job {
	struct hub *hub;
	struct store *store;
	struct state_mailbox *mb;
	struct maildir *md;
	const char *const *assumed;
	struct harvest *out;
	GPtrArray *fresh, *changed, *missing, *seen_again; /* struct finding * */
	mark_t shared;					   /* bits that the server can hear of */
	GHashTable *doomed;				   /* UIDs whose expunge or move waits */
	guint n_rows;
	gboolean confirmed; /* the user means it */
};

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
}

static void finding_free(void *data)
{
	struct finding *f = data;

	g_free(f->base);
	g_free(f);
}

static gboolean has_server(const struct job *j)
{
	return *j->mb->account && !g_str_has_prefix(j->mb->name, "pop");
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

/* ---- comparing ------------------------------------------------------------- */

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
static gboolean compare(struct job *j, gboolean *complete, gboolean *is_void, GError **error)
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

/* ---- applying -------------------------------------------------------------- */

static gboolean begin(struct job *j, GError **error)
{
	return store_begin(j->store, error);
}

/* The row as it is now, when it is still the one that was compared; else NULL. */
static struct state_message *still(struct job *j, const struct finding *f)
{
	struct state_message *msg = state_message(store_state(j->store), j->mb->number, f->lid);

	if (msg && (msg->mark & (MAILDIR_MARKS | MARK_NEW)) == f->was &&
	    !strcmp(msg->base, f->base))
		return msg;
	g_free(msg);
	return NULL;
}

/* Another program renamed the file: the flags are its user's wish. */
static gboolean apply_mark(struct job *j, const struct finding *f, GError **error)
{
	g_autofree struct state_message *msg = still(j, f);
	gboolean differs;

	if (!msg)
		return TRUE;
	differs = has_server(j) && msg->uid && ((f->is ^ msg->agreed) & j->shared);
	if (differs && !state_has_step(store_state(j->store), j->mb->number, msg->lid, NULL) &&
	    !steps_add(j->store, j->mb->account, STEP_FLAGS, j->mb->number, msg->lid, NULL, error))
		return FALSE;
	msg->mark = f->is | (differs ? MARK_PENDING : msg->mark & MARK_PENDING);
	msg->misses = 0;
	j->out->n_changed++;
	return store_put(j->store, msg, error);
}

static gboolean apply_seen_again(struct job *j, const struct finding *f, GError **error)
{
	g_autofree struct state_message *msg = still(j, f);

	if (!msg)
		return TRUE;
	msg->misses = 0;
	return store_put(j->store, msg, error);
}

static gboolean drop_missing(struct job *j, const struct state_message *msg, GError **error)
{
	g_autofree char *data = NULL;
	struct step_doom doom = {.uidvalidity = j->mb->uidvalidity,
				 .uid = msg->uid,
				 .agreed = msg->agreed,
				 .how = DOOM_ABSENT};

	j->out->n_gone++;
	data = step_doom_format(&doom);
	if (has_server(j) && msg->uid &&
	    !steps_add(j->store, j->mb->account, STEP_EXPUNGE, j->mb->number, 0, data, error))
		return FALSE;
	return store_drop(j->store, j->mb->number, msg->lid, error);
}

/* D02: the first miss is only remembered. */
static gboolean apply_missing(struct job *j, const struct finding *f, GError **error)
{
	g_autofree struct state_message *msg = still(j, f);

	if (!msg)
		return TRUE;
	if (++msg->misses >= MISSES_NEEDED || j->confirmed)
		return drop_missing(j, msg, error);
	j->out->unsettled = TRUE;
	return store_put(j->store, msg, error);
}

typedef gboolean (*apply_fn)(struct job *j, const struct finding *f, GError **error);

static gboolean apply_all(struct job *j, GPtrArray *findings, apply_fn apply, const char *point,
			  GError **error)
{
	for (guint i = 0; i < findings->len; i += SLICE) {
		gboolean ok = begin(j, error);

		if (!ok)
			return FALSE;
		for (guint k = i; ok && k < MIN(i + SLICE, findings->len); k++)
			ok = apply(j, g_ptr_array_index(findings, k), error);
		if (!steps_commit(j->store, ok, point, error))
			return FALSE;
	}
	return TRUE;
}

/* ---- new files --------------------------------------------------------------- */

struct reading {
	struct finding *f;
	struct row row;
	char *text;
	gsize text_n;
};

/* FALSE: not there any more, or unreadable: left for the next scan. */
static gboolean read_file(struct job *j, struct finding *f, struct reading *r)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = maildir_find(j->md, f->base, f->is, &error);
	struct scan_hints hints = {.file = f->base, .assumed = j->assumed};

	r->f = f;
	if (path && scan_file(path, &hints, &r->row, &r->text, &r->text_n, &error))
		return TRUE;
	if (!error_is(error, CUR_ERROR_GONE))
		hub_note(j->hub, HUB_WARNING, j->mb->account, "%s", error->message);
	return FALSE;
}

static gboolean add_row(struct job *j, struct reading *r, GError **error)
{
	struct state_message msg = {
	    .mailbox = j->mb->number,
	    .mark = r->f->is,
	    .id_hash = r->row.id_hash,
	    .size_bytes = r->row.size_bytes,
	    .date_received = r->row.date_received,
	    .base = r->f->base,
	};
	g_autofree struct state_message *there =
	    state_message_by_base(store_state(j->store), j->mb->number, r->f->base);

	if (there)
		return TRUE;
	if (has_server(j))
		msg.mark |= MARK_PENDING;
	if (!store_add(j->store, &msg, &r->row, r->text, r->text_n, error))
		return FALSE;
	j->out->n_new++;
	return !has_server(j) || steps_add(j->store, j->mb->account, STEP_APPEND, j->mb->number,
					   msg.lid, NULL, error);
}

static gboolean add_slice(struct job *j, struct reading *readings, guint n, GError **error)
{
	gboolean ok = begin(j, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < n; i++)
		ok = add_row(j, &readings[i], error);
	return steps_commit(j->store, ok, "harvest-new", error);
}

/* A name with a UID that no row has: doomed, or for adopt.c to judge. FALSE: an ordinary new file.
 */
static gboolean set_apart(struct job *j, const struct finding *f)
{
	struct orphan *o;

	if (!f->uid || !has_server(j))
		return FALSE;
	if (g_hash_table_contains(j->doomed, GUINT_TO_POINTER(f->uid))) {
		/* Killed between the record of the deletion and the deletion. */
		maildir_remove(j->md, f->base, f->is, NULL);
		return TRUE;
	}
	o = g_new0(struct orphan, 1);
	o->base = g_strdup(f->base);
	o->uid = f->uid;
	o->mark = f->is;
	g_ptr_array_add(j->out->orphans, o);
	return TRUE;
}

static gboolean add_fresh(struct job *j, GError **error)
{
	g_autofree struct reading *readings = g_new0(struct reading, SLICE);
	guint done = 0;
	gboolean ok = TRUE;

	while (ok && done < j->fresh->len) {
		guint n = 0;

		for (; done < j->fresh->len && n < SLICE; done++) {
			struct finding *f = g_ptr_array_index(j->fresh, done);

			if (!set_apart(j, f) && read_file(j, f, &readings[n]))
				n++;
		}
		ok = n == 0 || add_slice(j, readings, n, error);
		for (guint i = 0; i < n; i++)
			g_clear_pointer(&readings[i].text, g_free);
		if (j->fresh->len > SLICE)
			hub_progress(j->hub, j->mb->name, "indexing", done, j->fresh->len);
	}
	return ok;
}

/* ---- the whole --------------------------------------------------------------- */

static gboolean set_head(struct job *j, gboolean indexed, guint total, GError **error)
{
	if (!store_begin(j->store, error))
		return FALSE;
	if (total)
		store_set_total(j->store, j->mb->number, total);
	store_set_indexed(j->store, j->mb->number, indexed);
	return store_commit(j->store, error);
}

/* ---- an accident, or meant? ------------------------------------------------------ */

static char *confirm_key(guint32 mailbox)
{
	return g_strdup_printf("confirmed.%u", mailbox);
}

static gboolean set_confirmed(struct store *store, guint32 mailbox, const char *value,
			      GError **error)
{
	g_autofree char *key = confirm_key(mailbox);

	if (!store_begin(store, error))
		return FALSE;
	if (state_set(store_state(store), key, value, error))
		return store_commit(store, error);
	store_rollback(store);
	return FALSE;
}

gboolean harvest_confirm(struct store *store, guint32 mailbox, GError **error)
{
	return set_confirmed(store, mailbox, "yes", error);
}

static void load_confirmed(struct job *j)
{
	g_autofree char *key = confirm_key(j->mb->number), *value = NULL;

	store_lock(j->store);
	value = state_get(store_state(j->store), key);
	store_unlock(j->store);
	j->confirmed = value && *value;
}

static gboolean stop(struct job *j)
{
	j->out->stopped =
	    g_strdup_printf("%u of %u messages are missing in '%s': nothing is deleted at the "
			    "server; put the files "
			    "back, or say that it is meant with: cur sync --accept-deletions '%s'",
			    j->missing->len, j->n_rows, j->mb->path, j->mb->name);
	hub_note(j->hub, HUB_ERROR, j->mb->account, "%s", j->out->stopped);
	return TRUE;
}

/* D02, D06: what is gone for certain goes at the server, too; but not too much of it. */
static gboolean apply_absences(struct job *j, GError **error)
{
	load_confirmed(j);
	if (!j->confirmed && reconcile_is_massacre(j->missing->len, j->n_rows))
		return stop(j);
	return apply_all(j, j->missing, apply_missing, "harvest-gone", error) &&
	       (!j->confirmed || set_confirmed(j->store, j->mb->number, "", error));
}

static mark_t letters_of(const GPtrArray *findings)
{
	mark_t letters = 0;

	for (guint i = 0; i < findings->len; i++)
		letters |= ((const struct finding *)g_ptr_array_index(findings, i))->is;
	return letters & KEYWORD_BITS;
}

/* Files from another folder of the account bring letters that have no name here yet. */
static gboolean name_letters(struct job *j, GError **error)
{
	mark_t unknown = (letters_of(j->fresh) | letters_of(j->changed)) & ~j->shared;
	auto_ptr(keywords) kw = NULL;

	if (!unknown)
		return TRUE;
	if (!store_guess_keywords(j->store, j->mb->number, unknown, error))
		return FALSE;
	kw = store_keywords(j->store, j->mb->number);
	j->shared |= keywords_named(kw);
	return TRUE;
}

static gboolean apply(struct job *j, gboolean complete, GError **error)
{
	if (!name_letters(j, error) ||
	    !apply_all(j, j->changed, apply_mark, "harvest-flags", error) ||
	    !apply_all(j, j->seen_again, apply_seen_again, "harvest-seen", error))
		return FALSE;
	if (j->missing->len && !complete)
		j->out->unsettled = TRUE;
	else if (!apply_absences(j, error))
		return FALSE;
	return j->out->stopped || add_fresh(j, error);
}

/* The first look at a folder: a reader sees how far it is. */
static gboolean harvest_first(struct job *j, gboolean complete, GError **error)
{
	return set_head(j, FALSE, j->fresh->len, error) && apply(j, complete, error) &&
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
	return begin(j, error) &&
	       steps_commit(j->store, state_set(store_state(j->store), key, words, error),
			    "harvest-rest", error);
}

/* Rows and files of one moment; FALSE in *found when others changed them all the time. */
static gboolean scan(struct job *j, gboolean *found, gboolean *complete, GError **error)
{
	gboolean is_void = TRUE;

	for (int tries = 0; is_void && tries < SCAN_TRIES; tries++)
		if (!compare(j, complete, &is_void, error))
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
		return apply_absences(j, error);
	j->out->unsettled = TRUE;
	return TRUE;
}

static gboolean run(struct job *j, GError **error)
{
	gboolean complete = FALSE, found;
	gboolean first = j->mb->last_scan == 0 && !*j->mb->account;
	g_autofree char *words = rest_words(j);

	if (!vocabulary_learn(j->store, j->mb, has_server(j), error))
		return FALSE;
	if (is_at_rest(j, words))
		return TRUE;
	maildir_sweep(j->md);
	if (!scan(j, &found, &complete, error))
		return FALSE;
	if (!found)
		return TRUE;
	if (!(first ? harvest_first(j, complete, error) : apply(j, complete, error)))
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
		mb->last_scan = g_get_real_time() / G_USEC_PER_SEC;
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

gboolean harvest(struct hub *hub, guint32 mailbox, const char *const *assumed, struct harvest *out,
		 GError **error)
{
	struct job j = {.hub = hub, .store = hub_store(hub), .assumed = assumed, .out = out};
	gboolean ok = FALSE;

	*out = (struct harvest){.orphans = g_ptr_array_new_with_free_func(orphan_free)};
	store_lock(j.store);
	j.mb = state_mailbox(store_state(j.store), mailbox);
	store_unlock(j.store);
	if (!j.mb)
		return error_set(error, CUR_ERROR_GONE, "no such mailbox");
	j.fresh = g_ptr_array_new_with_free_func(finding_free);
	j.changed = g_ptr_array_new_with_free_func(finding_free);
	j.missing = g_ptr_array_new_with_free_func(finding_free);
	j.seen_again = g_ptr_array_new_with_free_func(finding_free);
	j.md = open_folder(j.mb, error);
	if (j.md)
		ok = run(&j, error) && (out->stopped || note_scan_time(&j, error));
	g_clear_pointer(&j.md, maildir_close);
	g_ptr_array_unref(j.fresh);
	g_ptr_array_unref(j.changed);
	g_ptr_array_unref(j.missing);
	g_ptr_array_unref(j.seen_again);
	g_clear_pointer(&j.doomed, g_hash_table_unref);
	g_free(j.mb);
	return ok;
}
