/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which mailboxes the sidebar shows, in which order, and how each line looks. */
#include "sidebar.h"

#include <string.h>

#include "app-private.h"
#include "cur/base/text.h"
#include "cur/conf/lists.h"
#include "cur/conf/names.h"
#include "cur/conf/virtual.h"
#include "cur/format/of-sidebar.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"
#include "filtered.h"

enum { COLUMNS_LEFT = 20 }; /* what the view beside it keeps at least */

struct sidebar {
	struct rect area; /* cols 0: hidden */
	int divider_x;
	struct list list;
	GPtrArray *names; /* canonical names of the lines, char * */
	char *highlight;  /* name under the sidebar's cursor, or NULL: the open one */
	gboolean virtual; /* sidebar-toggle-virtual: show what notmuch finds, nothing else */
	gboolean stale;	  /* names are to be made again */
	gboolean dirty;
	struct marks {
		guint deleted, tagged, shown;
	} drawn; /* of the open mailbox, as its line says */
};

struct sidebar *sidebar_new(void)
{
	struct sidebar *sb = g_new0(struct sidebar, 1);

	sb->names = g_ptr_array_new_with_free_func(g_free);
	sb->stale = TRUE;
	return sb;
}

void sidebar_free(struct sidebar *sb)
{
	if (!sb)
		return;
	g_ptr_array_unref(sb->names);
	g_free(sb->highlight);
	g_free(sb);
}

void sidebar_changed(struct app *app)
{
	app->sidebar->stale = app->sidebar->dirty = TRUE;
}

gboolean sidebar_dirty(const struct app *app)
{
	return app->sidebar->dirty && app->sidebar->area.cols;
}

void sidebar_hide(struct app *app)
{
	app->sidebar->area.cols = 0;
}

void sidebar_place(struct app *app, struct rect *area)
{
	const struct settings *s = app_settings(app);
	struct sidebar *sb = app->sidebar;
	int divider = text_width(s->sidebar_divider_char, -1);
	int width = CLAMP(s->sidebar_width, 0, area->cols);

	sb->area = *area;
	sb->area.cols = 0;
	if (!s->sidebar_visible || width <= divider || area->cols - width < COLUMNS_LEFT)
		return;
	sb->area.cols = width - divider;
	area->cols -= width;
	if (s->sidebar_on_right) {
		sb->divider_x = area->x + area->cols;
		sb->area.x = sb->divider_x + divider;
	} else {
		sb->divider_x = area->x + sb->area.cols;
		area->x += width;
	}
	sb->dirty = TRUE;
}

/* ---- lines ------------------------------------------------------------------------------ */

static gboolean is_open(const struct app *app, const char *name)
{
	return app->mailbox && g_str_equal(mailbox_name(app->mailbox), name);
}

