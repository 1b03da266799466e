/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HTML to text. There is no tree: a tag changes counters (how bold, how deep in
 * quotes) and breaks; only tables are kept, on a stack of at most TABLES_MAX.
 */
#include "cur/mail/html.h"

#include <string.h>

#include "html-flow.h"
#include "html-lex.h"
#include "html-table.h"

enum {
	TABLES_MAX = 12,
	LISTS_MAX = 64,
	LINKS_MAX = 2000,
	URL_BYTES_MAX = 4096,
	WIDTH_DEFAULT = 80,
	LIST_INDENT = 4
};

enum style_counter { BOLD, ITALIC, UNDERLINE, CODE, STRIKE, N_COUNTERS };

/* What a table cell changes and its end restores. */
struct state {
	guint style[N_COUNTERS];
	guint pre, quotes, lists;
};

struct table_level {
	struct html_table *table;
	struct html_flow cell;
	gboolean in_cell;
	struct state outside;
};

struct renderer {
	const struct html_options *options;
	struct html_flow body;
	struct table_level tables[TABLES_MAX];
	guint n_tables, n_too_deep;
	struct state now;
	int numbers[LISTS_MAX]; /* next number of each open list; -1: bullets */
	char hidden[16];	/* name of the hidden element we are in, "" when in none */
	guint hidden_depth;
	GPtrArray *urls; /* of char * */
	GHashTable *url_numbers;
	char *href; /* of the link we are in */
	gsize href_start;
	GString *text; /* entities decoded */
};

/* The innermost cell; NULL outside of all. */
static struct table_level *cell_level(struct renderer *r)
{
	for (guint i = r->n_tables; i > 0; i--)
		if (r->tables[i - 1].in_cell)
			return &r->tables[i - 1];
	return NULL;
}

static struct html_flow *flow_of(struct renderer *r)
{
	struct table_level *level = cell_level(r);
	return level ? &level->cell : &r->body;
}

static guint32 style_of(const struct renderer *r)
{
	static const guint32 styles[N_COUNTERS] = {RICH_BOLD, RICH_ITALIC, RICH_UNDERLINE,
						   RICH_CODE, RICH_STRIKE};
	guint32 style = r->href ? RICH_LINK : 0;
	for (int i = 0; i < N_COUNTERS; i++)
		style |= r->now.style[i] ? styles[i] : 0;
	return style;
}

static void break_flow(struct renderer *r, enum html_break kind)
{
	html_flow_break(flow_of(r), kind);
}

/* Quotes and lists open when the cell began: those around it, which its end restores. */
static struct state outside_cell(struct renderer *r)
{
	struct table_level *level = cell_level(r);
	return level ? level->outside : (struct state){0};
}

static void update_prefix(struct renderer *r)
{
	struct html_flow *f = flow_of(r);
	struct state outside = outside_cell(r);
	f->quotes = r->now.quotes - outside.quotes;
	f->indent = (r->now.lists - outside.lists) * LIST_INDENT;
}

/* ---- text --------------------------------------------------------------------- */

static void put_text(struct renderer *r, const struct html_slice *text)
{
	g_string_truncate(r->text, 0);
	html_decode_entities(r->text, text->p, text->n);
	if (r->now.pre)
		html_flow_raw(flow_of(r), r->text->str, r->text->len, style_of(r));
	else
		html_flow_words(flow_of(r), r->text->str, r->text->len, style_of(r));
}

/* ---- links ---------------------------------------------------------------------- */

static gboolean is_worth_listing(const char *url)
{
	return *url && *url != '#' && g_ascii_strncasecmp(url, "javascript:", 11) &&
	       g_ascii_strncasecmp(url, "data:", 5);
}

/* Does the text of the link already say where it leads? */
static gboolean says_url(const char *text, const char *url)
{
	static const char *const schemes[] = {"mailto:", "https://", "http://", "tel:"};
	g_autofree char *shown = g_strstrip(g_strdup(text));
	gsize n = strlen(url);
	if (n > 1 && url[n - 1] == '/')
		n--;
	for (gsize i = 0; i <= G_N_ELEMENTS(schemes); i++) {
		gsize skip = i < G_N_ELEMENTS(schemes) && g_str_has_prefix(url, schemes[i])
				 ? strlen(schemes[i])
				 : 0;
		gsize shown_n = strlen(shown);
		if (shown_n && shown[shown_n - 1] == '/')
			shown_n--;
		if (shown_n == n - skip && !strncmp(shown, url + skip, shown_n))
			return TRUE;
	}
	return FALSE;
}

