/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is broken is no seal: it is shown as the parts it is made of. */
#include "seals.h"

#include <string.h>

#include "armor.h"

enum { INLINE_MAX = 32 << 20 };

static gboolean has_param(struct part *p, const char *name, const char *wanted)
{
	g_autofree char *value = part_param(p, name);

	return value && g_ascii_strcasecmp(value, wanted) == 0;
}

/* RFC 3156 4, and what some Exchange servers make of it: a mixed one with an empty text before. */
struct part *seal_cipher(const struct part *p)
{
	guint control = part_is(p, "multipart", "mixed") ? 1 : 0;

	if (p->n_children <= control + 1 ||
	    !part_is(p->children[control], "application", "pgp-encrypted"))
		return NULL;
	return p->children[control + 1];
}

static enum seal multipart_seal(struct part *p)
{
	if (part_is(p, "multipart", "encrypted") || part_is(p, "multipart", "mixed"))
		return seal_cipher(p) ? SEAL_PGP_ENCRYPTED : SEAL_NONE;
	if (!part_is(p, "multipart", "signed") || p->n_children != 2)
		return SEAL_NONE;
	if (part_is(p->children[1], "application", "pgp-signature"))
		return has_param(p, "protocol", "application/pgp-signature") ? SEAL_PGP_SIGNED
									     : SEAL_NONE;
	if (part_is(p->children[1], "application", "pkcs7-signature") ||
	    part_is(p->children[1], "application", "x-pkcs7-signature"))
		return SEAL_SMIME_SIGNED;
	return SEAL_NONE;
}

static enum seal pkcs7_seal(struct part *p, const struct unseal_options *options)
{
	g_autofree char *type = part_param(p, "smime-type");

	if (!type)
		return options->pkcs7_encrypted ? SEAL_SMIME_ENCRYPTED : SEAL_SMIME_OPAQUE;
	if (g_ascii_strcasecmp(type, "signed-data") == 0)
		return SEAL_SMIME_OPAQUE;
	if (g_ascii_strcasecmp(type, "enveloped-data") == 0 ||
	    g_ascii_strcasecmp(type, "authEnveloped-data") == 0)
		return SEAL_SMIME_ENCRYPTED;
	return SEAL_NONE; /* certificates alone, compressed data */
}

/* A part whose type says nothing but whose name does (RFC 8551 3.2.1). */
static gboolean is_p7m(const struct part *p)
{
	g_autofree char *name = g_ascii_strdown(p->file_name, -1);

	return part_is(p, "application", "octet-stream") && g_str_has_suffix(name, ".p7m");
}

static gboolean has_blocks(struct part *p)
{
	g_autoptr(GBytes) content = p->body_n <= INLINE_MAX ? part_decode(p) : NULL;
	gsize n = 0;
	const char *text = content ? g_bytes_get_data(content, &n) : NULL;

	return text && armor_has_block(text, n);
}

enum seal seal_of(struct part *p, const struct unseal_options *options)
{
	if (part_is(p, "multipart", NULL))
		return multipart_seal(p);
	if (part_is(p, "application", "pkcs7-mime") || part_is(p, "application", "x-pkcs7-mime") ||
	    is_p7m(p))
		return pkcs7_seal(p, options);
	/* The type that was in use before PGP/MIME says it by itself. */
	if (part_is(p, "application", "pgp") ||
	    (options->inline_pgp && part_is(p, "text", "plain")))
		return has_blocks(p) ? SEAL_PGP_INLINE : SEAL_NONE;
	return SEAL_NONE;
}

unsigned unseal_look(struct message *m, const struct unseal_options *options)
{
	static const unsigned found[] = {
	    [SEAL_NONE] = 0,
	    [SEAL_PGP_ENCRYPTED] = UNSEAL_ENCRYPTED,
	    [SEAL_PGP_SIGNED] = UNSEAL_SIGNED,
	    [SEAL_SMIME_SIGNED] = UNSEAL_SIGNED | UNSEAL_SMIME,
	    [SEAL_SMIME_OPAQUE] = UNSEAL_SIGNED | UNSEAL_SMIME,
	    [SEAL_SMIME_ENCRYPTED] = UNSEAL_ENCRYPTED | UNSEAL_SMIME,
	    [SEAL_PGP_INLINE] = UNSEAL_INLINE,
	};
	unsigned all = 0;

	for (guint i = 0; i < message_n_parts(m); i++)
		all |= found[seal_of(message_part(m, i), options)];
	return all;
}
