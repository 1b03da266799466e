/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Types by the names of files: ~/.mime.types, /etc/mime.types, then what is built in. */
#ifndef CUR_CONF_MIME_TYPES_H
#define CUR_CONF_MIME_TYPES_H

#include "cur/conf/conf.h"

/* "image/png" for "a.png"; NULL when nobody knows the ending. Yours. */
char *mime_type_of_name(const char *name);

/* The type a part is treated as: what its file name says, when mime_lookup doubts `type`. Yours. */
char *mime_type_meant(const struct conf *conf, const char *type, const char *name);

#endif
