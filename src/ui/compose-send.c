/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leaving the compose menu: sent, postponed, copied away, or given up. */
#include "compose-private.h"
#include "cur/base/error.h"
#include "cur/conf/accounts.h"
#include "cur/conf/keys.h"
#include "cur/model/alternative.h"
#include "cur/model/client.h"
#include "cur/model/compose.h"
#include "cur/model/recipients.h"
#include "cur/model/security.h"
#include "cur/model/submit.h"
#include "cur/ui/prompt.h"
#include "cur/ui/view.h"
#include "sealing.h"

/* ---- sending: what is asked before, one after the other ---- */

/* The draft stays in the menu, without what was made for the sending. */
static void stay(struct composer *c, struct draft_part *alternative, GError *error)
{
	if (alternative)
		draft_remove(composer_draft(c), alternative);
	app_gerror(c->view->app, &error);
	composer_changed(c);
}

/* The text, or `entity`, into the outbox. */
static void deliver(struct composer *c, GBytes *entity)
{
	struct app *app = c->view->app;
	struct submit_sealed sealed = {.entity = entity,
				       .subject = security_subject(app->conf, composer_draft(c))};
	GError *error = NULL;
	g_autofree char *id =
	    submit_manuscript(app->conf, app->client, c->ms, entity ? &sealed : NULL, &error);

	if (!id) {
		stay(c, g_steal_pointer(&c->alternative), error);
		return;
	}
	submit_finish(app->client, g_steal_pointer(&c->ms));
	composer_close(c);
	app_message(app, "Queued for delivery.");
}

static void sealed(struct app *app, GBytes *entity, void *data)
{
	struct composer *c = composer_top(app);
	g_autoptr(GBytes) owned = entity;

	if (c && entity)
		deliver(c, entity);
	else if (c)
		stay(c, g_steal_pointer(&c->alternative), NULL);
}

static guint n_contents(const struct draft *draft)
{
	return draft_n_attachments(draft) + draft_has_text(draft);
}

static void mime_answered(struct app *app, int yes, void *data)
{
	struct composer *c = composer_top(app);

	if (!c)
		return;
	if (yes == 1) {
		composer_draft(c)->security.inline_pgp = FALSE;
		sealing_start(app, composer_draft(c), sealed, NULL);
	} else {
		stay(c, g_steal_pointer(&c->alternative), NULL);
		app_message(app, "Mail not sent: inline PGP can't be used with attachments.");
	}
}

static void submit(struct composer *c, gboolean with_alternative)
{
	struct app *app = c->view->app;
	struct draft *draft = composer_draft(c);
	struct draft_part *alternative = NULL;
	GError *error = NULL;

	compose_followup_to(app->conf, draft);
	if (with_alternative) {
		alternative = composer_alternative(c, &error);
		if (!alternative || !alternative_add(draft, alternative, &error)) {
			stay(c, NULL, error);
			return;
		}
	}
	c->alternative = alternative;
	if (!security_wanted(draft))
		deliver(c, NULL);
	else if (draft->security.inline_pgp && n_contents(draft) > 1)
		prompt_yes_no(app, "Inline PGP can't be used with attachments. Use PGP/MIME?",
			      (int)app_settings(app)->pgp_mime_auto, mime_answered, NULL);
	else
		sealing_start(app, draft, sealed, NULL);
}

static void alternative_answered(struct app *app, int yes, void *data)
{
	struct composer *c = composer_top(app);

	if (c && yes >= 0)
		submit(c, yes == 1);
}

static void ask_alternative(struct composer *c)
{
	struct app *app = c->view->app;
	enum quad quad = app_settings(app)->send_multipart_alternative;

	if (draft_has_text(composer_draft(c)))
		prompt_yes_no(app, "Generate multipart/alternative content?", (int)quad,
			      alternative_answered, NULL);
	else
		submit(c, FALSE);
}

