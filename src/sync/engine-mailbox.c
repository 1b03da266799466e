/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names to mailboxes, accounts, workers and transports. */
#include <string.h>

#include "core.h"
#include "cur/base/error.h"
#include "cur/conf/conf.h"
#include "folders.h"

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

/* By its name, or by one with other characters between its levels. `a` may be NULL. */
static struct state_mailbox *known_mailbox(struct engine *e, const struct account *a,
					   const char *name)
{
	g_autofree char *other = a ? conf_other_levels(name, a->delim_chars) : NULL;
	struct state_mailbox *mb;

	store_lock(e->store);
	mb = state_mailbox_by_name(store_state(e->store), name);
	if (!mb && other)
		mb = state_mailbox_by_name(store_state(e->store), other);
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
	const struct account *a = engine_account_of(e, name);
	struct state_mailbox *mb = known_mailbox(e, a, name);

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
	if (!store_end(e->store, mb != NULL, error))
		g_clear_pointer(&mb, g_free);
	return mb;
}

struct transport *engine_resolve_transport(const char *line, void *engine, GError **error)
{
	struct engine *e = engine;

	return conf_transport_of(e->conf, line, error);
}

guint32 engine_mailbox_for_copy(const char *name, void *data, GError **error)
{
	struct engine *e = data;
	g_autofree struct state_mailbox *mb = NULL;
	const struct account *a;

	g_mutex_lock(&e->accounts_lock);
	mb = known_mailbox(e, engine_account_of(e, name), name);
	g_mutex_unlock(&e->accounts_lock);
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
	if (!store_end(e->store, mb != NULL, error))
		g_clear_pointer(&mb, g_free);
	return mb ? mb->number : 0;
}

void engine_refresh(guint32 mailbox, struct ticket *t, void *data)
{
	struct worker *w = engine_worker_for(data, mailbox);

	if (w)
		worker_want_mailbox(w, mailbox, FALSE, t);
}
