/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Start, configuration, the coming and going of workers, the time to leave. */
#include "cur/sync/engine.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>

#include "core.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/base/path.h"
#include "cur/base/text.h"
#include "cur/conf/conf.h"
#include "cur/net/link.h"
#include "cur/store/rehearsal.h"
#include "departed.h"
#include "folders.h"
#include "forecast.h"
#include "journal.h"
#include "relocation.h"
#include "steps.h"

enum {
	TICK_S = 5,
	SWEEP_S = 60,
	SWEEPS_AN_HOUR = 60,
	CHECK_MIN_S = 60,
	REWATCH_MS = 500,
	BACKOFF_WAIT_S = 60 * 60,
	CONNECTIONS_MAX = 16,
};

/* ---- configuration -------------------------------------------------------------------- */

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

/* What the command line says, as a program says it in HELLO. Yours: g_strfreev. */
static char **args_of(const struct engine_options *o)
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

/* A line with a mistake does not stop the mail: it is logged, and the program shows it. */
static struct conf *load_conf(const char *const *args, GError **error)
{
	g_autoptr(GPtrArray) files = g_ptr_array_new(), commands = g_ptr_array_new();
	gboolean no_system = FALSE;
	auto_ptr(conf) conf = conf_new(0);

	read_args(args, files, commands, &no_system);
	g_ptr_array_add(files, NULL);
	if (!conf_load(conf, files->len > 1 ? (const char *const *)files->pdata : NULL, no_system,
		       error) ||
	    !knows_what_to_do(conf, error))
		return NULL;
	for (guint i = 0; i < commands->len; i++)
		conf_command(conf, g_ptr_array_index(commands, i), NULL, NULL);
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
	    .once = e->options->once,
	    .keepalive_s = (guint)MAX(s->imap_keepalive, 0),
	    .pop_leave = s->pop_delete != QUAD_YES,
	    .pop_keep_days = s->pop_keep_days,
	    .pop_keep_bytes = (guint64)MAX(s->pop_keep_size, 0) * 1024,
	    .assumed = *s->assumed_charset ? g_strsplit(s->assumed_charset, ":", -1) : NULL,
	    .keep = conf_keep_rules(e->conf),
	};
}

