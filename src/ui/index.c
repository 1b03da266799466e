/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The index: only rows on the screen are rendered and asked for their colours.
 * The cursor is a message (its lid), not a line, so mail that comes and goes
 * never moves it to another (U15).
 */
#include "index.h"

#include "app-private.h"
#include "cells.h"
#include "cur/conf/colors.h"
#include "cur/conf/hooks.h"
#include "cur/conf/lists.h"
#include "cur/conf/names.h"
#include "cur/mail/address.h"
#include "cur/mail/flags.h"
#include "cur/mail/subject.h"
#include "cur/model/directory.h"
#include "cur/model/recipients.h"
#include "cur/query/pattern.h"
#include "cur/ui/functions.h"
#include "cur/ui/screen.h"
#include "filtered.h"
#include "statusline.h"

/* A `color` rule with its pattern compiled. */
struct look {
	enum color_object object;
	struct pattern *pattern;
	const struct color_rule *rule;
};

struct index {
	struct app *app;
	gboolean placed; /* the cursor was put to the first message worth reading */

	guint64 conf_generation; /* of what follows */
	struct expando *format;
	GPtrArray *looks;	   /* struct look * */
	GHashTable *hook_formats;  /* format -> struct expando */
	GHashTable *hook_patterns; /* pattern -> struct pattern */
	char **to_chars, **flag_chars, **crypt_chars, **from_chars;
	char *mailbox_name;
	GHashTable *alias_names; /* $reverse_alias; NULL: off */

	struct expando_line line;
	GArray *spans; /* struct span */
	guint drawing; /* pos of the row being rendered, for hooks */
};

static struct index *index_of(const struct app *app)
{
	return app->index ? app->index->data : NULL;
}

/* ---- what settings say -------------------------------------------------------------- */

static void look_free(void *data)
{
	struct look *look = data;

	pattern_free(look->pattern);
	g_free(look);
}

static void forget_settings(struct index *index)
{
	g_clear_pointer(&index->format, expando_free);
	g_clear_pointer(&index->looks, g_ptr_array_unref);
	g_clear_pointer(&index->hook_formats, g_hash_table_unref);
	g_clear_pointer(&index->hook_patterns, g_hash_table_unref);
	g_clear_pointer(&index->to_chars, g_strfreev);
	g_clear_pointer(&index->flag_chars, g_strfreev);
	g_clear_pointer(&index->crypt_chars, g_strfreev);
	g_clear_pointer(&index->from_chars, g_strfreev);
	g_clear_pointer(&index->mailbox_name, g_free);
	g_clear_pointer(&index->alias_names, g_hash_table_unref);
}

static void compile_looks(struct index *index, enum color_object object)
{
	struct conf *conf = index->app->conf;
	const GPtrArray *rules = conf_color_rules(conf, object);
	struct pattern_options options = {.simple_search = conf_settings(conf)->simple_search};

	for (guint i = 0; rules && i < rules->len; i++) {
		const struct color_rule *rule = g_ptr_array_index(rules, i);
		struct pattern *pattern = pattern_compile(rule->text, &options, NULL);
		struct look *look;

		if (!pattern)
			continue;
		look = g_new0(struct look, 1);
		*look = (struct look){object, pattern, rule};
		g_ptr_array_add(index->looks, look);
	}
}

static void free_expando(void *expando)
{
	expando_free(expando);
}

static void free_pattern(void *pattern)
{
	pattern_free(pattern);
}

/* What index-format-hooks show, the format with %@name@ in it shows. */
static void take_hook_formats(struct index *index)
{
	const GPtrArray *hooks = conf_hooks(index->app->conf, HOOK_INDEX_FORMAT);

	index->hook_formats = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_expando);
	for (guint i = 0; i < hooks->len; i++) {
		const struct hook *hook = g_ptr_array_index(hooks, i);
		struct expando *expando = expando_compile(EXPANDO_INDEX, hook->command, NULL);

		expando_include(index->format, expando);
		g_hash_table_insert(index->hook_formats, g_strdup(hook->command), expando);
	}
}

