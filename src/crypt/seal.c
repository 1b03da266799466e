/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What GnuPG makes of an entity, put into MIME again. */
#include "cur/crypt/seal.h"

#include <string.h>

#include "cur/base/error.h"
#include "session.h"

enum { BASE64_COLUMNS = 64 };

struct seal_request *seal_request_new(void)
{
	struct seal_request *r = g_atomic_rc_box_new0(struct seal_request);

	r->recipients = g_ptr_array_new_with_free_func(g_free);
	r->hidden = g_ptr_array_new_with_free_func(g_free);
	return r;
}

void seal_request_clear(void *request)
{
	struct seal_request *r = request;

	g_free(r->signer);
	g_ptr_array_unref(r->recipients);
	g_ptr_array_unref(r->hidden);
	if (r->entity)
		g_bytes_unref(r->entity);
}

void sealed_free(void *data)
{
	struct sealed *sealed = data;

	if (sealed->entity)
		g_bytes_unref(sealed->entity);
	g_clear_error(&sealed->error);
	g_free(sealed);
}

/* ---- keys ---- */

static gboolean add_signer(struct crypt_session *session, gpgme_ctx_t ctx,
			   const struct seal_request *r, GError **error)
{
	gpgme_key_t key;
	gpgme_error_t code;

	if (!r->sign || !r->signer || !*r->signer)
		return TRUE;
	code = gpgme()->get_key(ctx, r->signer, &key, 1);
	if (code) {
		g_autofree char *what = g_strdup_printf("secret key '%s'", r->signer);

		return session_error(session, code, error, what);
	}
	code = gpgme()->signers_add(ctx, key);
	gpgme()->key_unref(key);
	return !code || session_error(session, code, error, "cannot sign");
}

static void free_keys(gpgme_key_t *keys)
{
	for (guint i = 0; keys[i]; i++)
		gpgme()->key_unref(keys[i]);
	g_free(keys);
}

/* The keys of a list of fingerprints, behind those that are there; FALSE: one is not. */
static gboolean get_keys(struct crypt_session *session, gpgme_ctx_t ctx, const GPtrArray *prints,
			 gpgme_key_t *keys, GError **error)
{
	guint n = 0;

	while (keys[n])
		n++;
	for (guint i = 0; i < prints->len; i++) {
		const char *print = prints->pdata[i];
		gpgme_error_t code = gpgme()->get_key(ctx, print, &keys[n], 0);

		if (code) {
			g_autofree char *what = g_strdup_printf("key '%s'", print);

			keys[n] = NULL;
			return session_error(session, code, error, what);
		}
		n++;
	}
	return TRUE;
}

/* All whom it is encrypted for; NULL with error. Yours: free_keys(). */
static gpgme_key_t *recipients_of(struct crypt_session *session, gpgme_ctx_t ctx,
				  const struct seal_request *r, GError **error)
{
	gpgme_key_t *keys = g_new0(gpgme_key_t, r->recipients->len + r->hidden->len + 1);

	if (get_keys(session, ctx, r->recipients, keys, error) &&
	    get_keys(session, ctx, r->hidden, keys, error))
		return keys;
	free_keys(keys);
	return NULL;
}

/* ---- GnuPG ---- */

/* With CRLF, as the text travels (RFC 3156 5). */
static GBytes *with_crlf(GBytes *text)
{
	gsize n;
	const char *at = g_bytes_get_data(text, &n);
	GByteArray *out = g_byte_array_sized_new((guint)(n + n / 32 + 1));

	for (gsize i = 0; i < n; i++) {
		if (at[i] == '\n' && (i == 0 || at[i - 1] != '\r'))
			g_byte_array_append(out, (const guint8 *)"\r", 1);
		g_byte_array_append(out, (const guint8 *)at + i, 1);
	}
	return g_byte_array_free_to_bytes(out);
}

struct outcome {
	GBytes *bytes;
	char *micalg; /* "pgp-sha256"; of a signature beside the text */
};

static gpgme_error_t encrypt(gpgme_ctx_t ctx, const struct seal_request *r, gboolean sign,
			     gpgme_key_t *keys, gpgme_data_t in, gpgme_data_t out)
{
	gpgme_encrypt_flags_t flags = GPGME_ENCRYPT_ALWAYS_TRUST;

	/* Whose keys they are is nobody's business when some are not to be known. */
	if (r->hidden->len)
		flags |= GPGME_ENCRYPT_THROW_KEYIDS;
	return sign ? gpgme()->op_encrypt_sign(ctx, keys, flags, in, out)
		    : gpgme()->op_encrypt(ctx, keys, flags, in, out);
}

