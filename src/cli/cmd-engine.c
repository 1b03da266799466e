/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cur sync, cur status, cur queue: what is asked of the engine. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "commands.h"
#include "cur/base/error.h"
#include "cur/base/text.h"
#include "cur/cli/cli.h"
#include "cur/conf/accounts.h"
#include "cur/conf/conf.h"
#include "cur/mail/date.h"
#include "cur/model/progress.h"
#include "cur/model/status.h"

enum {
	ANSWER_MS = 30000,
	REDRAW_US = 100 * 1000,	       /* between two states of a line on the terminal */
	LINE_US = 10 * G_USEC_PER_SEC, /* between two lines elsewhere */
};

/* ---- sync ---- */

static struct progress_pace note_progress(struct run *run, GVariant *body)
{
	gint64 now = g_get_monotonic_time();
	guint64 done, total, bytes;
	const char *what, *doing;

	g_variant_get(body, "(&s&sttt)", &what, &doing, &done, &total, &bytes);
	if (!run->progress)
		run->progress = progress_new();
	progress_note(run->progress, what, doing, done, total, bytes, now);
	return progress_pace(run->progress, what, now);
}

static void json_pace(struct json *json, struct progress_pace pace)
{
	json_number(json, "bytes", pace.bytes);
	json_number(json, "bytes_per_second", pace.bytes_s);
	json_number(json, "seconds_left", pace.left_s);
}

/* How far it was is of no interest when it is over. */
static void end_line(struct run *run)
{
	if (run->open_line)
		fputs("\r\033[K", stderr);
	run->open_line = FALSE;
}

/* "imaps://anna@host/Lists/mutt" in a line that is short of room: the folder alone. */
static const char *folder_of(const char *what)
{
	const char *host = strstr(what, "://");
	const char *folder = host ? strchr(host + 3, '/') : NULL;

	return folder ? folder + 1 : what;
}