/* Compile what drawing needs, once for each state of the configuration. */
static void take_settings(struct index *index)
{
	struct app *app = index->app;
	const struct settings *s = app_settings(app);

	if (index->format && index->conf_generation == conf_generation(app->conf))
		return;
	forget_settings(index);
	index->conf_generation = conf_generation(app->conf);
	index->format = expando_compile(EXPANDO_INDEX, s->index_format, NULL);
	index->looks = g_ptr_array_new_with_free_func(look_free);
	for (int object = 0; object < COLOR_N; object++)
		if (color_selector(object) == COLOR_SELECT_PATTERN && object != COLOR_INDEX_TAG)
			compile_looks(index, object);
	index->hook_patterns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_pattern);
	index->to_chars = cells_new(s->to_chars);
	index->flag_chars = cells_new(s->flag_chars);
	index->crypt_chars = cells_new(s->crypt_chars);
	index->from_chars = cells_new(s->from_chars);
	take_hook_formats(index);
	index->alias_names = recipients_alias_names(app->conf);
	index->mailbox_name =
	    app->mailbox ? directory_shorten(app->directory, mailbox_name(app->mailbox)) : NULL;
}

static const struct pattern *hook_pattern(struct index *index, const char *text)
{
	struct pattern *pattern = g_hash_table_lookup(index->hook_patterns, text);

	if (!pattern) {
		pattern = pattern_compile(text, NULL, NULL);
		g_hash_table_insert(index->hook_patterns, g_strdup(text), pattern);
	}
	return pattern;
}

/* %@name@: the format of the first index-format-hook of that name whose pattern matches. */
static const struct expando *hook_format(const char *name, void *data)
{
	struct index *index = data;
	const GPtrArray *hooks = conf_hooks(index->app->conf, HOOK_INDEX_FORMAT);

	for (guint i = 0; i < hooks->len; i++) {
		const struct hook *hook = g_ptr_array_index(hooks, i);
		const struct pattern *pattern;

		if (g_strcmp0(hook->name, name) != 0)
			continue;
		pattern = hook_pattern(index, hook->pattern);
		if (!pattern ||
		    mailbox_matches(index->app->mailbox, index->drawing, pattern) == hook->negated)
			continue;
		return g_hash_table_lookup(index->hook_formats, hook->command);
	}
	return NULL;
}

/* ---- one row --------------------------------------------------------------------------- */

static gboolean is_me(const char *address, void *data)
{
	return recipients_is_me(address, ((struct index *)data)->app->conf);
}

static gboolean is_subscribed(const char *address, void *data)
{
	return recipients_is_subscribed(address, ((struct index *)data)->app->conf);
}

static const char *alias_name(const char *address, void *data)
{
	return recipients_alias_name(((struct index *)data)->alias_names, address);
}

static const char *tag_text(const char *tag, void *data)
{
	return conf_tag_text(((struct index *)data)->app->conf, tag);
}

static struct index_context context_of(struct index *index)
{
	const struct settings *s = app_settings(index->app);
	struct mailbox_counts counts;

	mailbox_counts(index->app->mailbox, &counts);
	return (struct index_context){
	    .mailbox_name = index->mailbox_name,
	    .n_messages = counts.messages,
	    .date_format = s->date_format,
	    .to_chars = (const char *const *)index->to_chars,
	    .flag_chars = (const char *const *)index->flag_chars,
	    .crypt_chars = (const char *const *)index->crypt_chars,
	    .from_chars = (const char *const *)index->from_chars,
	    .hidden_tags = s->hidden_tags,
	    .size_style = expando_size_style(s),
	    .hide_thread_subject = s->hide_thread_subject,
	    .mark_old = s->mark_old,
	    .is_me = is_me,
	    .is_subscribed = is_subscribed,
	    .alias_name = index->alias_names ? alias_name : NULL,
	    .tag_text = tag_text,
	    .hook = hook_format,
	    .data = index,
	};
}

