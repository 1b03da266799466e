/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dates. The text is cut into words and numbers; each finds its place by what
 * it looks like, so that the orders of RFC 5322, RFC 850, asctime() and ISO 8601
 * are all read by one loop.
 */
#include "cur/mail/date.h"

#include <string.h>
#include <time.h>

enum { YEAR_MAX = 2200 };

static const char month_names[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char day_names[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const long_months[12] = {"January",	 "February", "March",	 "April",
					    "May",	 "June",     "July",	 "August",
					    "September", "October",  "November", "December"};
static const char *const long_days[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
					 "Thursday", "Friday", "Saturday"};

/* Obsolete zone names (RFC 5322 4.3) and those that programs still write. */
static const struct {
	const char *name;
	gint16 minutes;
} zones[] = {
    {"UT", 0},	   {"UTC", 0},	  {"GMT", 0},	 {"Z", 0},	{"WET", 0},    {"EST", -300},
    {"EDT", -240}, {"CST", -360}, {"CDT", -300}, {"MST", -420}, {"MDT", -360}, {"PST", -480},
    {"PDT", -420}, {"WEST", 60},  {"CET", 60},	 {"MET", 60},	{"BST", 60},   {"CEST", 120},
    {"MEST", 120}, {"EET", 120},  {"EEST", 180}, {"MSK", 180},	{"MSD", 240},  {"IST", 330},
    {"JST", 540},  {"KST", 540},  {"AEST", 600}, {"NZST", 720},
};

/* -1: not seen yet. */
struct parts {
	int year, month, day, hour, minute, second;
	int zone;
	gboolean has_zone;
};

/* Days since 1970-01-01 of a date of the Gregorian calendar. */
static gint64 days_from_civil(int year, int month, int day)
{
	gint64 y = month <= 2 ? year - 1 : year;
	gint64 era = y / 400, year_of_era = y % 400;
	gint64 day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	gint64 day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static int days_in_month(int year, int month)
{
	static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	gboolean leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

/* ---- tokens --------------------------------------------------------------- */

/* At most `max` digits; more of them is not a number of a date. */
static gboolean read_number(const char **p, const char *end, int max, int *value, int *digits)
{
	const char *q = *p;
	*value = 0;
	while (q < end && g_ascii_isdigit(*q) && q - *p < max)
		*value = *value * 10 + (*q++ - '0');
	*digits = (int)(q - *p);
	gboolean ended = q == end || !g_ascii_isdigit(*q);
	*p = q;
	return ended && *digits > 0;
}

/* "10:11", "10:11:12", "10:11:12.345", behind the hour. */
static gboolean read_time(const char **p, const char *end, int hour, struct parts *d)
{
	int value, digits;
	d->hour = hour;
	d->second = 0;
	++*p;
	if (!read_number(p, end, 2, &d->minute, &digits))
		return FALSE;
	if (*p < end && **p == ':') {
		++*p;
		if (!read_number(p, end, 2, &d->second, &digits))
			return FALSE;
	}
	if (*p + 1 < end && (**p == '.' || **p == ',') && g_ascii_isdigit((*p)[1])) {
		++*p;
		read_number(p, end, 9, &value, &digits);
	}
	return TRUE;
}

/* "+0100", "-5", "+05:30". Beyond a day it means nothing: the time counts as UTC. */
static gboolean read_offset(const char **p, const char *end, struct parts *d)
{
	int sign = **p == '-' ? -1 : 1, value, digits, minutes = 0;
	++*p;
	if (!read_number(p, end, 4, &value, &digits))
		return FALSE;
	if (digits <= 2) {
		int n;
		if (*p + 1 < end && **p == ':' && g_ascii_isdigit((*p)[1])) {
			++*p;
			read_number(p, end, 2, &minutes, &n);
		}
		value = value * 100 + minutes;
	}
	minutes = value / 100 * 60 + value % 100;
	d->zone = minutes < 24 * 60 && value % 100 < 60 ? sign * minutes : 0;
	d->has_zone = TRUE;
	return TRUE;
}

static int expand_year(int year, int digits)
{
	if (digits >= 4)
		return year;
	if (digits == 3)
		return 1900 + year; /* RFC 5322 4.3 */
	return year < 50 ? 2000 + year : 1900 + year;
}

/* "2026-11-21" or "20-Nov-2026" or "21 Nov 2026": a number finds the first free place that fits. */
static void place_number(struct parts *d, int value, int digits)
{
	if (digits >= 3)
		d->year = expand_year(value, digits);
	else if (d->year >= 0 && d->month < 0)
		d->month = value;
	else if (d->day < 0)
		d->day = value;
	else if (d->year < 0)
		d->year = expand_year(value, digits);
}

static gboolean read_digits(const char **p, const char *end, struct parts *d)
{
	int value, digits;
	if (!read_number(p, end, 4, &value, &digits))
		return FALSE;
	if (*p < end && **p == ':' && d->hour < 0)
		return read_time(p, end, value, d);
	place_number(d, value, digits);
	return TRUE;
}

static void place_word(struct parts *d, const char *word, gsize n)
{
	for (int i = 0; i < 12 && n >= 3; i++) {
		if (!g_ascii_strncasecmp(word, month_names[i], 3)) {
			d->month = d->month < 0 ? i + 1 : d->month;
			return;
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(zones) && d->hour >= 0 && !d->has_zone; i++) {
		if (strlen(zones[i].name) == n && !g_ascii_strncasecmp(word, zones[i].name, n)) {
			d->zone = zones[i].minutes;
			d->has_zone = TRUE;
		}
	}
}

static void read_word(const char **p, const char *end, struct parts *d)
{
	const char *start = *p;
	while (*p < end && g_ascii_isalpha(**p))
		++*p;
	place_word(d, start, (gsize)(*p - start));
}

/* Over "(comment)"; nested ones count. */
static void skip_comment(const char **p, const char *end)
{
	int depth = 0;
	for (; *p < end; ++*p) {
		depth += **p == '(' ? 1 : **p == ')' ? -1 : 0;
		if (depth <= 0)
			break;
	}
}

static gboolean read_token(const char **p, const char *end, struct parts *d)
{
	gboolean sign = **p == '+' || **p == '-';
	if (g_ascii_isdigit(**p))
		return read_digits(p, end, d);
	/* A dash inside of a date only separates. */
	if (sign && d->hour >= 0 && !d->has_zone && *p + 1 < end && g_ascii_isdigit((*p)[1]))
		return read_offset(p, end, d);
	if (g_ascii_isalpha(**p)) {
		read_word(p, end, d);
		return TRUE;
	}
	if (**p == '(')
		skip_comment(p, end);
	if (*p < end)
		++*p;
	return TRUE;
}

static gboolean is_sane(const struct parts *d)
{
	return d->year >= 1970 && d->year < YEAR_MAX && d->month >= 1 && d->month <= 12 &&
	       d->day >= 1 && d->day <= days_in_month(d->year, d->month) && d->hour < 24 &&
	       d->minute < 60 && d->second <= 60;
}

gboolean date_parse_n(const char *text, gsize n, gint64 *seconds, gint16 *zone_minutes)
{
	struct parts d = {-1, -1, -1, -1, -1, -1, 0, FALSE};
	const char *p = text, *end = text + MIN(n, (gsize)256);
	while (p < end)
		if (!read_token(&p, end, &d))
			return FALSE;
	if (d.hour < 0)
		d.hour = d.minute = d.second = 0;
	if (!is_sane(&d))
		return FALSE;
	gint64 t = days_from_civil(d.year, d.month, d.day) * 86400 + d.hour * 3600 + d.minute * 60 +
		   d.second - (gint64)d.zone * 60;
	if (t < 86400)
		return FALSE;
	*seconds = t;
	*zone_minutes = d.has_zone ? (gint16)d.zone : DATE_ZONE_NONE;
	return TRUE;
}

gboolean date_parse(const char *text, gint64 *seconds, gint16 *zone_minutes)
{
	return date_parse_n(text, strlen(text), seconds, zone_minutes);
}

/* ---- writing ---------------------------------------------------------------- */

/* Broken-down time for any second of years that struct tm can count. */
static void break_down(gint64 seconds, enum date_zone zone, gint16 zone_minutes, struct tm *tm)
{
	const gint64 limit = G_GINT64_CONSTANT(253402300799); /* 9999-12-31 */
	time_t t = (time_t)CLAMP(seconds, -limit, limit);
	if (zone == DATE_LOCAL) {
		localtime_r(&t, tm);
		return;
	}
	if (zone == DATE_UTC || zone_minutes == DATE_ZONE_NONE)
		zone_minutes = 0;
	t += (time_t)zone_minutes * 60;
	gmtime_r(&t, tm);
	tm->tm_gmtoff = (long)zone_minutes * 60;
	tm->tm_zone = zone_minutes ? "" : "UTC";
}

gint16 date_local_zone(gint64 seconds)
{
	struct tm tm = {0};
	break_down(seconds, DATE_LOCAL, 0, &tm);
	return (gint16)(tm.tm_gmtoff / 60);
}

char *date_format_header(gint64 seconds, gint16 zone_minutes)
{
	struct tm tm = {0};
	gint16 zone = zone_minutes == DATE_ZONE_NONE ? 0 : zone_minutes;
	int distance = ABS(zone);
	break_down(seconds, DATE_SENDER, zone, &tm);
	return g_strdup_printf("%s, %d %s %04d %02d:%02d:%02d %c%02d%02d", day_names[tm.tm_wday],
			       tm.tm_mday, month_names[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
			       tm.tm_min, tm.tm_sec, zone < 0 ? '-' : '+', distance / 60,
			       distance % 60);
}

/* What strftime would take from the locale, in English; NULL for the rest. */
static char *english_of(char letter, const struct tm *tm)
{
	switch (letter) {
	case 'a':
		return g_strdup(day_names[tm->tm_wday]);
	case 'A':
		return g_strdup(long_days[tm->tm_wday]);
	case 'b':
	case 'h':
		return g_strdup(month_names[tm->tm_mon]);
	case 'B':
		return g_strdup(long_months[tm->tm_mon]);
	case 'p':
		return g_strdup(tm->tm_hour < 12 ? "AM" : "PM");
	case 'c':
		return g_strdup_printf("%s %s %2d %02d:%02d:%02d %d", day_names[tm->tm_wday],
				       month_names[tm->tm_mon], tm->tm_mday, tm->tm_hour,
				       tm->tm_min, tm->tm_sec, tm->tm_year + 1900);
	default:
		return NULL;
	}
}

/* The format with English words in place of the letters that stand for them. */
static char *with_english(const char *format, const struct tm *tm)
{
	GString *out = g_string_new(NULL);
	for (const char *p = format; *p; p++) {
		g_autofree char *word = *p == '%' ? english_of(p[1], tm) : NULL;
		if (word) {
			g_string_append(out, word);
			p++;
		} else {
			g_string_append_c(out, *p);
			if (*p == '%' && p[1])
				g_string_append_c(out, *++p);
		}
	}
	return g_string_free(out, FALSE);
}

char *date_format(const char *format, gint64 seconds, enum date_zone zone, gint16 zone_minutes,
		  gboolean english)
{
	struct tm tm = {0};
	break_down(seconds, zone, zone_minutes, &tm);
	g_autofree char *own = english ? with_english(format, &tm) : NULL;
	g_autofree char *zone_name = NULL;
	char buffer[256];

	/* %Z: nobody knows what the sender's zone is called, only how far off it is. */
	if (zone == DATE_SENDER) {
		int off = (int)(tm.tm_gmtoff / 60), distance = ABS(off);

		zone_name = g_strdup_printf("%c%02d%02d", off < 0 ? '-' : '+', distance / 60,
					    distance % 60);
		tm.tm_zone = zone_name;
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the user's $date_format */
	gsize n = strftime(buffer, sizeof(buffer), own ? own : format, &tm);
#pragma GCC diagnostic pop
	buffer[n] = '\0';
	if (g_utf8_validate(buffer, -1, NULL))
		return g_strdup(buffer);
	return g_locale_to_utf8(buffer, -1, NULL, NULL, NULL) ?: g_utf8_make_valid(buffer, -1);
}
