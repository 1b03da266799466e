/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text into a tree. The joining is mutt's: AND and OR have one rank from left to
 * right, only a term with an operator (not a parenthesis) closes a row of
 * alternatives in front of it.
 */
#include "cur/query/pattern.h"

#include <string.h>

#include "cur/base/clock.h"
#include "cur/base/error.h"
#include "cur/conf/words.h"
#include "node.h"
#include "range.h"

enum { DEPTH_MAX = 50, LENGTH_MAX = 65536 };

enum argument { ARG_NONE, ARG_REGEX, ARG_RANGE, ARG_DATE, ARG_MESSAGES, ARG_QUERY };

/* What the state column of the table says: does it do what its help tells? */
enum { STATE_ACTS = TRUE, STATE_LATER = FALSE, STATE_REPLACED = FALSE };

static const struct {
	char letter;
	const char *forms; /* among "~=%" */
	enum argument argument;
	gboolean acts; /* FALSE: known, and refused for now */
	enum pattern_cost cost;
} table[PATTERN_N_OPS] = {
#define PATTERN(letter, ID, argument, cost, forms, origin, state, help)                            \
	[PATTERN_##ID] = {letter, forms, ARG_##argument, STATE_##state, COST_##cost},
#include "cur/patterns.def"
#undef PATTERN
};

struct compiler {
	const struct pattern_options *options;
	struct pattern *pattern;
	const char *text; /* the part that is compiled */
	glong column;	  /* where it begins in the whole, from 1 */
	gint64 now;
	guint depth;
};

/* ---- nodes ---- */

static void node_free(struct node *node)
{
	if (!node)
		return;
	regex_free(node->regex);
	g_free(node->string);
	g_clear_pointer(&node->children, g_ptr_array_unref);
	g_free(node);
}
DEFINE_AUTO(node, node_free)

static struct node *node_new(enum node_kind kind)
{
	struct node *node = g_new0(struct node, 1);

	node->kind = kind;
	if (kind != NODE_TEST)
		node->children = g_ptr_array_new_with_free_func((GDestroyNotify)node_free);
	return node;
}

static gint by_cost(gconstpointer a, gconstpointer b)
{
	const struct node *left = *(struct node *const *)a, *right = *(struct node *const *)b;

	return (gint)left->cost - (gint)right->cost;
}

/* One node out of a list that is not empty; the list is empty then. */
static struct node *join(GPtrArray *list, enum node_kind kind)
{
	gsize n;
	g_autofree gpointer *children = g_ptr_array_steal(list, &n);
	struct node *node;

	if (n == 1)
		return children[0];
	node = node_new(kind);
	for (gsize i = 0; i < n; i++) {
		struct node *child = children[i];

		node->cost = MAX(node->cost, child->cost);
		g_ptr_array_add(node->children, child);
	}
	g_ptr_array_sort(node->children, by_cost);
	return node;
}

/* ---- errors ---- */

static glong column_of(const struct compiler *c, const char *at)
{
	return c->column + g_utf8_strlen(c->text, at - c->text);
}

static gboolean fail_at(struct compiler *c, const char *at, GError **error, const char *what)
{
	return error_set(error, CUR_ERROR_USAGE, "column %ld: %s", column_of(c, at), what);
}

/* Put the place in front of an error that a part gave. */
static gboolean blame(struct compiler *c, const char *at, GError **error)
{
	g_prefix_error(error, "column %ld: ", column_of(c, at));
	return FALSE;
}

/* ---- arguments ---- */

static gboolean has_upper(const char *text)
{
	for (; *text; text = g_utf8_next_char(text))
		if (g_unichar_isupper(g_utf8_get_char(text)))
			return TRUE;
	return FALSE;
}

static gboolean set_string(struct node *node, const char *text, GError **error)
{
	node->matcher = MATCH_STRING;
	node->exact = has_upper(text);
	if (!node->exact && !g_str_is_ascii(text)) {
		g_autofree char *escaped = regex_escape(text);

		node->regex = regex_new(escaped, REGEX_IGNORE_CASE, error);
		return node->regex != NULL;
	}
	node->string = g_strdup(text);
	node->string_n = strlen(text);
	return TRUE;
}

static gboolean set_text(struct node *node, char sigil, const char *text, GError **error)
{
	switch (sigil) {
	case '=':
		return set_string(node, text, error);
	case '%':
		node->matcher = MATCH_GROUP;
		node->string = g_strdup(text);
		return TRUE;
	default:
		node->matcher = MATCH_REGEX;
		node->regex = regex_new(text, REGEX_SMART_CASE, error);
		return node->regex != NULL;
	}
}

static gboolean set_argument(struct compiler *c, struct node *node, char sigil, const char *text,
			     GError **error)
{
	const struct pattern_options *options = c->options;

	/* Words of a language that is none of ours. */
	if (node->op == PATTERN_SERVER) {
		node->string = g_strdup(text);
		return TRUE;
	}
	switch (table[node->op].argument) {
	case ARG_RANGE:
		return range_of_numbers(text, &node->range, error);
	case ARG_DATE:
		return range_of_dates(text, c->now, &node->range, error);
	case ARG_MESSAGES:
		return range_of_messages(text, options->current, options->last, &node->range,
					 error);
	default:
		return set_text(node, sigil, text, error);
	}
}

/* The argument at *at, one word of muttrc; *at moves behind it. */
static char *read_argument(const char **at)
{
	auto_ptr(words) words = words_new(*at, NULL);
	char *text = words_next(words, WORDS_PATTERN | WORDS_COMMENT | WORDS_SEMICOLON);

	*at += strlen(*at) - strlen(words_rest(words));
	return text;
}

/* ---- terms ---- */

static int find_op(char letter)
{
	for (int op = 0; op < PATTERN_N_OPS; op++)
		if (table[op].letter == letter)
			return op;
	return -1;
}

/* May this operator stand here, with this sigil? */
static gboolean check_op(struct compiler *c, int op, const char *at, GError **error)
{
	g_autofree char *term = g_strndup(at, 2);
	g_autofree char *what = NULL;

	if (op < 0)
		what = g_strdup_printf("unknown operator '%s'", term);
	else if (!table[op].acts)
		what = g_strdup_printf("'%s' is known, but does nothing yet", term);
	else if (*at == '%' && table[op].argument == ARG_REGEX && !strchr(table[op].forms, '%'))
		what = g_strdup_printf("'%s' has no addresses that a group could hold", term);
	else if (c->options->no_message && table[op].cost >= COST_HEADER)
		what =
		    g_strdup_printf("'%s' needs the message text, which is not at hand here", term);
	return !what || fail_at(c, at, error, what);
}

static void note_use(struct compiler *c, enum pattern_op op)
{
	c->pattern->uses[op] = TRUE;
	if (table[op].cost == COST_THREAD)
		c->pattern->needs_threads = TRUE;
}

/* "~f ann" at *at. */
static struct node *compile_term(struct compiler *c, const char **at, GError **error)
{
	const char *start = *at;
	auto_ptr(node) node = node_new(NODE_TEST);
	int op = start[1] ? find_op(start[1]) : -1;
	g_autofree char *argument = NULL;

	if (!check_op(c, op, start, error))
		return NULL;
	node->op = op;
	node->cost = table[op].cost;
	note_use(c, op);
	*at += 2;
	if (table[op].argument == ARG_NONE)
		return g_steal_pointer(&node);
	while (g_ascii_isspace(**at))
		++*at;
	argument = **at ? read_argument(at) : NULL;
	if (!argument || !*argument) {
		fail_at(c, start, error, "the operator needs an argument");
		return NULL;
	}
	if (!set_argument(c, node, *start, argument, error)) {
		blame(c, start, error);
		return NULL;
	}
	return g_steal_pointer(&node);
}

static struct node *compile(struct compiler *c, const char *at, const char *end, GError **error);

/* The ")" that belongs to the "(" at `at`, by counting alone; NULL when there is none. */
static const char *find_close(const char *at, const char *end)
{
	int open = 0;

	for (; at < end; at++) {
		open += *at == '(';
		open -= *at == ')';
		if (open == 0)
			return at;
	}
	return NULL;
}

/* "( … )" at *at. */
static struct node *compile_group(struct compiler *c, const char **at, const char *end,
				  GError **error)
{
	const char *close = find_close(*at, end);
	struct node *node;

	if (!close) {
		fail_at(c, *at, error, "this parenthesis is not closed");
		return NULL;
	}
	if (++c->depth > DEPTH_MAX) {
		fail_at(c, *at, error, "too many parentheses in each other");
		return NULL;
	}
	node = compile(c, *at + 1, close, error);
	c->depth--;
	*at = close + 1;
	return node;
}

/* What a "~(", "~<(" or "~>(" at `at` asks; NODE_TEST for all else. */
static enum node_kind thread_kind(const char *at)
{
	if (at[1] == '(')
		return NODE_THREAD;
	if (at[1] == '<' && at[2] == '(')
		return NODE_PARENT;
	if (at[1] == '>' && at[2] == '(')
		return NODE_CHILD;
	return NODE_TEST;
}

static struct node *compile_thread(struct compiler *c, const char **at, const char *end,
				   enum node_kind kind, GError **error)
{
	auto_ptr(node) node = node_new(kind);
	struct node *child;

	*at += kind == NODE_THREAD ? 1 : 2;
	child = compile_group(c, at, end, error);
	if (!child)
		return NULL;
	g_ptr_array_add(node->children, child);
	node->cost = MAX(COST_THREAD, child->cost);
	c->pattern->needs_threads = TRUE;
	return g_steal_pointer(&node);
}

/* ---- rows of terms ---- */

/* The row that is being read, and the modifiers of the next term. */
struct row_state {
	GPtrArray *terms; /* struct node * */
	gboolean is_or;
	gboolean after_term; /* a term with an operator came since the last '|' */
	gboolean negated, all_addresses, only_aliases;
};

static void add_term(struct row_state *row, struct node *node)
{
	node->negated ^= row->negated;
	node->all_addresses |= row->all_addresses;
	node->only_aliases |= row->only_aliases;
	row->negated = row->all_addresses = row->only_aliases = FALSE;
	g_ptr_array_add(row->terms, node);
}

/* Close what was read so far into one term of the row that begins. */
static void close_row(struct row_state *row)
{
	struct node *node = join(row->terms, row->is_or ? NODE_OR : NODE_AND);

	g_ptr_array_add(row->terms, node);
}

static struct node *compile_operand(struct compiler *c, const char **at, const char *end,
				    struct row_state *row, GError **error)
{
	enum node_kind kind = **at == '(' ? NODE_AND : thread_kind(*at);
	struct node *node;

	if (**at == '(')
		return compile_group(c, at, end, error);
	if (kind != NODE_TEST)
		return compile_thread(c, at, end, kind, error);
	if (row->is_or && row->after_term) {
		close_row(row); /* A | B C is (A | B) C */
		row->is_or = FALSE;
	}
	node = compile_term(c, at, error);
	row->after_term = TRUE;
	return node;
}

static void begin_alternative(struct row_state *row)
{
	if (!row->is_or && row->terms->len > 1)
		close_row(row); /* A B | C is (A B) | C */
	row->is_or = TRUE;
	row->after_term = FALSE;
	row->negated = row->all_addresses = row->only_aliases = FALSE;
}

static gboolean compile_step(struct compiler *c, const char **at, const char *end,
			     struct row_state *row, GError **error)
{
	struct node *node;

	switch (**at) {
	case '!':
		row->negated = !row->negated;
		break;
	case '^':
		row->all_addresses = !row->all_addresses;
		break;
	case '@':
		row->only_aliases = !row->only_aliases;
		break;
	case '|':
		begin_alternative(row);
		break;
	case '~':
	case '=':
	case '%':
	case '(':
		node = compile_operand(c, at, end, row, error);
		if (node)
			add_term(row, node);
		return node != NULL;
	default:
		if (!g_ascii_isspace(**at))
			return fail_at(c, *at, error, "an operator such as ~f is expected here");
		break;
	}
	++*at;
	return TRUE;
}

/* The text from `at` to `end`, which the whole text contains. */
static struct node *compile(struct compiler *c, const char *at, const char *end, GError **error)
{
	g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func((GDestroyNotify)node_free);
	g_autofree char *text = g_strndup(at, (gsize)(end - at));
	struct compiler part = *c;
	struct row_state row = {.terms = terms};
	const char *p = text;
	struct node *node = NULL;

	/* A word of the part must not run past its end, so the part is a text of its own. */
	part.text = text;
	part.column = column_of(c, at);
	while (*p)
		if (!compile_step(&part, &p, text + (end - at), &row, error))
			return NULL;
	if (terms->len > 0)
		node = join(terms, row.is_or ? NODE_OR : NODE_AND);
	else
		fail_at(&part, p, error, "the pattern is empty");
	return node;
}

struct pattern *pattern_compile(const char *text, const struct pattern_options *options,
				GError **error)
{
	static const struct pattern_options none = {0};
	auto_ptr(pattern) pattern = g_new0(struct pattern, 1);
	struct compiler c = {.options = options ? options : &none, .pattern = pattern};
	g_autofree char *whole = NULL;

	if (strlen(text) > LENGTH_MAX || !g_utf8_validate(text, -1, NULL)) {
		error_set(error, CUR_ERROR_USAGE, "the pattern is too long or not UTF-8");
		return NULL;
	}
	whole = c.options->simple_search ? pattern_expand_simple(text, c.options->simple_search)
					 : g_strdup(text);
	c.text = whole;
	c.column = 1;
	c.now = c.options->now ? c.options->now : clock_now_s();
	pattern->root = compile(&c, whole, whole + strlen(whole), error);
	return pattern->root ? g_steal_pointer(&pattern) : NULL;
}

void pattern_free(struct pattern *pattern)
{
	if (!pattern)
		return;
	node_free(pattern->root);
	g_free(pattern);
}

enum pattern_cost pattern_cost(const struct pattern *pattern)
{
	return pattern->root->cost;
}

static void add_queries(const struct node *node, GPtrArray *queries)
{
	if (node->kind == NODE_TEST && node->op == PATTERN_SERVER)
		g_ptr_array_add(queries, node->string);
	for (guint i = 0; node->children && i < node->children->len; i++)
		add_queries(node->children->pdata[i], queries);
}

GPtrArray *pattern_server_queries(const struct pattern *pattern)
{
	GPtrArray *queries;

	if (!pattern->uses[PATTERN_SERVER])
		return NULL;
	queries = g_ptr_array_new();
	add_queries(pattern->root, queries);
	return queries;
}

gboolean pattern_uses(const struct pattern *pattern, enum pattern_op op)
{
	return pattern->uses[op];
}
