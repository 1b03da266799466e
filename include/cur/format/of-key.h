/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $pgp_entry_format: a key in the menu of keys. */
#ifndef CUR_FORMAT_OF_KEY_H
#define CUR_FORMAT_OF_KEY_H

#include <glib.h>

#include "cur/format/expando.h"

struct key_values {
	guint number;
	const char *algorithm;
	guint length;
	const char *id;
	const char *fingerprint;
	const char *user_id;
	const char *protocol; /* "PGP", "S/MIME" */
	gboolean can_encrypt, can_sign;
	gboolean revoked, expired, disabled;
	char trust; /* u(ndefined), n(ever), m(arginal), f(ull), ultimate as mutt's letters; ' ' */
	gint64 created; /* Unix seconds, of %[…] */
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source key_source(const struct key_values *values);

#endif
