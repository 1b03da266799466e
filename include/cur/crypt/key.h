/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and certificates as GnuPG lists them: one entry for each name of each. */
#ifndef CUR_CRYPT_KEY_H
#define CUR_CRYPT_KEY_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/crypt/job.h"

enum crypt_validity { /* how sure it is that the key is the named one's */
		      CRYPT_VALIDITY_UNKNOWN,
		      CRYPT_VALIDITY_UNDEFINED,
		      CRYPT_VALIDITY_NEVER,
		      CRYPT_VALIDITY_MARGINAL,
		      CRYPT_VALIDITY_FULL,
		      CRYPT_VALIDITY_ULTIMATE
};

/* Strings are valid UTF-8 and never NULL. */
struct crypt_key {
	enum crypt_protocol protocol;
	char *fingerprint;
	char *id;	 /* the last 16 digits of it */
	char *name;	 /* user id, or the subject of a certificate */
	char *address;	 /* of that; "" when it has none */
	char *algorithm; /* "RSA", "EdDSA" */
	guint length;	 /* bits */
	gint64 created;	 /* Unix seconds; 0: not known */
	gint64 expires;	 /* 0: never */
	gboolean can_encrypt, can_sign;
	gboolean revoked, expired, disabled; /* the key, or this name of it */
	enum crypt_validity validity;
};
void crypt_key_free(struct crypt_key *key);
DEFINE_AUTO(crypt_key, crypt_key_free)
struct crypt_key *crypt_key_copy(const struct crypt_key *key);
/* Neither revoked, expired, disabled, nor known to be somebody else's. */
gboolean crypt_key_is_usable(const struct crypt_key *key);

/*
 * Keys for each of the NULL-terminated patterns (addresses, ids, parts of names; "" lists all):
 * a GPtrArray of a GPtrArray of struct crypt_key for each. In a work. NULL with error. Yours.
 */
GPtrArray *crypt_keys_find(struct crypt_session *session, enum crypt_protocol protocol,
			   const char *const *patterns, gboolean secret, GError **error);

/* What a key given out or keys taken in came to. */
struct key_moved {
	GBytes *bytes;	/* of an OpenPGP key that was given out, in ASCII armour */
	guint n, n_new; /* keys that were offered, and those that were not known before */
	GError *error;	/* NULL: all went well */
};
void key_moved_free(void *moved);
/* Works whose result is a struct key_moved. */
void key_export_work(struct crypt_work *work, const char *fingerprint);
/* `texts`: GBytes * with OpenPGP keys; taken. Nobody trusts them for being here. */
void key_import_work(struct crypt_work *work, GPtrArray *texts);

#endif
