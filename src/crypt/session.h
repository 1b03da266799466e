/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GPGME's contexts while a work runs: one at a time is busy, and that one can be cancelled. */
#ifndef CUR_CRYPT_SESSION_H
#define CUR_CRYPT_SESSION_H

#include "cur/crypt/job.h"
#include "gpgme-late.h"

struct crypt_session {
	GMutex mutex;
	gpgme_ctx_t busy; /* under the mutex, as the next */
	gboolean stopped;
	gboolean may_ask;
};

/*
 * A context, loaded and set up: no network, the agent asks or does not. NULL with error, and
 * when the work was stopped (CANCELLED). Back to session_close().
 */
gpgme_ctx_t session_open(struct crypt_session *session, enum crypt_protocol protocol,
			 GError **error);
void session_close(struct crypt_session *session, gpgme_ctx_t ctx);
/* End what runs, from another thread. */
void session_stop(struct crypt_session *session);

/*
 * An error of GPGME as ours. FALSE, for `return`. What fails for want of a passphrase that nobody
 * may be asked for is AUTH, what the user stopped CANCELLED.
 */
gboolean session_error(const struct crypt_session *session, gpgme_error_t code, GError **error,
		       const char *what);

/* Bytes as GPGME's input; NULL when there is no memory. Borrows them. */
gpgme_data_t data_from(GBytes *bytes);
/* Where output goes; grows to `limit` bytes at most, then the operation fails. */
struct data_sink;
struct data_sink *data_sink_new(gpgme_data_t *data);
/* What came. Takes the sink. */
GBytes *data_sink_take(struct data_sink *sink);

#endif
