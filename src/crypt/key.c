/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys copied out of GPGME's lists, taken in and given out. */
#include "cur/crypt/key.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/text.h"
#include "cur/mail/address.h"
#include "session.h"

enum { KEYS_MAX = 10000, ID_DIGITS = 16 };

void crypt_key_free(struct crypt_key *key)
{
	if (!key)
		return;
	g_free(key->fingerprint);
	g_free(key->id);
	g_free(key->name);
	g_free(key->address);
	g_free(key->algorithm);
	g_free(key);
}

struct crypt_key *crypt_key_copy(const struct crypt_key *key)
{
	struct crypt_key *copy = g_memdup2(key, sizeof(*key));

	copy->fingerprint = g_strdup(key->fingerprint);
	copy->id = g_strdup(key->id);
	copy->name = g_strdup(key->name);
	copy->address = g_strdup(key->address);
	copy->algorithm = g_strdup(key->algorithm);
	return copy;
}

gboolean crypt_key_is_usable(const struct crypt_key *key)
{
	return !key->revoked && !key->expired && !key->disabled &&
	       key->validity != CRYPT_VALIDITY_NEVER;
}

/* ---- from GPGME's ---- */

static char *valid_text(const char *text)
{
	return text_make_valid(text ? text : "", -1);
}

/* An S/MIME name's address stands in angle brackets where a subject's words do not. */
static char *address_in(gpgme_user_id_t uid)
{
	const char *text = uid->email && *uid->email ? uid->email : uid->uid;
	auto_ptr(address) a = text && strchr(text, '@') ? address_parse_one(text) : NULL;

	return a && *a->host ? address_spec(a) : g_strdup("");
}

static struct crypt_key *key_of(gpgme_key_t key, gpgme_user_id_t uid, enum crypt_protocol protocol)
{
	gpgme_subkey_t main = key->subkeys;
	const char *algorithm = gpgme()->pubkey_algo_name(main->pubkey_algo);
	const char *fingerprint = main->fpr ? main->fpr : "";
	gsize n = strlen(fingerprint);
	struct crypt_key *copy = g_new0(struct crypt_key, 1);

	*copy = (struct crypt_key){
	    .protocol = protocol,
	    .fingerprint = g_strdup(fingerprint),
	    .id = g_strdup(fingerprint + (n > ID_DIGITS ? n - ID_DIGITS : 0)),
	    .name = valid_text(uid ? uid->uid : ""),
	    .address = uid ? address_in(uid) : g_strdup(""),
	    .algorithm = g_strdup(algorithm ? algorithm : "?"),
	    .length = main->length,
	    .created = MAX((gint64)main->timestamp, 0),
	    .expires = MAX((gint64)main->expires, 0),
	    .can_encrypt = key->can_encrypt,
	    .can_sign = key->can_sign,
	    .revoked = key->revoked || (uid && uid->revoked),
	    .expired = key->expired,
	    .disabled = key->disabled || key->invalid || (uid && uid->invalid),
	    .validity = uid ? (enum crypt_validity)uid->validity : CRYPT_VALIDITY_UNKNOWN,
	};
	/* gpgsm says of a certificate as a whole what it thinks of it. */
	if (protocol == CRYPT_SMIME && copy->validity == CRYPT_VALIDITY_UNKNOWN &&
	    !(key->keylist_mode & GPGME_KEYLIST_MODE_VALIDATE))
		copy->validity = CRYPT_VALIDITY_FULL;
	return copy;
}

static void free_key(void *key)
{
	crypt_key_free(key);
}

static void free_list(void *list)
{
	g_ptr_array_unref(list);
}

static void add_key(GPtrArray *list, gpgme_key_t key, enum crypt_protocol protocol)
{
	gpgme_user_id_t uid = key->uids;

	if (!key->subkeys || list->len >= KEYS_MAX)
		return;
	do
		g_ptr_array_add(list, key_of(key, uid, protocol));
	while (uid && (uid = uid->next));
}

static GPtrArray *find(struct crypt_session *session, enum crypt_protocol protocol,
		       const char *pattern, gboolean secret, GError **error)
{
	gpgme_ctx_t ctx = session_open(session, protocol, error);
	GPtrArray *list;
	gpgme_error_t code;
	gpgme_key_t key;

	if (!ctx)
		return NULL;
	list = g_ptr_array_new_with_free_func(free_key);
	code = gpgme()->op_keylist_start(ctx, *pattern ? pattern : NULL, secret);
	while (!code && !(code = gpgme()->op_keylist_next(ctx, &key))) {
		add_key(list, key, protocol);
		gpgme()->key_unref(key);
	}
	gpgme()->op_keylist_end(ctx);
	session_close(session, ctx);
	if (gpgme_err_code(code) == GPG_ERR_EOF)
		return list;
	session_error(session, code, error, "cannot list keys");
	g_ptr_array_unref(list);
	return NULL;
}

GPtrArray *crypt_keys_find(struct crypt_session *session, enum crypt_protocol protocol,
			   const char *const *patterns, gboolean secret, GError **error)
{
	g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func(free_list);

	for (; *patterns; patterns++) {
		GPtrArray *list = find(session, protocol, *patterns, secret, error);

		if (!list)
			return NULL;
		g_ptr_array_add(lists, list);
	}
	return g_steal_pointer(&lists);
}
