/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A round with an IMAP server. */
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "folders.h"
#include "keeping.h"
#include "leftover.h"
#include "pull.h"
#include "push.h"
#include "refused.h"
#include "rest.h"
#include "sentry.h"
#include "steps.h"
#include "vanished.h"
#include "worker.h"

static void on_alert(const char *words, void *data)
{
	struct worker *w = data;

	if (w->settings.noise)
		hub_note(w->hub, HUB_WARNING, w->name, "the server says: %s", words);
	else
		log_event(LOG_LEVEL_INFO, "%s: the server says: %s", w->name, words);
}

/* What to log in with; it borrows from the worker. The user may be asked. */
static gboolean prepare(struct worker *w, struct imap_account *out, GError **error)
{
	*out = (struct imap_account){.send_id = w->settings.send_id,
				     .deflate = w->settings.deflate,
				     .allow_preauth = *w->account->tunnel != '\0',
				     .keepalive_s = w->settings.keepalive_s};
	return login_prepare(&w->login, w->hub, w->account, w->settings.connect_s, &out->server,
			     &out->auth, error);
}

static struct imap *open_session(struct worker *w, const struct imap_account *account,
				 GError **error)
{
	struct imap *imap = imap_open(account, w->waker, error);

	if (imap)
		imap_on_alert(imap, on_alert, w);
	return imap;
}

static gboolean connect_imap(struct worker *w, GError **error)
{
	struct imap_account account;

	if (!prepare(w, &account, error))
		return FALSE;
	w->session = open_session(w, &account, error);
	if (w->session)
		leftover_remove(hub_store(w->hub), w->name);
	return w->session != NULL;
}

static void disconnect_imap(struct worker *w)
{
	struct imap *imap = g_steal_pointer(&w->session);

	/* It logs in with what the next connection may be told anew. */
	if (w->sentry)
		sentry_recall(w->sentry);
	if (imap)
		imap_close(imap);
}

static struct round round_of(struct worker *w)
{
	return (struct round){
	    .hub = w->hub,
	    .store = hub_store(w->hub),
	    .account = w->account,
	    .assumed = (const char *const *)w->settings.assumed,
	    .imap = w->session,
	    .waker = w->waker,
	    .texts = w->texts,
	    .keep = w->settings.keep,
	    .forecast = hub_forecast(w->hub),
	    .crew = w->crew,
	    .shortfall = &w->shortfall,
	};
}

/* FALSE when what the server's STATUS says is what is known here. */
static gboolean has_news(const struct imap_status *s, const struct state_mailbox *mb)
{
	const guint all = IMAP_STATUS_UIDNEXT | IMAP_STATUS_UIDVALIDITY | IMAP_STATUS_MODSEQ;

	return (s->has & all) != all || !s->highestmodseq || s->uidvalidity != mb->uidvalidity ||
	       s->uidnext != mb->uidnext || s->highestmodseq != mb->highestmodseq;
}

/* What concerns one mailbox alone and leaves the session usable. */
static gboolean is_local_matter(struct round *r, const GError *failed)
{
	return imap_is_alive(r->imap) && !waker_is_stopped(r->waker) &&
	       !error_is(failed, CUR_ERROR_FULL) && !error_is(failed, CUR_ERROR_CANCELLED);
}

/* Whether to ask the server about a mailbox, besides looking at its files. */
enum asking { ASK_ALWAYS, ASK_ON_NEWS, ASK_NEVER };

static guint32 n_there(const struct imap_status *s)
{
	return s && s->has & IMAP_STATUS_MESSAGES ? s->messages : PULL_MANY;
}

static gboolean sync_mailbox(struct worker *w, struct round *r, guint32 number, enum asking asking,
			     const struct imap_status *status, GError **error)
{
	g_autofree struct state_mailbox *mb = round_mailbox(r, number, NULL);
	g_autoptr(GError) failed = NULL;
	struct harvest h = {0};
	gboolean complete, ok;

	if (!mb)
		return TRUE;
	crew_lock_files(r->crew);
	ok = harvest(w->hub, number, r->assumed, &h, &failed);
	crew_unlock_files(r->crew);
	r->unsettled |= h.unsettled;
	if (h.unread)
		round_fall_short(r, h.unread);
	if (h.stopped) {
		error_set(&failed, CUR_ERROR_REFUSED, "%s", h.stopped);
		round_fall_short(r, failed);
		g_clear_error(&failed);
		ok = ok && vanished_withdraw(r, number, &failed);
	}
	if (ok && !h.stopped && *mb->server_name && !mb->gone &&
	    (asking == ASK_ALWAYS || h.orphans->len || keeping_is_due(r, mb) ||
	     (asking == ASK_ON_NEWS && has_news(status, mb))))
		ok = pull_mailbox(r, number, n_there(status), &h, &complete, &failed);
	harvest_clear(&h);
	if (ok)
		return TRUE;
	g_prefix_error(&failed, "%s: ", mb->folder);
	if (!is_local_matter(r, failed)) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	hub_note(w->hub, HUB_ERROR, w->name, "%s", failed->message);
	round_fall_short(r, failed);
	return TRUE;
}

