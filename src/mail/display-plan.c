/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which parts are shown, and how (mutt's rules, and a few kinder ones: HTML is
 * read without a mailcap, an empty text does not hide the HTML beside it, an
 * invitation is shown besides the text it came with).
 */
#include "display-plan.h"

#include <string.h>

#include "cur/base/text.h"
#include "cur/mail/opened.h"

enum { EMPTY_CHECK_MAX = 4096 };

struct planner {
	GArray *plan;
	const struct display_options *options;
	gboolean shown; /* a part with content was planned */
};

static void clear_step(void *step)
{
	g_free(((struct display_step *)step)->text);
}

GArray *display_plan_new(void)
{
	GArray *plan = g_array_new(FALSE, FALSE, sizeof(struct display_step));
	g_array_set_clear_func(plan, clear_step);
	return plan;
}

static void add(struct planner *pl, enum step_kind kind, struct part *p, char *text)
{
	struct display_step step = {kind, p, text};
	g_array_append_val(pl->plan, step);
}

/* Is $include_onlyfirst satisfied? */
static gboolean is_done(const struct planner *pl)
{
	return pl->options->first_part_only && pl->shown;
}

/* ---- how a part can be shown ---------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *type, *subtype; /* subtype NULL: any */
	enum step_kind kind;
} renderers[] = {
	{"text",	"html",				STEP_HTML},
	{"text",	"enriched",			STEP_ENRICHED},
	{"text",	"richtext",			STEP_ENRICHED},
	{"text",	"calendar",			STEP_CALENDAR},
	{"application",	"ics",				STEP_CALENDAR},
	{"text",	NULL,				STEP_PLAIN},
	{"message",	"delivery-status",		STEP_PLAIN},
	{"message",	"global-delivery-status",	STEP_PLAIN},
	{"message",	"disposition-notification",	STEP_PLAIN},
	{"message",	"rfc822-headers",		STEP_PLAIN},
	{"message",	"external-body",		STEP_PLAIN},
	{"message",	"partial",			STEP_PLAIN},
	{"message",	"rfc822",			STEP_PLAIN},
	{"multipart",	NULL,				STEP_PLAIN},
};
/* clang-format on */

static gboolean matches_type(const struct part *p, const char *pattern)
{
	const char *slash = strchr(pattern, '/');

	if (!strcmp(pattern, "*") || !strcmp(pattern, "*/*"))
		return TRUE;
	gsize n = slash ? (gsize)(slash - pattern) : strlen(pattern);
	if (strlen(p->type) != n || g_ascii_strncasecmp(p->type, pattern, n))
		return FALSE;
	return !slash || !strcmp(slash, "/*") || !g_ascii_strcasecmp(slash + 1, p->subtype);
}

static gboolean in_list(const struct part *p, const char *const *list)
{
	for (; list && *list; list++)
		if (matches_type(p, *list))
			return TRUE;
	return FALSE;
}

static gboolean is_flowed(struct part *p)
{
	g_autofree char *format = part_param(p, "format");
	return format && !g_ascii_strcasecmp(format, "flowed");
}

static gboolean wants_autoview(struct part *p, const struct display_options *o)
{
	return o->autoview && o->wants_autoview && o->wants_autoview(p, o->data);
}

/* How a leaf is shown; -1: it is only announced. */
static int renderer_of(struct part *p, const struct display_options *o)
{
	if (o->honor_disposition && !strcmp(p->disposition, "attachment"))
		return -1;
	if (wants_autoview(p, o))
		return STEP_AUTOVIEW;
	for (gsize i = 0; i < G_N_ELEMENTS(renderers); i++) {
		if (!part_is(p, renderers[i].type, renderers[i].subtype))
			continue;
		gboolean flowed = renderers[i].kind == STEP_PLAIN && o->reflow_text &&
				  part_is(p, "text", "plain") && is_flowed(p);
		return flowed ? STEP_FLOWED : (int)renderers[i].kind;
	}
	return in_list(p, o->mime_inline) ? STEP_PLAIN : -1;
}

/* ---- alternatives ------------------------------------------------------------------ */

static gboolean is_blank_text(struct part *p)
{
	if (p->body_n > EMPTY_CHECK_MAX)
		return FALSE;
	gsize n;
	g_autofree char *text = part_text(p, &n);
	return strspn(text, " \t\r\n\f") == n;
}

/* The part that stands for a container: the root of a related, the first part of others. */
static struct part *face(struct part *p)
{
	while (p->n_children && part_is(p, "multipart", NULL) &&
	       !part_is(p, "multipart", "alternative"))
		p = p->children[0];
	return p;
}

