/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $pgp_entry_format, $pgp_sort_keys, and what is asked before a doubtful key is taken. */
#include "keys-menu.h"

#include <string.h>

#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/format/of-key.h"
#include "cur/mail/date.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/pager.h"
#include "cur/ui/prompt.h"
#include "cur/ui/view.h"

enum { SHORT_ID = 8 };

struct keys_menu {
	GPtrArray *keys; /* struct crypt_key *, ours */
	gboolean own;	 /* to sign with: nobody doubts whose they are */
	char *title;
	keys_menu_fn done; /* NULL once called */
	void *data;
};

static struct crypt_key *at(struct view *view, guint n)
{
	const struct keys_menu *menu = view->data;

	return g_ptr_array_index(menu->keys, n);
}

/* ---- a line ---- */

static const char *id_of(struct app *app, const struct crypt_key *key)
{
	gsize n = strlen(key->id);

	return app_settings(app)->pgp_long_ids || n < SHORT_ID ? key->id : key->id + n - SHORT_ID;
}

static char *entry_line(struct view *view, guint n, int cols)
{
	static const char trusts[] = {
	    [CRYPT_VALIDITY_UNKNOWN] = '?', [CRYPT_VALIDITY_UNDEFINED] = 'q',
	    [CRYPT_VALIDITY_NEVER] = 'n',   [CRYPT_VALIDITY_MARGINAL] = 'm',
	    [CRYPT_VALIDITY_FULL] = 'f',    [CRYPT_VALIDITY_ULTIMATE] = 'u'};
	const struct crypt_key *key = at(view, n);
	struct key_values values = {
	    .number = n + 1,
	    .algorithm = key->algorithm,
	    .length = key->length,
	    .id = id_of(view->app, key),
	    .fingerprint = key->fingerprint,
	    .user_id = key->name,
	    .protocol = key->protocol == CRYPT_SMIME ? "S/MIME" : "PGP",
	    .can_encrypt = key->can_encrypt,
	    .can_sign = key->can_sign,
	    .revoked = key->revoked,
	    .expired = key->expired,
	    .disabled = key->disabled,
	    .trust = trusts[key->validity],
	    .created = key->created,
	};
	auto_ptr(expando) format =
	    expando_compile(EXPANDO_PGP_ENTRY, app_settings(view->app)->pgp_entry_format, NULL);
	struct expando_source source = key_source(&values);

	return expando_text(format, cols, &source);
}

static char *keys_entry_text(struct view *view, guint n)
{
	return entry_line(view, n, 200);
}

static void keys_draw(struct view *view, struct paint *paint)
{
	view_draw_list(view, paint, 0, entry_line);
}

static void keys_status(struct view *view, GString *text, int cols)
{
	const struct keys_menu *menu = view->data;

	g_string_append_printf(text, "---%s", menu->title);
}

/* ---- functions ---- */

static void finish(struct view *view, const struct crypt_key *key)
{
	struct keys_menu *menu = view->data;
	keys_menu_fn done = menu->done;
	auto_ptr(crypt_key) copy = key ? crypt_key_copy(key) : NULL;
	void *data = menu->data;

	/* The menu goes first: what comes next may open another. */
	menu->done = NULL;
	view_close(view);
	done(view->app, copy, data);
}

static void keys_close(struct view *view)
{
	struct keys_menu *menu = view->data;

	/* Left by another way than ours. */
	if (menu->done)
		menu->done(view->app, NULL, menu->data);
	g_ptr_array_unref(menu->keys);
	g_free(menu->title);
	g_free(menu);
}

static const struct view_ops pgp_ops, smime_ops;

static void doubt_answered(struct app *app, int yes, void *data)
{
	struct view *view = view_top(app);

	if (yes == 1 && view && (view->ops == &pgp_ops || view->ops == &smime_ops))
		finish(view, at(view, view->list.cursor));
}

static void fn_select(struct view *view, int fn)
{
	const struct keys_menu *menu = view->data;
	const struct crypt_key *key = at(view, view->list.cursor);

	if (!crypt_key_is_usable(key))
		app_error(view->app,
			  "This key can't be used: expired/disabled/revoked or not its owner's.");
	else if (!menu->own && key->validity < CRYPT_VALIDITY_MARGINAL)
		prompt_yes_no(view->app,
			      "ID has undefined validity. Do you really want to use the key?",
			      QUAD_ASK_NO, doubt_answered, NULL);
	else
		finish(view, key);
}

static void fn_exit(struct view *view, int fn)
{
	finish(view, NULL);
}

static void fn_name(struct view *view, int fn)
{
	app_message(view->app, "%s", at(view, view->list.cursor)->name);
}

