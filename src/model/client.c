/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The line to the engine. A request is kept until its last answer; when the
 * engine dies, what was sent fails visibly (it may or may not have been done) and the
 * line is taken up again.
 */
#include "cur/model/client.h"

#include <glib-unix.h>
#include <unistd.h>

#include "client-start.h"
#include "cur/base/error.h"
#include "cur/wire/socket.h"

enum {
	TRY_MS = 3,	       /* between tries to reach an engine that starts */
	START_MS = 60 * 1000,  /* how long an engine that lives may take to listen */
	LISTEN_MS = 500,       /* the same for one that says it does */
	OTHER_MS = 3000,       /* the same for one that another program has started */
	RETURN_FIRST_MS = 500, /* before the first return to an engine that cannot be reached */
	RETURN_MAX_MS = 30000,
	STEADY_MS = 5000, /* an engine that lived so long is started again at once */
};

struct request {
	guint32 serial;
	enum wire_id id;
	GVariant *body; /* NULL once it is sent */
	client_answer_fn answer;
	void *data;
};

struct client {
	char *data_dir, *program;
	char **args;
	int shells; /* for the first engine that is started; -1: none */
	GMainContext *context;
	gboolean no_start, no_return;
	client_state_fn on_state;
	client_tell_fn on_tell;
	void *data;

	enum client_state state;
	GError *why;
	struct wire *wire;
	guint32 last_serial, hello_serial;
	GQueue requests;	    /* struct request, in order of asking */
	GSource *timer;		    /* the next try, or the return */
	struct engine_start *start; /* of an engine that does not listen yet */
	gint64 deadline;	    /* monotonic us: until when it may take */
	gint64 ready_since;	    /* monotonic us */
	guint return_ms;	    /* how long the next return waits */
};

static void try_to_connect(struct client *c);

/* ---- requests ---- */

static void request_free(struct request *r)
{
	if (r->body)
		g_variant_unref(r->body);
	g_free(r);
}

/* Does it change something that the user would miss? */
static gboolean is_wish(enum wire_id id)
{
	switch (id) {
	case WIRE_MARK:
	case WIRE_TAG:
	case WIRE_MOVE:
	case WIRE_COPY:
	case WIRE_REMOVE:
	case WIRE_APPEND:
	case WIRE_CREATE:
	case WIRE_DELETE:
	case WIRE_RENAME:
	case WIRE_SUBSCRIBE:
	case WIRE_SUBMITTED:
	case WIRE_SHOWN:
	case WIRE_UNDO:
		return TRUE;
	default:
		return FALSE;
	}
}

static GList *find_request(struct client *c, guint32 serial)
{
	for (GList *l = c->requests.head; l; l = l->next)
		if (((struct request *)l->data)->serial == serial)
			return l;
	return NULL;
}

/* The last answer of a request; it is gone before its owner hears, who may ask anew. */
static void finish_request(struct client *c, GList *link, GVariant *body, const GError *why)
{
	struct request *r = link->data;

	g_queue_delete_link(&c->requests, link);
	if (r->answer)
		r->answer(WIRE_DONE, body, TRUE, why, r->data);
	request_free(r);
}

/* All that were asked up to now: those that an answer asks anew are not among them. */
static void fail_requests(struct client *c, const GError *why)
{
	g_autoptr(GError) kept = g_error_copy(why);

	for (guint n = c->requests.length; n > 0 && c->requests.head; n--)
		finish_request(c, c->requests.head, NULL, kept);
}

static void send_request(struct client *c, struct request *r)
{
	wire_send(c->wire, r->id, r->serial, r->body);
	g_clear_pointer(&r->body, g_variant_unref);
}

/* ---- state ---- */

static void drop_timer(struct client *c)
{
	if (!c->timer)
		return;
	g_source_destroy(c->timer);
	g_clear_pointer(&c->timer, g_source_unref);
}

static gboolean on_timer(gpointer data)
{
	struct client *c = data;

	drop_timer(c);
	try_to_connect(c);
	return G_SOURCE_REMOVE;
}

