/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader: options, then a command for scripts, or the configuration and the interface. */
#include <locale.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cur/base/arguments.h"
#include "cur/base/path.h"
#include "cur/base/privileges.h"
#include "cur/cli/cli.h"
#include "cur/conf/conf.h"
#include "cur/mail/mailto.h"
#include "cur/model/compose.h"
#include "cur/ui/app.h"
#include "cur/ui/send.h"

/* ---- a message named on the command line ---------------------------------------------- */

static struct draft *first_draft(const struct options *o, const struct conf *conf, GError **error)
{
	const char *first = o->to->len ? g_ptr_array_index(o->to, 0) : "";
	g_autoptr(GBytes) bytes = NULL;
	char *text;
	gsize n;

	if (mailto_is(first))
		return compose_mailto(conf, first, error);
	if (!o->draft)
		return compose_new(conf);
	if (!g_file_get_contents(o->draft, &text, &n, error))
		return NULL;
	bytes = g_bytes_new_take(text, n);
	return draft_read(bytes, TRUE, error);
}

static void add_addresses(char **field, const GPtrArray *more)
{
	g_autoptr(GString) all = g_string_new(*field);

	for (guint i = 0; i < more->len; i++)
		if (!mailto_is(g_ptr_array_index(more, i)))
			g_string_append_printf(all, "%s%s", all->len ? ", " : "",
					       (const char *)g_ptr_array_index(more, i));
	draft_set(field, all->str);
}

static struct draft *draft_of(const struct options *o, const struct conf *conf, GError **error)
{
	auto_ptr(draft) draft = first_draft(o, conf, error);

	if (!draft)
		return NULL;
	add_addresses(&draft->to, o->to);
	add_addresses(&draft->cc, o->cc);
	add_addresses(&draft->bcc, o->bcc);
	if (o->subject)
		draft_set(&draft->subject, o->subject);
	if (o->include && !g_file_get_contents(o->include, &draft->body, NULL, error))
		return NULL;
	for (guint i = 0; i < o->attach->len; i++) {
		g_autofree char *path = path_home_expand(g_ptr_array_index(o->attach, i));

		g_ptr_array_add(draft->parts, draft_part_new_file(path, FALSE));
	}
	return g_steal_pointer(&draft);
}

static void compose(struct app *app, void *data)
{
	const struct options *o = data;
	g_autoptr(GError) error = NULL;
	struct draft *draft;

	if (o->postponed) {
		postponed_open(app);
		return;
	}
	draft = draft_of(o, app->conf, &error);
	if (draft && o->draft && compose_resumes(app->conf, draft))
		send_resume_draft(app, draft);
	else if (draft)
		send_new(app, draft);
	else
		app_gerror(app, &error);
}

/* ---- the interface ---------------------------------------------------------------------- */

static int run_interface(const struct options *o)
{
	g_autoptr(GError) error = NULL;
	auto_ptr(conf) conf = options_conf(o, 0, &error);
	g_auto(GStrv) engine_args = options_engine_args(o);
	struct app_start start = {
	    .mailbox = o->mailbox,
	    .read_only = o->read_only,
	    .browse = o->browser,
	    .first_new = o->first_new,
	    .not_empty = o->not_empty,
	    .engine_args = (const char *const *)engine_args,
	};

	if (!conf)
		return cli_fail(error);
	if (o->compose || o->postponed) {
		start.compose = compose;
		start.compose_data = (void *)o;
	}
	app_run(conf, &start, &error);
	return error ? cli_fail(error) : CLI_OK;
}

static void hide_commands(int argc, char **argv, const struct options *o)
{
	g_autoptr(GPtrArray) commands = g_ptr_array_new();

	for (guint i = 0; i < o->commands->len; i++)
		g_ptr_array_add(commands, g_ptr_array_index(o->commands, i));
	g_ptr_array_add(commands, NULL);
	arguments_hide(argc, argv, (const char *const *)commands->pdata);
}

int main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	auto_ptr(options) options = NULL;
	int status;

	if (privileges_are_foreign("cur"))
		return CLI_USAGE;
	setlocale(LC_ALL, "");
	/* Passwords are typed here: no core dumps, no debugger of others (D53). */
	prctl(PR_SET_DUMPABLE, 0);
	options = options_parse(argc, argv, isatty(STDIN_FILENO), &error);
	if (!options)
		return cli_fail(error);
	hide_commands(argc, argv, options);
	status = cli_main(options);
	return status == CLI_IS_INTERFACE ? run_interface(options) : status;
}
