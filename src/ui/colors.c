/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of styles: each colour object as numbers of this terminal, with
 * mutt's looks for what the user left alone.
 */
#include "colors.h"

/* What an object looks like when neither `color` nor `mono` names it. */
static const struct {
	enum color_object object;
	enum color_object like; /* the object it borrows from, itself for none */
	unsigned attributes;
} defaults[] = {
    {COLOR_STATUS, COLOR_STATUS, ATTRIBUTE_REVERSE},
    {COLOR_INDICATOR, COLOR_INDICATOR, ATTRIBUTE_REVERSE},
    {COLOR_SEARCH, COLOR_SEARCH, ATTRIBUTE_REVERSE},
    {COLOR_MARKERS, COLOR_MARKERS, ATTRIBUTE_REVERSE},
    {COLOR_PROGRESS, COLOR_PROGRESS, ATTRIBUTE_REVERSE},
    {COLOR_BOLD, COLOR_BOLD, ATTRIBUTE_BOLD},
    {COLOR_UNDERLINE, COLOR_UNDERLINE, ATTRIBUTE_UNDERLINED},
    {COLOR_ITALIC, COLOR_ITALIC, ATTRIBUTE_ITALICS},
    {COLOR_SIDEBAR_HIGHLIGHT, COLOR_SIDEBAR_HIGHLIGHT, ATTRIBUTE_UNDERLINED},
    {COLOR_STRIPE_EVEN, COLOR_NORMAL, 0},
    {COLOR_STRIPE_ODD, COLOR_NORMAL, 0},
    {COLOR_OPTIONS, COLOR_PROMPT, 0},
    {COLOR_WARNING, COLOR_ERROR, 0},
    {COLOR_SIDEBAR_INDICATOR, COLOR_INDICATOR, 0},
    {COLOR_SIDEBAR_SPOOLFILE, COLOR_SIDEBAR_SPOOL_FILE, 0},
    {COLOR_QUOTED0, COLOR_QUOTED, 0},
    {COLOR_QUOTED1, COLOR_QUOTED0, 0},
    {COLOR_QUOTED2, COLOR_QUOTED1, 0},
    {COLOR_QUOTED3, COLOR_QUOTED2, 0},
    {COLOR_QUOTED4, COLOR_QUOTED3, 0},
    {COLOR_QUOTED5, COLOR_QUOTED4, 0},
    {COLOR_QUOTED6, COLOR_QUOTED5, 0},
    {COLOR_QUOTED7, COLOR_QUOTED6, 0},
    {COLOR_QUOTED8, COLOR_QUOTED7, 0},
    {COLOR_QUOTED9, COLOR_QUOTED8, 0},
};

/* The six steps of a channel in the 256-colour cube (16..231). */
static int cube_step(int value)
{
	return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40;
}

/* The nearest colour of the palette to one given by its parts. */
static int nearest(guint32 rgb, int n_colors)
{
	int r = rgb >> 16 & 0xff, g = rgb >> 8 & 0xff, b = rgb & 0xff;

	if (n_colors > 256)
		return rgb;
	if (n_colors == 256) {
		if (ABS(r - g) < 12 && ABS(g - b) < 12 && r > 8 && r < 238)
			return 232 + (r - 8) * 24 / 240;
		return 16 + 36 * cube_step(r) + 6 * cube_step(g) + cube_step(b);
	}
	int bright = n_colors >= 16 && MAX(r, MAX(g, b)) > 192 ? 8 : 0;

	return bright + (r > 96 ? 1 : 0) + (g > 96 ? 2 : 0) + (b > 96 ? 4 : 0);
}

/* One colour; a bright one that has no number of its own asks for bold by *bold. */
static int color_number(const struct color *color, int n_colors, gboolean *bold)
{
	int value = color->value;

	if (color->kind == COLOR_IS_DEFAULT)
		return -1;
	if (color->kind == COLOR_IS_RGB)
		return nearest(color->value, n_colors);
	if ((color->bright || color->light) && value < 8) {
		if (n_colors >= 16)
			value += 8;
		else
			*bold = TRUE;
	}
	return value < n_colors ? value : -1;
}

struct terminal_look colors_look(const struct color_rule *rule, int n_colors)
{
	struct terminal_look look = {.fg = -1, .bg = -1, .attributes = rule->attributes};
	gboolean bold = FALSE, ignored = FALSE;

	if (!n_colors)
		return look;
	look.fg = color_number(&rule->fg, n_colors, &bold);
	look.bg = color_number(&rule->bg, n_colors, &ignored);
	if (bold || rule->fg.alert)
		look.attributes |= ATTRIBUTE_BOLD;
	if (rule->fg.alert || rule->bg.alert)
		look.attributes |= ATTRIBUTE_BLINK;
	return look;
}

static gboolean user_look(const struct conf *conf, enum color_object object, int n_colors,
			  struct terminal_look *look)
{
	const struct color_rule *color = n_colors ? conf_color(conf, object) : NULL;
	const struct color_rule *rule = color ? color : conf_mono(conf, object);

	if (rule)
		*look = colors_look(rule, n_colors);
	return rule != NULL;
}

static void apply_defaults(struct paint *paint, const gboolean *set)
{
	struct terminal_look *looks = (struct terminal_look *)(void *)paint->looks->data;

	for (guint i = 0; i < G_N_ELEMENTS(defaults); i++) {
		enum color_object object = defaults[i].object;

		if (set[object])
			continue;
		if (defaults[i].like != object)
			looks[object] = looks[defaults[i].like];
		looks[object].attributes |= defaults[i].attributes;
	}
}

void colors_apply(struct paint *paint, const struct conf *conf)
{
	gboolean set[COLOR_N] = {FALSE};

	g_hash_table_remove_all(paint->rules);
	g_hash_table_remove_all(paint->palette);
	g_array_set_size(paint->looks, 0);
	for (int object = 0; object < COLOR_N; object++) {
		struct terminal_look look = {-1, -1, 0};

		set[object] = user_look(conf, object, paint->n_colors, &look);
		g_array_append_val(paint->looks, look);
	}
	apply_defaults(paint, set);
}
