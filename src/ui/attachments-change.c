/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts that are deleted or read as something else: the message they are of, looked at again. */
#include "attachments-private.h"
#include "cur/base/clock.h"
#include "cur/conf/keys.h"
#include "cur/conf/settings.h"
#include "cur/mail/rewrite.h"
#include "cur/model/mailbox.h"
#include "cur/ui/app.h"
#include "cur/ui/attachments.h"
#include "fn-edit.h"
#include "fn-type.h"
#include "opener.h"

/* Why a part cannot be taken out of the message; NULL: it can. */
static const char *why_not_deleted(const struct attachments *a, const struct part *part)
{
	const struct part *root = message_root(a->message);

	if (part->message != a->message || part_is(root, "multipart", "encrypted"))
		return "Deletion of attachments from encrypted messages is unsupported.";
	if (!part->parent || !part_is(part->parent, "multipart", NULL))
		return "Only deletion of multipart attachments is supported.";
	return NULL;
}

static void fn_delete(struct view *view, int fn)
{
	struct attachments *a = view->data;
	g_autoptr(GPtrArray) parts = attachments_targets(view);

	for (guint i = 0; i < parts->len; i++) {
		struct part *part = g_ptr_array_index(parts, i);
		const char *why = why_not_deleted(a, part);

		if (why) {
			app_error(view->app, "%s", why);
			return;
		}
		if (fn == FN_DELETE_ENTRY)
			g_hash_table_add(a->deleted, part);
		else
			g_hash_table_remove(a->deleted, part);
	}
	if (fn == FN_DELETE_ENTRY && part_is(message_root(a->message), "multipart", "signed"))
		app_message(view->app, "Deletion of attachments from signed messages may "
				       "invalidate the signature.");
	if (parts->len == 1 && app_settings(view->app)->resolve &&
	    view->list.cursor + 1 < view->list.n)
		list_go(&view->list, view->list.cursor + 1);
	view_redraw(view);
}

static void look_again(struct view *view)
{
	struct app *app = view->app;

	view_close(view);
	attachments_open(app);
}

static void fn_edit_type(struct view *view, int fn)
{
	const struct attachments *a = view->data;
	struct part *part = attachments_current(view);

	if (part->message == a->message)
		fn_type_ask(view, a->lid, part, look_again);
	else
		app_error(view->app, "What is sealed keeps its types.");
}

/* The message without what was deleted comes in its place. */
static void fn_leave(struct view *view, int fn)
{
	struct attachments *a = view->data;

	if (g_hash_table_size(a->deleted))
		fn_edit_replace(view->app, a->lid,
				rewrite_without(a->message, a->deleted, clock_now_s()));
	view_close(view);
}

/* What no header says is looked for in all texts; the menu is made anew. */
static void fn_check_inline(struct view *view, int fn)
{
	struct app *app = view->app;
	struct attachments *a = view->data;
	struct unseal_options options = {.inline_pgp = TRUE};

	if (!a->lid || !(unseal_look(a->message, &options) & UNSEAL_INLINE)) {
		app_message(app, "No PGP text was found.");
		return;
	}
	mailbox_set_inline_pgp(app->mailbox, a->lid);
	opener_forget(app);
	look_again(view);
}

const struct fn_handler attachments_change_handlers[] = {
    {FN_DELETE_ENTRY, fn_delete, NEED_ENTRY | NEED_WRITABLE},
    {FN_UNDELETE_ENTRY, fn_delete, NEED_ENTRY | NEED_WRITABLE},
    {FN_EDIT_TYPE, fn_edit_type, NEED_ENTRY},
    {FN_CHECK_TRADITIONAL_PGP, fn_check_inline, 0},
    {FN_EXIT, fn_leave, 0},
    {FN_QUIT, fn_leave, 0},
    {FN_NOOP},
};