static int terminal_columns(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* Never wider than the terminal: what it wraps is not taken back by the next. */
static void draw_line(const char *folder, const char *figures)
{
	int columns = terminal_columns() - 1, left = columns - text_width(figures, -1) - 2;
	g_autofree char *safe = text_safe(folder, -1, TEXT_SAFE_LINE);
	gsize n = text_cut(safe, -1, MAX(left, 0), NULL);
	g_autofree char *line = g_strdup_printf("%.*s: %s", (int)n, safe, figures);

	fprintf(stderr, "\r\033[K%.*s", (int)text_cut(line, -1, columns, NULL), line);
}

/* On a terminal one line that changes, elsewhere a line now and then. */
static void show_progress(struct run *run, GVariant *body)
{
	gint64 now = g_get_monotonic_time();
	gboolean terminal = isatty(STDERR_FILENO);
	g_autofree char *figures = NULL;
	const char *what, *doing;

	note_progress(run, body);
	if (now - run->last_line < (terminal ? REDRAW_US : LINE_US))
		return;
	g_variant_get(body, "(&s&sttt)", &what, &doing, NULL, NULL, NULL);
	figures = progress_figures(run->progress, what, now);
	if (!*figures)
		return;
	run->last_line = now;
	if (!terminal) {
		complain("%s: %s %s", what, doing, figures);
		return;
	}
	draw_line(folder_of(what), figures);
	run->open_line = TRUE;
}

/* What the engine says while it works: {"event": "progress", …}. */
static void tell_as_json(struct run *run, enum wire_id id, GVariant *body)
{
	struct json *json = &run->json;
	const char *what, *doing;
	guint32 number, n;
	guint64 done, total;

	switch (id) {
	case WIRE_PROGRESS:
		g_variant_get(body, "(&s&sttt)", &what, &doing, &done, &total, NULL);
		json_object(json, NULL);
		json_string(json, "event", "progress");
		json_string(json, "what", what);
		json_string(json, "doing", doing);
		json_number(json, "done", done);
		json_number(json, "total", total);
		json_pace(json, note_progress(run, body));
		break;
	case WIRE_NOTE:
		g_variant_get(body, "(u&s&s)", &number, &what, &doing);
		json_object(json, NULL);
		json_string(json, "event", "note");
		json_number(json, "level", number);
		json_string(json, "account", what);
		json_string(json, "text", doing);
		break;
	case WIRE_VANISHED:
		g_variant_get(body, "(&suus)", &what, &number, &n, NULL);
		json_object(json, NULL);
		json_string(json, "event", "vanished");
		json_string(json, "mailbox", what);
		json_number(json, "gone", number);
		json_number(json, "of", n);
		break;
	case WIRE_NEWMAIL:
		g_variant_get(body, "(uu)", &number, &n);
		json_object(json, NULL);
		json_string(json, "event", "new");
		json_number(json, "mailbox", number);
		json_number(json, "count", n);
		break;
	default:
		return;
	}
	json_end_object(json);
	json_print(json);
	fflush(stdout);
}

/* Takes the line. A round that was under way and the one that was asked for may say the same. */
static void tell_line(struct run *run, char *line)
{
	if (g_strcmp0(run->told, line) != 0)
		complain("%s", line);
	g_free(run->told);
	run->told = line;
}

static void tell_as_text(struct run *run, enum wire_id id, GVariant *body)
{
	const char *what, *doing;
	guint32 number, n;
	char *line;

	if (id != WIRE_PROGRESS)
		end_line(run);
	if (id == WIRE_PROGRESS) {
		show_progress(run, body);
	} else if (id == WIRE_NOTE) {
		g_variant_get(body, "(u&s&s)", &number, &what, &doing);
		tell_line(run, g_strdup_printf("%s%s%s", what, *what ? ": " : "", doing));
	} else if (id == WIRE_VANISHED) {
		g_variant_get(body, "(suus)", NULL, NULL, NULL, &line);
		tell_line(run, line);
	} else if (id == WIRE_NEWMAIL) {
		g_variant_get(body, "(uu)", &number, &n);
		say("%u new in mailbox %u", n, number);
	}
}

static void on_tell(enum wire_id id, guint32 serial, GVariant *body, void *data)
{
	struct run *run = data;

	if (id == WIRE_PROMPT)
		answer_prompt(run, body);
	else if (run->as_json)
		tell_as_json(run, id, body);
	else
		tell_as_text(run, id, body);
}

/* An account is named as it is; anything else is a mailbox as in the muttrc. */
static char *sync_target(struct run *run, const char *word, GError **error)
{
	if (strchr(word, '@') && !strchr("@=+!<>~/", word[0]) && !strstr(word, "://"))
		return g_strdup(word);
	return conf_resolve_mailbox(run->conf, word, NULL, NULL, error);
}

/* Those of all words, NULL at the end; yours. */
static char **sync_targets(struct run *run, const GPtrArray *words, GError **error)
{
	g_autoptr(GPtrArray) targets = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < words->len; i++) {
		char *target = sync_target(run, words->pdata[i], error);

		if (!target)
			return NULL;
		g_ptr_array_add(targets, target);
		if (!g_utf8_validate(target, -1, NULL)) {
			error_set(error, CUR_ERROR_USAGE, "'%s' is not UTF-8", target);
			return NULL;
		}
	}
	g_ptr_array_add(targets, NULL);
	return (char **)g_ptr_array_steal(targets, NULL);
}

/* What was told with its account need not be told again without it. */
static int fail_once(struct run *run, const GError *error)
{
	end_line(run);
	return run->told && g_str_equal(run->told, error->message) ? cli_status(error)
								   : cli_fail(error);
}

/* Stay connected, which keeps the engine fetching, until it or the user ends it. */
static int watch(struct run *run, struct client *client)
{
	while (client_state(client) == CLIENT_READY)
		g_main_context_iteration(NULL, TRUE);
	return cli_fail(client_error(client));
}

/* The user's word for a folder of which so much is gone, here or at the server. */
static int confirm(struct run *run, const GPtrArray *words, gboolean go)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *mailbox = NULL;

	if (words->len != 1)
		error_set(&error, CUR_ERROR_USAGE, "which folder? (one, as the note named it)");
	else
		mailbox = sync_target(run, words->pdata[0], &error);
	if (mailbox && client_wait(run_client(run, TRUE, on_tell, run), WIRE_CONFIRM,
				   g_variant_new("(sb)", mailbox, go), -1, NULL, NULL, &error))
		return CLI_OK;
	return fail_once(run, error);
}

/* The user's word for changes that the server refuses: it may keep what it has. */
static int give_up(struct run *run, const GPtrArray *words)
{
	g_autoptr(GError) error = NULL;

	if (words->len != 1 || !g_utf8_validate(words->pdata[0], -1, NULL))
		error_set(&error, CUR_ERROR_USAGE, "which account? (one, as cur status names it)");
	else if (client_wait(run_client(run, TRUE, on_tell, run), WIRE_GIVEUP,
			     g_variant_new("(s)", words->pdata[0]), -1, NULL, NULL, &error))
		return CLI_OK;
	return fail_once(run, error);
}

