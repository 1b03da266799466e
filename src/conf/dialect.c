/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dialects.def as rows, the dialect of each file, and the lines where it made a difference. */
#include "cur/conf/dialect.h"

#include <string.h>

#include "cur/base/path.h"
#include "inside.h"
#include "marks.h"

enum { USES_MAX = 1000 };

/* clang-format off */
static const struct {
	const char *name;
	gsize offset; /* of the field in struct settings */
	const char *text, *note;
} defaults[] = {
#define DEFAULT(name, text, note) {#name, offsetof(struct settings, name), text, note},
#define KEY(...)
#define RULE(...)
#include "cur/dialects.def"
#undef DEFAULT
#undef KEY
#undef RULE
};

static const struct {
	const char *what, *does[2]; /* by enum dialect */
} rules[RULE_N] = {
#define DEFAULT(...)
#define KEY(...)
#define RULE(ID, what, mutt, neomutt) [RULE_##ID] = {what, {mutt, neomutt}},
#include "cur/dialects.def"
#undef DEFAULT
#undef KEY
#undef RULE
};
/* clang-format on */

static const char *name_of(enum dialect dialect)
{
	return dialect == DIALECT_NEOMUTT ? "NeoMutt" : "mutt";
}

/* ---- defaults -------------------------------------------------------------------------- */

const char *dialect_default(const struct variable *v)
{
	for (guint i = 0; i < G_N_ELEMENTS(defaults); i++)
		if (defaults[i].offset == v->offset)
			return defaults[i].text;
	return NULL;
}

GPtrArray *conf_dialect_changes(const struct conf *conf)
{
	GPtrArray *changes = g_ptr_array_new_with_free_func(g_free);

	if (conf->settings->dialect == DIALECT_MUTT)
		return changes;
	for (guint i = 0; i < G_N_ELEMENTS(defaults); i++) {
		const struct variable *v = variable_find(defaults[i].name);

		if (settings_is_default(conf->settings, v))
			g_ptr_array_add(changes, g_strdup_printf("%s has NeoMutt's default: %s",
								 v->name, defaults[i].note));
	}
	bindings_changes(conf, changes);
	return changes;
}

/* ---- files ----------------------------------------------------------------------------- */

static void file_free(void *data)
{
	struct conf_file *file = data;

	g_free(file->name);
	g_free(file->why);
	g_free(file);
}

static void use_free(void *data)
{
	struct dialect_use *use = data;

	g_free(use->place);
	g_free(use);
}

void dialects_init(struct conf *conf)
{
	conf->files = g_ptr_array_new_with_free_func(file_free);
	conf->dialect_uses = g_ptr_array_new_with_free_func(use_free);
}

void dialects_clear(struct conf *conf)
{
	g_ptr_array_unref(conf->files);
	g_ptr_array_unref(conf->dialect_uses);
}

const GPtrArray *conf_files(const struct conf *conf)
{
	return conf->files;
}

char *conf_file_text(const struct conf_file *file)
{
	return g_strdup_printf("read as %s's: %s%s%s%s", name_of(file->dialect), file->name,
			       file->why ? " (" : "", file->why ? file->why : "",
			       file->why ? ")" : "");
}

/* A folder or file on the way to it, below the home folder, that is called after NeoMutt. */
static gboolean is_neomutt_path(const char *name)
{
	g_autofree char *path = path_absolute(name);
	g_autofree char *below = path_home_shorten(path);
	g_auto(GStrv) parts = g_strsplit(below, "/", -1);

	for (char **part = parts; *part; part++)
		if (g_str_has_prefix(*part + (**part == '.'), "neomutt"))
			return TRUE;
	return FALSE;
}

/* What makes the file NeoMutt's; NULL when nothing does. Yours. */
static char *find_reason(const struct conf *conf, const char *name, const char *bytes, gsize n)
{
	gboolean is_output = g_str_has_suffix(name, "|");

	if (!is_output && is_neomutt_path(name))
		return g_strdup("its path");
	if (conf->file && conf->dialect == DIALECT_NEOMUTT)
		return g_strdup("a NeoMutt file names it");
	return marks_find(bytes, n);
}

static gboolean is_known_file(const struct conf *conf, const char *name)
{
	for (guint i = 0; i < conf->files->len; i++)
		if (!strcmp(((struct conf_file *)g_ptr_array_index(conf->files, i))->name, name))
			return TRUE;
	return FALSE;
}

enum dialect dialect_of_file(struct conf *conf, const char *name, const char *bytes, gsize n)
{
	g_autofree char *why = find_reason(conf, name, bytes, n);
	enum dialect dialect = why ? DIALECT_NEOMUTT : DIALECT_MUTT;
	struct conf_file *file;

	if (is_known_file(conf, name))
		return dialect;
	file = g_new0(struct conf_file, 1);
	file->name = g_strdup(name);
	file->dialect = dialect;
	file->why = g_steal_pointer(&why);
	g_ptr_array_add(conf->files, file);
	return dialect;
}

void dialect_follow(struct conf *conf, enum dialect dialect)
{
	if (dialect == conf->settings->dialect)
		return;
	settings_follow(conf->settings, dialect);
	bindings_follow(conf);
}

/* ---- lines ----------------------------------------------------------------------------- */

const GPtrArray *conf_dialect_uses(const struct conf *conf)
{
	return conf->dialect_uses;
}

gboolean dialect_is_neomutt(struct conf *conf, enum dialect_rule rule)
{
	enum dialect dialect = conf->file ? conf->dialect : conf->settings->dialect;
	g_autofree char *place = conf_place(conf);
	struct dialect_use *use;

	if (!place || conf->dialect_uses->len >= USES_MAX)
		return dialect == DIALECT_NEOMUTT;
	for (guint i = 0; i < conf->dialect_uses->len; i++) {
		use = g_ptr_array_index(conf->dialect_uses, i);
		if (use->rule == rule && !strcmp(use->place, place))
			return dialect == DIALECT_NEOMUTT;
	}
	use = g_new0(struct dialect_use, 1);
	use->place = g_steal_pointer(&place);
	use->rule = rule;
	use->dialect = dialect;
	g_ptr_array_add(conf->dialect_uses, use);
	return dialect == DIALECT_NEOMUTT;
}

char *dialect_use_text(const struct dialect_use *use)
{
	enum dialect other = use->dialect == DIALECT_MUTT ? DIALECT_NEOMUTT : DIALECT_MUTT;

	return g_strdup_printf("read as %s does: %s %s (%s: %s)", name_of(use->dialect),
			       rules[use->rule].what, rules[use->rule].does[use->dialect],
			       name_of(other), rules[use->rule].does[other]);
}
