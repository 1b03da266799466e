/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificates: causes in words, and the strength that libcurl does not ask for. */
#include "cert.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/net/words.h"
#include "libraries.h"

/* The first that fits is told: the later ones often follow from it. */
static const struct {
	guint bit;
	const char *cause;
} causes[] = {
    {GNUTLS_CERT_REVOKED, "it was revoked"},
    {GNUTLS_CERT_EXPIRED, "it has expired (or the clock here is wrong)"},
    {GNUTLS_CERT_NOT_ACTIVATED, "it is not valid yet (or the clock here is wrong)"},
    {GNUTLS_CERT_INSECURE_ALGORITHM, "it is signed with a broken algorithm"},
    {GNUTLS_CERT_SIGNER_NOT_CA, "it is signed by one who is no authority"},
    {GNUTLS_CERT_SIGNER_NOT_FOUND,
     "its authority is unknown; if it is yours, put the authority's certificate in "
     "$certificate_file"},
    {GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, "its authority may not vouch for this name"},
    {GNUTLS_CERT_PURPOSE_MISMATCH, "it is not meant for a server"},
};

static const char *cause_of(guint status, const char *trouble)
{
	for (gsize i = 0; i < G_N_ELEMENTS(causes); i++)
		if (status & causes[i].bit)
			return causes[i].cause;
	if (strstr(trouble, "does not match") || strstr(trouble, "subject name"))
		return "it is for another name";
	if (strstr(trouble, "expir"))
		return "it has expired (or the clock here is wrong)";
	return NULL;
}

gboolean cert_refused(const char *host, guint status, const char *trouble, GError **error)
{
	const char *cause = cause_of(status, trouble);
	g_autofree char *words = server_words(trouble, -1);

	return error_set(error, CUR_ERROR_TLS, "the certificate of '%s' is not to be trusted: %s",
			 host, cause ? cause : words);
}

gboolean cert_no_tls(const char *host, guint16 port, const char *trouble, GError **error)
{
	g_autofree char *words = server_words(trouble, -1);

	return error_set(error, CUR_ERROR_TLS,
			 "no TLS with '%s' on port %u (is it the right port, and the right one of "
			 "TLS and STARTTLS?): %s",
			 host, port, words);
}

/* RSA below 2048 bits and the like, MD5 and SHA-1; a root's own signature does not count. */
static const char *weakness(gnutls_x509_crt_t crt, gboolean is_root)
{
	unsigned bits = 0;
	int key = gnutls()->x509_crt_get_pk_algorithm(crt, &bits);
	int signature = gnutls()->x509_crt_get_signature_algorithm(crt);

	if (key < 0 || gnutls()->pk_bits_to_sec_param(key, bits) < GNUTLS_SEC_PARAM_MEDIUM)
		return "its key is too short";
	if (!is_root && (signature < 0 ||
			 !gnutls()->sign_is_secure2(signature, GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS)))
		return "it is signed with a broken algorithm";
	return NULL;
}

gboolean cert_check_strength(const char *host, void *session, GError **error)
{
	unsigned n = 0;
	const gnutls_datum_t *chain = gnutls()->certificate_get_peers(session, &n);

	if (!chain || !n)
		return error_set(error, CUR_ERROR_TLS, "'%s' showed no certificate", host);
	for (unsigned i = 0; i < n; i++) {
		gnutls_x509_crt_t crt;
		const char *cause = "it cannot be read";

		if (gnutls()->x509_crt_init(&crt) < 0)
			return cert_refused(host, 0, cause, error);
		if (gnutls()->x509_crt_import(crt, &chain[i], GNUTLS_X509_FMT_DER) >= 0)
			cause = weakness(crt, gnutls()->x509_crt_check_issuer(crt, crt) != 0);
		gnutls()->x509_crt_deinit(crt);
		if (cause)
			return cert_refused(host, 0, cause, error);
	}
	return TRUE;
}

void cert_forget_authorities(void *session)
{
	gnutls_certificate_credentials_t credentials = NULL;
	gnutls_x509_trust_list_t none;

	if (gnutls()->credentials_get(session, GNUTLS_CRD_CERTIFICATE, (void **)&credentials) < 0 ||
	    !credentials || gnutls()->x509_trust_list_init(&none, 0) < 0)
		return;
	/* It frees the list before. */
	gnutls()->certificate_set_trust_list(credentials, none, 0);
}
