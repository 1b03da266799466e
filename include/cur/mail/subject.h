/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left of a subject without "Re:" and the like. */
#ifndef CUR_MAIL_SUBJECT_H
#define CUR_MAIL_SUBJECT_H

#include <glib.h>

struct regex;

/*
 * The subject behind its prefixes: $reply_regexp is applied at the start until
 * it no longer matches (NULL: the built-in "re:", "re[2]:", "aw:", "sv:",
 * "antw:", "ha:", "odp:" and their like). Points into `subject`.
 */
const char *subject_base(const char *subject, const struct regex *reply_regexp);

#endif
