/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The error domain. See the header for the rules of the text. */
#include "cur/base/error.h"

#include <errno.h>
#include <string.h>

GQuark cur_error_quark(void)
{
	return g_quark_from_static_string("cur-error-quark");
}

gboolean error_set(GError **error, enum cur_error code, const char *format, ...)
{
	va_list args;

	if (!error)
		return FALSE;
	va_start(args, format);
	g_propagate_error(error, g_error_new_valist(CUR_ERROR, code, format, args));
	va_end(args);
	return FALSE;
}

/* The code an errno stands for: ENOSPC is FULL, EACCES is DENIED … */
static enum cur_error error_code_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ESTALE:
		return CUR_ERROR_GONE;
	case EEXIST:
	case ENOTEMPTY:
		return CUR_ERROR_EXISTS;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return CUR_ERROR_FULL;
	case EACCES:
	case EPERM:
	case EROFS:
		return CUR_ERROR_DENIED;
	case EAGAIN:
	case EINTR:
	case EMFILE:
	case ENFILE:
	case ETIMEDOUT:
	case ECONNREFUSED:
	case ENETUNREACH:
	case EHOSTUNREACH:
		return CUR_ERROR_RETRY;
	case EINVAL:
	case ENAMETOOLONG:
		return CUR_ERROR_USAGE;
	default:
		return CUR_ERROR_IO;
	}
}

gboolean error_from_errno(GError **error, int errnum, const char *format, ...)
{
	g_autofree char *what = NULL;
	g_autofree char *why = NULL;
	va_list args;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	why = g_strdup(g_strerror(errnum));
	/* "No space left" but not "EIO": only a lone capital is lowered. */
	if (g_ascii_isupper(why[0]) && !g_ascii_isupper(why[1]))
		why[0] = g_ascii_tolower(why[0]);
	return error_set(error, error_code_of_errno(errnum), "%s: %s", what, why);
}

gboolean error_is(const GError *error, enum cur_error code)
{
	return g_error_matches(error, CUR_ERROR, (int)code);
}