static void free_worker(void *data)
{
	worker_free(data);
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

static void stop_workers(struct engine *e)
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

/* Takes the configuration. */
static void use_conf(struct engine *e, struct conf *conf)
{
	if (e->conf)
		conf_free(e->conf);
	e->conf = conf;
	stop_workers(e);
	take_accounts(e);
	start_workers(e);
}

gboolean engine_configure(struct engine *e, const char *const *args, GError **error)
{
	struct conf *conf = load_conf(args ? args : (const char *const *)e->args, error);

	if (!conf)
		return FALSE;
	if (args) {
		g_strfreev(e->args);
		e->args = g_strdupv((char **)args);
	}
	use_conf(e, conf);
	submit_forget_transports(e->submit);
	submit_adopt(e->submit, engine_resolve_transport, e, NULL);
	return TRUE;
}

gboolean engine_log_wire(const char *data_dir, GError **error)
{
	g_autofree char *path = g_build_filename(data_dir, "wire.log", NULL);

	return log_open_wire(path, error);
}

/* ---- who is who -------------------------------------------------------------------------- */

struct worker *engine_worker_of(struct engine *e, const struct state_mailbox *mb)
{
	return *mb->account ? g_hash_table_lookup(e->workers, mb->account) : e->local;
}

struct worker *engine_worker_for(struct engine *e, guint32 mailbox)
{
	g_autofree struct state_mailbox *mb = NULL;

	store_lock(e->store);
	mb = state_mailbox(store_state(e->store), mailbox);
	store_unlock(e->store);
	return mb ? engine_worker_of(e, mb) : NULL;
}

const struct account *engine_account_of(struct engine *e, const char *name)
{
	for (guint i = 0; i < e->accounts->len; i++) {
		const struct account *a = g_ptr_array_index(e->accounts, i);
		gsize n = strlen(a->url);

		if (!strncmp(name, a->url, n) && name[n] == '/' && name[n + 1])
			return a;
	}
	return NULL;
}

static struct state_mailbox *known_mailbox(struct engine *e, const char *name)
{
	struct state_mailbox *mb;

	store_lock(e->store);
	mb = state_mailbox_by_name(store_state(e->store), name);
	store_unlock(e->store);
	return mb;
}

/* The mailbox that every account has, before the server was asked. */
static gboolean is_inbox(const struct account *a, const char *name)
{
	return !strcmp(name + strlen(a->url), "/INBOX");
}

struct state_mailbox *engine_mailbox(struct engine *e, const char *name, GError **error)
{
	struct state_mailbox *mb = known_mailbox(e, name);
	const struct account *a = engine_account_of(e, name);

	if (mb)
		return mb;
	if (a ? !is_inbox(a, name) : !g_path_is_absolute(name)) {
		error_set(error, CUR_ERROR_GONE, "there is no mailbox '%s'", name);
		return NULL;
	}
	if (!store_begin(e->store, error))
		return NULL;
	mb = a ? folder_make(e->store, a, "INBOX", error)
	       : folder_make_local(e->store, name, FALSE, error);
	if (!mb)
		store_rollback(e->store);
	else if (!store_commit(e->store, error))
		g_clear_pointer(&mb, g_free);
	return mb;
}

struct transport *engine_resolve_transport(const char *line, void *engine, GError **error)
{
	struct engine *e = engine;

	return conf_transport_of(e->conf, line, error);
}

/* For Fcc, on the outbox's thread: made when it is not there. */
static guint32 mailbox_for_copy(const char *name, void *data, GError **error)
{
	struct engine *e = data;
	g_autofree struct state_mailbox *mb = known_mailbox(e, name);
	const struct account *a;

	if (mb)
		return mb->number;
	if (!store_begin(e->store, error))
		return 0;
	g_mutex_lock(&e->accounts_lock);
	a = engine_account_of(e, name);
	if (a)
		mb = folder_make(e->store, a, name + strlen(a->url) + 1, error);
	else if (g_path_is_absolute(name))
		mb = folder_make_local(e->store, name, TRUE, error);
	else
		error_set(error, CUR_ERROR_USAGE, "no account for '%s'", name);
	g_mutex_unlock(&e->accounts_lock);
	if (!mb)
		store_rollback(e->store);
	else if (!store_commit(e->store, error))
		g_clear_pointer(&mb, g_free);
	return mb ? mb->number : 0;
}

/* Not where a password is missing or the server is known to be away. */
static void refresh(guint32 mailbox, struct ticket *t, void *data)
{
	struct worker *w = engine_worker_for(data, mailbox);

	if (w)
		worker_want_mailbox(w, mailbox, FALSE, t);
}

/* ---- events ---------------------------------------------------------------------------------- */

static gboolean watch_one(const struct state_mailbox *mb, void *data)
{
	struct engine *e = data;

	if (*mb->account)
		watch_add(e->watch, mb->number, mb->path);
	return TRUE;
}

static gboolean rewatch(void *data)
{
	struct engine *e = data;

	e->rewatch = 0;
	store_lock(e->store);
	state_mailboxes(store_state(e->store), NULL, watch_one, e, NULL);
	store_unlock(e->store);
	return G_SOURCE_REMOVE;
}

static void rewatch_soon(void *data)
{
	struct engine *e = data;

	if (!e->rewatch && !e->forecast)
		e->rewatch = g_timeout_add(REWATCH_MS, rewatch, e);
}

/* On whatever thread committed. */
static void on_changed(guint32 mailbox, guint64 generation, gboolean directory, void *data)
{
	struct engine *e = data;

	if (mailbox)
		hub_tell(e->hub, WIRE_CHANGED, g_variant_new("(ut)", mailbox, generation));
	if (!directory)
		return;
	hub_tell(e->hub, WIRE_DIRECTORY, NULL);
	hub_call(e->hub, rewatch_soon, e);
}

/* Nobody else hears a dry run. */
static void print_note(GVariant *body)
{
	g_autofree char *line = NULL, *safe = NULL;
	const char *account, *words;
	guint32 level;

	g_variant_get(body, "(u&s&s)", &level, &account, &words);
	line = g_strdup_printf("%s%s%s", account, *account ? ": " : "", words);
	safe = text_safe(line, -1, TEXT_SAFE_NEWLINES);
	fprintf(stderr, "%s\n", safe);
}

/* Who tells how far a mailbox is knows nothing of its account. Floating. */
static GVariant *with_bytes(struct engine *e, GVariant *body)
{
	const char *what, *doing;
	guint64 done, total;
	const struct account *a;
	struct worker_status status = {0};
	struct worker *w;

	g_variant_get(body, "(&s&sttt)", &what, &doing, &done, &total, NULL);
	a = engine_account_of(e, what);
	w = g_hash_table_lookup(e->workers, a ? a->name : what);
	if (w)
		worker_status(w, &status);
	g_free(status.last_error);
	return g_variant_new("(ssttt)", what, doing, done, total, status.traffic.received);
}

static gboolean on_tell(enum wire_id id, GVariant *body, void *data)
{
	struct engine *e = data;

	if (id == WIRE_NOTE && e->forecast)
		print_note(body);
	/* A change may be new mail; the index waits until it has settled. */
	if (id == WIRE_CHANGED && e->index)
		index_wake(e->index);
	if (id == WIRE_CHANGED && e->submit)
		submit_mailbox_changed(e->submit);
	if (id == WIRE_PROGRESS) {
		g_autoptr(GVariant) full = g_variant_ref_sink(with_bytes(e, body));

		return clients_tell(id, full, e);
	}
	return clients_tell(id, body, e);
}

static void on_touched(guint32 mailbox, void *data)
{
	struct worker *w = engine_worker_for(data, mailbox);

	if (w)
		worker_want_look(w, mailbox);
}

static void on_network(void *data)
{
	struct engine *e = data;
	GHashTableIter it;
	void *worker;

	g_hash_table_iter_init(&it, e->workers);
	while (g_hash_table_iter_next(&it, NULL, &worker))
		worker_network_changed(worker);
	submit_network_changed(e->submit);
}

static gboolean on_stop_signal(void *data)
{
	((struct engine *)data)->interrupted = TRUE;
	engine_quit(data);
	return G_SOURCE_CONTINUE;
}

static gboolean on_hup(void *data)
{
	g_autoptr(GError) error = NULL;

	if (!engine_configure(data, NULL, &error))
		log_event(LOG_LEVEL_ERROR, "configuration not read again: %s", error->message);
	return G_SOURCE_CONTINUE;
}

void engine_quit(struct engine *e)
{
	if (e->loop)
		g_main_loop_quit(e->loop);
}

/* ---- the time to leave ------------------------------------------- */

static gboolean has_waiting_steps(struct engine *e, const char *account)
{
	g_autoptr(GPtrArray) steps = steps_load(e->store, account, 0, NULL);

	for (guint i = 0; steps && i < steps->len; i++)
		if (((const struct step *)g_ptr_array_index(steps, i))->state != STEP_STUCK)
			return TRUE;
	return FALSE;
}

/*
 * Errands last: only this loop runs them, so that what a thread leaves to another before it rests
 * is seen here, as one.
 */
static gboolean is_working(struct engine *e, gint64 outbox_s)
{
	GHashTableIter it;
	void *worker;

	g_hash_table_iter_init(&it, e->workers);
	while (g_hash_table_iter_next(&it, NULL, &worker))
		if (worker_is_busy(worker))
			return TRUE;
	return worker_is_busy(e->local) || submit_is_busy(e->submit, outbox_s) ||
	       hub_has_errands(e->hub);
}

static gboolean has_work(struct engine *e)
{
	GHashTableIter it;
	void *name;

	g_hash_table_iter_init(&it, e->workers);
	while (g_hash_table_iter_next(&it, &name, NULL))
		if (has_waiting_steps(e, name))
			return TRUE;
	return is_working(e, BACKOFF_WAIT_S) || index_is_busy(e->index);
}

/* Another engine may work in its place by now. */
static gboolean has_lost_store(struct engine *e)
{
	if (!e->lost && !store_is_there(e->store)) {
		e->lost = TRUE;
		hub_note(e->hub, HUB_ERROR, "", "'%s' is gone: the engine ends",
			 store_data_dir(e->store));
	}
	return e->lost;
}

/* What is kept for a quarter of an hour, or a day, takes room on the disk. */
static void sweep(struct engine *e, gint64 now_s)
{
	if (now_s < e->sweep_s)
		return;
	e->sweep_s = now_s + SWEEP_S;
	departed_sweep(e->store);
	if (++e->n_sweeps % SWEEPS_AN_HOUR == 0)
		journal_sweep(e->store);
}

static gboolean on_tick(void *data)
{
	struct engine *e = data;
	gint64 now = g_get_monotonic_time() / G_USEC_PER_SEC;

	if (has_lost_store(e)) {
		engine_quit(e);
		return G_SOURCE_CONTINUE;
	}
	submit_adopt_new(e->submit, engine_resolve_transport, e, NULL);
	sweep(e, now);
	if (!e->options->idle_exit_seconds)
		return G_SOURCE_CONTINUE;
	if (e->clients->len || has_work(e))
		e->idle_since_s = 0;
	else if (!e->idle_since_s)
		e->idle_since_s = now;
	else if (now - e->idle_since_s >= e->options->idle_exit_seconds)
		engine_quit(e);
	return G_SOURCE_CONTINUE;
}

/* --once: all synced, then the outbox. The index goes on where it is when an engine next runs. */
static gboolean on_once_tick(void *data)
{
	struct engine *e = data;

	if (e->once_synced && !is_working(e, 0))
		engine_quit(e);
	return G_SOURCE_CONTINUE;
}

static void once_synced(const GError *error, void *data)
{
	((struct engine *)data)->once_synced = TRUE;
}

static void want_named(struct engine *e, struct ticket *t)
{
	for (char **name = e->options->names; *name; name++) {
		g_autoptr(GError) failed = NULL;

		if (engine_want(e, *name, t, &failed))
			continue;
		hub_note(e->hub, HUB_ERROR, "", "%s", failed->message);
		hub_count_failure(e->hub, failed);
	}
}

static void want_once(struct engine *e)
{
	struct ticket *t = ticket_new(e->hub, once_synced, e);
	GHashTableIter it;
	void *worker;

	g_hash_table_iter_init(&it, e->workers);
	if (e->options->names && *e->options->names)
		want_named(e, t);
	else
		while (g_hash_table_iter_next(&it, NULL, &worker))
			worker_want_all(worker, e->options->dry, t);
	ticket_return(t, NULL);
}

/* ---- life
 * ------------------------------------------------------------------------------------------ */

/* Where the engine works: a dry run on a copy, with a header cache that nobody reads. */
static gboolean open_store(struct engine *e, GError **error)
{
	g_autofree char *data_dir = path_data_dir(), *cache_dir = path_cache_dir();
	g_autofree char *cache = NULL;

	if (e->options->dry) {
		if (!path_make_private(data_dir, error))
			return FALSE;
		e->rehearsal = rehearsal_begin(data_dir, error);
		if (!e->rehearsal)
			return FALSE;
	} else if (!path_make_private(cache_dir, error)) {
		return FALSE;
	}
	cache = g_build_filename(e->rehearsal ? e->rehearsal : cache_dir, "headers.mdb", NULL);
	e->store = store_open(e->rehearsal ? e->rehearsal : data_dir, cache, error);
	if (!e->store)
		return FALSE;
	departed_clear(e->store);
	e->hub = hub_new(e->store, on_tell, e);
	journal_sweep(e->store);
	store_on_changed(e->store, on_changed, e);
	if (!e->rehearsal) {
		relocation_recover(e->store);
		return store_catch_up(e->store, NULL, NULL, error);
	}
	e->forecast = forecast_new();
	hub_rehearse(e->hub, e->forecast);
	return TRUE;
}

/* The configuration, read while the store is opened: it may run shells. */
struct reading {
	const char *const *args;
	struct conf *conf;
	GError *error;
};

static void *read_conf(void *data)
{
	struct reading *r = data;

	r->conf = load_conf(r->args, &r->error);
	return NULL;
}

static void *prepare(void *data)
{
	link_prepare();
	return NULL;
}

/* What all else waits for comes first; a connection is wanted last. */
static gboolean open_and_configure(struct engine *e, GError **error)
{
	struct reading reading = {.args = (const char *const *)e->args};
	GThread *reader = g_thread_new("configuration", read_conf, &reading);
	gboolean opened;

	e->preparation = g_thread_new("libraries", prepare, NULL);
	opened = open_store(e, error);
	g_thread_join(reader);
	if (opened && reading.conf) {
		use_conf(e, reading.conf);
		return TRUE;
	}
	if (opened)
		g_propagate_error(error, g_steal_pointer(&reading.error));
	g_clear_pointer(&reading.conf, conf_free);
	g_clear_error(&reading.error);
	return FALSE;
}

struct engine *engine_new(const struct engine_options *options, GError **error)
{
	auto_ptr(engine) e = g_new0(struct engine, 1);

	e->options = options;
	e->args = args_of(options);
	e->clients = g_ptr_array_new();
	e->waiting = g_ptr_array_new();
	e->workers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_worker);
	g_mutex_init(&e->accounts_lock);
	if (!open_and_configure(e, error))
		return NULL;
	e->submit =
	    submit_start(e->hub, (guint)MAX(conf_settings(e->conf)->connect_timeout, 0),
			 &(struct submit_host){request_outcome, mailbox_for_copy, refresh, e});
	if (!options->dry)
		e->index = index_start(e->hub);
	e->watch = watch_new(on_touched, e);
	e->network = network_watch(NULL, on_network, e);
	if (!options->once)
		e->listener = wire_listen(store_data_dir(e->store), NULL, clients_accept, e, error);
	if (!options->once && !e->listener)
		return NULL;
	return g_steal_pointer(&e);
}

