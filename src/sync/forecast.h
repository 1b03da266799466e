/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a dry run finds that a sync would do. The engine works as ever, on a copy of its data
 * (store/rehearsal.h); only what would fetch a text or change the server is noted here instead.
 * Every function may be called from every thread.
 */
#ifndef CUR_SYNC_FORECAST_H
#define CUR_SYNC_FORECAST_H

#include <glib.h>
#include <stdio.h>

#include "cur/store/store.h"

struct forecast;

enum forecast_what {
	FORECAST_MAKE_HERE,
	FORECAST_FETCH,
	FORECAST_HEADERS, /* of messages whose texts stay there */
	FORECAST_TEXTS,	  /* of messages whose headers are here */
	FORECAST_FLAGS_HERE,
	FORECAST_DELETE_HERE,
	FORECAST_MAKE_THERE,
	FORECAST_RENAME_THERE,
	FORECAST_REMOVE_THERE,
	FORECAST_SUBSCRIBE_THERE,
	FORECAST_APPEND,
	FORECAST_MOVE,
	FORECAST_COPY,
	FORECAST_FLAGS_THERE,
	FORECAST_DELETE_THERE,
};

struct forecast *forecast_new(void);
void forecast_free(struct forecast *forecast);

/* `n` of it in a mailbox; noted again, the larger number counts. 0 is nothing. */
void forecast_note(struct forecast *forecast, const struct state_mailbox *mb,
		   enum forecast_what what, guint n);
/* What waits for the server of an account. */
gboolean forecast_note_steps(struct forecast *forecast, struct store *store, const char *account,
			     GError **error);
/* A line each: account, folder, canonical name, what, how many; TAB between. */
void forecast_print(struct forecast *forecast, FILE *out);

#endif
