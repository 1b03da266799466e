/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests about mailboxes: what is open, what is to be synced, making and unmaking them. */
#include <string.h>

#include "acts.h"
#include "ask.h"
#include "cur/base/error.h"
#include "cur/base/nearest.h"
#include "cur/conf/lists.h"
#include "harvest.h"
#include "letter.h"
#include "refused.h"
#include "vanished.h"

/* ---- what is open -------------------------------------------------------------- */

static void answer_opened(struct client *c, guint32 serial, const struct state_mailbox *mb)
{
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(c->opened, GUINT_TO_POINTER(mb->number)));
	struct worker *w = engine_worker_of(c->engine, mb);

	g_hash_table_insert(c->opened, GUINT_TO_POINTER(mb->number), GUINT_TO_POINTER(n + 1));
	clients_watch(c->engine);
	if (w && !*mb->account)
		worker_want_look(w, mb->number);
	else if (w)
		worker_want_mailbox(w, mb->number, FALSE, NULL);
	wire_send(c->wire, WIRE_OPENED, serial, g_variant_new("(us)", mb->number, mb->name));
	client_done(c, serial);
}

/* The account was listed: now it is known, or there is no such mailbox. */
static void opened_after_list(const GError *error, void *data)
{
	struct pending *p = data;
	struct client *c = clients_find(p->e, p->client);
	g_autoptr(GError) failed = NULL;
	g_autofree struct state_mailbox *mb = engine_mailbox(p->e, p->name, &failed);

	if (c && mb)
		answer_opened(c, p->serial, mb);
	else if (c)
		client_fail(c, p->serial, error ? error : failed);
	g_free(p->name);
	g_free(p);
}

static void tell_vanished(GVariant *body, void *data)
{
	struct request *r = data;

	wire_send(r->c->wire, WIRE_VANISHED, 0, body);
}

/* U22: what went wrong before this client came was told to nobody. */
static void tell_troubles(struct request *r)
{
	GHashTableIter it;
	void *name, *worker;

	g_hash_table_iter_init(&it, r->e->workers);
	while (g_hash_table_iter_next(&it, &name, &worker)) {
		struct worker_status status;

		vanished_each(r->e->store, name, tell_vanished, r);
		worker_status(worker, &status);
		if (status.state == WORKER_OFFLINE && status.last_error)
			wire_send(
			    r->c->wire, WIRE_NOTE, 0,
			    g_variant_new("(uss)", (guint32)HUB_WARNING, name, status.last_error));
		g_free(status.last_error);
	}
}

gboolean ask_open(struct request *r, GError **error)
{
	const struct account *account;
	g_autoptr(GError) failed = NULL;
	g_autofree struct state_mailbox *mb = NULL;
	struct worker *w = NULL;
	struct ticket *t;
	const char *name;

	if (!g_hash_table_size(r->c->opened))
		tell_troubles(r);
	g_variant_get(r->body, "(&s)", &name);
	mb = engine_mailbox(r->e, name, &failed);
	if (mb) {
		answer_opened(r->c, r->serial, mb);
		return FALSE;
	}
	account = engine_account_of(r->e, name);
	if (account && error_is(failed, CUR_ERROR_GONE))
		w = g_hash_table_lookup(r->e->workers, account->name);
	if (!w) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	t = ticket_new(r->e->hub, opened_after_list, pending_new(r, name));
	worker_want_all(w, TRUE, t);
	ticket_return(t, NULL);
	return FALSE;
}

gboolean ask_close(struct request *r, GError **error)
{
	guint32 mailbox;
	guint n;

	g_variant_get(r->body, "(u)", &mailbox);
	n = GPOINTER_TO_UINT(g_hash_table_lookup(r->c->opened, GUINT_TO_POINTER(mailbox)));
	if (n > 1)
		g_hash_table_insert(r->c->opened, GUINT_TO_POINTER(mailbox),
				    GUINT_TO_POINTER(n - 1));
	else
		g_hash_table_remove(r->c->opened, GUINT_TO_POINTER(mailbox));
	clients_watch(r->e);
	return TRUE;
}

/* ---- syncing ------------------------------------------------------------------- */

static gboolean add_shown_name(const struct state_mailbox *mb, void *data)
{
	GPtrArray *names = data;

	g_ptr_array_add(names, g_strconcat("=", mb->folder, NULL));
	return TRUE;
}

/* Mailboxes of accounts as a user writes them; char *, yours, NULL at the end. */
static GPtrArray *shown_names(struct engine *e)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	store_lock(e->store);
	for (guint i = 0; i < e->accounts->len; i++) {
		const struct account *a = g_ptr_array_index(e->accounts, i);

		state_mailboxes(store_state(e->store), a->name, add_shown_name, names, NULL);
	}
	store_unlock(e->store);
	g_ptr_array_add(names, NULL);
	return names;
}

/* "=INBX" for imaps://user@host/INBX, and "=Sent" for somebody who wrote Sent. */
static char *shown_name(struct engine *e, const char *name)
{
	const struct account *a = engine_account_of(e, name);
	g_autofree char *last = a ? NULL : g_path_get_basename(name);

	return g_strconcat("=", a ? name + strlen(a->url) + 1 : last, NULL);
}