static void set_timer(struct client *c, guint ms)
{
	drop_timer(c);
	c->timer = g_timeout_source_new(ms);
	g_source_set_callback(c->timer, on_timer, c, NULL);
	g_source_attach(c->timer, c->context);
}

static gboolean on_word(int fd, GIOCondition condition, gpointer data)
{
	return on_timer(data);
}

/* The engine that starts says when it listens, or why it cannot. */
static void await_word(struct client *c, int fd)
{
	drop_timer(c);
	c->timer = g_unix_fd_source_new(fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
	g_source_set_callback(c->timer, G_SOURCE_FUNC(on_word), c, NULL);
	g_source_set_ready_time(c->timer, c->deadline);
	g_source_attach(c->timer, c->context);
}

/* Takes `why`, which may be NULL. */
static void enter_state(struct client *c, enum client_state state, GError *why)
{
	g_clear_error(&c->why);
	c->why = why;
	if (state == CLIENT_READY)
		c->ready_since = g_get_monotonic_time();
	if (state == c->state && !why)
		return;
	c->state = state;
	if (c->on_state)
		c->on_state(state, why, c->data);
}

static void plan_return(struct client *c)
{
	if (c->no_return)
		return;
	set_timer(c, c->return_ms);
	c->return_ms = MIN(c->return_ms * 2, RETURN_MAX_MS);
}

/* No engine to be had: whoever waits is told. Takes `why`. */
static void give_up(struct client *c, enum client_state state, GError *why)
{
	g_clear_pointer(&c->wire, wire_free);
	g_clear_pointer(&c->start, engine_start_free);
	plan_return(c);
	enter_state(c, state, why);
	fail_requests(c, why);
}

/* ---- the connection ---- */

static void become_ready(struct client *c)
{
	enter_state(c, CLIENT_READY, NULL);
	/* The state's owner may have asked already: what has no body is sent. */
	for (GList *l = c->requests.head; l && c->wire; l = l->next)
		if (((struct request *)l->data)->body)
			send_request(c, l->data);
}

/* The engine's FAIL as an error of ours. */
static GError *error_of_fail(GVariant *body)
{
	const char *text;
	guint32 code;

	g_variant_get(body, "(u&s)", &code, &text);
	return g_error_new_literal(CUR_ERROR, code < CUR_ERROR_N ? (int)code : CUR_ERROR_IO, text);
}

static void on_hello_answer(struct client *c, enum wire_id id, GVariant *body)
{
	c->hello_serial = 0;
	if (id == WIRE_DONE)
		become_ready(c);
	else if (id == WIRE_FAIL)
		give_up(c, CLIENT_REFUSED, error_of_fail(body));
}

static void on_answer(struct client *c, enum wire_id id, guint32 serial, GVariant *body)
{
	GList *link = find_request(c, serial);
	struct request *r = link ? link->data : NULL;

	if (!r)
		return; /* cancelled */
	if (id == WIRE_DONE) {
		finish_request(c, link, body, NULL);
	} else if (id == WIRE_FAIL) {
		g_autoptr(GError) why = error_of_fail(body);

		finish_request(c, link, NULL, why);
	} else if (r->answer) {
		r->answer(id, body, FALSE, NULL, r->data);
	}
}

static void on_message(struct wire *w, enum wire_id id, guint32 serial, GVariant *body, void *data)
{
	struct client *c = data;

	if (c->hello_serial && serial == c->hello_serial)
		on_hello_answer(c, id, body);
	else if (serial)
		on_answer(c, id, serial, body);
	else if (c->on_tell)
		c->on_tell(id, serial, body, c->data);
}

/* The first that was sent, of those up to `last`. */
static GList *find_sent(struct client *c, guint32 last)
{
	for (GList *l = c->requests.head; l; l = l->next) {
		const struct request *r = l->data;

		if (!r->body && r->serial <= last)
			return l;
	}
	return NULL;
}

/* Requests that were sent fail; those that wait go to the next engine. */
static void fail_sent(struct client *c, const GError *why)
{
	guint32 last = c->last_serial;
	GList *link;

	while ((link = find_sent(c, last)))
		finish_request(c, link, NULL, why);
}

static void on_closed(struct wire *w, const GError *broken, void *data)
{
	struct client *c = data;
	gboolean steady = c->state == CLIENT_READY &&
			  g_get_monotonic_time() - c->ready_since > STEADY_MS * (gint64)1000;
	GError *why = NULL;

	error_set(&why, CUR_ERROR_RETRY, "the engine stopped%s%s", broken ? ": " : "",
		  broken ? broken->message : "");
	g_clear_pointer(&c->wire, wire_free);
	c->hello_serial = 0;
	if (c->no_return || !steady) {
		give_up(c, CLIENT_DOWN, why);
		return;
	}
	c->return_ms = RETURN_FIRST_MS;
	enter_state(c, CLIENT_CONNECTING, NULL);
	fail_sent(c, why);
	g_error_free(why);
	if (!c->wire && !c->timer)
		try_to_connect(c);
}

static void say_hello(struct client *c, int fd)
{
	static const char *const none[] = {NULL};

	g_clear_pointer(&c->start, engine_start_free);
	c->wire = wire_new(fd, WIRE_TELL, c->context, on_message, on_closed, c);
	c->hello_serial = ++c->last_serial;
	wire_send(c->wire, WIRE_HELLO, c->hello_serial,
		  g_variant_new("(us^as)", (guint32)WIRE_VERSION, c->program,
				c->args ? (const char *const *)c->args : none));
}

static void set_deadline(struct client *c, guint ms)
{
	c->deadline = g_get_monotonic_time() + ms * (gint64)1000;
}

/* What the engine that was started says of itself; FALSE: no use in waiting. */
static gboolean may_yet_listen(struct client *c, GError **error)
{
	gint64 now = g_get_monotonic_time();
	g_autoptr(GError) why = NULL;

	switch (engine_start_look(c->start, &why)) {
	case ENGINE_STARTING:
		break;
	case ENGINE_STARTED:
		c->deadline = MIN(c->deadline, now + LISTEN_MS * (gint64)1000);
		break;
	case ENGINE_FAILED:
		c->deadline = MIN(c->deadline, now + OTHER_MS * (gint64)1000);
		/* Another was faster: it is as good. */
		if (error_is(why, CUR_ERROR_BUSY) && now < c->deadline)
			break;
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	return now < c->deadline ||
	       error_set(error, CUR_ERROR_RETRY,
			 "the engine was started but does not answer; see cur.log in '%s'",
			 c->data_dir);
}

static void drop_shells(struct client *c)
{
	if (c->shells >= 0)
		close(c->shells);
	c->shells = -1;
}

/* Nobody listens: start an engine once, then look again until it had its time. */
static void wait_for_engine(struct client *c)
{
	GError *why = NULL;

	if (!c->start) {
		c->start = engine_start_new((const char *const *)c->args, c->shells, &why);
		drop_shells(c);
		set_deadline(c, START_MS);
	} else {
		may_yet_listen(c, &why);
	}
	if (why)
		give_up(c, CLIENT_DOWN, why);
	else if (engine_start_fd(c->start) >= 0)
		await_word(c, engine_start_fd(c->start));
	else
		set_timer(c, TRY_MS);
}

static void try_to_connect(struct client *c)
{
	g_autoptr(GError) why = NULL;
	int fd = wire_connect(c->data_dir, &why);

	enter_state(c, CLIENT_CONNECTING, NULL);
	if (fd >= 0)
		say_hello(c, fd);
	else if (c->no_start)
		give_up(c, CLIENT_DOWN, g_steal_pointer(&why));
	else
		wait_for_engine(c);
}

/* ---- public ---- */

struct client *client_new(const struct client_options *options, client_state_fn state,
			  client_tell_fn tell, void *data)
{
	struct client *c = g_new0(struct client, 1);

	c->data_dir = g_strdup(options->data_dir);
	c->program = g_strdup(options->program);
	c->args = g_strdupv((char **)options->args);
	c->shells = options->shells ? options->shells : -1;
	c->context =
	    g_main_context_ref(options->context ? options->context : g_main_context_default());
	c->no_start = options->no_start;
	c->no_return = options->no_return;
	c->on_state = state;
	c->on_tell = tell;
	c->data = data;
	c->return_ms = RETURN_FIRST_MS;
	set_timer(c, 0);
	return c;
}

void client_free(struct client *c)
{
	drop_timer(c);
	drop_shells(c);
	g_clear_pointer(&c->start, engine_start_free);
	if (c->wire)
		wire_free(c->wire);
	g_queue_clear_full(&c->requests, (GDestroyNotify)request_free);
	g_clear_error(&c->why);
	g_main_context_unref(c->context);
	g_strfreev(c->args);
	g_free(c->data_dir);
	g_free(c->program);
	g_free(c);
}

enum client_state client_state(const struct client *c)
{
	return c->state;
}

const GError *client_error(const struct client *c)
{
	return c->why;
}

guint32 client_ask(struct client *c, enum wire_id id, GVariant *body, client_answer_fn answer,
		   void *data)
{
	struct request *r = g_new0(struct request, 1);

	r->serial = ++c->last_serial;
	r->id = id;
	r->body = g_variant_ref_sink(body ? body : g_variant_new("()"));
	r->answer = answer;
	r->data = data;
	g_queue_push_tail(&c->requests, r);
	if (c->state == CLIENT_READY && c->wire)
		send_request(c, r);
	else if (!c->wire && c->state != CLIENT_CONNECTING)
		set_timer(c, 0); /* not from within this call: the answer comes later */
	return r->serial;
}

void client_cancel(struct client *c, guint32 serial)
{
	GList *link = find_request(c, serial);
	struct request *r = link ? link->data : NULL;

	if (!r)
		return;
	r->answer = NULL;
	if (is_wish(r->id))
		return;
	request_free(r);
	g_queue_delete_link(&c->requests, link);
}

guint client_n_wishes(const struct client *c)
{
	guint n = 0;

	for (GList *l = c->requests.head; l; l = l->next)
		n += is_wish(((struct request *)l->data)->id);
	return n;
}

struct waiting {
	client_row_fn row;
	void *data;
	gboolean over;
	GError *error;
};

static void on_waited(enum wire_id id, GVariant *body, gboolean final, const GError *error,
		      void *data)
{
	struct waiting *waiting = data;

	if (!final && waiting->row)
		waiting->row(id, body, waiting->data);
	if (!final)
		return;
	waiting->over = TRUE;
	waiting->error = error ? g_error_copy(error) : NULL;
}

static gboolean on_timeout(gpointer data)
{
	struct waiting *waiting = data;

	waiting->over = TRUE;
	error_set(&waiting->error, CUR_ERROR_RETRY, "the engine did not answer in time");
	return G_SOURCE_REMOVE;
}

gboolean client_wait(struct client *c, enum wire_id id, GVariant *body, int timeout_ms,
		     client_row_fn row, void *data, GError **error)
{
	struct waiting waiting = {.row = row, .data = data};
	guint32 serial = client_ask(c, id, body, on_waited, &waiting);
	GSource *timeout = timeout_ms < 0 ? NULL : g_timeout_source_new(timeout_ms);

	if (timeout) {
		g_source_set_callback(timeout, on_timeout, &waiting, NULL);
		g_source_attach(timeout, c->context);
	}
	while (!waiting.over)
		g_main_context_iteration(c->context, TRUE);
	if (timeout) {
		g_source_destroy(timeout);
		g_source_unref(timeout);
	}
	client_cancel(c, serial);
	if (!waiting.error)
		return TRUE;
	g_propagate_error(error, waiting.error);
	return FALSE;
}
