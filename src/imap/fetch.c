/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FETCH: the command, and its responses with the message text streamed through. */
#include "cur/imap/fetch.h"

#include <string.h>
#include <time.h>

#include "cur/base/error.h"
#include "private.h"

enum { OBJECT_MAX = 255 };

/* One FETCH response as it is read. */
struct response {
	struct imap_info info;
	GString *keywords;
	GString *scratch;
	GString *field, *object;
	gboolean has_text; /* a literal with the message came through */
	gboolean taken;	   /* … and ops->begin wanted it */
	gboolean doubtful; /* two UIDs or two texts: nobody knows what belongs to whom */
};

/* n digits as a number, a leading blank counting as 0; -1 when they are none. */
static int digits(const char *p, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (!g_ascii_isdigit(p[i]) && !(i == 0 && p[i] == ' '))
			return -1;
		value = value * 10 + (p[i] == ' ' ? 0 : p[i] - '0');
	}
	return value;
}

static int month_number(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (!g_ascii_strncasecmp(names + 3 * i, name, 3))
			return i;
	return -1;
}

/* "02-Nov-2026 10:00:00 +0100", always this wide; the day perhaps with a blank in front. */
static gboolean parse_date(const char *text, gint64 *out)
{
	static const char shape[] = "dd-mmm-yyyy hh:mm:ss +zzzz";
	struct tm tm = {0};
	int zone;

	if (strlen(text) != strlen(shape) || (text[21] != '+' && text[21] != '-'))
		return FALSE;
	tm.tm_mday = digits(text, 2);
	tm.tm_mon = month_number(text + 3);
	tm.tm_year = digits(text + 7, 4) - 1900;
	tm.tm_hour = digits(text + 12, 2);
	tm.tm_min = digits(text + 15, 2);
	tm.tm_sec = digits(text + 18, 2);
	zone = digits(text + 22, 4);
	if (tm.tm_mday < 1 || tm.tm_mon < 0 || tm.tm_year < 0 || tm.tm_hour < 0 || tm.tm_min < 0 ||
	    tm.tm_sec < 0 || zone < 0)
		return FALSE;
	zone = (zone / 100 * 60 + zone % 100) * 60;
	*out = timegm(&tm) - (text[21] == '-' ? -zone : zone);
	return TRUE;
}

static gboolean item_uid(struct imap *s, struct response *r)
{
	guint64 n;

	if (!lex_number(&s->lx, &n) || !n || n > G_MAXUINT32) {
		s->odd_uids++;
		return FALSE;
	}
	if (r->info.has & IMAP_INFO_UID && r->info.uid != n) {
		s->odd_uids++;
		r->doubtful = TRUE;
	}
	r->info.uid = (guint32)n;
	r->info.has |= IMAP_INFO_UID;
	return TRUE;
}

static gboolean item_flags(struct imap *s, struct response *r)
{
	if (!response_flags(&s->lx, &r->info.flags, r->keywords, NULL))
		return FALSE;
	r->info.keywords = r->keywords->str;
	r->info.has |= IMAP_INFO_FLAGS;
	return TRUE;
}

static gboolean item_date(struct imap *s, struct response *r, GError **error)
{
	if (!lex_string(&s->lx, r->scratch, NULL, error))
		return FALSE;
	/* A date that is none is as good as a missing one. */
	if (parse_date(r->scratch->str, &r->info.internal_date))
		r->info.has |= IMAP_INFO_DATE;
	return TRUE;
}

static gboolean item_size(struct imap *s, struct response *r)
{
	if (!lex_number(&s->lx, &r->info.size_bytes))
		return FALSE;
	r->info.has |= IMAP_INFO_SIZE;
	return TRUE;
}

static gboolean item_modseq(struct imap *s, struct response *r)
{
	if (!lex_accept(&s->lx, '(') || !lex_number(&s->lx, &r->info.modseq) ||
	    !lex_accept(&s->lx, ')'))
		return FALSE;
	r->info.has |= IMAP_INFO_MODSEQ;
	return TRUE;
}

static gboolean item_field(struct imap *s, struct response *r, GError **error)
{
	if (!lex_string(&s->lx, r->field, NULL, error))
		return FALSE;
	r->info.field = r->field->str;
	r->info.has |= IMAP_INFO_FIELD;
	return TRUE;
}

