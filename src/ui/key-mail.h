/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys in mail: one of ours goes out, those of others come in. */
#ifndef UI_KEY_MAIL_H
#define UI_KEY_MAIL_H

#include "cur/mail/draft.h"

struct app;

/* Ask for a key and make it an attachment; `part` is NULL when none was chosen, else taken. */
typedef void (*key_mail_fn)(struct app *app, struct draft_part *part, void *data);
void key_mail_choose(struct app *app, key_mail_fn done, void *data);

/* Take in what keys the parts (struct part *) hold, and tell. */
void key_mail_extract(struct app *app, const GPtrArray *parts);

#endif
