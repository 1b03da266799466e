/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Response codes: "[CODE …] text" of greetings, answers and untagged OK, NO, BAD (RFC 9051 7.1). */
#include "cur/mail/flags.h"
#include "private.h"

static gboolean number32(struct lexer *lx, guint32 *out)
{
	guint64 n;

	lex_blanks(lx);
	if (!lex_number(lx, &n) || n > G_MAXUINT32)
		return FALSE;
	*out = (guint32)n;
	return TRUE;
}

static void code_copyuid(struct imap *s, struct lexer *lx)
{
	struct imap_copied *out = s->listeners.copied;
	g_autoptr(GArray) from = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	g_autoptr(GArray) to = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	const char *a, *b;
	gsize n_a, n_b;
	guint32 validity;

	if (!out || !number32(lx, &validity) || !validity)
		return;
	lex_blanks(lx);
	if (!lex_atom(lx, &a, &n_a))
		return;
	lex_blanks(lx);
	if (!lex_atom(lx, &b, &n_b) || !seqset_parse_ordered(a, (gssize)n_a, from) ||
	    !seqset_parse_ordered(b, (gssize)n_b, to))
		return;
	/* Two answers about different mailboxes cannot both be for this command. */
	if (out->uidvalidity && out->uidvalidity != validity)
		return;
	if (out->from && (out->from->len + from->len > SEQSET_RANGES_MAX ||
			  out->to->len + to->len > SEQSET_RANGES_MAX))
		return;
	if (!out->from) {
		out->from = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
		out->to = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	}
	out->uidvalidity = validity;
	g_array_append_vals(out->from, from->data, from->len);
	g_array_append_vals(out->to, to->data, to->len);
}

static void code_modified(struct imap *s, struct lexer *lx)
{
	auto_ptr(seqset) set = NULL;
	const struct seqset_range *ranges;
	const char *atom;
	gsize n;

	lex_blanks(lx);
	if (!s->listeners.modified || !lex_atom(lx, &atom, &n) ||
	    !(set = seqset_parse(atom, (gssize)n)))
		return;
	ranges = seqset_ranges(set, &n);
	for (gsize i = 0; i < n; i++)
		seqset_add_range(s->listeners.modified, ranges[i].first, ranges[i].last);
}

static void code_permanent_flags(struct imap *s, struct lexer *lx)
{
	g_autoptr(GString) keywords = g_string_new(NULL);
	gboolean any = FALSE;
	guint32 flags;

	lex_blanks(lx);
	if (!response_flags(lx, &flags, keywords, &any))
		return;
	s->selected.permanent_flags = any ? FLAG_ALL : flags;
	s->selected.keywords_allowed = any;
	g_free(s->permanent_keywords);
	s->permanent_keywords = g_strdup(keywords->str);
}

static void code_messagelimit(struct imap *s, struct lexer *lx)
{
	guint64 limit;

	lex_blanks(lx);
	if (lex_number(lx, &limit))
		number32(lx, &s->limited_at);
}

static void code_appenduid(struct command *c, struct lexer *lx)
{
	g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(struct seqset_range));
	const char *set;
	gsize n;

	if (!number32(lx, &c->append_uidvalidity))
		return;
	lex_blanks(lx);
	if (!lex_atom(lx, &set, &n) || !seqset_parse_ordered(set, (gssize)n, uids))
		return;
	g_clear_pointer(&c->appended, g_array_unref);
	c->appended = g_steal_pointer(&uids);
}

/* Codes that come with a tagged answer, and mean something there only. */
static void code_of_command(struct command *c, const char *name, gsize n, struct lexer *lx)
{
	g_free(c->code);
	c->code = g_strndup(name, n);
	if (token_is(name, n, "APPENDUID"))
		code_appenduid(c, lx);
}

static void code(struct imap *s, const char *p, const char *end, const char *words,
		 struct command *c)
{
	struct lexer lx = {.p = p, .end = end};
	const char *name;
	guint64 modseq;
	gsize n;

	if (!lex_atom(&lx, &name, &n))
		return;
	if (c)
		code_of_command(c, name, n, &lx);
	if (token_is(name, n, "CAPABILITY"))
		response_capabilities(s, lx.p, lx.end);
	else if (token_is(name, n, "UIDVALIDITY"))
		number32(&lx, &s->selected.uidvalidity);
	else if (token_is(name, n, "UIDNEXT"))
		number32(&lx, &s->selected.uidnext);
	else if (token_is(name, n, "READ-ONLY"))
		s->selected.read_only = TRUE;
	else if (token_is(name, n, "READ-WRITE"))
		s->selected.read_only = FALSE;
	else if (token_is(name, n, "PERMANENTFLAGS"))
		code_permanent_flags(s, &lx);
	else if (token_is(name, n, "NOMODSEQ"))
		s->selected.highestmodseq = 0;
	else if (token_is(name, n, "UIDNOTSTICKY"))
		s->selected.uids_change = TRUE;
	else if (token_is(name, n, "CLOSED") && s->listeners.closed)
		s->listeners.closed(s);
	else if (token_is(name, n, "HIGHESTMODSEQ") && (lex_blanks(&lx), lex_number(&lx, &modseq)))
		s->selected.highestmodseq = modseq;
	else if (token_is(name, n, "COPYUID"))
		code_copyuid(s, &lx);
	else if (token_is(name, n, "MODIFIED"))
		code_modified(s, &lx);
	else if (token_is(name, n, "MESSAGELIMIT"))
		code_messagelimit(s, &lx);
	else if (token_is(name, n, "NOTIFICATIONOVERFLOW"))
		notify_overflow(s);
	else if (token_is(name, n, "ALERT") && s->alert)
		s->alert(words, s->alert_data);
}

void response_text(struct imap *s, const char *p, const char *end, struct command *c)
{
	const char *close = NULL, *text = p;
	g_autofree char *words = NULL;

	if (p < end && *p == '[' && (close = memchr(p, ']', (gsize)(end - p))))
		text = close + 1;
	words = link_words(s->link, text, end - text);
	if (close)
		code(s, p + 1, close, words, c);
	if (c) {
		g_free(c->text);
		c->text = g_steal_pointer(&words);
	}
}
