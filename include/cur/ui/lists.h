/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a mailing list offers in the header of its messages (RFC 2369): a menu, and each by its key.
 */
#ifndef CUR_UI_LISTS_H
#define CUR_UI_LISTS_H

struct app;
struct headers;

/* The menu of what these fields offer; says so when they offer nothing. Copies what it keeps. */
void lists_open(struct app *app, struct headers *headers);
/* One of them, by its function (FN_LIST_SUBSCRIBE …): begins the message that it asks for. */
void lists_do(struct app *app, struct headers *headers, int fn);

#endif
