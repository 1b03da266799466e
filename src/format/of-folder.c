/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a line of the folder browser says. */
#include "cur/format/of-folder.h"

#include <sys/stat.h>

#include "cur/base/clock.h"
#include "cur/mail/date.h"
#include "values.h"

enum { HALF_A_YEAR = 15778800 };

static void file_name(GString *out, const struct folder_values *v)
{
	g_string_append(out, v->name ? v->name : "");
	if (v->type_mark)
		g_string_append_c(out, v->type_mark);
}

/* As ls: the time of day for what is younger than half a year, else the year. */
static const char *file_age_format(const struct folder_values *v)
{
	gint64 age = clock_now_s() - v->mtime;

	return age >= 0 && age < HALF_A_YEAR ? "%b %d %H:%M" : "%b %d  %Y";
}

static void file_date(GString *out, const struct folder_values *v, const char *format)
{
	gboolean english = *format == '!';
	g_autofree char *text = NULL;

	if (v->mtime == 0)
		return;
	text = date_format(format + english, v->mtime, DATE_LOCAL, 0, english);
	g_string_append(out, text);
}

/* "drwx------", or "IMAP" for a folder of a server, as mutt. */
static void file_mode(GString *out, const struct folder_values *v)
{
	static const char letters[] = "rwxrwxrwx";

	if (v->is_remote) {
		g_string_append(out, "IMAP");
		return;
	}
	g_string_append_c(out, S_ISDIR(v->mode) ? 'd' : S_ISLNK(v->mode) ? 'l' : '-');
	for (int i = 0; i < 9; i++)
		g_string_append_c(out, v->mode & (0400u >> i) ? letters[i] : '-');
}

static void folder_value(enum expando_id id, struct expando_value *value, GString *scratch,
			 const void *data)
{
	const struct folder_values *v = data;

	switch (id) {
	case EXPANDO_FOLDER_NUMBER:
		value_number(value, v->number);
		break;
	case EXPANDO_FOLDER_FILENAME:
		file_name(scratch, v);
		value_text(value, scratch->str);
		break;
	case EXPANDO_FOLDER_DESCRIPTION:
		if (!v->description)
			file_name(scratch, v);
		value_text(value, v->description ? v->description : scratch->str);
		break;
	case EXPANDO_FOLDER_FILE_OWNER:
		value_text(value, v->owner);
		break;
	case EXPANDO_FOLDER_FILE_GROUP:
		value_text(value, v->group);
		break;
	case EXPANDO_FOLDER_DATE:
		file_date(scratch, v, file_age_format(v));
		value_text(value, scratch->str);
		break;
	case EXPANDO_FOLDER_DATE_FORMAT:
		file_date(scratch, v, v->date_format ? v->date_format : "%c");
		value_text(value, scratch->str);
		break;
	case EXPANDO_FOLDER_FILE_MODE:
		file_mode(scratch, v);
		value_text(value, scratch->str);
		break;
	case EXPANDO_FOLDER_HARD_LINKS:
		value_number(value, v->links);
		break;
	case EXPANDO_FOLDER_FILE_SIZE:
		value_size(value, scratch, v->size_bytes, v->size_style);
		break;
	case EXPANDO_FOLDER_MESSAGE_COUNT:
		value_number(value, v->messages);
		break;
	case EXPANDO_FOLDER_UNREAD_COUNT:
		value_number(value, v->unread);
		break;
	case EXPANDO_FOLDER_NEW_MAIL:
		value_mark(value, v->has_new, "N");
		break;
	case EXPANDO_FOLDER_TAGGED:
		value_mark(value, v->tagged, "*");
		break;
	case EXPANDO_FOLDER_NOTIFY:
		value_number(value, v->notify);
		break;
	case EXPANDO_FOLDER_POLL:
		value_number(value, v->poll);
		break;
	default:
		value_text(value, "");
		break;
	}
}

static gboolean folder_date(char kind, gint64 *seconds, int *zone_minutes, const void *data)
{
	const struct folder_values *v = data;

	*seconds = v->mtime;
	*zone_minutes = G_MININT;
	return v->mtime != 0;
}

struct expando_source folder_source(const struct folder_values *values)
{
	return (struct expando_source){.value = folder_value, .date = folder_date, .data = values};
}