static char *micalg_of(gpgme_ctx_t ctx, enum crypt_protocol protocol)
{
	gpgme_sign_result_t result = gpgme()->op_sign_result(ctx);
	const char *name = result && result->signatures
			       ? gpgme()->hash_algo_name(result->signatures->hash_algo)
			       : NULL;
	g_autofree char *lower = g_ascii_strdown(name ? name : "sha256", -1);

	return g_strconcat(protocol == CRYPT_PGP ? "pgp-" : "", lower, NULL);
}

/* One operation on `text`: a signature of that mode, or (mode -1) an encryption. */
static gboolean operate(struct crypt_session *session, const struct seal_request *r, int mode,
			gboolean sign, GBytes *text, struct outcome *outcome, GError **error)
{
	gpgme_ctx_t ctx = session_open(session, r->protocol, error);
	gpgme_key_t *keys = NULL;
	gpgme_error_t code = 0;
	gboolean ok;

	if (!ctx)
		return FALSE;
	gpgme()->set_armor(ctx, r->protocol == CRYPT_PGP);
	ok = !sign || add_signer(session, ctx, r, error);
	if (ok && mode < 0)
		ok = (keys = recipients_of(session, ctx, r, error)) != NULL;
	if (ok) {
		gpgme_data_t in = data_from(text), out;
		struct data_sink *sink = data_sink_new(&out);

		code = mode < 0 ? encrypt(ctx, r, sign, keys, in, out)
				: gpgme()->op_sign(ctx, in, out, (gpgme_sig_mode_t)mode);
		outcome->bytes = data_sink_take(sink);
		gpgme()->data_release(in);
		if (!code && mode == GPGME_SIG_MODE_DETACH)
			outcome->micalg = micalg_of(ctx, r->protocol);
		ok = !code || session_error(session, code, error,
					    mode < 0 ? "cannot encrypt" : "cannot sign");
	}
	if (keys)
		free_keys(keys);
	session_close(session, ctx);
	return ok;
}

static void outcome_clear(struct outcome *outcome)
{
	if (outcome->bytes)
		g_bytes_unref(outcome->bytes);
	g_free(outcome->micalg);
}

/* ---- MIME ---- */

static void append_bytes(GString *out, GBytes *bytes)
{
	gsize n;
	const char *at = g_bytes_get_data(bytes, &n);

	/* GnuPG's armour may end its lines either way. */
	for (gsize i = 0; i < n; i++)
		if (at[i] != '\r' || i + 1 == n || at[i + 1] != '\n')
			g_string_append_c(out, at[i]);
}

static void append_base64(GString *out, GBytes *bytes)
{
	gsize n;
	const guchar *at = g_bytes_get_data(bytes, &n);
	g_autofree char *text = g_base64_encode(at, n);

	for (gsize i = 0; text[i]; i += MIN((gsize)BASE64_COLUMNS, strlen(text + i)))
		g_string_append_printf(out, "%.*s\n", BASE64_COLUMNS, text + i);
}

/* 128 bits of chance: no content can hold it. */
static char *new_boundary(void)
{
	return g_strdup_printf("=-%08x%08x%08x%08x", g_random_int(), g_random_int(), g_random_int(),
			       g_random_int());
}

/* multipart/signed (RFC 1847 2.1): the entity, byte by byte, and its signature. */
static GBytes *wrap_signature(const struct seal_request *r, GBytes *entity,
			      const struct outcome *outcome)
{
	gboolean pgp = r->protocol == CRYPT_PGP;
	g_autofree char *boundary = new_boundary();
	GString *out = g_string_new(NULL);

	g_string_append_printf(out,
			       "Content-Type: multipart/signed; micalg=\"%s\";\n"
			       "\tprotocol=\"application/%s\"; boundary=\"%s\"\n\n--%s\n",
			       outcome->micalg, pgp ? "pgp-signature" : "pkcs7-signature", boundary,
			       boundary);
	append_bytes(out, entity);
	g_string_append_printf(out, "\n--%s\n", boundary);
	if (pgp) {
		g_string_append(out,
				"Content-Type: application/pgp-signature; name=\"signature.asc\"\n"
				"Content-Description: OpenPGP digital signature\n\n");
		append_bytes(out, outcome->bytes);
	} else {
		g_string_append(out,
				"Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\n"
				"Content-Transfer-Encoding: base64\n"
				"Content-Disposition: attachment; filename=\"smime.p7s\"\n\n");
		append_base64(out, outcome->bytes);
	}
	g_string_append_printf(out, "\n--%s--\n", boundary);
	return g_string_free_to_bytes(out);
}

