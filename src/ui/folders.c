/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The browser. What it lists is made by folders-list.c, what becomes of an entry that is chosen is
 * folders-choose.c, and what is done to mailboxes folders-mailbox.c.
 */
#include "folders.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "app-private.h"
#include "cur/base/path.h"
#include "cur/base/regex.h"
#include "cur/conf/accounts.h"
#include "cur/conf/names.h"
#include "cur/format/of-folder.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "filtered.h"
#include "folders-private.h"

/* mutt has one format for both: who reads as it does and chose that one alone means mailboxes, too.
 */
static gboolean has_one_format(const struct settings *s)
{
	return s->dialect == DIALECT_MUTT &&
	       settings_is_default(s, variable_find("mailbox_folder_format")) &&
	       !settings_is_default(s, variable_find("folder_format"));
}

static void fill(struct view *view)
{
	struct browser *b = view->data;
	const struct settings *s = app_settings(view->app);

	folders_list(view->app, b);
	expando_free(b->format);
	b->labels = b->mailboxes && has_one_format(s);
	b->format = expando_compile(
	    EXPANDO_FOLDER,
	    b->mailboxes && !b->labels ? s->mailbox_folder_format : s->folder_format, NULL);
	list_resize(&view->list, b->items->len, view->list.page);
	view_redraw(view);
}

static void put_cursor(struct view *view, const char *name)
{
	const struct browser *b = view->data;

	for (guint i = 0; i < b->items->len; i++)
		if (g_str_equal(((struct item *)g_ptr_array_index(b->items, i))->name, name))
			list_go(&view->list, i);
}

/* The cursor stays with its mailbox or file, wherever that is now. */
static void refill(struct view *view)
{
	const struct item *item = folders_current(view);
	g_autofree char *name = item ? g_strdup(item->name) : NULL;

	fill(view);
	if (name)
		put_cursor(view, name);
}

/* Another list: $browser_sticky_cursor says whether the cursor seeks `name` in it. */
static void show_other(struct view *view, const char *name)
{
	g_autofree char *copy = g_strdup(name);

	g_hash_table_remove_all(((struct browser *)view->data)->tagged);
	fill(view);
	list_go(&view->list, 0);
	if (copy && app_settings(view->app)->browser_sticky_cursor)
		put_cursor(view, copy);
}

static const char *current_name(struct view *view)
{
	const struct item *item = folders_current(view);

	return item ? item->name : NULL;
}

static void directory_changed(struct view *view)
{
	const struct browser *b = view->data;

	if (b->mailboxes)
		refill(view);
}

struct item *folders_current(struct view *view)
{
	struct browser *b = view->data;

	return view->list.n ? g_ptr_array_index(b->items, view->list.cursor) : NULL;
}

/* ---- drawing ----------------------------------------------------- */

static char type_mark(const struct item *item)
{
	if (S_ISDIR(item->st.st_mode))
		return '/';
	if (S_ISLNK(item->st.st_mode))
		return '@';
	return item->st.st_mode & S_IXUSR ? '*' : 0;
}

/* Its name, else its number. Yours. */
static char *owner_of(const struct stat *st)
{
	const struct passwd *owner = getpwuid(st->st_uid);

	return owner ? g_strdup(owner->pw_name) : g_strdup_printf("%u", (unsigned)st->st_uid);
}

static char *group_of(const struct stat *st)
{
	const struct group *group = getgrgid(st->st_gid);

	return group ? g_strdup(group->gr_name) : g_strdup_printf("%u", (unsigned)st->st_gid);
}

static char *item_text(struct view *view, const struct item *item, guint number, int cols)
{
	struct browser *b = view->data;
	gboolean is_file = item->st.st_mode != 0;
	g_autofree char *owner = is_file ? owner_of(&item->st) : NULL;
	g_autofree char *group = is_file ? group_of(&item->st) : NULL;
	struct folder_values values = {
	    .number = number,
	    .name = b->labels && item->label ? item->label : item->shown,
	    .description = item->label,
	    .type_mark = b->mailboxes ? 0 : type_mark(item),
	    .owner = owner,
	    .group = group,
	    .date_format = app_settings(view->app)->date_format,
	    .mtime = item->st.st_mtime,
	    .mode = item->st.st_mode,
	    .links = item->st.st_nlink,
	    .size_bytes = item->st.st_size,
	    .size_style = expando_size_style(app_settings(view->app)),
	    .messages = item->messages,
	    .unread = item->unread,
	    .has_new = item->has_new,
	    .is_remote = item->remote,
	    .tagged = g_hash_table_contains(b->tagged, item->name),
	    .notify = item->notify,
	    .poll = item->poll,
	};
	struct expando_source source = folder_source(&values);

	return filtered_text(view->app, b->format, cols, &source, NULL);
}

static void draw(struct view *view, struct paint *paint)
{
	struct browser *b = view->data;
	const struct rect *area = &view->area;

	for (int row = 0; row < area->rows; row++) {
		guint i = view->list.top + row;
		g_autofree char *text =
		    i < b->items->len
			? item_text(view, g_ptr_array_index(b->items, i), i + 1, area->cols)
			: NULL;

		paint_text(paint, area->y + row, area->x, area->cols,
			   text && i == view->list.cursor ? COLOR_INDICATOR : COLOR_NORMAL,
			   text ? text : "");
	}
}

