/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SASL mechanisms: those that are one line of text are written here, those that compute (SCRAM,
 * CRAM-MD5) are GNU SASL's.
 */
#include "cur/net/auth.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/net/words.h"
#include "libraries.h"

enum {
	CHALLENGE_MAX = 64 * 1024,
	ITERATIONS_MAX = 2000000, /* a second or two; servers ask for some thousands */
};

struct mechanism {
	const char *name;
	gboolean takes_token; /* else a password */
	gboolean client_first;
	gboolean only_if_named;
	/* The answer to a challenge (NULL: the first word is ours); NULL with *error. */
	GBytes *(*step)(struct auth *a, GBytes *challenge, GError **error);
};

struct auth {
	const struct mechanism *mechanism;
	const struct auth_account *account;
	char *service, *host;
	guint16 port;
	guint rounds;
	gboolean done; /* the mechanism has nothing more to say or to see */
	char *failure;
	Gsasl *library;
	Gsasl_session *session;
};

/* ---- mechanisms ---- */

static GBytes *unexpected(struct auth *a, GError **error)
{
	error_set(error, CUR_ERROR_AUTH, "the server asks for more than %s gives",
		  a->mechanism->name);
	return NULL;
}

static GBytes *step_plain(struct auth *a, GBytes *challenge, GError **error)
{
	GByteArray *out;

	if (a->done)
		return unexpected(a, error);
	out = g_byte_array_new();
	/* No authorization identity; then NUL user NUL password (RFC 4616). */
	g_byte_array_append(out, (const guint8 *)"", 1);
	g_byte_array_append(out, (const guint8 *)a->account->user, strlen(a->account->user) + 1);
	g_byte_array_append(out, (const guint8 *)a->account->password,
			    strlen(a->account->password));
	a->done = TRUE;
	return g_byte_array_free_to_bytes(out);
}

/* Two questions whose wording differs from server to server: user, then password. */
static GBytes *step_login(struct auth *a, GBytes *challenge, GError **error)
{
	const char *answer = a->rounds == 1 ? a->account->user : a->account->password;

	if (a->done)
		return unexpected(a, error);
	a->done = a->rounds == 2;
	return g_bytes_new(answer, strlen(answer));
}

/* RFC 7628 3.2.2, and what Gmail has said since before it. */
static const struct {
	const char *status, *words;
} statuses[] = {
    {"invalid_token", "the token is not valid or has expired"},
    {"insufficient_scope", "the token does not allow this"},
    {"invalid_request", "the server did not understand what it was told"},
    {"400", "the token is not valid or has expired"},
    {"401", "the token is not valid or has expired"},
};

/* The member "status" of the server's JSON, in words; without one all of it. Yours. */
static char *failure_words(const char *text, gsize n)
{
	static const char name[] = "\"status\"";
	g_autofree char *all = server_words(text, (gssize)n);
	const char *p = strstr(all, name), *end;

	if (p)
		p += strlen(name) + strspn(p + strlen(name), " \t:");
	if (!p || *p++ != '"' || !(end = strchr(p, '"')))
		return g_steal_pointer(&all);
	for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++)
		if (strlen(statuses[i].status) == (gsize)(end - p) &&
		    !strncmp(statuses[i].status, p, (gsize)(end - p)))
			return g_strdup_printf("%s (%s)", statuses[i].status, statuses[i].words);
	return g_strndup(p, (gsize)(end - p));
}

/* A second challenge is the server's reason, in JSON; it waits for an answer before it says NO. */
static GBytes *note_failure(struct auth *a, GBytes *challenge, const char *answer)
{
	gsize n = 0;
	const char *text = challenge ? g_bytes_get_data(challenge, &n) : NULL;

	if (!a->failure)
		a->failure = failure_words(text ? text : "", n);
	return g_bytes_new(answer, strlen(answer));
}

static GBytes *step_xoauth2(struct auth *a, GBytes *challenge, GError **error)
{
	char *text;

	if (a->done)
		return note_failure(a, challenge, "");
	a->done = TRUE;
	text = g_strdup_printf("user=%s\001auth=Bearer %s\001\001", a->account->user,
			       a->account->token);
	return g_bytes_new_take(text, strlen(text));
}

/* A name in a GS2 header (RFC 5801 4). */
static char *gs2_name(const char *name)
{
	GString *out = g_string_new(NULL);

	for (; *name; name++)
		if (*name == ',')
			g_string_append(out, "=2C");
		else if (*name == '=')
			g_string_append(out, "=3D");
		else
			g_string_append_c(out, *name);
	return g_string_free(out, FALSE);
}

