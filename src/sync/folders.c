/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LIST against the mailboxes of state.db, and the steps about mailboxes. */
#include "folders.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "acts.h"
#include "cur/base/error.h"
#include "cur/base/path.h"
#include "cur/imap/names.h"
#include "cur/imap/utf7.h"
#include "cur/store/maildir.h"
#include "forecast.h"
#include "steps.h"
#include "stray.h"
#include "vanished.h"

enum { DEPTH_MAX = 20 };

/* ---- what is known ------------------------------------------------------------------ */

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

/* ---- making one ----------------------------------------------------------------------- */

static char *canonical_name(const struct account *account, const char *folder)
{
	return g_strconcat(account->url, "/", folder, NULL);
}

/* A record that points into itself, as state_mailbox() gives it. */
static struct state_mailbox *insert(struct store *store, struct state_mailbox *mb, GError **error)
{
	struct state_mailbox *made;

	if (!store_put_mailbox(store, mb, error))
		return NULL;
	made = state_mailbox(store_state(store), mb->number);
	if (!made)
		error_set(error, CUR_ERROR_CORRUPT, "a mailbox just made cannot be read");
	return made;
}

static struct state_mailbox *insert_folder(struct store *store, const struct account *account,
					   const char *folder, const struct imap_list_row *row,
					   GError **error)
{
	g_autofree char *name = canonical_name(account, folder);
	g_autofree char *path = store_maildir_path(store, account->name, folder);
	struct state_mailbox mb = {
	    .name = name,
	    .account = account->name,
	    .folder = folder,
	    .server_name = row ? row->name : "",
	    .delimiter = row ? row->delimiter : 0,
	    .path = path,
	    .role = row ? row->role : "",
	    .subscribed = row ? (row->flags & IMAP_LIST_SUBSCRIBED) != 0 : TRUE,
	};

	if (!maildir_create(path, error))
		return NULL;
	return insert(store, &mb, error);
}

struct state_mailbox *folder_make(struct store *store, const struct account *account,
				  const char *folder, GError **error)
{
	/* Every server has an INBOX, by this name. */
	static const struct imap_list_row inbox = {.name = "INBOX", .role = ""};
	gboolean is_inbox = !strcmp(folder, "INBOX");
	struct state_mailbox *mb =
	    insert_folder(store, account, folder, is_inbox ? &inbox : NULL, error);

	if (mb && !is_inbox && account->protocol == ACCOUNT_IMAP &&
	    !steps_add(store, account->name, STEP_CREATE, mb->number, 0, NULL, error))
		g_clear_pointer(&mb, g_free);
	return mb;
}

struct state_mailbox *folder_make_local(struct store *store, const char *path, gboolean create,
					GError **error)
{
	g_autofree char *base = g_path_get_basename(path);
	struct state_mailbox mb = {
	    .name = path,
	    .account = "",
	    .folder = base,
	    .server_name = "",
	    .path = path,
	    .role = "",
	};
	struct maildir *md;

	if (create && !maildir_create(path, error))
		return NULL;
	md = maildir_open(path, error);
	if (!md)
		return NULL;
	maildir_close(md);
	return insert(store, &mb, error);
}

/* ---- renamed together with what is below ------------------------------------------------ */

struct family {
	const char *folder; /* of the parent, before */
	GArray *numbers;
};

static gboolean collect_child(const struct state_mailbox *mb, void *data)
{
	struct family *f = data;

	if (g_str_has_prefix(mb->folder, f->folder) && mb->folder[strlen(f->folder)] == '/')
		g_array_append_val(f->numbers, mb->number);
	return TRUE;
}

/* Those below a folder, within a change. Yours. */
static GArray *children_of(struct store *store, const char *account, const char *folder,
			   GError **error)
{
	struct family f = {folder, g_array_new(FALSE, FALSE, sizeof(guint32))};

	if (state_mailboxes(store_state(store), account, collect_child, &f, error))
		return f.numbers;
	g_array_unref(f.numbers);
	return NULL;
}

