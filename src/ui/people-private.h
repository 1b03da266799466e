/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people.c (the menu) and people-pick.c (who is shown and tagged, in which order) share. */
#ifndef UI_PEOPLE_PRIVATE_H
#define UI_PEOPLE_PRIVATE_H

#include "cur/ui/functions.h"
#include "people.h"

struct people {
	enum people_kind kind;
	GPtrArray *all;	  /* struct person *, in the order they came */
	GPtrArray *shown; /* of them: within the limit, sorted */
	char *limit;	  /* as it was typed; NULL: none */
	unsigned sort;	  /* as $sort_alias */
	address_done_fn done;
	void *data;
};

/* The n-th that is shown. */
struct person *people_at(const struct people *people, guint n);
/* The limit, the order or the people changed; the cursor stays with who is under it. */
void people_refresh(struct view *view);

extern const struct fn_handler people_pick_handlers[];

#endif