/* The number of a target; the same one for the same target. 0: the list is full. */
static guint link_number(struct renderer *r, const char *url)
{
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(r->url_numbers, url));
	if (number || r->urls->len >= LINKS_MAX)
		return number;
	char *kept = g_strdup(url);
	g_ptr_array_add(r->urls, kept);
	g_hash_table_insert(r->url_numbers, kept, GUINT_TO_POINTER(r->urls->len));
	return r->urls->len;
}

static void link_end(struct renderer *r)
{
	if (!r->href)
		return;
	g_autofree char *url = g_steal_pointer(&r->href);
	struct html_flow *f = flow_of(r);
	gboolean shows_something = f->out->text->len > r->href_start;
	if (!shows_something || says_url(f->out->text->str + r->href_start, url))
		return;
	guint number = link_number(r, url);
	if (!number)
		return;
	g_autofree char *mark = g_strdup_printf("[%u]", number);
	f->space = FALSE;
	html_flow_words(f, mark, strlen(mark), 0);
}

static void link_begin(struct renderer *r, const struct html_token *t)
{
	link_end(r);
	if (!t->href.p || t->href.n > URL_BYTES_MAX || (r->options && r->options->no_links))
		return;
	GString *url = g_string_new(NULL);
	html_decode_entities(url, t->href.p, t->href.n);
	for (char *p = url->str; *p; p++)
		if ((guchar)*p < ' ')
			*p = ' ';
	g_autofree char *href = g_strstrip(g_string_free(url, FALSE));
	if (!is_worth_listing(href))
		return;
	r->href = g_steal_pointer(&href);
	r->href_start = flow_of(r)->out->text->len;
}

static void list_links(struct renderer *r)
{
	struct html_flow *f = &r->body;
	f->quotes = f->indent = 0;
	html_flow_break(f, BREAK_PARAGRAPH);
	for (guint i = 0; i < r->urls->len; i++) {
		g_autofree char *number = g_strdup_printf("[%u] ", i + 1);
		const char *url = r->urls->pdata[i];
		html_flow_break(f, BREAK_LINE);
		html_flow_raw(f, number, strlen(number), 0);
		html_flow_raw(f, url, strlen(url), RICH_LINK);
	}
}

/* ---- tables ---------------------------------------------------------------------- */

static void cell_end(struct renderer *r)
{
	struct table_level *level = r->n_tables ? &r->tables[r->n_tables - 1] : NULL;
	if (!level || !level->in_cell)
		return;
	link_end(r);
	level->in_cell = FALSE;
	html_table_cell(level->table, g_steal_pointer(&level->cell.out));
	html_flow_clear(&level->cell);
	r->now = level->outside;
}

static void cell_begin(struct renderer *r)
{
	struct table_level *level = r->n_tables ? &r->tables[r->n_tables - 1] : NULL;
	if (!level || r->n_too_deep) {
		break_flow(r, BREAK_LINE);
		return;
	}
	cell_end(r);
	html_flow_init(&level->cell);
	level->outside = r->now;
	level->in_cell = TRUE;
}

static void row_begin(struct renderer *r)
{
	if (!r->n_tables || r->n_too_deep) {
		break_flow(r, BREAK_LINE);
		return;
	}
	cell_end(r);
	html_table_row(r->tables[r->n_tables - 1].table);
}

static void table_begin(struct renderer *r)
{
	link_end(r);
	if (r->n_tables == TABLES_MAX || r->n_too_deep) {
		r->n_too_deep++;
		break_flow(r, BREAK_LINE);
		return;
	}
	struct table_level *level = &r->tables[r->n_tables++];
	*level = (struct table_level){.table = html_table_new(), .outside = r->now};
}

