/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a key to the compose menu. What mutt asks on the way is a list of steps;
 * a step asks and waits, or does its work and goes on.
 */
#include "cur/ui/send.h"

#include "app-private.h"
#include "busy.h"
#include "cur/conf/conf.h"
#include "cur/model/client.h"
#include "cur/model/mailbox.h"
#include "cur/model/manuscript.h"
#include "cur/model/recipients.h"
#include "cur/model/security.h"
#include "cur/model/submit.h"
#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "editor.h"
#include "opener.h"

enum step_result { GO_ON, WAIT, STOP };

struct sending;
typedef enum step_result step_fn(struct sending *s);

struct sending {
	struct app *app;
	step_fn *const *steps; /* what comes next */
	GPtrArray *originals;  /* struct original *, NULL for a new message */
	struct draft *draft;
	struct manuscript *ms; /* has the draft once the editor runs */
	char *fcc;	       /* the copies chosen before the editor, one a line */
	struct compose_choice choice;
	gboolean forward;
	gboolean resend;
};

void send_ended(struct app *app)
{
	if (app->priv->start->compose)
		app_quit(app);
}

static void sending_free(struct sending *s)
{
	if (s->originals)
		g_ptr_array_unref(s->originals);
	if (s->draft)
		draft_free(s->draft);
	if (s->ms)
		manuscript_free(s->ms);
	g_free(s->fcc);
	g_free(s);
}

static void proceed(struct sending *s)
{
	while (*s->steps) {
		step_fn *step = *s->steps++;

		switch (step(s)) {
		case GO_ON:
			break;
		case WAIT:
			return; /* the answer may have come already and `s` be gone */
		case STOP:
			sending_free(s);
			return;
		}
	}
	sending_free(s);
}

/* Given up on the way. */
static void stop(struct sending *s, const char *why)
{
	if (why)
		app_message(s->app, "%s", why);
	send_ended(s->app);
	sending_free(s);
}

static enum step_result fail(struct sending *s, GError *error)
{
	app_gerror(s->app, &error);
	send_ended(s->app);
	return STOP;
}

static struct original **originals(const struct sending *s, guint *n)
{
	*n = s->originals ? s->originals->len : 0;
	return s->originals ? (struct original **)s->originals->pdata : NULL;
}

static struct original *first(const struct sending *s)
{
	return g_ptr_array_index(s->originals, 0);
}

/* ---- what was encrypted ---- */

static gboolean open_original(struct app *app, struct original *original)
{
	guint32 number, lid;
	gboolean is_here = submit_parse_id(original->id, &number, &lid) && app->mailbox &&
			   mailbox_number(app->mailbox) == number;
	struct unsealed *u;
	gboolean stopped;

	u = opener_run(app, original->message, is_here ? lid : 0, &stopped);
	if (u)
		original_take_opened(original, u);
	return !stopped;
}

/* An answer quotes what the message says, not how it is wrapped. */
static enum step_result step_open(struct sending *s)
{
	for (guint i = 0; i < s->originals->len; i++)
		if (!open_original(s->app, g_ptr_array_index(s->originals, i))) {
			send_ended(s->app);
			return STOP;
		}
	return GO_ON;
}

/* ---- replies ---- */

static void reply_to_answered(struct app *app, int yes, void *data)
{
	struct sending *s = data;

	s->choice.use_reply_to = yes == 1;
	if (yes < 0)
		stop(s, NULL);
	else
		proceed(s);
}

static enum step_result step_ask_reply_to(struct sending *s)
{
	g_autofree char *question = NULL;

	s->choice.use_reply_to = TRUE;
	if (!compose_asks_reply_to(s->app->conf, first(s), s->choice.kind))
		return GO_ON;
	question = g_strdup_printf("Reply to %s?", first(s)->env.field[ENV_REPLY_TO]);
	prompt_yes_no(s->app, question, (int)app_settings(s->app)->reply_to, reply_to_answered, s);
	return WAIT;
}

static void followup_answered(struct app *app, int yes, void *data)
{
	struct sending *s = data;

	s->choice.use_followup_to = yes == 1;
	if (yes < 0)
		stop(s, NULL);
	else
		proceed(s);
}

static enum step_result step_ask_followup(struct sending *s)
{
	g_autofree char *question = NULL;

	if (!reply_asks_followup_to(&first(s)->env, s->choice.kind))
		return GO_ON;
	question = g_strdup_printf("Follow-up to %s?", first(s)->env.field[ENV_FOLLOWUP_TO]);
	prompt_yes_no(s->app, question, (int)app_settings(s->app)->honor_followup_to,
		      followup_answered, s);
	return WAIT;
}

static enum step_result step_make_reply(struct sending *s)
{
	GError *error = NULL;
	guint n;
	struct original **list = originals(s, &n);

