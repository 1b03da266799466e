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

GBytes *op_decrypt(struct op *op, GBytes *cipher, GError **error)
{
	gpgme_ctx_t ctx = begin(op, error);
	gpgme_data_t in = ctx ? data_from(cipher) : NULL, out;
	struct data_sink *sink = ctx ? data_sink_new(&out) : NULL;
	g_autoptr(GBytes) plain = NULL;
	gpgme_error_t code;

	if (!ctx)
		return NULL;
	/* Signatures are within in OpenPGP; in S/MIME what is inside may be signed. */
	code = op->protocol == CRYPT_PGP ? gpgme()->op_decrypt_verify(ctx, in, out)
					 : gpgme()->op_decrypt(ctx, in, out);
	plain = data_sink_take(sink);
	gpgme()->data_release(in);
	if (decrypt_failed(op, ctx, code)) {
		session_error(op->session, code ? code : gpgme_error(GPG_ERR_DECRYPT_FAILED), error,
			      "decryption failed");
		session_close(op->session, ctx);
		return NULL;
	}
	if (op->recipients)
		note_recipients(ctx, op->recipients);
	if (op->protocol == CRYPT_PGP)
		op->verdict = verdict_of(ctx, op->protocol, op->from, op->signatures);
	session_close(op->session, ctx);
	return g_steal_pointer(&plain);
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
	if (!code)
		op->verdict = verdict_of(ctx, op->protocol, op->from, op->signatures);
	else
		session_error(op->session, code, error, "the signature cannot be checked");
	session_close(op->session, ctx);
	if (code || op->verdict != VERDICT_NONE)
		return !code;
	return error_set(error, CUR_ERROR_GONE, "there is no signature");
}

GBytes *op_unwrap(struct op *op, GBytes *wrapped, GError **error)
{
	gpgme_ctx_t ctx = begin(op, error);
	gpgme_data_t in = ctx ? data_from(wrapped) : NULL, out;
	struct data_sink *sink = ctx ? data_sink_new(&out) : NULL;
	g_autoptr(GBytes) text = NULL;
	gpgme_error_t code;

	if (!ctx)
		return NULL;
	code = gpgme()->op_verify(ctx, in, NULL, out);
	text = data_sink_take(sink);
	gpgme()->data_release(in);
	if (!code)
		op->verdict = verdict_of(ctx, op->protocol, op->from, op->signatures);
	else
		session_error(op->session, code, error, "the signature cannot be checked");
	session_close(op->session, ctx);
	if (code)
		return NULL;
	if (op->verdict == VERDICT_NONE) {
		error_set(error, CUR_ERROR_GONE, "there is no signature");
		return NULL;
	}
	return g_steal_pointer(&text);
}
