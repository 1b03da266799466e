/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main of the engine: options, then sync/engine.h does the rest. */
#include <glib.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/arguments.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/base/path.h"
#include "cur/base/privileges.h"
#include "cur/base/text.h"
#include "cur/sync/engine.h"
#include "cur/sync/takeover.h"

enum { IDLE_EXIT_SECONDS = 5 * 60 };

struct arguments {
	char *muttrc, *level;
	char **commands;
	int idle_exit;
	int report, shells; /* descriptors of who started us, or -1 */
	char **names;
	char *adopt, *account, *separator;
	gboolean no_system, once, dry, foreground, version;
};

static gboolean parse(int *argc, char ***argv, struct arguments *a, GError **error)
{
	const GOptionEntry entries[] = {
	    {"muttrc", 'F', 0, G_OPTION_ARG_FILENAME, &a->muttrc, "read this muttrc", "FILE"},
	    {"no-system", 'n', 0, G_OPTION_ARG_NONE, &a->no_system, "not the system's muttrc",
	     NULL},
	    {"command", 'e', 0, G_OPTION_ARG_STRING_ARRAY, &a->commands,
	     "run this command after the muttrc", "COMMAND"},
	    {"once", 0, 0, G_OPTION_ARG_NONE, &a->once, "sync all once, send, and end", NULL},
	    {"dry-run", 0, 0, G_OPTION_ARG_NONE, &a->dry,
	     "print what a sync would do, a TAB between words, and end", NULL},
	    {"adopt", 0, 0, G_OPTION_ARG_FILENAME, &a->adopt,
	     "take over the Maildirs of another program, and end", "DIR"},
	    {"account", 0, 0, G_OPTION_ARG_STRING, &a->account, "for this account", "NAME"},
	    {"separator", 0, 0, G_OPTION_ARG_STRING, &a->separator,
	     "what stands between levels in the names of those Maildirs", "CHARACTER"},
	    {"foreground", 0, 0, G_OPTION_ARG_NONE, &a->foreground,
	     "stay when there is nothing to do", NULL},
	    {"idle-exit", 0, 0, G_OPTION_ARG_INT, &a->idle_exit,
	     "end after so long without a client and work", "SECONDS"},
	    {"log", 0, 0, G_OPTION_ARG_STRING, &a->level,
	     "error, warning, info, debug, or wire: what servers and we say, to wire.log", "LEVEL"},
	    {"report", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &a->report,
	     "tell there why the start failed", "FD"},
	    {"shells", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &a->shells,
	     "hear there what backticks answered", "FD"},
	    {"version", 'v', 0, G_OPTION_ARG_NONE, &a->version, "print the version", NULL},
	    {NULL},
	};
	g_autoptr(GOptionContext) context = g_option_context_new("- the engine of cur");
	g_autofree char **given = g_memdup2(*argv, (gsize)*argc * sizeof **argv);
	int n_given = *argc;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, argc, argv, error))
		return FALSE;
	arguments_hide(n_given, given, (const char *const *)a->commands);
	if (a->dry)
		a->names = *argv + 1;
	else if (*argc > 1)
		return error_set(error, CUR_ERROR_USAGE, "unexpected argument '%s'", (*argv)[1]);
	if (a->separator && strlen(a->separator) != 1)
		return error_set(error, CUR_ERROR_USAGE, "--separator wants one character");
	if (a->idle_exit < 0)
		return error_set(error, CUR_ERROR_USAGE, "--idle-exit wants seconds");
	return TRUE;
}

/* To whoever has started us at a terminal: names in it are a server's or a file's. */
static void tell(const char *text)
{
	g_autofree char *safe = text_safe(text, -1, TEXT_SAFE_NEWLINES);

	fprintf(stderr, "curd: %s\n", safe);
}

/* "wire" is the usual level, and a file of its own for what goes over the network. */
static void open_log(enum log_level level)
{
	g_autofree char *dir = path_data_dir();
	g_autofree char *path = g_build_filename(dir, "cur.log", NULL);
	g_autoptr(GError) error = NULL;

	if (!path_make_private(dir, &error) ||
	    !log_open(path, level == LOG_LEVEL_WIRE ? LOG_LEVEL_INFO : level, &error) ||
	    (level == LOG_LEVEL_WIRE && !engine_log_wire(dir, &error))) {
		g_prefix_error(&error, "no log: ");
		tell(error->message);
	}
}

/* Whoever started us waits for this: an error, or the end of the pipe (model/client-start.c). */
static void report(const struct arguments *a, const GError *error)
{
	if (a->report < 0)
		return;
	if (error)
		dprintf(a->report, "%d %s\n",
			error->domain == CUR_ERROR ? error->code : CUR_ERROR_IO, error->message);
	close(a->report);
}

static int complain(const struct arguments *a, const GError *error)
{
	tell(error->message);
	report(a, error);
	log_event(LOG_LEVEL_ERROR, "%s", error->message);
	if (error_is(error, CUR_ERROR_USAGE))
		return ENGINE_USAGE;
	return error_is(error, CUR_ERROR_BUSY) ? ENGINE_TEMPORARY : ENGINE_PARTIAL;
}

static int adopt(const struct arguments *a, const struct engine_options *options)
{
	struct takeover t = {a->adopt, a->account, a->separator};
	g_autoptr(GError) error = NULL;

	return takeover_run(&t, options, stdout, &error) ? ENGINE_DONE : complain(a, error);
}

static int run(const struct arguments *a)
{
	struct engine_options options = {
	    .muttrc = a->muttrc,
	    .no_system = a->no_system,
	    .commands = (const char *const *)a->commands,
	    .idle_exit_seconds = a->foreground ? 0 : (guint)a->idle_exit,
	    .once = a->once || a->dry,
	    .dry = a->dry,
	    .shells = a->shells,
	    .names = a->names,
	};
	g_autoptr(GError) error = NULL;
	struct engine *engine;
	int status;

	if (a->adopt)
		return adopt(a, &options);
	engine = engine_new(&options, &error);
	if (!engine)
		return complain(a, error);
	report(a, NULL);
	log_event(LOG_LEVEL_INFO, "engine %s started", CUR_VERSION);
	status = engine_run(engine);
	engine_free(engine);
	log_event(LOG_LEVEL_INFO, "engine ends with %d", status);
	return status;
}

int main(int argc, char **argv)
{
	struct arguments a = {.idle_exit = IDLE_EXIT_SECONDS, .report = -1, .shells = -1};
	enum log_level level = LOG_LEVEL_INFO;
	g_autoptr(GError) error = NULL;
	int status;

	if (privileges_are_foreign("curd"))
		return 2;
	setlocale(LC_ALL, "");
	/* Passwords are in this process: no core dumps, no debugger of others (D53). */
	prctl(PR_SET_DUMPABLE, 0);
	umask(077);
	/* The threads mostly wait: heaps of their own would only grow, a page at a time. */
	mallopt(M_ARENA_MAX, 1);
	signal(SIGPIPE, SIG_IGN);
	if (!parse(&argc, &argv, &a, &error) || (a.level && !log_level_of(a.level, &level))) {
		tell(error ? error->message : "no such log level");
		return ENGINE_USAGE;
	}
	if (a.version) {
		puts("curd " CUR_VERSION);
		return 0;
	}
	open_log(level);
	status = run(&a);
	log_close();
	g_free(a.muttrc);
	g_free(a.level);
	g_free(a.adopt);
	g_free(a.account);
	g_free(a.separator);
	g_strfreev(a.commands);
	return status;
}
