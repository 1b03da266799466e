/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The servers of a configuration: which there are, and what is wrong with them. None is asked. */
#include <string.h>

#include "check.h"
#include "cur/base/path.h"
#include "cur/conf/hooks.h"
#include "cur/conf/lists.h"

/* Where a file or a program that was to say more is not here, nobody knows what it would have said.
 */
static gboolean lacks_a_source(const struct check *check)
{
	const GPtrArray *problems = conf_problems(check->conf);

	for (guint i = 0; i < problems->len; i++)
		if (((const struct conf_problem *)g_ptr_array_index(problems, i))->lacks)
			return TRUE;
	return FALSE;
}

static void account_problem(struct check *check, const char *text)
{
	if (lacks_a_source(check))
		check_add(check, CONF_WARNING, NULL, "%s (not all of the configuration is here)",
			  text);
	else
		check_add(check, CONF_ERROR, NULL, "%s", text);
}

/* C08: for as long as it is so. */
static void warn_of_clear_text(struct check *check, const struct account *account)
{
	if (account_is_clear(account))
		check_add(check, CONF_WARNING, NULL,
			  "'%s' is spoken to without encryption: anybody on the way can read "
			  "password and mail",
			  account->host);
}

/* ---- going round ----------------------------------------------------------------------- */

static void visit_free(void *data)
{
	struct check_visit *visit = data;

	account_free(visit->account);
	transport_free(visit->way);
	g_free(visit);
}

/* C05: the Maildirs of accounts have URLs; by their paths they are refused. */
static void warn_of_own_maildir(struct check *check, const char *name)
{
	g_autofree char *mail = path_mail_dir();

	if (g_path_is_absolute(name) && path_lies_in(name, mail))
		check_add(check, CONF_ERROR, NULL,
			  "'%s' belongs to an account: its mailboxes have URLs (cur folders)",
			  name);
}

static void name_mailbox(struct check *check, const char *text)
{
	char *name = *text ? conf_resolve_mailbox(check->conf, text, NULL, NULL, NULL) : NULL;

	if (!name)
		return;
	if (!g_ptr_array_find_with_equal_func(check->mailboxes, name, g_str_equal, NULL))
		warn_of_own_maildir(check, name);
	g_ptr_array_add(check->mailboxes, name);
}

static void name_roles(struct check *check)
{
	const struct settings *s = conf_settings(check->conf);

	name_mailbox(check, s->spoolfile);
	name_mailbox(check, s->record);
	name_mailbox(check, s->postponed);
	name_mailbox(check, s->trash);
	name_mailbox(check, s->mbox);
}

/* How mail leaves now, or in the account's inbox. */
static void visit(struct check *check, struct account *account)
{
	struct check_visit *visit = g_new0(struct check_visit, 1);
	g_autoptr(GError) error = NULL;

	visit->account = account;
	if (account) {
		g_autofree char *inbox = g_strconcat(account->url, "/INBOX", NULL);

		conf_run_folder_hooks(check->conf, inbox, NULL);
		name_roles(check);
		warn_of_clear_text(check, account);
	}
	visit->way = conf_transport(check->conf, &error);
	if (error && *conf_settings(check->conf)->smtp_url) {
		g_autofree char *text = g_strconcat("$smtp_url: ", error->message, NULL);

		account_problem(check, text);
	}
	if (visit->way && visit->way->smtp)
		warn_of_clear_text(check, visit->way->smtp);
	g_ptr_array_add(check->visits, visit);
}

void check_accounts(struct check *check)
{
	g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GPtrArray) accounts = conf_accounts(check->conf, problems);
	const GPtrArray *listed = conf_mailboxes(check->conf);

	g_ptr_array_set_free_func(check->visits, visit_free);
	g_ptr_array_set_free_func(check->mailboxes, g_free);
	for (guint i = 0; i < problems->len; i++)
		account_problem(check, g_ptr_array_index(problems, i));
	for (guint i = 0; i < listed->len; i++)
		name_mailbox(check, ((struct mailbox_entry *)g_ptr_array_index(listed, i))->text);
	name_roles(check);
	g_ptr_array_set_free_func(accounts, NULL);
	for (guint i = 0; i < accounts->len; i++)
		visit(check, g_ptr_array_index(accounts, i));
	if (!accounts->len)
		visit(check, NULL);
}

/* ---- the list -------------------------------------------------------------------------- */

static const char *const protocols[] = {
    [ACCOUNT_IMAP] = "imap", [ACCOUNT_POP] = "pop", [ACCOUNT_SMTP] = "smtp"};
static const char *const tls_words[] = {[ACCOUNT_TLS_IMPLICIT] = "tls",
					[ACCOUNT_TLS_STARTTLS] = "starttls",
					[ACCOUNT_TLS_PLAIN] = "none"};

static void server_as_json(struct json *json, const struct account *a, const char *of)
{
	json_object(json, NULL);
	json_string(json, "kind", "server");
	json_string(json, "account", of);
	json_string(json, "protocol", protocols[a->protocol]);
	json_string(json, "host", a->host);
	json_number(json, "port", a->port);
	json_string(json, "tls", tls_words[a->tls]);
	json_string(json, "tunnel", *a->tunnel ? a->tunnel : NULL);
	json_string(json, "user", a->login);
	json_string(json, "secret", a->pass_from);
	json_end_object(json);
	json_print(json);
}

/* "host port 993, TLS", or the command that leads there. Yours. */
static char *way_to(const struct account *a)
{
	static const char *const words[] = {[ACCOUNT_TLS_IMPLICIT] = "TLS",
					    [ACCOUNT_TLS_STARTTLS] = "STARTTLS",
					    [ACCOUNT_TLS_PLAIN] = "no encryption"};

	if (*a->tunnel)
		return g_strdup_printf("%s through '%s'%s", a->host, a->tunnel,
				       a->tls == ACCOUNT_TLS_STARTTLS ? ", STARTTLS" : "");
	return g_strdup_printf("%s port %u, %s", a->host, a->port, words[a->tls]);
}

static void print_server(struct check *check, const struct account *a, const char *of)
{
	g_autofree char *way = way_to(a);
	const char *what = *a->oauth_refresh_command ? "token" : "password";

	if (check->run->as_json)
		server_as_json(&check->run->json, a, of);
	else if (a->protocol == ACCOUNT_SMTP && !*a->login && !a->pass_from)
		say("  smtp %s, without a login", way);
	else
		say("  %-4s %s, as %s, %s %s%s", protocols[a->protocol], way,
		    *a->login ? a->login : "who is asked for", what,
		    a->pass_from ? "from " : "is asked for", a->pass_from ? a->pass_from : "");
}

static void print_sendmail(struct check *check, const char *command, const char *of)
{
	struct json *json = &check->run->json;

	if (!check->run->as_json) {
		say("  mail leaves by %s", command);
		return;
	}
	json_object(json, NULL);
	json_string(json, "kind", "sendmail");
	json_string(json, "account", of);
	json_string(json, "command", command);
	json_end_object(json);
	json_print(json);
}

void check_print_accounts(struct check *check)
{
	for (guint i = 0; i < check->visits->len; i++) {
		const struct check_visit *v = g_ptr_array_index(check->visits, i);
		const char *name = v->account ? v->account->name : "";

		if (v->account && !check->run->as_json)
			say("account %s", name);
		else if (v->way && !check->run->as_json)
			say("no account at a server");
		if (v->account)
			print_server(check, v->account, name);
		if (v->way && v->way->smtp)
			print_server(check, v->way->smtp, name);
		else if (v->way)
			print_sendmail(check, v->way->sendmail, name);
	}
}
