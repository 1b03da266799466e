/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sealed part: what GnuPG makes of it, with the lines that tell where it begins and ends. */
#include <string.h>

#include "armor.h"
#include "cur/base/error.h"
#include "cur/mail/date.h"
#include "open-private.h"

enum { BLOCKS_MAX = 64 }; /* of one text; the rest is shown as it is */

static const char pending[] = "[-- Waiting for GnuPG (^G stops) --]";

/* ---- lines around ---- */

/* "[-- PGP output follows (current time: …) --]": a sender cannot know when it is read. */
static void note_output(const struct opening *o, enum crypt_protocol protocol, GArray *notes)
{
	gint64 now = g_get_real_time() / G_USEC_PER_SEC;
	g_autofree char *time = date_format("%c", now, DATE_LOCAL, 0, FALSE);
	const char *name = protocol == CRYPT_SMIME ? "S/MIME" : "PGP";

	if (o->options->timestamp)
		opened_note(notes, OPENED_FRAME, "[-- %s output follows (current time: %s) --]",
			    name, time);
	else
		opened_note(notes, OPENED_FRAME, "[-- %s output follows --]", name);
}

static GArray *list_new(void)
{
	return g_array_new(FALSE, FALSE, sizeof(struct opened_note));
}

/* The notes in `list` between two lines; takes their texts. Nothing when there are none. */
static void note_list(GArray *notes, GArray *list, const char *what)
{
	if (!list->len)
		return;
	opened_note(notes, OPENED_FRAME, "[-- Begin %s information --]", what);
	g_array_append_vals(notes, list->data, list->len);
	g_array_set_size(list, 0);
	opened_note(notes, OPENED_FRAME, "[-- End %s information --]", what);
	opened_note(notes, OPENED_FRAME, "%s", "");
}

static void frame_begin(struct opened_piece *piece, const char *what)
{
	opened_note(piece->before, OPENED_FRAME, "[-- The following data is %s --]", what);
	opened_note(piece->before, OPENED_FRAME, "%s", "");
}

static void frame_end(struct opened_piece *piece, const char *what)
{
	opened_note(piece->after, OPENED_FRAME, "%s", "");
	opened_note(piece->after, OPENED_FRAME, "[-- End of %s data --]", what);
}

/* ---- what is remembered of it ---- */

static void take_verdict(struct opening *o, const struct op *op, const struct scope *scope)
{
	struct unsealed *u = o->u;

	u->protocol = op->protocol;
	if (op->verdict == VERDICT_NONE)
		return;
	u->any_signature = TRUE;
	u->verdict = MIN(u->verdict, op->verdict);
	u->whole_verdict = u->whole_verdict || scope->whole;
}

/* Nothing of the part is shown but why. */
static void take_failure(struct opening *o, const struct op *op, struct opened_piece *piece,
			 const GError *error)
{
	struct unsealed *u = o->u;

	u->protocol = op->protocol;
	u->needs_passphrase = u->needs_passphrase || error_is(error, CUR_ERROR_AUTH);
	if (!u->failure)
		u->failure = g_strdup(error->message);
	opened_note(piece->before, OPENED_BAD, "[-- Error: %s --]", error->message);
}

static void take_unchecked(struct opening *o, const struct op *op, GArray *notes,
			   const struct scope *scope, const GError *error)
{
	struct op bad = *op;

	bad.verdict = VERDICT_BAD;
	take_verdict(o, &bad, scope);
	opened_note(notes, OPENED_BAD, "[-- Error: %s --]", error->message);
}

/* ---- protected header (RFC 9788, and the drafts before it) ---- */

static gboolean has_protected_header(struct part *p)
{
	g_autofree char *draft = part_param(p, "protected-headers");
	g_autofree char *hp = part_param(p, "hp");

	return draft || hp;
}

/* Fields that say something else than the header outside, which anybody could have changed. */
static void take_fields(struct opening *o, struct opened_piece *piece, const struct scope *scope)
{
	static const char *const names[] = {"Date", "From", "To", "Cc", "Reply-To", "Subject"};
	struct headers *inside, *outside;

	if (!scope->whole || !piece->content || o->options->no_fields ||
	    !has_protected_header(piece->content))
		return;
	inside = part_headers(piece->content);
	outside = part_headers(scope->header);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *value = headers_get(inside, names[i]);

		if (value && g_strcmp0(value, headers_get(outside, names[i])) != 0)
			g_ptr_array_add(piece->fields, g_strdup_printf("%s: %s", names[i], value));
	}
	if (!o->u->subject)
		o->u->subject = g_strdup(headers_get(inside, "Subject"));
}

/* ---- signatures beside the text ---- */

