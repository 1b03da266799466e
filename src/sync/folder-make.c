/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mailbox here: its Maildir, its record, its name and those of what is below. */
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/path.h"
#include "cur/store/maildir.h"
#include "folders-private.h"
#include "steps.h"
#include "stray.h"

char *folder_name(const struct account *account, const char *folder)
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

struct state_mailbox *folder_insert(struct store *store, const struct account *account,
				    const char *folder, const struct imap_list_row *row,
				    GError **error)
{
	g_autofree char *name = folder_name(account, folder);
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
	    folder_insert(store, account, folder, is_inbox ? &inbox : NULL, error);

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
	g_autofree char *mail = path_mail_dir();
	struct maildir *md;

	/* C05: one Maildir under two names would be renamed and numbered by both. */
	if (path_lies_in(path, mail)) {
		error_set(error, CUR_ERROR_REFUSED,
			  "'%s' belongs to an account: its mailboxes have URLs (cur folders)",
			  path);
		return NULL;
	}
	if (create && !maildir_create(path, error))
		return NULL;
	md = maildir_open(path, error);
	if (!md)
		return NULL;
	maildir_close(md);
	return insert(store, &mb, error);
}

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

GArray *folder_children(struct store *store, const char *account, const char *folder,
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
	g_autoptr(GArray) children = folder_children(store, account->name, from, error);
	gboolean ok = children != NULL;

	for (guint i = 0; ok && i < children->len; i++) {
		g_autofree struct state_mailbox *mb =
		    state_mailbox(store_state(store), g_array_index(children, guint32, i));
		g_autofree char *folder = NULL, *name = NULL, *path = NULL;
		g_autofree char *was = g_strdup(mb->name);

		folder = g_strconcat(to, mb->folder + strlen(from), NULL);
		name = folder_name(account, folder);
		path = store_maildir_path(store, account->name, folder);
		mb->folder = folder;
		mb->name = name;
		mb->path = path;
		ok = store_put_mailbox(store, mb, error) && stray_note_name(store, mb, was, error);
	}
	return ok;
}
