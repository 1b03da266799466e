/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of the compose menu that tag parts and put them into containers. */
#include <string.h>

#include "compose-private.h"
#include "cur/conf/keys.h"
#include "cur/ui/view.h"

static void fn_tag(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = composer_part(c);

	if (!g_hash_table_remove(c->tagged, part))
		g_hash_table_add(c->tagged, part);
	if (app_settings(view->app)->resolve && view->list.cursor + 1 < view->list.n)
		list_go(&view->list, view->list.cursor + 1);
	view_redraw(view);
}

static void fn_tag_prefix(struct view *view, int fn)
{
	struct composer *c = view->data;

	view->app->tag_prefix = g_hash_table_size(c->tagged) > 0;
	if (view->app->tag_prefix)
		app_message(view->app, "tag-");
	else
		app_error(view->app, "No tagged attachments.");
}

static const char *type_of_group(int fn)
{
	switch (fn) {
	case FN_GROUP_ALTERNATIVES:
		return "multipart/alternative";
	case FN_GROUP_MULTILINGUAL:
		return "multipart/multilingual";
	default:
		return "multipart/related";
	}
}

/* Multilingual readers choose by language: a part without one would never be chosen. */
static gboolean have_languages(const GPtrArray *parts)
{
	for (guint i = 0; i < parts->len; i++) {
		const struct draft_part *part = g_ptr_array_index(parts, i);

		if (!part->language || !*part->language)
			return FALSE;
	}
	return TRUE;
}

static void fn_group(struct view *view, int fn)
{
	struct composer *c = view->data;
	g_autoptr(GPtrArray) parts = composer_tagged(c);
	GError *error = NULL;

	if (fn == FN_GROUP_MULTILINGUAL && !have_languages(parts)) {
		app_error(view->app,
			  "Each part of a multilingual group needs a language: edit-language.");
		return;
	}
	if (!draft_group(composer_draft(c), parts, type_of_group(fn), &error)) {
		app_gerror(view->app, &error);
		return;
	}
	/* Nobody calls these attachments: they are what the message says. */
	for (guint i = 0; i < parts->len; i++) {
		struct draft_part *part = g_ptr_array_index(parts, i);

		if (!part->disposition && !part->is_text && !part->children)
			part->disposition = g_strdup("inline");
	}
	g_hash_table_remove_all(c->tagged);
	composer_changed(c);
}

static void fn_ungroup(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = composer_part(c);

	if (!part->children) {
		app_error(view->app, "Attachment is not a group.");
		return;
	}
	g_hash_table_remove_all(c->tagged);
	draft_ungroup(composer_draft(c), part);
	composer_changed(c);
}

const struct fn_handler compose_group_handlers[] = {
    {FN_TAG_ENTRY, fn_tag, NEED_ENTRY},
    {FN_TAG_PREFIX, fn_tag_prefix, NEED_ENTRY},
    {FN_GROUP_ALTERNATIVES, fn_group, NEED_ENTRY},
    {FN_GROUP_MULTILINGUAL, fn_group, NEED_ENTRY},
    {FN_GROUP_RELATED, fn_group, NEED_ENTRY},
    {FN_UNGROUP_ATTACHMENT, fn_ungroup, NEED_ENTRY},
    {FN_NOOP},
};
