/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * APPEND, streamed from files: many in one command where the server has MULTIAPPEND (RFC 3502),
 * else one command behind the other. After its last byte a lost answer means "perhaps".
 */
#include <string.h>
#include <time.h>

#include "cur/base/error.h"
#include "cur/net/body.h"
#include "private.h"

/* RFC 9051 date-time, in UTC: the zone of the sender is in the message. */
static char *date_argument(gint64 when)
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)when;
	struct tm tm;

	if (when <= 0 || !gmtime_r(&t, &tm) || tm.tm_year > 8099)
		return g_strdup("");
	return g_strdup_printf(" \"%02d-%s-%04d %02d:%02d:%02d +0000\"", tm.tm_mday,
			       months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
			       tm.tm_sec);
}

/* What is being sent. */
struct appending {
	struct imap *s;
	const struct imap_append *messages;
	guint64 *wire_bytes;
	gboolean *is_utf8; /* a header that is not ASCII, which UTF8=ACCEPT wants to be told */
	struct imap_appended *out;
	guint n;
};

static gboolean begin_append(struct imap *s, const char *name, struct command *c, GError **error)
{
	if (!command_begin(s, c, error))
		return FALSE;
	if (!link_printf(s->link, error, "APPEND "))
		return session_lost(s);
	return command_name(s, c, name, error);
}

/* " (flags) date {n}" and the message. FALSE with c->status set: refused before it was sent. */
static gboolean send_message(const struct appending *a, guint i, struct command *c, GError **error)
{
	const struct imap_append *m = &a->messages[i];
	struct imap *s = a->s;
	gboolean at_once = command_literal_at_once(s, a->wire_bytes[i]);
	g_autofree char *flags = flag_list(m->flags, m->keywords);
	g_autofree char *date = date_argument(m->internal_date);

	link_allow(s->link, IMAP_COMMAND_S);
	if (!link_printf(s->link, error, " %s%s %s{%" G_GUINT64_FORMAT "%s}\r\n", flags, date,
			 a->is_utf8[i] ? "UTF8 (~" : "", a->wire_bytes[i], at_once ? "+" : ""))
		return session_lost(s);
	if (!at_once && (!command_await_ready(s, c, error) || c->status != COMMAND_RUNNING))
		return FALSE;
	/* From here on it may be stored. */
	a->out[i].fate = IMAP_FATE_UNKNOWN;
	return (body_send(s->link, m->fd, BODY_DOTS_AS_THEY_ARE, error) &&
		(!a->is_utf8[i] || link_write(s->link, ")", 1, error))) ||
	       session_lost(s);
}

static void note_refusal(struct appending *a, guint i, const struct command *c)
{
	a->out[i].fate = IMAP_FATE_REFUSED;
	g_clear_error(&a->out[i].refusal);
	command_check(a->s, c, "cannot store the message", &a->out[i].refusal);
}

/* The tagged answer to messages [from, to). UIDs that are more or fewer than those say nothing. */
static void note_answer(struct appending *a, guint from, guint to, const struct command *c)
{
	gboolean told = c->appended && seqset_count_ranges(c->appended) == to - from;

	for (guint i = from; i < to; i++) {
		struct imap_appended *out = &a->out[i];

		if (c->status != COMMAND_OK) {
			note_refusal(a, i, c);
			continue;
		}
		out->fate = IMAP_FATE_STORED;
		out->uidvalidity = told ? c->append_uidvalidity : 0;
		out->uid = told ? seqset_at_place(c->appended, i - from) : 0;
	}
}

/* All of them in one command: the server stores all or none. */
static gboolean append_at_once(struct appending *a, GError **error)
{
	struct command c = {0};
	gboolean alive = begin_append(a->s, a->messages[0].name, &c, error);

	for (guint i = 0; alive && i < a->n; i++)
		alive = send_message(a, i, &c, error);
	/* Refused in the middle: the command is over. */
	if (!alive && c.status == COMMAND_RUNNING) {
		command_clear(&c);
		return FALSE;
	}
	alive = c.status != COMMAND_RUNNING ||
		(command_end(a->s, error) && command_await(a->s, &c, error));
	if (alive)
		note_answer(a, 0, a->n, &c);
	command_clear(&c);
	return alive;
}

