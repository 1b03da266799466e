/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LIST, and the Maildirs that other programs make, against the mailboxes of state.db. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cur/base/error.h"
#include "cur/base/path.h"
#include "cur/imap/names.h"
#include "cur/imap/utf7.h"
#include "cur/store/maildir.h"
#include "folders-private.h"
#include "forecast.h"
#include "steps.h"
#include "vanished.h"

enum { DEPTH_MAX = 20 };

struct known {
	guint32 number;
	char *folder, *path, *server_name;
	gboolean on_server, seen;
};

/* The mailboxes of an account, by each of their names; all but `all` borrow from it. */
struct known_set {
	GPtrArray *all;
	GHashTable *by_folder, *by_server_name, *by_path;
};

static void known_free(void *data)
{
	struct known *k = data;

	g_free(k->folder);
	g_free(k->path);
	g_free(k->server_name);
	g_free(k);
}

static void known_set_free(struct known_set *set)
{
	g_hash_table_unref(set->by_folder);
	g_hash_table_unref(set->by_server_name);
	g_hash_table_unref(set->by_path);
	g_ptr_array_unref(set->all);
	g_free(set);
}
DEFINE_AUTO(known_set, known_set_free)

static gboolean collect_known(const struct state_mailbox *mb, void *data)
{
	struct known *k = g_new0(struct known, 1);
	struct known_set *set = data;

	k->number = mb->number;
	k->folder = g_strdup(mb->folder);
	k->path = g_strdup(mb->path);
	k->server_name = g_strdup(mb->server_name);
	k->on_server = *mb->server_name && !mb->gone;
	g_ptr_array_add(set->all, k);
	g_hash_table_insert(set->by_folder, k->folder, k);
	g_hash_table_insert(set->by_path, k->path, k);
	if (*k->server_name)
		g_hash_table_insert(set->by_server_name, k->server_name, k);
	return TRUE;
}

static struct known_set *load_known(struct round *r, GError **error)
{
	auto_ptr(known_set) known = g_new0(struct known_set, 1);
	gboolean ok;

	known->all = g_ptr_array_new_with_free_func(known_free);
	known->by_folder = g_hash_table_new(g_str_hash, g_str_equal);
	known->by_server_name = g_hash_table_new(g_str_hash, g_str_equal);
	known->by_path = g_hash_table_new(g_str_hash, g_str_equal);
	store_lock(r->store);
	ok = state_mailboxes(store_state(r->store), r->account->name, collect_known, known, error);
	store_unlock(r->store);
	return ok ? g_steal_pointer(&known) : NULL;
}

/* The server's name comes first: one that waits to be renamed there has another folder here. */
static struct known *find_known(struct round *r, const struct known_set *known,
				const struct imap_list_row *row)
{
	struct known *k = g_hash_table_lookup(known->by_server_name, row->name);
	g_autofree char *plain = NULL;

	/* A server that gave UTF-8 unasked before it learned UTF8=ACCEPT. */
	if (!k && imap_has_utf8(r->imap) && (plain = utf7_decode(row->name, -1)))
		k = g_hash_table_lookup(known->by_server_name, plain);
	return k ? k : g_hash_table_lookup(known->by_folder, row->folder);
}

static gboolean is_as_listed(const struct state_mailbox *mb, const struct imap_list_row *row)
{
	return !strcmp(mb->server_name, row->name) && mb->delimiter == row->delimiter &&
	       !strcmp(mb->role, row->role) &&
	       mb->subscribed == ((row->flags & IMAP_LIST_SUBSCRIBED) != 0) && !mb->gone;
}

/* The record is read again within the change: the user may rename the mailbox at any time. */
static gboolean update(struct round *r, guint32 number, const struct imap_list_row *row,
		       GError **error)
{
	g_autofree struct state_mailbox *mb = round_mailbox(r, number, error), *now = NULL;

	if (!mb || is_as_listed(mb, row))
		return mb != NULL;
	if (!store_begin(r->store, error))
		return FALSE;
	now = state_mailbox(store_state(r->store), number);
	if (now) {
		now->server_name = row->name;
		now->delimiter = row->delimiter;
		now->role = row->role;
		now->subscribed = (row->flags & IMAP_LIST_SUBSCRIBED) != 0;
		now->gone = FALSE;
	}
	return round_commit(r, !now || store_put_mailbox(r->store, now, error), "folder-updated",
			    error);
}

