/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving in the index by what messages are: undeleted, new, unread. */
#include "cur/conf/names.h"
#include "cur/mail/flags.h"
#include "cur/model/mailbox.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"

enum kind { ANY, UNDELETED, NEW, UNREAD };

static gboolean is_kind(struct mailbox *mb, guint pos, enum kind kind)
{
	mark_t mark = mailbox_flags(mb, pos);

	switch (kind) {
	case UNDELETED:
		return !(mailbox_session(mb, mailbox_lid(mb, pos)) & SESSION_DELETED);
	case NEW:
		return !(mark & FLAG_SEEN) && mark & MARK_NEW;
	case UNREAD:
		return !(mark & FLAG_SEEN);
	default:
		return TRUE;
	}
}

/* The nearest message of a kind from the cursor on; `wrap`: also past the end. */
static gboolean find(struct app *app, enum kind kind, gboolean forward, gboolean wrap, guint *to)
{
	guint n = mailbox_count(app->mailbox), pos;

	if (!app_current(app, &pos))
		return FALSE;
	for (guint i = 1; i < n; i++) {
		gint64 at = forward ? (gint64)pos + i : (gint64)pos - i;

		if ((at < 0 || at >= n) && !wrap)
			return FALSE;
		*to = (at + n) % n;
		if (is_kind(app->mailbox, *to, kind))
			return TRUE;
	}
	return FALSE;
}

static const struct {
	int fn;
	enum kind kind, otherwise;
	gboolean forward, wrap;
	const char *none;
} moves[] = {
    {FN_NEXT_ENTRY, ANY, ANY, TRUE, FALSE, "You are on the last entry."},
    {FN_PREVIOUS_ENTRY, ANY, ANY, FALSE, FALSE, "You are on the first entry."},
    {FN_NEXT_UNDELETED, UNDELETED, ANY, TRUE, FALSE, "You are on the last message."},
    {FN_PREVIOUS_UNDELETED, UNDELETED, ANY, FALSE, FALSE, "You are on the first message."},
    {FN_NEXT_NEW, NEW, ANY, TRUE, TRUE, "No new messages."},
    {FN_PREVIOUS_NEW, NEW, ANY, FALSE, TRUE, "No new messages."},
    {FN_NEXT_UNREAD, UNREAD, ANY, TRUE, TRUE, "No unread messages."},
    {FN_PREVIOUS_UNREAD, UNREAD, ANY, FALSE, TRUE, "No unread messages."},
    {FN_NEXT_NEW_THEN_UNREAD, NEW, UNREAD, TRUE, TRUE, "No new or unread messages."},
    {FN_PREVIOUS_NEW_THEN_UNREAD, NEW, UNREAD, FALSE, TRUE, "No new or unread messages."},
};

static void move(struct view *view, int fn)
{
	struct app *app = view->app;
	guint to, i;

	for (i = 0; i < G_N_ELEMENTS(moves) - 1 && moves[i].fn != fn; i++)
		;
	if (find(app, moves[i].kind, moves[i].forward, moves[i].wrap, &to) ||
	    (moves[i].otherwise != ANY &&
	     find(app, moves[i].otherwise, moves[i].forward, moves[i].wrap, &to)))
		app_go(app, to);
	else
		app_error(app, "%s", moves[i].none);
}

const struct fn_handler fn_move_handlers[] = {
    {FN_NEXT_ENTRY, move, NEED_MESSAGE},
    {FN_PREVIOUS_ENTRY, move, NEED_MESSAGE},
    {FN_NEXT_UNDELETED, move, NEED_MESSAGE},
    {FN_PREVIOUS_UNDELETED, move, NEED_MESSAGE},
    {FN_NEXT_NEW, move, NEED_MESSAGE},
    {FN_PREVIOUS_NEW, move, NEED_MESSAGE},
    {FN_NEXT_UNREAD, move, NEED_MESSAGE},
    {FN_PREVIOUS_UNREAD, move, NEED_MESSAGE},
    {FN_NEXT_NEW_THEN_UNREAD, move, NEED_MESSAGE},
    {FN_PREVIOUS_NEW_THEN_UNREAD, move, NEED_MESSAGE},
    {FN_NOOP},
};
