/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alias menu, and making a new alias. */
#include "cur/ui/aliases.h"

#include <string.h>
#include <sys/stat.h>

#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/conf/conf.h"
#include "cur/conf/lists.h"
#include "cur/mail/address.h"
#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "people.h"

enum { ALIAS_FILE_MAX = 16 << 20 };

/* ---- the menu ---- */

void aliases_open(struct app *app, const char *prefix, address_done_fn done, void *data)
{
	const GPtrArray *aliases = conf_aliases(app->conf);
	GPtrArray *people = g_ptr_array_new();

	for (guint i = 0; i < aliases->len; i++) {
		const struct alias *alias = g_ptr_array_index(aliases, i);

		if (!prefix || g_ascii_strncasecmp(alias->key, prefix, strlen(prefix)) == 0)
			g_ptr_array_add(people, person_new(alias->key, alias->addresses, "",
							   alias->comment ? alias->comment : ""));
	}
	if (!people->len) {
		app_error(app, "You have no aliases!");
		g_ptr_array_unref(people);
		if (done)
			done(app, NULL, data);
		return;
	}
	people_open(app, PEOPLE_ALIASES, people, done, data);
}

/* ---- making one ---- */

char *alias_key(const char *proposed)
{
	char *key = g_strdup(*proposed ? proposed : "alias");

	for (char *c = key; *c; c++)
		if (!g_ascii_isalnum(*c) && !strchr("-+_.", *c) && (guchar)*c < 0x80)
			*c = '-';
	return key;
}

char *alias_line(const char *key, const char *address)
{
	GString *line = g_string_new("alias ");

	g_string_append_printf(line, "%s ", key);
	for (const char *c = address; *c; c++) {
		if (strchr("\\\"'`$#;", *c))
			g_string_append_c(line, '\\');
		g_string_append_c(line, (guchar)*c < ' ' ? ' ' : *c);
	}
	g_string_append_c(line, '\n');
	return g_string_free(line, FALSE);
}

struct creation {
	char *key;
	struct address *address;
};

static void creation_free(struct creation *c)
{
	g_free(c->key);
	if (c->address)
		address_free(c->address);
	g_free(c);
}

/* The whole file anew, so that it is never half a line longer. */
static gboolean append_alias(const char *path, const char *line, GError **error)
{
	struct stat st = {.st_mode = 0600};
	gsize n = 0;
	g_autofree char *old = NULL;
	g_autofree char *whole = NULL;

	if (stat(path, &st) == 0) {
		old = file_read(path, ALIAS_FILE_MAX, FILE_READ_FOLLOW, &n, error);
		if (!old)
			return FALSE;
	}
	whole = g_strconcat(old ? old : "", n && old[n - 1] != '\n' ? "\n" : "", line, NULL);
	return file_write_atomic(path, whole, strlen(whole), (int)(st.st_mode & 0777), error);
}

static void file_typed(struct app *app, const char *text, void *data)
{
	struct creation *c = data;
	g_autofree char *path = text && *text ? path_home_expand(text) : NULL;
	g_autofree char *address = address_format(c->address);
	g_autofree char *line = alias_line(c->key, address);
	GError *error = NULL;

	if (path) {
		conf_add_alias(app->conf, c->key, address);
		if (append_alias(path, line, &error))
			app_message(app, "Alias added.");
		else
			app_gerror(app, &error);
	}
	creation_free(c);
}

static void accepted(struct app *app, int yes, void *data)
{
	struct ask ask = {
	    .question = "Save to file: ",
	    .initial = app_settings(app)->alias_file,
	    .complete = COMPLETE_FILE,
	    .history = HISTORY_FILE,
	    .done = file_typed,
	    .data = data,
	};

	if (yes == 1)
		prompt_ask(app, &ask);
	else
		creation_free(data);
}

static void name_typed(struct app *app, const char *text, void *data)
{
	struct creation *c = data;
	g_autofree char *shown = NULL, *question = NULL;

	if (!text) {
		creation_free(c);
		return;
	}
	g_free(c->address->name);
	c->address->name = g_strdup(text);
	shown = address_format(c->address);
	question = g_strdup_printf("[%s = %s] Accept?", c->key, shown);
	prompt_yes_no(app, question, QUAD_ASK_YES, accepted, c);
}

static void address_typed(struct app *app, const char *text, void *data)
{
	struct creation *c = data;
	g_autofree char *name = c->address ? g_strdup(c->address->name) : NULL;
	struct ask ask = {
	    .question = "Personal name: ",
	    .initial = name,
	    .history = HISTORY_OTHER,
	    .done = name_typed,
	    .data = c,
	};

	g_clear_pointer(&c->address, address_free);
	c->address = text ? address_parse_one(text) : NULL;
	if (c->address) {
		prompt_ask(app, &ask);
		return;
	}
	if (text)
		app_error(app, "'%s' is no address.", text);
	creation_free(c);
}

static void key_typed(struct app *app, const char *text, void *data)
{
	struct creation *c = data;
	g_autofree char *spec = c->address ? address_spec(c->address) : NULL;
	struct ask ask = {
	    .question = "Address: ",
	    .initial = spec,
	    .history = HISTORY_ALIAS,
	    .done = address_typed,
	    .data = c,
	};

	if (!text || !*text) {
		creation_free(c);
		return;
	}
	c->key = alias_key(text);
	if (conf_alias(app->conf, c->key)) {
		app_error(app, "You already have an alias defined with that name!");
		creation_free(c);
		return;
	}
	prompt_ask(app, &ask);
}

void aliases_create(struct app *app, const char *address)
{
	struct creation *c = g_new0(struct creation, 1);
	g_autofree char *proposed = NULL;
	struct ask ask = {
	    .question = "Alias as: ",
	    .history = HISTORY_OTHER,
	    .done = key_typed,
	    .data = c,
	};

	c->address = address_parse_one(address);
	if (c->address)
		proposed = alias_key(c->address->local);
	ask.initial = proposed;
	prompt_ask(app, &ask);
}
