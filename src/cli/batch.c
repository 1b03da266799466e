/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Batch sending: cur -s subject -a file -- addr < body. Status 0 says that the
 * message is durable in the outbox (with --wait: that a server took it).
 */
#include <string.h>

#include "commands.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/cli/cli.h"
#include "cur/conf/conf.h"
#include "cur/conf/shells.h"
#include "cur/mail/address.h"
#include "cur/mail/charset.h"
#include "cur/mail/mailto.h"
#include "cur/model/compose.h"
#include "cur/model/recipients.h"
#include "cur/model/security.h"
#include "cur/model/submit.h"
#include "cur/store/outbox.h"
#include "cur/wire/socket.h"
#include "sealing.h"

enum {
	TEXT_MAX = 1 << 30, /* bytes of -i and -H */
	TELL_MS = 500,	    /* for words to an engine that runs */
	STALE_S = 10,	    /* an engine that was asked for earlier may have left by now */
};

/* ---- the draft ---- */

/* A file, or standard input for "-". */
static GBytes *read_input(const char *path, GError **error)
{
	g_autofree char *expanded = path_home_expand(path);
	char *text;
	gsize n;

	if (g_str_equal(path, "-"))
		return read_stdin(error);
	text = file_read(expanded, TEXT_MAX, FILE_READ_FOLLOW, &n, error);
	return text ? g_bytes_new_take(text, n) : NULL;
}

static struct draft *start_draft(struct run *run, GError **error)
{
	const struct options *o = run->options;
	const char *only = o->to->len == 1 ? o->to->pdata[0] : "";
	g_autoptr(GBytes) bytes = NULL;

	if (mailto_is(only))
		return compose_mailto(run->conf, only, error);
	if (!o->draft)
		return compose_new(run->conf);
	bytes = read_input(o->draft, error);
	return bytes ? draft_read(bytes, TRUE, error) : NULL;
}

/*
 * P70: reading mail one guesses what "bob@exa mple.net>" may mean; sending, one does not. An
 * alias or a bare name is fine.
 */
static gboolean is_address(const struct address *a, const char *text)
{
	g_autofree char *envelope = address_envelope(a, NULL);
	g_autofree char *cut_off = g_strconcat(a->local, "@", NULL);

	return a->kind != ADDRESS_MAILBOX ||
	       (envelope && !strpbrk(a->name, "<>") && (*a->host || !strstr(text, cut_off)));
}

static gboolean check_addresses(const char *text, GError **error)
{
	g_autoptr(GPtrArray) list = address_parse(text);

	for (guint i = 0; i < list->len; i++)
		if (!is_address(list->pdata[i], text))
			return error_set(error, CUR_ERROR_USAGE, "'%s' is no address", text);
	return list->len > 0 || error_set(error, CUR_ERROR_USAGE, "'%s' is no address", text);
}

/* The field and more addresses, aliases opened. `as_it_is`: when there are more. */
static gboolean add_recipients(struct run *run, char **field, const GPtrArray *more,
			       gboolean as_it_is, GError **error)
{
	g_autoptr(GString) all = g_string_new(*field);
	g_autofree char *expanded = NULL;

	if (!more->len && as_it_is)
		return TRUE;
	for (guint i = 0; i < more->len; i++) {
		const char *text = more->pdata[i];

		if (mailto_is(text))
			continue;
		if (!check_addresses(text, error))
			return FALSE;
		g_string_append_printf(all, "%s%s", all->len ? ", " : "", text);
	}
	expanded = recipients_expand(run->conf, all->str);
	draft_set(field, expanded);
	return TRUE;
}

static gboolean add_files(const struct options *o, struct draft *draft, GError **error)
{
	for (guint i = 0; i < o->attach->len; i++) {
		g_autofree char *path = path_home_expand(o->attach->pdata[i]);

		if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
			return error_set(error, CUR_ERROR_USAGE,
					 "cannot attach '%s': not a file (recipients after -a "
					 "need -- before them)",
					 path);
		g_ptr_array_add(draft->parts, draft_part_new_file(path, FALSE));
	}
	return TRUE;
}

