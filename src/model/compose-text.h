/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text a message starts with: quotes, forwards, the signature. */
#ifndef COMPOSE_TEXT_H
#define COMPOSE_TEXT_H

#include "cur/model/compose.h"

/* Put quoted or forwarded text and the signature into draft->body, in mutt's order. */
void compose_text(const struct conf *conf, struct draft *draft, struct original *const originals[],
		  guint n, gboolean forward, const struct compose_choice *choice);

#endif