static gboolean is_pinned(const struct app *app, const struct folder *f)
{
	const GPtrArray *pins = conf_sidebar_pins(app->conf);

	for (guint i = 0; i < pins->len; i++) {
		g_autofree char *name =
		    directory_expand(app->directory, g_ptr_array_index(pins, i), NULL, NULL, NULL);

		if (g_strcmp0(name, f->name) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean is_shown(const struct app *app, const struct folder *f)
{
	const struct settings *s = app_settings(app);

	if (!f->listed)
		return is_open(app, f->name);
	if (app->sidebar->virtual && !g_str_has_prefix(f->name, "notmuch://"))
		return FALSE;
	if (is_open(app, f->name) || is_pinned(app, f))
		return TRUE;
	if (s->sidebar_new_mail_only && !f->has_new && !f->flagged)
		return FALSE;
	return !s->sidebar_non_empty_mailbox_only || f->messages;
}

static int compare(const struct folder *a, const struct folder *b, unsigned word)
{
	switch (word) {
	case SORT_COUNT:
		return (a->messages < b->messages) - (a->messages > b->messages);
	case SORT_FLAGGED:
		return (a->flagged < b->flagged) - (a->flagged > b->flagged);
	case SORT_UNREAD:
		return (a->unread < b->unread) - (a->unread > b->unread);
	case SORT_ALPHA:
	case SORT_DESC:
	case SORT_PATH:
		return g_utf8_collate(a->name, b->name);
	default:
		return 0;
	}
}

static int compare_names(const void *a, const void *b, void *data)
{
	const struct app *app = data;
	unsigned sort = app_settings(app)->sidebar_sort_method;
	const struct folder *x = directory_find(app->directory, *(char *const *)a);
	const struct folder *y = directory_find(app->directory, *(char *const *)b);
	int order = x && y ? compare(x, y, sort & SORT_MASK) : 0;

	return sort & SORT_REVERSE ? -order : order;
}

static void make_lines(struct app *app)
{
	struct sidebar *sb = app->sidebar;
	const char *current = sb->highlight  ? sb->highlight
			      : app->mailbox ? mailbox_name(app->mailbox)
					     : "";

	g_ptr_array_set_size(sb->names, 0);
	for (guint i = 0; i < directory_count(app->directory); i++) {
		const struct folder *f = directory_at(app->directory, i);

		if (is_shown(app, f))
			g_ptr_array_add(sb->names, g_strdup(f->name));
	}
	g_qsort_with_data(sb->names->pdata, sb->names->len, sizeof(void *), compare_names, app);
	list_resize(&sb->list, sb->names->len, sb->area.rows);
	for (guint i = 0; i < sb->names->len; i++)
		if (g_str_equal(g_ptr_array_index(sb->names, i), current))
			list_go(&sb->list, i);
	sb->stale = FALSE;
}

/* ---- names ------------------------------------------------------------------------------- */

/* What the settings make of a mailbox's place among the others. */
struct line_name {
	char *shown;
	guint depth; /* levels to indent it by */
};

static gboolean is_level_end(const struct settings *s, const char *p)
{
	return strchr(s->sidebar_delim_chars, *p) && p[1];
}

/* mutt's: without the shortcut for $folder, and whole where no other shortcut is wanted. */
static char *plain_name(const struct app *app, const struct folder *f)
{
	const struct settings *s = app_settings(app);
	g_autofree char *shown = directory_shorten(app->directory, f->name);

	if (s->sidebar_use_mailbox_shortcuts)
		return g_steal_pointer(&shown);
	return g_strdup(*shown == '=' ? shown + 1 : f->name);
}

/* $sidebar_component_depth: the levels above are of no interest. */
static const char *without_levels(const struct settings *s, const char *name)
{
	int n = s->sidebar_component_depth;

	for (const char *p = name; n > 0 && *p; p++)
		if (is_level_end(s, p)) {
			name = p + 1;
			n--;
		}
	return name;
}

static struct line_name name_by_levels(const struct app *app, const char *whole)
{
	const struct settings *s = app_settings(app);
	const char *name = without_levels(s, whole), *last = name;
	guint depth = 0;

	for (const char *p = name; *p; p++)
		if (is_level_end(s, p)) {
			last = p + 1;
			depth++;
		}
	return (struct line_name){g_strdup(s->sidebar_short_path ? last : name), depth};
}

/* The nearest line above that holds this one; -1 when there is none. */
static int line_above(const struct app *app, int line)
{
	const GPtrArray *names = app->sidebar->names;
	const char *name = g_ptr_array_index(names, line);

	for (int i = line - 1; i >= 0; i--) {
		const char *above = g_ptr_array_index(names, i);
		gsize n = strlen(above);

		if (!strncmp(name, above, n) && name[n] &&
		    is_level_end(app_settings(app), name + n))
			return i;
	}
	return -1;
}

/* $sidebar_relative_shortpath_indent: as seen from the mailbox above. */
static struct line_name name_by_above(const struct app *app, const char *whole, int line)
{
	const GPtrArray *names = app->sidebar->names;
	int above = line_above(app, line);
	struct line_name name = {g_strdup(whole), 0};

	if (above >= 0 && app_settings(app)->sidebar_short_path) {
		const char *full = g_ptr_array_index(names, line);

		g_free(name.shown);
		name.shown = g_strdup(full + strlen(g_ptr_array_index(names, above)) + 1);
	}
	for (; above >= 0; above = line_above(app, above))
		name.depth++;
	return name;
}

/* How the mailbox of a line is written, indented as the settings ask. Yours. */
static char *line_name(const struct app *app, const struct folder *f, int line, gboolean labelled)
{
	const struct settings *s = app_settings(app);
	g_autofree char *whole = labelled ? g_strdup(f->label) : plain_name(app, f);
	struct line_name name = s->sidebar_relative_shortpath_indent && !labelled
				    ? name_by_above(app, whole, line)
				    : name_by_levels(app, whole);
	GString *text = g_string_new(NULL);

	for (guint i = 0; s->sidebar_folder_indent && i < name.depth; i++)
		g_string_append(text, s->sidebar_indent_string);
	g_string_append(text, labelled ? f->label : name.shown);
	g_free(name.shown);
	return g_string_free(text, FALSE);
}

/* ---- drawing ----------------------------------------------------------------------------- */

static int line_style(const struct app *app, const struct folder *f, gboolean cursor)
{
	const struct settings *s = app_settings(app);

	if (is_open(app, f->name))
		return COLOR_SIDEBAR_INDICATOR;
	if (cursor && app->sidebar->highlight)
		return COLOR_SIDEBAR_HIGHLIGHT;
	if (f->has_new)
		return COLOR_SIDEBAR_NEW;
	if (f->unread)
		return COLOR_SIDEBAR_UNREAD;
	if (f->flagged)
		return COLOR_SIDEBAR_FLAGGED;
	return g_str_equal(f->name, s->spoolfile) ? COLOR_SIDEBAR_SPOOLFILE
						  : COLOR_SIDEBAR_ORDINARY;
}

/* What this session did to the open mailbox: it is counted here, not by the directory. */
static struct marks marks_now(const struct app *app)
{
	struct mailbox_counts counts = {0};

	if (app->mailbox)
		mailbox_counts(app->mailbox, &counts);
	return (struct marks){counts.deleted, counts.tagged, counts.shown};
}

/*
 * A label is mutt's %B; NeoMutt, whose %D is the label, keeps the two apart. A query is nothing to
 * call a mailbox by.
 */
static gboolean has_label_for_name(const struct app *app, const struct expando *format,
				   const struct folder *f)
{
	gboolean apart = app_settings(app)->dialect == DIALECT_NEOMUTT ||
			 expando_uses(format, EXPANDO_SIDEBAR_DESCRIPTION);

	return *f->label && (!apart || conf_is_virtual(f->name));
}

static char *line_text(struct app *app, const struct expando *format, const struct folder *f,
		       int line)
{
	g_autofree char *name = line_name(app, f, line, has_label_for_name(app, format, f));
	struct sidebar_values values = {
	    .name = name,
	    .description = *f->label ? f->label : NULL,
	    .messages = f->messages,
	    .unread = f->unread,
	    .new = f->fresh,
	    .old = f->unread - MIN(f->unread, f->fresh),
	    .flagged = f->flagged,
	    .is_open = is_open(app, f->name),
	    .has_new = f->has_new,
	    .notify = f->notify,
	    .poll = f->poll,
	};

	if (values.is_open) {
		struct marks marks = marks_now(app);

		values.deleted = marks.deleted;
		values.shown = marks.shown;
		values.tagged = marks.tagged;
	}

	struct expando_source source = sidebar_source(&values);

	return filtered_text(app, format, app->sidebar->area.cols, &source, NULL);
}

static void draw_line(struct app *app, struct paint *paint, const struct expando *format, int row)
{
	struct sidebar *sb = app->sidebar;
	guint i = sb->list.top + row;
	int y = sb->area.y + row;
	const struct folder *f =
	    i < sb->names->len ? directory_find(app->directory, g_ptr_array_index(sb->names, i))
			       : NULL;
	g_autofree char *text = f ? line_text(app, format, f, (int)i) : NULL;

	paint_text(paint, y, sb->area.x, sb->area.cols,
		   f ? line_style(app, f, i == sb->list.cursor) : COLOR_SIDEBAR_BACKGROUND,
		   text ? text : "");
	paint_text(paint, y, sb->divider_x, text_width(app_settings(app)->sidebar_divider_char, -1),
		   COLOR_SIDEBAR_DIVIDER, app_settings(app)->sidebar_divider_char);
}

/* The row of the open mailbox, -1 when it is not in sight. */
static int open_row(const struct app *app)
{
	const struct sidebar *sb = app->sidebar;
	guint end = MIN(sb->names->len, sb->list.top + (guint)sb->area.rows);

	for (guint i = sb->list.top; i < end; i++)
		if (is_open(app, g_ptr_array_index(sb->names, i)))
			return (int)(i - sb->list.top);
	return -1;
}

void sidebar_draw(struct app *app, struct paint *paint, gboolean all)
{
	struct sidebar *sb = app->sidebar;
	struct marks now = marks_now(app);
	gboolean marked = memcmp(&now, &sb->drawn, sizeof(now)) != 0;
	auto_ptr(expando) format = NULL;

	if (!sb->area.cols || (!all && !sb->dirty && !marked))
		return;
	format = expando_compile(EXPANDO_SIDEBAR, app_settings(app)->sidebar_format, NULL);
	sb->drawn = now;
	if (!all && !sb->dirty) {
		int row = open_row(app);

		if (row >= 0)
			draw_line(app, paint, format, row);
		return;
	}
	make_lines(app);
	for (int row = 0; row < sb->area.rows; row++)
		draw_line(app, paint, format, row);
	sb->dirty = FALSE;
}

/* ---- functions ------------------------------------------------------------------------------- */

static void next_new(struct app *app, gboolean forward)
{
	struct sidebar *sb = app->sidebar;
	guint n = sb->names->len;

	for (guint i = 1; i <= n; i++) {
		guint at = (sb->list.cursor + (forward ? i : n - i)) % n;
		const struct folder *f =
		    directory_find(app->directory, g_ptr_array_index(sb->names, at));
		gboolean wrapped = forward ? at <= sb->list.cursor : at >= sb->list.cursor;

		if (wrapped && !app_settings(app)->sidebar_next_new_wrap)
			return;
		if (f && f->has_new) {
			list_go(&sb->list, at);
			return;
		}
	}
}

static void move(struct app *app, int fn)
{
	struct list *list = &app->sidebar->list;

	switch (fn) {
	case FN_SIDEBAR_FIRST:
		list_move(list, LIST_FIRST);
		break;
	case FN_SIDEBAR_LAST:
		list_move(list, LIST_LAST);
		break;
	case FN_SIDEBAR_NEXT:
		list_go(list, list->cursor + 1);
		break;
	case FN_SIDEBAR_PREV:
		list_go(list, list->cursor ? list->cursor - 1 : 0);
		break;
	case FN_SIDEBAR_PAGE_DOWN:
		list_move(list, LIST_NEXT_PAGE);
		break;
	case FN_SIDEBAR_PAGE_UP:
		list_move(list, LIST_PREVIOUS_PAGE);
		break;
	default:
		next_new(app, fn == FN_SIDEBAR_NEXT_NEW);
	}
}

static void toggle_visible(struct app *app)
{
	g_autofree char *message = NULL;

	conf_command(app->conf, "toggle sidebar_visible", &message, NULL);
	app->priv->relayout = TRUE;
}

void sidebar_function(struct view *view, int fn)
{
	struct app *app = view->app;
	struct sidebar *sb = app->sidebar;

	if (fn == FN_SIDEBAR_TOGGLE_VISIBLE) {
		toggle_visible(app);
		return;
	}
	if (fn == FN_SIDEBAR_TOGGLE_VIRTUAL) {
		sb->virtual = !sb->virtual;
		sidebar_changed(app);
		return;
	}
	if (!sb->area.cols || !sb->names->len)
		return;
	sb->dirty = TRUE;
	if (fn == FN_SIDEBAR_OPEN) {
		g_autofree char *name = g_strdup(g_ptr_array_index(sb->names, sb->list.cursor));

		g_clear_pointer(&sb->highlight, g_free);
		app_open_mailbox(app, name, app->read_only);
		return;
	}
	move(app, fn);
	g_free(sb->highlight);
	sb->highlight = g_strdup(g_ptr_array_index(sb->names, sb->list.cursor));
}
