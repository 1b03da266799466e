/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file to attach is. */
#ifndef CUR_MODEL_FILE_TYPE_H
#define CUR_MODEL_FILE_TYPE_H

#include "cur/conf/conf.h"

/* By mime.types and $mime_type_query_command; NULL: neither knows. `conf` is const. Yours. */
char *file_type(const char *path, const void *conf);

#endif
