/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formats into items. What cannot be read stays in the result as it was written. */
#include "cur/format/expando.h"

#include <string.h>

#include "cur/base/error.h"
#include "filter.h"
#include "items.h"

enum { DEPTH_MAX = 20, WIDTH_MAX = 1000 };

static const struct {
	enum expando_domain domain;
	const char *letters;
} table[EXPANDO_N_IDS] = {
#define EXPANDO(DOMAIN, letters, ID, name, origin, state, help)                                    \
	[EXPANDO_##DOMAIN##_##ID] = {EXPANDO_##DOMAIN, letters},
#include "cur/expandos.def"
#undef EXPANDO
};

struct parser {
	struct expando *expando;
	const char *format; /* its beginning, for columns */
	const char *at;
	int depth;
	GError **error;
};

static void item_free(struct item *item)
{
	g_free(item->text);
	g_clear_pointer(&item->then, g_ptr_array_unref);
	g_clear_pointer(&item->otherwise, g_ptr_array_unref);
	g_free(item);
}

static GPtrArray *items_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)item_free);
}

static void complain(struct parser *p, const char *at, const char *what)
{
	if (p->error && !*p->error)
		error_set(p->error, CUR_ERROR_USAGE, "column %ld: %s",
			  g_utf8_strlen(p->format, at - p->format) + 1, what);
}

/* Literal text grows in the last item. */
static void add_text(GPtrArray *items, const char *text, gsize n)
{
	struct item *last = items->len > 0 ? items->pdata[items->len - 1] : NULL;
	char *longer;

	if (!last || last->kind != ITEM_TEXT) {
		last = g_new0(struct item, 1);
		last->kind = ITEM_TEXT;
		g_ptr_array_add(items, last);
	}
	longer = g_malloc(last->n + n + 1);
	if (last->n > 0)
		memcpy(longer, last->text, last->n);
	memcpy(longer + last->n, text, n);
	longer[last->n + n] = '\0';
	g_free(last->text);
	last->text = longer;
	last->n += n;
}

/* The row of the table for the letters at `at`, two before one; -1: none. *n is their number. */
static int find_id(enum expando_domain domain, const char *at, gsize *n)
{
	for (gsize length = 2; length >= 1; length--)
		for (int id = 0; id < EXPANDO_N_IDS; id++)
			if (table[id].domain == domain && strlen(table[id].letters) == length &&
			    strncmp(table[id].letters, at, length) == 0) {
				*n = length;
				return id;
			}
	return -1;
}

static guint16 read_number(const char **at)
{
	guint number = 0;

	for (; g_ascii_isdigit(**at); ++*at)
		number = MIN(number * 10 + (guint)(**at - '0'), WIDTH_MAX);
	return (guint16)number;
}

/* Flags, width, precision, case. */
static void read_layout(const char **at, struct item *item)
{
	item->align = TEXT_RIGHT;
	item->precision = -1;
	for (;; ++*at) {
		if (**at == '-')
			item->align = TEXT_LEFT;
		else if (**at == '=')
			item->align = TEXT_CENTER;
		else if (**at == '0')
			item->zero = TRUE;
		else
			break;
	}
	item->width = read_number(at);
	if (**at == '.') {
		++*at;
		item->precision = (gint16)read_number(at);
	}
	for (;; ++*at) {
		if (**at == '_')
			item->lower = TRUE;
		else if (**at == ':')
			item->underscore = TRUE;
		else
			break;
	}
}

static gboolean has_dates(const struct parser *p)
{
	return p->expando->domain == EXPANDO_INDEX || p->expando->domain == EXPANDO_FOLDER ||
	       p->expando->domain == EXPANDO_PGP_ENTRY;
}

/* "%[ … ]": the strftime format up to the closing bracket. */
static gboolean parse_date(struct parser *p, struct item *item)
{
	static const char open[] = "[{(<", close[] = "]})>";
	const char *which = strchr(open, *p->at);
	const char *end;

	if (!*p->at || !which || !has_dates(p) ||
	    (*p->at != '[' && p->expando->domain != EXPANDO_INDEX))
		return FALSE;
	end = strchr(p->at + 1, close[which - open]);
	if (!end)
		return FALSE;
	item->kind = ITEM_DATE;
	item->bracket = *p->at;
	item->text = g_strndup(p->at + 1, (gsize)(end - p->at - 1));
	p->at = end + 1;
	return TRUE;
}

static gboolean parse_hook(struct parser *p, struct item *item)
{
	const char *end = *p->at == '@' ? strchr(p->at + 1, '@') : NULL;

	if (!end || p->expando->domain != EXPANDO_INDEX)
		return FALSE;
	item->kind = ITEM_HOOK;
	item->text = g_strndup(p->at + 1, (gsize)(end - p->at - 1));
	p->at = end + 1;
	return TRUE;
}

static gboolean parse_padding(struct parser *p, struct item *item)
{
	const char *next;

	switch (*p->at) {
	case '>':
		item->kind = ITEM_PAD_HARD;
		break;
	case '*':
		item->kind = ITEM_PAD_SOFT;
		break;
	case '|':
		item->kind = ITEM_PAD_EOL;
		break;
	default:
		return FALSE;
	}
	p->at++;
	next = *p->at ? g_utf8_next_char(p->at) : p->at;
	item->text = *p->at ? text_safe(p->at, next - p->at, TEXT_SAFE_LINE) : g_strdup(" ");
	p->at = next;
	return TRUE;
}

static void parse_items(struct parser *p, GPtrArray *items, char stop, char stop2);

