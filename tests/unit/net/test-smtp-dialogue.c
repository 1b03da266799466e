/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays tests/dialogue/ *.smtp against submission: each file is a test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/mman.h>

#include "../../fake/dialogue.h"
#include "cur/net/smtp.h"

static int message_fd(const char *text)
{
	g_autoptr(GString) bytes = fake_unescape(text);
	int fd = memfd_create("message", 0);

	g_assert_true(write(fd, bytes->str, bytes->len) == (gssize)bytes->len);
	return fd;
}

/* "send from to[,to…]": the message of the head; "some …" with allow_some. */
struct order {
	char **args, **recipients;
	struct smtp_message message;
};

static void order_init(struct order *o, struct dialogue *d, const char *what)
{
	o->args = g_strsplit(what, " ", 3);
	o->recipients = g_strsplit(o->args[2], ",", -1);
	o->message = (struct smtp_message){
	    .sender = strcmp(o->args[1], "-") ? o->args[1] : "",
	    .recipients = (const char *const *)o->recipients,
	    .fd = message_fd(dialogue_get(d, "message", "Subject: x\\n\\nhello\\n")),
	    .notify = dialogue_get(d, "notify", NULL),
	    .ret = dialogue_get(d, "ret", NULL),
	    .allow_some = !strcmp(o->args[0], "some"),
	};
}

static void order_clear(struct order *o)
{
	close(o->message.fd);
	g_strfreev(o->recipients);
	g_strfreev(o->args);
}

static gboolean check_result(struct dialogue *d, struct smtp *s, const struct order *o, gboolean ok,
			     struct smtp_result *result, GError *error, const char *wanted)
{
	g_autofree char *outcome = dialogue_outcome(ok, NULL, error);
	g_autofree char *refused =
	    result->refused ? g_strjoinv("; ", result->refused) : g_strdup("");
	g_autofree char *got = g_strdup_printf("%s [%d %s]%s", outcome, result->code, refused,
					       smtp_is_usable(s) ? "" : " over");

	smtp_result_clear(result);
	return dialogue_check(d, o->args[2], wanted, got);
}

/* `next`: what is offered with its end, or NULL. */
static gboolean send_one(struct dialogue *d, struct smtp *s, const struct order *o,
			 const struct order *next, const char *wanted)
{
	struct smtp_result result;
	GError *error = NULL;
	gboolean ok = smtp_send(s, &o->message, next ? &next->message : NULL, &result, &error);
	return check_result(d, s, o, ok, &result, error, wanted);
}

/* "post: yes": all in flight, then all are heard of. */
static gboolean post_all(struct dialogue *d, struct smtp *s, const struct order *orders, guint n)
{
	struct smtp_result result;
	GError *error = NULL;
	gboolean ok = TRUE;

	for (guint i = 0; i < n; i++)
		if (!smtp_can_post(s, &orders[i].message) ||
		    !smtp_post(s, &orders[i].message, NULL))
			return dialogue_check(d, "post", d->is->pdata[i], "cannot be posted");
	for (guint i = 0; i < n; i++) {
		gboolean taken = smtp_hear(s, &orders[i].message, &result, &error);

		ok = check_result(d, s, &orders[i], taken, &result, error, d->is->pdata[i]) && ok;
		error = NULL;
	}
	return ok;
}

/* All one after the other; with "queue: yes" each is told what comes next. */
static gboolean send_all(struct dialogue *d, struct smtp *s)
{
	gboolean queue = dialogue_get(d, "queue", NULL) != NULL, ok = TRUE;
	guint n = d->does->len;
	g_autofree struct order *orders = g_new0(struct order, n);

	for (guint i = 0; i < n; i++)
		order_init(&orders[i], d, d->does->pdata[i]);
	if (dialogue_get(d, "post", NULL))
		ok = post_all(d, s, orders, n);
	else
		for (guint i = 0; i < n; i++)
			ok = send_one(d, s, &orders[i], queue && i + 1 < n ? &orders[i + 1] : NULL,
				      d->is->pdata[i]) &&
			     ok;
	smtp_close(s);
	for (guint i = 0; i < n; i++)
		order_clear(&orders[i]);
	return ok;
}

static gboolean run(struct dialogue *d)
{
	auto_ptr(waker) waker = waker_new();
	struct smtp_account account = {.server = d->server, .ehlo_name = "me"};
	GError *error = NULL;
	struct smtp *s;
	g_autofree char *got = NULL;
	gboolean ok;

	account.auth = dialogue_get(d, "login", NULL) ? &d->auth : NULL;
	s = smtp_open(&account, waker, &error);
	got = dialogue_outcome(s != NULL, NULL, error);
	ok = dialogue_check(d, "open", dialogue_get(d, "open", "ok"), got);
	if (s)
		ok = send_all(d, s) && ok;
	return ok;
}

static void every_smtp_dialogue_goes_as_written(void **state)
{
	assert_int_equal(dialogue_play_all(".smtp", run), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_smtp_dialogue_goes_as_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