/* The mailbox; GONE with the name that may have been meant. */
static struct state_mailbox *find_mailbox(struct engine *e, const char *name, GError **error)
{
	g_autoptr(GError) failed = NULL;
	struct state_mailbox *mb = engine_mailbox(e, name, &failed);
	g_autoptr(GPtrArray) names = NULL;
	g_autofree char *shown = NULL, *hint = NULL;

	if (mb)
		return mb;
	names = shown_names(e);
	shown = shown_name(e, name);
	hint = nearest_hint(shown, (const char *const *)names->pdata);
	g_propagate_error(error,
			  g_error_new(failed->domain, failed->code, "%s%s", failed->message, hint));
	return NULL;
}

/* A name is an account or a mailbox. */
gboolean engine_want(struct engine *e, const char *name, struct ticket *t, GError **error)
{
	struct worker *w = g_hash_table_lookup(e->workers, name);
	g_autofree struct state_mailbox *mb = NULL;

	if (w) {
		worker_want_all(w, TRUE, t);
		return TRUE;
	}
	mb = find_mailbox(e, name, error);
	w = mb ? engine_worker_of(e, mb) : NULL;
	if (mb && !w)
		return error_set(error, CUR_ERROR_GONE, "no account for '%s'", name);
	if (w)
		worker_want_mailbox(w, mb->number, TRUE, t);
	return w != NULL;
}

static void take_in(struct engine *e, const char *text)
{
	g_autofree char *name = conf_resolve_mailbox(e->conf, text, NULL, NULL, NULL);
	g_autofree char *cur = g_build_filename(name ? name : "", "cur", NULL);

	if (name && g_path_is_absolute(name) && g_file_test(cur, G_FILE_TEST_IS_DIR))
		g_free(engine_mailbox(e, name, NULL));
}

/* Maildirs that the configuration names and nobody has opened yet. */
static void take_in_local(struct engine *e)
{
	const GPtrArray *mailboxes = conf_mailboxes(e->conf);

	take_in(e, "!");
	for (guint i = 0; i < mailboxes->len; i++) {
		const struct mailbox_entry *entry = g_ptr_array_index(mailboxes, i);

		take_in(e, entry->text);
	}
}

static gboolean count(const struct state_mailbox *mb, void *data)
{
	++*(guint *)data;
	return TRUE;
}

/* What was meant to be an account and is none, with the place where it stands. */
static gboolean check_urls(struct engine *e, GError **error)
{
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) none = conf_accounts(e->conf, problems);

	return !problems->len || error_set(error, CUR_ERROR_USAGE, "no account to fetch from: %s%s",
					   (const char *)problems->pdata[0],
					   problems->len > 1 ? " (there is more: cur check)" : "");
}

/* Who only sends: what waits is tried now, and nothing is fetched. */
static gboolean flush_alone(struct engine *e, GError **error)
{
	g_autoptr(GPtrArray) letters = letters_load(e->store);

	if (!letters->len && !check_urls(e, error))
		return FALSE;
	if (!letters->len && !*conf_settings(e->conf)->smtp_url)
		return error_set(error, CUR_ERROR_USAGE,
				 "there is nothing to sync: name your account in the muttrc (set "
				 "folder=imaps://user@host/) or a Maildir (mailboxes ~/Mail)");
	if (!letters->len) {
		hub_note(e->hub, HUB_INFO, "",
			 "no account to fetch from; nothing waits in the outbox");
		return TRUE;
	}
	if (!letters_flush(e->store, error))
		return FALSE;
	submit_wake(e->submit, TRUE);
	if (!check_urls(e, error))
		return FALSE;
	hub_note(e->hub, HUB_INFO, "",
		 "no account to fetch from; in the outbox: %u, what can be sent is tried now (see "
		 "`cur queue`)",
		 letters->len);
	return TRUE;
}

static gboolean want_all(struct engine *e, struct ticket *t, GError **error)
{
	GHashTableIter it;
	void *worker;
	guint n_local = 0;

	take_in_local(e);
	store_lock(e->store);
	state_mailboxes(store_state(e->store), "", count, &n_local, NULL);
	store_unlock(e->store);
	if (!n_local && !g_hash_table_size(e->workers))
		return flush_alone(e, error);
	g_hash_table_iter_init(&it, e->workers);
	while (g_hash_table_iter_next(&it, NULL, &worker))
		worker_want_all(worker, TRUE, t);
	worker_want_all(e->local, TRUE, t);
	return TRUE;
}

static gboolean want_each(struct engine *e, char **names, struct ticket *t, GError **error)
{
	for (guint i = 0; names[i]; i++)
		if (!engine_want(e, names[i], t, error))
			return FALSE;
	return names[0] || want_all(e, t, error);
}

