/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a function's id to the code that does it. Each file that does functions
 * exports one table; a view names the tables it uses in view_ops.handlers.
 */
#ifndef CUR_UI_FUNCTIONS_H
#define CUR_UI_FUNCTIONS_H

#include <glib.h>

struct app;
struct view;

/* What must hold, checked before the handler runs; each has mutt's message. */
enum fn_needs {
	NEED_MAILBOX = 1 << 0,	/* "No mailbox is open." */
	NEED_MESSAGE = 1 << 1,	/* "There are no messages."; implies NEED_MAILBOX */
	NEED_WRITABLE = 1 << 2, /* "Mailbox is read-only." */
	NEED_ENTRY = 1 << 3,	/* "No entries.": the view's list is not empty */
	NEED_THREADS = 1 << 4,	/* "Threading is not enabled." */
	NEED_TEXT = 1 << 5,	/* of all messages acted on: fetched first where it is not here */
};

/* `fn` is the FN_ id (conf/keys.h): one handler may serve several. */
typedef void fn_run(struct view *view, int fn);

struct fn_handler {
	int fn; /* FN_; FN_NOOP (0) ends a table */
	fn_run *run;
	unsigned needs;
};

/* For index and pager: they act on the index's current or tagged messages. */
extern const struct fn_handler fn_move_handlers[];   /* fn-move.c */
extern const struct fn_handler fn_flag_handlers[];   /* fn-flag.c */
extern const struct fn_handler fn_label_handlers[];  /* fn-labels.c */
extern const struct fn_handler fn_crypt_handlers[];  /* fn-crypt.c */
extern const struct fn_handler fn_edit_handlers[];   /* fn-edit.c */
fn_run fn_forget_passphrase;			     /* also of other menus */
fn_run fn_fetch_mail;				     /* fn-folder.c; check-stats of every menu */
extern const struct fn_handler fn_type_handlers[];   /* fn-type.c */
extern const struct fn_handler fn_undo_handlers[];   /* fn-undo.c */
extern const struct fn_handler fn_save_handlers[];   /* fn-save.c */
extern const struct fn_handler fn_thread_handlers[]; /* fn-thread.c */
extern const struct fn_handler fn_limit_handlers[];  /* fn-limit.c: limit, search, sort */
extern const struct fn_handler fn_folder_handlers[]; /* fn-folder.c: change, check, sync, sidebar */
extern const struct fn_handler fn_new_mail_handlers[]; /* fn-folder.c: who has new mail, anywhere */
extern const struct fn_handler fn_virtual_handlers[];  /* fn-virtual.c: notmuch queries */
extern const struct fn_handler fn_send_handlers[]; /* fn-send.c: mail, reply, forward, bounce … */
extern const struct fn_handler
    fn_message_handlers[]; /* fn-message.c: display, view, pipe, print, alias */

/*
 * Do a function in a view as if its key had been pressed: looks it up, checks
 * what it needs, says on the message line what is missing.
 */
void fn_call(struct view *view, int fn);

#endif
