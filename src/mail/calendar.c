/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invitations (RFC 5545) in words. Time zones are named, not computed: the sender's clock is shown.
 */
#include "cur/mail/calendar.h"

#include <stdio.h>
#include <string.h>

enum { COMPONENTS_MAX = 50, ATTENDEES_SHOWN = 50, VALUE_MAX = 16 << 10 };

struct property {
	char *name, *params, *value; /* unfolded; the value still escaped */
};

struct event {
	GString *summary, *where, *organizer, *attendees, *description, *start, *end, *repeats,
	    *status;
	guint n_attendees;
};

/* ---- lines -------------------------------------------------------------------- */

/* One content line without its folds (3.1). */
static char *next_line(const char **at, const char *end)
{
	if (*at >= end)
		return NULL;
	GString *line = g_string_new(NULL);
	do {
		const char *lf = memchr(*at, '\n', (gsize)(end - *at));
		const char *stop = lf ? lf : end;
		gsize n = (gsize)(stop - *at);
		if (n && (*at)[n - 1] == '\r')
			n--;
		if (line->len < VALUE_MAX)
			g_string_append_len(line, *at, (gssize)n);
		*at = lf ? lf + 1 : end;
		if (*at < end && (**at == ' ' || **at == '\t'))
			++*at;
		else
			break;
	} while (*at < end);
	g_autofree char *valid = g_utf8_make_valid(line->str, (gssize)line->len);
	g_string_free(line, TRUE);
	return g_steal_pointer(&valid);
}

/* Cut "NAME;PARAMS:VALUE" in place; a colon in quotes belongs to a parameter. */
static gboolean split_property(char *line, struct property *p)
{
	char *q = line;
	gboolean quoted = FALSE;
	for (; *q && (quoted || *q != ':'); q++)
		if (*q == '"')
			quoted = !quoted;
	if (!*q)
		return FALSE;
	*q = '\0';
	p->name = line;
	p->value = q + 1;
	p->params = strchr(line, ';');
	if (p->params)
		*p->params++ = '\0';
	else
		p->params = q;
	return TRUE;
}

/* A parameter's value without quotes; NULL when it is not there. Yours. */
static char *param_of(const struct property *p, const char *name)
{
	gsize n = strlen(name);
	for (const char *q = p->params; q && *q; q = strchr(q, ';'), q = q ? q + 1 : NULL) {
		if (g_ascii_strncasecmp(q, name, n) || q[n] != '=')
			continue;
		q += n + 1;
		return *q == '"' ? g_strndup(q + 1, strcspn(q + 1, "\""))
				 : g_strndup(q, strcspn(q, ";"));
	}
	return NULL;
}

/* ---- values -------------------------------------------------------------------- */

/* 3.3.11: "\n", "\,", "\;", "\\". */
static void set_text(GString *out, const char *value)
{
	g_string_truncate(out, 0);
	for (; *value; value++) {
		if (*value == '\\' && value[1]) {
			value++;
			g_string_append_c(out, *value == 'n' || *value == 'N' ? '\n' : *value);
		} else {
			g_string_append_c(out, (guchar)*value < ' ' ? ' ' : *value);
		}
	}
}

/* The same on one line. */
static void set_line(GString *out, const char *value)
{
	set_text(out, value);
	for (char *p = out->str; *p; p++)
		if (*p == '\n')
			*p = ' ';
}

/* "20261121" or "20261121T101500Z" with the zone as written. Unreadable ones are shown as they are.
 */
static void set_time(GString *out, const struct property *p)
{
	int year, month, day, hour, minute;
	int n = sscanf(p->value, "%4d%2d%2dT%2d%2d", &year, &month, &day, &hour, &minute);
	if (n < 3 || month < 0 || day < 0 || year < 1 ||
	    !g_date_valid_dmy((GDateDay)CLAMP(day, 0, 255), (GDateMonth)month, (GDateYear)year)) {
		set_line(out, p->value);
		return;
	}
	static const char *const days[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	GDate date;
	g_date_clear(&date, 1);
	g_date_set_dmy(&date, (GDateDay)day, (GDateMonth)month, (GDateYear)year);
	g_string_printf(out, "%s, %04d-%02d-%02d", days[g_date_get_weekday(&date)], year, month,
			day);
	if (n < 5)
		return;
	g_autofree char *zone = param_of(p, "TZID");
	g_string_append_printf(out, " %02d:%02d", hour, minute);
	if (g_str_has_suffix(p->value, "Z"))
		g_string_append(out, " UTC");
	else if (zone)
		g_string_append_printf(out, " (%s)", zone);
}

/* "Name <address>, state". */
static char *person(const struct property *p)
{
	g_autofree char *name = param_of(p, "CN");
	g_autofree char *state = param_of(p, "PARTSTAT");
	const char *address = p->value;
	if (!g_ascii_strncasecmp(address, "mailto:", 7))
		address += 7;
	GString *out = g_string_new(NULL);
	if (name && *name && strcmp(name, address))
		g_string_append_printf(out, "%s <%s>", name, address);
	else
		g_string_append(out, address);
	if (state && g_ascii_strcasecmp(state, "NEEDS-ACTION")) {
		g_autofree char *lower = g_ascii_strdown(state, -1);
		g_string_append_printf(out, " (%s)", lower);
	}
	return g_string_free(out, FALSE);
}

static void add_attendee(struct event *e, const struct property *p)
{
	if (++e->n_attendees > ATTENDEES_SHOWN)
		return;
	g_autofree char *who = person(p);
	g_string_append_printf(e->attendees, "%s%s", e->attendees->len ? "\n" : "", who);
}

/* ---- events -------------------------------------------------------------------- */

static void event_init(struct event *e)
{
	GString **texts[] = {&e->summary, &e->where, &e->organizer, &e->attendees, &e->description,
			     &e->start,	  &e->end,   &e->repeats,   &e->status};
	e->n_attendees = 0;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		*texts[i] = g_string_new(NULL);
}

static void event_clear(struct event *e)
{
	GString *texts[] = {e->summary, e->where, e->organizer, e->attendees, e->description,
			    e->start,	e->end,	  e->repeats,	e->status};
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		g_string_free(texts[i], TRUE);
}

static void event_property(struct event *e, const struct property *p)
{
	if (!g_ascii_strcasecmp(p->name, "SUMMARY"))
		set_line(e->summary, p->value);
	else if (!g_ascii_strcasecmp(p->name, "LOCATION"))
		set_line(e->where, p->value);
	else if (!g_ascii_strcasecmp(p->name, "DESCRIPTION"))
		set_text(e->description, p->value);
	else if (!g_ascii_strcasecmp(p->name, "DTSTART"))
		set_time(e->start, p);
	else if (!g_ascii_strcasecmp(p->name, "DTEND") || !g_ascii_strcasecmp(p->name, "DUE"))
		set_time(e->end, p);
	else if (!g_ascii_strcasecmp(p->name, "RRULE"))
		set_line(e->repeats, p->value);
	else if (!g_ascii_strcasecmp(p->name, "STATUS"))
		set_line(e->status, p->value);
	else if (!g_ascii_strcasecmp(p->name, "ATTENDEE"))
		add_attendee(e, p);
	else if (!g_ascii_strcasecmp(p->name, "ORGANIZER")) {
		g_autofree char *who = person(p);
		g_string_assign(e->organizer, who);
	}
}

/* "Label:      text", further lines under the first. */
static void append_row(GString *out, const char *label, const char *text)
{
	if (!*text)
		return;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++)
		g_string_append_printf(out, "%-12s%s\n", line == lines ? label : "", *line);
}

