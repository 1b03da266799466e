/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The variables of muttrc as one struct, generated from variables.def, and
 * what set, unset, toggle, reset and a question do to them.
 *
 * Strings are never NULL ("" when empty). Others see a const struct settings
 * from conf_settings(); it changes only by commands, so copy what you keep.
 */
#ifndef CUR_CONF_SETTINGS_H
#define CUR_CONF_SETTINGS_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/base/regex.h"
#include "cur/conf/dialect.h"
#include "cur/mail/sort.h"

enum quad { QUAD_NO, QUAD_YES, QUAD_ASK_NO, QUAD_ASK_YES };

/*
 * Values of SORT variables: a word of mail/sort.h or one of these, and prefixes.
 * Different spellings of one order (date-sent, mailbox-order) are one value.
 */
enum settings_sort {
	SORT_UNSORTED = SORT_MAILBOX_ORDER,
	SORT_ADDRESS = SORT_N_WORDS,
	SORT_ALIAS,
	SORT_ALPHA,
	SORT_COUNT,
	SORT_DESC,
	SORT_FLAGGED,
	SORT_KEYID,
	SORT_PATH,
	SORT_TRUST,
	SORT_UNREAD,
	SORT_MASK = 0xff,
	SORT_REVERSE = 1 << 8,
	SORT_LAST = 1 << 9
};

/* Values of ENUM variables: the place of the word in the row's list. */
enum use_threads {
	USE_THREADS_UNSET,
	USE_THREADS_FLAT,
	USE_THREADS_THREADS,
	USE_THREADS_REVERSE,
	USE_THREADS_NO, /* as FLAT */
	USE_THREADS_YES /* as THREADS */
};

enum mbox_type { MBOX_TYPE_MAILDIR = 3, MBOX_TYPE_MAILDIR_LOWER = 6 }; /* the others: no Maildirs */

/* A REGEX variable. A leading "!" of $mask is taken off and noted. */
struct regex_value {
	char *text;	  /* as written */
	struct regex *re; /* NULL when text is empty */
	gboolean negated;
};

struct settings {
	enum dialect dialect; /* whose defaults these are */
#define BOOL(name, ...) gboolean name;
#define QUAD(name, ...) enum quad name;
#define NUMBER(name, ...) int name;
#define STRING(name, ...) char *name;
#define PATH(name, ...) char *name;
#define MAILBOX(name, ...) char *name;
#define COMMAND(name, ...) char *name;
#define FORMAT(name, ...) char *name;
#define CHARSET(name, ...) char *name;
#define SLIST(name, ...) char *name;
#define ADDRESS(name, ...) char *name;
#define MBTABLE(name, ...) char *name;
#define REGEX(name, ...) struct regex_value name;
#define SORT(name, ...) unsigned name;
#define ENUM(name, ...) unsigned name;
#define SYNONYM(...)
#include "cur/conf/variables-end.def"
};

enum variable_kind {
	VARIABLE_BOOL,
	VARIABLE_QUAD,
	VARIABLE_NUMBER,
	VARIABLE_STRING,
	VARIABLE_PATH,
	VARIABLE_MAILBOX,
	VARIABLE_COMMAND,
	VARIABLE_FORMAT,
	VARIABLE_CHARSET,
	VARIABLE_SLIST,
	VARIABLE_ADDRESS,
	VARIABLE_MBTABLE,
	VARIABLE_REGEX,
	VARIABLE_SORT,
	VARIABLE_ENUM,
};
enum conf_origin { ORIGIN_BOTH, ORIGIN_MUTT, ORIGIN_NEOMUTT, ORIGIN_OLD, ORIGIN_CUR };
enum conf_state { STATE_ACTS, STATE_LATER, STATE_REPLACED, STATE_MEANINGLESS };

/* A row of variables.def. Static. */
struct variable {
	const char *name;
	enum variable_kind kind;
	enum conf_origin origin;
	enum conf_state state;
	const char *help;
	const char *values; /* SORT, ENUM: the words, blank between; else NULL */
	const char *text;   /* the default as text */
	gsize offset;	    /* of the field in struct settings */
};

/* All rows but the synonyms, in the table's order; NULL from the end on. */
const struct variable *variable_at(guint i);
/* By name; a synonym gives its target. NULL when there is none. */
const struct variable *variable_find(const char *name);
/* Names of synonyms, for completion: NULL from the end on. */
const char *variable_synonym_at(guint i, const struct variable **target);
/* Who knows the variable by this name; BOTH for what is no name. */
enum conf_origin variable_name_origin(const char *name);

/* With every default in place. */
struct settings *settings_new(void);
void settings_free(struct settings *s);
DEFINE_AUTO(settings, settings_free)

/* `name=value`. A bad value leaves the old one and fails with USAGE. The value is taken as it
 * is: conf/ has expanded a path before. */
gboolean settings_set(struct settings *s, const struct variable *v, const char *value,
		      GError **error);
/* `name+=value`, `name-=value`: text, lists and numbers. */
gboolean settings_append(struct settings *s, const struct variable *v, const char *value,
			 GError **error);
gboolean settings_remove(struct settings *s, const struct variable *v, const char *value,
			 GError **error);
/* `set name` where that is no question: booleans and quads only. */
gboolean settings_enable(struct settings *s, const struct variable *v, GError **error);
/* `unset name`, `set noname`. */
void settings_unset(struct settings *s, const struct variable *v);
/* `toggle name`, `set invname`. */
void settings_toggle(struct settings *s, const struct variable *v);
void settings_reset(struct settings *s, const struct variable *v);
/* What has its default gets that of `dialect`; `reset` gives it from now on. */
void settings_follow(struct settings *s, enum dialect dialect);

/* The value as text, without quotes. Yours. */
char *settings_text(const struct settings *s, const struct variable *v);
/* As `cur -D` and a question write it: name=yes, name="text". Yours. */
char *settings_format(const struct settings *s, const struct variable *v);
gboolean settings_is_default(const struct settings *s, const struct variable *v);

/* The field of a kind, by the row: for code that walks all variables. */
const char *settings_string(const struct settings *s, const struct variable *v);

/* The value of a SORT variable as it is written: "date-received", "reverse-threads". Yours. */
char *settings_sort_text(unsigned sort);

#endif