/* --log: the transcript is for this sync and those after it, until the engine ends. */
static gboolean keep_log(struct run *run, const char *what, GError **error)
{
	if (!what)
		return TRUE;
	if (strcmp(what, "wire") != 0)
		return error_set(error, CUR_ERROR_USAGE, "--log keeps 'wire' alone");
	return client_wait(run_client(run, TRUE, on_tell, run), WIRE_LOG, NULL, ANSWER_MS, NULL,
			   NULL, error);
}

int command_sync(struct run *run)
{
	const char *log = NULL;
	gboolean stay = FALSE, accept = FALSE, keep = FALSE, forget = FALSE, dry = FALSE;
	const struct argument table[] = {
	    {"--watch", .flag = &stay},	 {"--accept-deletions", .flag = &accept},
	    {"--keep", .flag = &keep},	 {"--give-up", .flag = &forget},
	    {"--dry-run", .flag = &dry}, {"--log", .text = &log}};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) words = run_arguments(run, table, G_N_ELEMENTS(table), &error);
	g_auto(GStrv) targets = NULL;
	struct client *client;

	/* Only a name wants the configuration: the engine reads its own. */
	if (!words || (words->len && !run_conf(run, &error)))
		return cli_fail(error);
	if (accept || keep)
		return confirm(run, words, accept);
	if (forget)
		return give_up(run, words);
	targets = sync_targets(run, words, &error);
	if (!targets)
		return cli_fail(error);
	if (dry)
		return plan_print(run, targets);
	if (!keep_log(run, log, &error))
		return cli_fail(error);
	client = run_client(run, TRUE, on_tell, run);
	if (!client_wait(client, WIRE_SYNC, g_variant_new("(^asb)", targets, TRUE), -1, NULL, NULL,
			 &error) &&
	    !stay)
		return fail_once(run, error);
	end_line(run);
	if (error)
		tell_line(run, g_strdup(error->message));
	return stay ? watch(run, client) : CLI_OK;
}

/* ---- status ---- */

static void json_stuck(struct json *json, GVariant *body)
{
	const char *account, *kind, *folder, *words;
	guint32 n;

	g_variant_get(body, "(&s&s&su&s)", &account, &kind, &folder, &n, &words);
	json_object(json, NULL);
	json_string(json, "account", account);
	json_string(json, "refused", kind);
	json_string(json, "folder", folder);
	json_number(json, "count", n);
	json_string(json, "words", words);
	json_end_object(json);
	json_print(json);
}

static void json_traffic(struct json *json, const char *name, const struct status_traffic *t)
{
	json_object(json, name);
	json_number(json, "received", t->received);
	json_number(json, "sent", t->sent);
	json_number(json, "round_trips", t->turns);
	json_end_object(json);
}

static void json_account(struct json *json, GVariant *body)
{
	struct status_account a;

	status_read_account(body, &a);
	json_object(json, NULL);
	json_string(json, "account", a.name);
	json_string(json, "protocol", a.protocol);
	json_string(json, "state", a.state);
	json_number(json, "last_sync", a.last_sync);
	json_number(json, "next_try", a.next_try);
	json_number(json, "pending", a.n_steps);
	json_string(json, "error", a.error);
	json_boolean(json, "clear_text", a.is_clear);
	json_traffic(json, "traffic", &a.traffic);
	json_traffic(json, "last_round", &a.last_round);
	json_end_object(json);
	json_print(json);
}

struct asked {
	struct run *run;
	struct status *status;
};

static void note_status(enum wire_id id, GVariant *body, void *data)
{
	struct asked *asked = data;

	if (id == WIRE_ACCOUNT && asked->run->as_json)
		json_account(&asked->run->json, body);
	else if (id == WIRE_STUCK && asked->run->as_json)
		json_stuck(&asked->run->json, body);
	else
		status_note(asked->status, id, body);
}

static gboolean json_outbox(gpointer state, gpointer n, gpointer data)
{
	struct json *json = data;

	json_object(json, NULL);
	json_string(json, "outbox", state);
	json_number(json, "count", GPOINTER_TO_UINT(n));
	json_end_object(json);
	json_print(json);
	return FALSE;
}