/* ---- all mailboxes ----------------------------------------------------------------------- */

enum { IN_VAIN = 4 }; /* so many mailboxes that say nothing of news count as one that has some */

/* A round of several hands. */
struct campaign {
	struct worker *w;
	struct imap_account login;
};

static struct imap *open_another(void *data, GError **error)
{
	struct campaign *c = data;

	return open_session(c->w, &c->login, error);
}

static gboolean sync_one(void *data, struct round *r, const struct folder_news *one, GError **error)
{
	struct campaign *c = data;

	return sync_mailbox(c->w, r, one->mailbox, ASK_ON_NEWS, &one->status, error);
}

static gboolean push_meanwhile(void *data, struct round *r, GError **error)
{
	return texts_bring(r, error) && crew_push(r, error);
}

/* What somebody looks at, else INBOX, comes before all others. */
static void put_first(struct worker *w, GArray *news)
{
	g_autofree char *name = g_strconcat(w->account->url, "/INBOX", NULL);
	guint32 number = worker_watched(w);

	for (guint i = 0; i < news->len; i++) {
		struct folder_news one = g_array_index(news, struct folder_news, i);
		g_autofree struct state_mailbox *mb = NULL;

		store_lock(hub_store(w->hub));
		mb = state_mailbox(store_state(hub_store(w->hub)), one.mailbox);
		store_unlock(hub_store(w->hub));
		if (!mb || (number ? mb->number != number : strcmp(mb->name, name) != 0))
			continue;
		g_array_remove_index(news, i);
		g_array_prepend_val(news, one);
		return;
	}
}

static guint64 n_to_fetch(const struct imap_status *s, const struct state_mailbox *mb)
{
	if (!mb->uidnext || s->uidvalidity != mb->uidvalidity)
		return s->messages;
	return s->uidnext > mb->uidnext ? s->uidnext - mb->uidnext : 0;
}

/* FALSE also where the server does not tell: then the mailbox is asked, but mostly in vain. */
static gboolean has_news_for_certain(const struct imap_status *s, const struct state_mailbox *mb)
{
	return !mb->uidnext ||
	       ((s->has & IMAP_STATUS_UIDVALIDITY) && s->uidvalidity != mb->uidvalidity) ||
	       ((s->has & IMAP_STATUS_UIDNEXT) && s->uidnext != mb->uidnext) ||
	       (s->highestmodseq && mb->highestmodseq && s->highestmodseq != mb->highestmodseq);
}

static guint hands_wanted(struct round *r, const GArray *news)
{
	guint n_certain = 0, n_asked = 0;
	guint64 n_messages = 0, most = 0, n;

	/* One message lies in many folders there: several hands would fetch it several times. */
	if (imap_has(r->imap, IMAP_GMAIL))
		return 0;
	for (guint i = 0; i < news->len; i++) {
		const struct folder_news *one = &g_array_index(news, struct folder_news, i);
		g_autofree struct state_mailbox *mb = round_mailbox(r, one->mailbox, NULL);

		if (!mb || !*mb->server_name || !has_news(&one->status, mb))
			continue;
		n_asked++;
		if (!has_news_for_certain(&one->status, mb))
			continue;
		n_certain++;
		n = n_to_fetch(&one->status, mb);
		n_messages += n;
		most = MAX(most, n);
	}
	/* One mailbox is not split: whoever has the biggest is not helped with it. */
	return crew_worth(n_certain + (n_asked - n_certain) / IN_VAIN, n_messages - most);
}

/* It counts among $imap_connections. */
static guint has_sentry(const struct worker *w)
{
	return w->sentry && sentry_stands(w->sentry);
}

