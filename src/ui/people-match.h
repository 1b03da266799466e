/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns of the alias and query menus, as NeoMutt has them: ~f its name, ~t its
 * address, ~c its comment, each with a regular expression; "!" turns one round; all of
 * them must hold. Text without a "~" is looked for in each of the three.
 */
#ifndef UI_PEOPLE_MATCH_H
#define UI_PEOPLE_MATCH_H

#include "cur/base/auto.h"
#include "people.h"

struct people_match;
/* USAGE for an unknown letter or a bad regular expression. */
struct people_match *people_match_new(const char *text, GError **error);
void people_match_free(struct people_match *match);
DEFINE_AUTO(people_match, people_match_free)

gboolean people_match(const struct people_match *match, const struct person *person);

#endif