void engine_free(struct engine *e)
{
	g_clear_pointer(&e->listener, wire_listener_free);
	g_thread_join(e->preparation);
	if (e->hub)
		hub_cancel_prompts(e->hub);
	stop_workers(e);
	g_clear_pointer(&e->submit, submit_free);
	g_clear_pointer(&e->index, index_free);
	g_clear_pointer(&e->network, network_free);
	g_clear_pointer(&e->watch, watch_free);
	if (e->rewatch)
		g_source_remove(e->rewatch);
	clients_free(e);
	g_ptr_array_unref(e->waiting);
	g_hash_table_unref(e->workers);
	g_clear_pointer(&e->accounts, g_ptr_array_unref);
	g_clear_pointer(&e->conf, conf_free);
	g_clear_pointer(&e->hub, hub_free);
	g_clear_pointer(&e->store, store_close);
	g_clear_pointer(&e->forecast, forecast_free);
	if (e->rehearsal)
		rehearsal_end(e->rehearsal);
	g_free(e->rehearsal);
	g_mutex_clear(&e->accounts_lock);
	g_strfreev(e->args);
	g_free(e);
}

/* What a read of state.db kept from us and no commit has told. */
static void count_misread(struct engine *e)
{
	g_autoptr(GError) error = NULL;
	gboolean well;

	store_lock(e->store);
	well = state_read_well(store_state(e->store), &error);
	store_unlock(e->store);
	if (well)
		return;
	hub_note(e->hub, HUB_ERROR, "", "%s", error->message);
	hub_count_failure(e->hub, error);
}

