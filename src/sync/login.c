/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From struct account to what net/ takes; secrets are wiped when they are done with. */
#include "login.h"

#include "account-command.h"
#include "cur/base/error.h"

void login_clear(struct login *l)
{
	auth_wipe(g_steal_pointer(&l->password));
	auth_wipe(g_steal_pointer(&l->token));
	g_clear_pointer(&l->user, g_free);
	g_clear_pointer(&l->refusal, g_free);
	g_clear_pointer(&l->mechanisms, g_strfreev);
}

gboolean login_wants_another(struct login *l, const GError *failed)
{
	l->renewing = error_is(failed, CUR_ERROR_AUTH) && l->token && !l->renewing;
	if (!error_is(failed, CUR_ERROR_AUTH))
		return FALSE;
	auth_wipe(g_steal_pointer(&l->password));
	if (l->in_vain && !l->renewing)
		return FALSE;
	g_free(l->refusal);
	l->refusal = g_strdup(failed->message);
	return TRUE;
}

/* The answer, yours; else the server's last words, or what is missing, and what to do. */
static char *ask(struct login *l, struct hub *hub, const struct account *account, gboolean secret,
		 GError **error)
{
	static const char *const protocols[] = {
	    [ACCOUNT_IMAP] = "imap", [ACCOUNT_POP] = "pop", [ACCOUNT_SMTP] = "smtp"};
	const char *what = secret ? "Password" : "User name";
	g_autofree char *question =
	    g_strdup_printf("%s for %s%s%s%s: ", what, account->user, *account->user ? "@" : "",
			    account->host, l->refusal ? " (the last one was refused)" : "");
	g_autoptr(GError) failed = NULL;
	char *answer = hub_prompt(hub, question, secret, &failed);

	if (!answer && error_is(failed, CUR_ERROR_AUTH))
		error_set(error, CUR_ERROR_AUTH, "%s (set $%s_%s, or run cur and type it)",
			  l->refusal ? l->refusal
			  : secret   ? "no password is known"
				     : "no user name is known",
			  protocols[account->protocol], secret ? "pass" : "user");
	else if (!answer)
		g_propagate_error(error, g_steal_pointer(&failed));
	return answer;
}

static const char *user_of(struct login *l, struct hub *hub, const struct account *account,
			   GError **error)
{
	if (*account->login && !l->user)
		return account->login;
	if (!l->user)
		l->user = ask(l, hub, account, FALSE, error);
	return l->user;
}

/* A token that was refused a moment ago is not tried again: the command may keep one for long. */
static gboolean get_token(struct login *l, const char *command, GError **error)
{
	char *before = g_steal_pointer(&l->token);
	gboolean ok;

	/* P55: nobody can be asked for another; the command is not run in a loop. */
	l->in_vain = TRUE;
	l->token = oauth_token(command, error);
	ok = l->token && (!l->renewing || g_strcmp0(l->token, before) != 0);
	if (l->token && !ok)
		error_set(error, CUR_ERROR_AUTH, "%s", l->refusal);
	auth_wipe(before);
	l->renewing = l->renewing && l->token;
	return ok;
}

static gboolean get_secret(struct login *l, struct hub *hub, const struct account *account,
			   struct auth_account *auth, GError **error)
{
	if (*account->oauth_refresh_command) {
		if (!get_token(l, account->oauth_refresh_command, error))
			return FALSE;
		auth->token = l->token;
		return TRUE;
	}
	if (account->pass && !l->refusal) {
		auth->password = account->pass;
		return TRUE;
	}
	/* Who comes through a tunnel may be logged in already. */
	if (*account->tunnel && !*account->pass_command && !l->password && !l->refusal) {
		l->in_vain = FALSE;
		return TRUE;
	}
	/* A command that gave the refused one would give it again: then the user is asked. */
	if (!l->password && *account->pass_command && !l->refusal)
		l->password = command_password(account->pass_command, error);
	else if (!l->password)
		l->password = ask(l, hub, account, TRUE, error);
	l->in_vain = !l->password;
	auth->password = l->password;
	return l->password != NULL;
}

/* Only where nothing else knows the password, and not again when what it told was refused. */
static gboolean ask_account_command(struct login *l, const struct account *account, GError **error)
{
	struct account_told told;

	if (!*account->account_command || account->pass || *account->pass_command ||
	    *account->oauth_refresh_command || l->password || l->refusal)
		return TRUE;
	if (!account_command_ask(account, &told, error)) {
		/* P55: what fails is not run in a loop. */
		l->in_vain = TRUE;
		return FALSE;
	}
	l->password = told.password;
	/* A login that the muttrc names counts more. */
	if (told.login && g_str_equal(account->login, account->user)) {
		g_free(l->user);
		l->user = told.login;
	} else {
		g_free(told.login);
	}
	return TRUE;
}

void login_server(struct login *l, const struct account *account, guint connect_s,
		  struct link_server *server)
{
	static const enum link_protocol protocols[] = {
	    [ACCOUNT_IMAP] = LINK_IMAP, [ACCOUNT_POP] = LINK_POP3, [ACCOUNT_SMTP] = LINK_SMTP};
	static const enum link_tls tls[] = {[ACCOUNT_TLS_IMPLICIT] = LINK_TLS_IMPLICIT,
					    [ACCOUNT_TLS_STARTTLS] = LINK_TLS_STARTTLS,
					    [ACCOUNT_TLS_PLAIN] = LINK_TLS_NONE};
	guint n = 0;

	if (*account->ca_file)
		l->cas[n++] = account->ca_file;
	if (*account->certificate_file)
		l->cas[n++] = account->certificate_file;
	l->cas[n] = NULL;
	*server = (struct link_server){
	    .protocol = protocols[account->protocol],
	    .tls = tls[account->tls],
	    .host = account->host,
	    .port = account->port,
	    /* The configuration says so by three variables (conf/accounts.c:tls_mode). */
	    .allow_clear = account->tls == ACCOUNT_TLS_PLAIN,
	    .cas = l->cas,
	    .no_system_cas = !account->use_system_certs,
	    .client_cert = *account->client_cert ? account->client_cert : NULL,
	    .certified_host = *account->certified_host ? account->certified_host : NULL,
	    .tunnel = *account->tunnel ? account->tunnel : NULL,
	    .preconnect = *account->preconnect ? account->preconnect : NULL,
	    .no_ipv6 = account->no_ipv6,
	    .connect_s = connect_s,
	    /* Who has a message may take its time, else nobody knows what became of it. */
	    .silence_s = account->protocol == ACCOUNT_SMTP ? 0 : account->receive_s,
	    .meter = &l->meter,
	};
}

void login_accepted(struct login *l)
{
	g_clear_pointer(&l->refusal, g_free);
	l->renewing = FALSE;
	l->worked = TRUE;
}

gboolean login_prepare(struct login *l, struct hub *hub, const struct account *account,
		       guint connect_s, struct link_server *server, struct auth_account *auth,
		       GError **error)
{
	login_server(l, account, connect_s, server);
	*auth = (struct auth_account){0};
	g_clear_pointer(&l->mechanisms, g_strfreev);
	if (*account->authenticators) {
		l->mechanisms = g_strsplit(account->authenticators, ":", -1);
		auth->mechanisms = (const char *const *)l->mechanisms;
	}
	if (!ask_account_command(l, account, error))
		return FALSE;
	auth->user = user_of(l, hub, account, error);
	return auth->user && get_secret(l, hub, account, auth, error);
}
