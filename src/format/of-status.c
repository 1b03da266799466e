/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the status line and the title say of the open mailbox. */
#include "cur/format/of-status.h"

#include "values.h"

/* The cell of $status_chars; " " when the user's table is shorter. */
static const char *state_char(const struct status_values *v)
{
	static const char *const marks[] = {"-", "*", "%", "A"};

	for (guint i = 0; v->status_chars && v->status_chars[i]; i++)
		if (i == v->state)
			return v->status_chars[i];
	return v->status_chars ? " " : marks[v->state];
}

static void status_value(enum expando_id id, struct expando_value *value, GString *scratch,
			 const void *data)
{
	const struct status_values *v = data;

	switch (id) {
	case EXPANDO_STATUS_MAILBOX_PATH:
		value_text(value, v->mailbox_path);
		break;
	case EXPANDO_STATUS_DESCRIPTION:
		value_text(value, v->description ? v->description : v->mailbox_path);
		break;
	case EXPANDO_STATUS_HOSTNAME:
		value_text(value, v->hostname);
		break;
	case EXPANDO_STATUS_VERSION:
		value_text(value, v->version);
		break;
	case EXPANDO_STATUS_PERCENTAGE:
		value_text(value, v->progress);
		break;
	case EXPANDO_STATUS_SORT:
		value_text(value, v->sort);
		break;
	case EXPANDO_STATUS_SORT_AUX:
		value_text(value, v->sort_aux);
		break;
	case EXPANDO_STATUS_USE_THREADS:
		value_text(value, v->threads);
		break;
	case EXPANDO_STATUS_LIMIT_PATTERN:
		value_text(value, v->limit);
		break;
	case EXPANDO_STATUS_READONLY:
		value_text(value, state_char(v));
		value->truth = v->state != STATUS_UNCHANGED;
		break;
	case EXPANDO_STATUS_MESSAGE_COUNT:
		value_number(value, v->messages);
		break;
	case EXPANDO_STATUS_LIMIT_COUNT:
		value_number(value, v->shown);
		value->truth = v->limit != NULL;
		break;
	case EXPANDO_STATUS_NEW_COUNT:
		value_number(value, v->new);
		break;
	case EXPANDO_STATUS_OLD_COUNT:
		value_number(value, v->old);
		break;
	case EXPANDO_STATUS_UNREAD_COUNT:
		value_number(value, v->unread);
		break;
	case EXPANDO_STATUS_READ_COUNT:
		value_number(value, v->read);
		break;
	case EXPANDO_STATUS_DELETED_COUNT:
		value_number(value, v->deleted);
		break;
	case EXPANDO_STATUS_FLAGGED_COUNT:
		value_number(value, v->flagged);
		break;
	case EXPANDO_STATUS_TAGGED_COUNT:
		value_number(value, v->tagged);
		break;
	case EXPANDO_STATUS_POSTPONED_COUNT:
		value_number(value, v->postponed);
		break;
	case EXPANDO_STATUS_UNREAD_MAILBOXES:
		value_number(value, v->unread_mailboxes);
		break;
	case EXPANDO_STATUS_MAILBOX_SIZE:
		value_size(value, scratch, v->size, v->size_style);
		break;
	case EXPANDO_STATUS_LIMIT_SIZE:
		value_size(value, scratch, v->shown_size, v->size_style);
		value->truth = v->limit != NULL;
		break;
	default:
		value_text(value, "");
		break;
	}
}

struct expando_source status_source(const struct status_values *values)
{
	return (struct expando_source){.value = status_value, .data = values};
}