/* RFC 7628 3.1. */
static GBytes *step_oauthbearer(struct auth *a, GBytes *challenge, GError **error)
{
	g_autofree char *user = gs2_name(a->account->user);
	char *text;

	if (a->done)
		return note_failure(a, challenge, "\001");
	a->done = TRUE;
	text = g_strdup_printf("n,a=%s,\001host=%s\001port=%u\001auth=Bearer %s\001\001", user,
			       a->host, a->port, a->account->token);
	return g_bytes_new_take(text, strlen(text));
}

static gboolean library_begin(struct auth *a, GError **error)
{
	int rc;

	if (!gsasl_load(error))
		return FALSE;
	rc = gsasl()->init(&a->library);
	if (rc == GSASL_OK)
		rc = gsasl()->client_start(a->library, a->mechanism->name, &a->session);
	if (rc != GSASL_OK)
		return error_set(error, CUR_ERROR_AUTH, "%s: %s", a->mechanism->name,
				 gsasl()->strerror(rc));
	gsasl()->property_set(a->session, GSASL_AUTHID, a->account->user);
	gsasl()->property_set(a->session, GSASL_PASSWORD, a->account->password);
	gsasl()->property_set(a->session, GSASL_SERVICE, a->service);
	gsasl()->property_set(a->session, GSASL_HOSTNAME, a->host);
	return TRUE;
}

/* SCRAM: as often as the server says a hash is computed, and nothing can stop that (RFC 5802 5.1).
 */
static gboolean is_affordable(const struct auth *a, const char *challenge, gsize n)
{
	g_autofree char *text = n ? g_strndup(challenge, n) : NULL;
	const char *count =
	    text && g_str_has_prefix(a->mechanism->name, "SCRAM-") ? strstr(text, ",i=") : NULL;

	return !count || g_ascii_strtoull(count + strlen(",i="), NULL, 10) <= ITERATIONS_MAX;
}

static GBytes *step_library(struct auth *a, GBytes *challenge, GError **error)
{
	g_autoptr(GBytes) result = NULL;
	gsize n_in = 0, n_out = 0;
	const char *in = challenge ? g_bytes_get_data(challenge, &n_in) : NULL;
	char *out = NULL;
	int rc;

	if (a->done)
		return unexpected(a, error);
	if (!a->session && !library_begin(a, error))
		return NULL;
	if (!is_affordable(a, in, n_in)) {
		error_set(error, CUR_ERROR_PROTOCOL, "%s: the server asks for too much work",
			  a->mechanism->name);
		return NULL;
	}
	rc = gsasl()->step(a->session, in, n_in, &out, &n_out);
	if (rc != GSASL_OK && rc != GSASL_NEEDS_MORE) {
		error_set(error, CUR_ERROR_AUTH, "%s: %s", a->mechanism->name,
			  gsasl()->strerror(rc));
		return NULL;
	}
	a->done = rc == GSASL_OK;
	result = g_bytes_new(out, n_out);
	gsasl()->free(out);
	return g_steal_pointer(&result);
}

/* In the order of choice. */
static const struct mechanism mechanisms[] = {
    {"OAUTHBEARER", TRUE, TRUE, FALSE, step_oauthbearer},
    {"XOAUTH2", TRUE, TRUE, FALSE, step_xoauth2},
    {"SCRAM-SHA-256", FALSE, TRUE, FALSE, step_library},
    {"SCRAM-SHA-1", FALSE, TRUE, FALSE, step_library},
    {"PLAIN", FALSE, TRUE, FALSE, step_plain},
    {"LOGIN", FALSE, FALSE, FALSE, step_login},
    {"CRAM-MD5", FALSE, FALSE, TRUE, step_library},
};

/* ---- the choice ---- */

static const struct mechanism *mechanism_by_name(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(mechanisms); i++)
		if (!g_ascii_strcasecmp(mechanisms[i].name, name))
			return &mechanisms[i];
	return NULL;
}

static gboolean is_named(const char *const *names, const char *name)
{
	for (; names && *names; names++)
		if (!g_ascii_strcasecmp(*names, name))
			return TRUE;
	return FALSE;
}

static gboolean fits(const struct mechanism *m, const struct auth_account *account,
		     const char *const *offered)
{
	const char *secret = m->takes_token ? account->token : account->password;

	/* A token goes before a password, which is then not sent at all. */
	return secret && (m->takes_token || !account->token) && is_named(offered, m->name);
}

