/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sets of UIDs: a sorted array of ranges with gaps between. */
#include "cur/imap/seqset.h"

#include <string.h>

struct seqset {
	GArray *ranges; /* struct seqset_range */
};

struct seqset *seqset_new(void)
{
	struct seqset *s = g_new0(struct seqset, 1);

	s->ranges = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	return s;
}

void seqset_free(struct seqset *s)
{
	if (!s)
		return;
	g_array_unref(s->ranges);
	g_free(s);
}

static struct seqset_range *range_at(const struct seqset *s, guint i)
{
	return &g_array_index(s->ranges, struct seqset_range, i);
}

/* The first range that ends at `uid` or later; the number of ranges when there is none. */
static guint find(const struct seqset *s, guint32 uid)
{
	guint low = 0, high = s->ranges->len;

	while (low < high) {
		guint mid = low + (high - low) / 2;

		if (range_at(s, mid)->last < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void seqset_add_range(struct seqset *s, guint32 first, guint32 last)
{
	struct seqset_range r = {MAX(MIN(first, last), 1), MAX(first, last)};
	guint from, to;

	if (!r.last)
		return;
	/* Neighbours are joined, so look one further on each side. */
	from = find(s, r.first > 1 ? r.first - 1 : 1);
	for (to = from; to < s->ranges->len; to++) {
		const struct seqset_range *old = range_at(s, to);

		if (r.last != G_MAXUINT32 && old->first > r.last + 1)
			break;
		r.first = MIN(r.first, old->first);
		r.last = MAX(r.last, old->last);
	}
	if (to > from) {
		*range_at(s, from) = r;
		if (to > from + 1)
			g_array_remove_range(s->ranges, from + 1, to - from - 1);
	} else {
		g_array_insert_val(s->ranges, from, r);
	}
}

void seqset_add(struct seqset *s, guint32 uid)
{
	if (uid)
		seqset_add_range(s, uid, uid);
}

gboolean seqset_remove(struct seqset *s, guint32 uid)
{
	guint i = find(s, uid);
	struct seqset_range *r;

	if (!uid || i == s->ranges->len || range_at(s, i)->first > uid)
		return FALSE;
	r = range_at(s, i);
	if (r->first == r->last) {
		g_array_remove_index(s->ranges, i);
	} else if (r->first == uid) {
		r->first++;
	} else if (r->last == uid) {
		r->last--;
	} else {
		struct seqset_range rest = {uid + 1, r->last};

		r->last = uid - 1;
		g_array_insert_val(s->ranges, i + 1, rest);
	}
	return TRUE;
}

gboolean seqset_has(const struct seqset *s, guint32 uid)
{
	guint i = find(s, uid);

	return uid && i < s->ranges->len && range_at(s, i)->first <= uid;
}

gboolean seqset_is_empty(const struct seqset *s)
{
	return s->ranges->len == 0;
}

guint64 seqset_count_ranges(const GArray *ranges)
{
	guint64 n = 0;

	for (guint i = 0; i < ranges->len; i++) {
		const struct seqset_range *r = &g_array_index(ranges, struct seqset_range, i);

		n += (guint64)r->last - r->first + 1;
	}
	return n;
}

guint64 seqset_count(const struct seqset *s)
{
	return seqset_count_ranges(s->ranges);
}

static void append_range(struct seqset *s, guint32 first, guint32 last)
{
	struct seqset_range r = {first, last};

	g_array_append_val(s->ranges, r);
}

struct seqset *seqset_minus(const struct seqset *a, const struct seqset *b)
{
	struct seqset *out = seqset_new();
	guint j = 0;

	for (guint i = 0; i < a->ranges->len; i++) {
		guint64 from = range_at(a, i)->first, last = range_at(a, i)->last;

		while (j < b->ranges->len && range_at(b, j)->last < from)
			j++;
		/* A range of b may reach into the next one of a: j stays. */
		for (; j < b->ranges->len && range_at(b, j)->first <= last; j++) {
			if (range_at(b, j)->first > from)
				append_range(out, (guint32)from, range_at(b, j)->first - 1);
			from = (guint64)range_at(b, j)->last + 1;
			if (from > last)
				break;
		}
		if (from <= last)
			append_range(out, (guint32)from, (guint32)last);
	}
	return out;
}

const struct seqset_range *seqset_ranges(const struct seqset *s, gsize *n)
{
	*n = s->ranges->len;
	return (const struct seqset_range *)(gpointer)s->ranges->data;
}

guint32 seqset_next(const struct seqset *s, guint32 uid)
{
	guint i;

	if (uid == G_MAXUINT32)
		return 0;
	i = find(s, uid + 1);
	return i < s->ranges->len ? MAX(range_at(s, i)->first, uid + 1) : 0;
}

/* A number from 1 to 2^32-1, or '*'. */
static gboolean parse_number(const char **p, const char *end, guint32 *out)
{
	const char *start = *p;
	guint64 n = 0;

	if (start < end && *start == '*') {
		*p = start + 1;
		*out = G_MAXUINT32;
		return TRUE;
	}
	while (*p < end && g_ascii_isdigit(**p) && n <= G_MAXUINT32)
		n = n * 10 + (guint64)(*(*p)++ - '0');
	*out = (guint32)n;
	return *p > start && n && n <= G_MAXUINT32;
}

gboolean seqset_parse_ordered(const char *text, gssize n, GArray *out)
{
	const char *p = text, *end = text + (n < 0 ? strlen(text) : (gsize)n);

	do {
		struct seqset_range r;

		if (!parse_number(&p, end, &r.first))
			return FALSE;
		r.last = r.first;
		if (p < end && *p == ':') {
			p++;
			if (!parse_number(&p, end, &r.last))
				return FALSE;
		}
		if (out->len >= SEQSET_RANGES_MAX)
			return FALSE;
		if (r.first > r.last) {
			guint32 swap = r.first;

			r.first = r.last;
			r.last = swap;
		}
		g_array_append_val(out, r);
	} while (p < end && *p++ == ',');
	return p == end && p[-1] != ',';
}

gboolean seqset_note(GArray *ranges, guint32 first, guint32 last)
{
	struct seqset_range r = {first, last}, *before;

	before = ranges->len ? &g_array_index(ranges, struct seqset_range, ranges->len - 1) : NULL;
	if (before && before->last == first - 1)
		before->last = last;
	else if (ranges->len < SEQSET_RANGES_MAX)
		g_array_append_val(ranges, r);
	else
		return FALSE;
	return TRUE;
}

static gint by_first(gconstpointer a, gconstpointer b)
{
	const struct seqset_range *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

guint32 seqset_at_place(const GArray *ranges, guint64 place)
{
	for (guint i = 0; i < ranges->len; i++) {
		const struct seqset_range *r = &g_array_index(ranges, struct seqset_range, i);
		guint64 n = (guint64)r->last - r->first + 1;

		if (place < n)
			return r->first + (guint32)place;
		place -= n;
	}
	return 0;
}

struct seqset *seqset_of_ranges(GArray *ranges)
{
	struct seqset *s = seqset_new();

	/* In order, so that adding is linear for whatever order the server chose. */
	g_array_sort(ranges, by_first);
	for (guint i = 0; i < ranges->len; i++) {
		const struct seqset_range *r = &g_array_index(ranges, struct seqset_range, i);

		seqset_add_range(s, r->first, r->last);
	}
	return s;
}

struct seqset *seqset_parse(const char *text, gssize n)
{
	g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));

	return seqset_parse_ordered(text, n, ranges) ? seqset_of_ranges(ranges) : NULL;
}

static void format_number(GString *out, guint32 n)
{
	if (n == G_MAXUINT32)
		g_string_append_c(out, '*');
	else
		g_string_append_printf(out, "%u", n);
}

char *seqset_format_part(const struct seqset *s, gsize *at, gsize max_bytes)
{
	GString *out = g_string_new(NULL);

	for (; *at < s->ranges->len && (!out->len || out->len < max_bytes); (*at)++) {
		const struct seqset_range *r = range_at(s, (guint)*at);

		if (out->len)
			g_string_append_c(out, ',');
		format_number(out, r->first);
		if (r->last != r->first) {
			g_string_append_c(out, ':');
			format_number(out, r->last);
		}
	}
	return g_string_free(out, FALSE);
}
