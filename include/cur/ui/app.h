/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The interface as a whole: what is open, the stack of views, the message line,
 * the queue of keys. One struct app, handed down; there are no globals.
 */
#ifndef CUR_UI_APP_H
#define CUR_UI_APP_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/ui/view.h"

struct client;
struct conf;
struct directory;
struct keymap;
struct mailbox;
struct message_log;
struct prompt;
struct screen;
struct settings;
struct sidebar;

struct app {
	struct conf *conf;	     /* borrowed */
	struct client *client;	     /* owned; never NULL, may be unconnected */
	struct directory *directory; /* owned: all mailboxes and their counts */
	struct mailbox *mailbox;     /* owned: the open one, or NULL */
	struct screen *screen;
	struct keymap *keymap;	 /* keys typed so far, macros and pushed keys waiting */
	struct prompt *prompt;	 /* questions, histories */
	struct message_log *log; /* the message line and $error_history */
	struct sidebar *sidebar;
	struct view *index;  /* the index view, bottom of the stack; NULL in batch composition */
	GPtrArray *views;    /* struct view *, bottom first */
	gboolean read_only;  /* -R */
	gboolean quitting;   /* the loop ends after this turn */
	gboolean tag_prefix; /* ';' came before the function that runs now */
	int key;	     /* the key that called it (digits of jump) */
	struct app_private *priv; /* app.c */
};

/* What to do when the interface starts; strings are borrowed for the call. */
struct app_start {
	const char *mailbox; /* canonical name or as typed; NULL: $spoolfile */
	gboolean read_only;  /* -R */
	gboolean browse;     /* -y: start in the list of mailboxes */
	gboolean first_new;  /* -Z: the first mailbox with new mail, GONE when there is none */
	gboolean not_empty;  /* -z: GONE when the mailbox holds no message */
	const char *pattern; /* initial limit, or NULL */
	const char *const
	    *engine_args; /* for an engine that is started: -F, -e …, NULL at the end */
	/* Compose a message instead of reading: called once; the program ends with its last view.
	 */
	void (*compose)(struct app *app, void *data);
	void *compose_data;
};

/*
 * Run the interface until the user quits. Returns the exit status; an error
 * that keeps it from starting is set and nothing was drawn; one at its end says what the engine did
 * not take.
 */
int app_run(struct conf *conf, const struct app_start *start, GError **error);

/* Borrowed, and good until the next command of the configuration. */
const struct settings *app_settings(const struct app *app);

/*
 * The message line. All copy, make safe at drawing, cut to one line. The last $error_history of
 * errors and warnings are kept (error-history shows them). app_error beeps when $beep.
 */
void app_message(struct app *app, const char *format, ...) G_GNUC_PRINTF(2, 3);
void app_warning(struct app *app, const char *format, ...) G_GNUC_PRINTF(2, 3);
void app_error(struct app *app, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Show and free *error (sets it to NULL). */
void app_gerror(struct app *app, GError **error);

/* Redraw everything; also after settings changed (effects of conf/settings.h). */
void app_redraw(struct app *app);
/* Settings changed: order again, look and scroll by the new ones, redraw. */
void app_effects(struct app *app);

/* End the loop. Asking whether to is the caller's business. */
void app_quit(struct app *app);

/* Take keys as if typed: `keys` in muttrc notation ("<enter-command>…<Enter>"). */
void app_push_keys(struct app *app, const char *keys);

/* ---- messages that a function acts on (index and pager) ---- */

/* The index's current message: pos in app->mailbox; FALSE when there is none. */
gboolean app_current(struct app *app, guint *pos);
/* lids (guint32) that a function acts on: the tagged ones after ';' or $auto_tag, else the current.
 */
GArray *app_targets(struct app *app);
/* Where an act on the current message leads. */
enum app_next { NEXT_UNDELETED, NEXT_SHOWN, NEXT_OF_THREADS, NEXT_OF_SUBTHREADS };
/* Move on after an act on the current message, as $resolve says; the pager follows. */
void app_advance(struct app *app, enum app_next next);
/* Move the index's cursor; the pager follows through mailbox_changed(). */
void app_go(struct app *app, guint pos);

/*
 * Open a mailbox in the index (name as typed or canonical), leaving the open one
 * (asks about deletions). With folder-hooks.
 */
void app_open_mailbox(struct app *app, const char *name, gboolean read_only);

#endif
