/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages, questions and failures from worker threads to the main loop. */
#include "hub.h"

#include "cur/base/error.h"
#include "cur/base/log.h"

/* A worker that waits for an answer. Lives on the worker's stack. */
struct question {
	guint32 serial;
	gboolean answered;
	char *text; /* NULL: declined */
};

struct hub {
	struct forecast *forecast;
	struct store *store;
	GMainContext *context;
	hub_tell_fn tell;
	void *data;
	GMutex lock; /* what follows */
	GCond answered;
	GPtrArray *questions;
	guint32 next_serial;
	gboolean cancelled;
	guint n_failures, n_lasting;
	gint n_errands; /* atomic: that the loop has not run yet */
};

struct parcel {
	struct hub *hub;
	enum wire_id id;
	GVariant *body;
};

struct hub *hub_new(struct store *store, hub_tell_fn tell, void *data)
{
	struct hub *hub = g_new0(struct hub, 1);

	hub->store = store;
	hub->context = g_main_context_ref(g_main_context_default());
	hub->tell = tell;
	hub->data = data;
	hub->questions = g_ptr_array_new();
	g_mutex_init(&hub->lock);
	g_cond_init(&hub->answered);
	return hub;
}

void hub_free(struct hub *hub)
{
	g_ptr_array_free(hub->questions, TRUE);
	g_main_context_unref(hub->context);
	g_mutex_clear(&hub->lock);
	g_cond_clear(&hub->answered);
	g_free(hub);
}

void hub_rehearse(struct hub *hub, struct forecast *forecast)
{
	hub->forecast = forecast;
}

struct forecast *hub_forecast(const struct hub *hub)
{
	return hub->forecast;
}

struct store *hub_store(struct hub *hub)
{
	return hub->store;
}

/* Not g_main_context_invoke(): that runs here and now while the loop does not yet run. */
static void post(struct hub *hub, GSourceFunc call, void *data, GDestroyNotify destroy)
{
	GSource *source = g_idle_source_new();

	g_source_set_priority(source, G_PRIORITY_DEFAULT);
	g_source_set_callback(source, call, data, destroy);
	g_source_attach(source, hub->context);
	g_source_unref(source);
}

static void parcel_free(void *data)
{
	struct parcel *p = data;

	g_variant_unref(p->body);
	g_free(p);
}

static gboolean deliver(void *data)
{
	struct parcel *p = data;
	guint32 serial;

	/* Nobody there to ask: the worker shall not wait. */
	if (!p->hub->tell(p->id, p->body, p->hub->data) && p->id == WIRE_PROMPT) {
		g_variant_get_child(p->body, 0, "u", &serial);
		hub_answer(p->hub, serial, NULL);
	}
	return G_SOURCE_REMOVE;
}

void hub_tell(struct hub *hub, enum wire_id id, GVariant *body)
{
	struct parcel *p = g_new0(struct parcel, 1);

	p->hub = hub;
	p->id = id;
	p->body = g_variant_ref_sink(body ? body : g_variant_new("()"));
	/* On the loop itself at once: CHANGED goes before the DONE of what changed it. */
	if (g_main_context_is_owner(hub->context)) {
		deliver(p);
		parcel_free(p);
		return;
	}
	post(hub, deliver, p, parcel_free);
}

void hub_note(struct hub *hub, enum hub_level level, const char *account, const char *format, ...)
{
	static const enum log_level levels[] = {LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR};
	g_autofree char *text = NULL, *utf8 = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	utf8 = g_utf8_make_valid(text, -1);
	log_event(levels[level], "%s%s%s", account, *account ? ": " : "", utf8);
	hub_tell(hub, WIRE_NOTE, g_variant_new("(uss)", (guint32)level, account, utf8));
}

void hub_progress(struct hub *hub, const char *what, const char *doing, guint64 done, guint64 total)
{
	hub_tell(hub, WIRE_PROGRESS,
		 g_variant_new("(ssttt)", what, doing, done, total, (guint64)0));
}

char *hub_prompt(struct hub *hub, const char *question, gboolean secret, GError **error)
{
	struct question q = {0};

	g_mutex_lock(&hub->lock);
	q.serial = ++hub->next_serial;
	g_ptr_array_add(hub->questions, &q);
	hub_tell(hub, WIRE_PROMPT, g_variant_new("(usb)", q.serial, question, secret));
	while (!q.answered && !hub->cancelled)
		g_cond_wait(&hub->answered, &hub->lock);
	g_ptr_array_remove_fast(hub->questions, &q);
	g_mutex_unlock(&hub->lock);
	if (q.text)
		return q.text;
	if (q.answered)
		error_set(error, CUR_ERROR_AUTH, "no answer to '%s'", question);
	else
		error_set(error, CUR_ERROR_CANCELLED, "stopped while asking '%s'", question);
	return NULL;
}

/* Under the lock; NULL when nobody waits. */
static struct question *find_question(struct hub *hub, guint32 serial)
{
	for (guint i = 0; i < hub->questions->len; i++) {
		struct question *q = g_ptr_array_index(hub->questions, i);

		if (q->serial == serial && !q->answered)
			return q;
	}
	return NULL;
}

gboolean hub_answer(struct hub *hub, guint32 serial, const char *text)
{
	struct question *q;

	g_mutex_lock(&hub->lock);
	q = find_question(hub, serial);
	if (q) {
		q->text = g_strdup(text);
		q->answered = TRUE;
	}
	g_cond_broadcast(&hub->answered);
	g_mutex_unlock(&hub->lock);
	return q != NULL;
}

gboolean hub_is_asking(struct hub *hub, guint32 serial)
{
	gboolean asking;

	g_mutex_lock(&hub->lock);
	asking = find_question(hub, serial) != NULL;
	g_mutex_unlock(&hub->lock);
	return asking;
}

void hub_cancel_prompts(struct hub *hub)
{
	g_mutex_lock(&hub->lock);
	hub->cancelled = TRUE;
	g_cond_broadcast(&hub->answered);
	g_mutex_unlock(&hub->lock);
}

void hub_count_failure(struct hub *hub, const GError *error)
{
	gboolean temporary = error_is(error, CUR_ERROR_RETRY) || error_is(error, CUR_ERROR_BUSY) ||
			     error_is(error, CUR_ERROR_CANCELLED);

	g_mutex_lock(&hub->lock);
	hub->n_failures++;
	hub->n_lasting += !temporary;
	g_mutex_unlock(&hub->lock);
}

guint hub_n_failures(struct hub *hub, gboolean *all_temporary)
{
	guint n;

	g_mutex_lock(&hub->lock);
	n = hub->n_failures;
	*all_temporary = hub->n_lasting == 0;
	g_mutex_unlock(&hub->lock);
	return n;
}

struct errand {
	struct hub *hub;
	void (*call)(void *data);
	void *data;
};

static gboolean run_errand(void *data)
{
	struct errand *errand = data;

	errand->call(errand->data);
	g_atomic_int_dec_and_test(&errand->hub->n_errands);
	return G_SOURCE_REMOVE;
}

void hub_call(struct hub *hub, void (*call)(void *data), void *data)
{
	struct errand *errand = g_new0(struct errand, 1);

	g_atomic_int_inc(&hub->n_errands);
	errand->hub = hub;
	errand->call = call;
	errand->data = data;
	post(hub, run_errand, errand, g_free);
}

gboolean hub_has_errands(struct hub *hub)
{
	return g_atomic_int_get(&hub->n_errands) > 0;
}
