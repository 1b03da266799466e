/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is said over one connection, for the log (LOG_LEVEL_DEBUG) and the transcript
 * (LOG_LEVEL_WIRE): line by line, texts by their size, no control byte, and no secret, whoever
 * says it.
 */
#ifndef CUR_NET_TRACE_H
#define CUR_NET_TRACE_H

#include <glib.h>

#include "cur/base/auto.h"

struct trace;

/* `name` is borrowed for the life of the trace. */
struct trace *trace_new(const char *name);
void trace_free(struct trace *t);

/* The text as it may be told: without what is hidden. Yours. */
GString *trace_clear(const struct trace *t, const char *text, gsize n);

/* From now on "[not shown]" stands for it; NULL and "" are fine. */
void trace_hide(struct trace *t, const char *secret, gsize n);
/* While a login goes on, a server's challenges are not shown at all. */
void trace_login(struct trace *t, gboolean on);

/* Pieces of what is sent, and of a secret that is sent. */
void trace_sent(struct trace *t, const char *bytes, gsize n);
void trace_secret(struct trace *t, const char *bytes, gsize n);
void trace_received(struct trace *t, const char *line, gsize n);
/* Text of messages that came in: only its size is told, before the next line. */
void trace_text(struct trace *t, gsize n);
/* What is sent now is the text of a message. */
void trace_mute(struct trace *t, gboolean muted);

#endif
