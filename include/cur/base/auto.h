/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * g_autoptr for structs without a typedef:
 *
 *	void maildir_close(struct maildir *md);
 *	DEFINE_AUTO(maildir, maildir_close)	in the header, beside the free function
 *	auto_ptr(maildir) md = maildir_open(…);	in a function
 *
 * Hand the value on with g_steal_pointer(&md).
 */
#ifndef CUR_BASE_AUTO_H
#define CUR_BASE_AUTO_H

#include <glib.h>

#define DEFINE_AUTO(S, free_fn)                                                                    \
	static inline void S##_auto_(struct S **p)                                                 \
	{                                                                                          \
		if (*p)                                                                            \
			free_fn(*p);                                                               \
	}
#define auto_ptr(S) __attribute__((cleanup(S##_auto_))) struct S *

#endif
