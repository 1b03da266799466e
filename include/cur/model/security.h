/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a message is signed and encrypted, and with whose keys: what the variables and
 * crypt-hooks say. Who asks the user is elsewhere; keys are looked up in a work (crypt/job.h).
 */
#ifndef CUR_MODEL_SECURITY_H
#define CUR_MODEL_SECURITY_H

#include <glib.h>

#include "cur/crypt/key.h"
#include "cur/crypt/seal.h"
#include "cur/mail/draft.h"
#include "cur/model/compose.h"

struct conf;
struct submit_sealed;

/*
 * $crypt_autosign, $crypt_replyencrypt … for a message that is new (n 0) or answers `originals`.
 * Only adds to what the draft has.
 */
void security_choose(const struct conf *conf, struct draft *draft,
		     struct original *const originals[], guint n);
/* A draft that was kept encrypted (UNSEAL_ flags of crypt/open.h) is sent so, too. */
void security_as_found(struct draft *draft, unsigned found);
gboolean security_wanted(const struct draft *draft);
/* "Sign, Encrypt (PGP/MIME)", "None". Yours. */
char *security_text(const struct draft *draft);

struct unseal_options;
/* How sealed mail is opened: $pgp_auto_decode, $crypt_timestamp … */
void security_open_options(const struct conf *conf, struct unseal_options *options);

/* The key to sign with, as the draft or the variables name it; "": GnuPG's default. Borrowed. */
const char *security_signer(const struct conf *conf, const struct draft *draft);

/* Somebody whose key is needed. */
struct addressee {
	char *address;
	char *hook;	  /* the key a crypt-hook names; NULL: none */
	gboolean hidden;  /* Bcc */
	gboolean is_self; /* `address` names our own key */
};
/* To, Cc, Bcc and ourselves ($pgp_self_encrypt); struct addressee, yours. */
GPtrArray *security_addressees(const struct conf *conf, const struct draft *draft);

/* The draft as it is kept ($postpone_encrypt), encrypted and no more; it borrows all it has. */
struct draft security_kept(const struct draft *draft);
/*
 * Ourselves alone, as a draft is kept for ($pgp_default_key, $postpone_encrypt_as); NULL: nothing
 * names a key. Yours.
 */
GPtrArray *security_keepers(const struct conf *conf, const struct draft *draft);

/*
 * The key that is surely his among `keys` (struct crypt_key *), NULL when a person has to choose or
 * there is none. `weak`: one that is not surely his will do, too. Borrowed.
 */
const struct crypt_key *security_pick(const struct addressee *who, const GPtrArray *keys,
				      gboolean weak);
/* Those that can encrypt, or could once. Borrowed ones in an array that is yours. */
GPtrArray *security_candidates(const GPtrArray *keys);

/* What to do, without keys yet. NULL with error. Yours: a g_atomic_rc_box (crypt/seal.h). */
struct seal_request *security_request(struct conf *conf, const struct draft *draft, GError **error);
/* The subject outside of what is encrypted; NULL: the draft's. Borrowed. */
const char *security_subject(const struct conf *conf, const struct draft *draft);

/* A work that finds keys for all `addressees` (taken). Its result is a struct found_keys. */
struct found_keys {
	GPtrArray *lists; /* as of crypt_keys_find(); NULL: error */
	GError *error;
};
void security_found_free(void *found);
void security_find(struct crypt_work *work, enum crypt_protocol protocol, GPtrArray *addressees);
/* Keys that match `pattern`. */
void security_find_text(struct crypt_work *work, enum crypt_protocol protocol, const char *pattern,
			gboolean secret);

#endif