/* How much we like to show it: mutt's enriched, plain, html. 0: not at all. */
static int liking(struct part *p, const struct display_options *o)
{
	struct part *f = face(p);
	if (part_is(f, "multipart", "alternative") && f->n_children)
		return 3;
	if (part_is(f, "text", "enriched"))
		return 6;
	if (part_is(f, "text", "plain"))
		return is_blank_text(f) ? 1 : 5;
	if (part_is(f, "text", "html"))
		return 4;
	return renderer_of(f, o) >= 0 ? 2 : 0;
}

static struct part *last_matching(struct part *p, const char *pattern)
{
	for (guint i = p->n_children; i > 0; i--) {
		struct part *child = p->children[i - 1];
		if (matches_type(child, pattern) || matches_type(face(child), pattern))
			return child;
	}
	return NULL;
}

/* Which child of a multipart/alternative is shown; NULL when none can be. */
static struct part *display_choose_alternative(struct part *p,
					       const struct display_options *options)
{
	const char *const *order = options->alternative_order;
	struct part *choice = NULL;
	for (; order && *order && !choice; order++)
		choice = last_matching(p, *order);
	for (guint i = p->n_children; i > 0 && !choice; i--)
		if (wants_autoview(p->children[i - 1], options))
			choice = p->children[i - 1];
	int best = 0;
	if (choice)
		return choice;
	for (guint i = 0; i < p->n_children; i++) {
		int like = liking(p->children[i], options);
		if (like && like >= best) {
			best = like;
			choice = p->children[i];
		}
	}
	return choice;
}

/* ---- markers ------------------------------------------------------------------------ */

static void add_marker(struct planner *pl, struct part *p, guint number)
{
	if (pl->options->no_markers)
		return;
	const char *name = *p->description ? p->description : p->file_name;
	g_autofree char *type = part_type_name(p);
	g_autofree char *size = text_human_size(part_size(p), TEXT_SIZE_MUTT);
	add(pl, STEP_MARKER, p,
	    g_strdup_printf("[-- Attachment #%u%s%s --]", number, *name ? ": " : "", name));
	add(pl, STEP_MARKER, p,
	    g_strdup_printf("[-- Type: %s, Encoding: %s, Size: %s --]", type, part_encoding_name(p),
			    size));
	add(pl, STEP_BLANK, p, NULL);
}

static void add_unsupported(struct planner *pl, struct part *p)
{
	if (pl->options->no_markers)
		return;
	g_autofree char *type = part_type_name(p);
	gboolean attachment = !strcmp(p->disposition, "attachment");
	add(pl, STEP_MARKER, p,
	    attachment
		? g_strdup("[-- This is an attachment (use 'v' to view this part) --]")
		: g_strdup_printf("[-- %s is unsupported (use 'v' to view this part) --]", type));
}

/* ---- the walk ------------------------------------------------------------------------ */

static void plan_part(struct planner *pl, struct part *p);

static void plan_leaf(struct planner *pl, struct part *p)
{
	int how = p->too_deep ? -1 : renderer_of(p, pl->options);
	if (p->too_deep)
		add(pl, STEP_ERROR, p,
		    g_strdup("[-- Error: too many nested parts (use 'v' to view this part) --]"));
	else if (part_is(p, "multipart", NULL) && p->body_n)
		add(pl, STEP_ERROR, p, g_strdup("[-- Error: multipart without parts --]"));
	if (how < 0 && !p->too_deep)
		add_unsupported(pl, p);
	if (how < 0)
		return;
	add(pl, (enum step_kind)how, p, NULL);
	pl->shown = TRUE;
}

static void add_blank(struct planner *pl, struct part *p)
{
	if (!pl->options->no_markers)
		add(pl, STEP_BLANK, p, NULL);
}

static void plan_numbered(struct planner *pl, struct part *p, guint number)
{
	add_marker(pl, p, number);
	plan_part(pl, p);
	add_blank(pl, p);
}

static void plan_mixed(struct planner *pl, struct part *p)
{
	for (guint i = 0; i < p->n_children && !is_done(pl); i++)
		plan_numbered(pl, p->children[i], i + 1);
	if (p->too_deep)
		add(pl, STEP_ERROR, p, g_strdup("[-- Error: more parts than are read --]"));
}

/* What belongs to the root (pictures of an HTML page) is only announced, and shown when it can be.
 */
static void plan_related(struct planner *pl, struct part *p)
{
	plan_part(pl, p->children[0]);
	for (guint i = 1; i < p->n_children && !is_done(pl); i++) {
		if (i == 1)
			add_blank(pl, p);
		plan_numbered(pl, p->children[i], i + 1);
	}
}