/* The part byte by byte, as it was signed: with CRLF (RFC 1847 2.1). */
static GBytes *signed_bytes(const struct part *p)
{
	GByteArray *out = g_byte_array_sized_new((guint)(p->head_n + p->body_n + 1024));
	const char *at = p->head, *end = p->body + p->body_n;

	while (at < end) {
		const char *lf = memchr(at, '\n', (gsize)(end - at));
		gsize n = (gsize)((lf ? lf : end) - at);
		gboolean bare = lf && (n == 0 || at[n - 1] != '\r');

		g_byte_array_append(out, (const guint8 *)at, (guint)n);
		if (lf)
			g_byte_array_append(out, (const guint8 *)"\r\n" + !bare, bare ? 2 : 1);
		at += n + (lf != NULL);
	}
	return g_byte_array_free_to_bytes(out);
}

static struct part *open_signed(struct opening *o, struct part *p, struct op *op,
				struct opened_piece *piece, const struct scope *scope)
{
	g_autoptr(GBytes) text = signed_bytes(p->children[0]);
	g_autoptr(GBytes) signature = part_decode(p->children[1]);
	g_autoptr(GError) error = NULL;

	piece->content = p->children[0];
	if (!o->options->verify)
		return piece->content;
	note_output(o, op->protocol, piece->before);
	if (op_verify(op, text, signature, &error))
		take_verdict(o, op, scope);
	else
		take_unchecked(o, op, piece->before, scope, error);
	note_list(piece->before, op->signatures, "signature");
	frame_begin(piece, op->protocol == CRYPT_SMIME ? "S/MIME signed" : "signed");
	frame_end(piece, op->protocol == CRYPT_SMIME ? "S/MIME signed" : "signed");
	if (op->verdict == VERDICT_GOOD || op->verdict == VERDICT_DOUBTFUL)
		take_fields(o, piece, scope);
	return piece->content;
}

/* ---- encrypted, or with the signature around ---- */

static void take_plain(struct opening *o, struct opened_piece *piece, GBytes *plain,
		       const struct scope *scope)
{
	piece->content = opening_keep(o, plain);
	take_fields(o, piece, scope);
}

static struct part *open_encrypted(struct opening *o, GBytes *cipher, struct op *op,
				   struct opened_piece *piece, const struct scope *scope)
{
	g_autoptr(GArray) recipients = list_new();
	g_autoptr(GError) error = NULL;
	GBytes *plain;
	const char *what;

	op->recipients = o->options->encryption_info ? recipients : NULL;
	piece->secret_part = !scope->whole;
	plain = op_decrypt(op, cipher, &error);
	note_output(o, op->protocol, piece->before);
	if (!plain) {
		take_failure(o, op, piece, error);
		return NULL;
	}
	o->u->decrypted = TRUE;
	take_verdict(o, op, scope);
	note_list(piece->before, recipients, "encryption");
	note_list(piece->before, op->signatures, "signature");
	what = op->protocol == CRYPT_SMIME   ? "S/MIME encrypted"
	       : op->verdict == VERDICT_NONE ? "PGP/MIME encrypted"
					     : "PGP/MIME signed and encrypted";
	frame_begin(piece, what);
	take_plain(o, piece, plain, scope);
	if (scope->whole)
		o->u->whole_content = piece->content;
	frame_end(piece, what);
	return piece->content;
}

static struct part *open_opaque(struct opening *o, GBytes *wrapped, struct op *op,
				struct opened_piece *piece, const struct scope *scope)
{
	g_autoptr(GError) error = NULL;
	GBytes *text = op_unwrap(op, wrapped, &error);

	note_output(o, op->protocol, piece->before);
	if (!text) {
		take_failure(o, op, piece, error);
		return NULL;
	}
	take_verdict(o, op, scope);
	note_list(piece->before, op->signatures, "signature");
	frame_begin(piece, "S/MIME signed");
	take_plain(o, piece, text, scope);
	frame_end(piece, "S/MIME signed");
	return piece->content;
}

/* ---- OpenPGP within a text ---- */

/* Bytes as a part of text, in the charset of the part they come from. Takes them. */
static struct part *text_part(struct opening *o, const struct part *p, GBytes *text)
{
	gsize n;
	const char *bytes = g_bytes_get_data(text, &n);
	const char *charset = *p->charset ? p->charset : "utf-8";
	GByteArray *out = g_byte_array_new();
	g_autofree char *head = NULL;

	/* What GnuPG gives is mostly UTF-8 whatever the mail around it says. */
	if (bytes && g_utf8_validate(bytes, (gssize)n, NULL))
		charset = "utf-8";
	head = g_strdup_printf("Content-Type: text/plain; charset=\"%s\"\n"
			       "Content-Transfer-Encoding: 8bit\n\n",
			       charset);
	g_byte_array_append(out, (const guint8 *)head, (guint)strlen(head));
	g_byte_array_append(out, (const guint8 *)bytes, (guint)n);
	g_bytes_unref(text);
	return opening_keep(o, g_byte_array_free_to_bytes(out));
}

static const char *const block_names[] = {[ARMOR_MESSAGE] = "MESSAGE",
					  [ARMOR_SIGNED] = "SIGNED MESSAGE",
					  [ARMOR_KEY] = "PUBLIC KEY BLOCK"};

