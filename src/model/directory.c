/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of mailboxes: `mailboxes` in its order, then what else the cache knows. */
#include "cur/model/directory.h"

#include "cur/conf/accounts.h"
#include "cur/conf/lists.h"
#include "cur/store/hcache.h"

/* A folder and what only this file needs of it. */
struct entry {
	struct folder folder;
	guint rank;	     /* from 1 in the order of `mailboxes`; 0: not named there */
	gboolean wanted;     /* counted though `mailboxes` does not name it: $postponed */
	guint64 generation;  /* of the head that was read */
	guint visited_fresh; /* fresh messages when it was last open here: not news */
	gboolean in_cache;   /* seen in this round of directory_update() */
	gboolean told;	     /* by directory_unmet() */
};

struct directory {
	struct conf *conf;
	GPtrArray *entries;  /* struct entry *, listed ones first */
	GHashTable *by_name; /* name -> struct entry, borrowed */
	guint n_listed;
	struct entry *open; /* borrowed: the one directory_seen() named last, or NULL */
	char *postponed;    /* canonical name of $postponed, or NULL */
	gboolean changed;   /* in this round */
};

static void entry_free(void *data)
{
	struct entry *e = data;

	g_free((char *)e->folder.name);
	g_free((char *)e->folder.account);
	g_free((char *)e->folder.folder);
	g_free((char *)e->folder.path);
	g_free((char *)e->folder.label);
	g_free((char *)e->folder.role);
	g_free(e);
}

static struct entry *entry_new(const char *name)
{
	struct entry *e = g_new0(struct entry, 1);

	e->folder.name = g_strdup(name);
	e->folder.account = g_strdup("");
	e->folder.folder = g_strdup(name);
	e->folder.path = g_strdup(conf_is_url(name) ? "" : name);
	e->folder.label = g_strdup("");
	e->folder.role = g_strdup("");
	e->folder.poll = e->folder.notify = TRUE;
	return e;
}

struct directory *directory_new(struct conf *conf)
{
	struct directory *dir = g_new0(struct directory, 1);

	dir->conf = conf;
	dir->entries = g_ptr_array_new_with_free_func(entry_free);
	dir->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	directory_relist(dir);
	return dir;
}

void directory_free(struct directory *dir)
{
	if (!dir)
		return;
	g_hash_table_unref(dir->by_name);
	g_ptr_array_unref(dir->entries);
	g_free(dir->postponed);
	g_free(dir);
}

/* $mail_check_recent: what was there when it was left is no news. */
static void judge_news(const struct directory *dir, struct entry *e)
{
	guint known = conf_settings(dir->conf)->mail_check_recent ? e->visited_fresh : 0;

	e->folder.has_new = e != dir->open && e->folder.poll && e->folder.fresh > known;
}

static void take_text(const char **field, const char *text, gboolean *changed)
{
	if (g_str_equal(*field, text))
		return;
	g_free((char *)*field);
	*field = g_strdup(text);
	*changed = TRUE;
}

/* ---- `mailboxes` ----------------------------------------------------------------------- */

static int compare_entries(const void *a, const void *b, void *unused)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
	int order;

	if (x->folder.listed != y->folder.listed)
		return x->folder.listed ? -1 : 1;
	/* 0 is no rank: those that `mailboxes` does not name come last. */
	if (x->rank != y->rank)
		return x->rank - 1 < y->rank - 1 ? -1 : 1;
	order = g_strcmp0(x->folder.account, y->folder.account);
	return order ? order : g_strcmp0(x->folder.folder, y->folder.folder);
}

/* Who is listed: what `mailboxes` names, and what $imap_check_subscribed adds; and in which order.
 */
static void arrange(struct directory *dir)
{
	gboolean subscribed = conf_settings(dir->conf)->imap_check_subscribed;

	dir->n_listed = 0;
	for (guint i = 0; i < dir->entries->len; i++) {
		struct entry *e = g_ptr_array_index(dir->entries, i);

		e->folder.listed =
		    e->rank || (subscribed && e->folder.subscribed && conf_is_url(e->folder.name));
		dir->n_listed += e->folder.listed;
	}
	g_qsort_with_data(dir->entries->pdata, dir->entries->len, sizeof(void *), compare_entries,
			  NULL);
}

/* As the engine knows it, when that is with other characters between its levels. Takes `name`. */
static char *known_name(const struct directory *dir, char *name)
{
	const struct entry *e = g_hash_table_lookup(dir->by_name, name);
	g_autofree char *other =
	    e && e->folder.number
		? NULL
		: conf_other_levels(name, conf_settings(dir->conf)->imap_delim_chars);

	e = other ? g_hash_table_lookup(dir->by_name, other) : NULL;
	if (!e || !e->folder.number)
		return name;
	g_free(name);
	return g_steal_pointer(&other);
}