static void status(struct view *view, GString *text, int cols)
{
	const struct browser *b = view->data;

	if (b->mailboxes)
		g_string_printf(text, "Mailboxes [%u]%s", directory_new_count(view->app->directory),
				app_settings(view->app)->imap_list_subscribed ? " (subscribed)"
									      : "");
	else
		g_string_printf(text, "Directory [%s], File mask: %s", b->dir, b->mask_text);
}

static char *entry_text(struct view *view, guint n)
{
	struct browser *b = view->data;

	return g_strdup(((struct item *)g_ptr_array_index(b->items, n))->shown);
}

/* ---- going elsewhere ---- */

void folders_go_to(struct view *view, const char *dir)
{
	struct browser *b = view->data;
	g_autofree char *from = b->dir;

	b->dir = path_absolute(dir);
	b->mailboxes = FALSE;
	/* One level up the cursor is on the folder that was left. */
	show_other(view, from);
}

static void leave(struct view *view, int fn)
{
	view_close(view);
}

/* ---- other functions
 * --------------------------------------------------------------------------------------- */

static void toggle_mailboxes(struct view *view, int fn)
{
	struct browser *b = view->data;

	b->mailboxes = !b->mailboxes;
	show_other(view, current_name(view));
}

static void toggle_subscribed(struct view *view, int fn)
{
	g_autofree char *name = g_strdup(current_name(view));

	conf_command(view->app->conf, "toggle imap_list_subscribed", NULL, NULL);
	show_other(view, name);
}

/* Relative to the folder that is shown; = and ~ as everywhere. */
static char *typed_dir(struct app *app, const struct browser *b, const char *text)
{
	if (strchr("=+~!@^<>", *text))
		return directory_expand(app->directory, text, NULL, NULL, NULL);
	return g_path_is_absolute(text) ? g_strdup(text) : g_build_filename(b->dir, text, NULL);
}

static void dir_typed(struct app *app, const char *text, void *data)
{
	struct view *view = data;
	g_autofree char *dir = NULL;

	if (!text || !*text || !g_ptr_array_find(app->views, view, NULL))
		return;
	dir = typed_dir(app, view->data, text);
	if (dir && g_file_test(dir, G_FILE_TEST_IS_DIR))
		folders_go_to(view, dir);
	else
		app_error(app, "%s is not a directory.", dir ? dir : text);
}

/* To $folder: its files, or the mailboxes of its account. */
static void goto_folder(struct view *view, int fn)
{
	struct browser *b = view->data;
	const char *folder = app_settings(view->app)->folder;
	g_autofree char *inbox = directory_expand(view->app->directory, "=", NULL, NULL, NULL);

	if (!conf_is_url(folder)) {
		dir_typed(view->app, "=", view);
		return;
	}
	b->mailboxes = TRUE;
	fill(view);
	put_cursor(view, inbox ? inbox : folder);
}

static void change_dir(struct view *view, int fn)
{
	const struct browser *b = view->data;
	g_autofree char *initial = g_strconcat(b->dir, "/", NULL);
	struct ask ask = {.question = "Chdir to: ",
			  .initial = initial,
			  .complete = COMPLETE_FILE,
			  .history = HISTORY_FILE,
			  .done = dir_typed,
			  .data = view};

	prompt_ask(view->app, &ask);
}

static void goto_parent(struct view *view, int fn)
{
	const struct browser *b = view->data;
	g_autofree char *parent = g_path_get_dirname(b->dir);

	folders_go_to(view, parent);
}

/* As $mask is written: "!" in front turns it round, "" lets all through. */
static gboolean set_mask(struct browser *b, const char *text, GError **error)
{
	gboolean negated = *text == '!';
	const char *pattern = text + negated;
	struct regex *re = *pattern ? regex_new(pattern, REGEX_SMART_CASE, error) : NULL;

	if (*pattern && !re)
		return FALSE;
	regex_free(b->mask);
	b->mask = re;
	b->mask_negated = negated;
	g_free(b->mask_text);
	b->mask_text = g_strdup(text);
	return TRUE;
}

static void mask_typed(struct app *app, const char *text, void *data)
{
	struct view *view = data;
	GError *error = NULL;
	guint at;

	if (!text || !g_ptr_array_find(app->views, view, &at))
		return;
	if (set_mask(view->data, *text ? text : ".", &error))
		show_other(view, current_name(view));
	else
		app_gerror(app, &error);
}

static void enter_mask(struct view *view, int fn)
{
	const struct browser *b = view->data;
	struct ask ask = {.question = "File Mask: ",
			  .initial = b->mask_text,
			  .replace = TRUE,
			  .history = HISTORY_OTHER,
			  .done = mask_typed,
			  .data = view};

	prompt_ask(view->app, &ask);
}

static void display_name(struct view *view, int fn)
{
	app_message(view->app, "%s", folders_current(view)->name);
}

