/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line. mutt's rules: operands may stand between options, all after
 * -- is an operand, and what follows -a is a file up to -- or the next option. A
 * command line with -t, or a program called sendmail, is read as sendmail's.
 */
#include "cur/cli/options.h"

#include <string.h>

#include "commands.h"
#include "cur/base/error.h"
#include "cur/conf/habits.h"
#include "cur/conf/shells.h"
#include "cur/mail/mailto.h"

/* ---- a walk over the arguments ---- */

struct walk {
	int argc;
	char *const *argv;
	int at;			/* the argument looked at */
	const char *cluster;	/* within "-xyz": the letters that are left, or NULL */
	gboolean only_operands; /* -- was seen */
	gboolean is_sendmail;	/* argv[0] says so */
};

/* The value of the option `letter`: the rest of its word, or the next word; NULL with USAGE. */
static const char *value_of(struct walk *w, char letter, GError **error)
{
	const char *rest = w->cluster;

	w->cluster = NULL;
	if (rest && *rest)
		return rest;
	if (w->at + 1 < w->argc)
		return w->argv[++w->at];
	error_set(error, CUR_ERROR_USAGE, "option -%c needs an argument", letter);
	return NULL;
}

static gboolean is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

/* ---- storing ---- */

static void replace(char **field, const char *value)
{
	g_free(*field);
	*field = g_strdup(value);
}

static void add(GPtrArray *list, const char *value)
{
	g_ptr_array_add(list, g_strdup(value));
}

static void add_files(struct walk *w, GPtrArray *attach, const char *first)
{
	add(attach, first);
	while (w->at + 1 < w->argc && !is_option(w->argv[w->at + 1]))
		add(attach, w->argv[++w->at]);
}

/* ---- mutt's options ---- */

static gboolean set_flag(struct options *o, char letter)
{
	switch (letter) {
	case 'B': /* no screen: what standard input decides already */
	case 'S': /* secrets are never printed */
	case 'x': /* mailx' own editor: there is none */
		return TRUE;
	case 'D':
		o->dump = TRUE;
		return TRUE;
	case 'h':
		o->help = TRUE;
		return TRUE;
	case 'n':
		o->no_system = TRUE;
		return TRUE;
	case 'p':
		o->postponed = TRUE;
		return TRUE;
	case 'R':
		o->read_only = TRUE;
		return TRUE;
	case 'v':
		o->licence = o->version;
		o->version = TRUE;
		return TRUE;
	case 'y':
		o->browser = TRUE;
		return TRUE;
	case 'Z':
		o->first_new = TRUE;
		return TRUE;
	case 'z':
		o->not_empty = TRUE;
		return TRUE;
	default:
		return FALSE;
	}
}

/* The engine has the log: curd --log. */
static gboolean check_debug(const char *value, GError **error)
{
	char *end;
	gint64 level = g_ascii_strtoll(value, &end, 10);

	if (end == value || *end || level < -5 || level > 5)
		return error_set(error, CUR_ERROR_USAGE, "option -d takes a level from 0 to 5");
	return TRUE;
}

static gboolean set_value(struct options *o, struct walk *w, char letter, const char *value,
			  GError **error)
{
	switch (letter) {
	case 'A':
		add(o->alias, value);
		return TRUE;
	case 'a':
		o->compose = TRUE;
		add_files(w, o->attach, value);
		return TRUE;
	case 'b':
		o->compose = TRUE;
		add(o->bcc, value);
		return TRUE;
	case 'c':
		o->compose = TRUE;
		add(o->cc, value);
		return TRUE;
	case 'd':
		return check_debug(value, error);
	case 'e':
		add(o->commands, value);
		return TRUE;
	case 'F':
		replace(&o->muttrc, value);
		return TRUE;
	case 'f':
		replace(&o->mailbox, value);
		return TRUE;
	case 'H':
		o->compose = TRUE;
		replace(&o->draft, value);
		return TRUE;
	case 'i':
		o->compose = TRUE;
		replace(&o->include, value);
		return TRUE;
	case 'm':
		return TRUE; /* all are Maildirs */
	case 'Q':
		add(o->query, value);
		return TRUE;
	case 's':
		o->compose = TRUE;
		replace(&o->subject, value);
		return TRUE;
	default:
		g_assert_not_reached();
	}
}