/* $show_multipart_alternative=info: what else there was to choose from. */
static void add_choices(struct planner *pl, struct part *p)
{
	if (pl->options->alternatives != ALTERNATIVES_TOLD || pl->options->no_markers)
		return;
	for (guint i = 0; i < p->n_children; i++) {
		struct part *child = p->children[i];
		g_autofree char *type = part_type_name(child);
		g_autofree char *size = text_human_size(part_size(child), TEXT_SIZE_MUTT);

		add(pl, STEP_MARKER, child,
		    g_strdup_printf("[-- Alternative Type #%u: %s, Encoding: %s, Size: %s --]",
				    i + 1, type, part_encoding_name(child), size));
	}
	add(pl, STEP_BLANK, p, NULL);
}

static void plan_alternative(struct planner *pl, struct part *p)
{
	struct part *choice = display_choose_alternative(p, pl->options);
	if (!choice || pl->options->alternatives == ALTERNATIVES_ALL) {
		plan_mixed(pl, p);
		return;
	}
	add_choices(pl, p);
	plan_part(pl, choice);
	for (guint i = 0; i < p->n_children && !is_done(pl); i++) {
		struct part *child = p->children[i];
		if (child == choice || !part_is(child, "text", "calendar"))
			continue;
		add_blank(pl, p);
		plan_numbered(pl, child, i + 1);
	}
}

static gboolean has_language(struct part *p, const char *language)
{
	const char *said = headers_get(part_headers(p), "Content-Language");

	return said && !g_ascii_strcasecmp(said, language);
}

/* RFC 8255: the first of $preferred_languages, else what needs no words, else what comes first. */
static struct part *choose_language(struct part *p, const char *const *languages)
{
	for (; *languages; languages++)
		for (guint i = 0; i < p->n_children; i++)
			if (**languages && has_language(p->children[i], *languages))
				return p->children[i];
	for (guint i = 0; i < p->n_children; i++)
		if (has_language(p->children[i], "zxx"))
			return p->children[i];
	return p->children[0];
}

static void plan_message(struct planner *pl, struct part *root)
{
	if (!pl->options->no_headers || root->parent) {
		add(pl, STEP_HEADERS, root, NULL);
		add(pl, STEP_BLANK, root, NULL);
	}
	plan_part(pl, root);
}

/* ---- what was signed or encrypted ---------------------------------------------------- */

static void plan_notes(struct planner *pl, struct part *p, const GArray *notes)
{
	static const enum step_kind kinds[] = {[OPENED_FRAME] = STEP_MARKER,
					       [OPENED_VERDICT] = STEP_VERDICT,
					       [OPENED_BAD] = STEP_ERROR};

	for (guint i = 0; i < notes->len && !pl->options->no_markers; i++) {
		const struct opened_note *note = &g_array_index(notes, struct opened_note, i);
		add(pl, *note->text ? kinds[note->tone] : STEP_BLANK, p, g_strdup(note->text));
	}
}

static void plan_piece(struct planner *pl, struct part *p, const struct opened_piece *piece)
{
	if (piece->secret_part && pl->options->omit_secret_parts)
		return;
	plan_notes(pl, p, piece->before);
	for (guint i = 0; i < piece->fields->len && !pl->options->no_headers; i++)
		add(pl, STEP_FIELD, p, g_strdup(piece->fields->pdata[i]));
	if (piece->fields->len && !pl->options->no_headers)
		add(pl, STEP_BLANK, p, NULL);
	if (piece->content)
		plan_part(pl, piece->content);
	plan_notes(pl, p, piece->after);
}

/* TRUE: the part is planned. */
static gboolean plan_opened(struct planner *pl, struct part *p)
{
	const GPtrArray *pieces =
	    pl->options->opened ? g_hash_table_lookup(pl->options->opened, p) : NULL;

	for (guint i = 0; pieces && i < pieces->len && !is_done(pl); i++)
		plan_piece(pl, p, pieces->pdata[i]);
	return pieces != NULL;
}

static void plan_part(struct planner *pl, struct part *p)
{
	if (plan_opened(pl, p))
		return;
	if (!p->n_children)
		plan_leaf(pl, p);
	else if (!part_is(p, "multipart", NULL))
		plan_message(pl, p->children[0]);
	else if (part_is(p, "multipart", "alternative"))
		plan_alternative(pl, p);
	else if (part_is(p, "multipart", "multilingual") && pl->options->languages)
		plan_part(pl, choose_language(p, pl->options->languages));
	else if (part_is(p, "multipart", "related"))
		plan_related(pl, p);
	else
		plan_mixed(pl, p);
}

void display_plan_part(GArray *plan, struct part *p, const struct display_options *options)
{
	struct planner pl = {plan, options, FALSE};
	plan_part(&pl, p);
}

void display_plan_message(GArray *plan, struct part *root, const struct display_options *options)
{
	struct planner pl = {plan, options, FALSE};
	plan_message(&pl, root);
}