/* Does the line above in the same thread already show this subject? */
static gboolean subject_above(struct index *index, guint pos, const struct envelope *env,
			      const char *tree)
{
	const struct regex *re = app_settings(index->app)->reply_regexp.re;
	struct envelope above;

	if (!pos || !*tree)
		return FALSE;
	mailbox_envelope(index->app->mailbox, pos - 1, &above);
	return g_str_equal(subject_base(env->field[ENV_SUBJECT], re),
			   subject_base(above.field[ENV_SUBJECT], re));
}

/* %J and %Y leave out what the thread's parent says already. */
static void parent_facts(struct mailbox *mb, guint pos, struct index_subject *subject)
{
	struct envelope parent;
	guint parent_pos;

	if (!mailbox_parent(mb, pos, &parent_pos))
		return;
	mailbox_envelope(mb, parent_pos, &parent);
	subject->parent_keywords = parent.field[ENV_KEYWORDS];
	subject->parent_label = parent.field[ENV_LABEL];
}

void index_facts(struct mailbox *mb, guint pos, const struct expando *format,
		 struct index_subject *subject)
{
	if (expando_uses(format, EXPANDO_INDEX_SPAM))
		subject->spam = mailbox_spam(mb, pos);
	if (expando_uses(format, EXPANDO_INDEX_SCORE))
		subject->score = mailbox_score(mb, pos);
	if (expando_uses(format, EXPANDO_INDEX_ATTACHMENT_COUNT))
		subject->attachments = mailbox_attachments(mb, pos);
	if (expando_uses(format, EXPANDO_INDEX_X_COMMENT_TO))
		subject->comment_to = mailbox_comment_to(mb, pos);
	if (expando_uses(format, EXPANDO_INDEX_THREAD_COUNT))
		subject->thread_count = mailbox_thread_size(mb, pos);
	if (expando_uses(format, EXPANDO_INDEX_THREAD_NUMBER))
		subject->thread_number = mailbox_thread_place(mb, pos);
	if (expando_uses(format, EXPANDO_INDEX_THREAD_TAGS) ||
	    expando_uses(format, EXPANDO_INDEX_THREAD_X_LABEL))
		parent_facts(mb, pos, subject);
}

static void render(struct index *index, const struct index_context *context, guint pos, int cols)
{
	struct mailbox *mb = index->app->mailbox;
	g_autofree char *tree = mailbox_tree(mb, pos, app_settings(index->app)->ascii_chars);
	guint hidden = mailbox_hidden(mb, pos);
	unsigned session = mailbox_session(mb, mailbox_lid(mb, pos));
	struct envelope env;
	g_autofree char *rewritten = NULL, *from = NULL, *to = NULL;

	index->drawing = pos;
	mailbox_envelope(mb, pos, &env);
	rewritten = conf_rewrite_subject(index->app->conf, env.field[ENV_SUBJECT]);

	struct index_subject subject = {
	    .context = context,
	    .row = mailbox_row(mb, pos),
	    .env = &env,
	    .mark = mailbox_flags(mb, pos),
	    .number = mailbox_message_number(mb, pos),
	    .tagged = (session & SESSION_TAGGED) != 0,
	    .deleted = (session & SESSION_DELETED) != 0,
	    .verified = mailbox_is_verified(mb, mailbox_lid(mb, pos)),
	    .hidden_count = hidden ? hidden + 1 : 0,
	    .tree = *tree ? tree : NULL,
	    .subject_shown_above = subject_above(index, pos, &env, tree),
	};

	index_facts(mb, pos, index->format, &subject);
	/* Only what is shown: threads and searches know the message as it is. */
	from = address_text_display(env.field[ENV_FROM]);
	to = address_text_display(env.field[ENV_TO]);
	if (rewritten)
		env.field[ENV_SUBJECT] = rewritten;
	if (from)
		env.field[ENV_FROM] = from;
	if (to)
		env.field[ENV_TO] = to;

	struct expando_source source = index_source(&subject);

	if (expando_is_command(index->format)) {
		g_autofree char *said =
		    filtered_text(index->app, index->format, cols, &source, NULL);

		expando_line_set(&index->line, said);
		return;
	}
	expando_render(index->format, cols, &source, &index->line);
}

