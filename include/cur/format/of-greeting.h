/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of $greeting: who a message is for. */
#ifndef CUR_FORMAT_OF_GREETING_H
#define CUR_FORMAT_OF_GREETING_H

#include "cur/format/expando.h"

struct greeting_values {
	const char *name;  /* of the first recipient */
	const char *user;  /* the local part of the address */
	const char *first; /* the first word of the name */
};

/* A source over `values`, which stay the caller's and must outlive it. */
struct expando_source greeting_source(const struct greeting_values *values);

#endif
