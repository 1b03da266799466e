/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as values: making, comparing, writing. Reading them is address-parse.c. */
#include "cur/mail/address.h"

#include <idn2.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/text.h"
#include "cur/mail/habits.h"
#include "gmime-late.h"

/* What must stand in quotes in a phrase (RFC 5322 3.2.3), but for the dot: people write "J. Smith"
 * and every reader understands it. */
#define PHRASE_SPECIALS "()<>[]:;@\\,\""

#define HOST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

enum { WORD_MAX = 60 };

/* A line end in an address would begin a new field in the message that is written with it. */
static char *one_line(const char *text)
{
	char *copy = g_strdup(text ? text : "");
	for (char *p = copy; *p; p++)
		if ((guchar)*p < ' ' || *p == 0x7f)
			*p = ' ';
	return copy;
}

struct address *address_new(const char *name, const char *local, const char *host)
{
	struct address *a = g_new0(struct address, 1);
	a->name = one_line(name);
	a->local = one_line(local);
	a->host = one_line(host);
	return a;
}

struct address *address_copy(const struct address *a)
{
	struct address *copy = address_new(a->name, a->local, a->host);
	copy->kind = a->kind;
	return copy;
}

void address_free(struct address *a)
{
	if (!a)
		return;
	g_free(a->name);
	g_free(a->local);
	g_free(a->host);
	g_free(a);
}

static void free_item(void *a)
{
	address_free(a);
}

GPtrArray *address_list_new(void)
{
	return g_ptr_array_new_with_free_func(free_item);
}

/* ---- writing ----------------------------------------------------------- */

/* A dot-atom needs no quotes (RFC 5322 3.4.1). */
static gboolean local_needs_quotes(const char *local)
{
	gsize n = strlen(local);
	if (!n)
		return FALSE;
	if (strpbrk(local, PHRASE_SPECIALS " \t") || local[0] == '.' || local[n - 1] == '.')
		return TRUE;
	return strstr(local, "..") != NULL;
}

static void append_spec(GString *out, const struct address *a, const char *host)
{
	if (local_needs_quotes(a->local))
		text_append_quoted(out, a->local);
	else
		g_string_append(out, a->local);
	if (*host)
		g_string_append_printf(out, "@%s", host);
}

static gboolean name_needs_quotes(const char *name)
{
	gsize n = strlen(name);
	return strpbrk(name, PHRASE_SPECIALS) || strstr(name, "=?") || name[0] == ' ' ||
	       name[n - 1] == ' ';
}

static void append_name(GString *out, const char *name)
{
	if (*name && name_needs_quotes(name))
		text_append_quoted(out, name);
	else
		g_string_append(out, name);
}

static void append_address(GString *out, const struct address *a, const char *host)
{
	gboolean has_spec = *a->local || *a->host;
	append_name(out, a->name);
	if (a->kind == ADDRESS_GROUP_BEGIN)
		g_string_append_c(out, ':');
	if (!has_spec)
		return;
	if (*a->name)
		g_string_append(out, " <");
	append_spec(out, a, host);
	if (*a->name)
		g_string_append_c(out, '>');
}

char *address_spec(const struct address *a)
{
	GString *out = g_string_new(NULL);
	append_spec(out, a, a->host);
	return g_string_free(out, FALSE);
}

static char *address_host_to_unicode(const char *host)
{
	g_autofree char *lower = g_ascii_strdown(host, -1);
	char *unicode = NULL;
	if (!strstr(lower, "xn--") || idn2_to_unicode_8z8z(host, &unicode, 0) != IDN2_OK)
		return g_strdup(host);
	char *copy = g_strdup(unicode);
	idn2_free(unicode);
	return copy;
}

char *address_spec_display(const struct address *a)
{
	g_autofree char *host = address_host_to_unicode(a->host);
	GString *out = g_string_new(NULL);
	append_spec(out, a, host);
	return g_string_free(out, FALSE);
}

char *address_text_display(const char *text)
{
	g_autofree char *lower = mail_habits()->unicode_hosts ? g_ascii_strdown(text, -1) : NULL;
	GString *out;

	if (!lower || !strstr(lower, "xn--"))
		return NULL;
	out = g_string_new(NULL);
	while (*text) {
		const char *at = strchr(text, '@');
		const char *start = at ? at + 1 : text + strlen(text);
		gsize n = strspn(start, HOST);
		g_autofree char *host = g_strndup(start, n);
		g_autofree char *shown = address_host_to_unicode(host);

		g_string_append_len(out, text, start - text);
		g_string_append(out, shown);
		text = start + n;
	}
	return g_string_free(out, FALSE);
}

char *address_format(const struct address *a)
{
	GString *out = g_string_new(NULL);
	append_address(out, a, a->host);
	return g_string_free(out, FALSE);
}

/* ", " before a member that follows another, a blank after "group:", nothing before ";". */
static const char *separator(const GPtrArray *list, guint i)
{
	const struct address *a = list->pdata[i];
	if (i == 0 || a->kind == ADDRESS_GROUP_END)
		return "";
	const struct address *before = list->pdata[i - 1];
	return before->kind == ADDRESS_GROUP_BEGIN ? " " : ", ";
}

/* One mailbox or the begin of a group; the separators are the list's. */
typedef void (*append_fn)(GString *out, const struct address *a);

