/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A command whose stdin and stdout is the connection to a server ($tunnel). libcurl connects to a
 * port of ours, and two threads join the other end with the command's pipes for as long as it
 * lives.
 */
#ifndef CUR_NET_TUNNEL_H
#define CUR_NET_TUNNEL_H

#include <glib.h>

/* A socket that listens on the loopback address, yours (close); -1 with IO. */
int tunnel_listen(guint16 *port, GError **error);
/*
 * Start the shell line at the other end of `connected`, a socket that was connected to that port.
 * It has its end of file when that is closed. FALSE with IO: it cannot be started, or another
 * program of this machine was quicker to connect.
 */
gboolean tunnel_start(int listener, int connected, const char *line, GError **error);

#endif
