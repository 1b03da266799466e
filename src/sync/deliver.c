/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net/smtp.h and $sendmail behind one set of outcomes. */
#include "deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/mail/recode.h"
#include "cur/net/body.h"
#include "cur/net/smtp.h"
#include "cur/net/words.h"
#include "login.h"
#include "portal.h"

enum { PROGRAM_TIMEOUT_MS = 10 * 60 * 1000, EXIT_TEMPFAIL = 75, LINE_BYTES = 998 };

struct parcel {
	char *id;
	struct outbox_item *item;
	GPtrArray *to; /* the recipients, NULL at the end; they belong to the item */
	int fd;	       /* the message alone */
	struct smtp_message message;
};

struct deliver {
	struct hub *hub;
	struct waker *waker;
	guint connect_s;
	const struct transport *transport; /* of the open session */
	struct smtp *smtp;
	guint n_answered;   /* messages of which the open session has decided */
	GHashTable *logins; /* Transport: line -> struct login, with what the user typed */
};

void deliver_result_clear(struct deliver_result *result)
{
	g_clear_pointer(&result->words, g_free);
}

static void login_free(void *data)
{
	login_clear(data);
	g_free(data);
}

struct deliver *deliver_new(struct hub *hub, struct waker *waker, guint connect_s)
{
	struct deliver *d = g_new0(struct deliver, 1);

	d->hub = hub;
	d->waker = waker;
	d->connect_s = connect_s;
	d->logins = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, login_free);
	return d;
}

void deliver_free(struct deliver *d)
{
	deliver_close(d);
	g_hash_table_unref(d->logins);
	g_free(d);
}

void deliver_close(struct deliver *d)
{
	g_clear_pointer(&d->smtp, smtp_close);
	d->transport = NULL;
}

static enum deliver_outcome outcome_of(const GError *error)
{
	if (error_is(error, CUR_ERROR_AUTH) || error_is(error, CUR_ERROR_TLS))
		return DELIVER_BLOCKED;
	if (error_is(error, CUR_ERROR_REFUSED) || error_is(error, CUR_ERROR_USAGE))
		return DELIVER_REFUSED;
	return error_is(error, CUR_ERROR_UNKNOWN) ? DELIVER_UNKNOWN : DELIVER_RETRY;
}

static void fail(struct deliver_result *result, const GError *error, guint code)
{
	result->outcome = outcome_of(error);
	result->code = code;
	g_free(result->words);
	result->words = g_strdup(error->message);
}

static struct login *login_of(struct deliver *d, const char *line)
{
	struct login *l = g_hash_table_lookup(d->logins, line);

	if (!l) {
		l = g_new0(struct login, 1);
		g_hash_table_insert(d->logins, g_strdup(line), l);
	}
	return l;
}

/* A server that knows us by our address wants no user, and nobody is asked for one. */
static gboolean prepare(struct deliver *d, struct login *login, const struct account *to,
			struct smtp_account *account, struct auth_account *auth, GError **error)
{
	if (!*to->user && !*to->oauth_refresh_command && !to->pass && !*to->pass_command &&
	    !*to->account_command) {
		login_server(login, to, d->connect_s, &account->server);
		return TRUE;
	}
	account->auth = auth;
	return login_prepare(login, d->hub, to, d->connect_s, &account->server, auth, error);
}

gboolean deliver_is_open(const struct deliver *d, const struct transport *t)
{
	return d->transport == t && (!t->smtp || (d->smtp && smtp_is_usable(d->smtp)));
}

gboolean deliver_open(struct deliver *d, const struct transport *t, struct deliver_result *result)
{
	struct smtp_account account = {0};
	struct auth_account auth;
	g_autoptr(GError) error = NULL;
	struct login *login;

	if (deliver_is_open(d, t))
		return TRUE;
	deliver_close(d);
	d->transport = t;
	d->n_answered = 0;
	if (!t->smtp)
		return TRUE;
	login = login_of(d, t->outbox);
	while (!prepare(d, login, t->smtp, &account, &auth, &error) ||
	       !(d->smtp = smtp_open(&account, d->waker, &error))) {
		if (login_wants_another(login, error)) {
			g_clear_error(&error);
			continue;
		}
		if (login->worked)
			portal_explain(error);
		fail(result, error, 0);
		/* A greeting of 5xx is about the server's day, not about this message. */
		if (result->outcome == DELIVER_REFUSED)
			result->outcome = DELIVER_RETRY;
		return FALSE;
	}
	login_accepted(login);
	return TRUE;
}

/* ---- parcels ----------------------------------------------------------------------- */

