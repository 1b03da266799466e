/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The "Security:" line of the compose menu, pgp-menu and smime-menu. */
#include <string.h>

#include "compose-private.h"
#include "cur/conf/conf.h"
#include "cur/conf/keys.h"
#include "cur/model/security.h"
#include "cur/ui/paint.h"
#include "cur/ui/view.h"
#include "key-mail.h"
#include "keys-menu.h"
#include "opener.h"
#include "sealing.h"

int compose_security_style(const struct draft *draft)
{
	const struct draft_security *s = &draft->security;

	if (s->sign && s->encrypt)
		return COLOR_COMPOSE_SECURITY_BOTH;
	if (s->sign)
		return COLOR_COMPOSE_SECURITY_SIGN;
	return s->encrypt ? COLOR_COMPOSE_SECURITY_ENCRYPT : COLOR_COMPOSE_SECURITY_NONE;
}

char *compose_security_line(struct app *app, const struct draft *draft)
{
	g_autofree char *what = security_text(draft);
	const char *signer = draft->security.sign ? security_signer(app->conf, draft) : "";
	gboolean opportune =
	    app_settings(app)->crypt_opportunistic_encrypt && !draft->security.manual;

	return g_strdup_printf("%s%s%s%s", what, opportune ? " (OppEnc mode)" : "",
			       *signer ? ", sign as: " : "", signer);
}

void composer_recipients_changed(struct composer *c)
{
	struct draft *draft = composer_draft(c);
	g_autofree char *now =
	    g_strdup_printf("%s\n%s\n%s", draft->to ? draft->to : "", draft->cc ? draft->cc : "",
			    draft->bcc ? draft->bcc : "");

	if (g_strcmp0(now, c->keys_for) == 0)
		return;
	g_free(c->keys_for);
	c->keys_for = g_steal_pointer(&now);
	sealing_opportune(c->view->app, draft);
}

/* ---- sign as ---- */

static void key_chosen(struct app *app, const struct crypt_key *key, void *data)
{
	struct composer *c = composer_top(app);
	struct draft *draft = c ? composer_draft(c) : NULL;

	if (!key || !draft)
		return;
	draft_set(&draft->sign_as, key->fingerprint);
	draft->security.sign = TRUE;
	draft->security.smime = key->protocol == CRYPT_SMIME;
	composer_changed(c);
}

static gboolean never_asks(const void *found)
{
	return FALSE;
}

static void sign_as(struct composer *c, gboolean smime)
{
	struct app *app = c->view->app;
	enum crypt_protocol protocol = smime ? CRYPT_SMIME : CRYPT_PGP;
	struct found_keys *found;
	struct crypt_work work;

	security_find_text(&work, protocol, "", TRUE);
	found = opener_work(app, "Looking for keys", &work, never_asks);
	if (found && found->lists)
		keys_menu_open(app, g_ptr_array_index(found->lists, 0), TRUE, "Sign as", key_chosen,
			       NULL);
	else if (found)
		app_gerror(app, &found->error);
	security_found_free(found);
}

/* ---- the menus ---- */

static void toggle_opportune(struct app *app, struct draft *draft)
{
	draft->security.manual = !draft->security.manual;
	sealing_opportune(app, draft);
}

/* What the menus have in common; the user's word holds from now on. */
static void take_letter(struct composer *c, char letter)
{
	struct draft *draft = composer_draft(c);
	struct draft_security *s = &draft->security;

	if (letter == 'o') {
		toggle_opportune(c->view->app, draft);
		return;
	}
	s->manual = TRUE;
	if (strchr("esb", letter)) {
		s->encrypt = letter != 's';
		s->sign = letter != 'e';
	} else if (letter == 'c') {
		s->encrypt = s->sign = FALSE;
	} else if (letter == 'i') {
		s->inline_pgp = !s->inline_pgp;
	}
}

static void answered(struct app *app, int choice, const char *letters, gboolean smime)
{
	struct composer *c = composer_top(app);

	if (!c || choice < 0)
		return;
	composer_draft(c)->security.smime = smime;
	if (letters[choice] == 'a')
		sign_as(c, smime);
	else
		take_letter(c, letters[choice]);
	composer_changed(c);
}

static const char pgp_letters[] = "esabico", smime_letters[] = "esabco";

static void pgp_answered(struct app *app, int choice, void *data)
{
	answered(app, choice, pgp_letters, FALSE);
}

static void smime_answered(struct app *app, int choice, void *data)
{
	answered(app, choice, smime_letters, TRUE);
}

static void fn_pgp(struct view *view, int fn)
{
	struct composer *c = view->data;
	gboolean is_inline = composer_draft(c)->security.inline_pgp;

	prompt_key(view->app,
		   is_inline
		       ? "PGP (e)ncrypt, (s)ign, sign (a)s, (b)oth, PGP/M(i)ME, (c)lear, (o)ppenc? "
		       : "PGP (e)ncrypt, (s)ign, sign (a)s, (b)oth, (i)nline, (c)lear, (o)ppenc? ",
		   pgp_letters, pgp_answered, NULL);
}

static void fn_smime(struct view *view, int fn)
{
	prompt_key(view->app, "S/MIME (e)ncrypt, (s)ign, sign (a)s, (b)oth, (c)lear, (o)ppenc? ",
		   smime_letters, smime_answered, NULL);
}

/* ---- attach-key ---- */

static void key_attached(struct app *app, struct draft_part *part, void *data)
{
	struct composer *c = composer_top(app);

	if (part && c) {
		g_ptr_array_add(composer_draft(c)->parts, part);
		composer_changed(c);
		composer_go(c, part);
	} else if (part) {
		draft_part_free(part);
	}
}

static void fn_attach_key(struct view *view, int fn)
{
	key_mail_choose(view->app, key_attached, NULL);
}

const struct fn_handler compose_security_handlers[] = {
    {FN_ATTACH_KEY, fn_attach_key, 0},
    {FN_FORGET_PASSPHRASE, fn_forget_passphrase, 0},
    {FN_PGP_MENU, fn_pgp, 0},
    {FN_SMIME_MENU, fn_smime, 0},
    {FN_NOOP},
};
