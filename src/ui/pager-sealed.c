/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pager's message when it is signed or encrypted: opened behind the screen, then shown. */
#include "cur/conf/conf.h"
#include "cur/model/mailbox.h"
#include "cur/model/security.h"
#include "cur/ui/prompt.h"
#include "opener.h"
#include "pager-private.h"

struct message *pager_shown(const struct pager *pager)
{
	return pager->unsealed ? unsealed_message(pager->unsealed) : pager->message;
}

void pager_unseal_drop(struct pager *pager)
{
	g_clear_pointer(&pager->opener, opener_stop);
	g_clear_pointer(&pager->unsealed, unsealed_unref);
}

/* What there is to know of it from now on. Takes `u`. */
static void take(struct pager *pager, struct unsealed *u)
{
	struct app *app = pager->view->app;

	g_clear_pointer(&pager->unsealed, unsealed_unref);
	pager->unsealed = u;
	mailbox_set_opened(app->mailbox, pager->lid, unsealed_is_verified(u), unsealed_subject(u));
	opener_tell(app, u);
	app_redraw(app);
}

static void opened(struct unsealed *u, void *data)
{
	struct pager *pager = data;

	pager->opener = NULL;
	opener_remember(pager->view->app, pager->lid, u);
	pager_drop_display(pager);
	take(pager, u);
	pager_reload(pager);
}

/* Show that somebody is at it, and begin. */
static void start(struct pager *pager, const struct unseal_options *options)
{
	gsize n;
	const char *bytes = message_bytes(pager->message, &n);
	g_autoptr(GBytes) copy = g_bytes_new(bytes, n);

	pager_drop_display(pager);
	g_clear_pointer(&pager->unsealed, unsealed_unref);
	pager->unsealed = unseal(NULL, copy, options);
	pager->opener = opener_start(pager->view->app, pager->message, options, opened, pager);
}

static void options_of(struct pager *pager, struct unseal_options *options)
{
	security_open_options(pager->view->app->conf, options);
	options->inline_pgp =
	    options->inline_pgp || mailbox_has_inline_pgp(pager->view->app->mailbox, pager->lid);
}

static void verify_answered(struct app *app, int yes, void *data)
{
	struct pager *pager = pager_of(view_top(app));
	struct unseal_options options;

	/* The question may have outlived its message. */
	if (!pager || !pager->message || pager->lid != GPOINTER_TO_UINT(data))
		return;
	options_of(pager, &options);
	options.verify = yes == 1;
	start(pager, &options);
	pager_reload(pager);
}

void pager_unseal(struct pager *pager)
{
	struct app *app = pager->view->app;
	enum quad verify = app_settings(app)->crypt_verify_sig;
	struct unseal_options options;
	struct unsealed *known;
	unsigned found;

	options_of(pager, &options);
	found = pager->partial ? 0 : unseal_look(pager->message, &options);
	if (!found)
		return;
	known = opener_recall(app, pager->lid);
	if (known)
		take(pager, known);
	else if (found & UNSEAL_SIGNED && verify != QUAD_YES && verify != QUAD_NO)
		prompt_yes_no(app, "Verify signature?", (int)verify, verify_answered,
			      GUINT_TO_POINTER(pager->lid));
	else
		start(pager, &options);
}

void pager_check_again(struct pager *pager)
{
	pager_unseal_drop(pager);
	pager_drop_display(pager);
	opener_forget(pager->view->app);
	pager_unseal(pager);
	pager_reload(pager);
}
