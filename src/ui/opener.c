/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who opens a message: a job without questions first, then one that may ask for a passphrase. */
#include "opener.h"

#include "app-private.h"
#include "busy.h"
#include "cur/conf/conf.h"
#include "cur/crypt/job.h"
#include "cur/model/mailbox.h"
#include "cur/model/security.h"
#include "editor.h"

/* ---- the work ---- */

static struct crypt_work work_of(GBytes *bytes, const struct unseal_options *options)
{
	struct crypt_work work;

	unseal_work(&work, bytes, options);
	return work;
}

void *opener_on_terminal(struct app *app, const struct crypt_work *work)
{
	void *result;

	editor_leave(app);
	result = crypt_run(work);
	editor_return(app);
	return result;
}

/* ---- behind a view ---- */

struct opener {
	struct app *app;
	GBytes *bytes;
	struct unseal_options options;
	struct crypt_job *job;
	gboolean may_ask;
	opener_done_fn done;
	void *data;
};

static void opener_free(struct opener *opener)
{
	g_bytes_unref(opener->bytes);
	g_free(opener);
}

static void finish(struct opener *opener, struct unsealed *u)
{
	opener_done_fn done = opener->done;
	void *data = opener->data;

	opener_free(opener);
	done(u, data);
}

static void start(struct opener *opener);

static void opened(void *result, void *data)
{
	struct opener *opener = data;
	struct unsealed *u = result;

	opener->job = NULL;
	turn_begin(opener->app);
	if (!unsealed_needs_passphrase(u) || opener->may_ask) {
		finish(opener, u);
		return;
	}
	unsealed_unref(u);
	opener->may_ask = TRUE;
	if (crypt_asks_on_terminal()) {
		struct crypt_work work = work_of(opener->bytes, &opener->options);

		work.may_ask = TRUE;
		finish(opener, opener_on_terminal(opener->app, &work));
	} else {
		start(opener);
	}
}

static void start(struct opener *opener)
{
	struct crypt_work work = work_of(opener->bytes, &opener->options);

	work.may_ask = opener->may_ask;
	work.done = opened;
	work.done_data = opener;
	opener->job = crypt_job_start(&work);
}

static GBytes *bytes_of(struct message *message)
{
	gsize n;
	const char *bytes = message_bytes(message, &n);

	return g_bytes_new(bytes, n);
}

struct opener *opener_start(struct app *app, struct message *message,
			    const struct unseal_options *options, opener_done_fn done, void *data)
{
	struct opener *opener = g_new0(struct opener, 1);

	opener->app = app;
	opener->bytes = bytes_of(message);
	opener->options = *options;
	opener->done = done;
	opener->data = data;
	start(opener);
	return opener;
}

void opener_stop(struct opener *opener)
{
	if (opener->job)
		crypt_job_abandon(opener->job);
	opener_free(opener);
}

/* ---- while the user waits ---- */

static void *wait_for(struct app *app, const char *what, const struct crypt_work *work)
{
	struct busy busy;
	void *result;

	busy_begin(&busy, app, "%s", what);
	g_atomic_rc_box_acquire(work->data);
	result = crypt_job_wait(crypt_job_start(work), &busy.patience);
	busy_end(&busy);
	return result;
}

void *opener_work(struct app *app, const char *what, struct crypt_work *work,
		  gboolean (*asks)(const void *result))
{
	void *result = wait_for(app, what, work);

	if (result && asks(result)) {
		work->free_result(result);
		work->may_ask = TRUE;
		if (crypt_asks_on_terminal())
			return opener_on_terminal(app, work);
		result = wait_for(app, what, work);
	}
	g_atomic_rc_box_release_full(work->data, work->clear_data);
	return result;
}

void opener_tell(struct app *app, const struct unsealed *u)
{
	enum unsealed_worth worth;
	const char *summary = unsealed_summary(u, &worth);

	if (summary && worth == UNSEALED_BAD)
		app_error(app, "%s", summary);
	else if (summary && worth == UNSEALED_DOUBTFUL)
		app_warning(app, "%s", summary);
	else if (summary)
		app_message(app, "%s", summary);
}

/* ---- the last one ---- */

struct opened_last {
	char *mailbox;
	guint32 lid;
	struct unsealed *u;
};

void opener_forget(struct app *app)
{
	struct opened_last *last = g_steal_pointer(&app->priv->opened);

	if (!last)
		return;
	g_free(last->mailbox);
	unsealed_unref(last->u);
	g_free(last);
}

void opener_remember(struct app *app, guint32 lid, struct unsealed *u)
{
	struct opened_last *last = g_new0(struct opened_last, 1);

	opener_forget(app);
	last->mailbox = g_strdup(mailbox_name(app->mailbox));
	last->lid = lid;
	last->u = unsealed_ref(u);
	app->priv->opened = last;
}

struct unsealed *opener_recall(struct app *app, guint32 lid)
{
	const struct opened_last *last = app->priv->opened;

	if (!last || last->lid != lid || g_strcmp0(last->mailbox, mailbox_name(app->mailbox)) != 0)
		return NULL;
	return unsealed_ref(last->u);
}

static gboolean needs_passphrase(const void *u)
{
	return unsealed_needs_passphrase(u);
}

struct unsealed *opener_run(struct app *app, struct message *message, guint32 lid,
			    gboolean *stopped)
{
	struct unsealed *u = lid ? opener_recall(app, lid) : NULL;
	g_autoptr(GBytes) bytes = NULL;
	struct unseal_options options;
	struct crypt_work work;

	*stopped = FALSE;
	security_open_options(app->conf, &options);
	options.verify = FALSE;
	if (lid && mailbox_has_inline_pgp(app->mailbox, lid))
		options.inline_pgp = TRUE;
	if (u || !unseal_look(message, &options))
		return u;
	bytes = bytes_of(message);
	work = work_of(bytes, &options);
	u = opener_work(app, "Opening the message", &work, needs_passphrase);
	*stopped = u == NULL;
	return u;
}

GBytes *opener_plain(struct app *app, GBytes *bytes, unsigned *found)
{
	static const struct unseal_options whole;
	auto_ptr(message) message = message_new(bytes);
	auto_ptr(unsealed) u = NULL;
	gboolean stopped;
	GBytes *plain;

	*found = unseal_look(message, &whole);
	if (!(*found & UNSEAL_ENCRYPTED))
		return g_bytes_ref(bytes);
	u = opener_run(app, message, 0, &stopped);
	plain = u ? unsealed_plain(u) : NULL;
	if (!plain && !stopped)
		opener_tell(app, u);
	return plain;
}
