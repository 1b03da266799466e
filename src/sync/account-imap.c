/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A round with an IMAP server. */
#include "cur/base/error.h"
#include "folders.h"
#include "pull.h"
#include "push.h"
#include "refused.h"
#include "rest.h"
#include "steps.h"
#include "vanished.h"
#include "worker.h"

static void on_alert(const char *words, void *data)
{
	struct worker *w = data;

	hub_note(w->hub, HUB_WARNING, w->name, "the server says: %s", words);
}

static gboolean connect_imap(struct worker *w, GError **error)
{
	struct imap_account account = {.send_id = w->settings.send_id,
				       .deflate = w->settings.deflate,
				       .keepalive_s = w->settings.keepalive_s};

	if (!login_prepare(&w->login, w->hub, w->account, w->settings.connect_s, &account.server,
			   &account.auth, error))
		return FALSE;
	w->session = imap_open(&account, w->waker, error);
	if (!w->session)
		return FALSE;
	imap_on_alert(w->session, on_alert, w);
	return TRUE;
}

static void disconnect_imap(struct worker *w)
{
	struct imap *imap = g_steal_pointer(&w->session);

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
	    .forecast = hub_forecast(w->hub),
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

static gboolean sync_mailbox(struct worker *w, struct round *r, guint32 number, enum asking asking,
			     const struct imap_status *status, GError **error)
{
	g_autofree struct state_mailbox *mb = round_mailbox(r, number, NULL);
	g_autoptr(GError) failed = NULL;
	struct harvest h = {0};
	gboolean complete, ok;

	if (!mb)
		return TRUE;
	ok = harvest(w->hub, number, r->assumed, &h, &failed);
	if (h.unsettled)
		worker_look_again(w);
	if (h.stopped) {
		error_set(&failed, CUR_ERROR_REFUSED, "%s", h.stopped);
		round_fall_short(r, failed);
		g_clear_error(&failed);
		ok = ok && vanished_withdraw(r, number, &failed);
	}
	if (ok && !h.stopped && *mb->server_name && !mb->gone &&
	    (asking == ASK_ALWAYS || h.orphans->len ||
	     (asking == ASK_ON_NEWS && has_news(status, mb))))
		ok = pull_mailbox(r, number, &h, &complete, &failed);
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

static gboolean sync_all(struct worker *w, struct round *r, GError **error)
{
	g_autoptr(GArray) news = folders_list(r, error);

	if (!news)
		return FALSE;
	for (guint i = 0; i < news->len; i++) {
		struct folder_news *one = &g_array_index(news, struct folder_news, i);

		if (!sync_mailbox(w, r, one->mailbox, ASK_ON_NEWS, &one->status, error))
			return FALSE;
		/* What the user does meanwhile does not wait for a long first sync. */
		if (waker_was_poked(w->waker) && !push_steps(r, error))
			return FALSE;
	}
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

static gboolean round_imap(struct worker *w, const struct wishes *wishes, GError **error)
{
	struct round r = round_of(w);
	GHashTableIter it;
	void *number, *ask;

	if ((!r.forecast && !push_recover(&r, error)) ||
	    (wishes->insist && !refused_retry(r.store, w->name, error)))
		return FALSE;
	if (wishes->all) {
		if (!sync_all(w, &r, error))
			return FALSE;
	} else {
		g_hash_table_iter_init(&it, wishes->mailboxes);
		while (g_hash_table_iter_next(&it, &number, &ask)) {
			if (!sync_mailbox(w, &r, GPOINTER_TO_UINT(number),
					  ask ? ASK_ALWAYS : ASK_NEVER, NULL, error))
				return FALSE;
		}
	}
	return settle_vanished(w, &r, wishes, error) && push_steps(&r, error);
}

const struct worker_ops worker_imap_ops = {
    .connect = connect_imap,
    .round = round_imap,
    .rest = rest_imap,
    .disconnect = disconnect_imap,
};
