/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a message starts from: recipients, subject, ids, hooks, Fcc. Its text is compose-text.c. */
#include "cur/model/compose.h"

#include <string.h>
#include <time.h>

#include "compose-text.h"
#include "cur/base/error.h"
#include "cur/conf/accounts.h"
#include "cur/conf/hooks.h"
#include "cur/conf/lists.h"
#include "cur/crypt/open.h"
#include "cur/format/of-index.h"
#include "cur/mail/address.h"
#include "cur/mail/flags.h"
#include "cur/mail/forward.h"
#include "cur/mail/mailto.h"
#include "cur/mail/rewrite.h"
#include "cur/mail/scan.h"
#include "cur/model/recipients.h"
#include "cur/model/security.h"
#include "cur/model/showing.h"
#include "cur/query/pattern.h"

/* ---- originals ---- */

static struct original *original_of(const struct conf *conf, struct message *message,
				    const char *id)
{
	struct original *original = g_new0(struct original, 1);
	g_auto(GStrv) assumed = g_strsplit(conf_settings(conf)->assumed_charset, ":", -1);
	struct scan_hints hints = {.assumed = (const char *const *)assumed};
	gsize n, text_n;
	const char *bytes = message_bytes(message, &n);

	message_set_assumed(message, hints.assumed);
	scan_header(bytes, n, &hints, &original->row, &original->text, &text_n);
	envelope_init(&original->env, original->text, text_n);
	original->message = message;
	original->id = g_strdup(id);
	return original;
}

struct original *original_open(const struct conf *conf, const char *file, const char *id,
			       GError **error)
{
	struct message *message = message_open(file, error);

	return message ? original_of(conf, message, id) : NULL;
}

struct original *original_new(const struct conf *conf, GBytes *bytes, const char *id)
{
	return original_of(conf, message_new(bytes), id);
}

void original_take_opened(struct original *original, struct unsealed *u)
{
	original->opened = u;
	if (unsealed_subject(u))
		original->env.field[ENV_SUBJECT] = unsealed_subject(u);
}

void original_free(struct original *original)
{
	if (!original)
		return;
	message_free(original->message);
	if (original->opened)
		unsealed_unref(original->opened);
	g_free(original->id);
	g_free(original->text);
	g_free(original);
}

/* ---- what it starts from ---- */

struct draft *compose_new(const struct conf *conf)
{
	struct draft *draft = draft_new();
	const struct settings *s = conf_settings(conf);

	draft_set(&draft->body, "");
	draft_set(&draft->body_type, s->content_type);
	draft->text_flowed = s->text_flowed && strcmp(s->content_type, "text/plain") == 0;
	return draft;
}

gboolean compose_resumes(const struct conf *conf, const struct draft *draft)
{
	const struct settings *s = conf_settings(conf);

	return s->resume_draft_files || (s->resume_edited_draft_files && draft->edited);
}

struct draft *compose_mailto(const struct conf *conf, const char *url, GError **error)
{
	const GPtrArray *names = conf_mailto_allow(conf);
	g_autofree const char **allow = g_new0(const char *, names->len + 1);
	const struct settings *s = conf_settings(conf);
	struct draft *draft;

	for (guint i = 0; i < names->len; i++)
		allow[i] = g_ptr_array_index(names, i);
	draft = mailto_parse(url, allow, NULL, error);
	if (!draft)
		return NULL;
	draft_set(&draft->body_type, s->content_type);
	draft->text_flowed = s->text_flowed && strcmp(s->content_type, "text/plain") == 0;
	return draft;
}

static struct reply_options reply_options_of(const struct conf *conf,
					     const struct compose_choice *choice)
{
	const struct settings *s = conf_settings(conf);

	return (struct reply_options){
	    .is_me = recipients_is_me,
	    .is_list = recipients_is_list,
	    .is_subscribed = recipients_is_subscribed,
	    .data = (void *)conf,
	    .use_reply_to = choice->use_reply_to,
	    .use_followup_to = choice->use_followup_to,
	    .reply_self = s->reply_self,
	    .metoo = s->metoo,
	    .ignore_list_reply_to = s->ignore_list_reply_to,
	};
}

gboolean compose_asks_reply_to(const struct conf *conf, const struct original *original,
			       enum reply_kind kind)
{
	const struct compose_choice none = {0};
	struct reply_options options = reply_options_of(conf, &none);

	return reply_asks_reply_to(&original->env, kind, &options);
}

