/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signed and encrypted messages opened for who reads or answers them. GnuPG works behind the
 * screen; only where its agent has to ask on our terminal does the screen go away for that long.
 */
#ifndef UI_OPENER_H
#define UI_OPENER_H

#include "cur/crypt/open.h"

struct app;

/* Opening behind a view that goes on. */
struct opener;
/* `done` takes `u`. Not called after opener_stop(). */
typedef void (*opener_done_fn)(struct unsealed *u, void *data);
struct opener *opener_start(struct app *app, struct message *message,
			    const struct unseal_options *options, opener_done_fn done, void *data);
/* Takes `opener`; from within `done` it is gone already. */
void opener_stop(struct opener *opener);

/*
 * Open while the user waits, signatures unchecked. `lid`: of the open mailbox, 0: another one's.
 * NULL: nothing is sealed, or the user had enough (*stopped, told). Yours.
 */
struct unsealed *opener_run(struct app *app, struct message *message, guint32 lid,
			    gboolean *stopped);

/*
 * A message that was encrypted as a whole without its encryption, opened while the user waits;
 * `bytes` themselves when it was not (*found: UNSEAL_ flags). NULL: it could not be (told). Yours.
 */
GBytes *opener_plain(struct app *app, GBytes *bytes, unsigned *found);

/*
 * Other work with keys while the user waits: its result, NULL when he stopped it (told). `asks`:
 * did the result need a passphrase? Then it is done again by an agent that may ask.
 */
void *opener_work(struct app *app, const char *what, struct crypt_work *work,
		  gboolean (*asks)(const void *result));

/* A work on this thread, with the terminal left to who asks for the passphrase. */
void *opener_on_terminal(struct app *app, const struct crypt_work *work);

/* Tell what came of it on the message line. */
void opener_tell(struct app *app, const struct unsealed *u);

/* The last message that was opened is kept, so that answering it asks for nothing again. */
struct unsealed *opener_recall(struct app *app, guint32 lid);
void opener_remember(struct app *app, guint32 lid, struct unsealed *u);
void opener_forget(struct app *app);

#endif