	s->draft = compose_reply(s->app->conf, list, n, &s->choice, &error);
	return s->draft ? GO_ON : fail(s, error);
}

static void many_answered(struct app *app, int yes, void *data)
{
	if (yes == 1)
		proceed(data);
	else
		stop(data, "Mail not sent.");
}

static enum step_result step_ask_many(struct sending *s)
{
	guint n = recipients_count(s->draft->to) + recipients_count(s->draft->cc);
	g_autofree char *question = NULL;

	if (n <= REPLY_ASK_ABOVE)
		return GO_ON;
	question = g_strdup_printf("Reply to %u recipients?", n);
	prompt_yes_no(s->app, question, QUAD_ASK_NO, many_answered, s);
	return WAIT;
}

static void include_answered(struct app *app, int yes, void *data)
{
	struct sending *s = data;

	s->choice.include = yes == 1;
	if (yes < 0)
		stop(s, "Mail not sent.");
	else
		proceed(s);
}

static enum step_result step_ask_include(struct sending *s)
{
	if (s->choice.kind == REPLY_TO_AUTHOR)
		return GO_ON;
	prompt_yes_no(s->app, "Include message in reply?", (int)app_settings(s->app)->include,
		      include_answered, s);
	return WAIT;
}

/* ---- forwards ---- */

static void mime_forward_answered(struct app *app, int yes, void *data)
{
	struct sending *s = data;

	s->choice.forward_as_attachment = yes == 1;
	if (yes < 0)
		stop(s, NULL);
	else
		proceed(s);
}

static enum step_result step_ask_mime_forward(struct sending *s)
{
	prompt_yes_no(s->app, "Forward as attachment?", (int)app_settings(s->app)->mime_forward,
		      mime_forward_answered, s);
	return WAIT;
}

static gboolean has_attachments(const struct original *original)
{
	g_autoptr(GPtrArray) parts = original_parts(original);

	for (guint i = 0; i < parts->len; i++)
		if (part_is_attachment(parts->pdata[i]))
			return TRUE;
	return FALSE;
}

static void forward_attachments_answered(struct app *app, int yes, void *data)
{
	struct sending *s = data;

	s->choice.forward_attachments = yes == 1;
	if (yes < 0)
		stop(s, NULL);
	else
		proceed(s);
}

static enum step_result step_ask_forward_attachments(struct sending *s)
{
	gboolean any = FALSE;

	for (guint i = 0; i < s->originals->len && !any; i++) {
		const struct original *original = g_ptr_array_index(s->originals, i);

		any = has_attachments(original);
	}
	if (!any || s->choice.forward_as_attachment)
		return GO_ON;
	prompt_yes_no(s->app, "Forward attachments?",
		      (int)app_settings(s->app)->forward_attachments, forward_attachments_answered,
		      s);
	return WAIT;
}

static enum step_result step_make_forward(struct sending *s)
{
	s->draft = compose_forward(s->app->conf, first(s));
	return GO_ON;
}

/* ---- recipients and subject ---- */

static gboolean skips_questions(const struct sending *s)
{
	const struct settings *set = app_settings(s->app);

	if (set->autoedit && set->edit_headers)
		return TRUE;
	return s->originals && !s->forward && set->fast_reply;
}

static enum step_result ask_line(struct sending *s, const char *question, const char *initial,
				 gboolean address, prompt_text_fn done)
{
	struct ask ask = {
	    .question = question,
	    .initial = initial,
	    .complete = address ? COMPLETE_ADDRESS : COMPLETE_NONE,
	    .history = address ? HISTORY_ALIAS : HISTORY_OTHER,
	    .done = done,
	    .data = s,
	};

	prompt_ask(s->app, &ask);
	return WAIT;
}

/* An address line was typed: aliases are opened at once, so that they are seen. */
static void take_addresses(struct sending *s, char **field, const char *text)
{
	g_autofree char *expanded = text ? recipients_expand(s->app->conf, text) : NULL;

	if (!text) {
		stop(s, "Mail not sent.");
		return;
	}
	draft_set(field, expanded);
	proceed(s);
}

static void to_typed(struct app *app, const char *text, void *data)
{
	struct sending *s = data;

	take_addresses(s, &s->draft->to, text);
}

static void cc_typed(struct app *app, const char *text, void *data)
{
	struct sending *s = data;

	take_addresses(s, &s->draft->cc, text);
}

static void bcc_typed(struct app *app, const char *text, void *data)
{
	struct sending *s = data;

	take_addresses(s, &s->draft->bcc, text);
}

static enum step_result step_ask_to(struct sending *s)
{
	/* A list-reply without a list, a mailto: without an address: somebody must be named. */
	if (skips_questions(s) && s->draft->to && *s->draft->to)
		return GO_ON;
	if (app_settings(s->app)->autoedit && app_settings(s->app)->edit_headers)
		return GO_ON;
	return ask_line(s, "To: ", s->draft->to, TRUE, to_typed);
}

