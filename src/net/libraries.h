/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libcurl and the GnuTLS under it, with the dozens of libraries they want, and GNU SASL for who
 * logs in with more than a name and a password: each loaded once.
 */
#ifndef CUR_NET_LIBRARIES_H
#define CUR_NET_LIBRARIES_H

#include <curl/curl.h>
#include <glib.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <gsasl.h>

#include "cur/base/library.h"

/* clang-format off */
#define CURL_FUNCTIONS(X) \
	X(curl, easy_cleanup) \
	X(curl, easy_getinfo) \
	X(curl, easy_init) \
	X(curl, easy_recv) \
	X(curl, easy_send) \
	X(curl, easy_setopt) \
	X(curl, easy_strerror) \
	X(curl, global_init) \
	X(curl, multi_add_handle) \
	X(curl, multi_cleanup) \
	X(curl, multi_info_read) \
	X(curl, multi_init) \
	X(curl, multi_perform) \
	X(curl, multi_poll) \
	X(curl, multi_remove_handle) \
	X(curl, slist_append) \
	X(curl, slist_free_all)

#define GNUTLS_FUNCTIONS(X) \
	X(gnutls, certificate_get_peers) \
	X(gnutls, certificate_set_trust_list) \
	X(gnutls, credentials_get) \
	X(gnutls, pk_bits_to_sec_param) \
	X(gnutls, sign_is_secure2) \
	X(gnutls, x509_crt_check_issuer) \
	X(gnutls, x509_crt_deinit) \
	X(gnutls, x509_crt_get_pk_algorithm) \
	X(gnutls, x509_crt_get_signature_algorithm) \
	X(gnutls, x509_crt_import) \
	X(gnutls, x509_crt_init) \
	X(gnutls, x509_trust_list_init)

#define GSASL_FUNCTIONS(X) \
	X(gsasl, client_start) \
	X(gsasl, done) \
	X(gsasl, finish) \
	X(gsasl, free) \
	X(gsasl, init) \
	X(gsasl, property_set) \
	X(gsasl, step) \
	X(gsasl, strerror)
/* clang-format on */

struct curl {
	CURL_FUNCTIONS(LIBRARY_POINTER)
};

struct gnutls {
	GNUTLS_FUNCTIONS(LIBRARY_POINTER)
};

struct gsasl {
	GSASL_FUNCTIONS(LIBRARY_POINTER)
};

/* libcurl and GnuTLS. FALSE with IO: they are not there. From any thread. */
gboolean libraries_load(GError **error);
/* After libraries_load() was TRUE. */
const struct curl *curl(void);
const struct gnutls *gnutls(void);

gboolean gsasl_load(GError **error);
/* After gsasl_load() was TRUE. */
const struct gsasl *gsasl(void);

#endif
