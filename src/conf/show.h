/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of commands that ask: lines of muttrc. */
#ifndef CUR_CONF_SHOW_H
#define CUR_CONF_SHOW_H

#include "inside.h"

char *show_bindings(const struct conf *conf, guint32 menus, gboolean macros);
char *show_colors(const struct conf *conf, enum color_object only, gboolean mono);
/* "no effect yet", "replaced by …", "no effect: …", from state and help of a row; NULL where it
 * acts. */
char *show_state(enum conf_state state, const char *help);
char *show_variable(const struct conf *conf, const struct variable *v);
char *show_variables_about(const struct conf *conf, const char *word);

#endif