/* A command each, none waiting for the answer to the one before. */
static gboolean append_in_turn(struct appending *a, GError **error)
{
	g_autofree struct command *all = g_new0(struct command, a->n);
	gboolean alive = TRUE;

	for (guint i = 0; alive && i < a->n; i++) {
		struct command *c = &all[i];

		alive = begin_append(a->s, a->messages[i].name, c, error) &&
			send_message(a, i, c, error);
		alive = (!alive && c->status != COMMAND_RUNNING && a->s->alive) ||
			(alive && command_end(a->s, error));
	}
	for (guint i = 0; i < a->n; i++) {
		alive = alive && command_await(a->s, &all[i], error);
		if (all[i].tag && all[i].status != COMMAND_RUNNING)
			note_answer(a, i, i + 1, &all[i]);
		command_clear(&all[i]);
	}
	return alive;
}

/* FALSE, and said why, for a message that no server can be given. */
static gboolean can_be_sent(struct appending *a, guint i, GError **error)
{
	struct body_facts facts;

	if (!body_scan(a->messages[i].fd, &facts, error))
		return FALSE;
	a->wire_bytes[i] = facts.wire_bytes;
	a->is_utf8[i] = facts.has_8bit_header && imap_has_utf8(a->s);
	if (facts.has_nul)
		return error_set(error, CUR_ERROR_REFUSED,
				 "the message holds a NUL byte, which mail cannot carry");
	return facts.wire_bytes <= G_MAXUINT32 ||
	       error_set(error, CUR_ERROR_REFUSED, "the message is over 4 GiB");
}

static gboolean send_all(struct appending *a, GError **error)
{
	GError *lost = NULL;
	gboolean unsure = FALSE;

	if (a->n > 1 && a->s->has[IMAP_MULTIAPPEND] ? append_at_once(a, &lost)
						    : append_in_turn(a, &lost))
		return TRUE;
	for (guint i = 0; i < a->n; i++)
		unsure |= a->out[i].fate == IMAP_FATE_UNKNOWN;
	if (!unsure) {
		g_propagate_error(error, lost);
		return FALSE;
	}
	error_set(error, CUR_ERROR_UNKNOWN, "%s has the whole message but did not answer: %s",
		  link_name(a->s->link), lost->message);
	g_error_free(lost);
	return FALSE;
}

gboolean imap_append_all(struct imap *s, const struct imap_append *messages, guint n,
			 struct imap_appended *out, GError **error)
{
	g_autofree struct imap_append *sendable = g_new(struct imap_append, n);
	g_autofree struct imap_appended *fates = g_new0(struct imap_appended, n);
	g_autofree guint64 *wire_bytes = g_new0(guint64, n);
	g_autofree gboolean *is_utf8 = g_new0(gboolean, n);
	g_autofree guint *place = g_new(guint, n);
	struct appending a = {s, sendable, wire_bytes, is_utf8, fates, 0};
	gboolean ok;

	memset(out, 0, n * sizeof(*out));
	for (guint i = 0; i < n; i++) {
		sendable[a.n] = messages[i];
		place[a.n] = i;
		if (can_be_sent(&a, a.n, &out[i].refusal))
			a.n++;
		else
			out[i].fate = IMAP_FATE_REFUSED;
	}
	ok = !a.n || send_all(&a, error);
	for (guint i = 0; i < a.n; i++) {
		out[place[i]] = fates[i];
		out[place[i]].wire_bytes = wire_bytes[i];
	}
	return ok;
}

gboolean imap_append(struct imap *s, const struct imap_append *a, guint32 *uidvalidity,
		     guint32 *uid, GError **error)
{
	struct imap_appended out;
	gboolean ok = imap_append_all(s, a, 1, &out, error);

	*uidvalidity = out.uidvalidity;
	*uid = out.uid;
	if (!ok || !out.refusal) {
		g_clear_error(&out.refusal);
		return ok;
	}
	g_propagate_error(error, out.refusal);
	return FALSE;
}
