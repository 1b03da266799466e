/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Answers with bytes changed, lost and doubled: nothing may crash, hang or be believed half.
 * A message that is said to be whole has as many bytes as were announced.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../fake/server.h"
#include "cur/imap/fetch.h"
#include "cur/imap/mailbox.h"
#include "cur/imap/session.h"

enum { ROUNDS = 400 };

/* All said at once: the tags of a session are known beforehand. */
static const char *const answers[] = {
    "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\r\n",
    "A1 OK [CAPABILITY IMAP4rev1 UIDPLUS CONDSTORE LIST-EXTENDED LIST-STATUS] in\r\n",
    "* LIST (\\Sent \\Subscribed) \"/\" {4}\r\nSent\r\n* STATUS Sent (MESSAGES 4 UIDNEXT 7)\r\n"
    "* LIST () NIL \"IN\\\"BOX\"\r\nA2 OK [ALERT] done\r\n",
    "* 2 EXISTS\r\n* FLAGS (\\Seen $x)\r\n* OK [UIDVALIDITY 9] ok\r\n* OK [PERMANENTFLAGS (\\Seen "
    "\\*)] ok\r\n"
    "* OK [HIGHESTMODSEQ 77] ok\r\nA3 OK [READ-WRITE] done\r\n",
    "* 1 FETCH (UID 5 FLAGS (\\Seen) INTERNALDATE \" 1-Jan-2026 00:00:00 +0000\" RFC822.SIZE 6 "
    "MODSEQ (8) "
    "BODY[] {6}\r\nhello\n)\r\n* 2 FETCH (UID 6 ENVELOPE ((NIL \"a\") {3}\r\nabc) BODY[] "
    "\"quo\\\"ted\")\r\n"
    "* VANISHED (EARLIER) 1:4\r\nA4 OK [MODIFIED 7,9] done\r\n",
};

static char *garble(GRand *rand, const char *text)
{
	static const char bytes[] = "(){}[]\"\\*+ \r\n0123456789A~%\001\377";
	GString *out = g_string_new(text);

	for (int n = g_rand_int_range(rand, 0, 4); n > 0 && out->len > 1; n--) {
		gssize at = g_rand_int_range(rand, 0, (gint32)out->len);

		switch (g_rand_int_range(rand, 0, 4)) {
		case 0:
			out->str[at] = bytes[g_rand_int_range(rand, 0, sizeof(bytes) - 1)];
			break;
		case 1:
			g_string_erase(out, at, 1);
			break;
		case 2:
			g_string_insert_c(out, at, out->str[at]);
			break;
		default:
			g_string_insert_c(out, at,
					  bytes[g_rand_int_range(rand, 0, sizeof(bytes) - 1)]);
		}
	}
	return g_string_free(out, FALSE);
}

static char *script(GRand *rand)
{
	GString *out = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autofree char *text = garble(rand, answers[i]);

		g_string_append(out, "R: ");
		for (const char *p = text; *p; p++)
			g_string_append_printf(out, "\\x%02x", (guchar)*p);
		g_string_append(out, "\n");
	}
	g_string_append(out, "!shut\n");
	return g_string_free(out, FALSE);
}

struct count {
	guint64 announced, got;
};

static gboolean begin(const struct imap_info *info, guint64 n, void *data, GError **error)
{
	*(struct count *)data = (struct count){.announced = n};
	return TRUE;
}

static gboolean bytes_come(const char *bytes, gsize n, void *data, GError **error)
{
	((struct count *)data)->got += n;
	return TRUE;
}

static gboolean end(const struct imap_info *info, void *data, GError **error)
{
	struct count *c = data;

	assert_true(c->got == c->announced);
	assert_true(info->uid == 5 || info->uid == 6);
	return TRUE;
}

static guint play(struct imap *s)
{
	static const struct imap_message_ops ops = {begin, bytes_come, end};
	auto_ptr(seqset) uids = seqset_parse("5:6", -1);
	auto_ptr(imap_list) list = imap_list(s, TRUE, NULL);
	struct count count;
	GError *error = NULL;
	gboolean ok = imap_select(s, "INBOX", FALSE, NULL, NULL) &&
		      imap_fetch_messages(s, uids, &ops, &count, NULL, &error);

	g_clear_error(&error);
	return ok;
}

static void garbled_answers_do_no_harm(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(17);
	auto_ptr(waker) waker = waker_new();
	guint whole = 0;

	for (int i = 0; i < ROUNDS; i++) {
		g_autofree char *text = script(rand);
		struct fake *f = fake_begin(text, NULL, 0);
		struct imap_account account = {
		    .server = {.tls = LINK_TLS_NONE,
			       .host = "127.0.0.1",
			       .port = f->port,
			       .silence_s = 1},
		    .auth = {.user = "anna", .password = "secret"},
		};
		struct imap *s = imap_open(&account, waker, NULL);

		whole += s && play(s);
		imap_close(s);
		g_free(fake_end(f, NULL));
	}
	/* Some must come through, else the noise is all that was tested. */
	assert_true(whole > ROUNDS / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(garbled_answers_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
