/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a format that ends in a bar. */
#ifndef FORMAT_FILTER_H
#define FORMAT_FILTER_H

#include <glib.h>

#include "cur/format/expando.h"

/* `format` without its bar. Yours, with g_ptr_array_unref. */
GPtrArray *filter_compile(enum expando_domain domain, const char *format);
/* The shell line. Yours. */
char *filter_command(const GPtrArray *words, const struct expando_source *source);

#endif
