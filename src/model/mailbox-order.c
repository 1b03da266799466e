/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which messages are shown, in which order: flat or threaded by $sort, $sort_aux
 * and $use_threads, narrowed by the limit, with folded threads as one line.
 */
#include <string.h>

#include "cur/conf/accounts.h"
#include "cur/mail/msgid.h"
#include "cur/mail/sort.h"
#include "cur/mail/subject.h"
#include "cur/store/maildir.h"
#include "mailbox-private.h"

void mailbox_threads_clear(struct threads *threads)
{
	thread_view_free(threads->view);
	thread_free(threads->tree);
	g_free(threads->inside);
	memset(threads, 0, sizeof(*threads));
}

/* ---- keys ---------------------------------------------------------------------- */

static const struct row *source_row(guint32 msg, void *data)
{
	return mailbox_row_at(data, msg);
}

static void source_envelope(guint32 msg, struct envelope *env, void *data)
{
	struct mailbox *mb = data;

	mailbox_text_at(mb, msg, env);
}

static const char *source_spam(guint32 msg, void *data)
{
	return mailbox_row_spam(data, msg);
}

static gint32 source_score(guint32 msg, void *data)
{
	return mailbox_row_score(data, msg);
}

/*
 * The prefix of an answer, or NULL for the built-in one, which is the default of
 * $reply_regexp and much faster than a regular expression.
 */
static const struct regex *reply_regexp(const struct mailbox *mb)
{
	const struct settings *s = conf_settings(mb->source.conf);
	const struct variable *v = variable_find("reply_regexp");

	return v && settings_is_default(s, v) ? NULL : s->reply_regexp.re;
}

static const char *source_subject(const char *subject, void *data)
{
	return subject_base(subject, reply_regexp(data));
}

/* An account's mailbox has the order of its server, whatever came here first; what the server
 * has not numbered yet comes last. */
static guint64 *uid_keys(struct mailbox *mb)
{
	guint64 *keys = g_new(guint64, MAX(mb->n_rows, 1));

	for (guint32 row = 0; row < mb->n_rows; row++) {
		struct envelope env;
		guint32 uid;

		mailbox_text_at(mb, row, &env);
		uid = maildir_name_uid(env.field[ENV_FILE]);
		keys[row] = uid ? uid : ((guint64)1 << 32) + mailbox_row_at(mb, row)->lid;
	}
	return keys;
}

static guint64 *keys_by(struct mailbox *mb, enum sort_word word)
{
	struct sort_source source = {
	    .n = mb->n_rows,
	    .row = source_row,
	    .envelope = source_envelope,
	    .score = source_score,
	    .spam = source_spam,
	    .base_subject = source_subject,
	    .data = mb,
	};

	if (word == SORT_MAILBOX_ORDER && conf_is_url(mb->name) && !mailbox_is_virtual(mb))
		return uid_keys(mb);
	return sort_keys(word, &source);
}

/* A value of $sort, $sort_aux or $sort_thread_groups, taken apart. */
struct sort_method {
	enum sort_word word;
	gboolean reverse, last; /* "reverse-", "last-" */
};

static struct sort_method method_of(unsigned sort)
{
	return (struct sort_method){
	    .word = sort & SORT_MASK,
	    .reverse = (sort & SORT_REVERSE) != 0,
	    .last = (sort & SORT_LAST) != 0,
	};
}

/* A word that is no key of its own stands for the date. */
static enum sort_word key_word(enum sort_word word)
{
	return word == SORT_THREADS || word == SORT_AUX ? SORT_DATE : word;
}

/* ---- flat ------------------------------------------------------------------------ */