/* What stands after the '?' of a condition, to its end mark. */
static void parse_branches(struct parser *p, struct item *item, char end)
{
	const char *start = p->at;

	item->then = items_new();
	parse_items(p, item->then, '&', end);
	if (*p->at == '&') {
		p->at++;
		item->otherwise = items_new();
		parse_items(p, item->otherwise, end, end);
	}
	if (*p->at == end)
		p->at++;
	else
		complain(p, start, "the condition is not closed");
}

/* "[3d" in front of a '?': which date, how young. */
static gboolean parse_fresh(struct parser *p, struct item *item)
{
	const char *at = p->at;

	if (!*at || !strchr("[{(", *at) || p->expando->domain != EXPANDO_INDEX)
		return FALSE;
	item->bracket = *at++;
	item->count = read_number(&at);
	if (!*at || !strchr("ymwdHM", *at) || at[1] != '?')
		return FALSE;
	item->unit = *at;
	item->kind = ITEM_FRESH;
	p->at = at + 2;
	return TRUE;
}

/* "%?X?…" or "%<X?…>"; p->at stands on the '?' or '<'. */
static gboolean parse_condition(struct parser *p, struct item *item)
{
	char end = *p->at == '<' ? '>' : '?';
	const char *start = p->at;
	gsize n;
	int id;

	if ((*p->at != '?' && *p->at != '<') || p->depth >= DEPTH_MAX)
		return FALSE;
	p->at++;
	if (!parse_fresh(p, item)) {
		id = find_id(p->expando->domain, p->at, &n);
		if (id < 0 || p->at[n] != '?') {
			p->at = start;
			return FALSE;
		}
		item->kind = ITEM_CONDITION;
		item->id = (guint16)id;
		p->expando->uses[id] = TRUE;
		p->at += n + 1;
	}
	p->depth++;
	parse_branches(p, item, end);
	p->depth--;
	return TRUE;
}

static gboolean parse_value(struct parser *p, struct item *item)
{
	gsize n;
	int id = find_id(p->expando->domain, p->at, &n);

	if (id < 0)
		return FALSE;
	item->kind = ITEM_VALUE;
	item->id = (guint16)id;
	p->expando->uses[id] = TRUE;
	p->at += n;
	return TRUE;
}

/* p->at stands behind a '%'. */
static void parse_expando(struct parser *p, GPtrArray *items)
{
	const char *start = p->at - 1;
	struct item *item;

	if (*p->at == '%') {
		p->at++;
		add_text(items, "%", 1);
		return;
	}
	item = g_new0(struct item, 1);
	if (parse_padding(p, item)) {
		g_ptr_array_add(items, item);
		return;
	}
	read_layout(&p->at, item);
	if (parse_condition(p, item) || parse_date(p, item) || parse_hook(p, item) ||
	    parse_value(p, item)) {
		g_ptr_array_add(items, item);
		return;
	}
	item_free(item);
	complain(p, start, *p->at ? "unknown expando" : "the format ends in a '%'");
	p->at = *p->at ? g_utf8_next_char(p->at) : p->at;
	add_text(items, start, (gsize)(p->at - start));
}

/* What a backslash makes of the character behind it. */
static char escaped(char c)
{
	static const char from[] = "ntrfv", to[] = "\n\t\r\f\v";
	const char *found = c ? strchr(from, c) : NULL;

	return found ? to[found - from] : c;
}

static void parse_items(struct parser *p, GPtrArray *items, char stop, char stop2)
{
	while (*p->at && *p->at != stop && *p->at != stop2) {
		const char *start = p->at;

		if (*p->at == '%') {
			p->at++;
			parse_expando(p, items);
		} else if (*p->at == '\\' && p->at[1]) {
			char c = escaped(p->at[1]);

			add_text(items, &c, 1);
			p->at += 2;
		} else {
			p->at++;
			while (*p->at && *p->at != '%' && *p->at != '\\' && *p->at != stop &&
			       *p->at != stop2)
				p->at++;
			add_text(items, start, (gsize)(p->at - start));
		}
	}
}

/* TRUE when the format ends in a | that no backslash hides. */
static gboolean ends_in_bar(const char *format, gsize n)
{
	gsize slashes = 0;

	if (n == 0 || format[n - 1] != '|')
		return FALSE;
	while (slashes + 1 < n && format[n - 2 - slashes] == '\\')
		slashes++;
	/* "%|" at the end is a padding with a blank. */
	return slashes % 2 == 0 && !(n >= 2 && format[n - 2] == '%');
}

struct expando *expando_compile(enum expando_domain domain, const char *format, GError **error)
{
	struct expando *expando = g_new0(struct expando, 1);
	gsize n = strlen(format);
	gboolean filter = ends_in_bar(format, n);
	g_autofree char *valid = text_make_valid(format, (gssize)(n - filter));
	struct parser p = {.expando = expando, .format = valid, .at = valid, .error = error};

	expando->domain = domain;
	expando->items = items_new();
	parse_items(&p, expando->items, '\0', '\0');
	if (filter)
		expando->words = filter_compile(domain, valid);
	return expando;
}

void expando_free(struct expando *expando)
{
	if (!expando)
		return;
	g_ptr_array_unref(expando->items);
	g_clear_pointer(&expando->words, g_ptr_array_unref);
	g_free(expando);
}

gboolean expando_is_command(const struct expando *expando)
{
	return expando->words != NULL;
}

char *expando_command(const struct expando *expando, const struct expando_source *source)
{
	return filter_command(expando->words, source);
}

enum expando_domain expando_domain(const struct expando *expando)
{
	return expando->domain;
}

gboolean expando_uses(const struct expando *expando, enum expando_id id)
{
	return expando->uses[id];
}

void expando_include(struct expando *expando, const struct expando *named)
{
	for (guint id = 0; id < EXPANDO_N_IDS; id++)
		expando->uses[id] |= named->uses[id];
}
