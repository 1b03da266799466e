/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Addresses of header fields (RFC 5322 3.4, and what people write instead).
 * A list is a GPtrArray of struct address that frees its items.
 */
#ifndef CUR_MAIL_ADDRESS_H
#define CUR_MAIL_ADDRESS_H

#include <glib.h>

#include "cur/base/auto.h"

enum address_kind {
	ADDRESS_MAILBOX,     /* someone */
	ADDRESS_GROUP_BEGIN, /* "name:" of a group; name is set, the rest is "" */
	ADDRESS_GROUP_END    /* its ";" */
};

/* Strings are never NULL; what is absent is "". */
struct address {
	enum address_kind kind;
	char *name;  /* display name or comment, decoded UTF-8, no control characters */
	char *local; /* left of the @, unquoted */
	char *host;  /* right of it as written (maybe punycode, maybe UTF-8); "" for a bare name */
};

enum {
	ADDRESS_COUNT_MAX = 100000,   /* further addresses of one field are not read */
	ADDRESS_FIELD_MAX = 32 << 20, /* nor bytes of it */
	ADDRESS_NAME_MAX = 4096,      /* nor more bytes of a name */
	ADDRESS_BYTES_MAX = 1000      /* a longer local part or host is no address */
};

/* Texts are copied, control bytes in them become blanks. Yours. */
struct address *address_new(const char *name, const char *local, const char *host);
struct address *address_copy(const struct address *a);
void address_free(struct address *a);
DEFINE_AUTO(address, address_free)

GPtrArray *address_list_new(void);

/*
 * Parse a field's value: raw (with RFC 2047 words) or decoded UTF-8. Linear,
 * never fails; what is no address at all is left out. Of several angle
 * addresses after one name the last one counts, the name keeps the others so
 * that they stay visible (`A <a> <b>` is name "A <a>", address b).
 */
GPtrArray *address_parse(const char *text);
GPtrArray *address_parse_n(const char *text, gsize n);
/* The first mailbox of a text; NULL when there is none. Yours. */
struct address *address_parse_one(const char *text);

/* "user@host" or "user": local part quoted where RFC 5322 wants it. Yours. */
char *address_spec(const struct address *a);
/* Spec with the host as people read it. Yours. */
char *address_spec_display(const struct address *a);
/* A text with addresses, their hosts as people read them ($idn_decode). Yours; NULL: nothing
 * differs. */
char *address_text_display(const char *text);
/* `Name <spec>`, UTF-8, the name quoted where needed; what ENV_FROM … hold. Yours. */
char *address_format(const struct address *a);
/* Members joined by ", ", groups as "name: a, b;". Yours. */
char *address_format_list(const GPtrArray *list);
/* For a header field of a message to send: names in RFC 2047 words, host in ASCII, unfolded. Yours.
 */
char *address_format_header(const GPtrArray *list);

/* Same mailbox: local parts byte by byte except ASCII case, hosts without case, in ASCII form. */
gboolean address_equal(const struct address *a, const struct address *b);
/* Is it in the list? */
gboolean address_list_has(const GPtrArray *list, const struct address *a);
/* Drop later doubles, and groups' marks when `flat`. */
void address_list_unique(GPtrArray *list, gboolean flat);

/* Host to IDNA ASCII (non-transitional UTS 46); NULL with error when that cannot be. Yours. */
char *address_host_to_ascii(const char *host, GError **error);

/*
 * The spec as SMTP may have it, host in ASCII. Refuses (CUR_ERROR_USAGE) what
 * has no local part, or CR, LF, NUL, '<', '>', blanks or control characters. Yours.
 */
char *address_envelope(const struct address *a, GError **error);

#endif
