/* SPDX-License-Identifier: GPL-3.0-or-later */
/* POP3 into the INBOX of its account: a session for each round. */
#include "cur/base/error.h"
#include "folders.h"
#include "pop-round.h"

static struct state_mailbox *inbox_of(struct worker *w, GError **error)
{
	struct state_mailbox *mb = worker_inbox(w);
	struct store *store = hub_store(w->hub);

	if (mb)
		return mb;
	if (!store_begin(store, error))
		return NULL;
	mb = folder_make(store, w->account, "INBOX", error);
	if (!store_end(store, mb != NULL, error))
		g_clear_pointer(&mb, g_free);
	return mb;
}

/* A POP3 session lasts one round: while it is open, others could not log in. */
static gboolean connect_pop(struct worker *w, GError **error)
{
	struct pop_account account = {0};
	struct pop *pop;

	if (!login_prepare(&w->login, w->hub, w->account, w->settings.connect_s, &account.server,
			   &account.auth, error))
		return FALSE;
	w->session = pop = pop_open(&account, w->waker, error);
	/* RFC 2449: the server knows how often it wants to see us. */
	if (pop)
		w->settings.check_s = MAX(w->settings.check_s, pop_login_delay(pop));
	return pop != NULL;
}

static void disconnect_pop(struct worker *w)
{
	struct pop *pop = g_steal_pointer(&w->session);

	if (pop)
		pop_close(pop);
}

static gboolean talk(struct worker *w, const struct state_mailbox *inbox, GError **error)
{
	struct pop_round r = {.w = w, .pop = w->session, .inbox = inbox};
	gboolean ok;

	pop_round_init(&r);
	ok = pop_pull(&r, error) && pop_prune(&r, error);
	pop_round_clear(&r);
	disconnect_pop(w);
	return ok;
}

/* The second look at a folder comes behind the end of the first session. */
static gboolean round_pop(struct worker *w, const struct wishes *wishes, GError **error)
{
	g_autofree struct state_mailbox *inbox = inbox_of(w, error);

	return inbox && worker_look(w, inbox->number, NULL, error) &&
	       (w->session || connect_pop(w, error)) && talk(w, inbox, error);
}

const struct worker_ops worker_pop_ops = {
    .connect = connect_pop,
    .round = round_pop,
    .rest = worker_doze,
    .disconnect = disconnect_pop,
};
