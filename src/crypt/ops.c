/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each operation has a context of its own. */
#include "ops.h"

#include "cur/base/error.h"
#include "cur/mail/opened.h"

static gpgme_ctx_t begin(struct op *op, GError **error)
{
	op->verdict = VERDICT_NONE;
	return session_open(op->session, op->protocol, error);
}

/* For which keys, as the message says: anybody can write there what he likes. */
static void note_recipients(gpgme_ctx_t ctx, GArray *notes)
{
	gpgme_decrypt_result_t result = gpgme()->op_decrypt_result(ctx);

	for (gpgme_recipient_t r = result ? result->recipients : NULL; r; r = r->next) {
		const char *algorithm = gpgme()->pubkey_algo_name(r->pubkey_algo);

		opened_note(notes, OPENED_VERDICT, "Recipient: %s key, ID 0x%s",
			    algorithm ? algorithm : "unknown", r->keyid);
	}
}

static gboolean decrypt_failed(const struct op *op, gpgme_ctx_t ctx, gpgme_error_t code)
{
	gpgme_decrypt_result_t result = gpgme()->op_decrypt_result(ctx);

	return code || (op->protocol == CRYPT_PGP && result && result->legacy_cipher_nomdc);
}

typedef gpgme_error_t (*pass_fn)(gpgme_ctx_t ctx, gpgme_data_t in, gpgme_data_t out);

/* Signatures are within in OpenPGP; in S/MIME what is inside may be signed. */
static gpgme_error_t decrypt_pgp(gpgme_ctx_t ctx, gpgme_data_t in, gpgme_data_t out)
{
	return gpgme()->op_decrypt_verify(ctx, in, out);
}

static gpgme_error_t decrypt_smime(gpgme_ctx_t ctx, gpgme_data_t in, gpgme_data_t out)
{
	return gpgme()->op_decrypt(ctx, in, out);
}

static gpgme_error_t unwrap(gpgme_ctx_t ctx, gpgme_data_t in, gpgme_data_t out)
{
	return gpgme()->op_verify(ctx, in, NULL, out);
}

/* What comes out of it, as far as it came. NULL: no session began. */
static GBytes *pass(struct op *op, GBytes *bytes, pass_fn through, gpgme_ctx_t *ctx,
		    gpgme_error_t *code, GError **error)
{
	struct data_sink *sink;
	gpgme_data_t in, out;

	*ctx = begin(op, error);
	if (!*ctx)
		return NULL;
	in = data_from(bytes);
	sink = data_sink_new(&out);
	*code = through(*ctx, in, out);
	gpgme()->data_release(in);
	return data_sink_take(sink);
}

GBytes *op_decrypt(struct op *op, GBytes *cipher, GError **error)
{
	gboolean is_pgp = op->protocol == CRYPT_PGP;
	gpgme_ctx_t ctx;
	gpgme_error_t code;
	g_autoptr(GBytes) plain =
	    pass(op, cipher, is_pgp ? decrypt_pgp : decrypt_smime, &ctx, &code, error);

	if (!plain)
		return NULL;
	if (decrypt_failed(op, ctx, code)) {
		session_error(op->session, code ? code : gpgme_error(GPG_ERR_DECRYPT_FAILED), error,
			      "decryption failed");
		session_close(op->session, ctx);
		return NULL;
	}
	if (op->recipients)
		note_recipients(ctx, op->recipients);
	if (is_pgp)
		op->verdict = verdict_of(ctx, op->protocol, op->from, op->signatures);
	session_close(op->session, ctx);
	return g_steal_pointer(&plain);
}

/* What the signature is worth; the session ends. FALSE: it could not be checked, or is none. */
static gboolean conclude(struct op *op, gpgme_ctx_t ctx, gpgme_error_t code, GError **error)
{
	if (!code)
		op->verdict = verdict_of(ctx, op->protocol, op->from, op->signatures);
	else
		session_error(op->session, code, error, "the signature cannot be checked");
	session_close(op->session, ctx);
	if (code || op->verdict != VERDICT_NONE)
		return !code;
	return error_set(error, CUR_ERROR_GONE, "there is no signature");
}

gboolean op_verify(struct op *op, GBytes *text, GBytes *signature, GError **error)
{
	gpgme_ctx_t ctx = begin(op, error);
	gpgme_data_t in, sig;
	gpgme_error_t code;

	if (!ctx)
		return FALSE;
	in = data_from(text);
	sig = data_from(signature);
	code = gpgme()->op_verify(ctx, sig, in, NULL);
	gpgme()->data_release(in);
	gpgme()->data_release(sig);
	return conclude(op, ctx, code, error);
}

GBytes *op_unwrap(struct op *op, GBytes *wrapped, GError **error)
{
	gpgme_ctx_t ctx;
	gpgme_error_t code;
	g_autoptr(GBytes) text = pass(op, wrapped, unwrap, &ctx, &code, error);

	return text && conclude(op, ctx, code, error) ? g_steal_pointer(&text) : NULL;
}
