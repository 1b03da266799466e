/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $rfc2047_parameters, charset-hook and their like, for the whole process (mail/habits.h). */
#ifndef CUR_CONF_HABITS_H
#define CUR_CONF_HABITS_H

#include "cur/conf/conf.h"

/* Call it when a configuration was read, and when it has changed. */
void conf_apply_habits(const struct conf *conf);

#endif
