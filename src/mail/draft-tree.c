/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of a draft as a tree: listed, grouped, taken apart. */
#include "cur/base/error.h"
#include "cur/mail/draft.h"

static void add_entries(GArray *entries, GPtrArray *siblings, guint depth)
{
	for (guint i = 0; i < siblings->len; i++) {
		struct draft_part *part = siblings->pdata[i];
		struct draft_entry entry = {part, siblings, i, depth};

		g_array_append_val(entries, entry);
		if (part->children)
			add_entries(entries, part->children, depth + 1);
	}
}

GArray *draft_entries(const struct draft *draft)
{
	GArray *entries = g_array_new(FALSE, FALSE, sizeof(struct draft_entry));

	add_entries(entries, draft->parts, 0);
	return entries;
}

guint draft_n_attachments(const struct draft *draft)
{
	g_autoptr(GArray) entries = draft_entries(draft);
	guint n = 0;

	for (guint i = 0; i < entries->len; i++) {
		const struct draft_part *part = g_array_index(entries, struct draft_entry, i).part;

		n += !part->is_text && !part->children;
	}
	return n;
}

gboolean draft_has_text(const struct draft *draft)
{
	g_autoptr(GArray) entries = draft_entries(draft);

	for (guint i = 0; i < entries->len; i++)
		if (g_array_index(entries, struct draft_entry, i).part->is_text)
			return TRUE;
	return !draft->placed;
}

void draft_place_text(struct draft *draft)
{
	struct draft_part *text;

	if (draft->placed && draft_has_text(draft))
		return;
	text = g_new0(struct draft_part, 1);
	text->is_text = TRUE;
	g_ptr_array_insert(draft->parts, 0, text);
	draft->placed = TRUE;
}

/* FALSE when it is not in the draft. */
static gboolean find(const struct draft *draft, const struct draft_part *part,
		     struct draft_entry *found)
{
	g_autoptr(GArray) entries = draft_entries(draft);

	for (guint i = 0; i < entries->len; i++) {
		*found = g_array_index(entries, struct draft_entry, i);
		if (found->part == part)
			return TRUE;
	}
	return FALSE;
}

/* All in one list; `first` is the foremost of them. */
static gboolean are_siblings(const struct draft *draft, const GPtrArray *members,
			     struct draft_entry *first)
{
	if (members->len < 2 || !find(draft, members->pdata[0], first))
		return FALSE;
	for (guint i = 1; i < members->len; i++) {
		struct draft_entry entry;

		if (!find(draft, members->pdata[i], &entry) || entry.siblings != first->siblings)
			return FALSE;
		if (entry.index < first->index)
			*first = entry;
	}
	return TRUE;
}

gboolean draft_group(struct draft *draft, const GPtrArray *members, const char *type,
		     GError **error)
{
	GPtrArray *children;
	struct draft_entry first;

	if (!are_siblings(draft, members, &first))
		return error_set(error, CUR_ERROR_USAGE,
				 "a group needs at least two parts that stand side by side");
	children = draft_parts_new();
	for (guint i = first.index; i < first.siblings->len;) {
		if (g_ptr_array_find((GPtrArray *)members, first.siblings->pdata[i], NULL))
			g_ptr_array_add(children, g_ptr_array_steal_index(first.siblings, i));
		else
			i++;
	}
	g_ptr_array_insert(first.siblings, (gint)first.index, draft_part_new_group(type, children));
	return TRUE;
}

void draft_ungroup(struct draft *draft, struct draft_part *group)
{
	struct draft_entry entry;
	guint at;

	if (!group->children || !find(draft, group, &entry))
		return;
	at = entry.index + 1;
	while (group->children->len)
		g_ptr_array_insert(entry.siblings, (gint)at++,
				   g_ptr_array_steal_index(group->children, 0));
	g_ptr_array_remove_index(entry.siblings, entry.index);
}

/* The container whose list of parts this is; NULL for the message. */
static struct draft_part *owner(const struct draft *draft, const GPtrArray *siblings)
{
	g_autoptr(GArray) entries = draft_entries(draft);

	for (guint i = 0; i < entries->len; i++) {
		struct draft_part *part = g_array_index(entries, struct draft_entry, i).part;

		if (part->children == siblings)
			return part;
	}
	return NULL;
}

void draft_remove(struct draft *draft, struct draft_part *part)
{
	struct draft_entry entry;
	struct draft_part *group;

	if (!find(draft, part, &entry))
		return;
	g_ptr_array_remove_index(entry.siblings, entry.index);
	group = owner(draft, entry.siblings);
	if (group && group->children->len <= 1)
		draft_ungroup(draft, group);
}