static gboolean add(struct round *r, const struct imap_list_row *row, guint32 *number,
		    GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;

	if (!store_begin(r->store, error))
		return FALSE;
	mb = folder_insert(r->store, r->account, row->folder, row, error);
	if (mb)
		*number = mb->number;
	if (mb && r->forecast)
		forecast_note(r->forecast, mb, FORECAST_MAKE_HERE, 1);
	return round_commit(r, mb != NULL, "folder-added", error);
}

static gboolean take_row(struct round *r, const struct known_set *known,
			 const struct imap_list_row *row, GArray *news, GError **error)
{
	struct known *k = find_known(r, known, row);
	struct folder_news one = {.status = row->status};
	g_autoptr(GError) failed = NULL;

	if (row->flags & IMAP_LIST_NOSELECT)
		return TRUE;
	if (k) {
		k->seen = TRUE;
		one.mailbox = k->number;
		if (!update(r, k->number, row, error))
			return FALSE;
	} else if (!add(r, row, &one.mailbox, &failed)) {
		/* One bad name is no reason to miss all others (P47). */
		hub_note(r->hub, HUB_WARNING, r->account->name, "'%s' is left out: %s", row->folder,
			 failed->message);
		round_fall_short(r, failed);
		return TRUE;
	}
	g_array_append_val(news, one);
	return TRUE;
}

static gboolean mark_gone(struct round *r, guint32 number, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;

	if (!store_begin(r->store, error))
		return FALSE;
	mb = state_mailbox(store_state(r->store), number);
	if (mb)
		mb->gone = TRUE;
	return round_commit(r,
			    !mb || (store_put_mailbox(r->store, mb, error) &&
				    vanished_note_folder(r->store, mb, error)),
			    "folder-gone", error);
}

/* P45: those that LIST does not name any more keep their files until the user was asked. */
static gboolean note_gone(struct round *r, const struct known_set *set, GError **error)
{
	const GPtrArray *known = set->all;
	guint n_gone = 0, n_server = 0;
	g_autoptr(GError) failed = NULL;

	for (guint i = 0; i < known->len; i++) {
		const struct known *k = g_ptr_array_index(known, i);

		n_server += k->on_server;
		n_gone += k->on_server && !k->seen;
	}
	if (!n_gone)
		return TRUE;
	if (n_gone == n_server || (n_gone > 1 && n_gone * 2 > n_server)) {
		error_set(&failed, CUR_ERROR_REFUSED,
			  "the server lists %u of %u mailboxes: nothing is removed here",
			  n_server - n_gone, n_server);
		hub_note(r->hub, HUB_ERROR, r->account->name, "%s", failed->message);
		round_fall_short(r, failed);
		return TRUE;
	}
	for (guint i = 0; i < known->len; i++) {
		const struct known *k = g_ptr_array_index(known, i);

		if (k->on_server && !k->seen && !mark_gone(r, k->number, error))
			return FALSE;
	}
	return TRUE;
}

struct walk {
	struct round *r;
	const struct known_set *known;
	GError **error;
};

/* G4: what is there may wait for the server. The others go on. */
static void cannot_look(struct walk *w, const char *path, int errnum)
{
	g_autoptr(GError) failed = NULL;

	error_from_errno(&failed, errnum, "cannot look for new mailboxes in '%s'", path);
	hub_note(w->r->hub, HUB_ERROR, w->r->account->name, "%s", failed->message);
	round_fall_short(w->r, failed);
}

static gboolean is_folder(struct walk *w, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return S_ISDIR(st.st_mode);
	if (errno != ENOENT)
		cannot_look(w, path, errno);
	return FALSE;
}

