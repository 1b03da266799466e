/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailboxes, named-mailboxes, virtual-mailboxes and their opposites: what the user watches. */
#include <string.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/path.h"
#include "cur/conf/virtual.h"
#include "inside.h"

static void entry_free(struct mailbox_entry *e)
{
	g_free(e->text);
	g_free(e->label);
	g_free(e);
}

void mailboxes_init(struct conf *conf)
{
	conf->mailboxes = g_ptr_array_new_with_free_func((GDestroyNotify)entry_free);
	conf->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void mailboxes_clear(struct conf *conf)
{
	g_ptr_array_unref(conf->mailboxes);
	g_hash_table_unref(conf->places);
}

void conf_note_place(struct conf *conf, const char *mailbox)
{
	if (conf->file && strstr(mailbox, "://"))
		g_hash_table_replace(conf->places, g_strdup(mailbox),
				     g_strdup_printf("%s:%d", conf->file, conf->line));
}

const GPtrArray *conf_mailboxes(const struct conf *conf)
{
	return conf->mailboxes;
}

const char *conf_mailbox_labelled(const struct conf *conf, const char *label)
{
	for (guint i = 0; i < conf->mailboxes->len; i++) {
		const struct mailbox_entry *e = g_ptr_array_index(conf->mailboxes, i);

		if (e->label && !strcmp(e->label, label))
			return e->text;
	}
	return NULL;
}

static struct mailbox_entry *entry_named(struct conf *conf, const char *text)
{
	for (guint i = 0; i < conf->mailboxes->len; i++) {
		struct mailbox_entry *e = g_ptr_array_index(conf->mailboxes, i);

		if (!strcmp(e->text, text))
			return e;
	}
	return NULL;
}

static void remark_absence(struct command *c, const char *text)
{
	g_autofree char *path = path_absolute(text);
	g_autofree char *words = NULL;

	if (!(c->conf->flags & CONF_CHECK) || strstr(text, "://") || access(path, F_OK) == 0)
		return;
	words = g_strdup_printf("there is no mailbox '%s'", path);
	command_missing(c, words);
}

/* What is said of one mailbox; what is not said stays as it was, as in mutt. */
struct options {
	char *label;
	gboolean says_label, says_poll, says_notify;
	gboolean poll, notify;
};

static void options_clear(struct options *o)
{
	g_free(o->label);
	*o = (struct options){0};
}

static void take_options(struct mailbox_entry *e, const struct options *o)
{
	if (o->says_label) {
		g_free(e->label);
		e->label = g_strdup(o->label);
	}
	if (o->says_poll)
		e->poll = o->poll;
	if (o->says_notify)
		e->notify = o->notify;
}

/*
 * Shortcuts are expanded now: a later `set folder` for another account must not
 * move the mailboxes of this one.
 */
static gboolean put_entry(struct command *c, const char *word, const struct options *options,
			  GError **error)
{
	struct conf *conf = c->conf;
	g_autofree char *text = conf_expand_path(conf, word, error);
	struct mailbox_entry *e;

	if (!text)
		return FALSE;
	conf_note_place(conf, text);
	remark_absence(c, text);
	e = entry_named(conf, text);
	if (!e) {
		e = g_new0(struct mailbox_entry, 1);
		e->text = g_steal_pointer(&text);
		e->poll = e->notify = TRUE;
		g_ptr_array_add(conf->mailboxes, e);
	}
	take_options(e, options);
	return TRUE;
}

/* TRUE when the word was an option. */
static gboolean take_option(struct command *c, const char *word, struct options *options,
			    GError **error)
{
	if (!strcmp(word, "-label") || !strcmp(word, "-nolabel")) {
		g_free(options->label);
		options->label = word[1] == 'l' ? command_word(c, 0, error) : NULL;
		options->says_label = TRUE;
	} else if (!strcmp(word, "-poll") || !strcmp(word, "-nopoll")) {
		options->poll = word[1] == 'p';
		options->says_poll = TRUE;
	} else if (!strcmp(word, "-notify") || !strcmp(word, "-nonotify")) {
		options->notify = !strcmp(word, "-notify");
		options->says_notify = TRUE;
	} else {
		return FALSE;
	}
	return TRUE;
}

/* Options hold for the mailbox after them. */
static gboolean run_mailboxes(struct command *c, GError **error)
{
	struct options options = {0};
	gboolean ok = TRUE;

	while (ok && !words_at_end(c->words)) {
		g_autofree char *word = command_word(c, 0, error);

		if (!word)
			ok = FALSE;
		else if (!*word || take_option(c, word, &options, error))
			ok = !error || !*error; /* of an option without its word */
		else {
			ok = put_entry(c, word, &options, error);
			options_clear(&options);
		}
	}
	options_clear(&options);
	return ok;
}

static gboolean run_named_mailboxes(struct command *c, GError **error)
{
	while (!words_at_end(c->words)) {
		g_autofree char *label = command_word(c, 0, error);
		g_autofree char *word = label ? command_word(c, 0, error) : NULL;
		const struct options options = {.label = label, .says_label = TRUE};

		if (!word || !put_entry(c, word, &options, error))
			return FALSE;
	}
	return TRUE;
}

/* `virtual_only`: those that a query makes. */
static void forget_all(struct conf *conf, gboolean virtual_only)
{
	for (guint i = conf->mailboxes->len; i-- > 0;) {
		const struct mailbox_entry *e = g_ptr_array_index(conf->mailboxes, i);

		if (!virtual_only || conf_is_virtual(e->text))
			g_ptr_array_remove_index(conf->mailboxes, i);
	}
}

static gboolean run_unmailboxes(struct command *c, GError **error)
{
	do {
		g_autofree char *word = command_word(c, 0, error);
		g_autofree char *text = NULL;
		struct mailbox_entry *e;

		if (!word)
			return FALSE;
		if (!strcmp(word, "*")) {
			forget_all(c->conf, c->data);
			continue;
		}
		text = conf_expand_path(c->conf, word, error);
		if (!text)
			return FALSE;
		e = entry_named(c->conf, text);
		if (e)
			g_ptr_array_remove(c->conf->mailboxes, e);
	} while (!words_at_end(c->words));
	return TRUE;
}

const struct command_row mailbox_commands[] = {
    {"mailboxes", run_mailboxes, 0},
    {"named-mailboxes", run_named_mailboxes, 0},
    {"virtual-mailboxes", run_named_mailboxes, 0},
    {"unmailboxes", run_unmailboxes, FALSE},
    {"unvirtual-mailboxes", run_unmailboxes, TRUE},
    {NULL, NULL, 0},
};