static const struct mechanism *choose(const struct auth_account *account,
				      const char *const *offered)
{
	if (account->mechanisms && account->mechanisms[0]) {
		for (const char *const *name = account->mechanisms; *name; name++) {
			const struct mechanism *m = mechanism_by_name(*name);

			if (m && fits(m, account, offered))
				return m;
		}
		return NULL;
	}
	for (gsize i = 0; i < G_N_ELEMENTS(mechanisms); i++)
		if (!mechanisms[i].only_if_named && fits(&mechanisms[i], account, offered))
			return &mechanisms[i];
	return NULL;
}

static gboolean no_choice(const struct auth_account *account, const char *host, const char *offered,
			  GError **error)
{
	g_autofree char *words = server_words(offered, -1);

	if (!account->password && !account->token)
		return error_set(error, CUR_ERROR_AUTH, "no password for '%s' at '%s'",
				 account->user, host);
	return error_set(error, CUR_ERROR_AUTH,
			 "no way to log in to '%s' that both sides allow; it offers: %s", host,
			 *offered ? words : "none");
}

struct auth *auth_begin(const struct auth_account *account, const char *service, const char *host,
			guint16 port, const char *offered, GError **error)
{
	g_auto(GStrv) names = g_strsplit_set(offered, " \t", -1);
	const struct mechanism *m = choose(account, (const char *const *)names);
	struct auth *a;

	if (!m) {
		no_choice(account, host, offered, error);
		return NULL;
	}
	a = g_new0(struct auth, 1);
	a->mechanism = m;
	a->account = account;
	a->service = g_strdup(service);
	a->host = g_strdup(host);
	a->port = port;
	return a;
}

void auth_free(struct auth *a)
{
	if (!a)
		return;
	if (a->session)
		gsasl()->finish(a->session);
	if (a->library)
		gsasl()->done(a->library);
	g_free(a->service);
	g_free(a->host);
	g_free(a->failure);
	g_free(a);
}

const char *auth_mechanism(const struct auth *a)
{
	return a->mechanism->name;
}

gboolean auth_client_first(const struct auth *a)
{
	return a->mechanism->client_first;
}

gboolean auth_allows_login(const struct auth_account *account)
{
	if (!account->password || account->token)
		return FALSE;
	return !account->mechanisms || !account->mechanisms[0] ||
	       is_named(account->mechanisms, "login");
}

/* ---- the conversation ---- */

/* g_base64_decode forgives everything; a server that is off by a byte is not to be guessed at. */
static GBytes *decode(const char *text)
{
	gsize n = strlen(text), body = n;
	gsize size;
	guchar *bytes;

	if (n % 4 || n > CHALLENGE_MAX)
		return NULL;
	while (body && n - body < 2 && text[body - 1] == '=')
		body--;
	for (gsize i = 0; i < body; i++)
		if (!g_ascii_isalnum(text[i]) && text[i] != '+' && text[i] != '/')
			return NULL;
	bytes = n ? g_base64_decode(text, &size) : NULL;
	return n ? g_bytes_new_take(bytes, size) : g_bytes_new(NULL, 0);
}

char *auth_step(struct auth *a, const char *challenge, GError **error)
{
	g_autoptr(GBytes) in = NULL;
	g_autoptr(GBytes) out = NULL;
	gsize n;
	gconstpointer bytes;

	if (++a->rounds > AUTH_ROUNDS_MAX) {
		error_set(error, CUR_ERROR_PROTOCOL, "the server does not stop asking");
		return NULL;
	}
	if (challenge && !(in = decode(challenge))) {
		error_set(error, CUR_ERROR_PROTOCOL, "the server's challenge is not base64");
		return NULL;
	}
	out = a->mechanism->step(a, in, error);
	if (!out)
		return NULL;
	bytes = g_bytes_get_data(out, &n);
	return n ? g_base64_encode(bytes, n) : g_strdup("");
}

gboolean auth_finish(struct auth *a, GError **error)
{
	return a->done || error_set(error, CUR_ERROR_AUTH,
				    "the server did not prove that it knows the password (%s)",
				    a->mechanism->name);
}

const char *auth_failure(const struct auth *a)
{
	return a->failure;
}

void auth_wipe(char *secret)
{
	if (secret)
		explicit_bzero(secret, strlen(secret));
	g_free(secret);
}
