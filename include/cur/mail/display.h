/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message as the pager shows it: logical lines with a kind and spans, made
 * part by part as they are asked for. A part that is not shown is never
 * decoded. Text is valid UTF-8 but not yet safe for a terminal: the painter
 * filters and wraps.
 */
#ifndef CUR_MAIL_DISPLAY_H
#define CUR_MAIL_DISPLAY_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/message.h"
#include "cur/mail/rich.h"

struct regex;

enum display_kind {
	DISPLAY_HEADER,	 /* name_n bytes are the field's name with its colon */
	DISPLAY_BLANK,	 /* between header and body, around markers */
	DISPLAY_MARKER,	 /* [-- Attachment #2: name --] */
	DISPLAY_ERROR,	 /* [-- … could not be … --] */
	DISPLAY_VERDICT, /* what is known of a signature */
	DISPLAY_BODY,
	DISPLAY_QUOTED,	  /* quote_level says how deep, from 1 */
	DISPLAY_SIGNATURE /* "-- " and what follows in its part */
};

struct display_line {
	const char *text; /* NUL-terminated, no line end */
	gsize n;
	enum display_kind kind;
	guint quote_level;
	gsize name_n;
	const struct part *part;       /* the part it comes from */
	const struct rich_span *spans; /* offsets within text */
	guint n_spans;
	gboolean wrapped; /* by a program that knew the width: $wrap is not for it */
	gboolean flowed;  /* a whole paragraph: wrap at $reflow_wrap, not where it was broken */
};

/*
 * Text for a part that a program shows ($auto_view); NULL: it could not. Yours. *wrapped (FALSE at
 * first): its lines are as long as they should be.
 */
typedef char *(*display_autoview_fn)(struct part *p, gboolean *wrapped, void *data);

/* What is shown of a multipart/alternative ($show_multipart_alternative). */
enum display_alternatives {
	ALTERNATIVES_ONE,  /* the best */
	ALTERNATIVES_TOLD, /* and a line for each there is */
	ALTERNATIVES_ALL
};

/* All may be NULL or FALSE. Borrowed for the life of the display. */
struct display_options {
	gboolean weed;		   /* $weed: leave ignored headers out */
	gboolean raw_headers;	   /* as written, not decoded */
	const char *const *ignore; /* `ignore`: prefixes of names, "*" all */
	const char *const *unignore;
	gboolean (*is_ignored)(const char *name, void *data); /* instead of the two lists */
	const char *const *hdr_order;	      /* prefixes; these first, in this order */
	const char *const *alternative_order; /* types in order of liking, "text" or "text/plain" */
	enum display_alternatives alternatives;
	const char *const *languages;	/* of a multipart/multilingual, best first; NULL: all */
	const char *const *mime_inline; /* types shown though not text: "message/delivery-status" */
	const char *const *assumed_charset;
	const struct regex *quote_regexp;
	const struct regex *smileys;
	gboolean honor_disposition; /* "attachment" is not shown inline */
	gboolean reflow_text;	    /* decode format=flowed */
	gboolean space_quotes;	    /* $reflow_space_quotes */
	gboolean allow_ansi;	    /* colours of the text become spans */
	gboolean first_part_only;   /* $include_onlyfirst: for quoting in a reply */
	gboolean no_headers;	    /* body alone */
	gboolean no_markers;	    /* no [-- … --] lines */
	/* What signed and encrypted parts gave: struct part * to what mail/opened.h describes. */
	GHashTable *opened;
	gboolean omit_secret_parts; /* for quoting: nothing of what was encrypted in part */
	gboolean weed_protected;    /* $crypt_protected_headers_weed */
	guint width;		    /* for HTML tables; 0: 80 */
	/* Is this type in $auto_view (or is $implicit_autoview on)? Called before `autoview`. */
	gboolean (*wants_autoview)(struct part *p, void *data);
	display_autoview_fn autoview;
	void *data;
};

struct display;

/* The message must outlive the display. */
struct display *display_new(struct message *m, const struct display_options *options);
/* One part alone (view-text in the attachment menu). */
struct display *display_new_part(struct part *p, const struct display_options *options);
/*
 * Text that is finished ($display_filter gave it): the header is what stands before the first
 * empty line, the rest is body, quotes and signature.
 */
struct display *display_new_text(const char *text, const struct display_options *options);
void display_free(struct display *d);
DEFINE_AUTO(display, display_free)

/*
 * Line `i`, made now if need be; FALSE past the end. The strings live until the
 * display is freed.
 */
gboolean display_line(struct display *d, guint i, struct display_line *out);
/* Lines known so far, and whether that is all of them. */
guint display_known(const struct display *d, gboolean *complete);
/* All lines: their number. */
guint display_n_lines(struct display *d);
/* Everything as one text with LF (pipe-decode, print-decode, quoting in a reply). Yours. */
char *display_to_text(struct display *d);

#endif
