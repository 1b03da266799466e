/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Somebody who waits for long work. The work asks again and again, at least ten
 * times a second, whether to go on; the one who waits may show how far it is.
 */
#ifndef CUR_BASE_PATIENCE_H
#define CUR_BASE_PATIENCE_H

#include <glib.h>

struct patience {
	/* FALSE: stop. `total` is 0 when nobody knows how much there is. */
	gboolean (*go_on)(guint done, guint total, void *data);
	void *data;
};

/* `p` may be NULL: nobody waits, go on. */
static inline gboolean patience_asks(const struct patience *p, guint done, guint total)
{
	return !p || p->go_on(done, total, p->data);
}

#endif
