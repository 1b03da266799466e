/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server says, made fit to stand in one of our messages. */
#ifndef CUR_NET_WORDS_H
#define CUR_NET_WORDS_H

#include <glib.h>

enum { SERVER_WORDS_MAX = 300 }; /* bytes of the server's text that are kept */

/* One safe, cut line without quotes around it; "" becomes "(no reason given)". Yours. */
char *server_words(const char *text, gssize n);

#endif