static enum step_result step_ask_cc(struct sending *s)
{
	if (skips_questions(s) || !app_settings(s->app)->askcc)
		return GO_ON;
	return ask_line(s, "Cc: ", s->draft->cc, TRUE, cc_typed);
}

static enum step_result step_ask_bcc(struct sending *s)
{
	if (skips_questions(s) || !app_settings(s->app)->askbcc)
		return GO_ON;
	return ask_line(s, "Bcc: ", s->draft->bcc, TRUE, bcc_typed);
}

static void no_subject_answered(struct app *app, int yes, void *data)
{
	if (yes == 0)
		proceed(data);
	else
		stop(data, "No subject, aborting.");
}

static void subject_typed(struct app *app, const char *text, void *data)
{
	struct sending *s = data;

	if (!text) {
		stop(s, "No subject, aborting.");
		return;
	}
	draft_set(&s->draft->subject, text);
	if (*text)
		proceed(s);
	else
		prompt_yes_no(app, "No subject, abort?", (int)app_settings(app)->abort_nosubject,
			      no_subject_answered, s);
}

static enum step_result step_ask_subject(struct sending *s)
{
	gboolean has = s->draft->subject && *s->draft->subject;

	if (skips_questions(s) || (s->forward && has && app_settings(s->app)->fast_reply))
		return GO_ON;
	return ask_line(s, "Subject: ", s->draft->subject, FALSE, subject_typed);
}

static enum step_result step_my_recipients(struct sending *s)
{
	compose_my_recipients(s->app->conf, s->draft, TRUE);
	return GO_ON;
}

/* ---- hooks ---- */

static enum step_result step_reply_hooks(struct sending *s)
{
	GError *error = NULL;

	return compose_reply_hooks(s->app->conf, first(s), &error) ? GO_ON : fail(s, error);
}

static enum step_result step_send_hooks(struct sending *s)
{
	gboolean reply = s->originals && !s->forward;
	GError *error = NULL;

	return compose_send_hooks(s->app->conf, s->draft, reply, &error) ? GO_ON : fail(s, error);
}

/* One that is wrong is told, but takes nothing from what was written. */
static void send2_hooks(struct app *app, const struct draft *draft)
{
	GError *error = NULL;

	if (!compose_send2_hooks(app->conf, draft, &error))
		app_gerror(app, &error);
}

static enum step_result step_send2_hooks(struct sending *s)
{
	send2_hooks(s->app, s->draft);
	return GO_ON;
}

/* ---- text ---- */

/* A forward is a new message, as far as it is signed or encrypted. */
static void choose_security(struct sending *s, struct draft *draft)
{
	guint n;
	struct original **list = originals(s, &n);

	if (!s->resend)
		security_choose(s->app->conf, draft, list, s->forward ? 0 : n);
}

static enum step_result step_finish(struct sending *s)
{
	guint n;
	struct original **list = originals(s, &n);
	struct busy busy;

	busy_begin(&busy, s->app, "Starting the message");
	s->choice.patience = &busy.patience;
	compose_finish(s->app->conf, s->draft, list, n, s->forward, &s->choice);
	compose_choose_fcc(s->app->conf, s->draft);
	choose_security(s, s->draft);
	s->choice.patience = NULL;
	busy_end(&busy);
	return GO_ON;
}

static enum step_result step_make_resend(struct sending *s)
{
	GError *error = NULL;

	s->draft = compose_resend(s->app->conf, first(s), &error);
	return s->draft ? GO_ON : fail(s, error);
}

/* It has its text; only what is missing is added. */
static enum step_result step_finish_resend(struct sending *s)
{
	compose_choose_from(s->app->conf, s->draft);
	compose_choose_fcc(s->app->conf, s->draft);
	return GO_ON;
}

static char *fcc_lines(const struct draft *draft)
{
	g_autoptr(GString) lines = g_string_new(NULL);

	for (guint i = 0; i < draft->fcc->len; i++)
		g_string_append_printf(lines, "%s\n", (const char *)draft->fcc->pdata[i]);
	return g_strdup(lines->str);
}

static enum step_result step_keep(struct sending *s)
{
	g_autofree char *dir = manuscript_dir();
	GError *error = NULL;

	s->ms = manuscript_new(dir, g_steal_pointer(&s->draft), &error);
	if (s->ms)
		s->fcc = fcc_lines(manuscript_draft(s->ms));
	return s->ms ? GO_ON : fail(s, error);
}

