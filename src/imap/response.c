/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a server says: continuations, tagged answers, untagged data. Whatever is odd or unknown
 * is passed over, one response at a time; only what makes the place in the stream unsure ends
 * the session.
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/mail/flags.h"
#include "private.h"

/* ---- capabilities ---- */

static const char *const capability_names[IMAP_N_CAPABILITIES] = {
#define CAPABILITY(ID, name) [IMAP_##ID] = name,
#include "cur/imap/capabilities.def"
#undef CAPABILITY
};

/* What IMAP4rev2 includes (RFC 9051 appendix E). */
static const enum imap_capability rev2[] = {
    IMAP_SASL_IR,	IMAP_IDLE,	    IMAP_UIDPLUS,     IMAP_MOVE,
    IMAP_ESEARCH,	IMAP_LIST_EXTENDED, IMAP_LIST_STATUS, IMAP_SPECIAL_USE,
    IMAP_LITERAL_MINUS, IMAP_NAMESPACE,	    IMAP_ENABLE,
};

static void note_capability(struct imap *s, const char *name, gsize n)
{
	if (n > 5 && !g_ascii_strncasecmp(name, "AUTH=", 5)) {
		if (s->mechanisms->len)
			g_string_append_c(s->mechanisms, ' ');
		g_string_append_len(s->mechanisms, name + 5, (gssize)n - 5);
		return;
	}
	for (guint i = 0; i < IMAP_N_CAPABILITIES; i++)
		if (token_is(name, n, capability_names[i]))
			s->has[i] = TRUE;
}

void response_capabilities(struct imap *s, const char *p, const char *end)
{
	struct lexer lx = {.p = p, .end = end};
	const char *name;
	gsize n;

	/* The last list counts, whole: nothing of an older one is left. */
	memset(s->has, 0, sizeof(s->has));
	g_string_truncate(s->mechanisms, 0);
	lex_blanks(&lx);
	for (guint i = 0; i < IMAP_CAPABILITIES_MAX && lex_atom(&lx, &name, &n); i++) {
		note_capability(s, name, n);
		lex_blanks(&lx);
	}
	for (gsize i = 0; s->has[IMAP_IMAP4REV2] && i < G_N_ELEMENTS(rev2); i++)
		s->has[rev2[i]] = TRUE;
	s->capabilities_known = TRUE;
}

/* ---- flags ---- */

gboolean response_flags(struct lexer *lx, guint32 *flags, GString *keywords, gboolean *any)
{
	const char *atom;
	gsize n;

	*flags = 0;
	g_string_truncate(keywords, 0);
	if (!lex_accept(lx, '('))
		return FALSE;
	for (;;) {
		g_autofree char *name = NULL;
		guint32 bit;

		lex_blanks(lx);
		if (lex_accept(lx, ')'))
			return TRUE;
		if (!lex_atom(lx, &atom, &n))
			return FALSE;
		name = g_strndup(atom, n);
		bit = flags_from_imap(name);
		*flags |= bit;
		if (any && !strcmp(name, "\\*"))
			*any = TRUE;
		else if (!bit && *name != '\\' && keywords->len < LEX_STRING_MAX &&
			 g_utf8_validate(name, (gssize)n, NULL))
			g_string_append_printf(keywords, "%s%s", keywords->len ? " " : "", name);
	}
}

char *flag_list(guint32 flags, const char *keywords)
{
	GString *out = g_string_new("(");
	g_autofree char *names = flags_to_imap(flags);
	g_auto(GStrv) words = g_strsplit(keywords ? keywords : "", " ", -1);

	g_string_append(out, names);
	for (char **word = words; *word; word++) {
		struct lexer lx = {.p = *word, .end = *word + strlen(*word)};
		const char *atom;
		gsize n;

		/* An atom that is no flag, and nothing that could end the list. */
		if (!lex_atom(&lx, &atom, &n) || !lex_at_end(&lx) || strpbrk(*word, "\\%*]") ||
		    !g_str_is_ascii(*word))
			continue;
		g_string_append_printf(out, "%s%s", out->len > 1 ? " " : "", *word);
	}
	g_string_append_c(out, ')');
	return g_string_free(out, FALSE);
}

/* ---- untagged ---- */

/* In whatever order: they are sorted in the end. */
static gboolean note_found(struct imap *s, guint32 first, guint32 last, GError **error)
{
	GArray *found = s->listeners.search;

	return !found || !first || seqset_note(found, first, last) ||
	       error_set(error, CUR_ERROR_PROTOCOL, "%s: a search without an end",
			 link_name(s->link));
}

