/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message looked through for sealed parts, and what the others may ask of the outcome. */
#include "cur/crypt/open.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/address.h"
#include "open-private.h"

/* An onion is no letter, and a hundred signatures are checked by nobody. */
enum { DEPTH_MAX = 8, LAYERS_MAX = 32 };

/* ---- the walk ---- */

static void free_pieces(void *pieces)
{
	g_ptr_array_unref(pieces);
}

static void free_message(void *message)
{
	message_free(message);
}

static GPtrArray *senders_of(struct part *header)
{
	const char *from = headers_get_raw(part_headers(header), "From");

	return address_parse(from ? from : "");
}

static void walk(struct opening *o, struct part *p, const struct scope *scope);

static void walk_message(struct opening *o, struct part *p, const struct scope *around)
{
	g_autoptr(GPtrArray) from = senders_of(p);
	struct scope scope = {.header = p, .from = from, .depth = around->depth};

	walk(o, p, &scope);
}

static void walk_children(struct opening *o, struct part *p, const struct scope *scope)
{
	struct scope inside = *scope;

	inside.whole = FALSE;
	for (guint i = 0; i < p->n_children; i++) {
		if (p->children[i]->is_message)
			walk_message(o, p->children[i], scope);
		else
			walk(o, p->children[i], &inside);
	}
}

static void walk(struct opening *o, struct part *p, const struct scope *scope)
{
	enum seal seal = seal_of(p, o->options);
	struct scope inside = *scope;
	struct part *content;

	if (seal == SEAL_NONE || scope->depth >= DEPTH_MAX || o->n_layers >= LAYERS_MAX) {
		walk_children(o, p, scope);
		return;
	}
	o->n_layers++;
	content = open_part(o, p, seal, scope);
	inside.depth++;
	if (content)
		walk(o, content, &inside);
}

struct part *opening_keep(struct opening *o, GBytes *bytes)
{
	struct message *m = message_new(bytes);

	g_bytes_unref(bytes);
	g_ptr_array_add(o->u->inner, m);
	return message_root(m);
}

/* ---- in a line ---- */

static const char *protocol_name(const struct unsealed *u)
{
	return u->protocol == CRYPT_SMIME ? "S/MIME" : "PGP";
}

static char *signature_summary(const struct unsealed *u)
{
	const char *name = protocol_name(u);

	if (u->verdict == VERDICT_BAD)
		return g_strdup_printf("%s signature could NOT be verified.", name);
	if (u->verdict == VERDICT_DOUBTFUL)
		return g_strdup_printf("%s signature is valid, but not surely the sender's.", name);
	if (!u->whole_verdict)
		return g_strdup("Warning: Part of this message has not been signed.");
	return g_strdup_printf("%s signature successfully verified.", name);
}

static void sum_up(struct unsealed *u)
{
	g_free(u->summary);
	u->summary = NULL;
	if (u->failure)
		u->summary =
		    g_strdup_printf("Could not open %s message: %s", protocol_name(u), u->failure);
	else if (u->any_signature)
		u->summary = signature_summary(u);
	else if (u->decrypted)
		u->summary =
		    g_strdup_printf("%s message successfully decrypted.", protocol_name(u));
}

/* What a work needs of its own: who started it may be gone. */
struct task {
	GBytes *bytes;
	struct unseal_options options;
};

static void *run_task(struct crypt_session *session, void *data)
{
	const struct task *task = data;

	return unseal(session, task->bytes, &task->options);
}

static void clear_task(void *data)
{
	g_bytes_unref(((struct task *)data)->bytes);
}

static void free_unsealed(void *u)
{
	unsealed_unref(u);
}

void unseal_work(struct crypt_work *work, GBytes *bytes, const struct unseal_options *options)
{
	struct task *task = g_atomic_rc_box_new0(struct task);

	task->bytes = g_bytes_ref(bytes);
	task->options = *options;
	*work = (struct crypt_work){
	    .run = run_task, .free_result = free_unsealed, .clear_data = clear_task, .data = task};
}

struct unsealed *unseal(struct crypt_session *session, GBytes *bytes,
			const struct unseal_options *options)
{
	struct unsealed *u = g_new0(struct unsealed, 1);
	struct opening o = {.u = u, .session = session, .options = options};
	g_autoptr(GPtrArray) from = NULL;
	struct scope scope = {.whole = TRUE};

	g_atomic_ref_count_init(&u->refs);
	u->message = message_new(bytes);
	u->inner = g_ptr_array_new_with_free_func(free_message);
	u->table = g_hash_table_new_full(NULL, NULL, NULL, free_pieces);
	u->verdict = VERDICT_NONE;
	scope.header = message_root(u->message);
	from = senders_of(scope.header);
	scope.from = from;
	walk(&o, scope.header, &scope);
	if (session)
		sum_up(u);
	return u;
}

