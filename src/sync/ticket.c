/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A count of shares and the first error. */
#include "ticket.h"

struct ticket {
	struct hub *hub;
	ticket_done_fn done;
	void *data;
	GMutex lock;
	guint shares;
	GError *error;
};

struct ticket *ticket_new(struct hub *hub, ticket_done_fn done, void *data)
{
	struct ticket *t = g_new0(struct ticket, 1);

	t->hub = hub;
	t->done = done;
	t->data = data;
	t->shares = 1;
	g_mutex_init(&t->lock);
	return t;
}

struct ticket *ticket_share(struct ticket *t)
{
	if (!t)
		return NULL;
	g_mutex_lock(&t->lock);
	t->shares++;
	g_mutex_unlock(&t->lock);
	return t;
}

static void tell(void *data)
{
	struct ticket *t = data;

	if (t->done)
		t->done(t->error, t->data);
	g_clear_error(&t->error);
	g_mutex_clear(&t->lock);
	g_free(t);
}

void ticket_return(struct ticket *t, const GError *error)
{
	gboolean last;

	if (!t)
		return;
	g_mutex_lock(&t->lock);
	if (error && !t->error)
		t->error = g_error_copy(error);
	last = --t->shares == 0;
	g_mutex_unlock(&t->lock);
	if (last)
		hub_call(t->hub, tell, t);
}