/* Hooks that hear of what was written may choose other keys, another Fcc. */
static void settle(struct sending *s)
{
	struct draft *draft = manuscript_draft(s->ms);
	g_autofree char *fcc = fcc_lines(draft);

	send2_hooks(s->app, draft);
	choose_security(s, draft);
	if (g_str_equal(fcc, s->fcc)) {
		g_ptr_array_set_size(draft->fcc, 0);
		compose_choose_fcc(s->app->conf, draft);
	}
}

static enum step_result open_menu(struct sending *s)
{
	settle(s);
	compose_menu_open(s->app, g_steal_pointer(&s->ms));
	return STOP;
}

static void unmodified_answered(struct app *app, int yes, void *data)
{
	struct sending *s = data;

	if (yes == 1) {
		manuscript_discard(g_steal_pointer(&s->ms));
		stop(s, "Aborted unmodified message.");
		return;
	}
	open_menu(s);
	sending_free(s);
}

static enum step_result edit(struct sending *s)
{
	gboolean headers = app_settings(s->app)->edit_headers;
	gboolean changed;
	gboolean ok = editor_edit(s->app, s->ms, headers, &changed);

	/* A failed editor is no wish to give up: the menu offers another try. */
	if (changed || !ok || s->forward || s->resend)
		return open_menu(s);
	prompt_yes_no(s->app, "Abort unmodified message?",
		      (int)app_settings(s->app)->abort_unmodified, unmodified_answered, s);
	return WAIT;
}

static void forward_edit_answered(struct app *app, int yes, void *data)
{
	struct sending *s = data;

	if (yes < 0) {
		manuscript_discard(g_steal_pointer(&s->ms));
		stop(s, "Mail not sent.");
	} else if (yes == 0) {
		open_menu(s);
		sending_free(s);
	} else {
		proceed(s);
	}
}

static enum step_result step_ask_forward_edit(struct sending *s)
{
	prompt_yes_no(s->app, "Edit forwarded message?", (int)app_settings(s->app)->forward_edit,
		      forward_edit_answered, s);
	return WAIT;
}

/* ---- the journeys ---- */

static step_fn *const new_steps[] = {
    step_my_recipients,
    step_ask_to,
    step_ask_cc,
    step_ask_bcc,
    step_ask_subject,
    step_send_hooks,
    step_finish,
    step_send2_hooks,
    step_keep,
    edit,
    NULL,
};

static step_fn *const reply_steps[] = {
    step_open,
    step_ask_reply_to,
    step_ask_followup,
    step_make_reply,
    step_ask_many,
    step_my_recipients,
    step_ask_to,
    step_ask_cc,
    step_ask_bcc,
    step_ask_subject,
    step_reply_hooks,
    step_send_hooks,
    step_ask_include,
    step_finish,
    step_send2_hooks,
    step_keep,
    edit,
    NULL,
};

static step_fn *const forward_steps[] = {
    step_open,
    step_make_forward,
    step_my_recipients,
    step_ask_to,
    step_ask_cc,
    step_ask_bcc,
    step_ask_subject,
    step_send_hooks,
    step_ask_mime_forward,
    step_ask_forward_attachments,
    step_finish,
    step_send2_hooks,
    step_keep,
    step_ask_forward_edit,
    edit,
    NULL,
};

static step_fn *const resend_steps[] = {
    step_open, step_make_resend, step_finish_resend, step_keep, edit, NULL,
};

static struct sending *sending_new(struct app *app, step_fn *const *steps, GPtrArray *list)
{
	struct sending *s = g_new0(struct sending, 1);

	s->app = app;
	s->steps = steps;
	s->originals = list;
	return s;
}

void send_new(struct app *app, struct draft *draft)
{
	struct sending *s = sending_new(app, new_steps, NULL);

	s->draft = draft ? draft : compose_new(app->conf);
	proceed(s);
}

void send_reply(struct app *app, GPtrArray *list, enum reply_kind kind)
{
	struct sending *s = sending_new(app, reply_steps, list);

	s->choice.kind = kind;
	proceed(s);
}

void send_forward(struct app *app, GPtrArray *list)
{
	struct sending *s = sending_new(app, forward_steps, list);

	s->forward = TRUE;
	proceed(s);
}

void send_resend(struct app *app, GPtrArray *list)
{
	struct sending *s = sending_new(app, resend_steps, list);

	s->resend = TRUE;
	proceed(s);
}

void send_resume_draft(struct app *app, struct draft *draft)
{
	g_autofree char *dir = manuscript_dir();
	GError *error = NULL;
	struct manuscript *ms;

	compose_choose_fcc(app->conf, draft);
	ms = manuscript_new(dir, draft, &error);
	if (ms) {
		send_resume(app, ms);
		return;
	}
	app_gerror(app, &error);
	send_ended(app);
}

void send_resume(struct app *app, struct manuscript *ms)
{
	send2_hooks(app, manuscript_draft(ms));
	compose_menu_open(app, ms);
}