static GBytes *wrap_pgp(const struct outcome *outcome)
{
	g_autofree char *boundary = new_boundary();
	GString *out = g_string_new(NULL);

	g_string_append_printf(
	    out,
	    "Content-Type: multipart/encrypted; "
	    "protocol=\"application/pgp-encrypted\";\n\tboundary=\"%s\"\n\n--%s\n"
	    "Content-Type: application/pgp-encrypted\n\nVersion: 1\n\n--%s\n"
	    "Content-Type: application/octet-stream; name=\"encrypted.asc\"\n"
	    "Content-Disposition: inline; filename=\"encrypted.asc\"\n\n",
	    boundary, boundary, boundary);
	append_bytes(out, outcome->bytes);
	g_string_append_printf(out, "\n--%s--\n", boundary);
	return g_string_free_to_bytes(out);
}

static GBytes *wrap_cms(const struct outcome *outcome)
{
	GString *out = g_string_new(
	    "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=\"smime.p7m\"\n"
	    "Content-Transfer-Encoding: base64\n"
	    "Content-Disposition: attachment; filename=\"smime.p7m\"\n\n");

	append_base64(out, outcome->bytes);
	return g_string_free_to_bytes(out);
}

/* ---- a request ---- */

static GBytes *sign_beside(struct crypt_session *session, const struct seal_request *r,
			   GBytes *entity, GError **error)
{
	g_autoptr(GBytes) text = with_crlf(entity);
	struct outcome outcome = {0};
	GBytes *wrapped = NULL;

	if (operate(session, r, GPGME_SIG_MODE_DETACH, TRUE, text, &outcome, error))
		wrapped = wrap_signature(r, entity, &outcome);
	outcome_clear(&outcome);
	return wrapped;
}

static GBytes *encrypt_entity(struct crypt_session *session, const struct seal_request *r,
			      gboolean sign, GBytes *entity, GError **error)
{
	g_autoptr(GBytes) text = with_crlf(entity);
	struct outcome outcome = {0};
	GBytes *wrapped = NULL;

	if (operate(session, r, -1, sign, text, &outcome, error))
		wrapped = r->protocol == CRYPT_PGP ? wrap_pgp(&outcome) : wrap_cms(&outcome);
	outcome_clear(&outcome);
	return wrapped;
}

/* The text of the entity itself, between the header it has and OpenPGP's own lines. */
static GBytes *seal_inline(struct crypt_session *session, const struct seal_request *r,
			   GError **error)
{
	gsize n;
	const char *bytes = g_bytes_get_data(r->entity, &n);
	const char *empty = g_strstr_len(bytes, (gssize)n, "\n\n");
	gsize head_n = empty ? (gsize)(empty - bytes) + 2 : 0;
	g_autoptr(GBytes) text = g_bytes_new_from_bytes(r->entity, head_n, n - head_n);
	struct outcome outcome = {0};
	GString *out;

	if (!operate(session, r, r->encrypt ? -1 : GPGME_SIG_MODE_CLEAR, r->sign, text, &outcome,
		     error)) {
		outcome_clear(&outcome);
		return NULL;
	}
	out = g_string_new_len(bytes, (gssize)head_n);
	append_bytes(out, outcome.bytes);
	outcome_clear(&outcome);
	return g_string_free_to_bytes(out);
}

/* S/MIME signs, then encrypts what is signed; OpenPGP does both at once unless told otherwise. */
static GBytes *seal(struct crypt_session *session, const struct seal_request *r, GError **error)
{
	gboolean at_once = r->protocol == CRYPT_PGP && r->sign && r->encrypt && !r->nested;
	g_autoptr(GBytes) inner = NULL;

	if (r->inline_pgp)
		return seal_inline(session, r, error);
	inner = r->sign && !at_once ? sign_beside(session, r, r->entity, error)
				    : g_bytes_ref(r->entity);
	if (!inner || !r->encrypt)
		return g_steal_pointer(&inner);
	return encrypt_entity(session, r, at_once, inner, error);
}

void *seal_run(struct crypt_session *session, void *request)
{
	struct sealed *sealed = g_new0(struct sealed, 1);

	sealed->entity = seal(session, request, &sealed->error);
	return sealed;
}
