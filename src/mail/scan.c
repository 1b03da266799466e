/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Header block to row. One pass; the usual field costs a comparison and a copy. */
#include "cur/mail/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/mail/date.h"
#include "cur/mail/msgid.h"
#include "cur/mail/partial.h"
#include "cur/mail/rfc2047.h"
#include "field.h"
#include "scan-address.h"

enum { DATE_BYTES_MAX = 100, FIRST_READ = 16 << 10, NEXT_READ = 64 << 10 };

struct scan {
	const struct scan_hints *hints;
	struct row *row;
	char *field[ENV_N_FIELDS];
	gboolean dated, typed;
	guint n_fields;
};

/* ---- what a field means ------------------------------------------------------ */

/* The first field of a name counts; an empty one counts as absent. */
static void take_text(struct scan *s, const struct field *f, enum envelope_field to)
{
	if (s->field[to] && *s->field[to])
		return;
	g_free(s->field[to]);
	s->field[to] =
	    header_decode(f->value, MIN(f->value_n, (guint32)SCAN_FIELD_MAX), s->hints->assumed);
}

/* Fields that may come several times are joined. */
static void take_words(struct scan *s, const struct field *f, enum envelope_field to)
{
	g_autofree char *before = g_steal_pointer(&s->field[to]);
	take_text(s, f, to);
	if (before && *before && strlen(before) < SCAN_FIELD_MAX) {
		char *joined = g_strconcat(before, " ", s->field[to], NULL);
		g_free(s->field[to]);
		s->field[to] = joined;
	}
}

static void take_addresses(struct scan *s, const struct field *f, enum envelope_field to)
{
	GString *out = g_string_sized_new(MIN(f->value_n, (guint32)SCAN_FIELD_MAX) + 8);
	if (s->field[to])
		g_string_append(out, s->field[to]);
	scan_addresses(out, f->value, f->value_n, SCAN_FIELD_MAX);
	g_free(s->field[to]);
	s->field[to] = g_string_free(out, FALSE);
}

/* The id of the message; people and programs forget the brackets. RFC 2047 words mean nothing in
 * it. */
static void take_id(struct scan *s, const struct field *f, enum envelope_field to)
{
	if (s->field[to])
		return;
	g_autofree char *value = g_strndup(f->value, MIN(f->value_n, (guint32)SCAN_FIELD_MAX));
	const char *p = value;
	gsize n;
	const char *id = msgid_next(&p, &n);
	if (id) {
		s->field[to] = g_utf8_make_valid(id, (gssize)n);
		return;
	}
	g_autofree char *bare = g_strdup_printf("<%s>", g_strstrip(value));
	p = bare;
	if (msgid_next(&p, &n) == bare)
		s->field[to] = g_utf8_make_valid(bare, (gssize)n);
}

/* The last REFERENCES_MAX ids: those near the message matter for its place. */
static void take_ids(struct scan *s, const struct field *f, enum envelope_field to)
{
	if (s->field[to] && *s->field[to])
		return;
	g_autofree char *value = g_strndup(f->value, f->value_n);
	guint total = 0;
	gsize n;
	for (const char *p = value; msgid_next(&p, &n);)
		total++;
	guint skip = total > REFERENCES_MAX ? total - REFERENCES_MAX : 0;
	GString *out = g_string_sized_new(f->value_n + 1);
	const char *p = value, *id;
	while ((id = msgid_next(&p, &n)) && out->len + n < SCAN_FIELD_MAX) {
		if (skip) {
			skip--;
			continue;
		}
		if (out->len)
			g_string_append_c(out, ' ');
		g_string_append_len(out, id, (gssize)n);
	}
	g_free(s->field[to]);
	s->field[to] = g_utf8_make_valid(out->str, (gssize)out->len);
	g_string_free(out, TRUE);
}