static void order_flat(struct mailbox *mb)
{
	const struct settings *s = conf_settings(mb->source.conf);
	struct sort_method sort = method_of(s->sort), aux = method_of(s->sort_aux);
	g_autofree guint64 *key = keys_by(mb, key_word(sort.word));
	g_autofree guint64 *aux_key = NULL;

	mb->n_live = 0;
	for (guint32 row = 0; row < mb->n_rows; row++)
		if (!(mb->state[row] & STATE_DEAD))
			mb->all[mb->n_live++] = row;
	if (key_word(aux.word) != key_word(sort.word))
		aux_key = keys_by(mb, key_word(aux.word));
	sort_order(mb->all, mb->n_live, key, sort.reverse, aux_key, aux.reverse);
}

/* ---- threads ----------------------------------------------------------------------- */

/* 64-bit FNV-1a of a subject without case; 0 for an empty one. */
static guint64 subject_hash(const char *subject)
{
	guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);

	if (!*subject)
		return 0;
	for (; *subject; subject++)
		hash =
		    (hash ^ (guchar)g_ascii_tolower(*subject)) * G_GUINT64_CONSTANT(0x100000001b3);
	return hash ? hash : 1;
}

static guint32 references_of(guint32 msg, guint64 *out, guint32 max, void *data)
{
	struct mailbox *mb = data;
	struct envelope env;
	const char *text, *id;
	guint32 n = 0;
	gsize id_n;

	mailbox_text_at(mb, msg, &env);
	text = env.field[ENV_REFERENCES];
	while (n < max && (id = msgid_next(&text, &id_n)))
		out[n++] = msgid_hash_n(id, id_n);
	return n;
}

struct thread_arrays {
	guint64 *id, *parent, *subject;
	gint64 *date;
	guint8 *flags;
};

static void thread_arrays_clear(struct thread_arrays *a)
{
	g_free(a->id);
	g_free(a->parent);
	g_free(a->subject);
	g_free(a->date);
	g_free(a->flags);
}

static void fill_subject(struct mailbox *mb, struct thread_arrays *a, guint32 row,
			 const struct regex *prefix)
{
	struct envelope env;
	const char *subject, *base;

	mailbox_text_at(mb, row, &env);
	subject = env.field[ENV_SUBJECT];
	base = subject_base(subject, prefix);
	a->subject[row] = subject_hash(base);
	if (base != subject)
		a->flags[row] |= THREAD_IS_REPLY;
}

static void fill_arrays(struct mailbox *mb, struct thread_arrays *a, const struct settings *s)
{
	const struct regex *prefix = reply_regexp(mb);
	guint32 n = mb->n_rows;

	a->id = g_new(guint64, n);
	a->parent = g_new(guint64, n);
	a->date = g_new(gint64, n);
	a->flags = g_new0(guint8, n);
	a->subject = s->strict_threads ? NULL : g_new0(guint64, n);
	for (guint32 row = 0; row < n; row++) {
		const struct row *r = mailbox_row_at(mb, row);

		a->id[row] = r->id_hash;
		a->parent[row] = r->parent_hash;
		a->date[row] = s->thread_received ? r->date_received : r->date_sent;
		if (mb->state[row] & STATE_DEAD)
			a->flags[row] |= THREAD_DEAD;
		else if (a->subject)
			fill_subject(mb, a, row, prefix);
		if (mb->state[row] & STATE_BROKEN)
			a->flags[row] |= THREAD_BROKEN;
	}
}

/* link-threads: a child's parent is the one the user named. */
static void apply_links(struct mailbox *mb, struct thread_arrays *a)
{
	GHashTableIter iter;
	gpointer child, parent;
	guint32 child_row, parent_row;

	g_hash_table_iter_init(&iter, mb->links);
	while (g_hash_table_iter_next(&iter, &child, &parent))
		if (mailbox_row_of(mb, GPOINTER_TO_UINT(child), &child_row) &&
		    mailbox_row_of(mb, GPOINTER_TO_UINT(parent), &parent_row))
			a->parent[child_row] = a->id[parent_row];
}

static struct thread_tree *build_tree(struct mailbox *mb, const struct settings *s)
{
	struct thread_arrays a = {0};
	struct thread_tree *tree;

	fill_arrays(mb, &a, s);
	apply_links(mb, &a);