/* "(M6d99ac32)", or Gmail's number: "gm-" in front keeps the two apart. */
static gboolean item_object(struct imap *s, struct response *r, gboolean gmail)
{
	const char *id;
	gsize n;

	if ((!gmail && !lex_accept(&s->lx, '(')) || !lex_atom(&s->lx, &id, &n) || n > OBJECT_MAX ||
	    (!gmail && !lex_accept(&s->lx, ')')) || !g_utf8_validate(id, (gssize)n, NULL))
		return FALSE;
	g_string_assign(r->object, gmail ? "gm-" : "");
	g_string_append_len(r->object, id, (gssize)n);
	r->info.object = r->object->str;
	r->info.has |= IMAP_INFO_OBJECT;
	return TRUE;
}

static gboolean is_field(const char *name, gsize n)
{
	static const char start[] = "BODY[HEADER.FIELDS ";

	return n > strlen(start) && !g_ascii_strncasecmp(name, start, strlen(start));
}

/* What the ops of a handler are for; a text that nobody asked for is one, too. */
static gboolean is_text(const struct fetch_handler *h, const char *name, gsize n)
{
	static const char header[] = "BODY[HEADER]";

	if (!h || !h->headers)
		return token_is(name, n, "BODY[]");
	/* With the place where the piece begins, "<0>" (RFC 9051 7.5.2). */
	return n >= strlen(header) && !g_ascii_strncasecmp(name, header, strlen(header));
}

/* TRUE when the message may be one of those asked for (its UID can come behind the text). */
static gboolean is_wanted(const struct fetch_handler *h, const struct response *r)
{
	if (!h || !h->ops || r->doubtful)
		return FALSE;
	return !(r->info.has & IMAP_INFO_UID) ||
	       (seqset_has(h->asked, r->info.uid) && !seqset_has(h->got, r->info.uid));
}

/* Offer a text of n bytes. FALSE only with *error. */
static gboolean offer(struct imap *s, struct response *r, guint64 n, GError **error)
{
	struct fetch_handler *h = s->listeners.fetch;

	r->doubtful |= r->has_text;
	r->taken = FALSE;
	if (n > s->max_literal || !is_wanted(h, r))
		return TRUE;
	r->taken = h->ops->begin(&r->info, n, h->data, error);
	return r->taken || !*error;
}

/* BODY[]: a literal as a rule, but a quoted string is allowed. */
static gboolean item_text(struct imap *s, struct response *r, GError **error)
{
	struct fetch_handler *h = s->listeners.fetch;
	gboolean nil = FALSE;
	guint64 n;

	if (lex_literal(&s->lx, &n, error)) {
		if (!offer(s, r, n, error) ||
		    !link_read_exact(s->link, n, r->taken ? h->ops->bytes : NULL,
				     h ? h->data : NULL, error))
			return FALSE;
		r->has_text = TRUE;
		return lex_after_literal(&s->lx, error);
	}
	if (*error || !lex_string(&s->lx, r->scratch, &nil, error))
		return FALSE;
	/* NIL: the server has lost it. */
	if (nil)
		return TRUE;
	if (!offer(s, r, r->scratch->len, error) ||
	    (r->taken && !h->ops->bytes(r->scratch->str, r->scratch->len, h->data, error)))
		return FALSE;
	r->has_text = TRUE;
	return TRUE;
}

static gboolean item(struct imap *s, struct response *r, GError **error)
{
	const char *name;
	gsize n;

	if (!lex_item_name(&s->lx, &name, &n))
		return FALSE;
	lex_blanks(&s->lx);
	if (token_is(name, n, "UID"))
		return item_uid(s, r);
	if (token_is(name, n, "FLAGS"))
		return item_flags(s, r);
	if (token_is(name, n, "INTERNALDATE"))
		return item_date(s, r, error);
	if (token_is(name, n, "RFC822.SIZE"))
		return item_size(s, r);
	if (token_is(name, n, "MODSEQ"))
		return item_modseq(s, r);
	if (token_is(name, n, "EMAILID") || token_is(name, n, "X-GM-MSGID"))
		return item_object(s, r, token_is(name, n, "X-GM-MSGID"));
	if (is_text(s->listeners.fetch, name, n))
		return item_text(s, r, error);
	if (is_field(name, n))
		return item_field(s, r, error);
	/* Behind a text, what nobody asked for is rather the rest of a text longer than it says. */
	return !r->has_text && lex_skip_value(&s->lx, error);
}