/* The address that the original was sent to, where $reply_with_xorig or $reverse_name wants it. */
static void choose_answering_from(const struct conf *conf, struct draft *draft,
				  const struct original *original, gboolean answers)
{
	const struct settings *s = conf_settings(conf);

	if (answers && s->reply_with_xorig) {
		const char *to = headers_get(message_headers(original->message), "X-Original-To");
		g_autofree char *mine = to ? recipients_expand(conf, to) : NULL;

		draft_set(&draft->from, mine);
	}
	if (s->reverse_name && (!draft->from || !*draft->from)) {
		g_free(draft->from);
		draft->from =
		    reply_from(&original->env, recipients_is_me, (void *)conf, s->reverse_realname);
	}
}

struct draft *compose_reply(const struct conf *conf, struct original *const originals[], guint n,
			    const struct compose_choice *choice, GError **error)
{
	const struct settings *s = conf_settings(conf);
	struct reply_options options = reply_options_of(conf, choice);
	g_autofree const struct envelope **envs = g_new(const struct envelope *, n);
	struct reply_recipients to = {0};
	struct draft *draft;

	for (guint i = 0; i < n; i++)
		envs[i] = &originals[i]->env;
	if (!reply_recipients(envs, n, choice->kind, &options, &to, error))
		return NULL;
	draft = compose_new(conf);
	draft_set(&draft->to, to.to);
	draft_set(&draft->cc, to.cc);
	reply_recipients_clear(&to);
	choose_answering_from(conf, draft, originals[0], TRUE);
	if (choice->kind == REPLY_TO_AUTHOR)
		return draft;
	draft->subject =
	    reply_subject(envs[0]->field[ENV_SUBJECT], s->reply_regexp.re, s->empty_subject);
	reply_ids(envs, n, &draft->in_reply_to, &draft->references);
	draft->answered = *originals[0]->id ? g_strdup(originals[0]->id) : NULL;
	return draft;
}

/* As it came; without its encryption when $forward_decrypt is set and it could be opened. */
static GBytes *forwarded_bytes(const struct conf *conf, const struct original *original)
{
	gsize n;
	const char *bytes = message_bytes(original->message, &n);
	GBytes *plain = original->opened && conf_settings(conf)->forward_decrypt
			    ? unsealed_plain(original->opened)
			    : NULL;
	g_autofree char *text = NULL;

	if (conf_settings(conf)->mime_forward_decode) {
		g_clear_pointer(&plain, g_bytes_unref);
		text = showing_text(conf, original->message, original->opened, SHOWING_NO_HEADER,
				    SHOWING_READ);
		return rewrite_as_text(original->message, text, NULL, NULL);
	}
	return plain ? plain : g_bytes_new(bytes, n);
}

static void attach_originals(const struct conf *conf, struct draft *draft,
			     struct original *const originals[], guint n)
{
	for (guint i = 0; i < n; i++) {
		g_autoptr(GBytes) copy = forwarded_bytes(conf, originals[i]);

		forward_attach(draft, copy, originals[i]->env.field[ENV_SUBJECT]);
	}
}

GPtrArray *original_parts(const struct original *original)
{
	return unsealed_parts(original->opened, original->message);
}

/* Parts that the text of an inline forward does not show. */
static void carry_attachments(struct draft *draft, const struct original *original)
{
	g_autoptr(GPtrArray) parts = original_parts(original);

	for (guint i = 0; i < parts->len; i++) {
		struct part *part = parts->pdata[i];
		g_autoptr(GBytes) content = NULL;
		g_autofree char *type = NULL, *name = NULL;

		if (!part_is_attachment(part) || part->n_children)
			continue;
		content = part_decode(part);
		type = part_type_name(part);
		name = *part->file_name ? part_filename_safe(part) : NULL;
		forward_carry(draft, content, type, name,
			      *part->description ? part->description : NULL);
	}
}

static void forward_parts(const struct conf *conf, struct draft *draft,
			  struct original *const originals[], guint n,
			  const struct compose_choice *choice)
{
	if (choice->forward_as_attachment)
		attach_originals(conf, draft, originals, n);
	else if (choice->forward_attachments && conf_settings(conf)->forward_decode)
		for (guint i = 0; i < n; i++)
			carry_attachments(draft, originals[i]);
}

struct draft *compose_forward(const struct conf *conf, const struct original *original)
{
	const struct settings *s = conf_settings(conf);
	struct draft *draft = compose_new(conf);

