/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job, a clock that looks at the keyboard for it, and who goes on when it is done. */
#include "waiting.h"

#include "app-private.h"
#include "busy.h"
#include "cur/ui/screen.h"
#include "opener.h"

enum { LOOK_MS = 20 };

struct waiting {
	struct app *app;
	struct busy busy;
	struct crypt_work work; /* its data: a reference of ours */
	struct crypt_job *job;	/* NULL: it has answered */
	guint clock;
	gboolean (*asks)(const void *result);
	waiting_done_fn done;
	void *data;
};

static void end(struct waiting *w, void *result)
{
	struct app *app = w->app;
	waiting_done_fn done = w->done;
	void *data = w->data;

	g_source_remove(w->clock);
	if (w->job)
		crypt_job_abandon(w->job);
	busy_end(&w->busy);
	screen_hold(app->screen, FALSE);
	g_atomic_rc_box_release_full(w->work.data, w->work.clear_data);
	app->priv->waiting = NULL;
	g_free(w);
	done(result, data);
}

/* A macro may have more keys. */
static void go_on(struct waiting *w, void *result)
{
	struct app *app = w->app;

	end(w, result);
	app_run_queue(app);
}

static void start(struct waiting *w);

static void answered(void *result, void *data)
{
	struct waiting *w = data;

	w->job = NULL;
	turn_begin(w->app);
	if (!w->asks(result) || w->work.may_ask) {
		go_on(w, result);
		return;
	}
	w->work.free_result(result);
	w->work.may_ask = TRUE;
	if (crypt_asks_on_terminal()) {
		g_atomic_rc_box_acquire(w->work.data);
		go_on(w, opener_on_terminal(w->app, &w->work));
	} else {
		start(w);
	}
}

static void start(struct waiting *w)
{
	struct crypt_work work = w->work;

	g_atomic_rc_box_acquire(work.data);
	work.done = answered;
	work.done_data = w;
	w->job = crypt_job_start(&work);
}

static gboolean look(void *data)
{
	struct waiting *w = data;

	if (patience_asks(&w->busy.patience, 0, 0))
		return G_SOURCE_CONTINUE;
	turn_begin(w->app);
	go_on(w, NULL);
	return G_SOURCE_REMOVE;
}

void waiting_start(struct app *app, const char *what, const struct crypt_work *work,
		   gboolean (*asks)(const void *result), waiting_done_fn done, void *data)
{
	struct waiting *w = g_new0(struct waiting, 1);

	*w = (struct waiting){.app = app, .work = *work, .asks = asks, .done = done, .data = data};
	busy_begin(&w->busy, app, "%s", what);
	screen_hold(app->screen, TRUE);
	w->clock = g_timeout_add(LOOK_MS, look, w);
	app->priv->waiting = w;
	start(w);
}

void waiting_cancel(struct app *app)
{
	if (app->priv->waiting)
		end(app->priv->waiting, NULL);
}
