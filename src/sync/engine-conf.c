/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration, and the workers that it asks for. */
#include <string.h>

#include "core.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/conf/conf.h"
#include "cur/conf/habits.h"
#include "cur/conf/shells.h"

enum { CHECK_MIN_S = 60, CONNECTIONS_MAX = 16 };

static void read_args(const char *const *args, GPtrArray *files, GPtrArray *commands,
		      gboolean *no_system)
{
	for (guint i = 0; args && args[i]; i++) {
		if (!strcmp(args[i], "-n"))
			*no_system = TRUE;
		else if (!strcmp(args[i], "-F") && args[i + 1])
			g_ptr_array_add(files, (void *)args[++i]);
		else if (!strcmp(args[i], "-e") && args[i + 1])
			g_ptr_array_add(commands, (void *)args[++i]);
	}
}

/* G4: the user's file is there and cannot be read; nobody knows what is to be synced. */
static gboolean knows_what_to_do(const struct conf *conf, GError **error)
{
	for (guint i = 0; i < conf_problems(conf)->len; i++) {
		const struct conf_problem *problem = g_ptr_array_index(conf_problems(conf), i);

		if (!problem->file && !problem->of_system)
			return error_set(error, CUR_ERROR_IO, "%s", problem->text);
	}
	return TRUE;
}

char **engine_args(const struct engine_options *o)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new();

	if (o->no_system)
		g_ptr_array_add(args, (void *)"-n");
	if (o->muttrc) {
		g_ptr_array_add(args, (void *)"-F");
		g_ptr_array_add(args, (void *)o->muttrc);
	}
	for (guint i = 0; o->commands && o->commands[i]; i++) {
		g_ptr_array_add(args, (void *)"-e");
		g_ptr_array_add(args, (void *)o->commands[i]);
	}
	g_ptr_array_add(args, NULL);
	return g_strdupv((char **)args->pdata);
}

struct conf *engine_load_conf(const char *const *args, int shells, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new(), commands = g_ptr_array_new();
	gboolean no_system = FALSE;
	auto_ptr(conf) conf = conf_new(0);

	if (shells >= 0)
		conf_hear_shells(conf, shells);
	read_args(args, files, commands, &no_system);
	g_ptr_array_add(files, NULL);
	if (!conf_load(conf, files->len > 1 ? (const char *const *)files->pdata : NULL, no_system,
		       error) ||
	    !knows_what_to_do(conf, error))
		return NULL;
	for (guint i = 0; i < commands->len; i++)
		conf_command(conf, g_ptr_array_index(commands, i), NULL, NULL);
	conf_end_shells(conf);
	conf_apply_habits(conf);
	for (guint i = 0; i < conf_problems(conf)->len; i++) {
		const struct conf_problem *problem = g_ptr_array_index(conf_problems(conf), i);
		g_autofree char *text = conf_problem_format(problem);

		log_event(problem->severity == CONF_NOTE ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO, "%s",
			  text);
	}
	return g_steal_pointer(&conf);
}

/* A look at all mailboxes; what is watched is told by the server at once. */
static gint64 check_seconds(const struct engine *e, enum account_protocol protocol)
{
	const struct settings *s = conf_settings(e->conf);

	return MAX(protocol == ACCOUNT_POP ? s->pop_checkinterval : s->mail_check, CHECK_MIN_S);
}

static void settings_of(const struct engine *e, struct worker_settings *out)
{
	const struct settings *s = conf_settings(e->conf);

	*out = (struct worker_settings){
	    .check_s = check_seconds(e, ACCOUNT_IMAP),
	    .connect_s = (guint)MAX(s->connect_timeout, 0),
	    .connections = (guint)CLAMP(s->imap_connections, 1, CONNECTIONS_MAX),
	    .send_id = s->imap_send_id,
	    .deflate = s->imap_deflate,
	    .noise = s->imap_servernoise,
	    .once = e->options->once,
	    .keepalive_s = (guint)MAX(s->imap_keepalive, 0),
	    .pop_leave = s->pop_delete != QUAD_YES,
	    .pop_keep_days = s->pop_keep_days,
	    .pop_keep_bytes = (guint64)MAX(s->pop_keep_size, 0) * 1024,
	    .assumed = *s->assumed_charset ? g_strsplit(s->assumed_charset, ":", -1) : NULL,
	    .keep = conf_keep_rules(e->conf),
	};
}

static void start_workers(struct engine *e)
{
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) accounts = conf_accounts(e->conf, problems);
	struct worker_settings settings;

	settings_of(e, &settings);
	g_ptr_array_set_free_func(accounts, NULL);
	for (guint i = 0; i < accounts->len; i++) {
		struct account *a = g_ptr_array_index(accounts, i);
		const struct worker_ops *ops =
		    a->protocol == ACCOUNT_POP ? &worker_pop_ops : &worker_imap_ops;
		struct worker *w;

		settings.check_s = check_seconds(e, a->protocol);
		w = worker_start(e->hub, ops, a, &settings);
		g_hash_table_insert(e->workers, g_strdup(a->name), w);
		if (!e->forecast)
			worker_want_all(w, FALSE, NULL);
	}
	e->local = worker_start(e->hub, &worker_local_ops, NULL, &settings);
	for (guint i = 0; i < problems->len; i++)
		hub_note(e->hub, HUB_ERROR, "", "%s", (const char *)g_ptr_array_index(problems, i));
	g_strfreev(settings.assumed);
	g_ptr_array_unref(settings.keep);
}

void engine_stop_workers(struct engine *e)
{
	GHashTableIter it;
	void *worker;

	/* All at once: each may need a moment to finish its step. */
	g_hash_table_iter_init(&it, e->workers);
	while (g_hash_table_iter_next(&it, NULL, &worker))
		worker_stop(worker);
	g_hash_table_remove_all(e->workers);
	g_clear_pointer(&e->local, worker_free);
}

static void take_accounts(struct engine *e)
{
	GPtrArray *old = e->accounts, *fresh = conf_accounts(e->conf, NULL);

	g_mutex_lock(&e->accounts_lock);
	e->accounts = fresh;
	g_mutex_unlock(&e->accounts_lock);
	if (old)
		g_ptr_array_unref(old);
}

void engine_use_conf(struct engine *e, struct conf *conf)
{
	if (e->conf)
		conf_free(e->conf);
	e->conf = conf;
	engine_stop_workers(e);
	take_accounts(e);
	start_workers(e);
}

gboolean engine_configure(struct engine *e, const char *const *args, GError **error)
{
	struct conf *conf = engine_load_conf(args ? args : (const char *const *)e->args, -1, error);

	if (!conf)
		return FALSE;
	if (args) {
		g_strfreev(e->args);
		e->args = g_strdupv((char **)args);
	}
	engine_use_conf(e, conf);
	submit_forget_transports(e->submit);
	submit_adopt(e->submit, engine_resolve_transport, e, NULL);
	return TRUE;
}