static struct entry *find_or_add(struct directory *dir, const char *name)
{
	struct entry *e = g_hash_table_lookup(dir->by_name, name);

	if (e)
		return e;
	e = entry_new(name);
	g_hash_table_insert(dir->by_name, (char *)e->folder.name, e);
	g_ptr_array_add(dir->entries, e);
	return e;
}

static void drop_at(struct directory *dir, guint i)
{
	struct entry *e = g_ptr_array_index(dir->entries, i);

	if (dir->open == e)
		dir->open = NULL;
	g_hash_table_remove(dir->by_name, e->folder.name);
	g_ptr_array_remove_index(dir->entries, i);
}

static gboolean is_maildir(const char *path)
{
	g_autofree char *cur =
	    g_path_is_absolute(path) ? g_build_filename(path, "cur", NULL) : NULL;

	return cur && g_file_test(cur, G_FILE_TEST_IS_DIR);
}

/* How many messages are postponed is said in the status line: they are counted, but are no news. */
static void want_postponed(struct directory *dir)
{
	char *name =
	    conf_resolve_mailbox(dir->conf, conf_settings(dir->conf)->postponed, NULL, NULL, NULL);
	struct entry *e;

	g_free(dir->postponed);
	dir->postponed = name ? known_name(dir, name) : NULL;
	e = dir->postponed ? g_hash_table_lookup(dir->by_name, dir->postponed) : NULL;
	if (!e && dir->postponed && is_maildir(dir->postponed))
		e = find_or_add(dir, dir->postponed);
	if (!e)
		return;
	e->wanted = is_maildir(dir->postponed);
	e->folder.notify &= e->rank > 0;
}

/* Named no more, and the engine has never met them. */
static void drop_unnamed(struct directory *dir)
{
	for (guint i = dir->entries->len; i-- > 0;) {
		const struct entry *e = g_ptr_array_index(dir->entries, i);

		if (e->rank || e->wanted || e->folder.number)
			continue;
		drop_at(dir, i);
	}
}

void directory_relist(struct directory *dir)
{
	const GPtrArray *mailboxes = conf_mailboxes(dir->conf);
	gboolean changed = FALSE;
	guint rank = 0;

	for (guint i = 0; i < dir->entries->len; i++) {
		struct entry *e = g_ptr_array_index(dir->entries, i);

		e->rank = 0;
		e->wanted = FALSE;
		e->folder.poll = e->folder.notify = TRUE;
	}
	for (guint i = 0; i < mailboxes->len; i++) {
		const struct mailbox_entry *m = g_ptr_array_index(mailboxes, i);
		char *resolved = conf_resolve_mailbox(dir->conf, m->text, NULL, NULL, NULL);
		g_autofree char *name = resolved ? known_name(dir, resolved) : NULL;
		struct entry *e = name ? find_or_add(dir, name) : NULL;

		if (!e || e->rank)
			continue;
		e->rank = ++rank;
		e->folder.poll = m->poll;
		e->folder.notify = m->notify;
		take_text(&e->folder.label, m->label ? m->label : "", &changed);
	}
	want_postponed(dir);
	for (guint i = 0; i < dir->entries->len; i++)
		judge_news(dir, g_ptr_array_index(dir->entries, i));
	drop_unnamed(dir);
	arrange(dir);
}

/* ---- the cache --------------------------------------------------------------------------- */

/* What is news: in a Maildir that other programs sort into cur/, all that is unread. */
static guint fresh_in(const struct directory *dir, const struct folder *f,
		      const struct hcache_head *head)
{
	gboolean in_cur =
	    conf_settings(dir->conf)->maildir_check_cur && g_path_is_absolute(f->name);

	return in_cur ? head->n_unread : head->n_new;
}

static void take_head(struct directory *dir, struct entry *e, const struct hcache_head *head)
{
	struct folder *f = &e->folder;
	guint fresh = fresh_in(dir, f, head);

	if (e->generation == head->generation)
		return;
	e->generation = head->generation;
	dir->changed |= f->messages != head->n_live || f->unread != head->n_unread ||
			f->fresh != fresh || f->flagged != head->n_flagged;
	f->messages = head->n_live;
	f->unread = head->n_unread;
	f->fresh = fresh;
	f->flagged = head->n_flagged;
	e->visited_fresh = MIN(e->visited_fresh, f->fresh);
	judge_news(dir, e);
}

