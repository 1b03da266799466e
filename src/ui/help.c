/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Help as text in the pager: keys of the menu, keys of the generic one, then
 * functions without a key. Only what acts is listed.
 */
#include "help.h"

#include "cur/base/text.h"
#include "cur/conf/bindings.h"
#include "cur/ui/pager.h"

enum { KEY_COLUMNS = 14, NAME_COLUMNS = 26 };

static void add_line(GString *text, const char *key, const char *name, const char *what)
{
	text_pad(text, key, -1, KEY_COLUMNS, TEXT_LEFT);
	g_string_append_c(text, ' ');
	text_pad(text, name, -1, NAME_COLUMNS, TEXT_LEFT);
	g_string_append_printf(text, " %s\n", what);
}

static void add_binding(GString *text, const struct binding *b)
{
	g_autofree char *key = keys_name(b->keys, b->n_keys);

	if (b->macro)
		add_line(text, key, "macro", b->text ? b->text : b->macro);
	else if (b->function != FN_NOOP && function_state(b->function) == STATE_ACTS)
		add_line(text, key, function_name(b->function), function_help(b->function));
}

static void add_menu(GString *text, struct app *app, enum menu menu)
{
	const GPtrArray *bindings = conf_bindings(app->conf, menu);

	for (guint i = 0; i < bindings->len; i++)
		add_binding(text, g_ptr_array_index(bindings, i));
}

static void add_unbound(GString *text, struct app *app, enum menu menu)
{
	for (int fn = 0; fn < FN_N; fn++) {
		gboolean offered = function_in_menu(fn, menu) ||
				   (menu != MENU_PAGER && function_in_menu(fn, MENU_GENERIC));

		if (offered && fn != FN_NOOP && function_state(fn) == STATE_ACTS &&
		    !conf_binding_of(app->conf, menu, fn))
			add_line(text, "", function_name(fn), function_help(fn));
	}
}

void help_open(struct app *app, int menu)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *title = g_strdup_printf("Help for %s", menu_name(menu));

	add_menu(text, app, menu);
	if (menu != MENU_PAGER && menu != MENU_EDITOR) {
		g_string_append(text, "\nGeneric bindings:\n\n");
		add_menu(text, app, MENU_GENERIC);
	}
	g_string_append(text, "\nUnbound functions:\n\n");
	add_unbound(text, app, menu);
	pager_open_text(app, title, g_string_free(g_steal_pointer(&text), FALSE));
}
