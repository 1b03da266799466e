/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What subcommands share: the configuration, the cache, the engine, their words and output. */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/path.h"
#include "cur/base/text.h"
#include "cur/cli/cli.h"
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"
#include "cur/mail/flags.h"
#include "cur/model/progress.h"
#include "cur/store/hcache.h"

enum { STDIN_MAX = 1 << 30 };

/* ---- what a run shares ---- */

struct conf *run_conf(struct run *run, GError **error)
{
	auto_ptr(conf) conf = NULL;

	if (run->conf)
		return run->conf;
	conf = options_conf(run->options, run->shells[0], error);
	run->shells[0] = 0;
	if (!conf)
		return NULL;
	for (guint i = 0; i < conf_problems(conf)->len; i++) {
		const struct conf_problem *problem = conf_problems(conf)->pdata[i];
		g_autofree char *line = conf_problem_format(problem);

		if (problem->severity == CONF_ERROR || problem->missing)
			complain("%s", line);
	}
	run->conf = g_steal_pointer(&conf);
	return run->conf;
}

struct hcache *run_cache(struct run *run, GError **error)
{
	g_autofree char *dir = path_cache_dir();
	g_autofree char *path = g_build_filename(dir, "headers.mdb", NULL);
	auto_ptr(hcache) cache = NULL;

	if (run->cache)
		return run->cache;
	cache = hcache_open(path, error);
	if (!cache || !hcache_renew(cache, error)) {
		if (error && error_is(*error, CUR_ERROR_GONE)) {
			g_clear_error(error);
			error_set(error, CUR_ERROR_GONE, "no mail is known yet: run 'cur sync'");
		}
		return NULL;
	}
	run->cache = g_steal_pointer(&cache);
	return run->cache;
}

struct client *run_client(struct run *run, gboolean start, client_tell_fn tell, void *data)
{
	g_autofree char *dir = path_data_dir();
	g_auto(GStrv) args = options_engine_args(run->options);
	struct client_options options = {
	    .data_dir = dir,
	    .program = "cur",
	    .args = (const char *const *)args,
	    .no_start = !start,
	    .no_return = TRUE,
	    .shells = run->client ? 0 : run->shells[1],
	};

	if (!run->client)
		run->client = client_new(&options, NULL, tell, data);
	return run->client;
}

static const struct argument *find_argument(const struct argument *table, guint n, const char *word)
{
	for (guint i = 0; i < n; i++)
		if (g_str_equal(table[i].name, word))
			return &table[i];
	return NULL;
}

GPtrArray *run_arguments(struct run *run, const struct argument *table, guint n, GError **error)
{
	const GPtrArray *words = run->options->arguments;
	g_autoptr(GPtrArray) operands = g_ptr_array_new();
	gboolean only_operands = FALSE;

	for (guint i = 0; i < words->len; i++) {
		const char *word = words->pdata[i];
		const struct argument *argument;

		if (only_operands || word[0] != '-' || !word[1]) {
			g_ptr_array_add(operands, (char *)word);
			continue;
		}
		argument = find_argument(table, n, word);
		if (g_str_equal(word, "--")) {
			only_operands = TRUE;
		} else if (g_str_equal(word, "--json")) {
			run->as_json = TRUE;
		} else if (argument && argument->flag) {
			*argument->flag = TRUE;
		} else if (argument && i + 1 < words->len) {
			*argument->text = words->pdata[++i];
		} else {
			error_set(error, CUR_ERROR_USAGE,
				  argument ? "option %s needs an argument" : "unknown option '%s'",
				  word);
			return NULL;
		}
	}
	return g_steal_pointer(&operands);
}

gboolean run_mailbox(struct run *run, const char *text, struct hcache_mailbox *out, GError **error)
{
	struct conf *conf = run_conf(run, error);
	struct hcache *cache = conf ? run_cache(run, error) : NULL;
	g_autofree char *name = NULL, *other = NULL;

	if (!cache)
		return FALSE;
	name = conf_resolve_mailbox(conf, text ? text : "!", NULL, NULL, error);
	if (!name)
		return FALSE;
	other = conf_other_levels(name, conf_settings(conf)->imap_delim_chars);
	return hcache_mailbox_by_name(cache, name, out) ||
	       (other && hcache_mailbox_by_name(cache, other, out)) ||
	       error_set(error, CUR_ERROR_GONE,
			 "the mailbox '%s' is not known yet: run 'cur sync' ('cur folders' "
			 "lists what is)",
			 name);
}

void run_print_flags(struct run *run, mark_t mark, const char *keywords)
{
	g_auto(GStrv) names = g_strsplit(keywords, " ", -1);

	json_array(&run->json, "flags");
	for (mark_t bit = 1; bit <= FLAG_ALL; bit <<= 1)
		if (mark & bit)
			json_string(&run->json, NULL, flags_word(bit));
	json_end_array(&run->json);
	json_array(&run->json, "tags");
	for (char **name = names; *name; name++)
		json_string(&run->json, NULL, *name);
	json_end_array(&run->json);
}

