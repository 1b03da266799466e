/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of index and pager that have to do with signatures, encryption and keys. */
#include "cur/conf/keys.h"
#include "cur/crypt/job.h"
#include "cur/model/mailbox.h"
#include "cur/ui/pager.h"
#include "opener.h"
#include "pager-private.h"

static gboolean has_inline(struct app *app, guint32 lid)
{
	struct unseal_options options = {.inline_pgp = TRUE};
	g_autofree char *file = mailbox_file(app->mailbox, lid, NULL);
	auto_ptr(message) message = file ? message_open(file, NULL) : NULL;

	return message && unseal_look(message, &options) & UNSEAL_INLINE;
}

/* What no header says is looked for in the text. */
static void fn_check_inline(struct view *view, int fn)
{
	struct app *app = view->app;
	g_autoptr(GArray) lids = app_targets(app);
	struct pager *pager = pager_of(view);
	guint n = 0;

	for (guint i = 0; i < lids->len; i++) {
		guint32 lid = g_array_index(lids, guint32, i);

		if (!has_inline(app, lid))
			continue;
		mailbox_set_inline_pgp(app->mailbox, lid);
		n++;
	}
	if (!n)
		app_message(app, "No PGP text was found.");
	else if (pager && pager->message)
		pager_check_again(pager);
	else
		app_message(app, "PGP text was found in %u message%s.", n, n == 1 ? "" : "s");
}

static void fn_forget(struct view *view, int fn)
{
	GError *error = NULL;

	opener_forget(view->app);
	if (crypt_forget_passphrases(&error))
		app_message(view->app, "Passphrase(s) forgotten.");
	else
		app_gerror(view->app, &error);
}

const struct fn_handler fn_crypt_handlers[] = {
    {FN_CHECK_TRADITIONAL_PGP, fn_check_inline, NEED_MESSAGE | NEED_TEXT},
    {FN_FORGET_PASSPHRASE, fn_forget, 0},
    {FN_NOOP},
};
