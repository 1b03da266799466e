/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One session, one mailbox, IDLE. What it hears it tells; it changes nothing. */
#include "sentry.h"

#include "cur/base/log.h"
#include "cur/imap/mailbox.h"

enum { WAIT_MS = 24 * 60 * 60 * 1000, AGAIN_S = 10 * 60 };

/* What the thread has. */
struct post {
	struct imap_account account;
	const char *cas[3]; /* what account.server.cas is */
	char *token;
	char **mechanisms;
	guint32 mailbox, uidnext;
	char *server_name;
	const struct sentry *sentry;
	struct waker *waker;
	GThread *thread;
	gint is_over; /* atomic */
};

struct sentry {
	struct waker *waker; /* the worker's */
	sentry_fn news;
	void *data;
	struct post *post; /* or NULL */
	guint network;	   /* as the waker counted when it was posted */
	gint64 again_us;   /* monotonic: not before, when it failed */
};

/* EXAMINE: what is recent stays so for others. */
static gboolean enter(struct post *p, struct imap *imap, GError **error)
{
	struct imap_selected selected;

	if (!imap_select(imap, p->server_name, TRUE, &selected, error))
		return FALSE;
	if (selected.uidnext > p->uidnext)
		p->sentry->news(p->mailbox, p->sentry->data);
	return TRUE;
}

static void *stand(void *data)
{
	struct post *p = data;
	g_autoptr(GError) error = NULL;
	auto_ptr(imap) imap = imap_open(&p->account, p->waker, &error);

	if (imap && enter(p, imap, &error))
		while (imap_idle(imap, WAIT_MS, &error))
			if (imap_take_news(imap))
				p->sentry->news(p->mailbox, p->sentry->data);
	if (!waker_is_stopped(p->waker))
		log_event(LOG_LEVEL_INFO, "no second connection: %s", error->message);
	g_atomic_int_set(&p->is_over, TRUE);
	return NULL;
}

static struct post *post_new(const struct sentry *s, const struct imap_account *account,
			     const struct state_mailbox *mb)
{
	struct post *p = g_new0(struct post, 1);
	const char *const *cas = account->server.cas;

	p->sentry = s;
	p->account = *account;
	for (gsize i = 0; cas && cas[i] && i + 1 < G_N_ELEMENTS(p->cas); i++)
		p->cas[i] = cas[i];
	p->account.server.cas = p->cas;
	p->account.auth.token = p->token = g_strdup(account->auth.token);
	p->mechanisms = g_strdupv((char **)account->auth.mechanisms);
	p->account.auth.mechanisms = (const char *const *)p->mechanisms;
	p->mailbox = mb->number;
	p->uidnext = mb->uidnext;
	p->server_name = g_strdup(mb->server_name);
	p->waker = waker_new();
	p->thread = g_thread_new("sentry", stand, p);
	return p;
}

static void post_free(struct post *p)
{
	waker_stop(p->waker);
	g_thread_join(p->thread);
	waker_free(p->waker);
	auth_wipe(p->token);
	g_strfreev(p->mechanisms);
	g_free(p->server_name);
	g_free(p);
}

struct sentry *sentry_new(struct waker *waker, sentry_fn news, void *data)
{
	struct sentry *s = g_new0(struct sentry, 1);

	*s = (struct sentry){.waker = waker, .news = news, .data = data};
	return s;
}

void sentry_free(struct sentry *s)
{
	if (!s)
		return;
	sentry_recall(s);
	g_free(s);
}

gboolean sentry_stands(const struct sentry *s)
{
	return s->post && !g_atomic_int_get(&s->post->is_over);
}

gboolean sentry_is_due(struct sentry *s)
{
	if (s->network != waker_network(s->waker))
		return TRUE;
	return !sentry_stands(s) && g_get_monotonic_time() >= s->again_us;
}

void sentry_post(struct sentry *s, const struct imap_account *account,
		 const struct state_mailbox *mb)
{
	sentry_recall(s);
	s->network = waker_network(s->waker);
	s->again_us = g_get_monotonic_time() + AGAIN_S * (gint64)G_USEC_PER_SEC;
	s->post = post_new(s, account, mb);
}

void sentry_recall(struct sentry *s)
{
	g_clear_pointer(&s->post, post_free);
}
