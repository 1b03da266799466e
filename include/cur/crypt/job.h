/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work with keys, on a thread of its own: GnuPG may think for seconds, and its agent may ask a
 * person. One who waits goes on drawing; giving up ends GnuPG's process at once.
 *
 * Passphrases are GnuPG's: nothing here ever sees one. Work first runs with an agent that may not
 * ask; what then needs a passphrase is run again with one that may (crypt_session_may_ask).
 */
#ifndef CUR_CRYPT_JOB_H
#define CUR_CRYPT_JOB_H

#include <glib.h>

#include "cur/base/patience.h"

enum crypt_protocol { CRYPT_PGP, CRYPT_SMIME };

/* What a work runs in; inside of crypt/ it also has GPGME's contexts. */
struct crypt_session;

struct crypt_work {
	/* On the thread; what it returns is the result. */
	void *(*run)(struct crypt_session *session, void *data);
	void (*free_result)(void *result);
	/*
	 * A g_atomic_rc_box, of which the work takes a reference: a thread that was given up may
	 * still look at it. clear_data() is called before the last goes.
	 */
	void *data;
	void (*clear_data)(void *data);
	gboolean may_ask; /* for a passphrase */
	/* On the main context; takes the result. NULL: somebody will crypt_job_wait(). */
	void (*done)(void *result, void *data);
	void *done_data;
};

struct crypt_job;

/* The job lives until done() was called, or was waited for, or abandoned. */
struct crypt_job *crypt_job_start(const struct crypt_work *work);
/* Wait for one without done(): its result, NULL when `patience` ended it. Takes `job`. */
void *crypt_job_wait(struct crypt_job *job, const struct patience *patience);
/* Give up: done() is not called any more. Takes `job`. */
void crypt_job_abandon(struct crypt_job *job);
/* Do it here and now, on this thread; the terminal is free for who asks for a passphrase. */
void *crypt_run(const struct crypt_work *work);

/* Would the program that asks for passphrases draw on our terminal? */
gboolean crypt_asks_on_terminal(void);
/* Make the agent forget the passphrases it keeps. */
gboolean crypt_forget_passphrases(GError **error);

#endif
