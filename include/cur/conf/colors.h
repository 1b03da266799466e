/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What color and mono said. */
#ifndef CUR_CONF_COLORS_H
#define CUR_CONF_COLORS_H

#include <glib.h>

#include "cur/base/regex.h"
#include "cur/conf/conf.h"
#include "cur/conf/names.h"

/* A colour: default, a number of the terminal's palette, or red green blue. */
struct color {
	enum { COLOR_IS_DEFAULT, COLOR_IS_PALETTE, COLOR_IS_RGB } kind;
	guint32 value;	 /* 0..255, or 0xRRGGBB */
	gboolean bright; /* palette 0..7 written with bright: 8 more, or bold with 8 colours */
	gboolean light;	 /* written with light: 8 more */
	gboolean alert;	 /* written with alert: bold and blinking */
};

enum color_attribute {
	ATTRIBUTE_BOLD = 1 << 0,
	ATTRIBUTE_UNDERLINED = 1 << 1,
	ATTRIBUTE_REVERSE = 1 << 2,
	ATTRIBUTE_BLINK = 1 << 3,
	ATTRIBUTE_STANDOUT = 1 << 4,
	ATTRIBUTE_ITALICS = 1 << 5,
};

struct color_rule {
	enum color_object object;
	struct color fg, bg;
	unsigned attributes;
	char *text;	  /* regex or pattern as written, NULL for a plain object */
	struct regex *re; /* of COLOR_SELECT_REGEX, NULL otherwise */
	char *place;	  /* "file:line" that said it; NULL at the prompt and for the system's */
	int group;	  /* of the regex that is coloured (status), 0 the whole match */
};

/* The rule of a plain object, or NULL. */
const struct color_rule *conf_color(const struct conf *conf, enum color_object object);
/*
 * struct color_rule * with a regex or pattern, in order of definition; a later match wins. Those
 * of `color`, or of `mono` after conf_set_mono: which terminal it is, only the screen knows.
 */
const GPtrArray *conf_color_rules(const struct conf *conf, enum color_object object);

/* The same of `mono` without a regex or pattern: only attributes count. */
const struct color_rule *conf_mono(const struct conf *conf, enum color_object object);

void conf_set_mono(struct conf *conf, gboolean mono);

#endif