static void table_end(struct renderer *r)
{
	if (r->n_too_deep) {
		r->n_too_deep--;
		break_flow(r, BREAK_LINE);
		return;
	}
	if (!r->n_tables)
		return;
	cell_end(r);
	struct table_level *level = &r->tables[--r->n_tables];
	guint width = r->options && r->options->width ? r->options->width : WIDTH_DEFAULT;
	html_table_flow(level->table, flow_of(r), width);
	html_table_free(level->table);
}

/* ---- lists ------------------------------------------------------------------------ */

static void list_begin(struct renderer *r, const struct html_token *t)
{
	break_flow(r, r->now.lists ? BREAK_LINE : BREAK_PARAGRAPH);
	gboolean ordered = !strcmp(t->name, "ol");
	int number = 1;
	for (gsize i = 0; i < t->start.n && i < 6 && g_ascii_isdigit(t->start.p[i]); i++)
		number = (i ? number * 10 : 0) + (t->start.p[i] - '0');
	if (r->now.lists < LISTS_MAX)
		r->numbers[r->now.lists++] = ordered ? number : -1;
	update_prefix(r);
}

static void list_end(struct renderer *r)
{
	if (r->now.lists > outside_cell(r).lists)
		r->now.lists--;
	update_prefix(r);
	break_flow(r, r->now.lists ? BREAK_LINE : BREAK_PARAGRAPH);
}

static void item_begin(struct renderer *r)
{
	break_flow(r, BREAK_LINE);
	int *number = r->now.lists ? &r->numbers[r->now.lists - 1] : NULL;
	if (number && *number >= 0)
		html_flow_mark(flow_of(r), g_strdup_printf("%2d. ", (*number)++));
	else
		html_flow_mark(flow_of(r), g_strdup("  * "));
}

/* ---- elements ------------------------------------------------------------------- */

static void quote(struct renderer *r, gboolean closing)
{
	break_flow(r, BREAK_PARAGRAPH);
	if (!closing)
		r->now.quotes++;
	else if (r->now.quotes > outside_cell(r).quotes)
		r->now.quotes--;
	update_prefix(r);
}

static void count(guint *counter, gboolean closing)
{
	if (!closing)
		++*counter;
	else if (*counter)
		--*counter;
}

static void image(struct renderer *r, const struct html_token *t)
{
	if (!t->alt.p || !t->alt.n) {
		/* A link that shows nothing but a picture must still be seen. */
		if (r->href)
			html_flow_words(flow_of(r), "[image]", 7, style_of(r));
		return;
	}
	GString *alt = g_string_new("[image: ");
	html_decode_entities(alt, t->alt.p, MIN(t->alt.n, 1000u));
	g_string_append_c(alt, ']');
	g_autofree char *valid = g_utf8_make_valid(alt->str, (gssize)alt->len);
	g_string_free(alt, TRUE);
	html_flow_words(flow_of(r), valid, strlen(valid), style_of(r));
}

static void rule(struct renderer *r)
{
	static const char line[] = "----------------------------------------";
	break_flow(r, BREAK_LINE);
	html_flow_words(flow_of(r), line, sizeof(line) - 1, 0);
	break_flow(r, BREAK_LINE);
}

enum element {
	EL_PARAGRAPH,
	EL_BLOCK,
	EL_HEADING,
	EL_BR,
	EL_HR,
	EL_IMG,
	EL_LINK,
	EL_QUOTE,
	EL_PRE,
	EL_LIST,
	EL_ITEM,
	EL_TABLE,
	EL_ROW,
	EL_CELL,
	EL_STYLE,
	EL_HIDDEN
};

