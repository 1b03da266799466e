/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Tab makes of a line. */
#ifndef UI_COMPLETE_H
#define UI_COMPLETE_H

#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "line-edit.h"

struct completion;

enum complete_result {
	COMPLETE_DONE,	   /* the line became longer or another */
	COMPLETE_MANY,	   /* no longer, but there is a choice: a menu may show it */
	COMPLETE_PATTERNS, /* an operator of a pattern is wanted: their menu explains them */
	COMPLETE_NOTHING,  /* nothing begins like this */
};

/* For one run of Tabs: the first one looks, the others may cycle. */
struct completion *complete_new(struct app *app, enum complete kind);
void complete_free(struct completion *c);
enum complete_result complete_step(struct completion *c, struct line_edit *line);

/* The address being typed: what stands between the last comma and the cursor. Yours. */
char *complete_address_word(const struct line_edit *line);
/* The line with that word replaced. Yours. */
char *complete_replace_address(const struct line_edit *line, const char *addresses);

#endif
