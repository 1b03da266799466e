/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RFC 4648 4, forgiving (RFC 2045 6.8 wants foreign characters ignored). */
#include "base64.h"

/* Value + 1 of a character; 0: none of the alphabet. */
static const guint8 values[256] = {
    ['A'] = 1,	['B'] = 2,  ['C'] = 3,	['D'] = 4,  ['E'] = 5,	['F'] = 6,  ['G'] = 7,	['H'] = 8,
    ['I'] = 9,	['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};

gsize base64_end(struct base64 *b, char *out)
{
	gsize n = b->n > 1 ? b->n - 1 : 0;
	if (n)
		out[0] = (char)(b->bits >> (b->n * 6 - 8));
	if (n > 1)
		out[1] = (char)(b->bits >> 2);
	b->damaged = b->damaged || b->n == 1;
	b->bits = b->n = 0;
	return n;
}

gsize base64_step(struct base64 *b, const char *in, gsize n, char *out)
{
	char *to = out;
	for (gsize i = 0; i < n; i++) {
		guint8 value = values[(guchar)in[i]];
		if (in[i] == '=')
			to += base64_end(b, to);
		if (!value) {
			b->damaged = b->damaged || ((guchar)in[i] > ' ' && in[i] != '=');
			continue;
		}
		b->bits = b->bits << 6 | (guint32)(value - 1);
		if (++b->n < 4)
			continue;
		*to++ = (char)(b->bits >> 16);
		*to++ = (char)(b->bits >> 8);
		*to++ = (char)b->bits;
		b->bits = b->n = 0;
	}
	return (gsize)(to - out);
}
