/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenPGP keys given out to be mailed, and taken in from mail. */
#include "cur/base/error.h"
#include "cur/crypt/key.h"
#include "session.h"

void key_moved_free(void *data)
{
	struct key_moved *moved = data;

	if (!moved)
		return;
	if (moved->bytes)
		g_bytes_unref(moved->bytes);
	g_clear_error(&moved->error);
	g_free(moved);
}

struct moving {
	char *fingerprint; /* given out */
	GPtrArray *texts;  /* taken in */
};

static void clear_moving(void *data)
{
	struct moving *moving = data;

	g_free(moving->fingerprint);
	if (moving->texts)
		g_ptr_array_unref(moving->texts);
}

static struct moving *moving_new(struct crypt_work *work,
				 void *(*run)(struct crypt_session *session, void *data))
{
	struct moving *moving = g_atomic_rc_box_new0(struct moving);

	*work = (struct crypt_work){
	    .run = run, .free_result = key_moved_free, .data = moving, .clear_data = clear_moving};
	return moving;
}

/* ---- out ---- */

static void *run_export(struct crypt_session *session, void *data)
{
	const struct moving *moving = data;
	struct key_moved *moved = g_new0(struct key_moved, 1);
	gpgme_ctx_t ctx = session_open(session, CRYPT_PGP, &moved->error);
	gpgme_key_t keys[2] = {NULL, NULL};
	struct data_sink *sink;
	gpgme_error_t code;
	gpgme_data_t out;

	if (!ctx)
		return moved;
	gpgme()->set_armor(ctx, 1);
	sink = data_sink_new(&out);
	code = gpgme()->get_key(ctx, moving->fingerprint, &keys[0], 0);
	if (!code)
		code = gpgme()->op_export_keys(ctx, keys, 0, out);
	if (keys[0])
		gpgme()->key_unref(keys[0]);
	moved->bytes = data_sink_take(sink);
	if (!code && !g_bytes_get_size(moved->bytes))
		code = gpgme_error(GPG_ERR_NO_PUBKEY);
	if (code)
		session_error(session, code, &moved->error, "cannot give the key out");
	session_close(session, ctx);
	return moved;
}

void key_export_work(struct crypt_work *work, const char *fingerprint)
{
	moving_new(work, run_export)->fingerprint = g_strdup(fingerprint);
}

/* ---- in ---- */

static gboolean take_in(struct crypt_session *session, GBytes *text, struct key_moved *moved)
{
	gpgme_ctx_t ctx = session_open(session, CRYPT_PGP, &moved->error);
	gpgme_import_result_t result;
	gpgme_error_t code;
	gpgme_data_t in;

	if (!ctx)
		return FALSE;
	in = data_from(text);
	code = gpgme()->op_import(ctx, in);
	gpgme()->data_release(in);
	result = gpgme()->op_import_result(ctx);
	if (code) {
		session_error(session, code, &moved->error, "cannot take the keys in");
	} else if (result) {
		moved->n += (guint)result->considered;
		moved->n_new += (guint)result->imported;
	}
	session_close(session, ctx);
	return !code;
}

static void *run_import(struct crypt_session *session, void *data)
{
	const struct moving *moving = data;
	struct key_moved *moved = g_new0(struct key_moved, 1);

	for (guint i = 0; i < moving->texts->len; i++)
		if (!take_in(session, moving->texts->pdata[i], moved))
			break;
	return moved;
}

void key_import_work(struct crypt_work *work, GPtrArray *texts)
{
	moving_new(work, run_import)->texts = texts;
}
