/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keywords, which NeoMutt calls labels or tags: "+todo -later !urgent" for the message or the
 * tagged ones, those of the moment the key was pressed. Tags that a notmuch user has for flags
 * ($nm_unread_tag …) are the flags.
 */
#include <string.h>

#include "cur/conf/names.h"
#include "cur/mail/flags.h"
#include "cur/model/mailbox.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"
#include "fn-virtual.h"

static void labelled(struct mailbox *mb, const GError *error, void *data)
{
	if (error)
		app_error(data, "%s", error->message);
}

/* What the words ask for. */
struct change {
	GString *add, *remove; /* keywords, blank between */
	guint32 set, clear;    /* flags */
};

/* Keywords of the first message: what is toggled is toggled as it is there. */
static gboolean has_word(struct app *app, const GArray *lids, const char *name)
{
	struct envelope env;
	g_auto(GStrv) words = NULL;

	if (!lids->len ||
	    !mailbox_lid_row(app->mailbox, g_array_index(lids, guint32, 0), NULL, NULL, &env))
		return FALSE;
	words = g_strsplit(env.field[ENV_KEYWORDS], " ", -1);
	return g_strv_contains((const char *const *)words, name);
}

/* TRUE when it is the name of a flag. */
static gboolean take_flag(const struct settings *s, struct change *c, const char *name,
			  gboolean remove)
{
	const struct {
		const char *tag;
		guint32 flag;
		gboolean turned; /* having the tag is lacking the flag */
	} names[] = {{s->nm_unread_tag, FLAG_SEEN, TRUE},
		     {s->nm_flagged_tag, FLAG_FLAGGED, FALSE},
		     {s->nm_replied_tag, FLAG_ANSWERED, FALSE}};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		if (!*names[i].tag || !g_str_equal(names[i].tag, name))
			continue;
		if (remove == names[i].turned)
			c->set |= names[i].flag;
		else
			c->clear |= names[i].flag;
		return TRUE;
	}
	return FALSE;
}

/* A word without a sign is added. */
static void sort_words(struct app *app, const GArray *lids, const char *text, struct change *c)
{
	g_auto(GStrv) words = g_strsplit_set(text, " \t,", -1);

	for (char **word = words; *word; word++) {
		const char *name = *word + (**word && strchr("+-!", **word));
		gboolean remove = **word == '-' || (**word == '!' && has_word(app, lids, name));
		GString *into = remove ? c->remove : c->add;

		if (*name && !take_flag(app_settings(app), c, name, remove))
			g_string_append_printf(into, "%s%s", into->len ? " " : "", name);
	}
}

/* What was asked for, and of which messages. */
struct labelling {
	GArray *lids;
	gboolean hide;
};

static void move_on(struct app *app, const struct labelling *l)
{
	if (l->hide)
		virtual_hide(app, l->lids);
	else
		app_advance(app, NEXT_UNDELETED);
}

static void label(struct app *app, const struct labelling *l, const char *text)
{
	struct change c = {g_string_new(NULL), g_string_new(NULL), 0, 0};

	sort_words(app, l->lids, text, &c);
	if (c.add->len || c.remove->len)
		mailbox_tag(app->mailbox, l->lids, c.add->str, c.remove->str, labelled, app);
	if (c.set || c.clear)
		mailbox_mark(app->mailbox, l->lids, c.set, c.clear, labelled, app);
	if (c.add->len || c.remove->len || c.set || c.clear)
		move_on(app, l);
	g_string_free(c.add, TRUE);
	g_string_free(c.remove, TRUE);
}

static void typed(struct app *app, const char *text, void *data)
{
	struct labelling *l = data;

	if (text && app->mailbox)
		label(app, l, text);
	g_array_unref(l->lids);
	g_free(l);
}

static void modify_labels(struct view *view, int fn)
{
	struct labelling *l = g_new0(struct labelling, 1);
	struct ask ask = {.question = "Add/remove labels: ",
			  .complete = COMPLETE_LABEL,
			  .history = HISTORY_OTHER,
			  .done = typed,
			  .data = l};

	l->lids = app_targets(view->app);
	l->hide = fn == FN_MODIFY_LABELS_THEN_HIDE || fn == FN_MODIFY_TAGS_THEN_HIDE;
	prompt_ask(view->app, &ask);
}

const struct fn_handler fn_label_handlers[] = {
    {FN_MODIFY_LABELS, modify_labels, NEED_MESSAGE | NEED_WRITABLE},
    {FN_MODIFY_LABELS_THEN_HIDE, modify_labels, NEED_MESSAGE | NEED_WRITABLE},
    {FN_MODIFY_TAGS, modify_labels, NEED_MESSAGE | NEED_WRITABLE},
    {FN_MODIFY_TAGS_THEN_HIDE, modify_labels, NEED_MESSAGE | NEED_WRITABLE},
    {FN_NOOP},
};
