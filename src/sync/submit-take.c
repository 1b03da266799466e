/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What programs put into outbox/new gets a row; Transport: lines become transports. */
#include "cur/base/error.h"
#include "submit-private.h"

static gboolean know_transport(struct submit *s, const char *line, submit_resolve_fn resolve,
			       void *data, GError **error)
{
	struct transport *t;
	gboolean known;

	g_mutex_lock(&s->lock);
	known = g_hash_table_contains(s->transports, line);
	g_mutex_unlock(&s->lock);
	if (known)
		return TRUE;
	t = resolve(line, data, error);
	if (!t)
		return FALSE;
	g_mutex_lock(&s->lock);
	g_hash_table_insert(s->transports, g_strdup(line), t);
	g_mutex_unlock(&s->lock);
	return TRUE;
}

static void adopt_one(struct submit *s, const char *id, submit_resolve_fn resolve, void *data)
{
	g_autoptr(GError) error = NULL;
	auto_ptr(outbox_item) item = outbox_read(s->dir, id, &error);

	if (!item && error_is(error, CUR_ERROR_CORRUPT)) {
		g_prefix_error(&error, "it is put aside: ");
		submit_fall_short(s, "outbox", error);
		outbox_set_aside(s->dir, id, NULL);
		return;
	}
	/* The row is queued all the same: a line in the configuration can be mended. */
	if (item && !know_transport(s, item->transport, resolve, data, &error)) {
		submit_fall_short(s, "outbox", error);
		g_clear_error(&error);
	}
	if (item && outbox_adopt(s->dir, id, &error) && letter_add(s->store, id, item, &error))
		g_hash_table_remove(s->untaken, id);
	else if (g_hash_table_add(s->untaken, g_strdup(id)))
		submit_fall_short(s, "outbox", error);
}

void submit_take(struct submit *s, const char *id, submit_resolve_fn resolve, void *data)
{
	adopt_one(s, id, resolve, data);
	submit_wake(s, FALSE);
}

gboolean submit_adopt_new(struct submit *s, submit_resolve_fn resolve, void *data, GError **error)
{
	g_autoptr(GPtrArray) ids = outbox_list_new(s->dir, error);

	for (guint i = 0; ids && i < ids->len; i++)
		adopt_one(s, g_ptr_array_index(ids, i), resolve, data);
	if (ids && ids->len)
		submit_wake(s, FALSE);
	return ids != NULL;
}

gboolean submit_adopt(struct submit *s, submit_resolve_fn resolve, void *data, GError **error)
{
	g_autoptr(GPtrArray) work = NULL;

	if (!submit_adopt_new(s, resolve, data, error))
		return FALSE;
	work = outbox_list_work(s->dir, error);
	for (guint i = 0; work && i < work->len; i++)
		adopt_one(s, g_ptr_array_index(work, i), resolve, data);
	submit_wake(s, FALSE);
	return work != NULL;
}

static gboolean retire(void *line, void *transport, void *data)
{
	g_free(line);
	g_ptr_array_add(data, transport);
	return TRUE;
}

void submit_forget_transports(struct submit *s)
{
	/* A session may use one: they are replaced, and the old ones kept until the end. */
	g_mutex_lock(&s->lock);
	g_hash_table_foreach_steal(s->transports, retire, s->retired);
	g_hash_table_remove_all(s->blocked);
	g_mutex_unlock(&s->lock);
}