static void append_time(GString *text, const char *label, gint64 seconds)
{
	g_autofree char *date = date_format_header(seconds, date_local_zone(seconds));

	if (seconds)
		g_string_append_printf(text, "%s%s\n", label, date);
}

static void fn_verify(struct view *view, int fn)
{
	static const char *const validities[] = {"unknown",  "undefined", "not the owner's",
						 "marginal", "full",	  "ultimate"};
	const struct crypt_key *key = at(view, view->list.cursor);
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "Name .......: %s\n", key->name);
	append_time(text, "Valid from .: ", key->created);
	append_time(text, "Valid to ...: ", key->expires);
	g_string_append_printf(text, "Key type ...: %s, %u bit %s\n",
			       key->protocol == CRYPT_SMIME ? "X.509" : "PGP", key->length,
			       key->algorithm);
	g_string_append_printf(text, "Key usage ..: %s%s\n", key->can_encrypt ? "encryption " : "",
			       key->can_sign ? "signing" : "");
	g_string_append_printf(text, "Fingerprint : %s\n", key->fingerprint);
	g_string_append_printf(text, "Validity ...: %s%s%s%s\n", validities[key->validity],
			       key->revoked ? " [Revoked]" : "", key->expired ? " [Expired]" : "",
			       key->disabled ? " [Disabled]" : "");
	pager_open_text(view->app, "Key", g_string_free(text, FALSE));
}

static const struct fn_handler handlers[] = {
    {FN_SELECT_ENTRY, fn_select, NEED_ENTRY},
    {FN_VERIFY_KEY, fn_verify, NEED_ENTRY},
    {FN_VIEW_NAME, fn_name, NEED_ENTRY},
    {FN_EXIT, fn_exit, 0},
    {FN_QUIT, fn_exit, 0},
    {FN_NOOP},
};

static const struct fn_handler *const tables[] = {handlers, NULL};

static const struct help_item help[] = {
    {FN_EXIT, "Exit"},
    {FN_SELECT_ENTRY, "Select"},
    {FN_VERIFY_KEY, "Check key"},
    {FN_HELP, "Help"},
    {0},
};

#define KEYS_OPS(menu_, name_)                                                                     \
	{                                                                                          \
		.name = name_, .menu = menu_, .handlers = tables, .draw = keys_draw,               \
		.status = keys_status, .help = help, .entry_text = keys_entry_text,                \
		.close = keys_close,                                                               \
	}
static const struct view_ops pgp_ops = KEYS_OPS(MENU_KEY_SELECT_PGP, "keys");
static const struct view_ops smime_ops = KEYS_OPS(MENU_KEY_SELECT_SMIME, "certificates");

/* ---- the list ---- */

static gint compare(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct crypt_key *x = *(struct crypt_key *const *)a,
			       *y = *(struct crypt_key *const *)b;
	unsigned sort = GPOINTER_TO_UINT(data);
	int order = 0;

	switch (sort & SORT_MASK) {
	case SORT_DATE:
		order = (x->created > y->created) - (x->created < y->created);
		break;
	case SORT_TRUST:
		order = (int)y->validity - (int)x->validity;
		break;
	case SORT_KEYID:
		order = strcmp(x->id, y->id);
		break;
	default:
		order = g_utf8_collate(x->name, y->name);
	}
	if (!order)
		order = strcmp(x->fingerprint, y->fingerprint);
	return sort & SORT_REVERSE ? -order : order;
}

static gboolean is_smime(const GPtrArray *keys)
{
	return keys->len && ((const struct crypt_key *)keys->pdata[0])->protocol == CRYPT_SMIME;
}

static void free_key(void *key)
{
	crypt_key_free(key);
}

void keys_menu_open(struct app *app, const GPtrArray *keys, gboolean own, const char *title,
		    keys_menu_fn done, void *data)
{
	struct keys_menu *menu = g_new0(struct keys_menu, 1);
	const struct settings *s = app_settings(app);
	struct view *view;

	menu->keys = g_ptr_array_new_with_free_func(free_key);
	menu->own = own;
	menu->title = g_strdup(title);
	menu->done = done;
	menu->data = data;
	for (guint i = 0; i < keys->len; i++)
		if (s->pgp_show_unusable || crypt_key_is_usable(keys->pdata[i]))
			g_ptr_array_add(menu->keys, crypt_key_copy(keys->pdata[i]));
	g_ptr_array_sort_with_data(menu->keys, compare, GUINT_TO_POINTER(s->pgp_sort_keys));
	view = view_push(app, is_smime(keys) ? &smime_ops : &pgp_ops, menu);
	list_resize(&view->list, menu->keys->len, 1);
	view_redraw(view);
}
