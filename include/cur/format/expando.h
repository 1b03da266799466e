/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Formats: "%4C %Z %-15.15L (%?l?%4l&%4c?) %s". A format is compiled once and
 * rendered for every row; the values come from a source, one per domain (of-index.h,
 * of-status.h …). Everything is counted in screen columns.
 */
#ifndef CUR_FORMAT_EXPANDO_H
#define CUR_FORMAT_EXPANDO_H

#include <glib.h>

#include "cur/base/auto.h"

/* The domains of expandos.def. */
enum expando_domain {
	EXPANDO_ALIAS,
	EXPANDO_ATTACH,
	EXPANDO_AUTOCRYPT_ACCT,
	EXPANDO_BACKGROUND,
	EXPANDO_COMPOSE,
	EXPANDO_COMPRESS_HOOK,
	EXPANDO_FOLDER,
	EXPANDO_GREETING,
	EXPANDO_GROUP_INDEX,
	EXPANDO_HISTORY,
	EXPANDO_INDEX,
	EXPANDO_MESSAGE_ID,
	EXPANDO_MIX_ENTRY,
	EXPANDO_NEWSRC,
	EXPANDO_PATTERN,
	EXPANDO_PGP_COMMAND,
	EXPANDO_PGP_ENTRY,
	EXPANDO_QUERY,
	EXPANDO_SIDEBAR,
	EXPANDO_SMIME_COMMAND,
	EXPANDO_STATUS,
};

/* One number for each row of the table: EXPANDO_INDEX_SUBJECT … */
enum expando_id {
#define EXPANDO(DOMAIN, letters, ID, name, origin, state, help) EXPANDO_##DOMAIN##_##ID,
#include "cur/expandos.def"
#undef EXPANDO
	EXPANDO_N_IDS,
	/* In spans only: what no row of the table names. */
	EXPANDO_SPAN_DATE = EXPANDO_N_IDS, /* any date in brackets */
	EXPANDO_SPAN_TREE,		   /* the cells of the thread tree in %s */
	EXPANDO_SPAN_HOOK		   /* %@name@ */
};

/*
 * What a source answers. Set text (borrowed until the next call, any length, not
 * yet safe for a terminal) or number. `truth` decides %?X?: preset to -1, which
 * means "number is not 0, text is not empty".
 */
struct expando_value {
	const char *text; /* NULL: a number */
	gint64 number;
	int truth;
	guint tree_bytes; /* the first so many bytes of text are tree cells */
};

struct expando_source {
	/* Fill *value; `scratch` is an empty string to build a text in. */
	void (*value)(enum expando_id id, struct expando_value *value, GString *scratch,
		      const void *data);
	/*
	 * The time behind a date: `kind` is the bracket '{' '[' '(' or '<'. Seconds, and
	 * the zone to show it in (minutes east, G_MININT: the local one). FALSE: none.
	 */
	gboolean (*date)(char kind, gint64 *seconds, int *zone_minutes, const void *data);
	/* %@name@: the format of that name, compiled; borrowed. NULL: none. */
	const struct expando *(*hook)(const char *name, const void *data);
	const void *data;
};

struct expando;

/*
 * Compile for a domain. Never fails: what is wrong is shown as it stands, as mutt
 * does; `error` (may be NULL) then tells the first complaint with its column.
 */
struct expando *expando_compile(enum expando_domain domain, const char *format, GError **error);
void expando_free(struct expando *expando);
DEFINE_AUTO(expando, expando_free)

/* A stretch of the result that one expando gave. */
struct expando_span {
	guint16 id; /* enum expando_id */
	guint16 col, cols;
	guint32 start, end; /* bytes */
};

struct expando_line {
	GString *text; /* UTF-8, safe for a terminal, no line break */
	GArray *spans; /* struct expando_span in order; NULL: not wanted */
	int cols;      /* width of text */
};
void expando_line_init(struct expando_line *line, gboolean want_spans);
void expando_line_clear(struct expando_line *line);
/* A text that no expando gave; it is safe for a terminal. */
void expando_line_set(struct expando_line *line, const char *text);

/* Render into `line`, replacing what is there. At most `cols` columns; paddings fill up to it. */
void expando_render(const struct expando *expando, int cols, const struct expando_source *source,
		    struct expando_line *line);
/* The same as a string of your own, spans not kept. cols < 0: no limit. */
char *expando_text(const struct expando *expando, int cols, const struct expando_source *source);

/*
 * A format that ends in a bar is a shell command whose first line of output is shown. Rendered, it
 * is the text of the command; what expandos give is quoted for the shell in expando_command().
 * Yours.
 */
gboolean expando_is_command(const struct expando *expando);
char *expando_command(const struct expando *expando, const struct expando_source *source);
enum expando_domain expando_domain(const struct expando *expando);

/* TRUE when the expando stands somewhere in the format: callers skip costly facts. */
gboolean expando_uses(const struct expando *expando, enum expando_id id);
/* Its %@name@ may stand for this format: what that uses, it uses. */
void expando_include(struct expando *expando, const struct expando *named);

struct settings;
/* $size_show_bytes and its like as flags of text_human_size(), for the size_style of the sources.
 */
unsigned expando_size_style(const struct settings *s);

#endif