static void open_block(struct opening *o, struct part *p, enum armor_kind kind, GBytes *block,
		       struct op *op, struct opened_piece *piece, const struct scope *scope)
{
	g_autoptr(GError) error = NULL;
	GBytes *text;

	op->verdict = VERDICT_NONE;
	text = kind == ARMOR_KEY      ? g_bytes_ref(block)
	       : kind == ARMOR_SIGNED ? op_unwrap(op, block, &error)
				      : op_decrypt(op, block, &error);

	note_output(o, op->protocol, piece->before);
	if (text) {
		take_verdict(o, op, scope);
		o->u->decrypted = o->u->decrypted || kind == ARMOR_MESSAGE;
		piece->content = text_part(o, p, text);
	} else {
		take_failure(o, op, piece, error);
	}
	piece->secret_part = kind == ARMOR_MESSAGE && !scope->whole;
	note_list(piece->before, op->signatures, "signature");
	opened_note(piece->before, OPENED_FRAME, "[-- BEGIN PGP %s --]", block_names[kind]);
	opened_note(piece->before, OPENED_FRAME, "%s", "");
	opened_note(piece->after, OPENED_FRAME, "[-- END PGP %s --]", block_names[kind]);
}

static gboolean is_blank(const char *text, gsize n)
{
	while (n && g_ascii_isspace(text[n - 1]))
		n--;
	return n == 0;
}

/* Text beside a block is nobody's: what covers the whole part has nothing but blanks around. */
static gboolean is_alone(const char *text, gsize n, const struct armor *block)
{
	return is_blank(text, block->start) &&
	       is_blank(text + block->start + block->n, n - block->start - block->n);
}

static void open_inline(struct opening *o, struct part *p, struct op *op, GPtrArray *pieces,
			const struct scope *scope)
{
	g_autoptr(GBytes) content = part_decode(p);
	gsize n, at = 0;
	const char *text = g_bytes_get_data(content, &n);
	struct armor block;

	while (armor_next(text, n, at, &block)) {
		g_autoptr(GBytes) bytes = NULL;
		struct opened_piece *piece = opened_add(pieces);
		struct scope inside = *scope;

		if (pieces->len > BLOCKS_MAX)
			block = (struct armor){ARMOR_NONE, at, n - at};
		bytes = g_bytes_new_from_bytes(content, block.start, block.n);
		inside.whole = scope->whole && is_alone(text, n, &block);
		if (block.kind == ARMOR_NONE)
			piece->content = text_part(o, p, g_bytes_ref(bytes));
		else
			open_block(o, p, block.kind, bytes, op, piece, &inside);
		at = block.start + block.n;
	}
}

/* ---- a part ---- */

static enum crypt_protocol protocol_of(enum seal seal)
{
	return seal == SEAL_SMIME_SIGNED || seal == SEAL_SMIME_OPAQUE ||
		       seal == SEAL_SMIME_ENCRYPTED
		   ? CRYPT_SMIME
		   : CRYPT_PGP;
}

/* Nothing is opened (yet): what can be read is shown. */
static struct part *open_later(struct part *p, enum seal seal, GPtrArray *pieces)
{
	struct opened_piece *piece = opened_add(pieces);
	gboolean readable = seal == SEAL_PGP_SIGNED || seal == SEAL_SMIME_SIGNED;

	opened_note(piece->before, OPENED_FRAME, "%s", pending);
	piece->content = readable ? p->children[0] : NULL;
	return piece->content;
}

static struct part *open_with(struct opening *o, struct part *p, enum seal seal, struct op *op,
			      GPtrArray *pieces, const struct scope *scope)
{
	g_autoptr(GBytes) content = NULL;

	switch (seal) {
	case SEAL_PGP_ENCRYPTED:
		content = part_decode(seal_cipher(p));
		return open_encrypted(o, content, op, opened_add(pieces), scope);
	case SEAL_SMIME_ENCRYPTED:
		content = part_decode(p);
		return open_encrypted(o, content, op, opened_add(pieces), scope);
	case SEAL_SMIME_OPAQUE:
		content = part_decode(p);
		return open_opaque(o, content, op, opened_add(pieces), scope);
	case SEAL_PGP_INLINE:
		open_inline(o, p, op, pieces, scope);
		return NULL;
	default:
		return open_signed(o, p, op, opened_add(pieces), scope);
	}
}

struct part *open_part(struct opening *o, struct part *p, enum seal seal, const struct scope *scope)
{
	GPtrArray *pieces = opened_new();
	g_autoptr(GArray) signatures = list_new();
	struct op op = {.session = o->session,
			.protocol = protocol_of(seal),
			.from = scope->from,
			.signatures = signatures,
			.verdict = VERDICT_NONE};

	g_hash_table_insert(o->u->table, p, pieces);
	return o->session ? open_with(o, p, seal, &op, pieces, scope) : open_later(p, seal, pieces);
}