static void take_date(struct scan *s, const struct field *f, enum envelope_field to)
{
	if (s->field[to])
		return;
	gint16 zone;
	s->field[to] = header_decode(f->value, MIN(f->value_n, (guint32)DATE_BYTES_MAX), NULL);
	s->dated = date_parse_n(f->value, f->value_n, &s->row->date_sent, &zone);
	s->row->zone_minutes = s->dated && zone != DATE_ZONE_NONE ? zone : 0;
}

static gboolean contains(const char *p, gsize n, const char *word)
{
	g_autofree char *lower = g_ascii_strdown(p, (gssize)MIN(n, (gsize)1000));
	return strstr(lower, word) != NULL;
}

/* Kinds by the beginning of Content-Type. */
static const struct {
	const char *type;
	guint16 kind;
} kinds[] = {
    {"multipart/mixed", ROW_ATTACHMENT},    {"multipart/signed", ROW_SIGNED},
    {"multipart/encrypted", ROW_ENCRYPTED}, {"multipart/", ROW_MULTIPART},
    {"application/pgp-keys", ROW_PGP_KEY},
};

static void take_type(struct scan *s, const struct field *f, enum envelope_field to)
{
	if (s->typed)
		return;
	s->typed = TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		gsize n = strlen(kinds[i].type);
		if (f->value_n >= n && !g_ascii_strncasecmp(f->value, kinds[i].type, n))
			s->row->kind |= kinds[i].kind;
	}
	/* RFC 8551 3.2: one type for both, a parameter tells them apart. */
	if (contains(f->value, f->value_n, "pkcs7-mime"))
		s->row->kind |=
		    contains(f->value, f->value_n, "signed-data") ? ROW_SIGNED : ROW_ENCRYPTED;
	if (f->value_n >= 5 && !g_ascii_strncasecmp(f->value, "text/", 5))
		s->row->kind &= ~(guint)ROW_PARTS;
}

static void take_partial(struct scan *s, const struct field *f, enum envelope_field to)
{
	s->row->kind |= ROW_PARTIAL;
}

static void take_list(struct scan *s, const struct field *f, enum envelope_field to)
{
	s->row->kind |= ROW_LIST;
	take_text(s, f, to);
}

static void take_lines(struct scan *s, const struct field *f, enum envelope_field to)
{
	guint lines = 0;
	for (guint32 i = 0; i < f->value_n && g_ascii_isdigit(f->value[i]); i++)
		lines = MIN(lines * 10 + (guint)(f->value[i] - '0'), (guint)G_MAXUINT16);
	s->row->lines = (guint16)lines;
}

/* ---- which field ------------------------------------------------------------- */

typedef void (*take_fn)(struct scan *s, const struct field *f, enum envelope_field to);

/* clang-format off */
static const struct {
	const char *name;
	take_fn take;
	enum envelope_field to;
} fields[] = {
	{"subject",		take_text,	ENV_SUBJECT},
	{"from",		take_addresses,	ENV_FROM},
	{"sender",		take_addresses,	ENV_SENDER},
	{"reply-to",		take_addresses,	ENV_REPLY_TO},
	{"to",			take_addresses,	ENV_TO},
	{"cc",			take_addresses,	ENV_CC},
	{"bcc",			take_addresses,	ENV_BCC},
	{"mail-followup-to",	take_addresses,	ENV_FOLLOWUP_TO},
	{"message-id",		take_id,	ENV_MESSAGE_ID},
	{"in-reply-to",		take_ids,	ENV_IN_REPLY_TO},
	{"references",		take_ids,	ENV_REFERENCES},
	{"supersedes",		take_id,	ENV_SUPERSEDES},
	{"supercedes",		take_id,	ENV_SUPERSEDES},
	{"date",		take_date,	ENV_DATE},
	{"content-type",	take_type,	ENV_N_FIELDS},
	{"list-id",		take_list,	ENV_LIST_ID},
	{"list-post",		take_list,	ENV_LIST_POST},
	{"x-label",		take_words,	ENV_LABEL},
	{"keywords",		take_words,	ENV_LABEL},
	{"newsgroups",		take_text,	ENV_NEWSGROUPS},
	{"expires",		take_text,	ENV_EXPIRES},
	{"organization",	take_text,	ENV_ORGANIZATION},
	{"lines",		take_lines,	ENV_N_FIELDS},
	{"x-cur-content-type",	take_type,	ENV_N_FIELDS},
	{"x-cur-text",		take_partial,	ENV_N_FIELDS},
};
/* clang-format on */

