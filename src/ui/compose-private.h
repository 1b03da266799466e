/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the compose menu share. */
#ifndef COMPOSE_PRIVATE_H
#define COMPOSE_PRIVATE_H

#include "cur/model/manuscript.h"
#include "cur/ui/app.h"
#include "cur/ui/functions.h"
#include "cur/ui/prompt.h"

struct composer {
	struct view *view;
	struct manuscript *ms; /* NULL once it is on its way */
};

/* The composer whose menu has the keys; NULL when there is none (any more). */
struct composer *composer_top(struct app *app);
struct draft *composer_draft(struct composer *c);
/* The draft was changed: save it, draw it. A failure is told. */
void composer_changed(struct composer *c);
/* Ask for a mailbox; that of the first Fcc is offered. */
void composer_ask_mailbox(struct composer *c, const char *question, prompt_text_fn done);
/* Entries: the text first, then the parts. The part under the cursor; NULL: the text. */
struct draft_part *composer_part(struct composer *c);
/* Leave the menu; the manuscript is freed (kept on the disk) if it is still here. */
void composer_close(struct composer *c);

/* What the file of an entry holds; for the text `part` is NULL. NULL with an error. Yours. */
GBytes *composer_content(struct composer *c, const struct draft_part *part, GError **error);

extern const struct fn_handler compose_field_handlers[];
extern const struct fn_handler compose_part_handlers[];
extern const struct fn_handler compose_send_handlers[];

#endif