/* Files are read at once; what the engine finds in the mailboxes is seen as it comes. */
static void check_new(struct view *view, int fn)
{
	client_ask(view->app->client, WIRE_SYNC, g_variant_new("(asb)", NULL, FALSE), NULL, NULL);
	refill(view);
}

static const struct {
	const char *word;
	char letter;
} orders[] = {{"date", 'd'},  {"alpha", 'a'},  {"size", 'z'},
	      {"count", 'c'}, {"unread", 'u'}, {"unsorted", 'n'}};

static void sort_by(struct app *app, int choice, void *reverse)
{
	struct view *view = view_top(app);
	g_autofree char *line = NULL, *message = NULL;
	const struct browser *b = view->data;

	if (choice < 0)
		return;
	line =
	    g_strdup_printf("set %s=%s%s", b->mailboxes ? "sort_browser_mailboxes" : "sort_browser",
			    reverse ? "reverse-" : "", orders[choice].word);
	conf_command(app->conf, line, &message, NULL);
	refill(view);
}

static void sort(struct view *view, int fn)
{
	char letters[G_N_ELEMENTS(orders) + 1] = "";

	for (guint i = 0; i < G_N_ELEMENTS(orders); i++)
		letters[i] = orders[i].letter;
	prompt_key(
	    view->app,
	    fn == FN_SORT_REVERSE
		? "Reverse sort by (d)ate, (a)lpha, si(z)e, (c)ount, (u)nread, do(n)'t sort? "
		: "Sort by (d)ate, (a)lpha, si(z)e, (c)ount, (u)nread, do(n)'t sort? ",
	    letters, sort_by, fn == FN_SORT_REVERSE ? view : NULL);
}

/* ---- the view
 * ------------------------------------------------------------------------------------------------
 */

static void closed(struct view *view)
{
	struct browser *b = view->data;

	if (b->done)
		b->done(view->app, NULL, b->data);
	if (b->many)
		b->many(view->app, NULL, b->data);
	g_hash_table_unref(b->tagged);
	g_ptr_array_unref(b->items);
	expando_free(b->format);
	regex_free(b->mask);
	g_free(b->mask_text);
	g_free(b->dir);
	g_clear_pointer(&view->data, g_free);
}

static const struct fn_handler browser_handlers[] = {
    {FN_EXIT, leave, 0},
    {FN_QUIT, leave, 0},
    {FN_TOGGLE_SUBSCRIBED, toggle_subscribed, 0},
    {FN_TOGGLE_MAILBOXES, toggle_mailboxes, 0},
    {FN_CHANGE_DIR, change_dir, 0},
    {FN_GOTO_PARENT, goto_parent, 0},
    {FN_GOTO_FOLDER, goto_folder, 0},
    {FN_ENTER_MASK, enter_mask, 0},
    {FN_DISPLAY_FILENAME, display_name, NEED_ENTRY},
    {FN_CHECK_NEW, check_new, 0},
    {FN_SORT, sort, 0},
    {FN_SORT_REVERSE, sort, 0},
    {FN_NOOP},
};

static const struct fn_handler *const handlers[] = {browser_handlers, folders_choose_handlers,
						    folders_mailbox_handlers, fn_new_mail_handlers,
						    NULL};

static const struct help_item help[] = {
    {FN_EXIT, "Exit"},	     {FN_CHANGE_DIR, "Chdir"},
    {FN_ENTER_MASK, "Mask"}, {FN_TOGGLE_MAILBOXES, "Mailboxes"},
    {FN_HELP, "Help"},	     {0},
};

static const struct view_ops ops = {
    .name = "browser",
    .menu = MENU_BROWSER,
    .handlers = handlers,
    .draw = draw,
    .status = status,
    .help = help,
    .settings_changed = refill,
    .directory_changed = directory_changed,
    .entry_text = entry_text,
    .close = closed,
};

/* The folder of what was typed, else the home folder. */
static char *start_dir(const char *start)
{
	g_autofree char *expanded = path_home_expand(*start ? start : "~");
	g_autofree char *parent = g_path_get_dirname(expanded);

	if (g_file_test(expanded, G_FILE_TEST_IS_DIR))
		return path_absolute(expanded);
	return path_absolute(g_path_is_absolute(parent) ? parent : ".");
}

static struct browser *open_browser(struct app *app, const char *start, gboolean mailboxes)
{
	struct browser *b = g_new0(struct browser, 1);
	struct view *view = view_push(app, &ops, b);

	b->items = g_ptr_array_new_with_free_func(folders_item_free);
	b->tagged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	b->mailboxes = mailboxes && directory_count(app->directory);
	b->dir = start_dir(start);
	set_mask(b, app_settings(app)->mask.text, NULL);
	fill(view);
	return b;
}

void folders_open(struct app *app, const char *start, gboolean mailboxes, prompt_text_fn done,
		  void *data)
{
	struct browser *b = open_browser(app, start, mailboxes);

	b->done = done;
	b->data = data;
}

void folders_open_many(struct app *app, const char *start, prompt_many_fn done, void *data)
{
	struct browser *b = open_browser(app, start, FALSE);

	b->many = done;
	b->data = data;
}