gboolean ask_sync(struct request *r, GError **error)
{
	g_auto(GStrv) names = NULL;
	g_autoptr(GError) failed = NULL;
	struct ticket *t = NULL;
	gboolean wait;

	g_variant_get(r->body, "(^asb)", &names, &wait);
	if (!wait)
		return want_each(r->e, names, NULL, error);
	t = ticket_new(r->e->hub, pending_answered, pending_new(r, NULL));
	want_each(r->e, names, t, &failed);
	ticket_return(t, failed);
	return FALSE;
}

/* D06, or what is gone at the server: whichever was asked. */
static gboolean take_word(struct engine *e, const struct state_mailbox *mb, gboolean go,
			  GError **error)
{
	gboolean was_asked;

	if (!vanished_answer(e->store, mb->number, go, &was_asked, error) ||
	    (go && !was_asked && !harvest_confirm(e->store, mb->number, &was_asked, error)))
		return FALSE;
	return was_asked ||
	       error_set(error, CUR_ERROR_GONE, "nothing is asked about '%s'", mb->name);
}

/* The deletions are made with this very sync. */
gboolean ask_confirm(struct request *r, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL, *left = NULL;
	g_autoptr(GError) failed = NULL;
	struct ticket *t;
	const char *name;
	gboolean go;

	g_variant_get(r->body, "(&sb)", &name, &go);
	mb = engine_mailbox(r->e, name, error);
	if (!mb || !take_word(r->e, mb, go, error))
		return FALSE;
	/* One that was gone as a whole went with the answer. */
	left = engine_mailbox(r->e, name, NULL);
	if (!left)
		return TRUE;
	t = ticket_new(r->e->hub, pending_answered, pending_new(r, NULL));
	engine_want(r->e, name, t, &failed);
	ticket_return(t, failed);
	return FALSE;
}

/* What the server has is found out with this very sync. */
gboolean ask_give_up(struct request *r, GError **error)
{
	g_autoptr(GError) failed = NULL;
	struct ticket *t;
	const char *name;

	g_variant_get(r->body, "(&s)", &name);
	if (!g_hash_table_contains(r->e->workers, name))
		return error_set(error, CUR_ERROR_GONE, "there is no account '%s'", name);
	if (!refused_give_up(r->e->store, name, error))
		return FALSE;
	t = ticket_new(r->e->hub, pending_answered, pending_new(r, NULL));
	engine_want(r->e, name, t, &failed);
	ticket_return(t, failed);
	return FALSE;
}

/* ---- making and unmaking ------------------------------------------------------- */

static gboolean owner_of(struct engine *e, const char *name, const struct account **account,
			 GError **error)
{
	*account = engine_account_of(e, name);
	if (*account || g_path_is_absolute(name))
		return TRUE;
	return error_set(error, CUR_ERROR_USAGE, "no account for '%s'", name);
}

gboolean ask_create(struct request *r, GError **error)
{
	const struct account *account;
	g_autofree struct state_mailbox *mb = NULL;
	auto_ptr(journal) j = NULL;
	const char *name;

	g_variant_get(r->body, "(&s)", &name);
	j = journal_of(r->e->store, ACT_CREATE, 0, 0, name);
	if (!owner_of(r->e, name, &account, error) ||
	    !act_create(r->e->store, account, name, j, error))
		return FALSE;
	mb = engine_mailbox(r->e, name, NULL);
	if (mb)
		request_push(r->e, mb->number);
	return TRUE;
}

gboolean ask_delete(struct request *r, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	auto_ptr(journal) j = NULL;
	struct worker *w;
	const char *name;

	g_variant_get(r->body, "(&s)", &name);
	mb = engine_mailbox(r->e, name, error);
	if (!mb)
		return FALSE;
	j = journal_of(r->e->store, ACT_DELETE, mb->number, 0, name);
	if (!act_delete(r->e->store, mb->number, j, error))
		return FALSE;
	w = engine_worker_of(r->e, mb);
	if (w && *mb->account)
		worker_want_push(w);
	return TRUE;
}

gboolean ask_rename(struct request *r, GError **error)
{
	const struct account *from_account, *to_account;
	g_autofree struct state_mailbox *mb = NULL;
	auto_ptr(journal) j = NULL;
	const char *from, *to;

	g_variant_get(r->body, "(&s&s)", &from, &to);
	if (!owner_of(r->e, from, &from_account, error) || !owner_of(r->e, to, &to_account, error))
		return FALSE;
	if (from_account != to_account)
		return error_set(error, CUR_ERROR_REFUSED,
				 "a mailbox cannot be renamed into another account");
	mb = engine_mailbox(r->e, from, error);
	if (!mb)
		return FALSE;
	j = journal_of(r->e->store, ACT_RENAME, mb->number, 0, from);
	if (!act_rename(r->e->store, to_account, mb->number, to, j, error))
		return FALSE;
	request_push(r->e, mb->number);
	return TRUE;
}

gboolean ask_subscribe(struct request *r, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	const char *name;
	gboolean on;

	g_variant_get(r->body, "(&sb)", &name, &on);
	mb = engine_mailbox(r->e, name, error);
	if (!mb || !act_subscribe(r->e->store, mb->number, on, error))
		return FALSE;
	request_push(r->e, mb->number);
	return TRUE;
}