	draft->subject = compose_render(conf, s->forward_format, original);
	draft->forwarded = *original->id ? g_strdup(original->id) : NULL;
	choose_answering_from(conf, draft, original, FALSE);
	if (s->forward_references) {
		const struct envelope *env = &original->env;

		reply_ids(&env, 1, &draft->in_reply_to, &draft->references);
	}
	return draft;
}

struct draft *compose_resend(const struct conf *conf, struct original *original, GError **error)
{
	static const struct unseal_options whole;
	gsize n;
	const char *bytes = message_bytes(original->message, &n);
	GBytes *plain = original->opened ? unsealed_plain(original->opened) : NULL;
	g_autoptr(GBytes) copy = plain ? plain : g_bytes_new(bytes, n);
	struct draft *draft = draft_read(copy, FALSE, error);

	if (!draft)
		return NULL;
	/* It goes out as a message of its own, sealed again where it was. */
	draft_set(&draft->message_id, NULL);
	if (plain)
		security_as_found(draft, unseal_look(original->message, &whole));
	return draft;
}

/* ---- hooks ---- */

static gboolean subject_is_me(const char *address, void *data)
{
	return recipients_is_me(address, data);
}

/* The message that hooks are tried on. */
struct hooked {
	const struct row *row;
	const struct envelope *env;
	mark_t mark;
};

static gboolean hook_holds(const struct conf *conf, const struct hook *hook,
			   const struct hooked *message, gboolean *holds, GError **error)
{
	static const struct pattern_calls calls = {
	    .is_me = subject_is_me,
	    .is_list = recipients_is_list,
	    .is_subscribed = recipients_is_subscribed,
	};
	struct pattern_options options = {.no_message = TRUE};
	auto_ptr(pattern) pattern = pattern_compile(hook->pattern, &options, error);
	struct pattern_subject subject = {.row = message->row,
					  .env = message->env,
					  .mark = message->mark,
					  .calls = &calls,
					  .data = (void *)conf};

	if (!pattern)
		return FALSE;
	*holds = pattern_match(pattern, &subject) != hook->negated;
	return TRUE;
}

/* Commands of the hooks that hold; copies, because they may change the list of hooks. */
static GPtrArray *matching_commands(const struct conf *conf, enum hook_type type,
				    const struct hooked *message, GError **error)
{
	const GPtrArray *hooks = conf_hooks(conf, type);
	g_autoptr(GPtrArray) commands = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; hooks && i < hooks->len; i++) {
		const struct hook *hook = g_ptr_array_index(hooks, i);
		gboolean holds;

		if (!hook_holds(conf, hook, message, &holds, error))
			return NULL;
		if (holds)
			g_ptr_array_add(commands, g_strdup(hook->command));
	}
	return g_steal_pointer(&commands);
}

static gboolean run_hooks(struct conf *conf, enum hook_type type, const struct hooked *message,
			  GError **error)
{
	g_autoptr(GPtrArray) commands = matching_commands(conf, type, message, error);

	for (guint i = 0; commands && i < commands->len; i++)
		if (!conf_command(conf, g_ptr_array_index(commands, i), NULL, error))
			return FALSE;
	return commands != NULL;
}

/*
 * A draft as patterns see messages. From whom it would be as things are, when it does not say: so
 * ~f and ~P find what they are meant for. `from` owns that.
 */
static void draft_as_message(const struct conf *conf, const struct draft *draft, char **from,
			     struct row *row, struct envelope *env)
{
	*row = (struct row){.date_sent = time(NULL), .date_received = time(NULL)};
	for (guint i = 0; i < ENV_N_FIELDS; i++)
		env->field[i] = "";
	*from = draft->from && *draft->from ? g_strdup(draft->from) : recipients_default_from(conf);
	env->field[ENV_FROM] = *from ? *from : "";
	env->field[ENV_TO] = draft->to ? draft->to : "";
	env->field[ENV_CC] = draft->cc ? draft->cc : "";
	env->field[ENV_BCC] = draft->bcc ? draft->bcc : "";
	env->field[ENV_SUBJECT] = draft->subject ? draft->subject : "";
	env->field[ENV_IN_REPLY_TO] = draft->in_reply_to ? draft->in_reply_to : "";
	env->field[ENV_REFERENCES] = draft->references ? draft->references : "";
}

gboolean compose_reply_hooks(struct conf *conf, const struct original *original, GError **error)
{
	const struct hooked message = {.row = &original->row, .env = &original->env};

	return run_hooks(conf, HOOK_REPLY, &message, error);
}

