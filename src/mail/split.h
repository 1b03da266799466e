/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cutting a message into its tree of parts; message.c owns the result. */
#ifndef CUR_MAIL_SPLIT_H
#define CUR_MAIL_SPLIT_H

#include "cur/mail/message.h"

struct message {
	GBytes *bytes;
	const char *data;
	gsize n;
	GPtrArray *parts; /* of struct part, in order of appearance; [0] is the root */
	char **assumed;
};

/* Fill m->parts from m->data. */
void split_message(struct message *m);
void part_free(struct part *p);

#endif
