/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From `color` and `mono` to what the terminal at hand can show. */
#ifndef UI_COLORS_H
#define UI_COLORS_H

#include "cur/conf/colors.h"
#include "terminal.h"

/* The look of a rule on a terminal of n colours (0, 8, 16, 88, 256, or 1 << 24 for direct ones). */
struct terminal_look colors_look(const struct color_rule *rule, int n_colors);

/* Resolve every object of colors.def; styles of rules are forgotten. */
void colors_apply(struct paint *paint, const struct conf *conf);

#endif
