/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An engine of its own, which does one thing, says lines of fields with TAB between, and ends. */
#ifndef CLI_ENGINE_RUN_H
#define CLI_ENGINE_RUN_H

#include <glib.h>

#include "commands.h"
#include "cur/base/child.h"

/*
 * Run it with these words (char *) behind the options of ours; its complaints are printed. An
 * enum cli_exit; without result->out it could not be started.
 */
int run_engine(struct run *run, const GPtrArray *words, struct child_result *result);
/* Its lines, char ** each; those that have not n_fields are left out. Yours. */
GPtrArray *engine_rows(GBytes *bytes, guint n_fields);

#endif