/* A copy of the message alone, from its first byte on: what follows reads from a file's start. */
static int open_alone(const char *dir, const char *id, GError **error)
{
	guint64 n;
	int from = outbox_open_message(dir, id, &n, error), to;
	char buffer[1 << 16];
	ssize_t got;

	if (from < 0)
		return -1;
	to = memfd_create("message", MFD_CLOEXEC);
	if (to < 0)
		error_from_errno(error, errno, "cannot copy the message");
	while (to >= 0 && (got = read(from, buffer, sizeof buffer)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got > 0 && file_write_all(to, buffer, (gsize)got, error))
			continue;
		if (got < 0)
			error_from_errno(error, errno, "cannot read the message");
		close(to);
		to = -1;
	}
	close(from);
	return to;
}

struct parcel *parcel_new(const char *dir, const char *id, GError **error)
{
	auto_ptr(outbox_item) item = outbox_read(dir, id, error);
	int fd = item ? open_alone(dir, id, error) : -1;
	struct parcel *p;

	if (fd < 0)
		return NULL;
	p = g_new0(struct parcel, 1);
	p->id = g_strdup(id);
	p->item = g_steal_pointer(&item);
	p->fd = fd;
	p->to = g_ptr_array_new();
	for (guint i = 0; i < p->item->to->len; i++)
		g_ptr_array_add(p->to, g_ptr_array_index(p->item->to, i));
	g_ptr_array_add(p->to, NULL);
	p->message = (struct smtp_message){.sender = p->item->from,
					   .recipients = (const char *const *)p->to->pdata,
					   .fd = fd,
					   .notify = p->item->dsn_notify,
					   .ret = p->item->dsn_return};
	return p;
}

void parcel_free(struct parcel *p)
{
	if (!p)
		return;
	g_free(p->id);
	outbox_item_free(p->item);
	g_ptr_array_unref(p->to);
	close(p->fd);
	g_free(p);
}

const char *parcel_id(const struct parcel *p)
{
	return p->id;
}

const struct outbox_item *parcel_item(const struct parcel *p)
{
	return p->item;
}

/* ---- SMTP -------------------------------------------------------------------------- */

/* The whole of a file; NULL with *error. */
static GBytes *read_all(int fd, GError **error)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *bytes = size >= 0 ? g_malloc((gsize)size + 1) : NULL;
	ssize_t got = size >= 0 ? pread(fd, bytes, (gsize)size, 0) : -1;

	if (got == size)
		return g_bytes_new_take(bytes, (gsize)size);
	error_from_errno(error, got < 0 ? errno : EIO, "cannot read the message");
	g_free(bytes);
	return NULL;
}

/* P72, P73: what this server does not take as it is gets other transfer encodings. */
static gboolean suit(struct deliver *d, int fd, GError **error)
{
	gboolean takes_8bit = smtp_takes_8bit(d->smtp);
	g_autoptr(GBytes) old = NULL, recoded = NULL;
	struct body_facts facts;
	const char *bytes;
	gsize n;

	if (!body_scan(fd, &facts, error))
		return FALSE;
	if (facts.longest_line <= LINE_BYTES && (takes_8bit || !facts.has_8bit))
		return TRUE;
	old = read_all(fd, error);
	if (!old)
		return FALSE;
	recoded = message_recode(old, takes_8bit);
	bytes = g_bytes_get_data(recoded, &n);
	if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return error_from_errno(error, errno, "cannot copy the message");
	return file_write_all(fd, bytes, n, error);
}

static char *describe(const struct smtp_result *smtp, const GError *error)
{
	if (smtp->refused && smtp->refused[0])
		return g_strjoinv("; ", smtp->refused);
	return g_strdup(error->message);
}

static gboolean ends_session(const struct deliver_result *result)
{
	return result->outcome == DELIVER_UNKNOWN ||
	       (result->outcome == DELIVER_RETRY && (result->code == 0 || result->code == 421));
}

static void take_result(struct deliver *d, struct deliver_result *result, gboolean ok,
			struct smtp_result *smtp, const GError *error)
{
	if (ok) {
		result->outcome = DELIVER_SENT;
	} else {
		fail(result, error, (guint)MAX(smtp->code, 0));
		g_free(result->words);
		result->words = describe(smtp, error);
	}
	d->n_answered += !ends_session(result);
	smtp_result_clear(smtp);
}

static void send_once(struct deliver *d, struct parcel *p, struct parcel *next,
		      struct deliver_result *result)
{
	struct smtp_result smtp = {0};
	g_autoptr(GError) error = NULL;
	gboolean ok;

	/* One that cannot be made to suit is told of when its turn comes. */
	if (next && !suit(d, next->fd, NULL))
		next = NULL;
	ok = suit(d, p->fd, &error) &&
	     smtp_send(d->smtp, &p->message, next ? &next->message : NULL, &smtp, &error);
	take_result(d, result, ok, &smtp, error);
}

/* Servers limit the messages of a session: what an old one has not taken, a fresh one is asked. */
gboolean deliver_is_tired(const struct deliver *d, const struct deliver_result *result)
{
	return result->outcome == DELIVER_RETRY && ends_session(result) && d->n_answered &&
	       !smtp_is_usable(d->smtp) && !waker_is_stopped(d->waker);
}

