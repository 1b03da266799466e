/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mailboxes that a user, or the server, makes, deletes, renames and subscribes to. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "acts-private.h"
#include "awaited.h"
#include "cur/base/error.h"
#include "cur/store/maildir.h"
#include "folders.h"
#include "relocation.h"
#include "steps.h"
#include "stray.h"

gboolean act_create(struct store *store, const struct account *account, const char *name,
		    struct journal *j, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	mb = state_mailbox_by_name(store_state(store), name);
	if (mb) {
		store_rollback(store);
		return error_set(error, CUR_ERROR_EXISTS, "'%s' is there already", name);
	}
	mb = account ? folder_make(store, account, name + strlen(account->url) + 1, error)
		     : folder_make_local(store, name, TRUE, error);
	if (mb) {
		journal_target(j, mb->number);
		journal_done(j);
	}
	return steps_commit(store, mb && journal_write(j, error), "act-create", error);
}

static const char *const maildir_parts[] = {"cur", "new", "tmp"};

static void empty_folder(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(path, name, NULL);

		unlink(file);
	}
	if (dir)
		g_dir_close(dir);
}

static void remove_files(const char *maildir)
{
	for (gsize i = 0; i < G_N_ELEMENTS(maildir_parts); i++) {
		g_autofree char *path = g_build_filename(maildir, maildir_parts[i], NULL);

		empty_folder(path);
	}
}

/* G1: what another program put there since the last look is in no row. It stays. */
static void remove_known(const char *maildir, const GArray *dead)
{
	auto_ptr(maildir) md = maildir_open(maildir, NULL);

	for (guint i = 0; md && i < dead->len; i++) {
		const struct dead *d = &g_array_index(dead, struct dead, i);

		maildir_remove(md, d->base, d->mark, NULL);
	}
}

/*
 * G1: what the server never had is nowhere else, whatever was said of the folder that it has no
 * more. The next look at the folders finds the file as a new message, and makes the folder there.
 */
static gboolean collect_dead_there(const struct state_message *msg, void *data)
{
	struct dead d = {NULL, msg->mark};

	if (!msg->uid)
		return TRUE;
	d.base = g_strdup(msg->base);
	g_array_append_val((GArray *)data, d);
	return TRUE;
}

/* What waits to be moved into it is elsewhere at the server yet, and is deleted there. */
static gboolean doom_all_waiting(struct store *store, const struct state_mailbox *mb,
				 GError **error)
{
	struct state *st = store_state(store);
	g_autoptr(GArray) lids = state_lids(st, mb->number, 0, 0, error);

	if (!lids)
		return FALSE;
	for (guint i = 0; i < lids->len; i++) {
		g_autofree struct state_message *msg =
		    state_message(st, mb->number, g_array_index(lids, guint32, i));

		if (msg && !act_doom_waiting(store, mb, msg, mb, msg->lid,
					     (struct step_doom){.how = DOOM_USER}, error))
			return FALSE;
	}
	return TRUE;
}

/* Headers that were moved or copied out of a mailbox, while their texts are in it yet. */
struct debt {
	struct store *store;
	guint32 mailbox;
	gboolean is_open;
};

static gboolean find_debt(const struct state_step *step, void *data)
{
	struct debt *d = data;
	g_autofree struct state_message *msg = NULL;
	struct step_source src;

	if ((strcmp(step->kind, STEP_MOVE) && strcmp(step->kind, STEP_COPY) &&
	     strcmp(step->kind, STEP_TEXT)) ||
	    !step_source_parse(step->data, &src) || src.mailbox != d->mailbox)
		return TRUE;
	msg = state_message(store_state(d->store), step->mailbox, step->lid);
	d->is_open = msg && msg->partial;
	return !d->is_open;
}

/* G1: with the mailbox the only text would go at the server. */
static gboolean owes_no_text(struct store *store, const struct state_mailbox *mb, GError **error)
{
	struct debt d = {store, mb->number, FALSE};

	if (!state_steps(store_state(store), NULL, 0, 0, find_debt, &d, error))
		return FALSE;
	return !d.is_open || error_set(error, CUR_ERROR_RETRY,
				       "messages that were moved out of '%s' have their texts at "
				       "the server only, in it: sync first",
				       mb->folder);
}

gboolean act_delete(struct store *store, guint32 mailbox, struct journal *j, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	mb = act_mailbox(store, mailbox, error);
	/* The step belongs to no mailbox: its own goes now. */
	ok = mb && owes_no_text(store, mb, error) &&
	     (!steps_has_server(mb) || doom_all_waiting(store, mb, error)) &&
	     store_drop_mailbox(store, mailbox, error) &&
	     (!steps_has_server(mb) || !*mb->server_name ||
	      steps_add(store, mb->account, STEP_DELETE, 0, 0, mb->server_name, error));
	journal_done(j);
	if (!steps_commit(store, ok && journal_write(j, error), "act-delete-recorded", error))
		return FALSE;
	remove_files(mb->path);
	maildir_discard(mb->path);
	return TRUE;
}