	struct thread_source source = {
	    .n = mb->n_rows,
	    .id = a.id,
	    .parent = a.parent,
	    .subject = a.subject,
	    .date = a.date,
	    .flags = a.flags,
	    .sort_re = s->sort_re,
	    .duplicates = s->duplicate_threads,
	    .references = references_of,
	    .data = mb,
	};

	tree = thread_build(&source);
	thread_arrays_clear(&a);
	return tree;
}

/*
 * mutt: $sort=threads, $sort_aux orders siblings, $sort_thread_groups threads.
 * NeoMutt: $use_threads says that there are threads, $sort orders them.
 */
static void sort_tree(struct mailbox *mb, struct thread_tree *tree, const struct settings *s)
{
	struct sort_method sort = method_of(s->sort), aux = method_of(s->sort_aux);
	struct sort_method group = method_of(s->sort_thread_groups);
	g_autofree guint64 *key = keys_by(mb, key_word(aux.word));
	g_autofree guint64 *group_key = NULL;

	if (sort.word != SORT_THREADS)
		group = sort;
	if (group.word != SORT_AUX)
		group_key = keys_by(mb, key_word(group.word));

	struct thread_sorting sorting = {
	    .key = key,
	    .last = aux.last,
	    .reverse = aux.reverse,
	    .group_key = group_key,
	    .group_last = group.last,
	    .group_reverse = group.reverse,
	    .upside_down = mb->threads.upside_down,
	};

	thread_sort(tree, &sorting);
}

static void order_threads(struct mailbox *mb, const struct settings *s)
{
	struct threads *t = &mb->threads;

	t->upside_down = s->use_threads == USE_THREADS_REVERSE ||
			 ((s->sort & SORT_MASK) == SORT_THREADS && s->sort & SORT_REVERSE);
	t->tree = build_tree(mb, s);
	sort_tree(mb, t->tree, s);
	t->inside = g_new0(guint32, t->tree->n_nodes);
	mb->n_live = t->tree->n_order;
	memcpy(mb->all, t->tree->order, sizeof(guint32) * mb->n_live);
}

static gboolean wants_threads(const struct settings *s)
{
	switch (s->use_threads) {
	case USE_THREADS_UNSET:
		return (s->sort & SORT_MASK) == SORT_THREADS;
	case USE_THREADS_FLAT:
	case USE_THREADS_NO:
		return FALSE;
	default:
		return TRUE;
	}
}

/* ---- limit and folds ------------------------------------------------------------------ */

gboolean mailbox_is_inside(const struct mailbox *mb, guint32 row)
{
	return !(mb->state[row] & STATE_HIDDEN) && (!mb->limit || mb->state[row] & STATE_INSIDE);
}

void mailbox_hide(struct mailbox *mb, const GArray *lids)
{
	guint32 row;

	for (guint i = 0; i < lids->len; i++)
		if (mailbox_row_of(mb, g_array_index(lids, guint32, i), &row))
			mb->state[row] |= STATE_HIDDEN;
	if (mb->in_turn && mb->loaded)
		mailbox_show(mb);
}

static void count_inside(struct mailbox *mb)
{
	mb->bytes = mb->inside_bytes = 0;
	mb->n_inside = 0;
	if (mb->threads.tree)
		memset(mb->threads.inside, 0, sizeof(guint32) * mb->threads.tree->n_nodes);
	for (guint32 row = 0; row < mb->n_rows; row++) {
		guint32 bytes;

		if (mb->state[row] & STATE_DEAD)
			continue;
		bytes = mailbox_row_at(mb, row)->size_bytes;
		mb->bytes += bytes;
		if (!mailbox_is_inside(mb, row))
			continue;
		mb->inside_bytes += bytes;
		mb->n_inside++;
		if (mb->threads.tree)
			mb->threads.inside[mb->threads.tree->top[row]]++;
	}
}

