/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Accounts and the transport, as the variables and account-hooks describe them. */
#include "cur/conf/accounts.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/loopback.h"
#include "inside.h"
#include "server.h"

void account_free(struct account *a)
{
	if (!a)
		return;
	g_free(a->name);
	g_free(a->url);
	g_free(a->host);
	g_free(a->user);
	g_free(a->login);
	g_free(a->pass);
	g_free(a->pass_command);
	g_free(a->oauth_refresh_command);
	g_free(a->authenticators);
	g_free(a->ca_file);
	g_free(a->certificate_file);
	g_free(a->client_cert);
	g_free(a->certified_host);
	g_free(a->preconnect);
	g_free(a->account_command);
	g_free(a->tunnel);
	g_free(a->delim_chars);
	g_free(a);
}

void transport_free(struct transport *t)
{
	if (!t)
		return;
	account_free(t->smtp);
	g_free(t->sendmail);
	g_free(t->outbox);
	g_free(t);
}

/* ---- settings around an account-hook ------------------------------------------------------- */

/*
 * What an account-hook sets holds for its account alone: two accounts may be
 * asked for in any order, so the settings are put back afterwards.
 */
static GPtrArray *settings_save(const struct settings *s)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
	const struct variable *v;

	for (guint i = 0; (v = variable_at(i)); i++)
		g_ptr_array_add(texts, settings_text(s, v));
	return texts;
}

static void settings_restore(struct settings *s, const GPtrArray *texts)
{
	const struct variable *v;

	for (guint i = 0; (v = variable_at(i)); i++) {
		g_autofree char *now = settings_text(s, v);

		if (strcmp(now, g_ptr_array_index(texts, i)))
			settings_set(s, v, g_ptr_array_index(texts, i), NULL);
	}
}

/* ---- one account ---------------------------------------------------------------------------- */

static gboolean plaintext_is_wanted(const struct settings *s, const char *host)
{
	g_auto(GStrv) hosts = g_strsplit_set(s->insecure_plaintext_hosts, ":, ", -1);

	for (char **h = hosts; *h; h++)
		if (!g_ascii_strcasecmp(*h, host))
			return TRUE;
	return FALSE;
}

/*
 * P01, C08: encryption is only given up by two variables and a place where nobody listens, or for
 * what a tunnel keeps secret.
 */
static enum account_tls tls_mode(const struct settings *s, const struct server *server)
{
	/* What the tunnel does not keep secret itself begins in the clear within it. */
	if (*s->tunnel)
		return s->tunnel_is_secure ? ACCOUNT_TLS_PLAIN : ACCOUNT_TLS_STARTTLS;
	if (server->implicit_tls)
		return ACCOUNT_TLS_IMPLICIT;
	if (s->ssl_force_tls || s->ssl_starttls != QUAD_NO)
		return ACCOUNT_TLS_STARTTLS;
	if (host_is_loopback(server->host) || plaintext_is_wanted(s, server->host))
		return ACCOUNT_TLS_PLAIN;
	return ACCOUNT_TLS_STARTTLS;
}

gboolean account_is_clear(const struct account *account)
{
	return account->tls == ACCOUNT_TLS_PLAIN && !*account->tunnel &&
	       !host_is_loopback(account->host);
}

/* The variables of each protocol. */
struct credentials {
	const char *user, *login, *pass, *pass_command, *oauth, *authenticators;
};

static struct credentials credentials_of(const struct settings *s, enum account_protocol protocol)
{
	switch (protocol) {
	case ACCOUNT_IMAP:
		return (struct credentials){s->imap_user,
					    s->imap_login,
					    s->imap_pass,
					    s->imap_pass_command,
					    s->imap_oauth_refresh_command,
					    s->imap_authenticators};
	case ACCOUNT_POP:
		return (struct credentials){s->pop_user,
					    "",
					    s->pop_pass,
					    s->pop_pass_command,
					    s->pop_oauth_refresh_command,
					    s->pop_authenticators};
	default:
		return (struct credentials){s->smtp_user,
					    "",
					    s->smtp_pass,
					    s->smtp_pass_command,
					    s->smtp_oauth_refresh_command,
					    s->smtp_authenticators};
	}
}

