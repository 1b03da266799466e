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
	struct manuscript *ms;	/* NULL once it is on its way */
	GHashTable *tagged;	/* struct draft_part * */
	struct message *viewed; /* what a pager or a question about a file looks at */
	char **preview;		/* lines of the text, as far as they are shown; NULL: it has none */
	guint preview_top;	/* the first that is on the screen */
	guint preview_page;	/* how many are */
	char *keys_for;		/* the recipients that $crypt_opportunistic_encrypt looked for */
	struct draft_part *alternative; /* made for the sending that goes on; NULL: none */
};

/* The composer whose menu has the keys; NULL when there is none (any more). */
struct composer *composer_top(struct app *app);
struct draft *composer_draft(struct composer *c);
/* The draft was changed: save it, draw it. A failure is told. */
void composer_changed(struct composer *c);
/* Ask for a mailbox; those of the Fcc are offered. */
void composer_ask_mailbox(struct composer *c, const char *question, prompt_text_fn done);
/* The part under the cursor. */
struct draft_part *composer_part(struct composer *c);
/* The tagged parts, in order; empty when there are none. Yours, its parts are not. */
GPtrArray *composer_tagged(struct composer *c);
/* What a function acts on: the tagged parts after the tag prefix, else the current one. Yours. */
GPtrArray *composer_targets(struct composer *c);
/* Put the cursor on it. */
void composer_go(struct composer *c, const struct draft_part *part);
/* Leave the menu; the manuscript is freed (kept on the disk) if it is still here. */
void composer_close(struct composer *c);

/* What an entry holds. NULL with an error. Yours. */
GBytes *composer_content(struct composer *c, const struct draft_part *part, GError **error);
/* Put other content in its place; a file of the user's is left as it is. */
gboolean composer_replace(struct composer *c, struct draft_part *part, GBytes *bytes,
			  GError **error);

/* The text in its second form, made while the user watches. NULL with an error. Yours. */
struct draft_part *composer_alternative(struct composer *c, GError **error);

/* ---- the header ---- */

struct paint;

int compose_header_rows(struct composer *c);
void compose_header_draw(struct composer *c, struct paint *paint, int rows);
/* The mailboxes of the Fcc as they can be typed. Yours. */
char *compose_fcc_text(struct composer *c);

/* ---- the preview ---- */

/* Its bar and its lines, in rows of the view's area; no rows: it is not shown. */
struct preview_place {
	int y, rows;
};
/* The text was changed. */
void compose_preview_load(struct composer *c);
void compose_preview_draw(struct composer *c, struct paint *paint,
			  const struct preview_place *place);

/* ---- the list ---- */

/* "text/plain", of any part; that of a file is guessed. Yours. */
char *composer_type(struct composer *c, const struct draft_part *part);
/* One entry by $attach_format. Yours. */
char *compose_entry_line(struct view *view, guint n, int cols);
/* Bytes of all entries. */
guint64 compose_size(struct composer *c);

extern const struct fn_handler compose_field_handlers[];
extern const struct fn_handler compose_part_handlers[];
extern const struct fn_handler compose_group_handlers[];
extern const struct fn_handler compose_said_handlers[];
extern const struct fn_handler compose_content_handlers[];
extern const struct fn_handler compose_file_handlers[];
/* ---- compose-security.c ---- */
/* What is said and in which colour (COLOR_). The line is yours. */
char *compose_security_line(struct app *app, const struct draft *draft);
int compose_security_style(const struct draft *draft);
/* Whoever receives it may be another now ($crypt_opportunistic_encrypt). */
void composer_recipients_changed(struct composer *c);

extern const struct fn_handler compose_security_handlers[];
extern const struct fn_handler compose_preview_handlers[];
extern const struct fn_handler compose_send_handlers[];

#endif
