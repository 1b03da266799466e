/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of every view that take more than a line: ':', '!', '/', what-key. */
#ifndef UI_FN_GENERIC_H
#define UI_FN_GENERIC_H

#include "cur/ui/functions.h"

fn_run fn_enter_command, fn_shell_escape, fn_what_key, fn_search_entries, fn_search_again;

/* Tagged messages of the open mailbox, when the view acts on them. */
guint fn_tagged_count(const struct view *view);

/* Carry out a line of the ':' prompt or a hook, with its effects on the screen. */
void fn_command(struct app *app, const char *line);

/* Put what `push` and `exec` said into the queue of keys. */
void fn_take_pushed(struct app *app);

#endif