static void fcc_attach_answered(struct app *app, int yes, void *data)
{
	struct composer *c = composer_top(app);

	if (!c || yes < 0)
		return;
	composer_draft(c)->text_copy = yes == 0;
	ask_alternative(c);
}

static void ask_fcc_attach(struct composer *c)
{
	const struct draft *draft = composer_draft(c);
	struct app *app = c->view->app;

	if (draft->fcc->len && draft_n_attachments(draft))
		prompt_yes_no(app, "Save attachments in Fcc?", (int)app_settings(app)->fcc_attach,
			      fcc_attach_answered, NULL);
	else
		ask_alternative(c);
}

static void copy_answered(struct app *app, int yes, void *data)
{
	struct composer *c = composer_top(app);

	if (!c || yes < 0)
		return;
	if (yes == 0)
		g_ptr_array_set_size(composer_draft(c)->fcc, 0);
	ask_fcc_attach(c);
}

static void ask_copy(struct composer *c)
{
	struct app *app = c->view->app;

	if (composer_draft(c)->fcc->len)
		prompt_yes_no(app, "Save a copy of this message?", (int)app_settings(app)->copy,
			      copy_answered, NULL);
	else
		ask_alternative(c);
}

static void attachment_answered(struct app *app, int yes, void *data)
{
	struct composer *c = composer_top(app);

	if (c && yes == 0)
		ask_copy(c);
	else if (yes == 1)
		app_error(app, "Attachment referenced in message is missing");
}

static void ask_attachment(struct composer *c)
{
	struct app *app = c->view->app;
	enum quad quad = app_settings(app)->abort_noattach;

	if (quad != QUAD_NO && compose_forgot_attachment(app->conf, composer_draft(c)))
		prompt_yes_no(app, "No attachments, cancel sending?", (int)quad,
			      attachment_answered, NULL);
	else
		ask_copy(c);
}

static void subject_answered(struct app *app, int yes, void *data)
{
	struct composer *c = composer_top(app);

	if (c && yes == 0)
		ask_attachment(c);
	else if (yes == 1)
		app_error(app, "No subject specified.");
}

static void ask_subject(struct composer *c)
{
	const struct draft *draft = composer_draft(c);
	struct app *app = c->view->app;

	if (!draft->subject || !*draft->subject)
		prompt_yes_no(app, "No subject, abort sending?",
			      (int)app_settings(app)->abort_nosubject, subject_answered, NULL);
	else
		ask_attachment(c);
}

static void empty_to_answered(struct app *app, int yes, void *data)
{
	struct composer *c = composer_top(app);

	if (c && yes == 1)
		ask_subject(c);
}

static void fn_send(struct view *view, int fn)
{
	struct composer *c = view->data;
	const struct draft *draft = composer_draft(c);
	struct app *app = view->app;

	if (!recipients_count(draft->to) && !recipients_count(draft->cc) &&
	    !recipients_count(draft->bcc))
		app_error(app, "No recipients are specified.");
	else if (!recipients_count(draft->to) && app_settings(app)->confirm_empty_to)
		prompt_yes_no(app, "Nobody in To, send all the same?", QUAD_ASK_NO,
			      empty_to_answered, NULL);
	else
		ask_subject(c);
}

/* ---- postponing ---- */

struct postponing {
	struct app *app;
	struct manuscript *ms;
	char *target;
	GBytes *entity;	  /* its text and parts, encrypted; NULL: they are not */
	gboolean created; /* the mailbox was not there and has been made */
};

static void postpone(struct postponing *p);

static void postpone_end(struct postponing *p, const GError *error)
{
	if (error) {
		app_error(p->app, "Cannot postpone: %s. The message is kept for the next start.",
			  error->message);
		manuscript_free(p->ms);
	} else {
		submit_finish(p->app->client, p->ms);
		app_message(p->app, "Message postponed.");
	}
	if (p->entity)
		g_bytes_unref(p->entity);
	g_free(p->target);
	g_free(p);
}

static void create_answered(enum wire_id id, GVariant *body, gboolean final, const GError *error,
			    void *data)
{
	struct postponing *p = data;

	if (!final)
		return;
	if (error)
		postpone_end(p, error);
	else
		postpone(p);
}

