/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who logs in where: an account of the configuration as net/ wants it, with the
 * password from the configuration, a password or token from a command, or asked from the user
 * through a program. A refused one is never tried again unasked (P55).
 */
#ifndef CUR_SYNC_LOGIN_H
#define CUR_SYNC_LOGIN_H

#include <glib.h>

#include "cur/conf/accounts.h"
#include "cur/net/auth.h"
#include "cur/net/link.h"
#include "hub.h"

/* Lives as long as the account's worker. */
struct login {
	char *user;		 /* asked, or NULL */
	char *password;		 /* asked, or of a command; or NULL */
	char *token;		 /* of this connection */
	char *refusal;		 /* what the server said of the last one it did not take, or NULL */
	gboolean in_vain;	 /* the user was asked and gave no answer */
	gboolean renewing;	 /* a token was refused: another one is asked for, once */
	gboolean worked;	 /* the server has let us in */
	struct link_meter meter; /* of all connections */
	const char *cas[3];
	char **mechanisms;
};
void login_clear(struct login *l);

/* Where to connect, and whom to trust there; *server borrows from *l and `account`. */
void login_server(struct login *l, const struct account *account, guint connect_s,
		  struct link_server *server);

/*
 * Fill `server` and `auth` (borrowing from both `l` and `account`). Fails with AUTH when
 * there is no password and nobody to ask.
 */
gboolean login_prepare(struct login *l, struct hub *hub, const struct account *account,
		       guint connect_s, struct link_server *server, struct auth_account *auth,
		       GError **error);
/*
 * `failed` is why connecting failed. TRUE: the server refused what it was told; prepare again,
 * which asks the user, or runs the command for a token once more. FALSE: something else, or that
 * was in vain.
 */
gboolean login_wants_another(struct login *l, const GError *failed);
/* The server let us in. */
void login_accepted(struct login *l);

#endif
