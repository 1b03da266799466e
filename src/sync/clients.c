/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The programs at the engine's socket. */
#include "core.h"
#include "cur/base/error.h"
#include "cur/base/log.h"

static void client_free(void *data)
{
	struct client *c = data;

	wire_free(c->wire);
	g_hash_table_unref(c->opened);
	g_ptr_array_unref(c->asked);
	g_free(c);
}

static void free_body(void *body)
{
	g_variant_unref(body);
}

/* Its questions go to another program, or nobody answers them. */
static void pass_on(struct engine *e, const GPtrArray *asked)
{
	for (guint i = 0; i < asked->len; i++) {
		GVariant *body = g_ptr_array_index(asked, i);
		guint32 serial;

		g_variant_get_child(body, 0, "u", &serial);
		if (hub_is_asking(e->hub, serial) && !clients_tell(WIRE_PROMPT, body, e))
			hub_answer(e->hub, serial, NULL);
	}
}

static void on_closed(struct wire *w, const GError *why, void *data)
{
	struct client *c = data;
	struct engine *e = c->engine;
	g_autoptr(GPtrArray) asked = g_ptr_array_ref(c->asked);

	if (why)
		log_event(LOG_LEVEL_WARN, "client: %s", why->message);
	g_ptr_array_remove_fast(e->clients, c);
	pass_on(e, asked);
	clients_watch(e);
	submit_adopt_new(e->submit, engine_resolve_transport, e, NULL);
}

static void on_message(struct wire *w, enum wire_id id, guint32 serial, GVariant *body, void *data)
{
	request_handle(data, id, serial, body);
}

void clients_accept(int fd, void *engine)
{
	static guint last_id;
	struct engine *e = engine;
	struct client *c = g_new0(struct client, 1);

	if (!e->clients->len)
		g_ptr_array_set_free_func(e->clients, client_free);
	c->engine = e;
	c->id = ++last_id;
	c->asked = g_ptr_array_new_with_free_func(free_body);
	c->opened = g_hash_table_new(g_direct_hash, g_direct_equal);
	c->wire = wire_new(fd, WIRE_ASK, NULL, on_message, on_closed, c);
	g_ptr_array_add(e->clients, c);
}

void clients_free(struct engine *e)
{
	for (guint i = 0; i < e->clients->len; i++) {
		struct client *c = g_ptr_array_index(e->clients, i);

		wire_flush(c->wire, 1000);
	}
	g_ptr_array_unref(e->clients);
}

gboolean clients_tell(enum wire_id id, GVariant *body, void *engine)
{
	struct engine *e = engine;
	gboolean any = FALSE;

	for (guint i = 0; i < e->clients->len; i++) {
		struct client *c = g_ptr_array_index(e->clients, i);

		if (!c->greeted)
			continue;
		wire_send(c->wire, id, 0, body);
		any = TRUE;
		if (id != WIRE_PROMPT)
			continue;
		/* One question, one asker. */
		g_ptr_array_add(c->asked, g_variant_ref(body));
		break;
	}
	return any;
}

struct client *clients_find(struct engine *e, guint id)
{
	for (guint i = 0; i < e->clients->len; i++) {
		struct client *c = g_ptr_array_index(e->clients, i);

		if (c->id == id)
			return c;
	}
	return NULL;
}

void client_done(struct client *c, guint32 serial)
{
	wire_send(c->wire, WIRE_DONE, serial, NULL);
}

void client_fail(struct client *c, guint32 serial, const GError *error)
{
	g_autofree char *text = g_utf8_make_valid(error->message, -1);
	guint32 code = error->domain == CUR_ERROR ? (guint32)error->code : CUR_ERROR_IO;

	wire_send(c->wire, WIRE_FAIL, serial, g_variant_new("(us)", code, text));
}

static void watch_one(struct engine *e, guint32 number, GHashTable *by_worker)
{
	struct state_mailbox *mb;
	struct worker *w;

	store_lock(e->store);
	mb = state_mailbox(store_state(e->store), number);
	store_unlock(e->store);
	w = mb ? engine_worker_of(e, mb) : NULL;
	if (w)
		g_hash_table_insert(by_worker, w, GUINT_TO_POINTER(number));
	if (mb && !*mb->account)
		watch_add(e->watch, number, mb->path);
	g_free(mb);
}

void clients_watch(struct engine *e)
{
	g_autoptr(GHashTable) by_worker = g_hash_table_new(g_direct_hash, g_direct_equal);
	GHashTableIter it;
	void *number, *worker;

	for (guint i = 0; i < e->clients->len; i++) {
		struct client *c = g_ptr_array_index(e->clients, i);

		g_hash_table_iter_init(&it, c->opened);
		while (g_hash_table_iter_next(&it, &number, NULL))
			watch_one(e, GPOINTER_TO_UINT(number), by_worker);
	}
	g_hash_table_iter_init(&it, e->workers);
	while (g_hash_table_iter_next(&it, NULL, &worker))
		worker_watch(worker, GPOINTER_TO_UINT(g_hash_table_lookup(by_worker, worker)));
}
