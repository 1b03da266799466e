/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signed and encrypted parts of a message: PGP/MIME (RFC 3156), OpenPGP within a text, S/MIME (RFC
 * 8551). Opening never writes a file and fetches nothing; what cannot be opened says why in its
 * place. Signatures hold for what they cover: a part that is signed says nothing of its neighbours.
 */
#ifndef CUR_CRYPT_OPEN_H
#define CUR_CRYPT_OPEN_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/crypt/job.h"
#include "cur/mail/message.h"

struct unseal_options {
	gboolean verify;	  /* $crypt_verify_sig */
	gboolean inline_pgp;	  /* look for OpenPGP in texts, too ($pgp_auto_decode) */
	gboolean timestamp;	  /* $crypt_timestamp: say when it was opened */
	gboolean encryption_info; /* $crypt_encryption_info: say for which keys */
	gboolean no_fields;	  /* $crypt_protected_headers_read is unset */
	gboolean pkcs7_encrypted; /* $smime_pkcs7_default_smime_type is "encrypted" */
};

/* A message with what its sealed parts hold. */
struct unsealed;

enum unseal_found {
	UNSEAL_SIGNED = 1 << 0, /* a signature to check */
	UNSEAL_ENCRYPTED = 1 << 1,
	UNSEAL_INLINE = 1 << 2, /* OpenPGP within a text; only looked for with inline_pgp */
	UNSEAL_SMIME = 1 << 3,	/* one of them by S/MIME */
};
/* What there is to open, without opening anything: UNSEAL_ flags. */
unsigned unseal_look(struct message *m, const struct unseal_options *options);

/*
 * Open all there is. Never fails: the parts say what is wrong. `bytes` is the message. In a work of
 * crypt/job.h; session NULL: nothing is opened, the parts say that somebody is at it.
 */
struct unsealed *unseal(struct crypt_session *session, GBytes *bytes,
			const struct unseal_options *options);
/* A work that opens `bytes`; its result is a struct unsealed. */
void unseal_work(struct crypt_work *work, GBytes *bytes, const struct unseal_options *options);
struct unsealed *unsealed_ref(struct unsealed *u);
void unsealed_unref(struct unsealed *u);
DEFINE_AUTO(unsealed, unsealed_unref)

/* The message as it was, whose parts the table is about. Borrowed, as the next. */
struct message *unsealed_message(const struct unsealed *u);
/* For display_options.opened. */
GHashTable *unsealed_table(const struct unsealed *u);
/*
 * All parts in order of appearance, with what sealed ones hold in their place (struct part *,
 * yours). `u` may be NULL: those of `m` as it is.
 */
GPtrArray *unsealed_parts(const struct unsealed *u, struct message *m);

/* The agent may not ask for a passphrase, and had to. */
gboolean unsealed_needs_passphrase(const struct unsealed *u);
/* Something was decrypted. */
gboolean unsealed_is_decrypted(const struct unsealed *u);
/* A good signature of the sender covers the whole message. */
gboolean unsealed_is_verified(const struct unsealed *u);
enum unsealed_worth {
	UNSEALED_GOOD,
	UNSEALED_DOUBTFUL, /* whose signature is it, and of what? */
	UNSEALED_BAD,	   /* not opened, or a signature that does not hold */
};
/* One line for the user; NULL: nothing was sealed. */
const char *unsealed_summary(const struct unsealed *u, enum unsealed_worth *worth);
/* The Subject that was sealed with the whole message; NULL: none. */
const char *unsealed_subject(const struct unsealed *u);
/*
 * What the message would be without encryption: its own header, with the fields of the protected
 * one, over the decrypted content. NULL: it is not encrypted as a whole. Yours.
 */
GBytes *unsealed_plain(const struct unsealed *u);

#endif
