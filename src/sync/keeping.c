/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules applied to what the server lists and to what lies here. */
#include "keeping.h"

#include <string.h>
#include <sys/stat.h>

#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/base/step.h"
#include "cur/imap/fetch.h"
#include "cur/mail/flags.h"
#include "cur/mail/partial.h"
#include "cur/mail/scan.h"

enum { DAY_S = 24 * 60 * 60, READ_LATELY_S = 7 * DAY_S, SLICE = 500 };

static struct keep rule_of(const struct round *r, const struct state_mailbox *mb)
{
	return keep_for(r->keep, mb->folder);
}

static gboolean is_everything(const struct keep *keep)
{
	return !keep->days && !keep->size_bytes;
}

static gboolean wants(const struct keep *keep, guint64 size, gint64 date, mark_t flags)
{
	if (flags & FLAG_FLAGGED)
		return TRUE;
	return !(keep->days && date < clock_now_s() - keep->days * (gint64)DAY_S) &&
	       !(keep->size_bytes && size > keep->size_bytes);
}

/* ---- when ------------------------------------------------------------------------- */

static char *done_key(const struct state_mailbox *mb)
{
	return g_strdup_printf("keep.%u", mb->number);
}

/* What was carried out: the rule, and for ages the day. "" for everything. Yours. */
static char *done_words(const struct round *r, const struct state_mailbox *mb)
{
	struct keep keep = rule_of(r, mb);

	if (is_everything(&keep))
		return g_strdup("");
	return g_strdup_printf("%d %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT, keep.days,
			       keep.size_bytes, keep.days ? clock_now_s() / DAY_S : 0);
}

static gboolean find_fetchable(const struct state_message *msg, void *data)
{
	*(gboolean *)data = msg->uid != 0;
	return !msg->uid;
}

/* Under the lock. Where every text is wanted, one without came from elsewhere, or came back. */
static gboolean lacks_text(const struct round *r, const struct state_mailbox *mb)
{
	const struct keep keep = rule_of(r, mb);
	gboolean lacks = FALSE;

	if (is_everything(&keep))
		state_messages_partial(store_state(r->store), mb->number, find_fetchable, &lacks,
				       NULL);
	return lacks;
}

gboolean keeping_is_due(const struct round *r, const struct state_mailbox *mb)
{
	g_autofree char *key = done_key(mb), *words = done_words(r, mb), *last = NULL;
	gboolean due;

	store_lock(r->store);
	last = state_get(store_state(r->store), key);
	due = strcmp(last ? last : "", words) != 0 || lacks_text(r, mb);
	store_unlock(r->store);
	return due;
}

gboolean keeping_note_begun(struct round *r, const struct state_mailbox *mb, GError **error)
{
	const struct keep keep = rule_of(r, mb);
	g_autofree char *key = done_key(mb);

	if (is_everything(&keep))
		return TRUE;
	return store_begin(r->store, error) &&
	       round_commit(r, state_set(store_state(r->store), key, "begun", error), "keep-begun",
			    error);
}

gboolean keeping_note_done(struct round *r, const struct state_mailbox *mb, GError **error)
{
	g_autofree char *key = done_key(mb), *words = done_words(r, mb);

	return store_begin(r->store, error) &&
	       round_commit(r, state_set(store_state(r->store), key, words, error), "keep-done",
			    error);
}

/* ---- what comes -------------------------------------------------------------------- */

struct split {
	struct keep keep;
	GHashTable *unwanted; /* GUINT_TO_POINTER(uid) */
};

static gboolean judge_new(const struct imap_info *info, void *data, GError **error)
{
	struct split *s = data;
	const guint both = IMAP_INFO_SIZE | IMAP_INFO_DATE;

	if ((info->has & both) == both &&
	    !wants(&s->keep, info->size_bytes, info->internal_date, info->flags))
		g_hash_table_add(s->unwanted, GUINT_TO_POINTER(info->uid));
	return TRUE;
}