/* Which of them counts; sync/login.c asks in the same order. */
static const char *secret_from(const struct server *server, const struct credentials *c)
{
	static const char *const names[][3] = {
	    [ACCOUNT_IMAP] = {"$imap_oauth_refresh_command", "$imap_pass", "$imap_pass_command"},
	    [ACCOUNT_POP] = {"$pop_oauth_refresh_command", "$pop_pass", "$pop_pass_command"},
	    [ACCOUNT_SMTP] = {"$smtp_oauth_refresh_command", "$smtp_pass", "$smtp_pass_command"},
	};
	const char *const *name = names[server->protocol];

	if (*c->oauth)
		return name[0];
	if (server->pass)
		return "its URL";
	if (*c->pass)
		return name[1];
	return *c->pass_command ? name[2] : NULL;
}

/* A server that takes mail may want no login at all, a mailbox always has an owner. */
static char *user_of(const struct server *server, const struct credentials *c)
{
	if (server->user)
		return g_strdup(server->user);
	if (*c->user || server->protocol == ACCOUNT_SMTP)
		return g_strdup(c->user);
	return g_strdup(g_get_user_name());
}

static char *account_name(const struct server *s, const char *user)
{
	GString *name = g_string_new(s->protocol == ACCOUNT_POP ? "pop-" : "");

	if (*user)
		g_string_append_printf(name, "%s@", user);
	g_string_append(name, s->host);
	if (s->port != server_default_port(s->protocol, s->implicit_tls))
		g_string_append_printf(name, "-%u", s->port);
	return g_string_free(name, FALSE);
}

static void fill_tls(struct account *a, const struct settings *s, const struct server *server)
{
	a->tls = tls_mode(s, server);
	a->ca_file = g_strdup(s->ssl_ca_certificates_file);
	a->certificate_file = g_strdup(s->certificate_file);
	a->client_cert = g_strdup(s->ssl_client_cert);
	a->use_system_certs = s->ssl_usesystemcerts;
	a->certified_host = g_strdup(s->ssl_verify_host_override);
}

static void fill_connection(struct account *a, const struct settings *s)
{
	a->preconnect = g_strdup(s->preconnect);
	a->tunnel = g_strdup(s->tunnel);
	a->no_ipv6 = !s->use_ipv6;
	a->receive_s = (guint)MAX(s->socket_receive_timeout, 0);
}

static struct account *make_account(const struct settings *s, const struct server *server)
{
	const struct credentials c = credentials_of(s, server->protocol);
	struct account *a = g_new0(struct account, 1);

	a->protocol = server->protocol;
	a->user = user_of(server, &c);
	a->login = g_strdup(*c.login ? c.login : a->user);
	a->pass = g_strdup(server->pass ? server->pass : *c.pass ? c.pass : NULL);
	a->pass_from = secret_from(server, &c);
	a->pass_command = g_strdup(c.pass_command);
	a->oauth_refresh_command = g_strdup(c.oauth);
	a->authenticators = g_strdup(c.authenticators);
	a->host = g_strdup(server->host);
	a->port = server->port;
	a->name = account_name(server, a->user);
	a->url = server_url(server, a->user);
	a->account_command = g_strdup(s->account_command);
	a->delim_chars = g_strdup(s->imap_delim_chars);
	fill_tls(a, s, server);
	fill_connection(a, s);
	return a;
}

struct account *conf_account_of(struct conf *conf, const char *name, GError **error)
{
	g_autoptr(GPtrArray) before = NULL;
	g_autofree char *base = NULL;
	g_autofree char *url = NULL;
	struct account *a = NULL;
	struct server server;

	if (!server_parse(name, &server, error))
		return NULL;
	if (conf->hooks[HOOK_ACCOUNT]->len > 0)
		before = settings_save(conf->settings);
	/* The password in a URL is nobody's business in a hook; a slash ends it, as in mutt. */
	base = server_url(&server, server.user ? server.user : "");
	url = g_strconcat(base, "/", NULL);
	if (conf_run_account_hooks(conf, url, error))
		a = make_account(conf->settings, &server);
	if (before)
		settings_restore(conf->settings, before);
	server_clear(&server);
	return a;
}

/* ---- all of them ------------------------------------------------- */

static gboolean is_listed(const GPtrArray *accounts, const struct account *a)
{
	for (guint i = 0; i < accounts->len; i++) {
		const struct account *other = g_ptr_array_index(accounts, i);

		if (!strcmp(other->name, a->name))
			return TRUE;
	}
	return FALSE;
}

