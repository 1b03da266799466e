/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of the sidebar says of its mailbox. */
#include "cur/format/of-sidebar.h"

#include "values.h"

/* %!: one mark, two marks, or the number and a mark. */
static void flagged_marks(struct expando_value *value, GString *scratch, guint32 n)
{
	if (n > 2)
		g_string_append_printf(scratch, "%u!", n);
	else
		g_string_append(scratch, n == 2 ? "!!" : n == 1 ? "!" : "");
	value_text(value, scratch->str);
}

static void sidebar_value(enum expando_id id, struct expando_value *value, GString *scratch,
			  const void *data)
{
	const struct sidebar_values *v = data;

	switch (id) {
	case EXPANDO_SIDEBAR_NAME:
		value_text(value, v->name);
		break;
	case EXPANDO_SIDEBAR_DESCRIPTION:
		value_text(value, v->description ? v->description : v->name);
		break;
	case EXPANDO_SIDEBAR_MESSAGE_COUNT:
		value_number(value, v->messages);
		break;
	case EXPANDO_SIDEBAR_UNREAD_COUNT:
		value_number(value, v->unread);
		break;
	case EXPANDO_SIDEBAR_UNSEEN_COUNT:
		value_number(value, v->new);
		break;
	case EXPANDO_SIDEBAR_OLD_COUNT:
		value_number(value, v->old);
		break;
	case EXPANDO_SIDEBAR_READ_COUNT:
		value_number(value, v->messages - MIN(v->unread, v->messages));
		break;
	case EXPANDO_SIDEBAR_FLAGGED_COUNT:
		value_number(value, v->flagged);
		break;
	case EXPANDO_SIDEBAR_FLAGGED:
		flagged_marks(value, scratch, v->flagged);
		break;
	case EXPANDO_SIDEBAR_DELETED_COUNT:
		value_number(value, v->deleted);
		value->truth = v->is_open && v->deleted > 0;
		break;
	case EXPANDO_SIDEBAR_LIMITED_COUNT:
		value_number(value, v->is_open ? v->shown : v->messages);
		value->truth = v->is_open && v->shown != v->messages;
		break;
	case EXPANDO_SIDEBAR_TAGGED_COUNT:
		value_number(value, v->tagged);
		value->truth = v->is_open && v->tagged > 0;
		break;
	case EXPANDO_SIDEBAR_NEW_MAIL:
		value_mark(value, v->has_new, "N");
		break;
	case EXPANDO_SIDEBAR_NOTIFY:
		value_number(value, v->notify);
		break;
	case EXPANDO_SIDEBAR_POLL:
		value_number(value, v->poll);
		break;
	default:
		value_text(value, "");
		break;
	}
}

struct expando_source sidebar_source(const struct sidebar_values *values)
{
	return (struct expando_source){.value = sidebar_value, .data = values};
}