static void take_field(struct scan *s, const struct field *f)
{
	static guint8 lengths[G_N_ELEMENTS(fields)];
	static gsize once;
	if (g_once_init_enter(&once)) {
		for (gsize i = 0; i < G_N_ELEMENTS(fields); i++)
			lengths[i] = (guint8)strlen(fields[i].name);
		g_once_init_leave(&once, 1);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
		if (lengths[i] == f->name_n &&
		    !g_ascii_strncasecmp(fields[i].name, f->line, f->name_n)) {
			fields[i].take(s, f, fields[i].to);
			return;
		}
	}
}

/* ---- the row ------------------------------------------------------------------- */

/* The parent is the last reference that is not the message itself, else the first In-Reply-To. */
static guint64 parent_of(const struct scan *s)
{
	guint64 parent = 0;
	const char *p = s->field[ENV_REFERENCES] ? s->field[ENV_REFERENCES] : "", *id;
	gsize n;
	while ((id = msgid_next(&p, &n))) {
		guint64 hash = msgid_hash_n(id, n);
		parent = hash != s->row->id_hash ? hash : parent;
	}
	p = s->field[ENV_IN_REPLY_TO] ? s->field[ENV_IN_REPLY_TO] : "";
	if (!parent && (id = msgid_next(&p, &n)))
		parent = msgid_hash_n(id, n);
	return parent != s->row->id_hash ? parent : 0;
}

/* A message without an id gets one from its header, so that it is the same at each scan. */
static guint64 id_of(const struct scan *s, const char *bytes, gsize header_n)
{
	const char *id = s->field[ENV_MESSAGE_ID];
	if (id && *id)
		return msgid_hash(id);
	if (!s->n_fields && s->hints->file)
		return msgid_hash(s->hints->file);
	return msgid_hash_n(bytes, header_n);
}

static guint16 count_lines(const char *p, const char *end)
{
	guint lines = 0;
	for (; lines < G_MAXUINT16 && p < end; lines++) {
		const char *lf = memchr(p, '\n', (gsize)(end - p));
		p = lf ? lf + 1 : end;
	}
	return (guint16)lines;
}

static void finish_row(struct scan *s, const char *bytes, gsize header_n)
{
	struct row *row = s->row;
	const struct scan_hints *hints = s->hints;
	if (!s->n_fields)
		row->kind |= ROW_BROKEN;
	if (!s->typed)
		row->kind &= ~(guint)ROW_PARTS;
	row->lid = hints->lid;
	row->header_bytes = (guint16)MIN(header_n, (gsize)G_MAXUINT16);
	row->size_bytes = (guint32)MIN(hints->size_bytes, (guint64)G_MAXUINT32);
	row->date_received = hints->date_received ? hints->date_received : row->date_sent;
	if (!s->dated)
		row->date_sent = row->date_received;
	row->id_hash = id_of(s, bytes, header_n);
	row->parent_hash = parent_of(s);
}

void scan_header(const char *bytes, gsize n, const struct scan_hints *hints, struct row *row,
		 char **text, gsize *text_n)
{
	static const struct scan_hints none;
	struct scan s = {.hints = hints ? hints : &none, .row = row};
	memset(row, 0, sizeof(*row));
	row->kind = ROW_PARTS;

	const char *p = bytes, *end = bytes + MIN(n, (gsize)SCAN_HEADER_MAX);
	struct field f;
	while (field_next(&p, end, &f)) {
		if (!f.name_n)
			continue;
		s.n_fields++;
		take_field(&s, &f);
	}
	/* The body counts when all of it is here; what Lines: says may be a lie. */
	if (s.hints->size_bytes && n == s.hints->size_bytes)
		row->lines = count_lines(p, bytes + n);
	finish_row(&s, bytes, (gsize)(p - bytes));

	s.field[ENV_FILE] = g_strdup(s.hints->file);
	s.field[ENV_KEYWORDS] = g_strdup(s.hints->keywords);
	*text = envelope_pack((const char *const *)s.field, text_n);
	for (int i = 0; i < ENV_N_FIELDS; i++)
		g_free(s.field[i]);
}