gboolean run_parse_id(const char *text, guint32 *mailbox, guint32 *lid)
{
	guint64 first, second;
	char *end;

	if (!g_ascii_isdigit(text[0]))
		return FALSE;
	first = g_ascii_strtoull(text, &end, 10);
	if (*end != '.' || !g_ascii_isdigit(end[1]))
		return FALSE;
	second = g_ascii_strtoull(end + 1, &end, 10);
	if (*end || first > G_MAXUINT32 || second > G_MAXUINT32)
		return FALSE;
	*mailbox = first;
	*lid = second;
	return TRUE;
}

/* ---- output ---- */

static char *safe_text(const char *format, va_list args, enum text_safe_flags flags)
{
	g_autofree char *text = g_strdup_vprintf(format, args);

	return text_safe(text, -1, flags);
}

void say(const char *format, ...)
{
	g_autofree char *safe = NULL;
	va_list args;

	va_start(args, format);
	safe = safe_text(format, args, TEXT_SAFE_LINE);
	va_end(args);
	puts(safe);
}

void say_text(const char *text, gsize n)
{
	g_autofree char *safe = text_safe(text, n, TEXT_SAFE_NEWLINES | TEXT_SAFE_TABS);

	fputs(safe, stdout);
}

void complain(const char *format, ...)
{
	g_autofree char *safe = NULL;
	va_list args;

	va_start(args, format);
	safe = safe_text(format, args, TEXT_SAFE_NEWLINES);
	va_end(args);
	fprintf(stderr, "cur: %s\n", safe);
}

int cli_status(const GError *error)
{
	if (error_is(error, CUR_ERROR_USAGE))
		return CLI_USAGE;
	if (error_is(error, CUR_ERROR_RETRY) || error_is(error, CUR_ERROR_BUSY) ||
	    error_is(error, CUR_ERROR_FULL) || error_is(error, CUR_ERROR_QUOTA))
		return CLI_TEMPORARY;
	return CLI_FAILED;
}

int cli_fail(const GError *error)
{
	complain("%s", error->message);
	return cli_status(error);
}

GBytes *read_stdin(GError **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autofree guint8 *chunk = g_malloc(64 << 10);
	gssize n;

	while ((n = read(STDIN_FILENO, chunk, 64 << 10)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			error_from_errno(error, errno, "cannot read standard input");
			return NULL;
		}
		if (bytes->len + n > STDIN_MAX) {
			error_set(error, CUR_ERROR_USAGE, "standard input is longer than 1 GB");
			return NULL;
		}
		g_byte_array_append(bytes, chunk, n);
	}
	return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

/* ---- passwords ---- */

void answer_prompt(struct run *run, GVariant *body)
{
	g_autofree char *answer = NULL;
	const char *question;
	gboolean secret;
	guint32 serial;

	g_variant_get(body, "(u&sb)", &serial, &question, &secret);
	/* Without a terminal there is no answer, and the engine says what it lacks. */
	answer = secret ? ask_secret(question) : NULL;
	client_ask(run->client, WIRE_ANSWER,
		   g_variant_new("(usb)", serial, answer ? answer : "", answer != NULL), NULL,
		   NULL);
	if (answer)
		explicit_bzero(answer, strlen(answer));
}

/* ---- the way in ---- */

static void run_clear(struct run *run)
{
	if (run->client)
		client_free(run->client);
	if (run->cache)
		hcache_close(run->cache);
	if (run->conf)
		conf_free(run->conf);
	json_clear(&run->json);
	progress_free(run->progress);
	g_free(run->told);
}

/* A full disk behind "> file" may have shown long before the end. */
static gboolean print_all(void)
{
	gboolean lost = ferror(stdout) != 0;

	if (fflush(stdout) != 0)
		complain("cannot write the output: %s", g_strerror(errno));
	else if (lost)
		complain("cannot write all of the output");
	return !lost && !ferror(stdout);
}

static int dispatch(struct run *run)
{
	switch (run->options->mode) {
	case MODE_COMMAND:
		return command_run(run);
	case MODE_BATCH:
		return run->options->called_sendmail ? sendmail_run(run) : send_run(run);
	case MODE_INFO:
		return info_run(run);
	default:
		return CLI_IS_INTERFACE;
	}
}

int cli_main(const struct options *options)
{
	struct run run = {.options = options};
	int status;

	json_init(&run.json);
	status = dispatch(&run);
	run_clear(&run);
	if (!print_all() && status == CLI_OK)
		status = CLI_FAILED;
	return status;
}
