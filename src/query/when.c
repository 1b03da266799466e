/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ranges of dates: 7/3/2024-9/3/2024, -2w+3d, <3d. Days are days of the local
 * zone; mktime() does the calendar.
 */
#include <string.h>
#include <time.h>

#include "cur/base/error.h"
#include "range.h"

/* More than enough for any date, and nothing that could overflow a struct tm. */
enum { OFFSET_MAX = 10000000, YEAR_OFFSET_MAX = 5000 };

static gboolean complain(GError **error, const char *text)
{
	return error_set(error, CUR_ERROR_USAGE,
			 "'%s' is no date or range such as 7/3/2024, 1/3-9/3, <2w or -3d", text);
}

static void skip_blanks(const char **at)
{
	while (g_ascii_isspace(**at))
		++*at;
}

/* Digits as a number of at most OFFSET_MAX; -1 when there are none or too many. */
static int read_digits(const char **at, int *n_digits)
{
	int value = 0;

	for (*n_digits = 0; g_ascii_isdigit(**at); ++*n_digits, ++*at) {
		if (value > OFFSET_MAX)
			return -1;
		value = value * 10 + (**at - '0');
	}
	return *n_digits > 0 && value <= OFFSET_MAX ? value : -1;
}

/* Move a date by n of a unit. FALSE for a letter that is none. */
static gboolean move(struct tm *tm, int n, char unit)
{
	switch (unit) {
	case 'y':
		tm->tm_year += CLAMP(n, -YEAR_OFFSET_MAX, YEAR_OFFSET_MAX);
		break;
	case 'm':
		tm->tm_mon += CLAMP(n, -12 * YEAR_OFFSET_MAX, 12 * YEAR_OFFSET_MAX);
		break;
	case 'w':
		tm->tm_mday += 7 * n;
		break;
	case 'd':
		tm->tm_mday += n;
		break;
	case 'H':
		tm->tm_hour += n;
		break;
	case 'M':
		tm->tm_min += n;
		break;
	case 'S':
		tm->tm_sec += n;
		break;
	default:
		return FALSE;
	}
	tm->tm_isdst = -1;
	mktime(tm);
	return TRUE;
}

/* "3d" moves tm; anything else leaves *at and tm as they were. */
static gboolean read_offset(const char **at, struct tm *tm, int sign)
{
	const char *p = *at;
	int n_digits;
	int n = read_digits(&p, &n_digits);

	if (n < 0 || !*p || !strchr("ymwdHMS", *p) || !move(tm, sign * n, *p))
		return FALSE;
	*at = p + 1;
	skip_blanks(at);
	return TRUE;
}

static gboolean set_day(struct tm *tm, int day, int month, int year)
{
	if (day < 1 || day > 31 || month < 1 || month > 12)
		return FALSE;
	tm->tm_mday = day;
	tm->tm_mon = month - 1;
	tm->tm_year = year - 1900;
	return TRUE;
}

/* DD[/MM[/YYYY]] or YYYYMMDD, what is missing from today. */
static gboolean read_date(const char **at, const struct tm *today, struct tm *tm)
{
	int n_digits;
	int day = read_digits(at, &n_digits);
	int month = today->tm_mon + 1;
	int year = today->tm_year + 1900;

	if (day < 0)
		return FALSE;
	if (**at == '/') {
		++*at;
		month = read_digits(at, &n_digits);
		if (**at == '/' && month > 0) {
			++*at;
			year = read_digits(at, &n_digits);
			if (year < 0 || year > 9999)
				return FALSE;
			if (n_digits <= 2)
				year += year < 70 ? 2000 : 1900;
		}
	}
	skip_blanks(at);
	return set_day(tm, day, month, year);
}

static int decimal(const char *digits, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++)
		value = value * 10 + (digits[i] - '0');
	return value;
}

/* Exactly eight digits: YYYYMMDD. */
static gboolean read_compact(const char **at, struct tm *tm)
{
	if (strspn(*at, "0123456789") != 8 ||
	    !set_day(tm, decimal(*at + 6, 2), decimal(*at + 4, 2), decimal(*at, 4)))
		return FALSE;
	*at += 8;
	skip_blanks(at);
	return TRUE;
}

