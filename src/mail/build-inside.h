/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of building that a draft file shares with a message to send. */
#ifndef MAIL_BUILD_INSIDE_H
#define MAIL_BUILD_INSIDE_H

#include "cur/mail/build.h"

/* Header fields of the draft; fails when one could smuggle in another. */
gboolean build_head(const struct draft *draft, const struct build_options *options,
		    const char *message_id, gboolean with_bcc, GString *out, GError **error);

/* What goes behind the header fields: options->sealed, else build_body(). */
gboolean build_content(const struct draft *draft, const struct build_options *options, GString *out,
		       GError **error);

/* MIME-Version and the rest of the header, the empty line, the text and the parts. */
gboolean build_body(const struct draft *draft, const struct build_options *options, GString *out,
		    GError **error);

#endif