static gboolean untagged_search(struct imap *s, GError **error)
{
	guint64 uid;

	while (lex_blanks(&s->lx), lex_number(&s->lx, &uid))
		if (uid <= G_MAXUINT32 && !note_found(s, (guint32)uid, (guint32)uid, error))
			return FALSE;
	return TRUE;
}

/* (TAG "A7") UID ALL 1:5,7 */
static gboolean untagged_esearch(struct imap *s, GError **error)
{
	const char *word;
	gsize n;

	lex_blanks(&s->lx);
	if (s->lx.p < s->lx.end && *s->lx.p == '(' && !lex_skip_value(&s->lx, error))
		return FALSE;
	while (lex_blanks(&s->lx), lex_atom(&s->lx, &word, &n)) {
		auto_ptr(seqset) set = NULL;
		const struct seqset_range *ranges;

		if (!token_is(word, n, "ALL"))
			continue;
		lex_blanks(&s->lx);
		if (!lex_atom(&s->lx, &word, &n) || !(set = seqset_parse(word, (gssize)n)))
			return FALSE;
		ranges = seqset_ranges(set, &n);
		for (gsize i = 0; i < n; i++)
			if (!note_found(s, ranges[i].first, ranges[i].last, error))
				return FALSE;
	}
	return TRUE;
}

/* ENABLED (RFC 5161); what nobody asked for is not believed. */
static void untagged_enabled(struct imap *s)
{
	const char *name;
	gsize n;

	while (lex_blanks(&s->lx), lex_atom(&s->lx, &name, &n))
		for (guint i = 0; i < IMAP_N_CAPABILITIES; i++)
			if (s->wants[i] && token_is(name, n, capability_names[i]))
				s->enabled[i] = TRUE;
}

/* As many messages as a set names have gone; more than there are is no answer. */
static void note_gone(struct imap *s, const GArray *ranges)
{
	guint64 n = seqset_count_ranges(ranges);

	s->news |= IMAP_NEWS_EXPUNGE;
	if (n > s->selected.exists)
		return;
	s->selected.exists -= (guint32)n;
	s->selected.expunged += (guint32)n;
}

/* What does not fit makes all of the answer worthless: the mailbox is listed instead. */
static void note_vanished(struct imap *s, const GArray *ranges, gboolean whole)
{
	GArray *heard = s->listeners.vanished;

	if (!heard || s->vanished_cut)
		return;
	s->vanished_cut = !whole || heard->len + ranges->len > SEQSET_RANGES_MAX;
	if (s->vanished_cut)
		log_event(LOG_LEVEL_WARN,
			  "%s: more vanished messages than can be kept: all are listed",
			  link_name(s->link));
	else
		g_array_append_vals(heard, ranges->data, ranges->len);
}

/* VANISHED [(EARLIER)] uids (RFC 7162 3.2.10): never a change of numbers that a set does not hold.
 */
static gboolean untagged_vanished(struct imap *s)
{
	g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	gboolean earlier = lex_accept(&s->lx, '(');
	const char *word;
	gboolean whole;
	gsize n;

	if (earlier && (!lex_atom(&s->lx, &word, &n) || !token_is(word, n, "EARLIER") ||
			!lex_accept(&s->lx, ')')))
		return FALSE;
	lex_blanks(&s->lx);
	if (!lex_atom(&s->lx, &word, &n))
		return FALSE;
	whole = seqset_parse_ordered(word, (gssize)n, ranges);
	if (!whole && ranges->len < SEQSET_RANGES_MAX)
		return FALSE;
	if (!earlier)
		note_gone(s, ranges);
	note_vanished(s, ranges, whole);
	return TRUE;
}

static void untagged_bye(struct imap *s)
{
	response_text(s, s->lx.p, s->lx.end, NULL);
	g_free(s->bye);
	s->bye = link_words(s->link, s->lx.p, s->lx.end - s->lx.p);
	/* Perhaps an answer comes yet; not more than that. */
	link_allow(s->link, IMAP_BYE_S);
}

