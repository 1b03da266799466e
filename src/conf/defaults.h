/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Defaults that the environment decides. */
#ifndef CUR_CONF_DEFAULTS_H
#define CUR_CONF_DEFAULTS_H

#include "cur/conf/settings.h"

/* The default of a variable here and now, paths expanded. Yours. */
char *default_text(const struct variable *v, enum dialect dialect);

#endif
