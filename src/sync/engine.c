/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Start, the time to leave, the end. */
#include "cur/sync/engine.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>

#include "core.h"
#include "cur/base/log.h"
#include "cur/base/path.h"
#include "cur/conf/conf.h"
#include "cur/net/link.h"
#include "cur/store/rehearsal.h"
#include "departed.h"
#include "forecast.h"
#include "journal.h"
#include "relocation.h"
#include "steps.h"

enum {
	TICK_S = 5,
	SWEEP_S = 60,
	SWEEPS_AN_HOUR = 60,
	BACKOFF_WAIT_S = 60 * 60,
};

static void free_worker(void *data)
{
	worker_free(data);
}

gboolean engine_log_wire(const char *data_dir, GError **error)
{
	g_autofree char *path = g_build_filename(data_dir, "wire.log", NULL);

	return log_open_wire(path, error);
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
	e->hub = hub_new(e->store, engine_on_tell, e);
	journal_sweep(e->store);
	store_on_changed(e->store, engine_on_changed, e);
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
	int shells;
	struct conf *conf;
	GError *error;
};

static void *read_conf(void *data)
{
	struct reading *r = data;

	r->conf = engine_load_conf(r->args, r->shells, &r->error);
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
	struct reading reading = {.args = (const char *const *)e->args,
				  .shells = e->options->shells};
	GThread *reader = g_thread_new("configuration", read_conf, &reading);
	gboolean opened;

	e->preparation = g_thread_new("libraries", prepare, NULL);
	opened = open_store(e, error);
	g_thread_join(reader);
	if (opened && reading.conf) {
		engine_use_conf(e, reading.conf);
		return TRUE;
	}
	if (opened)
		g_propagate_error(error, g_steal_pointer(&reading.error));
	g_clear_pointer(&reading.conf, conf_free);
	g_clear_error(&reading.error);
	return FALSE;
}

static struct index *start_index(struct engine *e)
{
	const struct settings *s = conf_settings(e->conf);
	const struct index_tags tags = {s->nm_unread_tag, s->nm_flagged_tag, s->nm_replied_tag};

	return index_start(e->hub, &tags);
}

struct engine *engine_new(const struct engine_options *options, GError **error)
{
	auto_ptr(engine) e = g_new0(struct engine, 1);

	e->options = options;
	e->args = engine_args(options);
	e->clients = g_ptr_array_new();
	e->waiting = g_ptr_array_new();
	e->workers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_worker);
	g_mutex_init(&e->accounts_lock);
	if (!open_and_configure(e, error))
		return NULL;
	e->submit = submit_start(
	    e->hub, (guint)MAX(conf_settings(e->conf)->connect_timeout, 0),
	    &(struct submit_host){request_outcome, engine_mailbox_for_copy, engine_refresh, e});
	if (!options->dry)
		e->index = start_index(e);
	e->watch = watch_new(engine_on_touched, e);
	e->network = network_watch(NULL, engine_on_network, e);
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
	engine_stop_workers(e);
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
		engine_rewatch(e);
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