gboolean act_forget(struct store *store, guint32 mailbox, GError **error)
{
	g_autoptr(GArray) dead = g_array_new(FALSE, FALSE, sizeof(struct dead));
	g_autofree struct state_mailbox *mb = NULL;
	gboolean ok = store_begin(store, error), awaited;

	g_array_set_clear_func(dead, dead_clear);
	if (!ok)
		return FALSE;
	mb = act_mailbox(store, mailbox, error);
	awaited = mb && awaited_is(store, mb);
	ok = mb &&
	     state_messages(store_state(store), mailbox, 0, 0, collect_dead_there, dead, error) &&
	     (awaited ? awaited_begin_anew(store, mb, error)
		      : store_drop_mailbox(store, mailbox, error));
	if (!steps_commit(store, ok, "act-forget-recorded", error))
		return FALSE;
	remove_known(mb->path, dead);
	if (!awaited)
		maildir_discard(mb->path);
	return TRUE;
}

/* The part of a new name that is the folder's; NULL for a local Maildir. */
static const char *folder_in(const struct account *account, const char *to)
{
	return account ? to + strlen(account->url) + 1 : NULL;
}

static char *path_for(struct store *store, const struct account *account, const char *to)
{
	return account ? store_maildir_path(store, account->name, folder_in(account, to))
		       : g_strdup(to);
}

/* Its Maildir and its record, with what is below. */
static gboolean move_mailbox(struct store *store, const struct account *account,
			     struct state_mailbox *mb, const char *to, GError **error)
{
	g_autofree char *old_path = g_strdup(mb->path), *old_folder = g_strdup(mb->folder);
	g_autofree char *old_name = g_strdup(mb->name), *path = path_for(store, account, to);
	g_autofree char *base = g_path_get_basename(path);
	const char *folder = folder_in(account, to);

	if (!relocation_carry_out(store, mb->number, old_path, path, error))
		return FALSE;
	mb->name = to;
	mb->path = path;
	mb->folder = folder ? folder : base;
	return store_put_mailbox(store, mb, error) && stray_note_name(store, mb, old_name, error) &&
	       (!account || folder_move_children(store, account, old_folder, folder, error));
}

static gboolean find_rename(const struct state_step *step, void *data)
{
	if (!strcmp(step->kind, STEP_RENAME) && step->state == STEP_WAITING)
		*(guint64 *)data = step->id;
	return TRUE;
}

/* The server hears of a new name, or, when it is the one it has, of none. */
static gboolean tell_rename(struct store *store, const struct state_mailbox *mb,
			    const struct journal *j, GError **error)
{
	guint64 waiting = 0;

	if (journal_is_undoing(j))
		state_steps(store_state(store), mb->account, mb->number, 0, find_rename, &waiting,
			    NULL);
	return waiting ? state_drop_step(store_state(store), waiting, error)
		       : steps_add(store, mb->account, STEP_RENAME, mb->number, 0, mb->server_name,
				   error);
}

static gboolean record_rename(struct store *store, const struct account *account, guint32 mailbox,
			      const char *to, gboolean tell, struct journal *j, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL, *there = NULL;
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	mb = act_mailbox(store, mailbox, error);
	there = state_mailbox_by_name(store_state(store), to);
	if (there)
		ok = error_set(error, CUR_ERROR_EXISTS, "'%s' is there already", to);
	if (ok && mb) {
		journal_words(j, mb->name);
		journal_done(j);
	}
	ok = ok && mb && move_mailbox(store, account, mb, to, error) &&
	     (!tell || !steps_has_server(mb) || !*mb->server_name ||
	      tell_rename(store, mb, j, error)) &&
	     journal_write(j, error);
	return steps_commit(store, ok, "act-rename", error);
}

static gboolean rename_mailbox(struct store *store, const struct account *account, guint32 mailbox,
			       const char *to, gboolean tell, struct journal *j, GError **error)
{
	g_autofree char *path = path_for(store, account, to);

	if (relocation_intend(store, mailbox, path, error) &&
	    record_rename(store, account, mailbox, to, tell, j, error))
		return TRUE;
	relocation_take_back(store, mailbox);
	return FALSE;
}

gboolean act_rename(struct store *store, const struct account *account, guint32 mailbox,
		    const char *to, struct journal *j, GError **error)
{
	return rename_mailbox(store, account, mailbox, to, TRUE, j, error);
}

gboolean act_place(struct store *store, const struct account *account, guint32 mailbox,
		   const char *to, struct journal *j, GError **error)
{
	return rename_mailbox(store, account, mailbox, to, FALSE, j, error);
}

gboolean act_subscribe(struct store *store, guint32 mailbox, gboolean on, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	mb = act_mailbox(store, mailbox, error);
	if (mb)
		mb->subscribed = on;
	ok = mb && store_put_mailbox(store, mb, error) &&
	     (!steps_has_server(mb) ||
	      steps_add(store, mb->account, STEP_SUBSCRIBE, mailbox, 0, on ? "1" : "0", error));
	return steps_commit(store, ok, "act-subscribe", error);
}
