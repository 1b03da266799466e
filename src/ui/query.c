/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $query_command: asking it, reading its answer, showing it. */

#include "busy.h"
#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/text.h"
#include "cur/conf/conf.h"
#include "cur/mail/address.h"
#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "editor.h"
#include "people.h"

enum { QUERY_LIMIT = 1 << 20, QUERY_MS = 15000 };

/* One line of the answer; NULL for one without an address. */
static struct person *parse_line(const char *line)
{
	g_auto(GStrv) fields = g_strsplit(line, "\t", 3);
	guint n = g_strv_length(fields);
	const char *name = n > 1 ? fields[1] : "";
	auto_ptr(address) address = n ? address_parse_one(fields[0]) : NULL;
	g_autofree char *text = NULL;

	if (!address)
		return NULL;
	if (!*address->name) {
		g_free(address->name);
		address->name = g_strdup(name);
	}
	text = address_format(address);
	return person_new("", text, name, n > 2 ? fields[2] : "");
}

GPtrArray *query_parse(const char *text, char **message)
{
	GPtrArray *people = g_ptr_array_new();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	*message = g_strdup(lines[0] ? lines[0] : "");
	for (guint i = 1; lines[0] && lines[i]; i++) {
		struct person *person = parse_line(lines[i]);

		if (person)
			g_ptr_array_add(people, person);
	}
	return people;
}

/* The words of the query go to the command as one argument. */
static char *run_query(struct app *app, const char *words, GError **error)
{
	g_autofree char *line = editor_line(app_settings(app)->query_command);
	const char *const values[] = {words, NULL};
	struct child_input input = {.limit = QUERY_LIMIT, .timeout_ms = QUERY_MS};
	struct child_result result = {0};
	struct busy busy;
	gboolean ran;
	char *text;

	busy_begin(&busy, app, "Asking for '%s'", words);
	input.patience = &busy.patience;
	ran = child_shell(line, values, &input, &result, error);
	if (!busy_end(&busy) && ran)
		ran = error_set(error, CUR_ERROR_CANCELLED, "Stopped.");
	if (!ran) {
		child_result_clear(&result);
		return NULL;
	}
	text = text_make_valid(g_bytes_get_data(result.out, NULL),
			       (gssize)g_bytes_get_size(result.out));
	child_result_clear(&result);
	return text;
}

/* Who is found, at least one; NULL when the user was told why not. Yours. */
static GPtrArray *ask_command(struct app *app, const char *words)
{
	g_autofree char *answer = NULL, *message = NULL;
	GPtrArray *people = NULL;
	GError *error = NULL;

	answer = run_query(app, words, &error);
	if (answer)
		people = query_parse(answer, &message);
	if (people && people->len) {
		if (*message)
			app_message(app, "%s", message);
		return people;
	}
	if (error)
		app_gerror(app, &error);
	else
		app_error(app, "%s", message && *message ? message : "Nobody was found.");
	if (people)
		g_ptr_array_unref(people);
	return NULL;
}

static void show_found(struct app *app, const char *words, address_done_fn done, void *data)
{
	GPtrArray *people = ask_command(app, words);

	if (people)
		people_open(app, PEOPLE_QUERY, people, done, data);
	else if (done)
		done(app, NULL, data);
}

struct query {
	address_done_fn done;
	void *data;
};

static void words_typed(struct app *app, const char *text, void *data)
{
	struct query *query = data;

	if (text && *text)
		show_found(app, text, query->done, query->data);
	else if (query->done)
		query->done(app, NULL, query->data);
	g_free(query);
}

static gboolean is_defined(struct app *app)
{
	if (*app_settings(app)->query_command)
		return TRUE;
	app_error(app, "Query command not defined.");
	return FALSE;
}

void query_open(struct app *app, const char *text, address_done_fn done, void *data)
{
	struct query *query;
	struct ask ask = {.question = "Query: ", .history = HISTORY_OTHER, .done = words_typed};

	if (!is_defined(app)) {
		if (done)
			done(app, NULL, data);
		return;
	}
	if (text) {
		show_found(app, text, done, data);
		return;
	}
	query = g_new0(struct query, 1);
	query->done = done;
	query->data = data;
	ask.data = query;
	prompt_ask(app, &ask);
}

/* ---- more of them in a menu that is open ---- */

static void take_found(struct app *app, const char *text, struct view *view, gboolean also)
{
	gboolean there = g_ptr_array_find(app->views, view, NULL);
	GPtrArray *people = there && text && *text ? ask_command(app, text) : NULL;

	if (people)
		people_take(view, people, also);
}

static void others_typed(struct app *app, const char *text, void *view)
{
	take_found(app, text, view, FALSE);
}

static void more_typed(struct app *app, const char *text, void *view)
{
	take_found(app, text, view, TRUE);
}

void query_again(struct view *view, gboolean also)
{
	struct ask ask = {.question = "Query: ",
			  .history = HISTORY_OTHER,
			  .done = also ? more_typed : others_typed,
			  .data = view};

	if (is_defined(view->app))
		prompt_ask(view->app, &ask);
}