/* Which colour object an expando of the row belongs to. */
static const struct {
	guint16 id;
	enum color_object object;
	unsigned flags;
} parts[] = {
    {EXPANDO_SPAN_TREE, COLOR_TREE, 0},
    {EXPANDO_SPAN_DATE, COLOR_INDEX_DATE, 0},
    {EXPANDO_INDEX_DATE_FORMAT, COLOR_INDEX_DATE, 0},
    {EXPANDO_INDEX_DATE_FORMAT_LOCAL, COLOR_INDEX_DATE, 0},
    {EXPANDO_INDEX_FROM, COLOR_INDEX_AUTHOR, SPAN_ISOLATE},
    {EXPANDO_INDEX_FROM_FULL, COLOR_INDEX_AUTHOR, SPAN_ISOLATE},
    {EXPANDO_INDEX_FROM_LIST, COLOR_INDEX_AUTHOR, SPAN_ISOLATE},
    {EXPANDO_INDEX_SENDER, COLOR_INDEX_AUTHOR, SPAN_ISOLATE},
    {EXPANDO_INDEX_SENDER_PLAIN, COLOR_INDEX_AUTHOR, SPAN_ISOLATE},
    {EXPANDO_INDEX_NAME, COLOR_INDEX_AUTHOR, SPAN_ISOLATE},
    {EXPANDO_INDEX_TO, COLOR_INDEX_AUTHOR, SPAN_ISOLATE},
    {EXPANDO_INDEX_SUBJECT, COLOR_INDEX_SUBJECT, SPAN_ISOLATE},
    {EXPANDO_INDEX_NUMBER, COLOR_INDEX_NUMBER, 0},
    {EXPANDO_INDEX_SIZE, COLOR_INDEX_SIZE, 0},
    {EXPANDO_INDEX_LINES, COLOR_INDEX_SIZE, 0},
    {EXPANDO_INDEX_FLAG_CHARS, COLOR_INDEX_FLAGS, 0},
    {EXPANDO_INDEX_COMBINED_FLAGS, COLOR_INDEX_FLAGS, 0},
    {EXPANDO_INDEX_X_LABEL, COLOR_INDEX_LABEL, SPAN_ISOLATE},
    {EXPANDO_INDEX_THREAD_X_LABEL, COLOR_INDEX_LABEL, SPAN_ISOLATE},
    {EXPANDO_INDEX_TAGS, COLOR_INDEX_TAGS, 0},
    {EXPANDO_INDEX_THREAD_TAGS, COLOR_INDEX_TAGS, 0},
    {EXPANDO_INDEX_THREAD_HIDDEN_COUNT, COLOR_INDEX_COLLAPSED, 0},
};

static int part_of(guint16 id)
{
	for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
		if (parts[i].id == id)
			return i;
	return -1;
}

/* The last rule of an object that matches the row, -1 when none does. */
static int style_of(struct index *index, struct paint *paint, guint pos, int object)
{
	for (guint i = index->looks->len; i-- > 0;) {
		const struct look *look = g_ptr_array_index(index->looks, i);

		if (look->object == (enum color_object)object &&
		    mailbox_matches(index->app->mailbox, pos, look->pattern))
			return paint_style(paint, look->rule);
	}
	return object == COLOR_TREE ? COLOR_TREE : STYLE_NONE;
}

static void add_span(struct index *index, guint start, guint end, int style, unsigned flags)
{
	struct span span = {index->line.text->str + start, end - start, style, flags};

	if (end > start)
		g_array_append_val(index->spans, span);
}

/* `color index_tag`: bytes of the tag at `at` that a rule names, by its name or as it is shown. */
static gsize named_tag(struct index *index, const char *at, gsize n, const struct color_rule **rule)
{
	const GPtrArray *rules = conf_color_rules(index->app->conf, COLOR_INDEX_TAG);

	for (guint i = rules->len; i-- > 0;) {
		const struct color_rule *r = g_ptr_array_index(rules, i);
		const char *shown = conf_tag_text(index->app->conf, r->text);
		gsize length = strlen(shown);

		if (length && length <= n && !memcmp(at, shown, length) &&
		    (length == n || at[length] == ' ')) {
			*rule = r;
			return length;
		}
	}
	return 0;
}

