/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who comes first loads them, who comes meanwhile waits. */
#include "libraries.h"

static const char *const of_curl[] = LIBRARY_NAMES(CURL_FUNCTIONS);
static const char *const of_gnutls[] = LIBRARY_NAMES(GNUTLS_FUNCTIONS);
static const char *const of_gsasl[] = LIBRARY_NAMES(GSASL_FUNCTIONS);

static struct curl curl_functions;
static struct gnutls gnutls_functions;
static struct gsasl gsasl_functions;

static void begin_curl(void)
{
	curl_functions.global_init(CURL_GLOBAL_DEFAULT);
}

static struct library libcurl = {CURL_SONAME, of_curl, G_N_ELEMENTS(of_curl), &curl_functions,
				 begin_curl};
static struct library libgnutls = {GNUTLS_SONAME, of_gnutls, G_N_ELEMENTS(of_gnutls),
				   &gnutls_functions, NULL};
static struct library libgsasl = {GSASL_SONAME, of_gsasl, G_N_ELEMENTS(of_gsasl), &gsasl_functions,
				  NULL};

gboolean libraries_load(GError **error)
{
	return library_use(&libgnutls, error) && library_use(&libcurl, error);
}

const struct curl *curl(void)
{
	return &curl_functions;
}

const struct gnutls *gnutls(void)
{
	return &gnutls_functions;
}

gboolean gsasl_load(GError **error)
{
	return library_use(&libgsasl, error);
}

const struct gsasl *gsasl(void)
{
	return &gsasl_functions;
}
