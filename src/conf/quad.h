/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a quad: a constant expression, so that tables can use it. */
#ifndef CUR_CONF_QUAD_H
#define CUR_CONF_QUAD_H

#define QUAD_TEXT(q)                                                                               \
	((q) == QUAD_NO	      ? "no"                                                               \
	 : (q) == QUAD_YES    ? "yes"                                                              \
	 : (q) == QUAD_ASK_NO ? "ask-no"                                                           \
			      : "ask-yes")

#endif