static gboolean parse_long(struct options *o, const char *word, GError **error)
{
	if (g_str_equal(word, "--help"))
		o->help = TRUE;
	else if (g_str_equal(word, "--version"))
		o->version = TRUE;
	else if (g_str_equal(word, "--wait"))
		o->wait = TRUE;
	else
		return error_set(error, CUR_ERROR_USAGE, "unknown option '%s'", word);
	return TRUE;
}

/* One word of the form "-xyz". */
static gboolean parse_cluster(struct options *o, struct walk *w, GError **error)
{
	w->cluster = w->argv[w->at] + 1;
	while (w->cluster && *w->cluster) {
		char letter = *w->cluster++;
		const char *value;

		if (set_flag(o, letter))
			continue;
		if (letter == 'E')
			return error_set(error, CUR_ERROR_USAGE,
					 "option -E is not for cur: the file of -H or -i stays as "
					 "it is, what becomes of it is sent or postponed");
		if (!strchr("AabcdeFfHimQs", letter))
			return error_set(error, CUR_ERROR_USAGE, "unknown option '-%c'", letter);
		value = value_of(w, letter, error);
		if (!value || !set_value(o, w, letter, value, error))
			return FALSE;
	}
	w->cluster = NULL;
	return TRUE;
}

/* ---- sendmail's options ---- */

static gboolean is_called_sendmail(int argc, char *const argv[])
{
	g_autofree char *name = argc > 0 ? g_path_get_basename(argv[0]) : NULL;

	return name && g_str_equal(name, "sendmail");
}

/* A lone -t makes it sendmail's command line; "-s -t" is a subject. */
static gboolean is_sendmail(int argc, char *const argv[])
{
	for (int i = 1; i < argc && !g_str_equal(argv[i], "--"); i++)
		if ((g_str_equal(argv[i], "-t") || g_str_equal(argv[i], "-ti") ||
		     g_str_equal(argv[i], "-it")) &&
		    !g_str_equal(argv[i - 1], "-s"))
			return TRUE;
	return FALSE;
}

/*
 * Those that programs give by habit are taken and mean nothing here: -oi, -bm, -N … To a program
 * called sendmail -F is a person's name and -e a manner of complaining, as cron has them.
 */
static gboolean parse_sendmail_word(struct options *o, struct walk *w, GError **error)
{
	w->cluster = w->argv[w->at] + 1;
	while (w->cluster && *w->cluster) {
		char letter = *w->cluster++;
		const char *value;

		if (letter == 't') {
			o->sendmail = TRUE;
			continue;
		}
		o->no_system |= letter == 'n' && !w->is_sendmail;
		if (strchr("ivUmn", letter))
			continue;
		if (strchr("ob", letter)) /* the value is the rest of the word */
			return TRUE;
		if (!strchr("BFfhNRrVOe", letter))
			return error_set(error, CUR_ERROR_USAGE, "unknown option '-%c'", letter);
		value = value_of(w, letter, error);
		if (!value)
			return FALSE;
		if (letter == 'f' || letter == 'r')
			replace(&o->sender, value);
		else if (letter == 'e' && !w->is_sendmail)
			add(o->commands, value);
		else if (letter == 'F' && !w->is_sendmail)
			replace(&o->muttrc, value);
	}
	return TRUE;
}

/* ---- the whole ---- */

static struct options *options_new(void)
{
	struct options *o = g_new0(struct options, 1);
	GPtrArray **lists[] = {&o->arguments, &o->commands, &o->attach, &o->cc,
			       &o->bcc,	      &o->to,	    &o->query,	&o->alias};

	for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
		*lists[i] = g_ptr_array_new_with_free_func(g_free);
	return o;
}

void options_free(struct options *o)
{
	GPtrArray *lists[] = {o->arguments, o->commands, o->attach, o->cc,
			      o->bcc,	    o->to,	 o->query,  o->alias};
	char *strings[] = {o->muttrc, o->mailbox, o->subject, o->draft, o->include, o->sender};

	for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
		g_ptr_array_unref(lists[i]);
	for (guint i = 0; i < G_N_ELEMENTS(strings); i++)
		g_free(strings[i]);
	g_free(o);
}

