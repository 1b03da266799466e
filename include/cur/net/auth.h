/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SASL (RFC 4422), the client's half, for IMAP, POP3 and SMTP alike: which mechanism, and
 * what to answer to each challenge. Knows nothing of lines and tags; the
 * caller sends and receives base64.
 *
 * Order of choice: with a token OAUTHBEARER, XOAUTH2; with a password SCRAM-SHA-256,
 * SCRAM-SHA-1, PLAIN, LOGIN. CRAM-MD5 only when the account names it. There is no second
 * try with a weaker mechanism: a wrong password is sent once.
 */
#ifndef CUR_NET_AUTH_H
#define CUR_NET_AUTH_H

#include <glib.h>

#include "cur/base/auto.h"

/* Who logs in. Strings are borrowed and must outlive the conversation. */
struct auth_account {
	const char *user;
	const char *password;	       /* or NULL */
	const char *token;	       /* OAuth access token, or NULL; goes before the password */
	const char *const *mechanisms; /* $imap_authenticators …: only these, in this order; names
					   in any case ("login" is the protocol's own LOGIN or
					   USER/PASS); NULL or empty: the order above */
};

enum { AUTH_ROUNDS_MAX = 20 };

struct auth;

/*
 * Choose from what the server offers ("PLAIN LOGIN SCRAM-SHA-256": blank between, any
 * case). `host`, `port` and `service` ("imap", "pop", "smtp") go into mechanisms that bind them.
 * NULL with AUTH when nothing offered is allowed or password and token are both missing.
 */
struct auth *auth_begin(const struct auth_account *account, const char *service, const char *host,
			guint16 port, const char *offered, GError **error);
void auth_free(struct auth *a);
DEFINE_AUTO(auth, auth_free)

/* "PLAIN"; lives as long as `a`. */
const char *auth_mechanism(const struct auth *a);
/* TRUE when the client speaks first, so that its first answer can go with the command. */
gboolean auth_client_first(const struct auth *a);

/*
 * The answer to a challenge, both base64 ("" is an empty one). The first call of a mechanism
 * where the client speaks first takes NULL. The result is yours; wipe it with auth_wipe.
 * NULL with AUTH (bad challenge, the server does not prove itself) or PROTOCOL (not base64, more
 * than AUTH_ROUNDS_MAX rounds): send "*" and stop.
 */
char *auth_step(struct auth *a, const char *challenge, GError **error);

/*
 * The server says OK: FALSE with AUTH when it still owes its own proof (SCRAM; it comes as a last
 * challenge, which auth_step answers with "").
 */
gboolean auth_finish(struct auth *a, GError **error);

/* What the server refused with, when the mechanism told it in a challenge (OAuth's JSON); or
 * NULL. Borrowed. */
const char *auth_failure(const struct auth *a);

/* Overwrite and free a string; NULL is fine. */
void auth_wipe(char *secret);

/* TRUE when the account's list allows the protocol's own LOGIN (USER/PASS) and there is a password.
 */
gboolean auth_allows_login(const struct auth_account *account);

/*
 * Run $…_oauth_refresh_command and take the token from its output: its first line, at most 64 KiB,
 * no control bytes, no blanks. The result is yours (auth_wipe). AUTH when it fails: with what it
 * said on stderr, never what on stdout.
 */
char *oauth_token(const char *command, GError **error);
/*
 * The password that the user's command prints on its first line; fails with AUTH, as above. To be
 * wiped by auth_wipe(). Yours.
 */
char *command_password(const char *command, GError **error);

#endif
