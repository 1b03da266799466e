/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Steps about mailboxes. Asked twice after a kill, what is done already is no error. */
#include <string.h>

#include "acts.h"
#include "cur/base/error.h"
#include "cur/imap/names.h"
#include "folders-private.h"
#include "steps.h"

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
	to = folder_name(r->account, folder);
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

/* A change begins in which the step is done; FALSE: none has begun. */
static gboolean begin_done(struct round *r, const struct step *s, GError **error)
{
	if (!store_begin(r->store, error))
		return FALSE;
	if (!steps_is_there(r->store, s) || state_drop_step(store_state(r->store), s->id, error))
		return TRUE;
	store_rollback(r->store);
	return FALSE;
}

/*
 * A folder got its name there without those below, as it was not there before: each of them is told
 * its own. Within a change.
 */
static gboolean rename_each_below(struct round *r, const struct state_mailbox *mb, GError **error)
{
	g_autoptr(GArray) children = folder_children(r->store, mb->account, mb->folder, error);
	gboolean ok = children != NULL;

	for (guint i = 0; ok && i < children->len; i++) {
		g_autofree struct state_mailbox *child =
		    state_mailbox(store_state(r->store), g_array_index(children, guint32, i));

		if (*child->server_name && !is_called(r, child, child->server_name))
			ok = steps_add(r->store, mb->account, STEP_RENAME, child->number, 0,
				       child->server_name, error);
	}
	return ok;
}

/*
 * The step is done, in one commit with what became of the mailbox. Meanwhile it may have got
 * another name, or have been deleted: as it had no name there yet, nobody has made a step of that.
 * `made`: the server did not have it before.
 */
static gboolean done_create(struct round *r, const struct state_mailbox *mb, const char *name,
			    gboolean made, const struct step *s, GError **error)
{
	g_autofree struct state_mailbox *now = NULL;
	gboolean ok;

	if (!begin_done(r, s, error))
		return FALSE;
	now = state_mailbox(store_state(r->store), s->mailbox);
	if (!now) {
		ok = !made || steps_add(r->store, mb->account, STEP_DELETE, 0, 0, name, error);
		return round_commit(r, ok, "folder-pushed", error);
	}
	now->server_name = name;
	now->delimiter = delimiter_of(r);
	now->subscribed = TRUE;
	now->gone = FALSE;
	ok = store_put_mailbox(r->store, now, error) &&
	     (is_called(r, now, name)
		  ? rename_each_below(r, now, error)
		  : steps_add(r->store, mb->account, STEP_RENAME, now->number, 0, name, error));
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
	g_autoptr(GArray) children = folder_children(r->store, mb->account, mb->folder, error);
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

/*
 * It may have got one more name meanwhile: that is the next step's, from this one on. `was_there`:
 * the server had it; if not, it was renamed before, or deleted while what is below stayed.
 */
static gboolean done_rename(struct round *r, const struct state_mailbox *mb, const char *name,
			    gboolean was_there, const struct step *s, GError **error)
{
	g_autofree struct state_mailbox *now = NULL;
	gboolean ok;

	if (!begin_done(r, s, error))
		return FALSE;
	now = state_mailbox(store_state(r->store), mb->number);
	if (now)
		now->server_name = name;
	ok = !now || (store_put_mailbox(r->store, now, error) &&
		      (was_there ? rename_children(r, now, mb->server_name, error)
				 : rename_each_below(r, now, error)));
	return round_commit(r, ok, "folder-pushed", error);
}

/*
 * The server has a mailbox of the new name. Where that is not this one, renamed before a kill, ours
 * is called again what it was.
 */
static gboolean settle_name(struct round *r, const struct state_mailbox *mb, const char *name,
			    const struct step *s, GError **error)
{
	g_autoptr(GError) failed = NULL;
	struct imap_selected sel;

	if (imap_select(r->imap, mb->server_name, TRUE, &sel, &failed)) {
		hub_note(r->hub, HUB_WARNING, mb->account,
			 "%s: the server has another mailbox of that name; this one is '%s' again",
			 mb->folder, mb->server_name);
		return place(r, mb, mb->server_name, error) && done(r, s, error);
	}
	if (error_is(failed, CUR_ERROR_GONE))
		return done_rename(r, mb, name, FALSE, s, error);
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/* The record has the new folder already, and the name that it has there. */
gboolean folder_push_rename(struct round *r, const struct state_mailbox *mb, const GPtrArray *steps,
			    GError **error)
{
	const struct step *s = g_ptr_array_index(steps, 0);
	g_autofree char *name = new_name(r, mb, error);
	GError *failed = NULL;
	gboolean was_there;

	if (!name || !step_out(r, mb->server_name, error))
		return FALSE;
	if (!strcmp(name, mb->server_name))
		return done(r, s, error);
	was_there = imap_rename(r->imap, mb->server_name, name, &failed);
	if (error_is(failed, CUR_ERROR_EXISTS)) {
		g_error_free(failed);
		return settle_name(r, mb, name, s, error);
	}
	if (!forgive(was_there, CUR_ERROR_GONE, failed, error))
		return FALSE;
	return done_rename(r, mb, name, was_there, s, error);
}

gboolean folder_push_subscribe(struct round *r, const struct state_mailbox *mb,
			       const GPtrArray *steps, GError **error)
{
	const struct step *s = g_ptr_array_index(steps, 0);

	return imap_subscribe(r->imap, mb->server_name, *s->data == '1', error) &&
	       done(r, s, error);
}