/*
 * A script's text in whatever charset: UTF-8, else $charset, $assumed_charset or the likely
 * one. Mail of a script is not refused for a byte; a NUL cannot be sent.
 */
static char *text_to_utf8(struct run *run, const char *bytes, gsize n)
{
	const struct settings *s = conf_settings(run->conf);
	g_autofree char *names = g_strjoin(":", s->charset, s->assumed_charset, NULL);
	g_auto(GStrv) assumed = g_strsplit(names, ":", -1);
	char *text = charset_to_utf8(bytes, n, NULL, (const char *const *)assumed, &n);
	gsize kept = 0;

	for (gsize i = 0; i < n; i++)
		if (text[i])
			text[kept++] = text[i];
	text[kept] = '\0';
	return text;
}

/* The text of -i, else what the draft has, else standard input. */
static gboolean set_body(struct run *run, struct draft *draft, GError **error)
{
	const struct options *o = run->options;
	gboolean has_one = o->draft || (draft->body && *draft->body);
	const char *from = o->include ? o->include : has_one ? NULL : "-";
	g_autoptr(GBytes) bytes = from ? read_input(from, error) : NULL;
	gsize n;

	if (!from)
		return TRUE;
	if (!bytes)
		return FALSE;
	const char *text = g_bytes_get_data(bytes, &n);
	g_free(draft->body);
	draft->body = text_to_utf8(run, text ? text : "", n);
	draft_set(&draft->body_path, NULL);
	if (draft->placed)
		draft_place_text(draft);
	return TRUE;
}

/* $copy, $fcc_attach: whether there is an Fcc, and of what; a question is answered by its default.
 */
static void choose_copy(const struct settings *s, struct draft *draft)
{
	if (s->copy == QUAD_NO || s->copy == QUAD_ASK_NO)
		g_ptr_array_set_size(draft->fcc, 0);
	draft->text_copy = s->fcc_attach == QUAD_NO || s->fcc_attach == QUAD_ASK_NO;
}

/*
 * From and my_hdr as for every message, but that it has the subject it was given; signatures are
 * for people who see them.
 */
static gboolean begin_draft(struct run *run, struct draft *draft, GError **error)
{
	const struct compose_choice nothing = {0};
	g_autofree char *body = g_steal_pointer(&draft->body);
	g_autofree char *body_path = g_steal_pointer(&draft->body_path);

	compose_my_recipients(run->conf, draft, FALSE);
	if (!compose_send_hooks(run->conf, draft, FALSE, error) ||
	    !conf_command(run->conf, "unset signature", NULL, error))
		return FALSE;
	compose_finish(run->conf, draft, NULL, 0, FALSE, &nothing);
	g_free(draft->body);
	draft->body = g_steal_pointer(&body);
	g_free(draft->body_path);
	draft->body_path = g_steal_pointer(&body_path);
	return compose_send2_hooks(run->conf, draft, error);
}

/* What holds for a draft file that is gone on with, too. */
static void end_draft(struct run *run, struct draft *draft)
{
	compose_choose_fcc(run->conf, draft);
	compose_followup_to(run->conf, draft);
	choose_copy(conf_settings(run->conf), draft);
}

static struct draft *make_draft(struct run *run, GError **error)
{
	const struct options *o = run->options;
	auto_ptr(draft) draft = start_draft(run, error);
	gboolean resumes;

	if (!draft)
		return NULL;
	resumes = o->draft && compose_resumes(run->conf, draft);
	if (o->subject)
		draft_set(&draft->subject, o->subject);
	if (!add_recipients(run, &draft->to, o->to, resumes, error) ||
	    !add_recipients(run, &draft->cc, o->cc, resumes, error) ||
	    !add_recipients(run, &draft->bcc, o->bcc, resumes, error) ||
	    !add_files(o, draft, error) || !set_body(run, draft, error) ||
	    !(resumes || begin_draft(run, draft, error)))
		return NULL;
	end_draft(run, draft);
	return g_steal_pointer(&draft);
}

