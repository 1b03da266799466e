/* SPDX-License-Identifier: GPL-3.0-or-later */
/* edit-type: a part is read as of another type than its header says, until the mailbox is left. */
#include "fn-type.h"

#include "cur/conf/keys.h"
#include "cur/mail/build.h"
#include "cur/mail/headers.h"
#include "cur/model/mailbox.h"
#include "cur/ui/functions.h"
#include "cur/ui/pager.h"
#include "cur/ui/prompt.h"
#include "opener.h"
#include "pager-private.h"

struct question {
	struct view *view;
	guint32 lid;
	guint part;
	void (*again)(struct view *view);
};

static void type_typed(struct app *app, const char *text, void *data)
{
	g_autofree struct question *q = data;

	if (!text || !*text || !app->mailbox)
		return;
	if (!build_is_media_type(text)) {
		app_error(app, "Content-Type is of the form base/sub.");
		return;
	}
	mailbox_set_type(app->mailbox, q->lid, q->part, text);
	opener_forget(app);
	if (g_ptr_array_find(app->views, q->view, NULL))
		q->again(q->view);
}

void fn_type_ask(struct view *view, guint32 lid, struct part *part,
		 void (*again)(struct view *view))
{
	struct question *q = g_new0(struct question, 1);
	const char *now = headers_get(part_headers(part), "Content-Type");
	struct ask ask = {.question = "Content-Type: ",
			  .initial = now ? now : "text/plain; charset=us-ascii",
			  .history = HISTORY_OTHER,
			  .done = type_typed,
			  .data = q};

	*q = (struct question){view, lid, part->index, again};
	prompt_ask(view->app, &ask);
}

/* The pager shows it so at once; from the index it is read so when it is opened. */
static void show_again(struct view *view)
{
	struct app *app = view->app;

	if (!pager_of(view))
		return;
	view_close(view);
	pager_open_message(app);
}

static void edit_type(struct view *view, int fn)
{
	struct app *app = view->app;
	auto_ptr(message) message = NULL;
	guint pos;

	if (app_current(app, &pos))
		message = pager_read(app, pos);
	if (message)
		fn_type_ask(view, mailbox_lid(app->mailbox, pos), message_root(message),
			    show_again);
}

const struct fn_handler fn_type_handlers[] = {
    {FN_EDIT_TYPE, edit_type, NEED_MESSAGE | NEED_TEXT},
    {FN_NOOP},
};
