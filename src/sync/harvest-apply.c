/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Findings become rows, marks and steps. Each is checked again within the change that
 * applies it: a file may have been renamed since it was compared.
 */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/mail/scan.h"
#include "cur/store/keywords.h"
#include "harvest-job.h"
#include "reconcile.h"
#include "steps.h"
#include "stray.h"
#include "unrecorded.h"

enum { SLICE = 1000, MISSES_NEEDED = 2 };

gboolean job_has_server(const struct job *j)
{
	return steps_has_server(j->mb);
}

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
	differs = job_has_server(j) && msg->uid && ((f->is ^ msg->agreed) & j->shared);
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
	if (job_has_server(j) && msg->uid &&
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
	struct partial there; /* of ROW_PARTIAL: where its text is */
};

static void reading_clear(struct reading *r)
{
	g_clear_pointer(&r->text, g_free);
	partial_clear(&r->there);
}

/* Another program wrote it: durable before the record of it, by which a server is told. */
static gboolean make_durable(struct job *j, const char *path, GError **error)
{
	gboolean ok;
	int fd;

	if (!job_has_server(j))
		return TRUE;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return error_from_errno(error, errno, "cannot read '%s'", path);
	ok = file_sync(fd, path, error);
	close(fd);
	return ok;
}

/* FALSE: not there any more, or unreadable: left for the next scan. */
static gboolean read_file(struct job *j, struct finding *f, struct reading *r)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = maildir_find(j->md, f->base, f->is, &error);
	struct scan_hints hints = {.file = f->base, .assumed = j->assumed};

	r->f = f;
	if (path && scan_file(path, &hints, &r->row, &r->text, &r->text_n, &error) &&
	    make_durable(j, path, &error)) {
		if (r->row.kind & ROW_PARTIAL && !partial_read(path, &r->there))
			r->row.kind &= ~(guint)ROW_PARTIAL;
		return TRUE;
	}
	/* It may be gone since its header was read; the next one takes its place. */
	reading_clear(r);
	if (error_is(error, CUR_ERROR_GONE))
		return FALSE;
	hub_note(j->hub, HUB_WARNING, j->mb->account, "%s", error->message);
	if (!j->out->unread)
		j->out->unread = g_steal_pointer(&error);
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
	    .partial = (r->row.kind & ROW_PARTIAL) != 0,
	};
	g_autofree struct state_message *there =
	    state_message_by_base(store_state(j->store), j->mb->number, r->f->base);

	if (there)
		return TRUE;
	if (job_has_server(j))
		msg.mark |= MARK_PENDING;
	if (!store_add(j->store, &msg, &r->row, r->text, r->text_n, error))
		return FALSE;
	j->out->n_new++;
	if (msg.partial)
		return stray_add_step(j->store, j->mb, &msg, &r->there, error);
	return !job_has_server(j) || steps_add(j->store, j->mb->account, STEP_APPEND, j->mb->number,
					       msg.lid, NULL, error);
}

static gboolean add_slice(struct job *j, struct reading *readings, guint n, GError **error)
{
	gboolean ok = (!job_has_server(j) || maildir_sync(j->md, error)) && begin(j, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < n; i++)
		ok = add_row(j, &readings[i], error);
	return steps_commit(j->store, ok, "harvest-new", error);
}

/* Killed between the record of the deletion and the deletion. D57: the UID alone proves nothing. */
static gboolean is_remains(struct job *j, const struct finding *f)
{
	const char *base = g_hash_table_lookup(j->doomed, GUINT_TO_POINTER(f->uid));

	return base && !strcmp(base, f->base);
}

/* A name with a UID that no row has: doomed, or for adopt.c to judge. FALSE: an ordinary new file.
 */
