/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tree of Maildirs, folder by folder: its messages are linked into a Maildir aside, made
 * durable, and put in place at once. A UID in a name is a hint for adopt.c; a message without
 * one gets a hint that no message has, for what has none counts as new and would be sent.
 */
#include "cur/sync/takeover.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"
#include "cur/imap/names.h"
#include "cur/mail/flags.h"
#include "cur/store/maildir.h"
#include "cur/store/store.h"

enum { DEPTH_MAX = 50 };

#define NO_UID G_MAXUINT32

struct source {
	char *path, *relative; /* below the top, "" for itself */
};

struct tree {
	const struct takeover *t;
	const struct account *account;
	struct store *store;
	GPtrArray *sources; /* struct source * */
	gboolean nested, offlineimap;
	FILE *out;
};

static void source_free(void *data)
{
	struct source *s = data;

	g_free(s->path);
	g_free(s->relative);
	g_free(s);
}

/* ---- what is there ------------------------------------------------------------------ */

static gboolean is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static gboolean is_maildir(const char *path)
{
	g_autofree char *cur = g_build_filename(path, "cur", NULL);
	g_autofree char *new = g_build_filename(path, "new", NULL);

	return is_folder(cur) && is_folder(new);
}

/* OfflineIMAP writes a sum of the folder's name into those of the files. */
static gboolean is_of_offlineimap(const char *path)
{
	static const char *const parts[] = {"cur", "new"};
	gboolean found = FALSE;

	for (gsize i = 0; i < G_N_ELEMENTS(parts) && !found; i++) {
		g_autofree char *part = g_build_filename(path, parts[i], NULL);
		g_autoptr(GDir) dir = g_dir_open(part, 0, NULL);
		const char *name;

		while (dir && !found && (name = g_dir_read_name(dir)))
			found = strstr(name, ",FMD5=") != NULL;
	}
	return found;
}

static void find(struct tree *tree, const char *path, const char *relative, int depth)
{
	DIR *dir = depth < DEPTH_MAX ? opendir(path) : NULL;
	struct source *s;
	struct dirent *d;

	if (is_maildir(path)) {
		s = g_new0(struct source, 1);
		s->path = g_strdup(path);
		s->relative = g_strdup(relative);
		g_ptr_array_add(tree->sources, s);
		tree->nested = tree->nested || strchr(relative, '/');
		tree->offlineimap = tree->offlineimap || is_of_offlineimap(path);
	}
	while (dir && (d = readdir(dir))) {
		g_autofree char *below = g_build_filename(path, d->d_name, NULL);
		g_autofree char *name =
		    *relative ? g_strconcat(relative, "/", d->d_name, NULL) : g_strdup(d->d_name);

		if (strcmp(d->d_name, ".") && strcmp(d->d_name, "..") && is_folder(below))
			find(tree, below, name, depth + 1);
	}
	if (dir)
		closedir(dir);
}

static gint by_relative(gconstpointer a, gconstpointer b)
{
	const struct source *const *x = a, *const *y = b;

	return strcmp((*x)->relative, (*y)->relative);
}

/* ---- names ------------------------------------------------------------------------ */

static char separator_of(const struct tree *tree, const char *relative)
{
	if (tree->t->separator)
		return *tree->t->separator;
	/* Maildir++: .Work.Plans, all beside each other. */
	if (relative[0] == '.' && !strchr(relative, '/'))
		return '.';
	return tree->offlineimap && !tree->nested ? '.' : '/';
}

/* Levels with '/' between; a level's own dot in front is how Maildir++ and mbsync's Legacy mark it.
 */