static void event_append(GString *out, const struct event *e)
{
	if (out->len)
		g_string_append_c(out, '\n');
	append_row(out, "Summary:", e->summary->str);
	append_row(out, "Start:", e->start->str);
	append_row(out, "End:", e->end->str);
	append_row(out, "Repeats:", e->repeats->str);
	append_row(out, "Where:", e->where->str);
	append_row(out, "Status:", e->status->str);
	append_row(out, "Organizer:", e->organizer->str);
	append_row(out, "Attendees:", e->attendees->str);
	if (e->n_attendees > ATTENDEES_SHOWN)
		g_string_append_printf(out, "%-12sand %u more\n", "",
				       e->n_attendees - ATTENDEES_SHOWN);
	if (e->description->len)
		g_string_append_printf(out, "\n%s\n", e->description->str);
}

/* ---- the calendar ----------------------------------------------------------------- */

/* RFC 5546 1.4: what the sender wants. */
static const struct {
	const char *method, *text;
} methods[] = {
    {"REQUEST", "Invitation"},
    {"REPLY", "Answer to an invitation"},
    {"CANCEL", "Cancellation"},
    {"PUBLISH", "Announcement"},
    {"COUNTER", "Counter-proposal"},
    {"DECLINECOUNTER", "Counter-proposal declined"},
    {"REFRESH", "Request for the latest version"},
    {"ADD", "Additional dates"},
};

static void append_method(GString *out, const char *value)
{
	for (gsize i = 0; i < G_N_ELEMENTS(methods); i++)
		if (!g_ascii_strcasecmp(methods[i].method, value))
			append_row(out, "Calendar:", methods[i].text);
}

static gboolean is_shown_component(const char *name)
{
	return !g_ascii_strcasecmp(name, "VEVENT") || !g_ascii_strcasecmp(name, "VTODO") ||
	       !g_ascii_strcasecmp(name, "VJOURNAL");
}

struct reader {
	GString *out;
	struct event event;
	guint depth; /* 0: outside of events, 1: in one, more: in an alarm within it */
	guint shown;
};

static void read_property(struct reader *r, const struct property *p)
{
	gboolean begin = !g_ascii_strcasecmp(p->name, "BEGIN");
	gboolean end = !g_ascii_strcasecmp(p->name, "END");
	if (begin && r->depth) {
		r->depth++;
	} else if (begin && is_shown_component(p->value) && r->shown < COMPONENTS_MAX) {
		event_init(&r->event);
		r->depth = 1;
	} else if (end && r->depth && --r->depth == 0) {
		event_append(r->out, &r->event);
		event_clear(&r->event);
		r->shown++;
	} else if (r->depth == 1 && !end) {
		event_property(&r->event, p);
	} else if (!r->depth && !g_ascii_strcasecmp(p->name, "METHOD")) {
		append_method(r->out, p->value);
	}
}

char *calendar_to_text(const char *utf8, gsize n)
{
	struct reader r = {.out = g_string_new(NULL)};
	const char *p = utf8, *end = utf8 + n;
	char *line;
	while ((line = next_line(&p, end))) {
		struct property property;
		if (split_property(line, &property))
			read_property(&r, &property);
		g_free(line);
	}
	if (r.depth) { /* cut off inside of an event */
		event_append(r.out, &r.event);
		event_clear(&r.event);
		r.shown++;
	}
	if (!r.shown) {
		g_string_truncate(r.out, 0);
		g_string_append_len(r.out, utf8, (gssize)n);
	}
	return g_string_free(r.out, FALSE);
}
