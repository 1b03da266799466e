/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of keys. */
#include "cur/conf/keys.h"

#include <string.h>

#include "cur/base/error.h"

/* clang-format off */
/* The first name of a key is the one that is shown. */
static const struct {
	int key;
	const char *name;
} names[] = {
    {KEYCODE_UP, "Up"},
    {KEYCODE_DOWN, "Down"},
    {KEYCODE_LEFT, "Left"},
    {KEYCODE_RIGHT, "Right"},
    {KEYCODE_HOME, "Home"},
    {KEYCODE_END, "End"},
    {KEYCODE_PAGE_UP, "PageUp"},
    {KEYCODE_PAGE_DOWN, "PageDown"},
    {KEYCODE_INSERT, "Insert"},
    {KEYCODE_DELETE, "Delete"},
    {KEYCODE_BACKSPACE, "BackSpace"},
    {KEYCODE_BACKTAB, "BackTab"},
    {KEYCODE_KEYPAD_ENTER, "KeypadEnter"},
    {KEYCODE_NEXT, "Next"},
    {KEYCODE_PREV, "Prev"},
    {KEYCODE_ENTER, "Enter"},
    {KEYCODE_RETURN, "Return"},
    {KEYCODE_ESC, "Esc"},
    {KEYCODE_ESC, "Escape"},
    {KEYCODE_TAB, "Tab"},
    {KEYCODE_SPACE, "Space"},
};

static const struct {
	int bit;
	char letter;
} modifiers[] = {{KEYCODE_CTRL, 'C'}, {KEYCODE_SHIFT, 'S'}, {KEYCODE_ALT, 'A'}};
/* clang-format on */

static int plain_key(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (!g_ascii_strcasecmp(name, names[i].name))
			return names[i].key;
	return -1;
}

static gboolean takes_modifier(int key)
{
	return (key >= KEYCODE_UP && key <= KEYCODE_END) || key == KEYCODE_NEXT ||
	       key == KEYCODE_PREV;
}

static int modified_key(const char *name)
{
	int key = name[0] && name[1] == '-' ? plain_key(name + 2) : -1;

	for (guint i = 0; takes_modifier(key) && i < G_N_ELEMENTS(modifiers); i++)
		if (g_ascii_toupper(name[0]) == modifiers[i].letter)
			return key + modifiers[i].bit;
	return -1;
}

static int function_key(const char *name)
{
	gint64 n;

	if (g_ascii_toupper(name[0]) != 'F' ||
	    !g_ascii_string_to_signed(name + 1, 10, 0, 63, &n, NULL))
		return -1;
	return KEYCODE_F0 + n;
}

static int octal_key(const char *name)
{
	gsize n = strlen(name);

	if (n < 1 || n > 4 || strspn(name, "01234567") != n)
		return -1;
	return g_ascii_strtoll(name, NULL, 8);
}

/* The key of "<name>" at `p`; -1 when it is none. *n is the length with its brackets. */
static int bracket_key(const char *p, gsize *n, char **name)
{
	const char *end = *p == '<' ? strchr(p, '>') : NULL;
	g_autofree char *inner = NULL;
	int key;

	if (!end || end - p > 64)
		return -1;
	inner = g_strndup(p + 1, end - p - 1);
	*n = end - p + 1;
	key = plain_key(inner);
	if (key < 0)
		key = modified_key(inner);
	if (key < 0)
		key = function_key(inner);
	if (key < 0)
		key = octal_key(inner);
	if (name)
		*name = g_steal_pointer(&inner);
	return key;
}

static int character(const char *p, gsize *n)
{
	gunichar c = g_utf8_get_char_validated(p, -1);

	if (c == (gunichar)-1 || c == (gunichar)-2) {
		*n = 1;
		return (guchar)*p;
	}
	*n = (gsize)(g_utf8_next_char(p) - p);
	return c;
}

guint keys_parse(const char *text, int keys[KEYS_MAX], GError **error)
{
	guint n_keys = 0;
	gsize n;

	for (const char *p = text; *p; p += n) {
		int key = bracket_key(p, &n, NULL);

		if (key < 0)
			key = character(p, &n);
		if (n_keys < KEYS_MAX)
			keys[n_keys] = key;
		n_keys++;
	}
	if (n_keys == 0)
		error_set(error, CUR_ERROR_USAGE, "no key");
	return n_keys;
}

char *keys_odd_name(const char *text)
{
	gsize n;

	for (const char *p = text; *p; p += n) {
		g_autofree char *name = NULL;

		if (bracket_key(p, &n, &name) < 0) {
			if (name && *name)
				return g_strdup_printf("<%s>", name);
			character(p, &n);
		}
	}
	return NULL;
}

void keys_parse_sequence(const char *text, GArray *codes)
{
	gsize n;

	for (const char *p = text; *p; p += n) {
		g_autofree char *name = NULL;
		g_autofree char *folded = NULL;
		int key = bracket_key(p, &n, &name);
		enum function fn = FN_N;

		if (key < 0 && name) {
			folded = g_ascii_strdown(name, -1);
			fn = function_find(folded);
		}
		if (key < 0)
			key = fn != FN_N ? KEYCODE_FUNCTION + (int)fn : character(p, &n);
		g_array_append_val(codes, key);
	}
}

static char *control_name(int key)
{
	return key == 0x7f ? g_strdup("^?") : g_strdup_printf("^%c", key + '@');
}

static char *character_name(gunichar c)
{
	char *name = g_malloc0(8);

	g_unichar_to_utf8(c, name);
	return name;
}

char *key_name(int key)
{
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		if (names[i].key == key)
			return g_strdup_printf("<%s>", names[i].name);
	if (key >= KEYCODE_FUNCTION && key < KEYCODE_FUNCTION + FN_N)
		return g_strdup_printf("<%s>", function_name(key - KEYCODE_FUNCTION));
	for (guint i = 0; i < G_N_ELEMENTS(modifiers); i++)
		if (key >= KEYCODE_FIRST + modifiers[i].bit &&
		    takes_modifier(key - modifiers[i].bit)) {
			g_autofree char *plain = key_name(key - modifiers[i].bit);

			return g_strdup_printf("<%c-%s", modifiers[i].letter, plain + 1);
		}
	if (key >= KEYCODE_F0)
		return g_strdup_printf("<F%d>", key - KEYCODE_F0);
	if (key < 0x20 || key == 0x7f)
		return control_name(key);
	return character_name(key);
}

char *keys_name(const int *keys, guint n)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < n; i++) {
		g_autofree char *name = key_name(keys[i]);

		g_string_append(out, name);
	}
	return g_string_free(out, FALSE);
}
