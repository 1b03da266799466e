/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which people a menu shows, in which order, and who is tagged by a pattern. */
#include "cur/conf/names.h"
#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "cur/ui/view.h"
#include "people-match.h"
#include "people-private.h"

/* ---- order ---- */

/* An alias has none of its own: its address begins with one. */
static const char *name_of(const struct person *person)
{
	return *person->name ? person->name : person->address;
}

static int compare(const void *a, const void *b, void *data)
{
	const struct person *x = *(const struct person *const *)a;
	const struct person *y = *(const struct person *const *)b;
	unsigned sort = GPOINTER_TO_UINT(data);
	int order = 0;

	switch (sort & SORT_MASK) {
	case SORT_ADDRESS:
		order = g_ascii_strcasecmp(x->address, y->address);
		break;
	case SORT_ALIAS:
		order = g_ascii_strcasecmp(x->key, y->key);
		break;
	case SORT_ALPHA:
		order = g_utf8_collate(name_of(x), name_of(y));
		break;
	default:
		break;
	}
	return sort & SORT_REVERSE ? -order : order;
}

void people_refresh(struct view *view)
{
	struct people *people = view->data;
	const struct person *current = view->list.n ? people_at(people, view->list.cursor) : NULL;
	guint at;

	g_ptr_array_set_size(people->shown, 0);
	for (guint i = 0; i < people->all->len; i++) {
		struct person *person = g_ptr_array_index(people->all, i);

		if (!person->hidden)
			g_ptr_array_add(people->shown, person);
	}
	g_ptr_array_sort_with_data(people->shown, compare, GUINT_TO_POINTER(people->sort));
	list_resize(&view->list, people->shown->len, MAX(view->list.page, 1));
	if (current && g_ptr_array_find(people->shown, current, &at))
		list_go(&view->list, at);
	view_redraw(view);
}

static const struct {
	unsigned sort;
	char letter;
} orders[] = {{SORT_ALIAS, 'a'}, {SORT_ALPHA, 'n'}, {SORT_ADDRESS, 'e'}, {SORT_UNSORTED, 'u'}};

static void sort_by(struct app *app, int choice, void *reverse)
{
	struct view *view = view_top(app);
	struct people *people = view->data;

	if (choice < 0)
		return;
	people->sort = orders[choice].sort | (reverse ? SORT_REVERSE : 0);
	people_refresh(view);
}

static void sort(struct view *view, int fn)
{
	gboolean reverse = fn == FN_SORT_ALIAS_REVERSE || fn == FN_SORT_REVERSE;
	char letters[G_N_ELEMENTS(orders) + 1] = "";

	for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
		letters[i] = orders[i].letter;
	prompt_key(view->app,
		   reverse ? "Reverse sort by (a)lias, (n)ame, (e)mail, (u)nsorted? "
			   : "Sort by (a)lias, (n)ame, (e)mail, (u)nsorted? ",
		   letters, sort_by, reverse ? view : NULL);
}

/* ---- patterns ---- */

/* The view the question was asked for, if it is still there. */
static struct view *still_there(struct app *app, void *data)
{
	return g_ptr_array_find(app->views, data, NULL) ? data : NULL;
}

static struct people_match *match_typed(struct app *app, const char *text)
{
	GError *error = NULL;
	struct people_match *match = people_match_new(text, &error);

	if (!match)
		app_gerror(app, &error);
	return match;
}

static void limit_typed(struct app *app, const char *text, void *data)
{
	struct view *view = still_there(app, data);
	struct people *people = view ? view->data : NULL;
	auto_ptr(people_match) match = view && text ? match_typed(app, text) : NULL;

	if (!match)
		return;
	for (guint i = 0; i < people->all->len; i++) {
		struct person *person = g_ptr_array_index(people->all, i);

		person->hidden = !people_match(match, person);
	}
	g_free(people->limit);
	people->limit = *text && !g_str_equal(text, "~A") ? g_strdup(text) : NULL;
	people_refresh(view);
}

static void limit(struct view *view, int fn)
{
	const struct people *people = view->data;
	struct ask ask = {.question = "Limit to people matching: ",
			  .initial = people->limit,
			  .replace = TRUE,
			  .history = HISTORY_PATTERN,
			  .done = limit_typed,
			  .data = view};

	prompt_ask(view->app, &ask);
}

static void set_tags(struct app *app, const char *text, struct view *view, gboolean on)
{
	auto_ptr(people_match) match = view && text && *text ? match_typed(app, text) : NULL;
	const struct people *people = view ? view->data : NULL;

	for (guint i = 0; match && i < people->shown->len; i++) {
		struct person *person = people_at(people, i);

		if (people_match(match, person))
			person->tagged = on;
	}
	if (match)
		view_redraw(view);
}

static void tag_typed(struct app *app, const char *text, void *data)
{
	set_tags(app, text, still_there(app, data), TRUE);
}

static void untag_typed(struct app *app, const char *text, void *data)
{
	set_tags(app, text, still_there(app, data), FALSE);
}

static void tag_pattern(struct view *view, int fn)
{
	gboolean on = fn == FN_TAG_PATTERN;
	struct ask ask = {.question = on ? "Tag people matching: " : "Untag people matching: ",
			  .history = HISTORY_PATTERN,
			  .done = on ? tag_typed : untag_typed,
			  .data = view};

	prompt_ask(view->app, &ask);
}

const struct fn_handler people_pick_handlers[] = {
    {FN_SORT_ALIAS, sort, 0},
    {FN_SORT_ALIAS_REVERSE, sort, 0},
    {FN_SORT, sort, 0},
    {FN_SORT_REVERSE, sort, 0},
    {FN_LIMIT, limit, 0},
    {FN_TAG_PATTERN, tag_pattern, NEED_ENTRY},
    {FN_UNTAG_PATTERN, tag_pattern, NEED_ENTRY},
    {FN_NOOP},
};
