/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a portal's answers look like from here. */
#include "portal.h"

#include "cur/base/error.h"

static gboolean was_synced(const struct state_mailbox *mb, void *data)
{
	gboolean *known = data;

	*known |= mb->last_sync > 0;
	return !*known;
}

gboolean portal_knows(struct store *store, const char *account)
{
	gboolean known = FALSE;

	store_lock(store);
	state_mailboxes(store_state(store), account, was_synced, &known, NULL);
	store_unlock(store);
	return known;
}

gboolean portal_explain(GError *failed)
{
	char *words;

	if (!error_is(failed, CUR_ERROR_TLS) && !error_is(failed, CUR_ERROR_PROTOCOL))
		return FALSE;
	words = g_strconcat(failed->message, "; this server was reached before: a captive portal?",
			    NULL);
	g_free(failed->message);
	failed->message = words;
	failed->code = CUR_ERROR_RETRY;
	return TRUE;
}
