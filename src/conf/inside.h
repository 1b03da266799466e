/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The inside of struct conf, for the files of this folder only: each command
 * file fills its own part.
 */
#ifndef CUR_CONF_INSIDE_H
#define CUR_CONF_INSIDE_H

#include <glib.h>

#include "cur/conf/bindings.h"
#include "cur/conf/colors.h"
#include "cur/conf/conf.h"
#include "cur/conf/hooks.h"
#include "cur/conf/lists.h"
#include "cur/conf/words.h"

/* Address lists: regular expressions and the exceptions to them. */
struct address_list {
	GPtrArray *yes; /* struct regex * */
	GPtrArray *no;
	GHashTable *met; /* addresses, lower case, that messages brought ($auto_subscribe) */
};

enum { LIST_ALTERNATES, LIST_KNOWN, LIST_SUBSCRIBED, LIST_N };
enum {
	WORDS_IGNORE,
	WORDS_UNIGNORE,
	WORDS_HDR_ORDER,
	WORDS_MY_HDR,
	WORDS_AUTO_VIEW,
	WORDS_MIME_LOOKUP,
	WORDS_ALTERNATIVE_ORDER,
	WORDS_MAILTO_ALLOW,
	WORDS_SIDEBAR_PIN,
	WORDS_N
};

struct conf {
	enum conf_flags flags;
	struct settings *settings;
	GHashTable *my; /* name with "my_" -> text */
	guint64 generation;
	GPtrArray *problems;
	GPtrArray *files;	 /* struct conf_file * */
	GPtrArray *dialect_uses; /* struct dialect_use * */
	guint n_errors;
	char *personal_file;

	/* Where we are reading. */
	GPtrArray *sources; /* real paths of the files being read, innermost last */
	const char *file;
	enum dialect dialect; /* of it */
	gboolean
	    awaits_main;    /* the next file is the main one: its dialect is that of the defaults */
	int line;	    /* of a line that goes on over several, the first */
	GArray *joints;	    /* int: the columns at which the others of them begin */
	gboolean in_system; /* in the system's file, or what it sources */
	gboolean finish;    /* `finish` was met in the file being read */
	guint command_depth; /* ifdef inside ifdef, hooks inside hooks */
	gboolean in_account_hook;
	gboolean in_value;	     /* command_value() is at work */
	const char *current_mailbox; /* while a folder-hook runs or a mailbox is resolved */
	const char *previous_mailbox;

	GPtrArray *bindings[MENU_N];
	GPtrArray *pushed;
	struct color_rule *colors[2][COLOR_N]; /* [1] is mono */
	GPtrArray *color_rules[2][COLOR_N];
	gboolean mono; /* the terminal has no colours */
	GPtrArray *hooks[HOOK_N];
	GPtrArray *aliases;
	GPtrArray *words[WORDS_N]; /* char * */
	struct address_list lists[LIST_N];
	GPtrArray *blocks;	   /* struct account_block * */
	GHashTable *before_blocks; /* variable -> its value before the first of them */
	GHashTable *groups;	   /* name -> struct group */
	GPtrArray *mailboxes;
	GHashTable *places;	/* URL of a mailbox -> "file:line" that named it last */
	GPtrArray *keep;	/* struct keep_rule * */
	GPtrArray *attachments; /* struct attachment_rule * */
	GPtrArray *scores;
	GPtrArray *subject_rules;
	GPtrArray *spam_rules;	    /* struct spam_rule * */
	GHashTable *tag_transforms; /* tag -> text */
	struct shells *shells;	    /* NULL: backticks are run here alone */
};

/* A command being run. */
struct command {
	struct conf *conf;
	struct words *words;
	const char *name; /* as in the table */
	int data;	  /* what tells commands of one handler apart */
	gboolean asked;	  /* somebody reads the message: half a command may be a question */
	char *message;	  /* for the user; the handler sets it */
	int column;	  /* what remarks are about; 0: the last word */
};
typedef gboolean (*command_fn)(struct command *c, GError **error);

struct command_row {
	const char *name;
	command_fn run;
	int data;
};

/* Each file's commands, ended by a NULL name. */
extern const struct command_row set_commands[], key_commands[], color_commands[], hook_commands[],
    list_commands[], address_commands[], mailbox_commands[], control_commands[], misc_commands[],
    keep_commands[], attachment_commands[], account_commands[], spam_commands[];