int command_status(struct run *run)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) words = run_arguments(run, NULL, 0, &error);
	auto_ptr(status) status = status_new();
	struct asked asked = {run, status};
	struct client *client = words ? run_client(run, FALSE, NULL, NULL) : NULL;
	g_autofree char *text = NULL;

	if (!words ||
	    !client_wait(client, WIRE_STATUS, NULL, ANSWER_MS, note_status, &asked, &error) ||
	    !client_wait(client, WIRE_QUEUE, g_variant_new("(s)", ""), ANSWER_MS, note_status,
			 &asked, &error))
		return cli_fail(error);
	if (run->as_json) {
		g_tree_foreach(status_outbox(status), json_outbox, &run->json);
		return CLI_OK;
	}
	text = status_text(status);
	say_text(text, strlen(text));
	return CLI_OK;
}

/* ---- queue ---- */

/* What QUEUED says. The strings are the body's; `to` is yours. */
struct queued {
	const char *id, *state, *from, *words;
	const char **to;
	guint64 since, next_try;
	guint32 tries;
};

static void queued_as_json(struct json *json, const struct queued *q)
{
	json_object(json, NULL);
	json_string(json, "id", q->id);
	json_string(json, "state", q->state);
	json_string(json, "from", q->from);
	json_array(json, "to");
	for (guint i = 0; q->to[i]; i++)
		json_string(json, NULL, q->to[i]);
	json_end_array(json);
	json_number(json, "queued", q->since);
	json_number(json, "next_try", q->next_try);
	json_number(json, "tries", q->tries);
	json_string(json, "words", q->words);
	json_end_object(json);
	json_print(json);
}

static void queued_as_text(const struct queued *q)
{
	g_autofree char *to = g_strjoinv(" ", (char **)q->to);
	g_autofree char *since =
	    date_format("%Y-%m-%d %H:%M", (gint64)q->since, DATE_LOCAL, 0, FALSE);

	say("%s  %-8s %s  %s%s%s", q->id, q->state, since, to, *q->words ? ": " : "", q->words);
}

static void print_queued(enum wire_id id, GVariant *body, void *data)
{
	struct run *run = data;
	struct queued q;

	if (id != WIRE_QUEUED)
		return;
	g_variant_get(body, "(&s&s&s^a&sttu&s)", &q.id, &q.state, &q.from, &q.to, &q.since,
		      &q.next_try, &q.tries, &q.words);
	if (run->as_json)
		queued_as_json(&run->json, &q);
	else
		queued_as_text(&q);
	g_free(q.to);
}

/* What is to be done with the ids given; at most one of these. */
struct queue_act {
	gboolean flush, hold, release, drop, resend;
};

static gboolean queue_request(const struct queue_act *act, char **ids, enum wire_id *id,
			      GVariant **body, GError **error)
{
	int n = act->flush + act->hold + act->release + act->drop + act->resend;

	if (n > 1)
		return error_set(error, CUR_ERROR_USAGE, "one thing at a time, please");
	if (n == 1 && !act->flush && !ids[0])
		return error_set(error, CUR_ERROR_USAGE, "which messages? (see cur queue)");
	if (n == 0 && ids[0] && ids[1])
		return error_set(error, CUR_ERROR_USAGE, "one id, or none for all");
	if (n == 0) {
		*id = WIRE_QUEUE;
		*body = g_variant_new("(s)", ids[0] ? ids[0] : "");
	} else if (act->hold || act->release) {
		*id = WIRE_HOLD;
		*body = g_variant_new("(^asb)", ids, act->hold);
	} else {
		*id = act->flush ? WIRE_FLUSH : act->drop ? WIRE_DROP : WIRE_RESEND;
		*body = g_variant_new("(^as)", ids);
	}
	return TRUE;
}

int command_queue(struct run *run)
{
	struct queue_act act = {0};
	const struct argument table[] = {
	    {"--flush", .flag = &act.flush},	 {"--hold", .flag = &act.hold},
	    {"--release", .flag = &act.release}, {"--drop", .flag = &act.drop},
	    {"--resend", .flag = &act.resend},
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) words = run_arguments(run, table, G_N_ELEMENTS(table), &error);
	enum wire_id id = WIRE_QUEUE;
	GVariant *body = NULL;

	if (!words)
		return cli_fail(error);
	for (guint i = 0; i < words->len; i++)
		if (!g_utf8_validate(words->pdata[i], -1, NULL)) {
			complain("'%s' is no id", (char *)words->pdata[i]);
			return CLI_USAGE;
		}
	g_ptr_array_add(words, NULL);
	if (!queue_request(&act, (char **)words->pdata, &id, &body, &error))
		return cli_fail(error);
	if (client_wait(run_client(run, TRUE, NULL, NULL), id, body, ANSWER_MS, print_queued, run,
			&error))
		return CLI_OK;
	return cli_fail(error);
}