gboolean compose_message_hooks(struct conf *conf, const struct row *row, const struct envelope *env,
			       GError **error)
{
	const struct hooked message = {.row = row, .env = env};

	return run_hooks(conf, HOOK_MESSAGE, &message, error);
}

static gboolean run_draft_hooks(struct conf *conf, enum hook_type type, const struct draft *draft,
				mark_t mark, GError **error)
{
	g_autofree char *from = NULL;
	struct row row;
	struct envelope env;
	const struct hooked message = {.row = &row, .env = &env, .mark = mark};

	draft_as_message(conf, draft, &from, &row, &env);
	return run_hooks(conf, type, &message, error);
}

gboolean compose_send_hooks(struct conf *conf, const struct draft *draft, gboolean reply,
			    GError **error)
{
	return run_draft_hooks(conf, HOOK_SEND, draft, reply ? FLAG_ANSWERED : 0, error);
}

gboolean compose_send2_hooks(struct conf *conf, const struct draft *draft, GError **error)
{
	return run_draft_hooks(conf, HOOK_SEND2, draft, 0, error);
}

/* A local mailbox is a folder; one at a server counts when `mailboxes` names it. */
static gboolean mailbox_is_there(struct conf *conf, const char *name)
{
	const GPtrArray *named = conf_mailboxes(conf);

	if (g_path_is_absolute(name))
		return g_file_test(name, G_FILE_TEST_IS_DIR);
	for (guint i = 0; i < named->len; i++) {
		const struct mailbox_entry *entry = g_ptr_array_index(named, i);
		g_autofree char *other = conf_resolve_mailbox(conf, entry->text, NULL, NULL, NULL);

		if (other && !strcmp(other, name))
			return TRUE;
	}
	return FALSE;
}

/* $save_name, $force_name: the mailbox named after who gets it; NULL: neither says so. Yours. */
static char *fcc_by_name(struct conf *conf, const struct draft *draft)
{
	const struct settings *s = conf_settings(conf);
	auto_ptr(address) to = draft->to ? address_parse_one(draft->to) : NULL;
	g_autofree char *spec = to ? address_spec(to) : NULL;
	g_autofree char *path = NULL, *name = NULL;

	if (!spec || !*to->local || (!s->save_name && !s->force_name))
		return NULL;
	path = mailbox_of_person(s->save_address ? spec : to->local);
	name = conf_resolve_mailbox(conf, path, NULL, NULL, NULL);
	return name && (s->force_name || mailbox_is_there(conf, name)) ? g_steal_pointer(&path)
								       : NULL;
}

static char *compose_fcc(struct conf *conf, const struct draft *draft)
{
	const char *record = conf_settings(conf)->record;
	g_autoptr(GPtrArray) named = NULL;
	g_autofree char *by_name = NULL, *from = NULL;
	struct row row;
	struct envelope env;
	const struct hooked message = {.row = &row, .env = &env};

	draft_as_message(conf, draft, &from, &row, &env);
	named = matching_commands(conf, HOOK_FCC, &message, NULL);
	if (named && named->len)
		return g_strdup(g_ptr_array_index(named, 0));
	by_name = fcc_by_name(conf, draft);
	return by_name ? g_steal_pointer(&by_name) : g_strdup(record);
}

gboolean compose_set_fcc(struct conf *conf, struct draft *draft, const char *text, GError **error)
{
	const char *delimiter = conf_settings(conf)->fcc_delimiter;
	g_auto(GStrv) names = g_strsplit(text, *delimiter ? delimiter : "\n", -1);
	gboolean ok = TRUE;

	g_ptr_array_set_size(draft->fcc, 0);
	for (guint i = 0; ok && names[i]; i++) {
		char *name = *g_strstrip(names[i])
				 ? conf_resolve_mailbox(conf, names[i], NULL, NULL, error)
				 : NULL;

		ok = name || !*names[i];
		if (name)
			g_ptr_array_add(draft->fcc, name);
	}
	return ok;
}

void compose_choose_fcc(struct conf *conf, struct draft *draft)
{
	g_autofree char *fcc = draft->fcc->len ? NULL : compose_fcc(conf, draft);

	if (fcc)
		compose_set_fcc(conf, draft, fcc, NULL);
}

/* ---- finishing ---- */