static char *levels_of(const struct tree *tree, const char *relative)
{
	char separator = separator_of(tree, relative);
	g_auto(GStrv) levels = g_strsplit(relative, "/", -1);
	g_autoptr(GString) out = g_string_new(NULL);

	for (char **level = levels; *level; level++) {
		char *name = g_strdelimit(*level + (**level == '.'), (char[]){separator, 0}, '/');

		/* Every server knows it in any case, and mbsync writes Inbox. */
		if (!out->len && !g_ascii_strcasecmp(name, "INBOX"))
			name = (char *)"INBOX";
		g_string_append_printf(out, "%s%s", out->len ? "/" : "", name);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* UTF-8, or as IMAP writes it (mUTF-7), which is ASCII. NULL: cannot be one of ours. */
static char *folder_of(const struct tree *tree, const char *relative)
{
	g_autofree char *levels = NULL;

	if (!*relative)
		return g_strdup("INBOX");
	levels = levels_of(tree, relative);
	if (g_str_is_ascii(levels))
		return folder_from_imap(levels, '/');
	return g_utf8_validate(levels, -1, NULL) ? g_steal_pointer(&levels) : NULL;
}

/* ---- one folder ----------------------------------------------------------------------- */

static gboolean is_empty(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

	return !dir || !g_dir_read_name(dir);
}

static gboolean holds_messages(const char *maildir)
{
	g_autofree char *cur = g_build_filename(maildir, "cur", NULL);
	g_autofree char *new = g_build_filename(maildir, "new", NULL);

	return !is_empty(cur) || !is_empty(new);
}

static gboolean take_message(struct maildir *from, const struct maildir_entry *e,
			     struct maildir *to, GError **error)
{
	/* Keyword letters mean what the other program's list says, which we have not. */
	mark_t mark = e->mark & (FLAG_ALL | MARK_NEW);
	g_autofree char *base = NULL, *named = NULL;

	return maildir_copy(from, e->base, e->mark, to, mark, &base, error) &&
	       maildir_set_uid(to, base, mark, e->uid ? e->uid : NO_UID, &named, error);
}

static gboolean take_messages(const char *source, const char *aside, gsize *n, GError **error)
{
	auto_ptr(maildir) from = maildir_open(source, error);
	auto_ptr(maildir) to = NULL;
	auto_ptr(maildir_scan) scan = from ? maildir_scan(from, error) : NULL;

	if (!scan || !maildir_create(aside, error) || !(to = maildir_open(aside, error)))
		return FALSE;
	*n = maildir_scan_n(scan);
	for (gsize i = 0; i < *n; i++)
		if (!take_message(from, maildir_scan_entry(scan, i), to, error))
			return FALSE;
	return maildir_sync(to, error);
}

static gboolean put_part(const char *aside, const char *target, const char *part, GError **error)
{
	g_autofree char *from = g_build_filename(aside, part, NULL);
	g_autofree char *to = g_build_filename(target, part, NULL);

	if (rename(from, to) < 0)
		return error_from_errno(error, errno, "cannot put '%s' in place", to);
	return TRUE;
}

/* What is empty there is replaced. `note` says where to, should this be interrupted. */
static gboolean put_in_place(const char *aside, const char *note, const char *target,
			     GError **error)
{
	return maildir_create(target, error) &&
	       file_write_atomic(note, target, strlen(target), 0600, error) &&
	       put_part(aside, target, "new", error) && put_part(aside, target, "cur", error) &&
	       file_sync_dir(target, error);
}

/* The last run came to an end when new/ was in place, and cur/ was not. */
static gboolean is_half_placed(const char *aside, const char *note, const char *target)
{
	g_autofree char *noted = file_read(note, PATH_MAX, FILE_READ_NOFOLLOW, NULL, NULL);
	g_autofree char *cur = g_build_filename(aside, "cur", NULL);
	g_autofree char *new = g_build_filename(aside, "new", NULL);

	return noted && !strcmp(noted, target) && is_folder(cur) && !is_folder(new);
}

static gsize count_files(const char *maildir, const char *part)
{
	g_autofree char *path = g_build_filename(maildir, part, NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	gsize n = 0;

	while (dir && g_dir_read_name(dir))
		n++;
	return n;
}

static gboolean finish_placing(const char *aside, const char *target, gsize *n, GError **error)
{
	if (!put_part(aside, target, "cur", error) || !file_sync_dir(target, error))
		return FALSE;
	*n = count_files(target, "new") + count_files(target, "cur");
	return TRUE;
}

/* What an interrupted run left aside: second names, all of them, and the note. */
static void clear_aside(const char *aside)
{
	static const char *const parts[] = {"cur", "new", "tmp", "."};

	for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
		g_autofree char *part = g_build_filename(aside, parts[i], NULL);
		g_autoptr(GDir) dir = g_dir_open(part, 0, NULL);
		const char *name;

		while (dir && (name = g_dir_read_name(dir))) {
			g_autofree char *file = g_build_filename(part, name, NULL);

			unlink(file);
		}
		rmdir(part);
	}
	rmdir(aside);
}

static gboolean take_folder(struct tree *tree, const struct source *s, GError **error)
{
	g_autofree char *aside = g_build_filename(store_data_dir(tree->store), "adopting", NULL);
	g_autofree char *note = g_build_filename(aside, "to", NULL);
	g_autofree char *folder = folder_of(tree, s->relative);
	g_autofree char *target =
	    folder ? store_maildir_path(tree->store, tree->account->name, folder) : NULL;
	gboolean half = folder && is_half_placed(aside, note, target);
	gsize n = 0;

	if (!folder || (holds_messages(target) && !half)) {
		g_autofree char *name = g_utf8_make_valid(folder ? folder : s->relative, -1);

		fprintf(tree->out, "%s\t%s\t0\n", name, folder ? "left" : "odd");
		return TRUE;
	}
	if (!half)
		clear_aside(aside);
	if (half ? !finish_placing(aside, target, &n, error)
		 : !take_messages(s->path, aside, &n, error) ||
		       !put_in_place(aside, note, target, error))
		return FALSE;
	clear_aside(aside);
	fprintf(tree->out, "%s\ttaken\t%" G_GSIZE_FORMAT "\n", folder, n);
	return TRUE;
}

/* ---- the whole ------------------------------------------------------------------------- */

static struct conf *load_conf(const struct engine_options *o, GError **error)
{
	const char *files[] = {o->muttrc, NULL};
	auto_ptr(conf) conf = conf_new(0);

	if (!conf_load(conf, o->muttrc ? files : NULL, o->no_system, error))
		return NULL;
	for (guint i = 0; o->commands && o->commands[i]; i++)
		conf_command(conf, o->commands[i], NULL, NULL);
	return g_steal_pointer(&conf);
}

static const struct account *choose(const GPtrArray *accounts, const char *name, GError **error)
{
	const struct account *only = NULL;
	guint n = 0;

	for (guint i = 0; i < accounts->len; i++) {
		const struct account *a = g_ptr_array_index(accounts, i);

		if (a->protocol != ACCOUNT_IMAP || (name && strcmp(a->name, name) != 0))
			continue;
		only = a;
		n++;
	}
	if (n == 1)
		return only;
	if (n)
		error_set(error, CUR_ERROR_USAGE,
			  "for which account? (--account, as cur status names it)");
	else
		error_set(error, CUR_ERROR_USAGE,
			  name ? "there is no IMAP account '%s'"
			       : "the muttrc names no IMAP account",
			  name);
	return NULL;
}

static gboolean take_all(struct tree *tree, GError **error)
{
	find(tree, tree->t->dir, "", 0);
	if (!tree->sources->len)
		return error_set(error, CUR_ERROR_GONE, "there is no Maildir in '%s'",
				 tree->t->dir);
	g_ptr_array_sort(tree->sources, by_relative);
	for (guint i = 0; i < tree->sources->len; i++)
		if (!take_folder(tree, g_ptr_array_index(tree->sources, i), error))
			return FALSE;
	return TRUE;
}

gboolean takeover_run(const struct takeover *t, const struct engine_options *options, FILE *out,
		      GError **error)
{
	g_autofree char *data_dir = path_data_dir(), *cache_dir = path_cache_dir();
	g_autofree char *cache = g_build_filename(cache_dir, "headers.mdb", NULL);
	auto_ptr(conf) conf = load_conf(options, error);
	g_autoptr(GPtrArray) accounts = conf ? conf_accounts(conf, NULL) : NULL;
	struct tree tree = {.t = t, .out = out};
	auto_ptr(store) store = NULL;
	gboolean ok;

	tree.account = accounts ? choose(accounts, t->account, error) : NULL;
	if (!tree.account || !path_make_private(cache_dir, error) ||
	    !(store = store_open(data_dir, cache, error)))
		return FALSE;
	tree.store = store;
	tree.sources = g_ptr_array_new_with_free_func(source_free);
	ok = take_all(&tree, error);
	g_ptr_array_unref(tree.sources);
	return ok;
}