static void add_tags(struct index *index, struct paint *paint, guint start, guint end, int style)
{
	const char *text = index->line.text->str;
	const struct color_rule *rule;
	guint done = start;

	for (guint at = start; at < end; at++) {
		gboolean begins = at == start || text[at - 1] == ' ';
		gsize n = begins ? named_tag(index, text + at, end - at, &rule) : 0;

		if (!n)
			continue;
		add_span(index, done, at, style, 0);
		add_span(index, at, at + (guint)n, paint_style(paint, rule), 0);
		done = at + (guint)n;
		at = done - 1;
	}
	add_span(index, done, end, style, 0);
}

/* The rendered line as spans: coloured parts, and foreign text kept to its own columns. */
static void split_line(struct index *index, struct paint *paint, guint pos)
{
	guint done = 0;

	for (guint i = 0; i < index->line.spans->len; i++) {
		const struct expando_span *s =
		    &g_array_index(index->line.spans, struct expando_span, i);
		guint start = MAX(s->start, done); /* the subject begins in the tree's cells */
		int part = part_of(s->id), style;

		if (part < 0 || s->end <= done)
			continue;
		add_span(index, done, start, STYLE_NONE, 0);
		style = style_of(index, paint, pos, parts[part].object);
		if (parts[part].object == COLOR_INDEX_TAGS)
			add_tags(index, paint, start, s->end, style);
		else
			add_span(index, start, s->end, style, parts[part].flags);
		done = s->end;
	}
	add_span(index, done, index->line.text->len, STYLE_NONE, 0);
}

static void draw_row(struct index *index, struct view *view, struct paint *paint,
		     const struct index_context *context, guint pos)
{
	const struct settings *s = app_settings(view->app);
	g_autofree char *arrow = s->arrow_cursor ? g_strdup_printf("%s ", s->arrow_string) : NULL;
	gboolean current = pos == view->list.cursor;
	int indent = arrow ? MIN((int)g_utf8_strlen(arrow, -1), view->area.cols) : 0;
	struct line line = {.y = view_line_of(view, pos), .cols = view->area.cols};
	struct span margin = {.len = -1, .style = current ? COLOR_INDICATOR : STYLE_NONE};

	g_array_set_size(index->spans, 0);
	if (arrow) {
		margin.text = current ? arrow : "                    " + 20 - MIN(indent, 20);
		g_array_append_val(index->spans, margin);
	}
	render(index, context, pos, view->area.cols - indent);
	split_line(index, paint, pos);
	line.x = view->area.x;
	line.style = style_of(index, paint, pos, COLOR_INDEX);
	if (line.style == STYLE_NONE)
		line.style = COLOR_NORMAL;
	if (current && !arrow && s->cursor_overlay) {
		line.cover = COLOR_INDICATOR;
		line.covered = TRUE;
	} else if (current && !arrow) {
		line.style = COLOR_INDICATOR;
		line.style_wins = TRUE;
	}
	line.spans = (const struct span *)(const void *)index->spans->data;
	line.n_spans = index->spans->len;
	paint_line(paint, &line);
}

static void draw(struct view *view, struct paint *paint)
{
	struct index *index = view->data;
	guint end = MIN(view->list.n, view->list.top + view->list.page);
	int y = view->area.y;

	if (view->app->mailbox && view->list.n) {
		struct index_context context;

		take_settings(index);
		context = context_of(index);
		for (guint pos = view->list.top; pos < end; pos++, y++)
			draw_row(index, view, paint, &context, pos);
	}
	paint_blank(paint, y, view->area.x, view->area.y + view->area.rows - y, view->area.cols,
		    COLOR_NORMAL);
}

/* ---- the cursor --------------------------------------------------------------------------- */

guint32 index_lid(const struct app *app)
{
	return app->index && app->mailbox ? mailbox_lid(app->mailbox, app->index->list.cursor) : 0;
}

