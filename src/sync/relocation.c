/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One word a mailbox in state.db: the path its Maildir is about to get. */
#include "relocation.h"

#include <errno.h>
#include <stdio.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/log.h"
#include "cur/base/step.h"
#include "steps.h"

/* Within a change. "": nothing is intended. */
static gboolean note(struct store *store, guint32 mailbox, const char *to, GError **error)
{
	g_autofree char *key = g_strdup_printf("moving.%u", mailbox);

	return state_set(store_state(store), key, to, error);
}

/* Under the lock; yours, NULL when nothing is intended. */
static char *noted(struct store *store, guint32 mailbox)
{
	g_autofree char *key = g_strdup_printf("moving.%u", mailbox);
	g_autofree char *to = state_get(store_state(store), key);

	return to && *to ? g_steal_pointer(&to) : NULL;
}

gboolean relocation_intend(struct store *store, guint32 mailbox, const char *to, GError **error)
{
	return store_begin(store, error) &&
	       steps_commit(store, note(store, mailbox, to, error), "relocation-intended", error);
}

static gboolean sync_parent(const char *path, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(path);

	return file_sync_dir(parent, error);
}

static gboolean move(const char *from, const char *to, GError **error)
{
	if (rename(from, to) < 0)
		return error_from_errno(error, errno, "cannot rename '%s'", from);
	return sync_parent(to, error) && sync_parent(from, error);
}

gboolean relocation_carry_out(struct store *store, guint32 mailbox, const char *from,
			      const char *to, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(to);

	if (!file_make_dirs(parent, error) || !move(from, to, error))
		return FALSE;
	step_point("relocation-moved");
	return note(store, mailbox, "", error);
}

void relocation_take_back(struct store *store, guint32 mailbox)
{
	g_autofree struct state_mailbox *mb = NULL;
	g_autofree char *to = NULL;
	g_autoptr(GError) failed = NULL;

	store_lock(store);
	mb = state_mailbox(store_state(store), mailbox);
	to = mb ? noted(store, mailbox) : NULL;
	store_unlock(store);
	if (!to)
		return;
	if (!g_file_test(mb->path, G_FILE_TEST_EXISTS) && g_file_test(to, G_FILE_TEST_IS_DIR) &&
	    !move(to, mb->path, &failed))
		log_event(LOG_LEVEL_ERROR, "%s", failed->message);
	else if (store_begin(store, NULL))
		steps_commit(store, note(store, mailbox, "", NULL), "relocation-back", NULL);
}

static gboolean collect(const struct state_mailbox *mb, void *data)
{
	g_array_append_val((GArray *)data, mb->number);
	return TRUE;
}

void relocation_recover(struct store *store)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));

	store_lock(store);
	state_mailboxes(store_state(store), NULL, collect, numbers, NULL);
	store_unlock(store);
	for (guint i = 0; i < numbers->len; i++)
		relocation_take_back(store, g_array_index(numbers, guint32, i));
}
