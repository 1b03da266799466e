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

/* "from to[,to…]": send the message of the head; "some …" with allow_some. */
static gboolean send_one(struct dialogue *d, struct smtp *s, const char *what, const char *wanted)
{
	g_auto(GStrv) args = g_strsplit(what, " ", 3);
	gboolean some = !strcmp(args[0], "some");
	g_auto(GStrv) recipients = g_strsplit(args[2], ",", -1);
	int fd = message_fd(dialogue_get(d, "message", "Subject: x\\n\\nhello\\n"));
	struct smtp_message m = {.sender = strcmp(args[1], "-") ? args[1] : "",
				 .recipients = (const char *const *)recipients,
				 .fd = fd,
				 .allow_some = some};
	struct smtp_result result;
	GError *error = NULL;
	gboolean ok = smtp_send(s, &m, &result, &error);
	g_autofree char *outcome = dialogue_outcome(ok, NULL, error);
	g_autofree char *refused = result.refused ? g_strjoinv("; ", result.refused) : g_strdup("");
	g_autofree char *got = g_strdup_printf("%s [%d %s]%s", outcome, result.code, refused,
					       smtp_is_usable(s) ? "" : " over");

	smtp_result_clear(&result);
	close(fd);
	return dialogue_check(d, what, wanted, got);
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
	for (guint i = 0; s && i < d->does->len; i++)
		ok = send_one(d, s, d->does->pdata[i], d->is->pdata[i]) && ok;
	smtp_close(s);
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