static void add_account(struct conf *conf, GPtrArray *accounts, GPtrArray *problems,
			const char *url)
{
	g_autoptr(GError) error = NULL;
	const char *place = g_hash_table_lookup(conf->places, url);
	g_autofree char *shown = NULL;
	auto_ptr(account) a = NULL;

	if (!conf_is_url(url))
		return;
	a = conf_account_of(conf, url, &error);
	shown = a ? NULL : server_shown(url);
	if (!a && problems)
		g_ptr_array_add(problems,
				g_strdup_printf("%s%s'%s': %s", place ? place : "",
						place ? ": " : "", shown, error->message));
	if (a && !is_listed(accounts, a))
		g_ptr_array_add(accounts, g_steal_pointer(&a));
}

/* $pop_host is "host", "host:port" or a URL. */
static char *pop_url(const struct settings *s)
{
	if (!*s->pop_host || strstr(s->pop_host, "://"))
		return g_strdup(s->pop_host);
	return g_strconcat("pop://", s->pop_host, NULL);
}

GPtrArray *conf_accounts(struct conf *conf, GPtrArray *problems)
{
	const struct settings *s = conf->settings;
	GPtrArray *accounts = g_ptr_array_new_with_free_func((GDestroyNotify)account_free);
	g_autoptr(GPtrArray) urls = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(urls, g_strdup(s->spoolfile));
	g_ptr_array_add(urls, g_strdup(s->folder));
	for (guint i = 0; i < conf->mailboxes->len; i++) {
		const struct mailbox_entry *e = g_ptr_array_index(conf->mailboxes, i);

		g_ptr_array_add(urls, g_strdup(e->text));
	}
	g_ptr_array_add(urls, g_strdup(s->record));
	g_ptr_array_add(urls, g_strdup(s->postponed));
	g_ptr_array_add(urls, g_strdup(s->trash));
	g_ptr_array_add(urls, g_strdup(s->mbox));
	g_ptr_array_add(urls, pop_url(s));
	for (guint i = 0; i < urls->len; i++)
		add_account(conf, accounts, problems, g_ptr_array_index(urls, i));
	return accounts;
}

/* ---- transport --------------------------------------------------- */

static char *smtp_line(const struct account *a)
{
	g_autofree char *user = g_uri_escape_string(a->user, NULL, TRUE);
	gboolean v6 = strchr(a->host, ':') != NULL;

	return g_strdup_printf(v6 ? "%s://%s%s[%s]:%u" : "%s://%s%s%s:%u",
			       a->tls == ACCOUNT_TLS_IMPLICIT ? "smtps" : "smtp", user,
			       *user ? "@" : "", a->host, a->port);
}

static struct transport *smtp_transport(struct conf *conf, const char *url, GError **error)
{
	struct account *a = conf_account_of(conf, url, error);
	struct transport *t;

	if (!a)
		return NULL;
	if (a->protocol != ACCOUNT_SMTP) {
		account_free(a);
		error_set(error, CUR_ERROR_USAGE, "mail is sent by smtp:// or smtps://");
		return NULL;
	}
	t = g_new0(struct transport, 1);
	t->smtp = a;
	t->outbox = smtp_line(a);
	return t;
}

static struct transport *sendmail_transport(const char *command)
{
	struct transport *t = g_new0(struct transport, 1);

	t->sendmail = g_strdup(command);
	t->outbox = g_strconcat("sendmail:", command, NULL);
	return t;
}

struct transport *conf_transport(struct conf *conf, GError **error)
{
	const struct settings *s = conf->settings;

	if (*s->smtp_url)
		return smtp_transport(conf, s->smtp_url, error);
	if (*s->sendmail)
		return sendmail_transport(s->sendmail);
	error_set(error, CUR_ERROR_USAGE, "neither $smtp_url nor $sendmail is set");
	return NULL;
}

/* The password may stand in $smtp_url; it is of use when that is the same server and user. */
static void borrow_password(struct conf *conf, struct account *a)
{
	auto_ptr(account) configured = NULL;

	if (a->pass || !*conf->settings->smtp_url)
		return;
	configured = conf_account_of(conf, conf->settings->smtp_url, NULL);
	if (configured && !strcmp(configured->url, a->url))
		a->pass = g_strdup(configured->pass);
}

struct transport *conf_transport_of(struct conf *conf, const char *line, GError **error)
{
	struct transport *t;

	if (g_str_has_prefix(line, "sendmail:"))
		return sendmail_transport(line + strlen("sendmail:"));
	t = smtp_transport(conf, line, error);
	if (t)
		borrow_password(conf, t->smtp);
	return t;
}