/* FALSE without *error: odd, the rest is to be skipped. */
static gboolean untagged_word(struct imap *s, const char *word, gsize n, GError **error)
{
	lex_blanks(&s->lx);
	if (token_is(word, n, "OK") || token_is(word, n, "NO") || token_is(word, n, "BAD")) {
		response_text(s, s->lx.p, s->lx.end, NULL);
		s->lx.p = s->lx.end;
	} else if (token_is(word, n, "BYE")) {
		untagged_bye(s);
		s->lx.p = s->lx.end;
	} else if (token_is(word, n, "CAPABILITY")) {
		response_capabilities(s, s->lx.p, s->lx.end);
	} else if (token_is(word, n, "ENABLED")) {
		untagged_enabled(s);
	} else if (token_is(word, n, "LIST") || token_is(word, n, "LSUB")) {
		return response_list(s, token_is(word, n, "LSUB"), error);
	} else if (token_is(word, n, "STATUS")) {
		return response_status(s, error);
	} else if (token_is(word, n, "NAMESPACE")) {
		return response_namespace(s, error);
	} else if (token_is(word, n, "SEARCH")) {
		return untagged_search(s, error);
	} else if (token_is(word, n, "ESEARCH")) {
		return untagged_esearch(s, error);
	} else if (token_is(word, n, "VANISHED")) {
		return untagged_vanished(s);
	}
	return TRUE;
}

static gboolean untagged_number(struct imap *s, guint64 number, GError **error)
{
	const char *word;
	gsize n;

	lex_blanks(&s->lx);
	if (!lex_atom(&s->lx, &word, &n))
		return FALSE;
	if (token_is(word, n, "FETCH") || token_is(word, n, "UIDFETCH")) {
		gboolean by_uid = token_is(word, n, "UIDFETCH") && number <= G_MAXUINT32;

		lex_blanks(&s->lx);
		return response_fetch(s, by_uid ? (guint32)number : 0, error);
	}
	if (token_is(word, n, "EXISTS")) {
		s->selected.exists = (guint32)MIN(number, G_MAXUINT32);
		s->news |= IMAP_NEWS_EXISTS;
	} else if (token_is(word, n, "EXPUNGE")) {
		if (s->selected.exists)
			s->selected.exists--;
		s->selected.expunged++;
		s->news |= IMAP_NEWS_EXPUNGE;
	}
	return TRUE;
}

static gboolean untagged(struct imap *s, GError **error)
{
	const char *word;
	guint64 number;
	gsize n;

	lex_blanks(&s->lx);
	if (lex_number(&s->lx, &number))
		return untagged_number(s, number, error);
	return lex_atom(&s->lx, &word, &n) && untagged_word(s, word, n, error);
}

/* ---- tagged ---- */

static struct command *command_of_tag(struct imap *s, const char *tag, gsize n)
{
	for (guint i = 0; i < s->running->len; i++) {
		struct command *c = s->running->pdata[i];
		char text[16];

		g_snprintf(text, sizeof(text), "A%u", c->tag);
		if (token_is(tag, n, text))
			return c;
	}
	return NULL;
}

static gboolean tagged(struct imap *s, GError **error)
{
	const char *word;
	struct command *c;
	gsize n;

	c = lex_atom(&s->lx, &word, &n) ? command_of_tag(s, word, n) : NULL;
	lex_blanks(&s->lx);
	if (!c || c->status != COMMAND_RUNNING || !lex_atom(&s->lx, &word, &n))
		return error_set(error, CUR_ERROR_PROTOCOL,
				 "%s: the server answers what was not asked", link_name(s->link));
	lex_blanks(&s->lx);
	if (token_is(word, n, "OK"))
		c->status = COMMAND_OK;
	else if (token_is(word, n, "NO"))
		c->status = COMMAND_NO;
	else if (token_is(word, n, "BAD"))
		c->status = COMMAND_BAD;
	else
		return error_set(error, CUR_ERROR_PROTOCOL, "%s: neither OK nor NO nor BAD",
				 link_name(s->link));
	response_text(s, s->lx.p, s->lx.end, c);
	s->lx.p = s->lx.end;
	return TRUE;
}

gboolean response_read(struct imap *s, GError **error)
{
	g_assert(error);
	if (!lex_begin(&s->lx, error))
		return FALSE;
	if (lex_accept(&s->lx, '+')) {
		lex_blanks(&s->lx);
		s->ready = TRUE;
		g_free(s->ready_text);
		s->ready_text = g_strndup(s->lx.p, (gsize)(s->lx.end - s->lx.p));
		return TRUE;
	}
	if (!lex_accept(&s->lx, '*'))
		return tagged(s, error);
	if (!untagged(s, error)) {
		if (*error)
			return FALSE;
		log_event(LOG_LEVEL_WARN, "%s: an odd response was passed over",
			  link_name(s->link));
	}
	return lex_skip(&s->lx, error);
}
