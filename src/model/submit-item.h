/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands before a message in the outbox. */
#ifndef SUBMIT_ITEM_H
#define SUBMIT_ITEM_H

#include "cur/mail/build.h"
#include "cur/store/outbox.h"

struct conf;

/*
 * Envelope, way out and filing of `built`; `transport` NULL or "": as configured. What else the
 * draft knows is the caller's. Yours.
 */
struct outbox_item *submit_item(struct conf *conf, const struct built_message *built,
				const char *transport, const GPtrArray *fcc, const char *subject,
				GError **error);
/* The Bcc field as copies have it, line by line: what is sent is without. */
void submit_item_bcc(struct outbox_item *item, GBytes *copy);

#endif