static gboolean is_maildir(struct walk *w, const char *path)
{
	g_autofree char *cur = g_build_filename(path, "cur", NULL);
	g_autofree char *new = g_build_filename(path, "new", NULL);

	return is_folder(w, cur) && is_folder(w, new);
}

static gboolean make_found(struct walk *w, const char *folder)
{
	g_autofree struct state_mailbox *mb = NULL;

	if (!store_begin(w->r->store, w->error))
		return FALSE;
	mb = folder_make(w->r->store, w->r->account, folder, w->error);
	w->r->unfinished = TRUE;
	return round_commit(w->r, mb != NULL, "folder-found", w->error);
}

static gboolean walk(struct walk *w, const char *path, const char *folder, int depth);

/* `entry` of the folder at `path`. */
static gboolean visit(struct walk *w, const char *path, const char *folder, const char *entry,
		      int depth)
{
	g_autofree char *below = g_build_filename(path, entry, NULL);
	g_autofree char *level = path_unsafe_name(entry);
	g_autofree char *name = NULL;

	if (!level || !is_folder(w, below))
		return TRUE;
	name = *folder ? g_strconcat(folder, "/", level, NULL) : g_strdup(level);
	if (is_maildir(w, below) && !g_hash_table_contains(w->known->by_path, below) &&
	    !make_found(w, name))
		return FALSE;
	return walk(w, below, name, depth + 1);
}

/* Folders below `path`, whose name within the account is `folder` ("" at the top). */
static gboolean walk(struct walk *w, const char *path, const char *folder, int depth)
{
	DIR *dir = depth < DEPTH_MAX ? opendir(path) : NULL;
	gboolean ok = TRUE;
	struct dirent *d;

	if (!dir && depth < DEPTH_MAX && errno != ENOENT)
		cannot_look(w, path, errno);
	while (ok && dir) {
		errno = 0;
		d = readdir(dir);
		if (!d && errno)
			cannot_look(w, path, errno);
		if (!d)
			break;
		ok = visit(w, path, folder, d->d_name, depth);
	}
	if (dir)
		closedir(dir);
	return ok;
}

static gboolean find_made_here(struct round *r, const struct known_set *known, GError **error)
{
	g_autofree char *inbox = store_maildir_path(r->store, r->account->name, "INBOX");
	g_autofree char *top = g_path_get_dirname(inbox);
	struct walk w = {r, known, error};

	return walk(&w, top, "", 0);
}

/* Names at the server of mailboxes that wait to be deleted there: they are gone here. */
static GHashTable *doomed_names(struct round *r, GError **error)
{
	g_autoptr(GPtrArray) steps = steps_load(r->store, r->account->name, 0, error);
	GHashTable *names;

	if (!steps)
		return NULL;
	names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (guint i = 0; i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);

		if (!strcmp(s->kind, STEP_DELETE))
			g_hash_table_add(names, g_strdup(s->data));
	}
	return names;
}

GArray *folders_list(struct round *r, GError **error)
{
	auto_ptr(imap_list) list = imap_list(r->imap, TRUE, error);
	auto_ptr(known_set) known = list ? load_known(r, error) : NULL;
	auto_ptr(known_set) now = NULL;
	g_autoptr(GHashTable) doomed = known ? doomed_names(r, error) : NULL;
	g_autoptr(GArray) news = g_array_new(FALSE, FALSE, sizeof(struct folder_news));

	if (!doomed)
		return NULL;
	for (guint i = 0; i < imap_list_length(list); i++) {
		const struct imap_list_row *row = imap_list_row(list, i);

		if (!g_hash_table_contains(doomed, row->name) &&
		    !take_row(r, known, row, news, error))
			return NULL;
	}
	if (imap_list_skipped(list))
		hub_note(r->hub, HUB_WARNING, r->account->name, "%u mailboxes are left out",
			 imap_list_skipped(list));
	if (!note_gone(r, known, error) || !(now = load_known(r, error)) ||
	    !find_made_here(r, now, error))
		return NULL;
	return g_steal_pointer(&news);
}