static char *format_list(const GPtrArray *list, append_fn append)
{
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < list->len; i++) {
		const struct address *a = list->pdata[i];
		g_string_append(out, separator(list, i));
		if (a->kind == ADDRESS_GROUP_END)
			g_string_append_c(out, ';');
		else
			append(out, a);
	}
	return g_string_free(out, FALSE);
}

static void append_for_people(GString *out, const struct address *a)
{
	append_address(out, a, a->host);
}

char *address_format_list(const GPtrArray *list)
{
	return format_list(list, append_for_people);
}

/* Short words of letters and digits, one blank between: as they are, whatever may be encoded. */
static gboolean is_words(const char *name)
{
	gsize word = 0;

	for (; *name; name++) {
		if (!g_ascii_isalnum(*name) && (*name != ' ' || !word))
			return FALSE;
		word = *name == ' ' ? 0 : word + 1;
		if (word > WORD_MAX)
			return FALSE;
	}
	return word > 0;
}

/* A name as a header may carry it: RFC 2047 words or quotes, the dot quoted too. */
static char *header_name(const char *name)
{
	if (is_words(name))
		return g_strdup(name);
	if (g_str_is_ascii(name) && (strpbrk(name, PHRASE_SPECIALS ".") || strstr(name, "=?"))) {
		GString *out = g_string_new(NULL);
		text_append_quoted(out, name);
		return g_string_free(out, FALSE);
	}
	return gmime()->utils_header_encode_phrase(NULL, name, "utf-8");
}

static void append_for_header(GString *out, const struct address *a)
{
	g_autofree char *name = header_name(a->name);
	g_autofree char *ascii =
	    mail_habits()->ascii_hosts ? address_host_to_ascii(a->host, NULL) : NULL;
	g_string_append(out, name);
	if (a->kind == ADDRESS_GROUP_BEGIN)
		g_string_append_c(out, ':');
	if (!*a->local && !*a->host)
		return;
	g_string_append(out, *name ? " <" : "");
	append_spec(out, a, ascii ? ascii : a->host);
	g_string_append(out, *name ? ">" : "");
}

char *address_format_header(const GPtrArray *list)
{
	return format_list(list, append_for_header);
}

/* ---- comparing ----------------------------------------------------------- */

/* What two addresses of the same mailbox share. */
static char *compare_key(const struct address *a)
{
	g_autofree char *ascii = address_host_to_ascii(a->host, NULL);
	g_autofree char *host = g_ascii_strdown(ascii ? ascii : a->host, -1);
	g_autofree char *local = g_ascii_strdown(a->local, -1);
	return g_strconcat(local, "@", host, NULL);
}

gboolean address_equal(const struct address *a, const struct address *b)
{
	if (g_ascii_strcasecmp(a->local, b->local))
		return FALSE;
	if (!g_ascii_strcasecmp(a->host, b->host))
		return TRUE;
	g_autofree char *x = compare_key(a), *y = compare_key(b);
	return !strcmp(x, y);
}

gboolean address_list_has(const GPtrArray *list, const struct address *a)
{
	for (guint i = 0; i < list->len; i++) {
		const struct address *other = list->pdata[i];
		if (other->kind == ADDRESS_MAILBOX && address_equal(other, a))
			return TRUE;
	}
	return FALSE;
}

void address_list_unique(GPtrArray *list, gboolean flat)
{
	g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint kept = 0;
	for (guint i = 0; i < list->len; i++) {
		struct address *a = list->pdata[i];
		gboolean keep =
		    a->kind == ADDRESS_MAILBOX ? g_hash_table_add(keys, compare_key(a)) : !flat;
		if (keep)
			list->pdata[kept++] = a;
		else
			address_free(a);
	}
	/* The items behind are freed or moved already. */
	for (guint i = kept; i < list->len; i++)
		list->pdata[i] = NULL;
	g_ptr_array_set_size(list, (gint)kept);
}

/* ---- hosts --------------------------------------------------------------- */

char *address_host_to_ascii(const char *host, GError **error)
{
	if (g_str_is_ascii(host))
		return g_strdup(host);
	char *ascii = NULL;
	int rc = idn2_to_ascii_8z(host, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (rc != IDN2_OK) {
		error_set(error, CUR_ERROR_USAGE, "cannot write '%s' as a host name: %s", host,
			  idn2_strerror(rc));
		return NULL;
	}
	char *copy = g_strdup(ascii);
	idn2_free(ascii);
	return copy;
}

/* ---- for SMTP -------------------------------------------------------------- */

static gboolean may_travel(const char *text)
{
	for (; *text; text++)
		if ((guchar)*text <= ' ' || *text == 0x7f || *text == '<' || *text == '>')
			return FALSE;
	return TRUE;
}

char *address_envelope(const struct address *a, GError **error)
{
	g_autofree char *host =
	    mail_habits()->ascii_hosts ? address_host_to_ascii(a->host, error) : g_strdup(a->host);
	if (!host)
		return NULL;
	GString *out = g_string_new(NULL);
	append_spec(out, a, host);
	g_autofree char *spec = g_string_free(out, FALSE);
	if (a->kind == ADDRESS_MAILBOX && *a->local && may_travel(spec) &&
	    strlen(spec) <= ADDRESS_BYTES_MAX)
		return g_steal_pointer(&spec);
	g_autofree char *shown = g_strescape(spec, NULL);
	error_set(error, CUR_ERROR_USAGE, "'%s' is no address that mail can be sent to", shown);
	return NULL;
}
