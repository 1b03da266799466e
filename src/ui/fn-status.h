/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `cur status` prints, in the pager. */
#ifndef UI_FN_STATUS_H
#define UI_FN_STATUS_H

#include "cur/ui/functions.h"

fn_run fn_show_status;

#endif
