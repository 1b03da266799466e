/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whose word counts where mutt and NeoMutt disagree (dialects.def).
 *
 * A file has one dialect from its first line to its last, known before a line of it is run: it is
 * NeoMutt's when its path says so, when it uses a name that NeoMutt alone knows, or when a NeoMutt
 * file sources it; else mutt's. Defaults and keys, the prompt and what hooks run go by the main
 * file.
 */
#ifndef CUR_CONF_DIALECT_H
#define CUR_CONF_DIALECT_H

#include <glib.h>

struct conf;
struct variable;

enum dialect { DIALECT_MUTT, DIALECT_NEOMUTT };

enum dialect_rule {
#define DEFAULT(...)
#define KEY(...)
#define RULE(ID, what, mutt, neomutt) RULE_##ID,
#include "cur/dialects.def"
#undef DEFAULT
#undef KEY
#undef RULE
	RULE_N
};

/* NeoMutt's default of a variable where it differs; else NULL. Static. */
const char *dialect_default(const struct variable *v);

/* A file that was read. */
struct conf_file {
	char *name; /* as problems name it; "command|" for what a program printed */
	enum dialect dialect;
	char *why; /* what made it NeoMutt's: "its path", "'finish' in line 3"; else NULL */
};
/* "read as NeoMutt's: FILE ('finish' in line 3)". Yours. */
char *conf_file_text(const struct conf_file *file);
/* struct conf_file *, once each, in the order they were met. Borrowed until a command runs. */
const GPtrArray *conf_files(const struct conf *conf);

/* A line that mutt reads in one way and NeoMutt in another. */
struct dialect_use {
	char *place; /* "file:line" */
	enum dialect_rule rule;
	enum dialect dialect; /* whose way was gone */
};
/* struct dialect_use *, in the order they were met. Borrowed until a command runs. */
const GPtrArray *conf_dialect_uses(const struct conf *conf);
/* "read as NeoMutt does: unset of a number makes it 0 (mutt: leaves it as it is)". Yours. */
char *dialect_use_text(const struct dialect_use *use);

/*
 * What stands otherwise because the main file is NeoMutt's: char *, a default or key each that
 * nobody set; none for mutt's. Yours.
 */
GPtrArray *conf_dialect_changes(const struct conf *conf);

#endif