gboolean folder_move_children(struct store *store, const struct account *account, const char *from,
			      const char *to, GError **error)
{
	g_autoptr(GArray) children = children_of(store, account->name, from, error);
	gboolean ok = children != NULL;

	for (guint i = 0; ok && i < children->len; i++) {
		g_autofree struct state_mailbox *mb =
		    state_mailbox(store_state(store), g_array_index(children, guint32, i));
		g_autofree char *folder = NULL, *name = NULL, *path = NULL;
		g_autofree char *was = g_strdup(mb->name);

		folder = g_strconcat(to, mb->folder + strlen(from), NULL);
		name = canonical_name(account, folder);
		path = store_maildir_path(store, account->name, folder);
		mb->folder = folder;
		mb->name = name;
		mb->path = path;
		ok = store_put_mailbox(store, mb, error) && stray_note_name(store, mb, was, error);
	}
	return ok;
}

/* ---- from the server -------------------------------------------------------------------- */

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
	mb = insert_folder(r->store, r->account, row->folder, row, error);
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

/* ---- made here by another program --------------------------------------------------------- */

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

/* ---- steps ------------------------------------------------------- */

static gboolean done(struct round *r, const struct step *s, GError **error)
{
	return store_begin(r->store, error) &&
	       round_commit(r, state_drop_step(store_state(r->store), s->id, error),
			    "folder-pushed", error);
}

/* Asked twice after a kill: "exists already" is what was wanted. */
static gboolean forgive(gboolean ok, enum cur_error harmless, GError *failed, GError **error)
{
	if (ok)
		return TRUE;
	if (error_is(failed, harmless)) {
		g_error_free(failed);
		return TRUE;
	}
	g_propagate_error(error, failed);
	return FALSE;
}

static char delimiter_of(struct round *r)
{
	char delimiter = imap_delimiter(r->imap);

	return delimiter ? delimiter : '/';
}

/* Here it has the name that is `name` there. */
static gboolean is_called(struct round *r, const struct state_mailbox *mb, const char *name)
{
	g_autofree char *folder = folder_from_imap(name, delimiter_of(r));

	return !folder || !strcmp(folder, mb->folder);
}

/* It is called here what it will be called there. */
static gboolean place(struct round *r, const struct state_mailbox *mb, const char *name,
		      GError **error)
{
	g_autofree char *folder = NULL, *to = NULL;

	if (is_called(r, mb, name))
		return TRUE;
	folder = folder_from_imap(name, delimiter_of(r));
	to = canonical_name(r->account, folder);
	return act_place(r->store, r->account, mb->number, to, NULL, error);
}

/* What a new mailbox or one with a new name is to be called there. Yours. */
static char *new_name(struct round *r, const struct state_mailbox *mb, GError **error)
{
	g_autofree char *plain = folder_to_imap(mb->folder, delimiter_of(r)), *name = NULL;

	if (!plain) {
		error_set(error, CUR_ERROR_REFUSED, "'%s' cannot be a name there", mb->folder);
		return NULL;
	}
	name = imap_name_to_make(r->imap, plain, error);
	return name && place(r, mb, name, error) ? g_steal_pointer(&name) : NULL;
}

/*
 * The step is done, in one commit with what became of the mailbox. Meanwhile it may have got
 * another name, or have been deleted: as it had no name there yet, nobody has made a step of that.
 * `made`: the server did not have it before.
 */
static gboolean done_create(struct round *r, const struct state_mailbox *mb, const char *name,
			    gboolean made, const struct step *s, GError **error)
{
	struct state *st = store_state(r->store);
	g_autofree struct state_mailbox *now = NULL;
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	ok = !steps_is_there(r->store, s) || state_drop_step(st, s->id, error);
	now = state_mailbox(st, s->mailbox);
	if (!now) {
		ok = ok &&
		     (!made || steps_add(r->store, mb->account, STEP_DELETE, 0, 0, name, error));
		return round_commit(r, ok, "folder-pushed", error);
	}
	now->server_name = name;
	now->delimiter = delimiter_of(r);
	now->subscribed = TRUE;
	now->gone = FALSE;
	ok = ok && store_put_mailbox(r->store, now, error) &&
	     (is_called(r, now, name) ||
	      steps_add(r->store, mb->account, STEP_RENAME, now->number, 0, name, error));
	return round_commit(r, ok, "folder-pushed", error);
}