static gboolean read_any_date(const char **at, const struct tm *today, struct tm *tm)
{
	return read_compact(at, tm) || (strspn(*at, "0123456789") < 8 && read_date(at, today, tm));
}

static void set_time(struct tm *tm, int hour, int minute, int second)
{
	tm->tm_hour = hour;
	tm->tm_min = minute;
	tm->tm_sec = second;
	tm->tm_isdst = -1;
}

/* "<3d" and its like: a limit so long ago, moved to the end of its day. */
static gboolean read_age(const char *text, const struct tm *now, struct range *range)
{
	const char *at = text + 1;
	struct tm tm = *now;
	char unit;

	skip_blanks(&at);
	unit = at[strspn(at, "0123456789")];
	if (!read_offset(&at, &tm, -1) || *at)
		return FALSE;
	if (strchr("ymwd", unit))
		set_time(&tm, 23, 59, 59);
	switch (*text) {
	case '<':
		range->min = (gint64)mktime(&tm) + 1;
		range->max = G_MAXINT64;
		break;
	case '>':
		range->min = G_MININT64;
		range->max = mktime(&tm);
		break;
	default:
		range->max = mktime(&tm);
		if (strchr("ymwd", unit))
			set_time(&tm, 0, 0, 0);
		range->min = mktime(&tm);
		break;
	}
	return TRUE;
}

/* The days a range is being made of. */
struct days {
	struct tm today, min, max;
	gboolean has_min; /* a date was named */
	gboolean open_min, open_max;
	gboolean moved; /* an offset was */
};

/* "-": an offset backwards, or the last day of the range. */
static gboolean read_minus(const char **at, struct days *days)
{
	if (read_offset(at, &days->min, -1)) {
		if (!days->moved && !days->has_min) { /* "-3d" alone is that one day */
			days->max = days->min;
			set_time(&days->max, 23, 59, 59);
		}
		return TRUE;
	}
	if (days->moved)
		return FALSE;
	days->open_min = !days->has_min;
	if (!**at) {
		days->open_max = TRUE;
		return days->has_min;
	}
	return read_any_date(at, &days->today, &days->max) && !**at;
}

static gboolean read_step(const char **at, struct days *days)
{
	char sign = *(*at)++;
	const char *again;

	skip_blanks(at);
	again = *at;
	switch (sign) {
	case '-':
		return read_minus(at, days);
	case '+':
		return read_offset(at, &days->max, 1);
	case '*':
		return read_offset(at, &days->min, -1) && read_offset(&again, &days->max, 1);
	default:
		return FALSE;
	}
}

static gboolean read_days(const char *text, struct days *days)
{
	const char *at = text;

	if (g_ascii_isdigit(*at)) {
		if (!read_any_date(&at, &days->today, &days->min))
			return FALSE;
		days->max = days->min;
		set_time(&days->max, 23, 59, 59);
		days->has_min = TRUE;
	}
	while (*at) {
		if (!read_step(&at, days))
			return FALSE;
		days->moved = TRUE;
	}
	return TRUE;
}

gboolean range_of_dates(const char *text, gint64 now, struct range *range, GError **error)
{
	struct days days = {.has_min = FALSE};
	time_t seconds = (time_t)now;
	struct tm tm;
	const char *at = text;

	skip_blanks(&at);
	if (!*at || !localtime_r(&seconds, &tm))
		return complain(error, text);
	if (*at == '<' || *at == '>' || *at == '=')
		return read_age(at, &tm, range) || complain(error, text);
	days.today = days.min = days.max = tm;
	set_time(&days.min, 0, 0, 0);
	set_time(&days.max, 23, 59, 59);
	if (!read_days(at, &days))
		return complain(error, text);
	if (!days.open_min && !days.open_max && mktime(&days.min) > mktime(&days.max)) {
		struct tm swap = days.min;

		days.min = days.max;
		days.max = swap;
		set_time(&days.min, 0, 0, 0);
		set_time(&days.max, 23, 59, 59);
	}
	range->min = days.open_min ? G_MININT64 : mktime(&days.min);
	range->max = days.open_max ? G_MAXINT64 : mktime(&days.max);
	return TRUE;
}