static void postpone_done(const GError *error, void *data)
{
	struct postponing *p = data;

	if (!error_is(error, CUR_ERROR_GONE) || p->created) {
		postpone_end(p, error);
		return;
	}
	/* The first message that is ever postponed makes the mailbox. */
	p->created = TRUE;
	client_ask(p->app->client, WIRE_CREATE, g_variant_new("(s)", p->target), create_answered,
		   p);
}

static void postpone(struct postponing *p)
{
	const struct draft draft = security_kept(manuscript_draft(p->ms));
	const struct submit_sealed sealed = {.entity = p->entity,
					     .subject = security_subject(p->app->conf, &draft)};

	submit_postpone(p->app->client, p->ms, p->target, p->entity ? &sealed : NULL, postpone_done,
			p);
}

/* Takes `entity`. */
static void leave_postponed(struct composer *c, GBytes *entity)
{
	struct app *app = c->view->app;
	GError *error = NULL;
	char *target =
	    conf_resolve_mailbox(app->conf, app_settings(app)->postponed, NULL, NULL, &error);
	struct postponing *p;

	if (!target) {
		app_gerror(app, &error);
		g_clear_pointer(&entity, g_bytes_unref);
		return;
	}
	p = g_new0(struct postponing, 1);
	p->app = app;
	p->target = target;
	p->entity = entity;
	p->ms = g_steal_pointer(&c->ms);
	composer_close(c);
	postpone(p);
}

static void kept(struct app *app, GBytes *entity, void *data)
{
	struct composer *c = composer_top(app);

	if (c && entity)
		leave_postponed(c, entity);
	else if (entity)
		g_bytes_unref(entity);
}

/* What nobody else may read is not left lying about, at a server perhaps ($postpone_encrypt). */
static void begin_postpone(struct composer *c)
{
	const struct draft *draft = composer_draft(c);
	struct app *app = c->view->app;

	if (draft->security.encrypt && app_settings(app)->postpone_encrypt)
		sealing_keep(app, draft, kept, NULL);
	else
		leave_postponed(c, NULL);
}

static void fn_postpone(struct view *view, int fn)
{
	begin_postpone(view->data);
}

/* ---- giving up ---- */

static void exit_answered(struct app *app, int yes, void *data)
{
	struct composer *c = composer_top(app);

	if (!c || yes < 0)
		return;
	if (yes == 1) {
		begin_postpone(c);
		return;
	}
	manuscript_discard(g_steal_pointer(&c->ms));
	composer_close(c);
	app_message(app, "Mail not sent.");
}

static void fn_exit(struct view *view, int fn)
{
	prompt_yes_no(view->app, "Save (postpone) draft message?",
		      (int)app_settings(view->app)->postpone, exit_answered, NULL);
}

/* ---- a copy in a mailbox ---- */

static void copy_written(const GError *error, void *data)
{
	struct app *app = data;

	if (error)
		app_error(app, "Cannot write the message: %s", error->message);
	else
		app_message(app, "Message written.");
}

static void write_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);
	GError *error = NULL;
	g_autofree char *target = NULL;

	if (!c || !text || !*text)
		return;
	target = conf_resolve_mailbox(app->conf, text, NULL, NULL, &error);
	if (target)
		submit_copy(app->client, composer_draft(c), target, copy_written, app);
	else
		app_gerror(app, &error);
}

static void fn_write(struct view *view, int fn)
{
	composer_ask_mailbox(view->data, "Write message to mailbox: ", write_typed);
}

const struct fn_handler compose_send_handlers[] = {
    {FN_SEND_MESSAGE, fn_send, 0}, {FN_POSTPONE_MESSAGE, fn_postpone, 0}, {FN_EXIT, fn_exit, 0},
    {FN_QUIT, fn_exit, 0},	   {FN_WRITE_FCC, fn_write, 0},		  {FN_NOOP},
};