gboolean keeping_split(struct round *r, const struct state_mailbox *mb, GArray *fresh,
		       GArray *headers, GError **error)
{
	g_autoptr(GHashTable) unwanted = g_hash_table_new(g_direct_hash, g_direct_equal);
	struct split s = {rule_of(r, mb), unwanted};
	auto_ptr(seqset) uids = seqset_new();
	guint kept = 0;

	if (is_everything(&s.keep) || !fresh->len)
		return TRUE;
	for (guint i = 0; i < fresh->len; i++)
		seqset_add(uids, g_array_index(fresh, guint32, i));
	if (!imap_fetch_info(r->imap, uids, TRUE, 0, judge_new, &s, error))
		return FALSE;
	for (guint i = 0; i < fresh->len; i++) {
		guint32 uid = g_array_index(fresh, guint32, i);

		if (g_hash_table_contains(unwanted, GUINT_TO_POINTER(uid)))
			g_array_append_val(headers, uid);
		else
			g_array_index(fresh, guint32, kept++) = uid;
	}
	g_array_set_size(fresh, kept);
	return TRUE;
}

struct lacking {
	struct keep keep;
	struct fills *fills;
};

static gboolean judge_header(const struct state_message *msg, void *data)
{
	struct lacking *l = data;

	if (wants(&l->keep, msg->size_bytes, msg->date_received, msg->mark))
		fills_add(l->fills, msg, msg->uid);
	return TRUE;
}

struct fills *keeping_lacking(struct round *r, const struct state_mailbox *mb, GError **error)
{
	struct lacking l = {rule_of(r, mb), fills_new()};
	gboolean ok;

	store_lock(r->store);
	ok = state_messages_partial(store_state(r->store), mb->number, judge_header, &l, error);
	store_unlock(r->store);
	if (!ok)
		g_clear_pointer(&l.fills, fills_free);
	return l.fills;
}

/* ---- what goes ---------------------------------------------------------------------- */

/* A message that is to lose its text. */
struct loser {
	guint32 lid, uid;
	mark_t mark;
	guint64 size; /* as the server says now; 0: it did not name it */
	gint64 date_received;
	char *base;
	struct delivery *delivery; /* its header as a file */
	struct row row;
	char *text;
	gsize text_n;
};

static void loser_clear(void *data)
{
	struct loser *l = data;

	g_free(l->base);
	g_free(l->text);
	g_clear_pointer(&l->delivery, delivery_free);
}

struct trim {
	struct round *r;
	const struct state_mailbox *mb;
	struct maildir *md;
	struct keep keep;
	GArray *losers; /* struct loser, ascending UID */
};

static gboolean may_lose(struct trim *t, const struct state_message *msg)
{
	return !msg->partial && msg->uid && !msg->misses && !(msg->mark & MARK_PENDING) &&
	       !wants(&t->keep, msg->size_bytes, msg->date_received, msg->mark);
}

static gboolean collect_loser(const struct state_message *msg, void *data)
{
	struct trim *t = data;
	struct loser l = {.lid = msg->lid,
			  .uid = msg->uid,
			  .mark = msg->mark,
			  .date_received = msg->date_received};

	if (!may_lose(t, msg))
		return TRUE;
	l.base = g_strdup(msg->base);
	g_array_append_val(t->losers, l);
	return TRUE;
}

