/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Errors: GError with one domain; the code says what the caller can do
 * (errors.def), the message what happened, lower case, no full stop, the
 * subject in quotes: cannot open 'x': permission denied.
 */
#ifndef CUR_BASE_ERROR_H
#define CUR_BASE_ERROR_H

#include <glib.h>

enum cur_error {
#define ERROR(CODE, word, help) CUR_ERROR_##CODE,
#include "cur/errors.def"
#undef ERROR
	CUR_ERROR_N
};

#define CUR_ERROR (cur_error_quark())
GQuark cur_error_quark(void);

/* Set *error (when error is not NULL) and return FALSE, so that callers can `return error_set(…)`.
 */
gboolean error_set(GError **error, enum cur_error code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* The same from an errno: picks the code and adds ": <strerror, lower case>". */
gboolean error_from_errno(GError **error, int errnum, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* TRUE when *error is of our domain with this code. */
gboolean error_is(const GError *error, enum cur_error code);

#endif