/* The next word; USAGE "too few arguments" when there is none. */
char *command_word(struct command *c, enum words_flags flags, GError **error);
/* As words_next(): a value of set or source, in whose backticks NeoMutt puts settings. */
char *command_value(struct command *c);
/* TRUE, with a warning, when a command that takes any number of names was given none. */
gboolean command_names_nothing(struct command *c);
/* TRUE. What follows means nothing: no word is looked at, nothing is run. */
gboolean command_skip_words(struct command *c);
/* As a problem at c->column or the last word; severity WARNING or NOTE. */
void command_remark(struct command *c, enum conf_severity severity, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* A note that a name does not act, with what its row says of it; nothing for one that does. */
void command_remark_state(struct command *c, const char *name, enum conf_state state,
			  const char *help);
/* That what the last word names is not there. The problem is the configuration's. */
struct conf_problem *command_missing(struct command *c, const char *text);

/* Run a line with what $ and backticks mean; *column is where it failed (may be NULL). */
gboolean conf_run_line(struct conf *conf, const char *line, char **message, int *column,
		       GError **error);
gboolean command_is_known(const char *name);
/* BOTH for what is no command. */
enum conf_origin command_origin(const char *name);
/* The dialect a file is read in; it is noted among conf_files(). `name` may be "command|". */
enum dialect dialect_of_file(struct conf *conf, const char *name, const char *bytes, gsize n);
/* Defaults and keys that nobody has set become those of `dialect`. */
void dialect_follow(struct conf *conf, enum dialect dialect);
/* For a line that the two read differently: which of them it follows, noted with its place. */
gboolean dialect_is_neomutt(struct conf *conf, enum dialect_rule rule);

/* "file:line" that is being read; NULL at the prompt. Yours. */
char *conf_place(const struct conf *conf);
/* The same of a user's file; NULL in the system's, too. Yours. */
char *conf_user_place(const struct conf *conf);
/* Takes text; the entry is the list's. */
struct conf_problem *conf_add_problem(struct conf *conf, int column, enum conf_severity severity,
				      char *text);

/* C03: what comes next is a password: a warning when it stands there in full for others to read. */
void conf_remark_password(struct command *c);

/* Shortcuts at the start of a path, for set and for mailboxes. Yours; NULL with USAGE. */
char *conf_expand_path(const struct conf *conf, const char *text, GError **error);

/* Of a mailbox that was named just now: for the complaint, when its URL turns out to be none. */
void conf_note_place(struct conf *conf, const char *mailbox);

/* account-hooks for a URL; nothing inside an account-hook. */
gboolean conf_run_account_hooks(struct conf *conf, const char *url, GError **error);

/* As settings_format(), a password as ***. Yours. */
char *settings_show(const struct settings *s, const struct variable *v);

/* The hint for a mistyped variable. Yours. */
char *nearest_variable(const char *name);

void bindings_init(struct conf *conf);
void bindings_clear(struct conf *conf);
/* Default keys as the dialect of the settings has them. */
void bindings_follow(struct conf *conf);
/* Appends what is bound so now, "'e' in index runs edit-or-view-raw-message": char *. */
void bindings_changes(const struct conf *conf, GPtrArray *changes);
void dialects_init(struct conf *conf);
void dialects_clear(struct conf *conf);
void colors_init(struct conf *conf);
void colors_clear(struct conf *conf);
void hooks_init(struct conf *conf);
void hooks_clear(struct conf *conf);
void addresses_init(struct conf *conf);
void addresses_clear(struct conf *conf);
void lists_init(struct conf *conf);
void lists_clear(struct conf *conf);
void mailboxes_init(struct conf *conf);
void mailboxes_clear(struct conf *conf);
void misc_init(struct conf *conf);
void misc_clear(struct conf *conf);
void keep_init(struct conf *conf);
void keep_clear(struct conf *conf);
void attachments_init(struct conf *conf);
void attachments_clear(struct conf *conf);
void spam_init(struct conf *conf);
void spam_clear(struct conf *conf);
void blocks_init(struct conf *conf);
void blocks_clear(struct conf *conf);

#endif