/* ---- the engine hears of it ---- */

/* The message is durable: whatever happens here changes only when it leaves. */
static void tell_running_engine(struct run *run, int fd, const char *id)
{
	g_auto(GStrv) args = options_engine_args(run->options);
	auto_ptr(wire) wire = wire_new(fd, WIRE_TELL, NULL, NULL, NULL, NULL);

	wire_send(wire, WIRE_HELLO, 1,
		  g_variant_new("(us^as)", (guint32)WIRE_VERSION, "cur", args));
	wire_send(wire, WIRE_SUBMITTED, 2, g_variant_new("(sb)", id, FALSE));
	wire_flush(wire, TELL_MS);
}

static int announce(struct run *run, const char *id)
{
	g_auto(GStrv) args = options_engine_args(run->options);
	g_autofree char *dir = path_data_dir();
	g_autoptr(GError) why = NULL;
	int fd = wire_connect(dir, NULL);

	if (fd >= 0)
		tell_running_engine(run, fd, id);
	else if (!client_start_engine((const char *const *)args, &why))
		complain("the message is in the outbox and will be sent when an engine runs; %s",
			 why->message);
	return CLI_OK;
}

static void on_tell(enum wire_id id, guint32 serial, GVariant *body, void *data)
{
	if (id == WIRE_PROMPT)
		answer_prompt(data, body);
}

/* It starts while the message is made, and hears from us what shells answer in the muttrc. */
static void call_engine(struct run *run)
{
	if (!run->conf && !shells_pair(run->shells))
		run->shells[0] = run->shells[1] = 0;
	run_client(run, TRUE, on_tell, run);
	run->shells[1] = 0;
	g_main_context_iteration(NULL, FALSE);
}

static int wait_for_server(struct run *run, const char *id)
{
	struct client *client = run_client(run, TRUE, on_tell, run);
	g_autoptr(GError) error = NULL;

	if (client_wait(client, WIRE_SUBMITTED, g_variant_new("(sb)", id, TRUE), -1, NULL, NULL,
			&error))
		return CLI_OK;
	complain("the message is in the outbox but not sent (cur queue shows it): %s",
		 error->message);
	return error_is(error, CUR_ERROR_REFUSED) ? CLI_FAILED : CLI_TEMPORARY;
}

int send_announce(struct run *run, const char *id)
{
	return run->options->wait ? wait_for_server(run, id) : announce(run, id);
}

static char *submit(struct run *run, struct draft *draft, GError **error)
{
	g_autoptr(GBytes) entity = NULL;
	struct submit_sealed sealed;

	if (!sealing_automatic(run->conf, draft, &entity, error))
		return NULL;
	sealed = (struct submit_sealed){entity, security_subject(run->conf, draft)};
	return submit_draft(run->conf, NULL, draft, entity ? &sealed : NULL, error);
}

int send_run(struct run *run)
{
	g_autoptr(GError) error = NULL;
	auto_ptr(draft) draft = NULL;
	g_autofree char *id = NULL;
	gint64 begun = g_get_monotonic_time();

	if (run->options->wait)
		call_engine(run);
	if (!run_conf(run, &error))
		return cli_fail(error);
	draft = make_draft(run, &error);
	id = draft ? submit(run, draft, &error) : NULL;
	if (!id) {
		g_prefix_error(&error, "not sent: ");
		return cli_fail(error);
	}
	/* Standard input may have taken its time. */
	if (g_get_monotonic_time() - begun > STALE_S * G_USEC_PER_SEC)
		g_clear_pointer(&run->client, client_free);
	return send_announce(run, id);
}