static gboolean items(struct imap *s, struct response *r, GError **error)
{
	if (!lex_accept(&s->lx, '('))
		return FALSE;
	for (;;) {
		lex_blanks(&s->lx);
		if (lex_accept(&s->lx, ')'))
			return TRUE;
		if (!item(s, r, error))
			return FALSE;
	}
}

/* The response was whole: give it to whom it belongs. */
static gboolean deliver(struct imap *s, struct response *r, GError **error)
{
	struct fetch_handler *h = s->listeners.fetch;
	gboolean ours = h && (r->info.has & IMAP_INFO_UID) && seqset_has(h->asked, r->info.uid);

	if (r->doubtful)
		return TRUE;
	if (r->taken) {
		if (!ours || seqset_has(h->got, r->info.uid))
			return TRUE;
		seqset_add(h->got, r->info.uid);
		return h->ops->end(&r->info, h->data, error);
	}
	if (ours && !h->ops)
		return !h->each || h->each(&r->info, h->data, error);
	if (!r->has_text)
		s->news |= IMAP_NEWS_FLAGS;
	return TRUE;
}

static void note_twice(struct fetch_handler *h, const struct response *r)
{
	if (h && h->got && r->has_text && seqset_has(h->got, r->info.uid))
		seqset_add(h->twice, r->info.uid);
}

gboolean response_fetch(struct imap *s, guint32 uid, GError **error)
{
	struct response r = {.info = {.keywords = "", .uid = uid, .has = uid ? IMAP_INFO_UID : 0}};
	gboolean ok;

	r.keywords = g_string_new(NULL);
	r.scratch = g_string_new(NULL);
	r.field = g_string_new(NULL);
	r.object = g_string_new(NULL);
	ok = items(s, &r, error);
	/* Behind a text the place in the stream is sure only when the rest fits. */
	if (!ok && r.has_text && !*error)
		error_set(error, CUR_ERROR_PROTOCOL, "%s: a message does not end where it should",
			  link_name(s->link));
	if (ok)
		note_twice(s->listeners.fetch, &r);
	ok = ok && deliver(s, &r, error);
	g_string_free(r.keywords, TRUE);
	g_string_free(r.scratch, TRUE);
	g_string_free(r.field, TRUE);
	g_string_free(r.object, TRUE);
	return ok;
}

guint imap_take_odd_uids(struct imap *s)
{
	guint n = s->odd_uids;

	s->odd_uids = 0;
	return n;
}

/* ---- commands ---- */

/* What is still to be asked for below a UID; NULL: nothing. Yours. */
static struct seqset *rest_below(const struct fetch_handler *h, guint32 limit)
{
	struct seqset *below = seqset_new(), *rest;
	const struct seqset_range *r;
	gsize n;

	r = seqset_ranges(h->asked, &n);
	for (gsize i = 0; i < n && r[i].first < limit; i++)
		seqset_add_range(below, r[i].first, MIN(r[i].last, limit - 1));
	rest = h->got ? seqset_minus(below, h->got) : g_steal_pointer(&below);
	g_clear_pointer(&below, seqset_free);
	if (seqset_is_empty(rest))
		g_clear_pointer(&rest, seqset_free);
	return rest;
}

enum { PORTIONS_MAX = 10000 };

/* Of very many a server may answer the newest (RFC 9738): it is asked for the others. */
static gboolean run(struct imap *s, struct fetch_handler *h, const char *items_asked,
		    GError **error)
{
	g_autofree char *after = g_strdup_printf(" %s", items_asked);
	auto_ptr(seqset) rest = NULL;
	const struct seqset *asked = h->asked;
	guint32 limit = G_MAXUINT32;
	guint n_portions = 0;
	gboolean ok = TRUE;

	s->listeners.fetch = h;
	while (ok && asked && !seqset_is_empty(asked)) {
		s->limited_at = 0;
		ok = command_run_sets(s, "cannot fetch", asked, "UID FETCH", after, error);
		g_clear_pointer(&rest, seqset_free);
		if (s->limited_at && s->limited_at < limit && ++n_portions < PORTIONS_MAX)
			rest = rest_below(h, limit = s->limited_at);
		asked = rest;
	}
	s->listeners.fetch = NULL;
	return ok;
}