/* Who sends under a bare address has the name that he has else. */
static void name_sender(const struct conf *conf, struct draft *draft)
{
	const char *name = conf_settings(conf)->realname;
	g_autoptr(GPtrArray) list = address_parse(draft->from ? draft->from : "");
	struct address *a = list->len == 1 ? list->pdata[0] : NULL;

	if (!a || a->kind != ADDRESS_MAILBOX || *a->name || !*name)
		return;
	auto_ptr(address) named = address_new(name, a->local, a->host);
	g_free(draft->from);
	draft->from = address_format(named);
}

void compose_choose_from(const struct conf *conf, struct draft *draft)
{
	if (!conf_settings(conf)->use_from || (draft->from && *draft->from))
		return;
	g_free(draft->from);
	draft->from = recipients_default_from(conf);
}

static void add_addresses(char **field, const char *more)
{
	g_autofree char *joined =
	    *field && **field ? g_strconcat(*field, ", ", more, NULL) : g_strdup(more);

	draft_set(field, joined);
}

/* Which fields of my_hdr, as they come in two goes. */
enum my_fields {
	MY_RECIPIENTS = 1 << 0, /* To, Cc, Bcc */
	MY_SUBJECT = 1 << 1,
	MY_OTHERS = 1 << 2,
};

/* Fields that a draft has of its own are set, all others are kept as lines. */
static void apply_my_header(struct draft *draft, const char *line, unsigned which)
{
	const struct {
		const char *name;
		char **field;
		enum my_fields kind;
	} fields[] = {
	    {"from", &draft->from, MY_OTHERS},	       {"to", &draft->to, MY_RECIPIENTS},
	    {"cc", &draft->cc, MY_RECIPIENTS},	       {"bcc", &draft->bcc, MY_RECIPIENTS},
	    {"reply-to", &draft->reply_to, MY_OTHERS}, {"subject", &draft->subject, MY_SUBJECT},
	};
	const char *colon = strchr(line, ':');
	g_autofree char *value = NULL;

	if (!colon)
		return;
	value = g_strstrip(g_strdup(colon + 1));
	for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
		if (strlen(fields[i].name) != (gsize)(colon - line) ||
		    g_ascii_strncasecmp(fields[i].name, line, (gsize)(colon - line)) != 0)
			continue;
		if (!(which & fields[i].kind))
			return;
		if (fields[i].kind == MY_RECIPIENTS)
			add_addresses(fields[i].field, value);
		else
			draft_set(fields[i].field, value);
		return;
	}
	if (which & MY_OTHERS)
		g_ptr_array_add(draft->headers, g_strdup(line));
}

static void apply_my_headers(const struct conf *conf, struct draft *draft, unsigned which)
{
	const GPtrArray *lines = conf_settings(conf)->hdrs ? conf_my_headers(conf) : NULL;

	for (guint i = 0; lines && i < lines->len; i++)
		apply_my_header(draft, g_ptr_array_index(lines, i), which);
}

void compose_my_recipients(const struct conf *conf, struct draft *draft, gboolean subject)
{
	apply_my_headers(conf, draft, MY_RECIPIENTS | (subject ? MY_SUBJECT : 0));
}

void compose_finish(struct conf *conf, struct draft *draft, struct original *const originals[],
		    guint n, gboolean forward, const struct compose_choice *choice)
{
	compose_choose_from(conf, draft);
	apply_my_headers(conf, draft, MY_OTHERS);
	name_sender(conf, draft);
	if (forward)
		forward_parts(conf, draft, originals, n, choice);
	compose_text(conf, draft, originals, n, forward, choice);
}

void compose_followup_to(const struct conf *conf, struct draft *draft)
{
	const struct compose_choice none = {0};
	struct reply_options options = reply_options_of(conf, &none);

	if (!conf_settings(conf)->followup_to || draft->mail_followup_to)
		return;
	draft->mail_followup_to =
	    reply_mail_followup_to(draft->to, draft->cc, draft->from, &options);
}

gboolean compose_forgot_attachment(const struct conf *conf, const struct draft *draft)
{
	const struct settings *s = conf_settings(conf);
	g_autofree char *body = NULL;
	g_auto(GStrv) lines = NULL;
	gsize n;

	if (draft_n_attachments(draft) || !s->abort_noattach_regexp.re)
		return FALSE;
	body = draft_body(draft, &n, NULL);
	if (!body)
		return FALSE;
	body[reply_text_end(body, n)] = '\0';
	lines = g_strsplit(body, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		if (s->quote_regexp.re && regex_match(s->quote_regexp.re, lines[i], -1))
			continue;
		if (regex_match(s->abort_noattach_regexp.re, lines[i], -1))
			return TRUE;
	}
	return FALSE;
}
