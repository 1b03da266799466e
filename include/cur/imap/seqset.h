/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sets of UIDs as ranges (RFC 9051, sequence-set). A server may name 1:4294967295 in
 * a dozen bytes, so ranges are never expanded: intersect with what is known.
 */
#ifndef CUR_IMAP_SEQSET_H
#define CUR_IMAP_SEQSET_H

#include <glib.h>

#include "cur/base/auto.h"

struct seqset_range {
	guint32 first, last; /* first <= last, never 0 */
};

struct seqset; /* sorted, no overlaps, neighbours joined */

enum { SEQSET_RANGES_MAX = 1000000 };

struct seqset *seqset_new(void);
void seqset_free(struct seqset *s);
DEFINE_AUTO(seqset, seqset_free)

/* "1:5,7,9:*" ('*' is G_MAXUINT32; "5:3" is 3:5). NULL for anything else. n of -1: to the NUL. */
struct seqset *seqset_parse(const char *text, gssize n);
/* The same in the order written, doubles kept: COPYUID pairs. `out` is an array of struct
 * seqset_range. */
gboolean seqset_parse_ordered(const char *text, gssize n, GArray *out);
/* How many numbers such ranges name, those named twice counted twice. */
guint64 seqset_count_ranges(const GArray *ranges);
/* The number at a place of such ranges, from 0 on; 0 when there are not so many. */
guint32 seqset_at_place(const GArray *ranges, guint64 place);
/*
 * Put a range (not 0) behind the others, or make it one with the last. FALSE: there are
 * SEQSET_RANGES_MAX already.
 */
gboolean seqset_note(GArray *ranges, guint32 first, guint32 last);
/* The set of such ranges, which are sorted for it. Yours. */
struct seqset *seqset_of_ranges(GArray *ranges);
/*
 * The ranges from number *at on (start with 0) as far as they fit in about max_bytes, at least
 * one; *at moves on. "" at the end. For commands, whose lines have a limit. Yours.
 */
char *seqset_format_part(const struct seqset *s, gsize *at, gsize max_bytes);

/* 0 is no UID and never in a set. */
void seqset_add(struct seqset *s, guint32 uid);
void seqset_add_range(struct seqset *s, guint32 first, guint32 last);
/* FALSE: it was not there. */
gboolean seqset_remove(struct seqset *s, guint32 uid);
gboolean seqset_has(const struct seqset *s, guint32 uid);
gboolean seqset_is_empty(const struct seqset *s);
guint64 seqset_count(const struct seqset *s);

/* What is in a and not in b; linear in their ranges. Yours. */
struct seqset *seqset_minus(const struct seqset *a, const struct seqset *b);

/* The ranges, ascending; borrowed until the set changes. */
const struct seqset_range *seqset_ranges(const struct seqset *s, gsize *n);

/*
 * The next UID after `uid` in the set (0: the first); 0 at the end. For sets
 * built from what is known, never for a server's.
 */
guint32 seqset_next(const struct seqset *s, guint32 uid);

#endif