static void send_smtp(struct deliver *d, struct parcel *p, struct parcel *next,
		      struct deliver_result *result)
{
	send_once(d, p, next, result);
	if (!deliver_is_tired(d, result))
		return;
	deliver_result_clear(result);
	if (deliver_open(d, d->transport, result))
		send_once(d, p, next, result);
}

gboolean deliver_can_post(struct deliver *d, struct parcel *p)
{
	if (!d->smtp || !smtp_posts(d->smtp))
		return FALSE;
	return !p || (suit(d, p->fd, NULL) && smtp_can_post(d->smtp, &p->message));
}

gboolean deliver_post(struct deliver *d, struct parcel *p, struct deliver_result *result)
{
	g_autoptr(GError) error = NULL;

	if (smtp_post(d->smtp, &p->message, &error))
		return TRUE;
	fail(result, error, 0);
	return FALSE;
}

void deliver_hear(struct deliver *d, struct parcel *p, struct deliver_result *result)
{
	struct smtp_result smtp = {0};
	g_autoptr(GError) error = NULL;
	gboolean ok = smtp_hear(d->smtp, &p->message, &smtp, &error);

	take_result(d, result, ok, &smtp, error);
}

/* ---- $sendmail --------------------------------------------------------------------- */

static void judge_program(const struct child_result *child, struct deliver_result *result)
{
	gsize n;
	const char *said = g_bytes_get_data(child->err, &n);

	result->words = server_words(said ? said : "", (gssize)n);
	if (child->timed_out || child->status > 128)
		result->outcome = DELIVER_UNKNOWN;
	else if (child->status == 0)
		result->outcome = DELIVER_SENT;
	else
		result->outcome = child->status == EXIT_TEMPFAIL ? DELIVER_RETRY : DELIVER_REFUSED;
}

static void add_option(GPtrArray *argv, const char *option, const char *value)
{
	g_ptr_array_add(argv, g_strdup(option));
	g_ptr_array_add(argv, g_strdup(value));
}

/* What the user wants $sendmail to be told; the options are those of sendmail(8). */
static void add_wishes(GPtrArray *argv, const struct outbox_item *item, gboolean has_8bit)
{
	if (item->wishes & OUTBOX_SAY_8BIT && has_8bit)
		g_ptr_array_add(argv, g_strdup("-B8BITMIME"));
	if (item->wishes & OUTBOX_NAME_SENDER && *item->from && *item->from != '-')
		add_option(argv, "-f", item->from);
	if (item->dsn_notify)
		add_option(argv, "-N", item->dsn_notify);
	if (item->dsn_return)
		add_option(argv, "-R", item->dsn_return);
}

/* The command line of $sendmail, "--", the recipients; no shell (C14). */
static char **program_argv(const char *command, const struct outbox_item *item, gboolean has_8bit,
			   GError **error)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) words = NULL;
	g_autoptr(GError) bad = NULL;

	if (!g_shell_parse_argv(command, NULL, &words, &bad)) {
		error_set(error, CUR_ERROR_USAGE, "$sendmail: %s", bad->message);
		return NULL;
	}
	for (guint i = 0; words[i]; i++)
		g_ptr_array_add(argv, g_strdup(words[i]));
	add_wishes(argv, item, has_8bit);
	g_ptr_array_add(argv, g_strdup("--"));
	for (guint i = 0; i < item->to->len; i++)
		g_ptr_array_add(argv, g_strdup(g_ptr_array_index(item->to, i)));
	g_ptr_array_add(argv, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&argv), FALSE);
}

static void send_program(struct deliver *d, int fd, const struct outbox_item *item,
			 struct deliver_result *result)
{
	g_autoptr(GError) error = NULL;
	struct body_facts facts = {0};
	g_auto(GStrv) argv =
	    body_scan(fd, &facts, &error)
		? program_argv(d->transport->sendmail, item, facts.has_8bit, &error)
		: NULL;
	off_t size = lseek(fd, 0, SEEK_END);
	struct child_input input = {.argv = (const char *const *)argv,
				    .n_stdin = (gsize)MAX(size, 0),
				    .timeout_ms = PROGRAM_TIMEOUT_MS};
	struct child_result child = {0};
	void *bytes = NULL;

	if (size > 0)
		bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (argv && (size <= 0 || bytes == MAP_FAILED))
		error_from_errno(&error, errno, "cannot read the message");
	input.stdin_bytes = bytes;
	if (!error && child_run(&input, &child, &error)) {
		judge_program(&child, result);
		child_result_clear(&child);
	} else {
		fail(result, error, 0);
	}
	if (size > 0 && bytes != MAP_FAILED)
		munmap(bytes, (size_t)size);
}

void deliver_send(struct deliver *d, struct parcel *p, struct parcel *next,
		  struct deliver_result *result)
{
	if (d->transport->smtp)
		send_smtp(d, p, next, result);
	else
		send_program(d, p->fd, p->item, result);
}
