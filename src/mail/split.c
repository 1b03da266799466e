/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RFC 2046 by one pass over the bytes. The open multiparts lie on a stack of at
 * most PART_DEPTH_MAX boundaries; a line that begins with "--" is compared with
 * them, innermost first. An outer boundary closes whatever was left open inside.
 */
#include "split.h"

#include <string.h>

#include "cur/mail/charset.h"
#include "cur/mail/rfc2047.h"
#include "field.h"
#include "params.h"

struct boundary {
	char *text;
	gsize n;
};

struct splitter {
	struct message *m;
	const char *p, *end;
	struct boundary open[PART_DEPTH_MAX];
	guint n_open;
};

/* A delimiter line: of which open multipart, where it begins, and whether it is the last one. */
struct delimiter {
	int level; /* -1: the end of the message */
	gboolean closes;
	const char *line;
};

/* ---- delimiters ------------------------------------------------------------ */

/* Only blanks may follow the boundary; else it is a longer one that begins alike. */
static gboolean rest_is_blank(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\r'))
		p++;
	return p == end || *p == '\n';
}

static gboolean is_delimiter(const struct splitter *s, const char *line, struct delimiter *found)
{
	const char *p = line + 2;
	gsize room = (gsize)(s->end - p);
	for (int i = (int)s->n_open - 1; i >= 0; i--) {
		const struct boundary *b = &s->open[i];
		if (b->n > room || memcmp(p, b->text, b->n))
			continue;
		const char *rest = p + b->n;
		gboolean closes = s->end - rest >= 2 && rest[0] == '-' && rest[1] == '-';
		if (!closes && !rest_is_blank(rest, s->end))
			continue;
		*found = (struct delimiter){i, closes, line};
		return TRUE;
	}
	return FALSE;
}

static gboolean at_delimiter(const struct splitter *s, struct delimiter *found)
{
	return s->end - s->p >= 2 && s->p[0] == '-' && s->p[1] == '-' &&
	       is_delimiter(s, s->p, found);
}

/* Move behind the next delimiter line; s->p stands at the begin of a line. */
static struct delimiter next_delimiter(struct splitter *s)
{
	struct delimiter found = {-1, FALSE, s->end};
	gboolean hit = s->n_open && at_delimiter(s, &found);
	while (!hit && s->n_open && s->p < s->end) {
		const char *lf = memmem(s->p, (gsize)(s->end - s->p), "\n--", 3);
		s->p = lf ? lf + 1 : s->end;
		hit = lf && is_delimiter(s, s->p, &found);
	}
	const char *lf = hit ? memchr(found.line, '\n', (gsize)(s->end - found.line)) : NULL;
	s->p = lf ? lf + 1 : s->end;
	return found;
}

/* The line end before a delimiter belongs to it (RFC 2046 5.1.1). */
static gsize body_length(const char *body, const struct delimiter *d)
{
	const char *end = d->line;
	if (d->level >= 0 && end > body && end[-1] == '\n')
		end--;
	if (d->level >= 0 && end > body && end[-1] == '\r')
		end--;
	return end > body ? (gsize)(end - body) : 0;
}

/* ---- one part's header ------------------------------------------------------- */

static const struct {
	const char *name;
	enum part_encoding encoding;
} encodings[] = {
    {"7bit", PART_7BIT},
    {"8bit", PART_8BIT},
    {"binary", PART_BINARY},
    {"base64", PART_BASE64},
    {"quoted-printable", PART_QUOTED_PRINTABLE},
    {"x-uuencode", PART_UUENCODE},
    {"x-uue", PART_UUENCODE},
    {"uuencode", PART_UUENCODE},
};

static enum part_encoding encoding_of(const struct field *f)
{
	gsize n = 0;
	while (n < f->value_n && (g_ascii_isalnum(f->value[n]) || f->value[n] == '-'))
		n++;
	for (gsize i = 0; i < G_N_ELEMENTS(encodings); i++)
		if (strlen(encodings[i].name) == n &&
		    !g_ascii_strncasecmp(encodings[i].name, f->value, n))
			return encodings[i].encoding;
	return n ? PART_UNKNOWN : PART_7BIT;
}

