/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Colours that a text brings along (ECMA-48 8.3.117, SGR). Sequences that set
 * colours and attributes become spans; every other one stays a text, which the
 * screen shows as it shows all control characters.
 */
#include "cur/mail/rich.h"

#include <string.h>

enum {
	PARAMETERS_MAX = 16, /* of one sequence; no honest one has more */
	PALETTE_BRIGHT = 8,
};

/* ---- one sequence -------------------------------------------------------------- */

/* "ESC [ 1 ; 38 ; 5 ; 208 m": its numbers and the end; NULL when it is another one. */
static const char *read_sequence(const char *p, const char *end, guint numbers[PARAMETERS_MAX],
				 guint *n)
{
	*n = 0;
	if (end - p < 3 || p[1] != '[')
		return NULL;
	numbers[0] = 0;
	for (p += 2; p < end; p++) {
		if (*p == 'm') {
			++*n;
			return p + 1;
		}
		if (*p == ';' || *p == ':') {
			if (++*n == PARAMETERS_MAX)
				return NULL;
			numbers[*n] = 0;
		} else if (g_ascii_isdigit(*p) && numbers[*n] < 1000) {
			numbers[*n] = numbers[*n] * 10 + (guint)(*p - '0');
		} else {
			return NULL;
		}
	}
	return NULL;
}

/* ---- what it says ------------------------------------------------------------------ */

static guint32 with_foreground(guint32 style, int color)
{
	return (style & ~RICH_FOREGROUND(RICH_COLOR_MASK)) | RICH_FOREGROUND((guint32)color + 1);
}

static guint32 with_background(guint32 style, int color)
{
	return (style & ~RICH_BACKGROUND(RICH_COLOR_MASK)) | RICH_BACKGROUND((guint32)color + 1);
}

/* A channel as one of the six steps of the palette's cube. */
static int cube_step(guint value)
{
	return value < 48 ? 0 : value < 115 ? 1 : (int)(MIN(value, 255u) - 35) / 40;
}

/*
 * Behind 38 and 48: "5;N" or "2;R;G;B". Returns the colour of the palette, -1 when it is none;
 * *used is how many numbers it took.
 */
static int extended_color(const guint *numbers, guint n, guint *used)
{
	*used = n;
	if (n >= 2 && numbers[0] == 5) {
		*used = 2;
		return numbers[1] < 256 ? (int)numbers[1] : -1;
	}
	if (n < 4 || numbers[0] != 2)
		return -1;
	*used = 4;
	return 16 + 36 * cube_step(numbers[1]) + 6 * cube_step(numbers[2]) + cube_step(numbers[3]);
}

static guint32 with_attribute(guint32 style, guint number)
{
	static const struct {
		guint number;
		guint32 sets, clears;
	} attributes[] = {
	    {0, 0, G_MAXUINT32},
	    {1, RICH_BOLD, 0},
	    {3, RICH_ITALIC, 0},
	    {4, RICH_UNDERLINE, 0},
	    {7, RICH_REVERSE, 0},
	    {22, 0, RICH_BOLD},
	    {23, 0, RICH_ITALIC},
	    {24, 0, RICH_UNDERLINE},
	    {27, 0, RICH_REVERSE},
	    {39, 0, RICH_FOREGROUND(RICH_COLOR_MASK)},
	    {49, 0, RICH_BACKGROUND(RICH_COLOR_MASK)},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(attributes); i++)
		if (attributes[i].number == number)
			return (style & ~attributes[i].clears) | attributes[i].sets;
	return style;
}

static guint32 apply(guint32 style, const guint *numbers, guint n)
{
	for (guint i = 0; i < n; i++) {
		guint number = numbers[i], used = 0;
		int color;

		if (number >= 30 && number <= 37) {
			style = with_foreground(style, (int)number - 30);
		} else if (number >= 40 && number <= 47) {
			style = with_background(style, (int)number - 40);
		} else if (number >= 90 && number <= 97) {
			style = with_foreground(style, (int)number - 90 + PALETTE_BRIGHT);
		} else if (number >= 100 && number <= 107) {
			style = with_background(style, (int)number - 100 + PALETTE_BRIGHT);
		} else if (number == 38 || number == 48) {
			color = extended_color(numbers + i + 1, n - i - 1, &used);
			if (color >= 0)
				style = number == 38 ? with_foreground(style, color)
						     : with_background(style, color);
			i += used;
		} else {
			style = with_attribute(style, number);
		}
	}
	return style;
}

struct rich *rich_from_ansi(const char *text, gsize n)
{
	struct rich *r = rich_new();
	const char *end = text + n, *at = text;
	guint32 style = 0;

	while (at < end) {
		const char *escape = memchr(at, '\033', (gsize)(end - at));
		const char *stop = escape ? escape : end, *next;
		guint numbers[PARAMETERS_MAX], n_numbers;

		rich_append(r, at, (gsize)(stop - at), style);
		if (!escape)
			break;
		next = read_sequence(escape, end, numbers, &n_numbers);
		if (next)
			style = apply(style, numbers, n_numbers);
		else
			rich_append(r, escape, 1, style);
		at = next ? next : escape + 1;
	}
	return r;
}