struct unsealed *unsealed_ref(struct unsealed *u)
{
	g_atomic_ref_count_inc(&u->refs);
	return u;
}

void unsealed_unref(struct unsealed *u)
{
	if (!u || !g_atomic_ref_count_dec(&u->refs))
		return;
	g_hash_table_unref(u->table);
	g_ptr_array_unref(u->inner);
	message_free(u->message);
	g_free(u->failure);
	g_free(u->subject);
	g_free(u->summary);
	g_free(u);
}

/* ---- the outcome ---- */

struct message *unsealed_message(const struct unsealed *u)
{
	return u->message;
}

GHashTable *unsealed_table(const struct unsealed *u)
{
	return u->table;
}

static void collect_parts(const struct unsealed *u, struct part *p, GPtrArray *parts)
{
	const GPtrArray *pieces = g_hash_table_lookup(u->table, p);

	for (guint i = 0; pieces && i < pieces->len; i++) {
		const struct opened_piece *piece = pieces->pdata[i];

		if (piece->content)
			collect_parts(u, piece->content, parts);
	}
	if (pieces && pieces->len && ((struct opened_piece *)pieces->pdata[0])->content)
		return;
	g_ptr_array_add(parts, p);
	for (guint i = 0; i < p->n_children; i++)
		collect_parts(u, p->children[i], parts);
}

GPtrArray *unsealed_parts(const struct unsealed *u, struct message *m)
{
	GPtrArray *parts = g_ptr_array_new();

	if (u)
		collect_parts(u, message_root(u->message), parts);
	for (guint i = 0; !u && i < message_n_parts(m); i++)
		g_ptr_array_add(parts, message_part(m, i));
	return parts;
}

gboolean unsealed_needs_passphrase(const struct unsealed *u)
{
	return u->needs_passphrase;
}

gboolean unsealed_is_verified(const struct unsealed *u)
{
	return u->verdict == VERDICT_GOOD && u->whole_verdict;
}

gboolean unsealed_is_decrypted(const struct unsealed *u)
{
	return u->decrypted;
}

const char *unsealed_subject(const struct unsealed *u)
{
	return u->subject;
}

const char *unsealed_summary(const struct unsealed *u, enum unsealed_worth *worth)
{
	*worth = UNSEALED_GOOD;
	if (u->failure || (u->any_signature && u->verdict == VERDICT_BAD))
		*worth = UNSEALED_BAD;
	else if (u->any_signature && !unsealed_is_verified(u))
		*worth = UNSEALED_DOUBTFUL;
	return u->summary;
}

/* ---- the message without its encryption ---- */

/* Fields that say how the outside is made; Subject, where the inside has another. */
static gboolean belongs_outside(const struct unsealed *u, const char *line, gsize n)
{
	return (n > 8 && g_ascii_strncasecmp(line, "Content-", 8) == 0) ||
	       header_is_named(line, n, "MIME-Version") ||
	       (u->subject && header_is_named(line, n, "Subject"));
}

static void copy_header(const struct unsealed *u, const struct part *p, GByteArray *out)
{
	const char *at = p->head, *end = p->head + p->head_n;
	gboolean keep = TRUE;

	while (at < end && *at != '\n' && *at != '\r') {
		const char *lf = memchr(at, '\n', (gsize)(end - at));
		gsize n = lf ? (gsize)(lf - at) + 1 : (gsize)(end - at);

		if (*at != ' ' && *at != '\t')
			keep = !belongs_outside(u, at, n);
		if (keep)
			g_byte_array_append(out, (const guint8 *)at, (guint)n);
		at += n;
	}
}

GBytes *unsealed_plain(const struct unsealed *u)
{
	const struct part *content = u->whole_content;
	GByteArray *out;

	if (!content)
		return NULL;
	out = g_byte_array_new();
	copy_header(u, message_root(u->message), out);
	g_byte_array_append(out, (const guint8 *)"MIME-Version: 1.0\n", 18);
	g_byte_array_append(out, (const guint8 *)content->head, (guint)content->head_n);
	g_byte_array_append(out, (const guint8 *)content->body, (guint)content->body_n);
	return g_byte_array_free_to_bytes(out);
}