static void set_text(char **slot, char *value)
{
	g_free(*slot);
	*slot = value;
}

/* A word of a type: RFC 2045 tokens, lower case; anything else ends it. */
static const char *read_token(const char *p, const char *end, char **slot)
{
	const char *q = p;
	while (q < end && (guchar)*q > ' ' && (guchar)*q < 0x7f && !strchr("()<>@,;:\\\"/[]?=", *q))
		q++;
	if (q > p)
		set_text(slot, g_ascii_strdown(p, q - p));
	return q;
}

static void set_type(struct part *p, const struct field *f)
{
	p->type_value = f->value;
	p->type_value_n = f->value_n;
	const char *end = f->value + f->value_n;
	const char *slash = memchr(f->value, '/', f->value_n);
	if (!slash) {
		/* Not a type. "text" alone was once a way to say text/plain. */
		if (f->value_n < 4 || g_ascii_strncasecmp(f->value, "text", 4)) {
			set_text(&p->type, g_strdup("application"));
			set_text(&p->subtype, g_strdup("octet-stream"));
		}
		return;
	}
	set_text(&p->subtype, g_strdup("x-unknown"));
	read_token(f->value, end, &p->type);
	read_token(slash + 1, end, &p->subtype);
	char *charset = params_get(f->value, f->value_n, "charset");
	if (charset)
		set_text(&p->charset, g_strstrip(charset));
	char *name = params_get(f->value, f->value_n, "name");
	if (name && !*p->file_name)
		set_text(&p->file_name, g_steal_pointer(&name));
	g_free(name);
}

static void set_disposition(struct part *p, const struct field *f)
{
	read_token(f->value, f->value + f->value_n, &p->disposition);
	/* RFC 2183 2.8: what is not known is an attachment. */
	if (*p->disposition && strcmp(p->disposition, "inline") &&
	    strcmp(p->disposition, "form-data"))
		set_text(&p->disposition, g_strdup("attachment"));
	char *name = params_get(f->value, f->value_n, "filename");
	if (name)
		set_text(&p->file_name, name);
}

static gboolean is_named(const struct field *f, const char *name)
{
	return strlen(name) == f->name_n && !g_ascii_strncasecmp(f->line, name, f->name_n);
}

static char *without_brackets(const struct field *f)
{
	g_autofree char *id = header_decode(f->value, MIN(f->value_n, 1000u), NULL);
	gsize n = strlen(id);
	if (n >= 2 && id[0] == '<' && id[n - 1] == '>')
		return g_strndup(id + 1, n - 2);
	return g_steal_pointer(&id);
}

/* The first of equal fields counts: that is what most readers take. */
static void take_field(struct part *p, const struct field *f, gboolean *encoded)
{
	if (is_named(f, "content-type") && !p->type_value) {
		set_type(p, f);
	} else if (is_named(f, "content-transfer-encoding") && !*encoded) {
		p->encoding = encoding_of(f);
		*encoded = TRUE;
	} else if (is_named(f, "content-disposition") && !*p->disposition) {
		set_disposition(p, f);
	} else if (is_named(f, "content-description") && !*p->description) {
		const char *const *assumed = (const char *const *)p->message->assumed;
		set_text(&p->description, header_decode(f->value, MIN(f->value_n, 4096u), assumed));
	} else if (is_named(f, "content-id") && !*p->content_id) {
		set_text(&p->content_id, without_brackets(f));
	}
}

/* Read the header at s->p; it also ends where a delimiter stands in its place. */
static void read_head(struct splitter *s, struct part *p)
{
	gboolean encoded = FALSE;
	struct delimiter d;
	struct field f;
	p->head = s->p;
	while (!at_delimiter(s, &d) && field_next(&s->p, s->end, &f))
		if (f.name_n)
			take_field(p, &f, &encoded);
	p->head_n = (gsize)(s->p - p->head);
	p->body = s->p;
}

/* ---- the tree ------------------------------------------------------------------ */

/* What IMAP calls it (RFC 9051 6.4.5); the multipart inside of a message has its container's
 * number. */
