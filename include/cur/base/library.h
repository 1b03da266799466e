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
 * is a table of pointers to acme_open() and acme_close() as the library's header declares them,
 *
 *	static const char *const names[] = LIBRARY_NAMES(ACME_FUNCTIONS);
 *	static struct acme functions;
 *	static struct library acme = {"libacme.so.1", names, G_N_ELEMENTS(names), &functions, NULL};
 *
 * how to load it, and after library_use(&acme, error) functions.open(…) calls it.
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

struct library {
	const char *soname;
	const char *const *names; /* n functions, in the order of the table */
	guint n;
	void *table;
	void (*prepare)(void); /* what it wants called before all else; may be NULL */
	/* private; a struct library is static: zero */
	GMutex mutex_;
	gint loaded_; /* atomic */
};

/*
 * Loaded for the rest of the run, its functions in the table; asked again it costs next to nothing.
 * Who comes first loads and prepares it, who comes meanwhile waits. FALSE with IO: it is not
 * installed, or is another one; asked again it is tried again.
 */
gboolean library_use(struct library *library, GError **error);

#endif