/* Whether the thread of each root is folded: one folded member folds all. */
static guint8 *folded_threads(const struct mailbox *mb)
{
	const struct threads *t = &mb->threads;
	guint8 *folded = g_new0(guint8, t->tree->n_nodes);

	for (guint32 i = 0; i < mb->n_live; i++)
		if (mb->state[mb->all[i]] & STATE_FOLDED)
			folded[t->tree->top[mb->all[i]]] = 1;
	return folded;
}

/* A folded thread shows one line: the first of its messages that the limit lets through. */
static void show_threads(struct mailbox *mb)
{
	struct threads *t = &mb->threads;
	g_autofree guint8 *folded = folded_threads(mb);
	g_autofree guint8 *taken = g_new0(guint8, t->tree->n_nodes);
	g_autofree guint8 *visible = g_new0(guint8, mb->n_rows + 1);
	const struct settings *s = conf_settings(mb->source.conf);

	for (guint32 i = 0; i < mb->n_live; i++) {
		guint32 row = mb->all[i], top = t->tree->top[row];

		if (folded[top])
			mb->state[row] |= STATE_FOLDED;
		if (!mailbox_is_inside(mb, row) || (folded[top] && taken[top]))
			continue;
		taken[top] = 1;
		visible[row] = 1;
		mb->shown[mb->n_shown++] = row;
	}

	struct thread_drawing drawing = {
	    .narrow_tree = s->narrow_tree,
	    .hide_missing = s->hide_missing,
	    .hide_limited = s->hide_limited,
	    .hide_top_missing = s->hide_top_missing,
	    .hide_top_limited = s->hide_top_limited,
	    .upside_down = t->upside_down,
	};

	thread_view_free(t->view);
	t->view = thread_view_new(t->tree, visible, &drawing);
}

void mailbox_show(struct mailbox *mb)
{
	mailbox_judge(mb, NULL);
	count_inside(mb);
	mb->n_shown = 0;
	if (mb->threads.tree) {
		show_threads(mb);
	} else {
		for (guint32 i = 0; i < mb->n_live; i++)
			if (mailbox_is_inside(mb, mb->all[i]))
				mb->shown[mb->n_shown++] = mb->all[i];
	}
	for (guint32 row = 0; row < mb->n_rows; row++)
		mb->pos[row] = G_MAXUINT32;
	for (guint32 i = 0; i < mb->n_shown; i++)
		mb->pos[mb->shown[i]] = i;
}

/* $uncollapse_new: a folded thread opens when it gets a message. */
static void unfold_grown(struct mailbox *mb)
{
	const struct threads *t = &mb->threads;
	g_autofree guint8 *folded = folded_threads(mb);
	g_autofree guint8 *grown = g_new0(guint8, t->tree->n_nodes);

	for (guint32 i = 0; i < mb->n_live; i++)
		if (!(mb->state[mb->all[i]] & STATE_FOLDED) && folded[t->tree->top[mb->all[i]]])
			grown[t->tree->top[mb->all[i]]] = 1;
	for (guint32 i = 0; i < mb->n_live; i++)
		if (grown[t->tree->top[mb->all[i]]])
			mb->state[mb->all[i]] &= ~STATE_FOLDED;
}

void mailbox_order(struct mailbox *mb)
{
	const struct settings *s = conf_settings(mb->source.conf);

	mb->all = g_renew(guint32, mb->all, mb->n_rows);
	mb->shown = g_renew(guint32, mb->shown, mb->n_rows);
	mb->place = g_renew(guint32, mb->place, mb->n_rows);
	mb->pos = g_renew(guint32, mb->pos, mb->n_rows);
	mailbox_threads_clear(&mb->threads);
	if (wants_threads(s) && mb->n_rows)
		order_threads(mb, s);
	else
		order_flat(mb);
	for (guint32 i = 0; i < mb->n_live; i++)
		mb->place[mb->all[i]] = i;
	if (mb->threads.tree && s->uncollapse_new)
		unfold_grown(mb);
	mailbox_show(mb);
}

void mailbox_resort(struct mailbox *mb)
{
	mb->stale = TRUE;
}
