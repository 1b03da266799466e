/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of the compose menu that change the header and the text. */

#include "compose-private.h"
#include "cur/conf/accounts.h"
#include "cur/conf/keys.h"
#include "cur/model/compose.h"
#include "cur/model/recipients.h"
#include "cur/ui/prompt.h"
#include "cur/ui/view.h"
#include "editor.h"

/* ---- one line ---- */

/* Where the text of a function's field lies. */
static char **field_of(struct draft *draft, int fn)
{
	switch (fn) {
	case FN_EDIT_FROM:
		return &draft->from;
	case FN_EDIT_TO:
		return &draft->to;
	case FN_EDIT_CC:
		return &draft->cc;
	case FN_EDIT_BCC:
		return &draft->bcc;
	case FN_EDIT_REPLY_TO:
		return &draft->reply_to;
	default:
		return &draft->subject;
	}
}

static const char *question_of(int fn)
{
	switch (fn) {
	case FN_EDIT_FROM:
		return "From: ";
	case FN_EDIT_TO:
		return "To: ";
	case FN_EDIT_CC:
		return "Cc: ";
	case FN_EDIT_BCC:
		return "Bcc: ";
	case FN_EDIT_REPLY_TO:
		return "Reply-To: ";
	default:
		return "Subject: ";
	}
}

/* send2-hooks hear of every change; they may change variables, not this draft. */
static void message_changed(struct composer *c)
{
	GError *error = NULL;

	composer_changed(c);
	if (!compose_send2_hooks(c->view->app->conf, composer_draft(c), &error))
		app_gerror(c->view->app, &error);
}

static void field_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);
	int fn = GPOINTER_TO_INT(data);
	g_autofree char *expanded = NULL;

	if (!c || !text)
		return;
	expanded = fn == FN_EDIT_SUBJECT ? g_strdup(text) : recipients_expand(app->conf, text);
	draft_set(field_of(composer_draft(c), fn), expanded);
	message_changed(c);
}

static void fn_field(struct view *view, int fn)
{
	struct composer *c = view->data;
	gboolean address = fn != FN_EDIT_SUBJECT;
	struct ask ask = {
	    .question = question_of(fn),
	    .initial = *field_of(composer_draft(c), fn),
	    .complete = address ? COMPLETE_ADDRESS : COMPLETE_NONE,
	    .history = address ? HISTORY_ALIAS : HISTORY_OTHER,
	    .done = field_typed,
	    .data = GINT_TO_POINTER(fn),
	};

	prompt_ask(view->app, &ask);
}

static void fcc_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);
	GError *error = NULL;

	if (!c || !text)
		return;
	if (!compose_set_fcc(app->conf, composer_draft(c), text, &error))
		app_gerror(app, &error);
	composer_changed(c);
}

static void fn_fcc(struct view *view, int fn)
{
	composer_ask_mailbox(view->data, "Fcc: ", fcc_typed);
}

/* ---- the text ---- */

static void fn_edit(struct view *view, int fn)
{
	struct composer *c = view->data;
	gboolean headers = fn == FN_EDIT_HEADERS ||
			   (fn == FN_EDIT_MESSAGE && app_settings(view->app)->edit_headers);
	gboolean changed;

	if (editor_edit(view->app, c->ms, headers, &changed) && changed)
		message_changed(c);
	else
		composer_changed(c);
}

static void fn_ispell(struct view *view, int fn)
{
	struct composer *c = view->data;
	g_autofree char *command = g_strconcat(app_settings(view->app)->ispell, " -x", NULL);
	g_autofree char *line = editor_line(command);
	GError *error = NULL;
	const char *path = manuscript_open_editor(c->ms, FALSE, &error);
	const char *const values[] = {path, NULL};
	struct terminal_job job = {.line = line, .values = values};
	gboolean changed;
	int status;

	if (path) {
		status = editor_terminal(view->app, &job);
		manuscript_close_editor(c->ms, status != 0, &changed, &error);
		if (status > 0)
			app_error(view->app, "'%s' ended with status %d; your text is kept.",
				  app_settings(view->app)->ispell, status);
	}
	if (error)
		app_gerror(view->app, &error);
	composer_changed(c);
}

const struct fn_handler compose_field_handlers[] = {
    {FN_EDIT_FROM, fn_field, 0},
    {FN_EDIT_TO, fn_field, 0},
    {FN_EDIT_CC, fn_field, 0},
    {FN_EDIT_BCC, fn_field, 0},
    {FN_EDIT_REPLY_TO, fn_field, 0},
    {FN_EDIT_SUBJECT, fn_field, 0},
    {FN_EDIT_FCC, fn_fcc, 0},
    {FN_EDIT_MESSAGE, fn_edit, 0},
    {FN_EDIT_HEADERS, fn_edit, 0},
    {FN_ISPELL, fn_ispell, 0},
    {FN_NOOP},
};
