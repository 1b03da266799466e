/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns that a server answers (=/): it is asked first, in the background, then what the pattern
 * is for is done, unless ^G stops it or another question takes its place.
 */
#ifndef UI_SERVER_SEARCH_H
#define UI_SERVER_SEARCH_H

#include <glib.h>

struct app;
struct server_search;

typedef void (*server_search_fn)(struct app *app, const char *text, void *data);
/* `go_on` at once when nothing in `text` is for a server; not at all when it refuses (told). */
void server_search_then(struct app *app, const char *text, server_search_fn go_on, void *data);
/* Do not wait any more; FALSE when nothing was waited for. */
gboolean server_search_stop(struct app *app);
void server_search_free(struct server_search *search);

#endif