static char *number_of(const struct part *p)
{
	const struct part *parent = p->parent;
	gboolean multipart = part_is(p, "multipart", NULL);
	if (!parent)
		return g_strdup(multipart ? "" : "1");
	if (p->is_message && multipart)
		return g_strdup(parent->number);
	guint place = parent->n_children + 1;
	return *parent->number ? g_strdup_printf("%s.%u", parent->number, place)
			       : g_strdup_printf("%u", place);
}

static void add_child(struct part *parent, struct part *p)
{
	/* Grow at powers of two. */
	guint n = parent->n_children;
	if ((n & (n - 1)) == 0)
		parent->children = g_renew(struct part *, parent->children, n ? n * 2 : 1);
	parent->children[parent->n_children++] = p;
}

static struct part *part_new(struct splitter *s, struct part *parent, gboolean is_message)
{
	struct part *p = g_new0(struct part, 1);
	gboolean digest = parent && part_is(parent, "multipart", "digest") && !is_message;
	p->message = s->m;
	p->parent = parent;
	p->depth = parent ? parent->depth + 1 : 0;
	p->index = s->m->parts->len;
	p->is_message = is_message;
	p->type = g_strdup(digest ? "message" : "text");
	p->subtype = g_strdup(digest ? "rfc822" : "plain");
	p->charset = g_strdup("");
	p->disposition = g_strdup("");
	p->file_name = g_strdup("");
	p->description = g_strdup("");
	p->content_id = g_strdup("");
	g_ptr_array_add(s->m->parts, p);
	return p;
}

static struct delimiter read_part(struct splitter *s, struct part *parent, gboolean is_message);

/* Children between the delimiters of our level; returns what ended the multipart. */
static struct delimiter read_children(struct splitter *s, struct part *p, char *boundary)
{
	int level = (int)s->n_open;
	s->open[s->n_open++] = (struct boundary){boundary, strlen(boundary)};
	struct delimiter d = next_delimiter(s);
	while (d.level == level && !d.closes) {
		if (s->m->parts->len < PART_COUNT_MAX) {
			d = read_part(s, p, FALSE);
		} else {
			p->too_deep = TRUE;
			d = next_delimiter(s);
		}
	}
	s->n_open = (guint)level;
	g_free(boundary);
	/* Behind the last delimiter there is only an epilogue, up to the end of what is around. */
	return d.level == level ? next_delimiter(s) : d;
}

static gboolean has_plain_encoding(const struct part *p)
{
	return p->encoding == PART_7BIT || p->encoding == PART_8BIT || p->encoding == PART_BINARY;
}

static struct delimiter read_body(struct splitter *s, struct part *p)
{
	gboolean multipart = part_is(p, "multipart", NULL);
	gboolean message = part_is(p, "message", "rfc822") || part_is(p, "message", "global");
	if (!multipart && !(message && has_plain_encoding(p)))
		return next_delimiter(s);
	if (p->depth + 1 >= PART_DEPTH_MAX || s->m->parts->len >= PART_COUNT_MAX) {
		p->too_deep = TRUE;
		return next_delimiter(s);
	}
	if (message)
		return read_part(s, p, TRUE);
	char *boundary = part_param(p, "boundary");
	if (boundary)
		g_strchomp(boundary); /* RFC 2046 5.1.1: it does not end in a blank */
	if (boundary && *boundary)
		return read_children(s, p, boundary);
	g_free(boundary);
	return next_delimiter(s);
}

static struct delimiter read_part(struct splitter *s, struct part *parent, gboolean is_message)
{
	struct part *p = part_new(s, parent, is_message);
	read_head(s, p);
	p->number = number_of(p);
	if (parent)
		add_child(parent, p);
	struct delimiter d = read_body(s, p);
	p->body_n = body_length(p->body, &d);
	return d;
}

void split_message(struct message *m)
{
	struct splitter s = {.m = m, .p = m->data, .end = m->data + m->n};
	read_part(&s, NULL, TRUE);
}

void part_free(struct part *p)
{
	headers_free(p->headers);
	g_free(p->children);
	g_free(p->number);
	g_free(p->type);
	g_free(p->subtype);
	g_free(p->charset);
	g_free(p->disposition);
	g_free(p->file_name);
	g_free(p->description);
	g_free(p->content_id);
	g_free(p);
}
