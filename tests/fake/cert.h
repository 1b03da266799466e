/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Throw-away certificates, made in memory: a good one and every kind of bad one. */
#ifndef TESTS_FAKE_CERT_H
#define TESTS_FAKE_CERT_H

#include <glib.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>

struct cert {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
};

/* What a certificate says; 0 and NULL are a good certificate for localhost and 127.0.0.1. */
struct cert_wish {
	const char *common_name;
	const char *dns; /* SAN; NULL: localhost, "": none */
	gsize dns_bytes; /* with a NUL inside; 0: strlen */
	gboolean no_address;
	int valid_from_days; /* against now; 0: -1 */
	int valid_to_days;   /* 0: 2 */
	unsigned rsa_bits;   /* 0: an elliptic curve */
	gnutls_digest_algorithm_t digest;
	gboolean is_ca;
};

/* GnuTLS cuts a name at its NUL; a forger does not: SEQUENCE { [2] name }. */
static inline void cert_set_raw_name(gnutls_x509_crt_t crt, const char *name, gsize n)
{
	GByteArray *der = g_byte_array_new();
	guint8 head[] = {0x30, (guint8)(n + 2), 0x82, (guint8)n};

	g_byte_array_append(der, head, sizeof(head));
	g_byte_array_append(der, (const guint8 *)name, (guint)n);
	gnutls_x509_crt_set_extension_by_oid(crt, GNUTLS_X509EXT_OID_SAN, der->data, der->len, 0);
	g_byte_array_unref(der);
}

static inline struct cert cert_new(const struct cert_wish *w, const struct cert *issuer)
{
	struct cert c;
	time_t now = time(NULL);
	const char *name = w->common_name ? w->common_name : "localhost";
	const char *dns = w->dns ? w->dns : "localhost";
	unsigned char address[4] = {127, 0, 0, 1};
	guint64 serial = GUINT64_TO_BE(g_random_int());
	int from = w->valid_from_days ? w->valid_from_days : -1;
	int to = w->valid_to_days ? w->valid_to_days : 2;

	gnutls_x509_privkey_init(&c.key);
	gnutls_x509_privkey_generate(
	    c.key, w->rsa_bits ? GNUTLS_PK_RSA : GNUTLS_PK_ECDSA,
	    w->rsa_bits ? w->rsa_bits : GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
	gnutls_x509_crt_init(&c.crt);
	gnutls_x509_crt_set_version(c.crt, 3);
	gnutls_x509_crt_set_serial(c.crt, &serial, sizeof(serial));
	gnutls_x509_crt_set_dn_by_oid(c.crt, GNUTLS_OID_X520_COMMON_NAME, 0, name, strlen(name));
	gnutls_x509_crt_set_activation_time(c.crt, now + from * 86400);
	gnutls_x509_crt_set_expiration_time(c.crt, now + to * 86400);
	gnutls_x509_crt_set_key(c.crt, c.key);
	gnutls_x509_crt_set_basic_constraints(c.crt, w->is_ca, -1);
	if (w->dns_bytes)
		cert_set_raw_name(c.crt, dns, w->dns_bytes);
	else if (*dns && !w->is_ca)
		gnutls_x509_crt_set_subject_alt_name(c.crt, GNUTLS_SAN_DNSNAME, dns, strlen(dns),
						     GNUTLS_FSAN_APPEND);
	if (!w->no_address && !w->is_ca && !w->dns_bytes)
		gnutls_x509_crt_set_subject_alt_name(c.crt, GNUTLS_SAN_IPADDRESS, address, 4,
						     GNUTLS_FSAN_APPEND);
	gnutls_x509_crt_sign2(c.crt, issuer ? issuer->crt : c.crt, issuer ? issuer->key : c.key,
			      w->digest ? w->digest : GNUTLS_DIG_SHA256, 0);
	return c;
}

static inline void cert_clear(struct cert *c)
{
	gnutls_x509_crt_deinit(c->crt);
	gnutls_x509_privkey_deinit(c->key);
}

/* Write it as PEM, for the side that is to trust it. */
static inline void cert_write(const struct cert *c, const char *path)
{
	gnutls_datum_t pem;

	gnutls_x509_crt_export2(c->crt, GNUTLS_X509_FMT_PEM, &pem);
	g_file_set_contents(path, (const char *)pem.data, pem.size, NULL);
	gnutls_free(pem.data);
}

#endif