char *fetch_info_items(gboolean sizes, gboolean modseq, guint64 changed_since)
{
	GString *what = g_string_new("(UID FLAGS");

	if (sizes)
		g_string_append(what, " INTERNALDATE RFC822.SIZE");
	if (modseq)
		g_string_append(what, " MODSEQ");
	g_string_append_c(what, ')');
	if (modseq && changed_since)
		g_string_append_printf(what, " (CHANGEDSINCE %" G_GUINT64_FORMAT ")",
				       changed_since);
	return g_string_free(what, FALSE);
}

gboolean imap_fetch_info(struct imap *s, const struct seqset *uids, gboolean sizes,
			 guint64 changed_since, imap_info_fn each, void *data, GError **error)
{
	struct fetch_handler h = {.asked = uids, .each = each, .data = data};
	gboolean modseq = s->has[IMAP_CONDSTORE] && s->selected.highestmodseq;
	g_autofree char *what = fetch_info_items(sizes, modseq, changed_since);

	return run(s, &h, what, error);
}

gboolean imap_fetch_field(struct imap *s, const struct seqset *uids, const char *name,
			  imap_info_fn each, void *data, GError **error)
{
	struct fetch_handler h = {.asked = uids, .each = each, .data = data};
	g_autofree char *what = g_strdup_printf("(UID BODY.PEEK[HEADER.FIELDS (%s)])", name);

	return run(s, &h, what, error);
}

gboolean imap_has_objects(const struct imap *s)
{
	return s->has[IMAP_OBJECTID] || s->has[IMAP_GMAIL];
}

gboolean imap_fetch_objects(struct imap *s, const struct seqset *uids, imap_info_fn each,
			    void *data, GError **error)
{
	struct fetch_handler h = {.asked = uids, .each = each, .data = data};

	return run(s, &h, s->has[IMAP_OBJECTID] ? "(UID EMAILID)" : "(UID X-GM-MSGID)", error);
}

/* What is asked of a message besides its bytes, and those. Yours. */
static char *items_with(const struct imap *s, const char *bytes)
{
	gboolean modseq = s->has[IMAP_CONDSTORE] && s->selected.highestmodseq;

	return g_strdup_printf("(UID FLAGS INTERNALDATE RFC822.SIZE%s %s)", modseq ? " MODSEQ" : "",
			       bytes);
}

/* *missing as imap_fetch_messages() has it. */
static gboolean run_ops(struct imap *s, struct fetch_handler *h, const char *bytes,
			struct seqset **missing, GError **error)
{
	auto_ptr(seqset) got = seqset_new();
	auto_ptr(seqset) twice = seqset_new();
	auto_ptr(seqset) sure = NULL;
	g_autofree char *what = items_with(s, bytes);
	gboolean ok;

	h->got = got;
	h->twice = twice;
	ok = run(s, h, what, error);
	sure = seqset_minus(got, twice);
	if (missing)
		*missing = seqset_minus(h->asked, sure);
	return ok;
}

gboolean imap_fetch_messages(struct imap *s, const struct seqset *uids,
			     const struct imap_message_ops *ops, void *data,
			     struct seqset **missing, GError **error)
{
	struct fetch_handler h = {.asked = uids, .ops = ops, .data = data};

	return run_ops(s, &h, "BODY.PEEK[]", missing, error);
}

gboolean imap_fetch_headers(struct imap *s, const struct seqset *uids, guint32 bytes,
			    const struct imap_message_ops *ops, void *data, struct seqset **missing,
			    GError **error)
{
	struct fetch_handler h = {.asked = uids, .ops = ops, .headers = TRUE, .data = data};
	g_autofree char *piece = g_strdup_printf("BODY.PEEK[HEADER]<0.%u>", bytes);

	return run_ops(s, &h, piece, missing, error);
}

gboolean imap_fetch_last_headers(struct imap *s, guint32 first, guint32 bytes,
				 const struct imap_message_ops *ops, void *data, GError **error)
{
	auto_ptr(seqset) any = seqset_new();
	auto_ptr(seqset) got = seqset_new();
	auto_ptr(seqset) twice = seqset_new();
	struct fetch_handler h = {
	    .asked = any, .got = got, .twice = twice, .ops = ops, .headers = TRUE, .data = data};
	g_autofree char *piece = g_strdup_printf("BODY.PEEK[HEADER]<0.%u>", bytes);
	g_autofree char *what = items_with(s, piece);
	gboolean ok;

	seqset_add_range(any, 1, G_MAXUINT32);
	s->listeners.fetch = &h;
	ok = command_run(s, "cannot fetch", error, "FETCH %u:* %s", first, what);
	s->listeners.fetch = NULL;
	return ok;
}