/* clang-format off */
static const struct {
	const char *name;
	enum element element;
	enum style_counter style;
} elements[] = {
	{"a", EL_LINK}, {"b", EL_STYLE, BOLD}, {"strong", EL_STYLE, BOLD}, {"i", EL_STYLE, ITALIC},
	{"em", EL_STYLE, ITALIC}, {"cite", EL_STYLE, ITALIC}, {"u", EL_STYLE, UNDERLINE},
	{"ins", EL_STYLE, UNDERLINE}, {"code", EL_STYLE, CODE}, {"tt", EL_STYLE, CODE},
	{"kbd", EL_STYLE, CODE}, {"samp", EL_STYLE, CODE}, {"s", EL_STYLE, STRIKE},
	{"del", EL_STYLE, STRIKE}, {"strike", EL_STYLE, STRIKE}, {"th", EL_CELL}, {"td", EL_CELL},
	{"tr", EL_ROW}, {"table", EL_TABLE}, {"br", EL_BR}, {"hr", EL_HR}, {"img", EL_IMG},
	{"p", EL_PARAGRAPH}, {"div", EL_BLOCK}, {"center", EL_BLOCK}, {"section", EL_BLOCK},
	{"article", EL_BLOCK}, {"header", EL_BLOCK}, {"footer", EL_BLOCK}, {"nav", EL_BLOCK},
	{"main", EL_BLOCK}, {"aside", EL_BLOCK}, {"address", EL_BLOCK}, {"form", EL_BLOCK},
	{"fieldset", EL_BLOCK}, {"figure", EL_PARAGRAPH}, {"figcaption", EL_BLOCK},
	{"caption", EL_BLOCK}, {"dt", EL_BLOCK}, {"dd", EL_BLOCK}, {"body", EL_BLOCK},
	{"details", EL_BLOCK}, {"summary", EL_BLOCK}, {"h1", EL_HEADING}, {"h2", EL_HEADING},
	{"h3", EL_HEADING}, {"h4", EL_HEADING}, {"h5", EL_HEADING}, {"h6", EL_HEADING},
	{"blockquote", EL_QUOTE}, {"pre", EL_PRE}, {"listing", EL_PRE}, {"ul", EL_LIST},
	{"ol", EL_LIST}, {"dl", EL_PARAGRAPH}, {"menu", EL_LIST}, {"li", EL_ITEM},
	{"template", EL_HIDDEN}, {"svg", EL_HIDDEN}, {"object", EL_HIDDEN}, {"math", EL_HIDDEN},
	{"select", EL_HIDDEN}, {"datalist", EL_HIDDEN}, {"audio", EL_HIDDEN}, {"video", EL_HIDDEN},
};
/* clang-format on */

static int find_element(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(elements); i++)
		if (!strcmp(elements[i].name, name))
			return (int)i;
	return -1;
}

static void do_block(struct renderer *r, const struct html_token *t, enum element element)
{
	switch (element) {
	case EL_PARAGRAPH:
		break_flow(r, BREAK_PARAGRAPH);
		break;
	case EL_HEADING:
		break_flow(r, BREAK_PARAGRAPH);
		count(&r->now.style[BOLD], t->closing);
		break;
	case EL_QUOTE:
		quote(r, t->closing);
		break;
	case EL_PRE:
		break_flow(r, BREAK_PARAGRAPH);
		count(&r->now.pre, t->closing);
		count(&r->now.style[CODE], t->closing);
		break;
	case EL_LIST:
		t->closing ? list_end(r) : list_begin(r, t);
		break;
	case EL_ITEM:
		t->closing ? break_flow(r, BREAK_LINE) : item_begin(r);
		break;
	default:
		break_flow(r, BREAK_LINE);
	}
}

static void do_element(struct renderer *r, const struct html_token *t, int i)
{
	switch (elements[i].element) {
	case EL_BR:
		html_flow_br(flow_of(r));
		break;
	case EL_HR:
		rule(r);
		break;
	case EL_IMG:
		image(r, t);
		break;
	case EL_LINK:
		t->closing ? link_end(r) : link_begin(r, t);
		break;
	case EL_TABLE:
		t->closing ? table_end(r) : table_begin(r);
		break;
	case EL_ROW:
		t->closing ? cell_end(r) : row_begin(r);
		break;
	case EL_CELL:
		t->closing ? cell_end(r) : cell_begin(r);
		break;
	case EL_STYLE:
		count(&r->now.style[elements[i].style], t->closing);
		break;
	case EL_HIDDEN:
		break;
	default:
		do_block(r, t, elements[i].element);
	}
}

/* ---- hidden ------------------------------------------------------------------------ */