static gboolean set_apart(struct job *j, struct finding *f)
{
	struct orphan *o;

	if (!f->uid || !job_has_server(j) || stray_is(j->store, j->md, j->mb, f))
		return FALSE;
	if (is_remains(j, f)) {
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

/* D47: what was flagged here since is worth more than what came. */
static void find_unrecorded(struct job *j)
{
	g_autoptr(GHashTable) marks = unrecorded_read(j->mb);

	for (guint i = 0; marks && i < j->out->orphans->len; i++) {
		struct orphan *o = g_ptr_array_index(j->out->orphans, i);
		void *mark;

		if (g_hash_table_lookup_extended(marks, o->base, NULL, &mark))
			o->unrecorded =
			    !(o->mark & ~(mark_t)GPOINTER_TO_UINT(mark) & RECONCILE_PRECIOUS);
	}
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
			reading_clear(&readings[i]);
		if (j->fresh->len > SLICE)
			hub_progress(j->hub, j->mb->name, "indexing", done, j->fresh->len);
	}
	/* Without one, a list is of files that have rows, or were never visible. */
	if (j->out->orphans->len)
		find_unrecorded(j);
	else if (job_has_server(j))
		unrecorded_remove(j->mb);
	return ok;
}

/* ---- an accident, or meant? ------------------------------------------------------ */

/* How many were missing when it was told, and when the user said that it is meant. */
#define ASKED "stopped"
#define CONFIRMED "confirmed"

static char *key_of(const char *what, guint32 mailbox)
{
	return g_strdup_printf("%s.%u", what, mailbox);
}

/* 0: nothing was asked, or said. Under the lock. */
static guint noted(struct store *store, const char *what, guint32 mailbox)
{
	g_autofree char *key = key_of(what, mailbox);
	g_autofree char *value = state_get(store_state(store), key);

	return value ? (guint)g_ascii_strtoull(value, NULL, 10) : 0;
}

/* Within a change. */
static gboolean note(struct store *store, const char *what, guint32 mailbox, guint n,
		     GError **error)
{
	g_autofree char *key = key_of(what, mailbox);
	g_autofree char *value = g_strdup_printf("%u", n);

	return noted(store, what, mailbox) == n || state_set(store_state(store), key, value, error);
}

static gboolean note_both(struct store *store, guint32 mailbox, guint n_asked, guint n_confirmed,
			  GError **error)
{
	return store_begin(store, error) &&
	       steps_commit(store,
			    note(store, ASKED, mailbox, n_asked, error) &&
				note(store, CONFIRMED, mailbox, n_confirmed, error),
			    "harvest-word", error);
}

gboolean harvest_confirm(struct store *store, guint32 mailbox, gboolean *was_asked, GError **error)
{
	guint n;

	store_lock(store);
	n = noted(store, ASKED, mailbox);
	store_unlock(store);
	*was_asked = n > 0;
	return !n || note_both(store, mailbox, n, n, error);
}

/* A word is for what was asked, not for what goes later. */
static void load_word(struct job *j)
{
	store_lock(j->store);
	j->n_asked = noted(j->store, ASKED, j->mb->number);
	j->n_confirmed = noted(j->store, CONFIRMED, j->mb->number);
	store_unlock(j->store);
	j->confirmed = j->missing->len && j->missing->len <= j->n_confirmed;
}

static gboolean forget_word(struct job *j, GError **error)
{
	return (!j->n_asked && !j->n_confirmed) || note_both(j->store, j->mb->number, 0, 0, error);
}

static gboolean stop(struct job *j, GError **error)
{
	if (!note_both(j->store, j->mb->number, j->missing->len, 0, error))
		return FALSE;
	j->out->stopped =
	    g_strdup_printf("%u of %u messages are missing in '%s': nothing is deleted at the "
			    "server; put the files "
			    "back, or say that it is meant with: cur sync --accept-deletions '%s'",
			    j->missing->len, j->n_rows, j->mb->path, j->mb->name);
	hub_note(j->hub, HUB_ERROR, j->mb->account, "%s", j->out->stopped);
	return TRUE;
}

static gboolean misses_header(struct job *j)
{
	gboolean any = FALSE;

	store_lock(j->store);
	for (guint i = 0; i < j->missing->len && !any; i++) {
		g_autofree struct state_message *msg = still(j, g_ptr_array_index(j->missing, i));

		any = msg && msg->partial;
	}
	store_unlock(j->store);
	return any;
}

/* D02, D06: what is gone for certain goes at the server, too; but not too much of it. */
gboolean job_apply_absences(struct job *j, GError **error)
{
	load_word(j);
	if (!j->confirmed && reconcile_is_massacre(j->missing->len, j->n_rows))
		return stop(j, error);
	/* A header that another program moved has its text at the server alone: find it first. */
	if (misses_header(j) && !harvest_others(j, error))
		return FALSE;
	return apply_all(j, j->missing, apply_missing, "harvest-gone", error) &&
	       forget_word(j, error);
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

gboolean job_apply_new(struct job *j, GError **error)
{
	return name_letters(j, error) && add_fresh(j, error);
}

gboolean job_apply(struct job *j, gboolean complete, GError **error)
{
	if (!name_letters(j, error) ||
	    !apply_all(j, j->changed, apply_mark, "harvest-flags", error) ||
	    !apply_all(j, j->seen_again, apply_seen_again, "harvest-seen", error))
		return FALSE;
	if (j->missing->len && !complete)
		j->out->unsettled = TRUE;
	else if (!job_apply_absences(j, error))
		return FALSE;
	return j->out->stopped || add_fresh(j, error);
}
