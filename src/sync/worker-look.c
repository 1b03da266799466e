/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ops need whose mailboxes no server tells of: a look at the files, and to sleep. */
#include "cur/base/error.h"
#include "harvest.h"
#include "worker.h"

gboolean worker_look(struct worker *w, guint32 mailbox, guint *n_new, GError **error)
{
	g_autoptr(GError) failed = NULL;
	struct harvest h = {0};
	gboolean ok = harvest(w->hub, mailbox, (const char *const *)w->settings.assumed, &h, error);

	if (h.unsettled)
		worker_look_again(w);
	if (h.unread)
		worker_fall_short(w, h.unread);
	if (h.stopped) {
		error_set(&failed, CUR_ERROR_REFUSED, "%s", h.stopped);
		worker_fall_short(w, failed);
	}
	if (n_new)
		*n_new = h.n_new;
	harvest_clear(&h);
	return ok;
}

gboolean worker_doze(struct worker *w, gint64 milliseconds, GError **error)
{
	waker_sleep(w->waker, milliseconds);
	return TRUE;
}
