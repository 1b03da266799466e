/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The menu behind aliases.c and query.c. */
#include "people-private.h"

#include <string.h>

#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/conf/lists.h"
#include "cur/format/of-alias.h"
#include "cur/format/of-query.h"
#include "cur/mail/address.h"
#include "cur/model/compose.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/send.h"
#include "cur/ui/view.h"
#include "filtered.h"

/* "a friend tags:work,home since 2020": the tags as NeoMutt has them, yours, NULL for none; *rest
 * is what else is said, yours. */
static char *split_tags(const char *comment, char **rest)
{
	static const char mark[] = "tags:";
	const char *at = strstr(comment, mark), *tags, *end;

	while (at && at > comment && !g_ascii_isspace(at[-1]))
		at = strstr(at + 1, mark);
	if (!at) {
		*rest = g_strdup(comment);
		return NULL;
	}
	tags = at + strlen(mark);
	end = tags + strcspn(tags, " \t");
	*rest = g_strdup_printf("%.*s%s", (int)(at - comment), comment, end + strspn(end, " \t"));
	g_strchomp(*rest);
	return g_strndup(tags, (gsize)(end - tags));
}

struct person *person_new(const char *key, const char *address, const char *name, const char *extra)
{
	struct person *person = g_new0(struct person, 1);

	person->key = g_strdup(key);
	person->address = g_strdup(address);
	person->name = g_strdup(name);
	person->tags = split_tags(extra, &person->extra);
	return person;
}

void person_free(struct person *person)
{
	g_free(person->key);
	g_free(person->address);
	g_free(person->name);
	g_free(person->extra);
	g_free(person->tags);
	g_free(person);
}

/* ---- lines ---- */

struct person *people_at(const struct people *people, guint n)
{
	return g_ptr_array_index(people->shown, n);
}

static char *alias_text(struct app *app, const struct person *person, guint n, int cols)
{
	struct alias_values values = {
	    .number = n + 1,
	    .alias = person->key,
	    .addresses = person->address,
	    .comment = person->extra,
	    .tags = person->tags,
	    .tagged = person->tagged,
	    .deleted = person->deleted,
	};
	struct expando_source source = alias_source(&values);
	auto_ptr(expando) format =
	    expando_compile(EXPANDO_ALIAS, app_settings(app)->alias_format, NULL);

	return filtered_text(app, format, cols, &source, NULL);
}

static char *query_text(struct app *app, const struct person *person, guint n, int cols)
{
	auto_ptr(address) address = address_parse_one(person->address);
	g_autofree char *bare = address ? address_spec(address) : g_strdup(person->address);
	struct query_values values = {
	    .number = n + 1,
	    .address = bare,
	    .name = person->name,
	    .extra = person->extra,
	    .tags = person->tags,
	    .tagged = person->tagged,
	};
	struct expando_source source = query_source(&values);
	auto_ptr(expando) format =
	    expando_compile(EXPANDO_QUERY, app_settings(app)->query_format, NULL);

	return filtered_text(app, format, cols, &source, NULL);
}

static char *line_text(struct view *view, guint n, int cols)
{
	const struct people *people = view->data;
	const struct person *person = people_at(people, n);

	return people->kind == PEOPLE_ALIASES ? alias_text(view->app, person, n, cols)
					      : query_text(view->app, person, n, cols);
}

static char *people_entry_text(struct view *view, guint n)
{
	return line_text(view, n, 200);
}

static void people_draw(struct view *view, struct paint *paint)
{
	view_draw_list(view, paint, 0, line_text);
}

static void people_status(struct view *view, GString *text, int cols)
{
	const struct people *people = view->data;

	g_string_append(text, people->kind == PEOPLE_ALIASES ? "---Aliases" : "---Query");
	if (people->limit)
		g_string_append_printf(text, " [%u/%u] limit: %s", people->shown->len,
				       people->all->len, people->limit);
}

/* ---- choosing ---- */

/* The tagged ones, else the current one, as header text. Yours. */
static char *chosen(struct view *view)
{
	const struct people *people = view->data;
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < people->shown->len; i++) {
		const struct person *person = people_at(people, i);

		if (person->tagged)
			g_string_append_printf(out, "%s%s", out->len ? ", " : "", person->address);
	}
	if (!out->len)
		g_string_append(out, people_at(people, view->list.cursor)->address);
	return g_string_free(out, FALSE);
}

static void write_to(struct app *app, const char *addresses)
{
	struct draft *draft = compose_new(app->conf);

	draft_set(&draft->to, addresses);
	send_new(app, draft);
}