static gboolean sync_all(struct worker *w, struct round *r, GError **error)
{
	g_autoptr(GArray) news = folders_list(r, error);
	struct campaign c = {.w = w};
	struct crew_work work = {.data = &c,
				 .name = w->name,
				 .open = open_another,
				 .sync = sync_one,
				 .let_pass = push_meanwhile};

	if (!news)
		return FALSE;
	put_first(w, news);
	if (!r->forecast)
		work.n_hands = MIN(hands_wanted(r, news),
				   crew_allowed(w->crew, w->settings.connections - has_sentry(w)));
	/* The first login says what the others need: nobody is asked. */
	if (work.n_hands && !prepare(w, &c.login, NULL))
		work.n_hands = 0;
	return crew_run(w->crew, &work, r, news, error);
}

static gboolean sync_wished(struct worker *w, struct round *r, GHashTable *mailboxes,
			    GError **error)
{
	GHashTableIter it;
	void *number, *ask;

	g_hash_table_iter_init(&it, mailboxes);
	while (g_hash_table_iter_next(&it, &number, &ask))
		if (!sync_mailbox(w, r, GPOINTER_TO_UINT(number), ask ? ASK_ALWAYS : ASK_NEVER,
				  NULL, error))
			return FALSE;
	return TRUE;
}

/* What is gone in one folder may be in another: nobody is asked before all were looked at. */
static gboolean settle_vanished(struct worker *w, struct round *r, const struct wishes *wishes,
				GError **error)
{
	g_autoptr(GArray) again = g_array_new(FALSE, FALSE, sizeof(guint32));

	if ((!wishes->all && vanished_is_news(r) && !sync_all(w, r, error)) ||
	    !vanished_settle(r, wishes->insist, again, error))
		return FALSE;
	for (guint i = 0; i < again->len; i++)
		if (!sync_mailbox(w, r, g_array_index(again, guint32, i), ASK_ALWAYS, NULL, error))
			return FALSE;
	return TRUE;
}

/* G4: a message that another program moved, or put into a folder that it made, goes there today. */
static gboolean finish(struct worker *w, struct round *r, const struct wishes *wishes,
		       GError **error)
{
	if (!r->unfinished || r->forecast)
		return TRUE;
	return (wishes->all ? sync_all(w, r, error)
			    : sync_wished(w, r, wishes->mailboxes, error)) &&
	       push_steps(r, error);
}

static gboolean round_imap(struct worker *w, const struct wishes *wishes, GError **error)
{
	struct round r = round_of(w);
	gboolean ok;

	if (!texts_bring(&r, error) || (!r.forecast && !push_recover(&r, error)) ||
	    (wishes->insist && !refused_retry(r.store, w->name, error)))
		return FALSE;
	ok = wishes->all ? sync_all(w, &r, error) : sync_wished(w, &r, wishes->mailboxes, error);
	ok = ok && settle_vanished(w, &r, wishes, error) && push_steps(&r, error) &&
	     finish(w, &r, wishes, error);
	if (r.unsettled)
		worker_look_again(w);
	return ok;
}

/* ---- between rounds ------------------------------------------------------------------------ */

static void on_sentry(guint32 mailbox, void *data)
{
	worker_want_mailbox(data, mailbox, FALSE, NULL);
}

/* INBOX is heard of at once also while a program looks at something else. */
static void post_sentry(struct worker *w)
{
	guint32 watched = worker_watched(w);
	g_autofree struct state_mailbox *inbox = worker_inbox(w);
	struct imap_account account;

	if (!watched || !inbox || !*inbox->server_name || inbox->number == watched ||
	    w->settings.connections < 2 || imap_has(w->session, IMAP_NOTIFY))
		return;
	if (!w->sentry)
		w->sentry = sentry_new(w->waker, on_sentry, w);
	if (sentry_is_due(w->sentry) && prepare(w, &account, NULL))
		sentry_post(w->sentry, &account, inbox);
}

static gboolean rest_well(struct worker *w, gint64 milliseconds, GError **error)
{
	/* Whoever waits for the end of the engine does not wait for news. */
	if (w->settings.once)
		return worker_doze(w, milliseconds, error);
	if (w->session)
		post_sentry(w);
	return rest_imap(w, milliseconds, error);
}

const struct worker_ops worker_imap_ops = {
    .connect = connect_imap,
    .round = round_imap,
    .rest = rest_well,
    .disconnect = disconnect_imap,
};
