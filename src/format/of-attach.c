/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of an attachment list says of its part. */
#include "cur/format/of-attach.h"

#include <string.h>

#include "values.h"

static const char *disposition(char letter)
{
	return letter == 'I' ? "I" : letter == 'A' ? "A" : letter == 'F' ? "F" : "-";
}

static void attach_value(enum expando_id id, struct expando_value *value, GString *scratch,
			 const void *data)
{
	const struct attach_values *v = data;

	switch (id) {
	case EXPANDO_ATTACH_NUMBER:
		value_number(value, v->number);
		break;
	case EXPANDO_ATTACH_DESCRIPTION:
		value_text(value, v->description);
		break;
	case EXPANDO_ATTACH_FILE:
		value_text(value, v->file);
		break;
	case EXPANDO_ATTACH_FILE_DISPOSITION:
		value_text(value, v->disposition_name ? v->disposition_name : v->file);
		break;
	case EXPANDO_ATTACH_MIME_MAJOR:
		value_text(value, v->major);
		break;
	case EXPANDO_ATTACH_MIME_MINOR:
		value_text(value, v->minor);
		break;
	case EXPANDO_ATTACH_MIME_ENCODING:
		value_text(value, v->encoding);
		break;
	case EXPANDO_ATTACH_CHARSET:
		value_text(value, v->charset);
		break;
	case EXPANDO_ATTACH_TREE:
		value_text(value, v->tree);
		value->tree_bytes = (guint)strlen(value->text);
		break;
	case EXPANDO_ATTACH_DISPOSITION:
		value_text(value, disposition(v->disposition));
		value->truth = *value->text != '-';
		break;
	case EXPANDO_ATTACH_FILE_SIZE:
		value_size(value, scratch, v->size_bytes, v->size_style);
		break;
	case EXPANDO_ATTACH_ATTACH_COUNT:
		value_number(value, v->counted);
		break;
	case EXPANDO_ATTACH_TAGGED:
		value_mark(value, v->tagged, "*");
		break;
	case EXPANDO_ATTACH_DELETED:
		value_mark(value, v->deleted, "D");
		break;
	case EXPANDO_ATTACH_UNLINK:
		value_mark(value, v->unlink, "-");
		break;
	case EXPANDO_ATTACH_CHARSET_CONVERT:
		value_text(value, v->converts ? "c" : "n");
		value->truth = v->converts;
		break;
	case EXPANDO_ATTACH_ATTACH_QUALIFIES:
		value_mark(value, v->qualifies, "Q");
		break;
	default:
		value_text(value, "");
		break;
	}
}

struct expando_source attach_source(const struct attach_values *values)
{
	return (struct expando_source){.value = attach_value, .data = values};
}
