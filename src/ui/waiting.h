/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work with keys that the user waits for, on a thread of its own. The loop goes on: new mail comes,
 * the screen follows its terminal. Keys are kept until it is done; ^G or ^C ends it, and the bottom
 * line says so. GnuPG may think long, and somebody may look for his passphrase in another window.
 */
#ifndef UI_WAITING_H
#define UI_WAITING_H

#include "cur/crypt/job.h"

struct app;
struct waiting;

/* Takes `result`; NULL: the user stopped it (told). */
typedef void (*waiting_done_fn)(void *result, void *data);
/*
 * One at a time. `work` as for crypt_job_start(), without done(). `asks`: did the result need a
 * passphrase? Then it is done again by an agent that may ask.
 */
void waiting_start(struct app *app, const char *what, const struct crypt_work *work,
		   gboolean (*asks)(const void *result), waiting_done_fn done, void *data);
/* The interface ends: done(NULL) for what is waited for. */
void waiting_cancel(struct app *app);

#endif
