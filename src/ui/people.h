/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A menu of people: what the alias menu and the query menu have in common. */
#ifndef UI_PEOPLE_H
#define UI_PEOPLE_H

#include "cur/ui/aliases.h"

struct view;

struct person {
	char *key;     /* of the alias, "" for an answer of $query_command */
	char *address; /* header text: whom to write to */
	char *name;
	char *extra; /* comment, without its tags */
	char *tags;  /* of "tags:friend,work" in it, NULL: none */
	gboolean tagged;
	gboolean deleted; /* an alias that is taken away when its menu is left */
	gboolean hidden;  /* by the limit */
};
struct person *person_new(const char *key, const char *address, const char *name,
			  const char *extra);
void person_free(struct person *person);

enum people_kind { PEOPLE_ALIASES, PEOPLE_QUERY };

/* Takes `people` (struct person *, freed with it). `done` as in aliases.h. */
void people_open(struct app *app, enum people_kind kind, GPtrArray *people, address_done_fn done,
		 void *data);

/* The menu shows these now, or also these. Takes `people`. */
void people_take(struct view *view, GPtrArray *people, gboolean also);
/* Ask for words and show who is found by them in this menu (query, query-append). */
void query_again(struct view *view, gboolean also);

/*
 * The answer of a $query_command: a line for people, then "address TAB name TAB
 * extra" lines. struct person *, yours; *message is the first line, yours.
 */
GPtrArray *query_parse(const char *text, char **message);

/* A muttrc line that defines an alias, with what the parser would take apart escaped. Yours. */
char *alias_line(const char *key, const char *address);
/* A word that can be an alias, made of what somebody proposed. Yours. */
char *alias_key(const char *proposed);

#endif