static int exit_status(struct engine *e)
{
	gboolean all_temporary;
	guint n;

	count_misread(e);
	n = hub_n_failures(e->hub, &all_temporary);
	if (e->lost)
		return ENGINE_PARTIAL;
	if (e->options->once && !n && e->interrupted)
		return ENGINE_TEMPORARY;
	if (!e->options->once || !n)
		return ENGINE_DONE;
	return all_temporary ? ENGINE_TEMPORARY : ENGINE_PARTIAL;
}

int engine_run(struct engine *e)
{
	guint sources[] = {g_unix_signal_add(SIGTERM, on_stop_signal, e),
			   g_unix_signal_add(SIGINT, on_stop_signal, e),
			   g_unix_signal_add(SIGHUP, on_hup, e),
			   e->options->once ? g_timeout_add(20, on_once_tick, e)
					    : g_timeout_add_seconds(TICK_S, on_tick, e)};
	g_autoptr(GError) error = NULL;

	e->loop = g_main_loop_new(NULL, FALSE);
	if (!submit_adopt(e->submit, engine_resolve_transport, e, &error)) {
		hub_note(e->hub, HUB_ERROR, "", "outbox: %s", error->message);
		hub_count_failure(e->hub, error);
	}
	if (!e->forecast)
		rewatch(e);
	if (e->options->once)
		want_once(e);
	g_main_loop_run(e->loop);
	for (gsize i = 0; i < G_N_ELEMENTS(sources); i++)
		g_source_remove(sources[i]);
	g_clear_pointer(&e->loop, g_main_loop_unref);
	if (e->forecast)
		forecast_print(e->forecast, stdout);
	return exit_status(e);
}