static int by_uid(const void *a, const void *b)
{
	const struct loser *x = a, *y = b;

	return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static gboolean note_there(const struct imap_info *info, void *data, GError **error)
{
	struct loser key = {.uid = info->uid}, *l;
	struct trim *t = data;

	l = bsearch(&key, t->losers->data, t->losers->len, sizeof key, by_uid);
	if (l && info->has & IMAP_INFO_SIZE)
		l->size = info->size_bytes;
	return TRUE;
}

/* A file tells when it was read; where the file system does not, when it was fetched. */
static gboolean was_read_lately(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 || st.st_atime > clock_now_s() - READ_LATELY_S;
}

/* Its header in tmp/, as it will lie there. FALSE: it keeps its text for now. */
static gboolean cut(struct trim *t, struct loser *l)
{
	g_autofree char *path = maildir_find(t->md, l->base, l->mark, NULL);
	struct partial there = {l->size, t->mb->uidvalidity, l->uid, (char *)t->mb->name};
	struct scan_hints hints = {
	    .file = l->base, .date_received = l->date_received, .assumed = t->r->assumed};
	g_autoptr(GByteArray) file = NULL;

	if (!l->size || !path || was_read_lately(path))
		return FALSE;
	file = partial_make_of(path, &there);
	if (!file)
		return FALSE;
	scan_header((const char *)file->data, file->len, &hints, &l->row, &l->text, &l->text_n);
	l->delivery = delivery_open(t->md, NULL);
	return l->delivery && delivery_write(l->delivery, file->data, file->len, NULL) &&
	       delivery_finish(l->delivery, l->uid, l->mark, l->date_received, NULL);
}

/* Within a change. It may have become dear meanwhile. */
static gboolean record(struct trim *t, struct loser *l, GError **error)
{
	struct state *st = store_state(t->r->store);
	g_autofree struct state_message *msg = state_message(st, t->mb->number, l->lid);

	if (!msg || !may_lose(t, msg) || msg->uid != l->uid || strcmp(msg->base, l->base) != 0 ||
	    state_has_step(st, t->mb->number, l->lid, NULL)) {
		g_clear_pointer(&l->delivery, delivery_free);
		return TRUE;
	}
	msg->partial = TRUE;
	msg->size_bytes = (guint32)MIN(l->size, G_MAXUINT32);
	msg->id_hash = l->row.id_hash;
	return store_replace(t->r->store, msg, &l->row, l->text, l->text_n, error);
}

/* Another thread may have brought the text back since: what is recorded as whole stays so. */
static void replace_text(struct trim *t, struct loser *l)
{
	g_autofree struct state_message *msg = NULL;

	store_lock(t->r->store);
	msg = state_message(store_state(t->r->store), t->mb->number, l->lid);
	if (l->delivery && msg && msg->partial && !strcmp(msg->base, l->base))
		delivery_replace(l->delivery, l->base, l->mark, NULL);
	store_unlock(t->r->store);
}

/* The record first: a file that has its text though nobody says so does no harm. */
static gboolean drop_texts(struct trim *t, struct loser **losers, guint n, GError **error)
{
	g_autofree struct delivery **files = g_new(struct delivery *, n);
	gboolean ok = TRUE;

	for (guint i = 0; i < n; i++)
		files[i] = losers[i]->delivery;
	if (!n || !delivery_sync(files, n, error) || !store_begin(t->r->store, error))
		return n == 0;
	for (guint i = 0; ok && i < n; i++)
		ok = record(t, losers[i], error);
	if (!round_commit(t->r, ok, "keep-recorded", error))
		return FALSE;
	for (guint i = 0; i < n; i++)
		replace_text(t, losers[i]);
	step_point("keep-dropped");
	return maildir_sync(t->md, error);
}

static gboolean drop_all(struct trim *t, GError **error)
{
	g_autofree struct loser **slice = g_new(struct loser *, SLICE);

	for (guint i = 0; i < t->losers->len;) {
		guint n = 0;

		for (; i < t->losers->len && n < SLICE; i++) {
			struct loser *l = &g_array_index(t->losers, struct loser, i);

			if (cut(t, l))
				slice[n++] = l;
		}
		if (!drop_texts(t, slice, n, error))
			return FALSE;
		for (guint k = 0; k < n; k++)
			g_clear_pointer(&slice[k]->delivery, delivery_free);
	}
	return TRUE;
}

static gboolean run(struct trim *t, GError **error)
{
	auto_ptr(seqset) uids = seqset_new();
	gboolean ok;

	store_lock(t->r->store);
	ok = state_messages_by_uid(store_state(t->r->store), t->mb->number, 1, G_MAXUINT32,
				   collect_loser, t, error);
	store_unlock(t->r->store);
	for (guint i = 0; i < t->losers->len; i++)
		seqset_add(uids, g_array_index(t->losers, struct loser, i).uid);
	return ok && imap_fetch_info(t->r->imap, uids, TRUE, 0, note_there, t, error) &&
	       drop_all(t, error);
}

gboolean keeping_trim(struct round *r, const struct state_mailbox *mb, struct maildir *md,
		      GError **error)
{
	struct trim t = {.r = r, .mb = mb, .md = md, .keep = rule_of(r, mb)};
	gboolean ok;

	if (is_everything(&t.keep))
		return TRUE;
	t.losers = g_array_new(FALSE, FALSE, sizeof(struct loser));
	g_array_set_clear_func(t.losers, loser_clear);
	ok = run(&t, error);
	g_array_unref(t.losers);
	return ok;
}
