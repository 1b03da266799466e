/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maildir file names: made, taken apart, put together. No file is touched. */
#include "maildir-dir.h"

#include <string.h>
#include <unistd.h>

#include "cur/mail/flags.h"

#define INFO ":2,"

/* Our host in a name: what would end or split the name is replaced. */
static const char *host_name(void)
{
	static gsize once;
	static char host[64];

	if (g_once_init_enter(&once)) {
		if (gethostname(host, sizeof host - 1) < 0 || !host[0])
			strcpy(host, "localhost");
		for (char *p = host; *p; p++)
			if (!g_ascii_isalnum(*p) && *p != '-' && *p != '.')
				*p = '_';
		g_once_init_leave(&once, 1);
	}
	return host;
}

/* Time, pid and counter are the custom; the random part is what makes it unique. */
char *maildir_name_new(guint32 uid)
{
	static gint counter;
	gint64 now_us = g_get_real_time();
	GString *name = g_string_new(NULL);

	g_string_printf(name, "%" G_GINT64_FORMAT ".M%dP%dQ%dR%08x%08x.%s", now_us / G_USEC_PER_SEC,
			(int)(now_us % G_USEC_PER_SEC), (int)getpid(),
			g_atomic_int_add(&counter, 1), g_random_int(), g_random_int(), host_name());
	if (uid)
		g_string_append_printf(name, ",U=%u", uid);
	return g_string_free(name, FALSE);
}

char *maildir_name_base(const char *file, const char **rest)
{
	const char *info = strstr(file, INFO);

	if (rest)
		*rest = info ? info + strlen(INFO) : "";
	return info ? g_strndup(file, info - file) : g_strdup(file);
}

static mark_t keyword_bit(char letter)
{
	if (letter < 'a' || letter >= 'a' + KEYWORDS_MAX)
		return 0;
	return (mark_t)1 << (KEYWORD_SHIFT + letter - 'a');
}

mark_t maildir_name_mark(const char *file, gboolean in_new)
{
	const char *info = strstr(file, INFO);
	mark_t mark = in_new ? MARK_NEW : 0;

	if (!info)
		return mark;
	mark |= flags_split(info + strlen(INFO), NULL);
	for (const char *p = info + strlen(INFO); *p; p++)
		mark |= keyword_bit(*p);
	return mark;
}

char *maildir_name_join(const char *base, mark_t mark, const char *letters)
{
	g_autoptr(GString) rest = g_string_new(NULL);
	g_autoptr(GString) foreign = g_string_new(NULL);
	g_autofree char *joined = NULL;

	for (int k = 0; k < KEYWORDS_MAX; k++)
		if (mark & keyword_bit('a' + k))
			g_string_append_c(rest, 'a' + k);
	flags_split(letters ? letters : "", foreign);
	for (const char *p = foreign->str; *p; p++)
		if (!keyword_bit(*p))
			g_string_append_c(rest, *p);
	if ((mark & MARK_NEW) && !(mark & FLAG_ALL) && !rest->len)
		return g_strdup(base);
	joined = flags_join(mark & FLAG_ALL, rest->str);
	return g_strconcat(base, INFO, joined, NULL);
}

/* The ",U=" field of a base name of n bytes, NULL when there is none; *end: behind its digits. */
static const char *uid_field(const char *name, gsize n, const char **end)
{
	for (gsize i = 0; i + 3 < n; i++) {
		gsize at = i + 3;

		if (memcmp(name + i, ",U=", 3) != 0)
			continue;
		while (at < n && g_ascii_isdigit(name[at]))
			at++;
		if (at == i + 3 || (at < n && name[at] != ','))
			continue;
		*end = name + at;
		return name + i;
	}
	return NULL;
}

guint32 maildir_name_uid(const char *name)
{
	const char *info = strstr(name, INFO);
	const char *end;
	const char *field = uid_field(name, info ? (gsize)(info - name) : strlen(name), &end);
	guint64 uid;

	/* Eleven digits are too many already, and cannot overflow. */
	if (!field || end - field > 3 + 10)
		return 0;
	uid = g_ascii_strtoull(field + 3, NULL, 10);
	return uid <= G_MAXUINT32 ? (guint32)uid : 0;
}

/* `base` with another number in ",U=", or none for 0. */
char *maildir_name_with_uid(const char *base, guint32 uid)
{
	const char *end = base + strlen(base);
	const char *field = uid_field(base, strlen(base), &end);
	GString *name = g_string_new_len(base, (field ? field : end) - base);

	if (field)
		g_string_append(name, end);
	if (uid)
		g_string_append_printf(name, ",U=%u", uid);
	return g_string_free(name, FALSE);
}
