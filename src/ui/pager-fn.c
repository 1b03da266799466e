/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of the pager: moving, searching, quoted text. */
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/model/mailbox.h"
#include "cur/ui/prompt.h"
#include "pager-private.h"

/* ---- moving ---- */

static int page_rows(const struct pager *pager)
{
	int context = app_settings(pager->view->app)->pager_context;

	return MAX(pager->view->area.rows - MAX(context, 0), 1);
}

static void scroll(struct pager *pager, int rows)
{
	struct app *app = pager->view->app;

	if (rows > 0 && pager_at_end(pager))
		app_error(app, "Bottom of message is shown.");
	else if (pager_text_move(pager->text, &pager->top, rows) == 0)
		app_error(app,
			  rows > 0 ? "Bottom of message is shown." : "Top of message is shown.");
	view_redraw(pager->view);
}

static void fn_page(struct view *view, int fn)
{
	struct pager *pager = view->data;

	if (fn == FN_PREVIOUS_PAGE)
		scroll(pager, -page_rows(pager));
	else if (pager->lid && pager_at_end(pager) && !app_settings(view->app)->pager_stop)
		fn_call(view, FN_NEXT_UNDELETED);
	else
		scroll(pager, page_rows(pager));
}

static void fn_half(struct view *view, int fn)
{
	int half = MAX(view->area.rows / 2, 1);

	scroll(view->data, fn == FN_HALF_DOWN ? half : -half);
}

static void fn_line(struct view *view, int fn)
{
	scroll(view->data, fn == FN_NEXT_LINE ? 1 : -1);
}

static void fn_top(struct view *view, int fn)
{
	struct pager *pager = view->data;

	if (!pager->top.line && !pager->top.offset)
		app_error(view->app, "Top of message is shown.");
	pager->top = (struct text_pos){0, 0};
	pager_text_settle(pager->text, &pager->top);
	view_redraw(view);
}

static void fn_bottom(struct view *view, int fn)
{
	struct pager *pager = view->data;

	if (pager_at_end(pager)) {
		app_error(view->app, "Bottom of message is shown.");
		return;
	}
	pager_text_end(pager->text, &pager->top);
	pager_text_move(pager->text, &pager->top, 1 - MAX(view->area.rows, 1));
	view_redraw(view);
}

/* ---- the index's cursor ---- */

static void fn_entry(struct view *view, int fn)
{
	struct pager *pager = view->data;
	guint pos;

	if (!pager->lid || !app_current(view->app, &pos))
		return;
	if (fn == FN_NEXT_ENTRY && pos + 1 < mailbox_count(view->app->mailbox))
		app_go(view->app, pos + 1);
	else if (fn == FN_PREVIOUS_ENTRY && pos > 0)
		app_go(view->app, pos - 1);
	else
		app_error(view->app, fn == FN_NEXT_ENTRY ? "You are on the last entry."
							 : "You are on the first entry.");
}

static void fn_jump(struct view *view, int fn)
{
	struct pager *pager = view->data;

	if (pager->lid && view->app->index)
		fn_call(view->app->index, fn);
}

/* ---- searching ---- */

static void show_match(struct pager *pager, struct text_pos pos)
{
	int context = app_settings(pager->view->app)->search_context;

	if (context > 0)
		pager_text_move(pager->text, &pos, -MIN(context, pager->view->area.rows - 1));
	pager->top = pos;
	pager->show_hits = TRUE;
	view_redraw(pager->view);
}

/* From the far end ($wrap_search). */
static gboolean find_wrapped(struct pager *pager, gboolean backward, struct text_pos *pos)
{
	struct text_row row;

	*pos = (struct text_pos){0, 0};
	pager_text_settle(pager->text, pos);
	if (backward) {
		pager_text_end(pager->text, pos);
		pos->offset = G_MAXSIZE; /* matches in the last row count, too */
	} else if (pager_text_row(pager->text, *pos, &row) &&
		   regex_match(pager->search, row.line.text, (gssize)row.line.n)) {
		return TRUE;
	}
	return pager_text_find(pager->text, pager->search, backward, pos);
}

static void search(struct pager *pager, gboolean backward)
{
	struct app *app = pager->view->app;
	struct text_pos pos = pager->top;

	if (pager_text_find(pager->text, pager->search, backward, &pos)) {
		show_match(pager, pos);
	} else if (app_settings(app)->wrap_search && find_wrapped(pager, backward, &pos)) {
		show_match(pager, pos);
		app_message(app, "%s",
			    backward ? "Search wrapped to bottom." : "Search wrapped to top.");
	} else {
		app_error(app, "Not found.");
	}
}

static void search_typed(struct app *app, const char *text, void *data)
{
	struct pager *pager = pager_of(view_top(app)); /* it may have closed meanwhile */
	GError *error = NULL;
	struct regex *re;

	if (!text || !*text || !pager)
		return;
	re = regex_new(text, REGEX_SMART_CASE, &error);
	if (!re) {
		app_gerror(app, &error);
		return;
	}
	if (pager->search)
		regex_free(pager->search);
	pager->search = re;
	search(pager, pager->search_backward);
}

