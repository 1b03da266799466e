/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A compiled format: made by expando.c, read by render.c. */
#ifndef FORMAT_ITEMS_H
#define FORMAT_ITEMS_H

#include <glib.h>

#include "cur/base/text.h"
#include "cur/format/expando.h"

enum item_kind {
	ITEM_TEXT,	/* literal */
	ITEM_VALUE,	/* %s */
	ITEM_DATE,	/* %[%H:%M] */
	ITEM_HOOK,	/* %@name@ */
	ITEM_CONDITION, /* %?X?then&else? and %<X?then&else> */
	ITEM_FRESH,	/* %<[3d?then&else>: is the date younger? */
	ITEM_PAD_HARD,	/* %>X */
	ITEM_PAD_SOFT,	/* %*X */
	ITEM_PAD_EOL,	/* %|X */
};

struct item {
	enum item_kind kind;
	guint16 id;	  /* enum expando_id of a value or a condition */
	guint16 width;	  /* least columns */
	gint16 precision; /* most columns, least digits; -1: none */
	enum text_align align;
	gboolean zero;	     /* pad numbers with 0 */
	gboolean lower;	     /* %_ */
	gboolean underscore; /* %: */
	char bracket;	     /* of a date */
	char unit;	     /* of ITEM_FRESH */
	guint16 count;	     /* of ITEM_FRESH; 0: this year, month … */
	char *text;	     /* literal, strftime format, name of a hook, fill character */
	gsize n;
	GPtrArray *then, *otherwise; /* struct item *; otherwise may be NULL */
};

struct expando {
	enum expando_domain domain;
	GPtrArray *items; /* struct item * */
	GPtrArray *words; /* of a shell command (filter.h), or NULL */
	gboolean uses[EXPANDO_N_IDS];
};

#endif
