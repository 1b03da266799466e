/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who comes first loads them, who comes meanwhile waits. */
#include "libraries.h"

static struct {
	GMutex mutex;
	gboolean loaded;
	struct curl curl;
	struct gnutls gnutls;
	gboolean has_gsasl;
	struct gsasl gsasl;
} libraries;

static gboolean load(GError **error)
{
	static const char *const of_curl[] = LIBRARY_NAMES(CURL_FUNCTIONS);
	static const char *const of_gnutls[] = LIBRARY_NAMES(GNUTLS_FUNCTIONS);

	return library_load(CURL_SONAME, of_curl, G_N_ELEMENTS(of_curl), &libraries.curl, error) &&
	       library_load(GNUTLS_SONAME, of_gnutls, G_N_ELEMENTS(of_gnutls), &libraries.gnutls,
			    error);
}

gboolean libraries_load(GError **error)
{
	gboolean loaded;

	g_mutex_lock(&libraries.mutex);
	if (!libraries.loaded && load(error)) {
		libraries.curl.global_init(CURL_GLOBAL_DEFAULT);
		libraries.loaded = TRUE;
	}
	loaded = libraries.loaded;
	g_mutex_unlock(&libraries.mutex);
	return loaded;
}

const struct curl *curl(void)
{
	return &libraries.curl;
}

const struct gnutls *gnutls(void)
{
	return &libraries.gnutls;
}

gboolean gsasl_load(GError **error)
{
	static const char *const names[] = LIBRARY_NAMES(GSASL_FUNCTIONS);
	gboolean loaded;

	g_mutex_lock(&libraries.mutex);
	if (!libraries.has_gsasl)
		libraries.has_gsasl =
		    library_load(GSASL_SONAME, names, G_N_ELEMENTS(names), &libraries.gsasl, error);
	loaded = libraries.has_gsasl;
	g_mutex_unlock(&libraries.mutex);
	return loaded;
}

const struct gsasl *gsasl(void)
{
	return &libraries.gsasl;
}