gboolean folder_push_create(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			    GError **error)
{
	g_autofree char *name = new_name(r, mb, error);
	GError *failed = NULL;
	gboolean made;

	if (!name)
		return FALSE;
	made = imap_create(r->imap, name, NULL, &failed);
	if (!forgive(made, CUR_ERROR_EXISTS, failed, error))
		return FALSE;
	if (!imap_subscribe(r->imap, name, TRUE, NULL) && !imap_is_alive(r->imap))
		return error_set(error, CUR_ERROR_RETRY, "connection lost");
	return done_create(r, mb, name, made, g_ptr_array_index(steps, 0), error);
}

/* Some servers refuse to rename or delete what is selected, or what is above it. */
static gboolean step_out(struct round *r, const char *name, GError **error)
{
	const char *now = imap_selected_name(r->imap);
	gsize n = strlen(name);
	struct imap_selected sel;

	if (!now || strncmp(now, name, n) != 0 || (now[n] && now[n] != delimiter_of(r)) ||
	    !strcmp(now, "INBOX"))
		return TRUE;
	return imap_select(r->imap, "INBOX", TRUE, &sel, error);
}

gboolean folder_push_delete(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			    GError **error)
{
	const struct step *s = g_ptr_array_index(steps, 0);
	GError *failed = NULL;
	gboolean ok;

	if (!step_out(r, s->data, error))
		return FALSE;
	ok = imap_delete(r->imap, s->data, &failed);
	return forgive(ok, CUR_ERROR_GONE, failed, error) && done(r, s, error);
}

/* What is below has moved with it (RFC 9051 6.3.6). Within a change. */
static gboolean rename_children(struct round *r, const struct state_mailbox *mb, const char *was,
				GError **error)
{
	g_autoptr(GArray) children = children_of(r->store, mb->account, mb->folder, error);
	gsize n_was = strlen(was);
	gboolean ok = children != NULL;

	for (guint i = 0; ok && i < children->len; i++) {
		g_autofree struct state_mailbox *child =
		    state_mailbox(store_state(r->store), g_array_index(children, guint32, i));
		g_autofree char *name = NULL;

		if (!g_str_has_prefix(child->server_name, was) ||
		    child->server_name[n_was] != mb->delimiter)
			continue;
		name = g_strconcat(mb->server_name, child->server_name + n_was, NULL);
		child->server_name = name;
		ok = store_put_mailbox(r->store, child, error);
	}
	return ok;
}

/* It may have got one more name meanwhile: that is the next step's, from this one on. */
static gboolean done_rename(struct round *r, const struct state_mailbox *mb, const char *name,
			    const struct step *s, GError **error)
{
	struct state *st = store_state(r->store);
	g_autofree struct state_mailbox *now = NULL;
	gboolean ok = store_begin(r->store, error);

	if (!ok)
		return FALSE;
	ok = !steps_is_there(r->store, s) || state_drop_step(st, s->id, error);
	now = state_mailbox(st, mb->number);
	if (now)
		now->server_name = name;
	return round_commit(r,
			    ok && (!now || (store_put_mailbox(r->store, now, error) &&
					    rename_children(r, now, mb->server_name, error))),
			    "folder-pushed", error);
}

/* The record has the new folder already, and the name that it has there. */
gboolean folder_push_rename(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			    GError **error)
{
	const struct step *s = g_ptr_array_index(steps, 0);
	g_autofree char *name = new_name(r, mb, error);
	GError *failed = NULL;
	gboolean ok;

	if (!name || !step_out(r, mb->server_name, error))
		return FALSE;
	if (!strcmp(name, mb->server_name))
		return done(r, s, error);
	ok = imap_rename(r->imap, mb->server_name, name, &failed);
	if (!forgive(ok, CUR_ERROR_GONE, failed, error))
		return FALSE;
	return done_rename(r, mb, name, s, error);
}

gboolean folder_push_subscribe(struct round *r, const struct state_mailbox *mb,
			       const GPtrArray *steps, GError **error)
{
	const struct step *s = g_ptr_array_index(steps, 0);

	return imap_subscribe(r->imap, mb->server_name, *s->data == '1', error) &&
	       done(r, s, error);
}
