/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of numbers and of messages. */
#include "range.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cur/base/error.h"

static void skip_blanks(const char **at)
{
	while (g_ascii_isspace(**at))
		++*at;
}

/* A C constant and its K or M. FALSE when there is none, or none that fits. */
static gboolean read_number(const char **at, gint64 *number)
{
	char *end;
	gint64 factor = 1;

	if (!g_ascii_isdigit(**at))
		return FALSE;
	errno = 0;
	*number = g_ascii_strtoll(*at, &end, 0);
	if (errno)
		return FALSE;
	if (*end == 'K' || *end == 'k')
		factor = 1024;
	else if (*end == 'M' || *end == 'm')
		factor = 1024 * 1024;
	*at = end + (factor > 1);
	if (*number > G_MAXINT64 / factor)
		return FALSE;
	*number *= factor;
	skip_blanks(at);
	return TRUE;
}

static gboolean read_signed(const char **at, gint64 *number)
{
	gboolean negative = **at == '-';

	*at += negative;
	if (!read_number(at, number))
		return FALSE;
	if (negative)
		*number = -*number;
	return TRUE;
}

/* What follows a first number: nothing, "-", or "-" and the second. */
static gboolean read_end(const char **at, struct range *range)
{
	if (**at != '-')
		return TRUE;
	++*at;
	skip_blanks(at);
	if (!**at) {
		range->max = G_MAXINT64;
		return TRUE;
	}
	return read_number(at, &range->max);
}

gboolean range_of_numbers(const char *text, struct range *range, GError **error)
{
	const char *at = text;
	gint64 number = 0;
	gboolean good;

	*range = (struct range){G_MININT64, G_MAXINT64};
	skip_blanks(&at);
	if (*at == '>' || *at == '<') {
		gboolean above = *at++ == '>';

		skip_blanks(&at);
		good = read_signed(&at, &number);
		if (above)
			range->min = number + 1;
		else
			range->max = number - 1;
	} else if (*at == '-') {
		at++;
		good = read_number(&at, &range->max);
	} else {
		good = read_number(&at, &number);
		*range = (struct range){number, number};
		good = good && read_end(&at, range);
	}
	if (good && !*at)
		return TRUE;
	return error_set(error, CUR_ERROR_USAGE,
			 "'%s' is no range of numbers such as 5, 5-9, 5-, -9, >5 or <5", text);
}

/* What message numbers are counted from. */
struct places {
	guint32 current, last;
	gboolean relative; /* a comma stood in the range */
};

/* One end of a range: a mark, a number, or nothing, which means `otherwise`. */
static gboolean read_place(const char **at, const struct places *places, gint64 otherwise,
			   gint64 *place)
{
	gboolean negative = FALSE;

	skip_blanks(at);
	switch (**at) {
	case '.':
		*place = places->current;
		++*at;
		return TRUE;
	case '^':
		*place = 1;
		++*at;
		return TRUE;
	case '$':
		*place = places->last;
		++*at;
		return TRUE;
	default:
		break;
	}
	if (places->relative && **at == '-') {
		negative = TRUE;
		++*at;
	}
	if (!g_ascii_isdigit(**at)) {
		*place = otherwise;
		return !negative;
	}
	if (!read_number(at, place))
		return FALSE;
	if (places->relative)
		*place = (gint64)places->current + (negative ? -*place : *place);
	else if (*place == 0)
		*place = places->current;
	return TRUE;
}

gboolean range_of_messages(const char *text, guint32 current, guint32 last, struct range *range,
			   GError **error)
{
	struct places places = {current, last, strchr(text, ',') != NULL};
	char between = places.relative ? ',' : '-';
	const char *at = text;
	gboolean good;

	skip_blanks(&at);
	if (*at == '<' || *at == '>')
		return range_of_numbers(text, range, error);
	good = *at && read_place(&at, &places, 1, &range->min);
	range->max = range->min;
	if (good && *at == between) {
		at++;
		good = read_place(&at, &places, places.relative ? places.current : G_MAXINT64,
				  &range->max);
	}
	skip_blanks(&at);
	if (!good || *at)
		return error_set(error, CUR_ERROR_USAGE,
				 "'%s' is no range of messages such as 5-9, ^-. or -2,2", text);
	if (range->min > range->max) {
		gint64 swap = range->min;

		range->min = range->max;
		range->max = swap;
	}
	return TRUE;
}