/* The first operand may be a subcommand, which takes all that follows. */
static gboolean take_command(struct options *o, struct walk *w)
{
	if (o->compose || o->to->len || w->only_operands)
		return FALSE;
	o->command = command_name(w->argv[w->at]);
	if (!o->command)
		return FALSE;
	for (int i = w->at + 1; i < w->argc; i++)
		add(o->arguments, w->argv[i]);
	return TRUE;
}

static void add_operand(struct options *o, const char *word)
{
	if (o->query->len)
		add(o->query, word);
	else if (o->alias->len)
		add(o->alias, word);
	else
		add(o->to, word);
}

static gboolean parse_words(struct options *o, struct walk *w, gboolean sendmail, GError **error)
{
	for (w->at = 1; w->at < w->argc; w->at++) {
		const char *word = w->argv[w->at];
		gboolean done = TRUE;

		if (w->only_operands || !is_option(word)) {
			if (!sendmail && take_command(o, w))
				return TRUE;
			add_operand(o, word);
		} else if (g_str_equal(word, "--")) {
			w->only_operands = TRUE;
		} else if (g_str_has_prefix(word, "--")) {
			done = parse_long(o, word, error);
		} else {
			done = sendmail ? parse_sendmail_word(o, w, error)
					: parse_cluster(o, w, error);
		}
		if (!done)
			return FALSE;
	}
	return TRUE;
}

static gboolean check_operands(const struct options *o, GError **error)
{
	for (guint i = 0; i < o->to->len; i++) {
		const char *to = o->to->pdata[i];

		if (strpbrk(to, "\r\n"))
			return error_set(error, CUR_ERROR_USAGE, "a recipient has a line end");
		if (mailto_is(to) && o->to->len > 1)
			return error_set(error, CUR_ERROR_USAGE,
					 "a mailto: link stands alone, without other recipients");
	}
	if (o->subject && strpbrk(o->subject, "\r\n"))
		return error_set(error, CUR_ERROR_USAGE, "the subject has a line end");
	return TRUE;
}

static enum option_mode mode_of(const struct options *o, gboolean sendmail, gboolean stdin_is_tty)
{
	if (o->version || o->help || o->dump || o->query->len || o->alias->len)
		return MODE_INFO;
	if (o->command)
		return MODE_COMMAND;
	if (sendmail || (o->compose && !stdin_is_tty))
		return MODE_BATCH;
	return MODE_INTERFACE;
}

struct options *options_parse(int argc, char *const argv[], gboolean stdin_is_tty, GError **error)
{
	auto_ptr(options) o = options_new();
	struct walk w = {.argc = argc, .argv = argv, .is_sendmail = is_called_sendmail(argc, argv)};
	gboolean sendmail = w.is_sendmail || is_sendmail(argc, argv);

	if (!parse_words(o, &w, sendmail, error) || !check_operands(o, error))
		return NULL;
	o->called_sendmail = sendmail;
	o->compose = o->compose || o->to->len > 0;
	o->mode = mode_of(o, sendmail, stdin_is_tty);
	return g_steal_pointer(&o);
}

struct conf *options_conf(const struct options *o, int shells, GError **error)
{
	const char *files[] = {o->muttrc, NULL};
	auto_ptr(conf) conf = conf_new(0);

	if (shells)
		conf_tell_shells(conf, shells);
	if (!conf_load(conf, o->muttrc ? files : NULL, o->no_system, error))
		return NULL;
	for (guint i = 0; i < o->commands->len; i++)
		if (!conf_command(conf, g_ptr_array_index(o->commands, i), NULL, error)) {
			g_prefix_error(error, "-e: ");
			return NULL;
		}
	conf_end_shells(conf);
	conf_apply_habits(conf);
	return g_steal_pointer(&conf);
}

char **options_engine_args(const struct options *o)
{
	GPtrArray *args = g_ptr_array_new();

	if (o->no_system)
		add(args, "-n");
	if (o->muttrc) {
		add(args, "-F");
		g_ptr_array_add(args, g_canonicalize_filename(o->muttrc, NULL));
	}
	for (guint i = 0; i < o->commands->len; i++) {
		add(args, "-e");
		add(args, o->commands->pdata[i]);
	}
	g_ptr_array_add(args, NULL);
	return (char **)g_ptr_array_free(args, FALSE);
}
