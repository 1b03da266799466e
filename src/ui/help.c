/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Help as text in the pager: keys of the menu, keys of the generic one, then
 * functions without a key. Only what acts is listed.
 */
#include "help.h"

#include "cur/base/text.h"
#include "cur/conf/bindings.h"
#include "cur/ui/pager.h"
#include "cur/ui/screen.h"

enum {
	KEY_COLUMNS = 14,
	NAME_COLUMNS = 26,
	BEFORE = KEY_COLUMNS + 1 + NAME_COLUMNS + 1,
	MIN_COLUMNS = 20
};

/* The text being made, and the columns that are left for explanations. */
struct help {
	GString *text;
	int columns;
};

/* How many bytes go on a line: up to the last blank that fits. */
static gsize line_bytes(const char *what, int columns)
{
	gsize fits = text_cut(what, -1, columns, NULL), n = fits;

	if (!what[fits])
		return fits;
	while (n > 0 && what[n] != ' ')
		n--;
	return n ? n : MAX(fits, 1);
}

/* Words go on below their own column. */
static void add_explanation(struct help *help, const char *what)
{
	for (;;) {
		gsize n = line_bytes(what, help->columns);

		g_string_append_len(help->text, what, (gssize)n);
		g_string_append_c(help->text, '\n');
		what += n;
		while (*what == ' ')
			what++;
		if (!*what)
			return;
		g_string_append_printf(help->text, "%*s", BEFORE, "");
	}
}

static void add_line(struct help *help, const char *key, const char *name, const char *what)
{
	text_pad(help->text, key, -1, KEY_COLUMNS, TEXT_LEFT);
	g_string_append_c(help->text, ' ');
	text_pad(help->text, name, -1, NAME_COLUMNS, TEXT_LEFT);
	g_string_append_c(help->text, ' ');
	add_explanation(help, what);
}

static void add_binding(struct help *help, const struct binding *b)
{
	g_autofree char *key = keys_name(b->keys, b->n_keys);

	if (b->macro)
		add_line(help, key, "macro", b->text ? b->text : b->macro);
	else if (b->function != FN_NOOP && function_state(b->function) == STATE_ACTS)
		add_line(help, key, function_name(b->function), function_help(b->function));
}

static void add_menu(struct help *help, struct app *app, enum menu menu)
{
	const GPtrArray *bindings = conf_bindings(app->conf, menu);

	for (guint i = 0; i < bindings->len; i++)
		add_binding(help, g_ptr_array_index(bindings, i));
}

static void add_unbound(struct help *help, struct app *app, enum menu menu)
{
	for (int fn = 0; fn < FN_N; fn++) {
		gboolean offered = function_in_menu(fn, menu) ||
				   (menu != MENU_PAGER && function_in_menu(fn, MENU_GENERIC));

		if (offered && fn != FN_NOOP && function_state(fn) == STATE_ACTS &&
		    !conf_binding_of(app->conf, menu, fn))
			add_line(help, "", function_name(fn), function_help(fn));
	}
}

void help_open(struct app *app, int menu)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *title = g_strdup_printf("Help for %s", menu_name(menu));
	struct help help = {text, MAX(screen_cols(app->screen) - BEFORE, MIN_COLUMNS)};

	g_string_append_printf(text, "Bindings of %s:\n\n", menu_name(menu));
	add_menu(&help, app, menu);
	if (menu != MENU_PAGER && menu != MENU_EDITOR) {
		g_string_append(text, "\nGeneric bindings:\n\n");
		add_menu(&help, app, MENU_GENERIC);
	}
	g_string_append(text, "\nUnbound functions:\n\n");
	add_unbound(&help, app, menu);
	pager_open_striped(app, title, g_string_free(g_steal_pointer(&text), FALSE));
}
