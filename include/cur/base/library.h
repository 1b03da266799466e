/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Libraries that are loaded when first used: a start waits for none that it may do without, and
 * others are loaded while it does something else.
 *
 *	#define ACME_FUNCTIONS(X) X(acme, open) X(acme, close)
 *	struct acme {
 *		ACME_FUNCTIONS(LIBRARY_POINTER)
 *	};
 *
 * is a table of pointers to acme_open() and acme_close() as the library's header declares them;
 * library_load() fills it, and acme()->open(…) calls what acme() keeps.
 */
#ifndef CUR_BASE_LIBRARY_H
#define CUR_BASE_LIBRARY_H

#include <glib.h>

#define LIBRARY_POINTER(library, function) __typeof__(library##_##function) *function;
/* The names of the functions, in the order of the table. */
#define LIBRARY_NAME(library, function) #library "_" #function,
#define LIBRARY_NAMES(LIST)                                                                        \
	{                                                                                          \
		LIST(LIBRARY_NAME)                                                                 \
	}

/*
 * Load the library `soname` for the rest of the run and put the address of each of the n functions
 * of `names` into `table`. FALSE with IO: it is not installed, or is another one.
 */
gboolean library_load(const char *soname, const char *const *names, guint n, void *table,
		      GError **error);

#endif
