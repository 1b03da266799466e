/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `Name <a@b>, "B, C" <c@d>, group: e@f;` taken apart in one pass. */
#include "cur/mail/address-iter.h"

#include <string.h>

void address_iter_init(struct address_iter *it, const char *list)
{
	*it = (struct address_iter){.next_ = list};
}

static const char *skip_quoted(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		at += *at == '\\' && at[1];
	return *at ? at + 1 : at;
}

/* The end of the address at `at`; *angle gets where its last '<' outside quotes stands. */
static const char *find_end(const char *at, const char **angle)
{
	gboolean inside = FALSE;

	*angle = NULL;
	while (*at && (inside || (*at != ',' && *at != ';'))) {
		if (*at == '"') {
			at = skip_quoted(at);
			continue;
		}
		if (*at == '<') {
			*angle = at;
			inside = TRUE;
		} else if (*at == '>') {
			inside = FALSE;
		}
		at++;
	}
	return at;
}

static void trim(const char **start, gsize *n)
{
	while (*n > 0 && (**start == ' ' || **start == '\t')) {
		++*start;
		--*n;
	}
	while (*n > 0 && ((*start)[*n - 1] == ' ' || (*start)[*n - 1] == '\t'))
		--*n;
}

/* "name:" of a group in front of its first member is no part of the address. */
static const char *skip_group_name(const char *at, const char *end)
{
	const char *p = at;

	while (p < end && *p != ':' && *p != '<' && *p != '@')
		p = *p == '"' ? skip_quoted(p) : p + 1;
	return p < end && *p == ':' ? p + 1 : at;
}

static void split(struct address_iter *it, const char *start, const char *end, const char *angle)
{
	if (!angle) {
		it->name = start;
		it->name_n = 0;
		it->spec = start;
		it->spec_n = (gsize)(end - start);
	} else {
		const char *close = memchr(angle, '>', (gsize)(end - angle));

		it->name = start;
		it->name_n = (gsize)(angle - start);
		it->spec = angle + 1;
		it->spec_n = (gsize)((close ? close : end) - it->spec);
	}
	trim(&it->name, &it->name_n);
	trim(&it->spec, &it->spec_n);
	if (it->name_n >= 2 && it->name[0] == '"' && it->name[it->name_n - 1] == '"') {
		it->name++;
		it->name_n -= 2;
	}
}

gboolean address_iter_next(struct address_iter *it)
{
	while (*it->next_) {
		const char *start = it->next_;
		const char *angle;
		const char *end = find_end(start, &angle);

		it->next_ = *end ? end + 1 : end;
		start = skip_group_name(start, end);
		split(it, start, end, angle);
		if (it->spec_n > 0 || it->name_n > 0)
			return TRUE;
	}
	return FALSE;
}