static void fn_select(struct view *view, int fn)
{
	struct people *people = view->data;
	g_autofree char *addresses = chosen(view);
	address_done_fn done = people->done;
	void *data = people->data;

	people->done = NULL;
	view_close(view);
	if (done)
		done(view->app, addresses, data);
	else
		write_to(view->app, addresses);
}

static void fn_mail(struct view *view, int fn)
{
	g_autofree char *addresses = chosen(view);

	write_to(view->app, addresses);
}

static void go_on(struct view *view)
{
	if (view->list.cursor + 1 < view->list.n)
		list_go(&view->list, view->list.cursor + 1);
	view_redraw(view);
}

static void fn_tag(struct view *view, int fn)
{
	struct person *person = people_at(view->data, view->list.cursor);

	person->tagged = !person->tagged;
	go_on(view);
}

/* An alias is gone when the menu is left; the file it was read from stays as it is, as in mutt. */
static void fn_delete(struct view *view, int fn)
{
	people_at(view->data, view->list.cursor)->deleted = fn == FN_DELETE_ENTRY;
	go_on(view);
}

static void fn_create(struct view *view, int fn)
{
	aliases_create(view->app, people_at(view->data, view->list.cursor)->address);
}

static void fn_query(struct view *view, int fn)
{
	query_again(view, fn == FN_QUERY_APPEND);
}

static void remove_deleted(struct app *app, const struct people *people)
{
	for (guint i = 0; i < people->all->len; i++) {
		const struct person *person = g_ptr_array_index(people->all, i);

		if (person->deleted)
			conf_remove_alias(app->conf, person->key);
	}
}

static void people_close(struct view *view)
{
	struct people *people = view->data;

	remove_deleted(view->app, people);
	if (people->done)
		people->done(view->app, NULL, people->data);
	g_ptr_array_unref(people->shown);
	g_ptr_array_unref(people->all);
	g_free(people->limit);
	g_free(people);
}

static const struct fn_handler handlers[] = {
    {FN_SELECT_ENTRY, fn_select, NEED_ENTRY},
    {FN_MAIL, fn_mail, NEED_ENTRY},
    {FN_TAG_ENTRY, fn_tag, NEED_ENTRY},
    {FN_NOOP},
};

static const struct fn_handler alias_handlers[] = {
    {FN_DELETE_ENTRY, fn_delete, NEED_ENTRY},
    {FN_UNDELETE_ENTRY, fn_delete, NEED_ENTRY},
    {FN_NOOP},
};

static const struct fn_handler query_handlers[] = {
    {FN_CREATE_ALIAS, fn_create, NEED_ENTRY},
    {FN_QUERY, fn_query, 0},
    {FN_QUERY_APPEND, fn_query, 0},
    {FN_NOOP},
};

static const struct fn_handler *const alias_tables[] = {handlers, alias_handlers,
							people_pick_handlers, NULL};
static const struct fn_handler *const query_tables[] = {handlers, query_handlers,
							people_pick_handlers, NULL};

static const struct help_item help[] = {
    {FN_EXIT, "Exit"},	   {FN_MAIL, "Mail"}, {FN_SELECT_ENTRY, "Select"},
    {FN_TAG_ENTRY, "Tag"}, {FN_HELP, "Help"}, {0},
};

static const struct view_ops alias_ops = {
    .name = "aliases",
    .menu = MENU_ALIAS,
    .handlers = alias_tables,
    .draw = people_draw,
    .status = people_status,
    .help = help,
    .entry_text = people_entry_text,
    .close = people_close,
};

static const struct view_ops query_ops = {
    .name = "query",
    .menu = MENU_QUERY,
    .handlers = query_tables,
    .draw = people_draw,
    .status = people_status,
    .help = help,
    .entry_text = people_entry_text,
    .close = people_close,
};

static void free_person(void *person)
{
	person_free(person);
}

void people_open(struct app *app, enum people_kind kind, GPtrArray *list, address_done_fn done,
		 void *data)
{
	struct people *people = g_new0(struct people, 1);
	struct view *view;

	people->kind = kind;
	people->all = g_ptr_array_new_with_free_func(free_person);
	people->shown = g_ptr_array_new();
	people->sort = kind == PEOPLE_ALIASES ? app_settings(app)->sort_alias : SORT_UNSORTED;
	people->done = done;
	people->data = data;
	view = view_push(app, kind == PEOPLE_ALIASES ? &alias_ops : &query_ops, people);
	people_take(view, list, FALSE);
}

void people_take(struct view *view, GPtrArray *list, gboolean also)
{
	struct people *people = view->data;

	if (!also) {
		g_ptr_array_set_size(people->all, 0);
		g_clear_pointer(&people->limit, g_free);
	}
	g_ptr_array_extend_and_steal(people->all, list);
	people_refresh(view);
	if (!also)
		list_go(&view->list, 0);
}
