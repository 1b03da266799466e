/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys as numbers, independent of any screen library: a Unicode character, or a
 * KEYCODE_ above all of them. Meta is the key KEYCODE_ESC before the other.
 */
#ifndef CUR_CONF_KEYS_H
#define CUR_CONF_KEYS_H

#include <glib.h>

#include "cur/conf/names.h"

enum keycode {
	KEYCODE_TAB = 9,
	KEYCODE_ENTER = 10, /* line feed, <Enter> */
	KEYCODE_RETURN = 13,
	KEYCODE_ESC = 27,
	KEYCODE_SPACE = 32,

	KEYCODE_FIRST = 0x110000,
	KEYCODE_UP = KEYCODE_FIRST,
	KEYCODE_DOWN,
	KEYCODE_LEFT,
	KEYCODE_RIGHT,
	KEYCODE_HOME,
	KEYCODE_END,
	KEYCODE_PAGE_UP,
	KEYCODE_PAGE_DOWN,
	KEYCODE_INSERT,
	KEYCODE_DELETE,
	KEYCODE_BACKSPACE,
	KEYCODE_BACKTAB,
	KEYCODE_KEYPAD_ENTER,
	KEYCODE_NEXT,
	KEYCODE_PREV,
	KEYCODE_F0 = KEYCODE_FIRST + 0x100, /* F1 is KEYCODE_F0 + 1 … F63 */

	/* added to UP DOWN LEFT RIGHT HOME END NEXT PREV, each alone */
	KEYCODE_SHIFT = 0x1000,
	KEYCODE_CTRL = 0x2000,
	KEYCODE_ALT = 0x4000,

	/* in a typed sequence only: KEYCODE_FUNCTION + enum function */
	KEYCODE_FUNCTION = 0x200000,
};

enum { KEYS_MAX = 8 };

/*
 * KEYS of `bind` (after the word was taken): the first KEYS_MAX codes into `keys`; returns how
 * many there are, which may be more, or 0 with USAGE.
 */
guint keys_parse(const char *text, int keys[KEYS_MAX], GError **error);
/* The first "<…>" of it that names no key and is taken letter by letter. Yours; NULL for none. */
char *keys_odd_name(const char *text);

/*
 * A macro's SEQUENCE or the text of `push`: keys, and <function-name>
 * as KEYCODE_FUNCTION + id. Appends ints to `codes`.
 */
void keys_parse_sequence(const char *text, GArray *codes);

/* As help shows a key: "<PageUp>", "^X", "q", "<Esc>". Yours. */
char *key_name(int key);
/* All of a sequence, without anything between: "<Esc>v", "gg". Yours. */
char *keys_name(const int *keys, guint n);

#endif