/* ---- files ---------------------------------------------------------------------- */

/* Does the empty line stand in the bytes from `from` on? */
static gboolean has_header_end(const char *bytes, gsize n, gsize from)
{
	if (n && (*bytes == '\n' || (n > 1 && !memcmp(bytes, "\r\n", 2))))
		return TRUE;
	from = from > 3 ? from - 3 : 0;
	return memmem(bytes + from, n - from, "\n\n", 2) ||
	       memmem(bytes + from, n - from, "\n\r\n", 3);
}

/* Read up to the end of the header or SCAN_HEADER_MAX. */
static GByteArray *read_header(int fd, const char *path, GError **error)
{
	GByteArray *bytes = g_byte_array_sized_new(FIRST_READ);
	gsize got = 0, want = FIRST_READ;
	for (;;) {
		g_byte_array_set_size(bytes, (guint)(got + want));
		gssize n = read(fd, bytes->data + got, want);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error_from_errno(error, errno, "cannot read '%s'", path);
			g_byte_array_unref(bytes);
			return NULL;
		}
		gsize before = got;
		got += (gsize)n;
		want = NEXT_READ;
		if (n == 0 || got >= SCAN_HEADER_MAX ||
		    has_header_end((const char *)bytes->data, got, before))
			break;
	}
	g_byte_array_set_size(bytes, (guint)got);
	return bytes;
}

/* Anybody may write such a field: the file as a whole tells. */
static void check_partial(const char *path, struct row *row)
{
	struct partial there = {0};

	if (!(row->kind & ROW_PARTIAL))
		return;
	if (partial_read(path, &there))
		row->size_bytes = (guint32)MIN(there.size_bytes, (guint64)G_MAXUINT32);
	else
		row->kind &= ~(guint)ROW_PARTIAL;
	partial_clear(&there);
}

gboolean scan_file(const char *path, const struct scan_hints *hints, struct row *row, char **text,
		   gsize *text_n, GError **error)
{
	/* Not blocking: a FIFO with a message's name must not stop the engine. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return error_from_errno(error, errno, "cannot open '%s'", path);
	struct stat st;
	g_autoptr(GByteArray) bytes = NULL;
	if (fstat(fd, &st) != 0)
		error_from_errno(error, errno, "cannot read '%s'", path);
	else if (!S_ISREG(st.st_mode))
		error_set(error, CUR_ERROR_CORRUPT, "'%s' is not a file", path);
	else
		bytes = read_header(fd, path, error);
	close(fd);
	if (!bytes)
		return FALSE;

	struct scan_hints all = hints ? *hints : (struct scan_hints){0};
	all.size_bytes = (guint64)st.st_size;
	if (!all.date_received)
		all.date_received = st.st_mtime;
	scan_header((const char *)bytes->data, bytes->len, &all, row, text, text_n);
	check_partial(path, row);
	return TRUE;
}

guint64 scan_message_id(const char *bytes, gsize n)
{
	g_autofree char *text = NULL;
	struct envelope env;
	struct row row;
	gsize n_text;

	scan_header(bytes, n, NULL, &row, &text, &n_text);
	envelope_init(&env, text, n_text);
	return *env.field[ENV_MESSAGE_ID] ? row.id_hash : 0;
}

char *scan_file_id(const char *path)
{
	struct scan_hints hints = {0};
	g_autofree char *text = NULL;
	struct envelope env;
	struct row row;
	gsize n;

	if (!scan_file(path, &hints, &row, &text, &n, NULL))
		return NULL;
	envelope_init(&env, text, n);
	return *env.field[ENV_MESSAGE_ID] ? g_strdup(env.field[ENV_MESSAGE_ID]) : NULL;
}