void index_go(struct app *app, guint pos)
{
	list_go(&app->index->list, pos);
	view_redraw(app->index);
}

/* mutt: the first new message, else the first unread one, else the newest. */
static guint first_worth_reading(struct app *app)
{
	guint n = mailbox_count(app->mailbox), unread = n;
	unsigned sort = app_settings(app)->sort;

	for (guint pos = 0; pos < n; pos++) {
		mark_t mark = mailbox_flags(app->mailbox, pos);

		if (mark & FLAG_SEEN)
			continue;
		if (mark & MARK_NEW)
			return pos;
		if (unread == n)
			unread = pos;
	}
	if (unread < n)
		return unread;
	return sort & SORT_REVERSE || !n ? 0 : n - 1;
}

void index_reset(struct app *app)
{
	struct index *index = index_of(app);

	index->placed = FALSE;
	forget_settings(index);
	list_resize(&app->index->list, 0, app->index->list.page);
	app->index->list.top = app->index->list.cursor = 0;
	view_redraw(app->index);
}

void index_follow(struct app *app, const struct mailbox_change *change)
{
	struct index *index = index_of(app);
	struct list *list = &app->index->list;
	guint n = mailbox_count(app->mailbox), pos;

	if (!change->any)
		return;
	view_redraw(app->index);
	if (!change->order && index->placed)
		return;
	if (!index->placed && n && app_settings(app)->collapse_all) {
		mailbox_fold_all(app->mailbox, FOLD_CLOSE);
		n = mailbox_count(app->mailbox);
	}
	list->n = n;
	if (!index->placed && n) {
		list_go(list, first_worth_reading(app));
		index->placed = TRUE;
	} else if (change->anchor && mailbox_find(app->mailbox, change->anchor, &pos)) {
		list_follow(list, pos);
	} else {
		list_go(list, list->cursor);
	}
}

void index_reshow(struct app *app, guint32 lid)
{
	guint pos = 0;

	app->index->list.n = mailbox_count(app->mailbox);
	mailbox_near(app->mailbox, lid, &pos);
	list_go(&app->index->list, pos);
	view_redraw(app->index);
}

/* ---- the view ---------------------------------------------------- */

static void settings_changed(struct view *view)
{
	forget_settings(view->data);
}

static void closed(struct view *view)
{
	struct index *index = view->data;

	forget_settings(index);
	expando_line_clear(&index->line);
	g_array_unref(index->spans);
	g_clear_pointer(&view->data, g_free);
	view->app->index = NULL;
}

static const struct help_item help[] = {
    {FN_QUIT, "Quit"},	       {FN_DELETE_MESSAGE, "Del"}, {FN_UNDELETE_MESSAGE, "Undel"},
    {FN_SAVE_MESSAGE, "Save"}, {FN_MAIL, "Mail"},	   {FN_REPLY, "Reply"},
    {FN_GROUP_REPLY, "Group"}, {FN_HELP, "Help"},	   {0},
};

static const struct fn_handler *const handlers[] = {
    fn_move_handlers,	 fn_flag_handlers,    fn_crypt_handlers,
    fn_label_handlers,	 fn_edit_handlers,    fn_save_handlers,
    fn_undo_handlers,	 fn_thread_handlers,  fn_limit_handlers,
    fn_folder_handlers,	 fn_virtual_handlers, fn_send_handlers,
    fn_message_handlers, fn_type_handlers,    NULL,
};

static const struct view_ops ops = {
    .name = "index",
    .menu = MENU_INDEX,
    .handlers = handlers,
    .draw = draw,
    .status = statusline_mailbox,
    .help = help,
    .settings_changed = settings_changed,
    .close = closed,
};

struct view *index_open(struct app *app)
{
	struct index *index = g_new0(struct index, 1);
	struct view *view = view_push(app, &ops, index);

	index->app = app;
	index->spans = g_array_new(FALSE, FALSE, sizeof(struct span));
	expando_line_init(&index->line, TRUE);
	view->sidebar = TRUE;
	return view;
}
