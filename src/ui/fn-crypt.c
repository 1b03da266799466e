/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of index and pager that have to do with signatures, encryption and keys. */
#include "cur/conf/keys.h"
#include "cur/crypt/job.h"
#include "cur/model/compose.h"
#include "cur/model/mailbox.h"
#include "cur/ui/pager.h"
#include "cur/ui/send.h"
#include "key-mail.h"
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

void fn_forget_passphrase(struct view *view, int fn)
{
	GError *error = NULL;

	opener_forget(view->app);
	if (crypt_forget_passphrases(&error))
		app_message(view->app, "Passphrase(s) forgotten.");
	else
		app_gerror(view->app, &error);
}

/* ---- keys in mail ---- */

static void extract_from(struct app *app, guint32 lid)
{
	guint pos;
	auto_ptr(message) message =
	    mailbox_find(app->mailbox, lid, &pos) ? pager_read(app, pos) : NULL;
	auto_ptr(unsealed) opened = NULL;
	g_autoptr(GPtrArray) parts = NULL;
	gboolean stopped = FALSE;

	if (message)
		opened = opener_run(app, message, lid, &stopped);
	if (!message || stopped)
		return;
	parts = unsealed_parts(opened, message);
	key_mail_extract(app, parts);
}

static void fn_extract(struct view *view, int fn)
{
	g_autoptr(GArray) lids = app_targets(view->app);

	for (guint i = 0; i < lids->len; i++)
		extract_from(view->app, g_array_index(lids, guint32, i));
}

static void mail_key(struct app *app, struct draft_part *part, void *data)
{
	struct draft *draft;

	if (!part)
		return;
	draft = compose_new(app->conf);
	g_ptr_array_add(draft->parts, part);
	send_new(app, draft);
}

static void fn_mail_key(struct view *view, int fn)
{
	key_mail_choose(view->app, mail_key, NULL);
}

const struct fn_handler fn_crypt_handlers[] = {
    {FN_EXTRACT_KEYS, fn_extract, NEED_MESSAGE | NEED_TEXT},
    {FN_MAIL_KEY, fn_mail_key, 0},
    {FN_CHECK_TRADITIONAL_PGP, fn_check_inline, NEED_MESSAGE | NEED_TEXT},
    {FN_FORGET_PASSPHRASE, fn_forget_passphrase, 0},
    {FN_NOOP},
};
