/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The strings of a cached message: NUL-separated in one text, and back. */
#include "cur/mail/row.h"

#include <string.h>

void envelope_init(struct envelope *env, const char *text, gsize n)
{
	gsize at = 0;
	for (int i = 0; i < ENV_N_FIELDS; i++) {
		const char *end = at < n ? memchr(text + at, '\0', n - at) : NULL;
		env->field[i] = end ? text + at : "";
		at = end ? (gsize)(end - text) + 1 : n;
	}
}

char *envelope_pack(const char *const fields[ENV_N_FIELDS], gsize *n)
{
	gsize length[ENV_N_FIELDS], total = 0;
	for (int i = 0; i < ENV_N_FIELDS; i++) {
		length[i] = fields[i] ? strlen(fields[i]) : 0;
		total += length[i] + 1;
	}
	char *text = g_malloc(total), *p = text;
	for (int i = 0; i < ENV_N_FIELDS; i++) {
		if (length[i])
			memcpy(p, fields[i], length[i]);
		p += length[i];
		*p++ = '\0';
	}
	*n = total;
	return text;
}
