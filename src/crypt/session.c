/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contexts of GPGME, its errors, and bytes in and out. */
#include "session.h"

#include <errno.h>
#include <string.h>

#include "cur/base/error.h"

/* What a few compressed kilobytes may grow to. */
enum { OUTPUT_MAX = 512 << 20 };

/* ---- contexts ---- */

static const gpgme_protocol_t protocols[] = {
    [CRYPT_PGP] = GPGME_PROTOCOL_OpenPGP, [CRYPT_SMIME] = GPGME_PROTOCOL_CMS};

gpgme_ctx_t session_open(struct crypt_session *session, enum crypt_protocol protocol,
			 GError **error)
{
	gboolean stopped;
	gpgme_ctx_t ctx;
	gpgme_error_t code;

	if (!gpgme_load(error))
		return NULL;
	code = gpgme()->new (&ctx);
	if (!code)
		code = gpgme()->set_protocol(ctx, protocols[protocol]);
	if (code) {
		session_error(session, code, error, "cannot use GnuPG");
		return NULL;
	}
	/* A message makes nobody fetch a key or a list of revoked certificates. */
	gpgme()->set_offline(ctx, 1);
	gpgme()->set_pinentry_mode(ctx, session->may_ask ? GPGME_PINENTRY_MODE_DEFAULT
							 : GPGME_PINENTRY_MODE_CANCEL);
	g_mutex_lock(&session->mutex);
	stopped = session->stopped;
	session->busy = stopped ? NULL : ctx;
	g_mutex_unlock(&session->mutex);
	if (!stopped)
		return ctx;
	gpgme()->release(ctx);
	error_set(error, CUR_ERROR_CANCELLED, "stopped");
	return NULL;
}

void session_close(struct crypt_session *session, gpgme_ctx_t ctx)
{
	g_mutex_lock(&session->mutex);
	session->busy = NULL;
	g_mutex_unlock(&session->mutex);
	gpgme()->release(ctx);
}

void session_stop(struct crypt_session *session)
{
	g_mutex_lock(&session->mutex);
	session->stopped = TRUE;
	if (session->busy)
		gpgme()->cancel_async(session->busy);
	g_mutex_unlock(&session->mutex);
}

/* ---- errors ---- */

static gboolean is_unasked(gpgme_err_code_t code)
{
	return code == GPG_ERR_CANCELED || code == GPG_ERR_FULLY_CANCELED ||
	       code == GPG_ERR_NO_PIN_ENTRY || code == GPG_ERR_BAD_PASSPHRASE;
}

static enum cur_error error_code(const struct crypt_session *session, gpgme_err_code_t code)
{
	if (is_unasked(code))
		return session->may_ask ? CUR_ERROR_CANCELLED : CUR_ERROR_AUTH;
	if (code == GPG_ERR_NO_SECKEY || code == GPG_ERR_NO_PUBKEY || code == GPG_ERR_NOT_FOUND)
		return CUR_ERROR_GONE;
	return CUR_ERROR_REFUSED;
}

gboolean session_error(const struct crypt_session *session, gpgme_error_t code, GError **error,
		       const char *what)
{
	const char *why = gpgme()->strerror(code);

	return error_set(error, error_code(session, gpgme_err_code(code)), "%s: %s", what, why);
}

/* ---- bytes ---- */

gpgme_data_t data_from(GBytes *bytes)
{
	gpgme_data_t data;
	gsize n;
	const char *at = g_bytes_get_data(bytes, &n);

	return gpgme()->data_new_from_mem(&data, at ? at : "", n, 0) ? NULL : data;
}

struct data_sink {
	GByteArray *bytes;
	gpgme_data_t data;
};

static ssize_t take(void *handle, const void *buffer, size_t n)
{
	struct data_sink *sink = handle;

	if (n > OUTPUT_MAX - sink->bytes->len) {
		errno = EFBIG;
		return -1;
	}
	g_byte_array_append(sink->bytes, buffer, (guint)n);
	return (ssize_t)n;
}

struct data_sink *data_sink_new(gpgme_data_t *data)
{
	static struct gpgme_data_cbs calls = {.write = take};
	struct data_sink *sink = g_new0(struct data_sink, 1);

	sink->bytes = g_byte_array_new();
	if (gpgme()->data_new_from_cbs(&sink->data, &calls, sink))
		sink->data = NULL;
	*data = sink->data;
	return sink;
}

GBytes *data_sink_take(struct data_sink *sink)
{
	GBytes *bytes = g_byte_array_free_to_bytes(sink->bytes);

	if (sink->data)
		gpgme()->data_release(sink->data);
	g_free(sink);
	return bytes;
}
