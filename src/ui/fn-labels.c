/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keywords, which NeoMutt calls labels or tags: "+todo -later" for the message or the tagged
 * ones, those of the moment the key was pressed.
 */
#include <string.h>

#include "cur/conf/names.h"
#include "cur/model/mailbox.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"

static void labelled(struct mailbox *mb, const GError *error, void *data)
{
	if (error)
		app_error(data, "%s", error->message);
}

/* A word without a sign is added. */
static void sort_words(const char *text, GString *add, GString *remove)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t,", -1);

	for (char **word = words; *word; word++) {
		const char *name = *word + (**word == '+' || **word == '-');
		GString *into = **word == '-' ? remove : add;

		if (*name)
			g_string_append_printf(into, "%s%s", into->len ? " " : "", name);
	}
}

static void typed(struct app *app, const char *text, void *data)
{
	g_autoptr(GArray) lids = data;
	g_autoptr(GString) add = g_string_new(NULL);
	g_autoptr(GString) remove = g_string_new(NULL);

	if (!text || !app->mailbox)
		return;
	sort_words(text, add, remove);
	if (!add->len && !remove->len)
		return;
	mailbox_tag(app->mailbox, lids, add->str, remove->str, labelled, app);
	app_advance(app, NEXT_UNDELETED);
}

static void modify_labels(struct view *view, int fn)
{
	struct ask ask = {.question = "Add/remove labels: ",
			  .complete = COMPLETE_LABEL,
			  .history = HISTORY_OTHER,
			  .done = typed,
			  .data = app_targets(view->app)};

	prompt_ask(view->app, &ask);
}

const struct fn_handler fn_label_handlers[] = {
    {FN_MODIFY_LABELS, modify_labels, NEED_MESSAGE | NEED_WRITABLE},
    {FN_MODIFY_TAGS, modify_labels, NEED_MESSAGE | NEED_WRITABLE},
    {FN_NOOP},
};