static void fn_search(struct view *view, int fn)
{
	struct pager *pager = view->data;
	struct ask ask = {
	    .question = fn == FN_SEARCH ? "Search for: " : "Reverse search for: ",
	    .history = HISTORY_PATTERN,
	    .done = search_typed,
	};

	pager->search_backward = fn == FN_SEARCH_REVERSE;
	prompt_ask(view->app, &ask);
}

static void fn_search_next(struct view *view, int fn)
{
	struct pager *pager = view->data;

	if (pager->search)
		search(pager, pager->search_backward != (fn == FN_SEARCH_OPPOSITE));
	else
		fn_search(view, FN_SEARCH);
}

static void fn_search_toggle(struct view *view, int fn)
{
	struct pager *pager = view->data;

	pager->show_hits = !pager->show_hits;
	view_redraw(view);
}

/* ---- quoted text, header ---- */

static void fn_toggle_quoted(struct view *view, int fn)
{
	struct pager *pager = view->data;

	pager->hide_quoted = !pager->hide_quoted;
	pager_layout(pager);
}

static void fn_skip(struct view *view, int fn)
{
	struct pager *pager = view->data;
	int context = app_settings(view->app)->pager_skip_quoted_context;
	gboolean moved =
	    fn == FN_SKIP_HEADERS
		? pager_text_skip_header(pager->text, &pager->top)
		: pager_text_skip_quoted(pager->text, (guint)MAX(context, 0), &pager->top);

	if (!moved)
		app_error(view->app, fn == FN_SKIP_HEADERS
					 ? "No text past headers."
					 : "No more unquoted text after quoted text.");
	view_redraw(view);
}

/* ---- parts ---- */

static const struct part *part_at(struct pager *pager, guint line)
{
	struct display_line at;

	return display_line(pager->display, line, &at) ? at.part : NULL;
}

/* The first line of the part that `line` is of; the header of the message has its own. */
static guint part_start(struct pager *pager, guint line)
{
	const struct part *part = part_at(pager, line);

	while (line && part_at(pager, line - 1) == part)
		line--;
	return line;
}

static gboolean next_part(struct pager *pager, guint *line)
{
	const struct part *here = part_at(pager, *line), *part;

	do
		part = part_at(pager, ++*line);
	while (part && part == here);
	return part != NULL;
}

static gboolean previous_part(struct pager *pager, guint *line)
{
	guint start = part_start(pager, *line);

	if (start == *line && start)
		start = part_start(pager, start - 1);
	if (start == *line)
		return FALSE;
	*line = start;
	return TRUE;
}

static void fn_part(struct view *view, int fn)
{
	struct pager *pager = view->data;
	guint line = pager->top.line;

	if (pager->display &&
	    (fn == FN_NEXT_PART ? next_part(pager, &line) : previous_part(pager, &line))) {
		pager->top = (struct text_pos){line, 0};
		pager_text_settle(pager->text, &pager->top);
	} else {
		app_error(view->app, fn == FN_NEXT_PART ? "This is the last part."
							: "This is the first part.");
	}
	view_redraw(view);
}

static void fn_toggle_weed(struct view *view, int fn)
{
	struct pager *pager = view->data;
	GError *error = NULL;

	if (!pager->display)
		return;
	if (!conf_command(view->app->conf, "toggle weed", NULL, &error))
		app_gerror(view->app, &error);
	pager->top = (struct text_pos){0, 0};
	pager_reload(pager);
}

static void fn_exit(struct view *view, int fn)
{
	view_close(view);
}

const struct fn_handler pager_handlers[] = {
    {FN_NEXT_PAGE, fn_page, 0},
    {FN_PREVIOUS_PAGE, fn_page, 0},
    {FN_HALF_DOWN, fn_half, 0},
    {FN_HALF_UP, fn_half, 0},
    {FN_NEXT_LINE, fn_line, 0},
    {FN_PREVIOUS_LINE, fn_line, 0},
    {FN_TOP, fn_top, 0},
    {FN_BOTTOM, fn_bottom, 0},
    {FN_NEXT_ENTRY, fn_entry, 0},
    {FN_PREVIOUS_ENTRY, fn_entry, 0},
    {FN_JUMP, fn_jump, 0},
    {FN_SEARCH, fn_search, 0},
    {FN_SEARCH_REVERSE, fn_search, 0},
    {FN_SEARCH_NEXT, fn_search_next, 0},
    {FN_SEARCH_OPPOSITE, fn_search_next, 0},
    {FN_SEARCH_TOGGLE, fn_search_toggle, 0},
    {FN_TOGGLE_QUOTED, fn_toggle_quoted, 0},
    {FN_NEXT_PART, fn_part, 0},
    {FN_PREVIOUS_PART, fn_part, 0},
    {FN_SKIP_QUOTED, fn_skip, 0},
    {FN_SKIP_HEADERS, fn_skip, 0},
    {FN_DISPLAY_TOGGLE_WEED, fn_toggle_weed, 0},
    {FN_EXIT, fn_exit, 0},
    {FN_NOOP},
};
