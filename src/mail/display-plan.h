/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In which order the pieces of a message are shown, before any of them is decoded. */
#ifndef CUR_MAIL_DISPLAY_PLAN_H
#define CUR_MAIL_DISPLAY_PLAN_H

#include "cur/mail/display.h"

enum step_kind {
	STEP_HEADERS, /* of a message */
	STEP_BLANK,
	STEP_MARKER,  /* text */
	STEP_ERROR,   /* text */
	STEP_VERDICT, /* text */
	STEP_FIELD,   /* text: "Name: value" of a protected header */
	STEP_PLAIN,   /* content as text */
	STEP_FLOWED,
	STEP_HTML,
	STEP_ENRICHED,
	STEP_CALENDAR,
	STEP_AUTOVIEW
};

struct display_step {
	enum step_kind kind;
	struct part *part;
	char *text; /* of a marker or an error; owned */
};

/* GArray of struct display_step that frees its texts. */
GArray *display_plan_new(void);
/* Append what shows a whole message, its header first. */
void display_plan_message(GArray *plan, struct part *root, const struct display_options *options);
/* Append what shows one part alone. */
void display_plan_part(GArray *plan, struct part *p, const struct display_options *options);

#endif