static gboolean each_mailbox(const struct hcache_mailbox *mb, void *data)
{
	struct directory *dir = data;
	guint before = dir->entries->len;
	struct entry *e = find_or_add(dir, mb->name);

	dir->changed |= dir->entries->len != before;
	e->in_cache = TRUE;
	e->folder.number = mb->number;
	take_text(&e->folder.account, mb->account, &dir->changed);
	take_text(&e->folder.folder, *mb->account ? mb->folder : mb->name, &dir->changed);
	take_text(&e->folder.path, mb->path, &dir->changed);
	take_text(&e->folder.role, mb->role, &dir->changed);
	dir->changed |= e->folder.subscribed != mb->subscribed;
	e->folder.subscribed = mb->subscribed;
	take_head(dir, e, &mb->head);
	return TRUE;
}

/* What the cache does not have any more: gone, or listed and empty again. */
static void drop_gone(struct directory *dir)
{
	for (guint i = dir->entries->len; i-- > 0;) {
		struct entry *e = g_ptr_array_index(dir->entries, i);

		if (e->in_cache || !e->folder.number)
			continue;
		dir->changed = TRUE;
		if (e->rank) {
			static const struct hcache_head none;

			e->folder.number = 0;
			take_head(dir, e, &none);
			continue;
		}
		drop_at(dir, i);
	}
}

gboolean directory_update(struct directory *dir, struct hcache *cache)
{
	guint before = dir->entries->len;

	dir->changed = FALSE;
	for (guint i = 0; i < dir->entries->len; i++)
		((struct entry *)g_ptr_array_index(dir->entries, i))->in_cache = FALSE;
	hcache_mailboxes(cache, each_mailbox, dir);
	drop_gone(dir);
	/* What `mailboxes` names may be among the new ones under another spelling. */
	if (dir->entries->len != before)
		directory_relist(dir);
	else if (dir->changed)
		arrange(dir);
	return dir->changed;
}

static gboolean is_unmet_maildir(const struct entry *e)
{
	return (e->rank || e->wanted) && !e->folder.number && !e->told &&
	       is_maildir(e->folder.name);
}

char **directory_unmet(struct directory *dir)
{
	GPtrArray *names = NULL;

	for (guint i = 0; i < dir->entries->len; i++) {
		struct entry *e = g_ptr_array_index(dir->entries, i);

		if (!is_unmet_maildir(e))
			continue;
		e->told = TRUE;
		if (!names)
			names = g_ptr_array_new();
		g_ptr_array_add(names, g_strdup(e->folder.name));
	}
	if (!names)
		return NULL;
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

/* ---- questions ------------------------------------------------------------------------------ */

guint directory_count(const struct directory *dir)
{
	return dir->entries->len;
}

const struct folder *directory_at(const struct directory *dir, guint i)
{
	const struct entry *e = g_ptr_array_index(dir->entries, i);

	return &e->folder;
}

const struct folder *directory_find(const struct directory *dir, const char *name)
{
	const struct entry *e = g_hash_table_lookup(dir->by_name, name);

	return e ? &e->folder : NULL;
}

gboolean directory_exists(const struct directory *dir, const char *name)
{
	const struct folder *f = directory_find(dir, name);

	return (f && f->number) ||
	       (g_path_is_absolute(name) && g_file_test(name, G_FILE_TEST_IS_DIR));
}

void directory_seen(struct directory *dir, const char *name)
{
	struct entry *e = g_hash_table_lookup(dir->by_name, name), *before = dir->open;

	if (!e)
		return;
	e->visited_fresh = e->folder.fresh;
	dir->open = e;
	judge_news(dir, e);
	if (before && before != e)
		judge_news(dir, before);
}

guint directory_new_count(const struct directory *dir)
{
	guint n = 0;

	for (guint i = 0; i < dir->n_listed; i++)
		n += directory_at(dir, i)->has_new;
	return n;
}

guint directory_postponed_count(const struct directory *dir)
{
	const struct folder *f = dir->postponed ? directory_find(dir, dir->postponed) : NULL;

	return f ? f->messages : 0;
}

const struct folder *directory_next_new(const struct directory *dir, const char *name)
{
	guint start = 0;

	for (guint i = 0; i < dir->n_listed; i++)
		if (g_str_equal(directory_at(dir, i)->name, name))
			start = i + 1;
	for (guint i = 0; i < dir->n_listed; i++) {
		const struct folder *f = directory_at(dir, (start + i) % dir->n_listed);

		if (f->has_new && !g_str_equal(f->name, name))
			return f;
	}
	return NULL;
}

char *directory_shorten(const struct directory *dir, const char *name)
{
	return conf_mailbox_display(dir->conf, name);
}

char *directory_expand(const struct directory *dir, const char *typed, const char *current,
		       const char *previous, GError **error)
{
	char *name = conf_resolve_mailbox(dir->conf, typed, current, previous, error);

	return name ? known_name(dir, name) : NULL;
}
