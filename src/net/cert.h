/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is wrong with a server's certificate, in words that tell a user what to do. */
#ifndef CUR_NET_CERT_H
#define CUR_NET_CERT_H

#include <glib.h>

/*
 * Set *error (TLS) and return FALSE. `status` are the bits of gnutls_certificate_status_t,
 * `trouble` is libcurl's text.
 */
gboolean cert_refused(const char *host, guint status, const char *trouble, GError **error);
/* TLS did not come about at all; the same. */
gboolean cert_no_tls(const char *host, guint16 port, const char *trouble, GError **error);

/* `session` is a gnutls_session_t. FALSE with TLS for keys and hashes that can be forged. */
gboolean cert_check_strength(const char *host, void *session, GError **error);
/*
 * Of a gnutls_session_t of its own, once its peer was verified: the authorities of the system take
 * 3 MiB a connection, and whoever shakes hands anew would be refused.
 */
void cert_forget_authorities(void *session);

#endif