/* A style without blanks, lower case, cut: enough to look for a few declarations. */
static gboolean style_hides(const struct html_slice *style)
{
	static const char *const hiding[] = {"display:none", "visibility:hidden", "mso-hide:all",
					     "font-size:0;", "font-size:0px"};
	char flat[512];
	gsize n = 0;
	for (gsize i = 0; i < style->n && n + 2 < sizeof(flat); i++)
		if (!g_ascii_isspace(style->p[i]))
			flat[n++] = g_ascii_tolower(style->p[i]);
	flat[n++] = ';';
	flat[n] = '\0';
	for (gsize i = 0; i < G_N_ELEMENTS(hiding); i++)
		if (strstr(flat, hiding[i]))
			return TRUE;
	return FALSE;
}

static gboolean is_void(const char *name)
{
	static const char *const names[] = {"br",  "hr",   "img",   "input", "meta", "link",
					    "col", "area", "embed", "wbr",   "base", "source"};
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (!strcmp(names[i], name))
			return TRUE;
	return FALSE;
}

static gboolean hides(const struct html_token *t, int element)
{
	if (t->closing || is_void(t->name) || !strcmp(t->name, "body") || !strcmp(t->name, "html"))
		return FALSE;
	return t->hidden || (element >= 0 && elements[element].element == EL_HIDDEN) ||
	       (t->style.p && style_hides(&t->style));
}

/* A hidden paragraph without an end tag ends where a block begins. */
static gboolean ends_paragraph(const struct renderer *r, int element)
{
	return !strcmp(r->hidden, "p") && element >= 0 && elements[element].element != EL_STYLE &&
	       elements[element].element != EL_LINK && elements[element].element != EL_IMG &&
	       elements[element].element != EL_BR;
}

/* TRUE while the tag is inside of a hidden element, where only the element's own name counts. */
static gboolean inside_hidden(struct renderer *r, const struct html_token *t, int element)
{
	if (!r->hidden[0])
		return FALSE;
	if (!t->closing && ends_paragraph(r, element)) {
		r->hidden[0] = '\0';
		return FALSE;
	}
	if (!strcmp(t->name, r->hidden))
		count(&r->hidden_depth, t->closing);
	if (!r->hidden_depth)
		r->hidden[0] = '\0';
	return TRUE;
}

static void do_tag(struct renderer *r, const struct html_token *t)
{
	int element = find_element(t->name);
	if (inside_hidden(r, t, element))
		return;
	if (hides(t, element)) {
		g_strlcpy(r->hidden, t->name, sizeof(r->hidden));
		r->hidden_depth = 1;
	} else if (element >= 0) {
		do_element(r, t, element);
	}
}

/* ---- the whole ----------------------------------------------------------------------- */

struct rich *html_render(const char *utf8, gsize n, const struct html_options *options)
{
	struct renderer r = {
	    .options = options,
	    .urls = g_ptr_array_new_with_free_func(g_free),
	    .url_numbers = g_hash_table_new(g_str_hash, g_str_equal),
	    .text = g_string_new(NULL),
	};
	struct html_lexer lexer;
	struct html_token token;
	html_flow_init(&r.body);
	html_lexer_init(&lexer, utf8, n);
	while (html_lexer_next(&lexer, &token)) {
		if (token.is_tag)
			do_tag(&r, &token);
		else if (!r.hidden[0])
			put_text(&r, &token.text);
	}
	r.n_too_deep = 0;
	while (r.n_tables)
		table_end(&r);
	link_end(&r);
	if (r.urls->len)
		list_links(&r);
	if (r.body.out->text->len)
		rich_append(r.body.out, "\n", 1, 0);

	struct rich *out = g_steal_pointer(&r.body.out);
	html_flow_clear(&r.body);
	g_hash_table_unref(r.url_numbers);
	g_ptr_array_unref(r.urls);
	g_string_free(r.text, TRUE);
	return out;
}

char *html_charset(const char *bytes, gsize n)
{
	g_autofree char *head = g_ascii_strdown(bytes, (gssize)MIN(n, 1024u));
	const char *p = strstr(head, "<meta");
	p = p ? strstr(p, "charset=") : NULL;
	if (!p)
		return NULL;
	p += strlen("charset=");
	p += strspn(p, "\"' ");
	gsize length = strcspn(p, "\"' ;/>");
	return length ? g_strndup(p, length) : NULL;
}
