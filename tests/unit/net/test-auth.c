/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SASL: the choice of a mechanism (P11, P15), its words (P27), tokens from commands (P78). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cur/base/error.h"
#include "cur/net/auth.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void a_mechanism_is_chosen_by_policy(void **state)
{
	static const struct {
		const char *password, *token, *named, *offered, *chosen;
	} cases[] = {
	    {"p", NULL, NULL, "PLAIN LOGIN", "PLAIN"},
	    {"p", NULL, NULL, "LOGIN plain SCRAM-SHA-1 SCRAM-SHA-256", "SCRAM-SHA-256"},
	    {"p", NULL, NULL, "LOGIN", "LOGIN"},
	    {"p", "t", NULL, "PLAIN XOAUTH2", "XOAUTH2"},
	    {"p", "t", NULL, "PLAIN XOAUTH2 OAUTHBEARER", "OAUTHBEARER"},
	    /* A token that cannot be used does not make the password go out. */
	    {"p", "t", NULL, "PLAIN", NULL},
	    {"p", NULL, NULL, "XOAUTH2", NULL},
	    /* P15: never unasked, or never at all. */
	    {"p", NULL, NULL, "CRAM-MD5 NTLM DIGEST-MD5 GSSAPI ANONYMOUS", NULL},
	    {"p", NULL, "cram-md5", "CRAM-MD5 PLAIN", "CRAM-MD5"},
	    /* P11: what is named is the policy: no fallback. */
	    {"p", NULL, "scram-sha-256", "PLAIN LOGIN", NULL},
	    {"p", NULL, "login", "PLAIN LOGIN", "LOGIN"},
	    {NULL, NULL, NULL, "PLAIN", NULL},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct auth_account account = {
		    .user = "anna",
		    .password = cases[i].password,
		    .token = cases[i].token,
		    .mechanisms = cases[i].named ? LIST(cases[i].named) : NULL,
		};
		g_autoptr(GError) error = NULL;
		auto_ptr(auth) a =
		    auth_begin(&account, "imap", "host", 993, cases[i].offered, &error);

		if (cases[i].chosen) {
			assert_non_null(a);
			assert_string_equal(auth_mechanism(a), cases[i].chosen);
		} else {
			assert_null(a);
			assert_true(error_is(error, CUR_ERROR_AUTH));
		}
	}
}

static char *decoded(const char *base64)
{
	gsize n;
	guchar *bytes = g_base64_decode(base64, &n);
	char *text = g_malloc(n + 1);

	for (gsize i = 0; i < n; i++)
		text[i] = bytes[i] ? (char)bytes[i] : '|';
	text[n] = '\0';
	g_free(bytes);
	return text;
}

static void bearer_names_are_escaped(void **state)
{
	struct auth_account account = {.user = "a,b=c", .token = "tok"};
	auto_ptr(auth) a = auth_begin(&account, "imap", "host", 993, "OAUTHBEARER", NULL);
	g_autofree char *first = auth_step(a, NULL, NULL);
	g_autofree char *text = decoded(first);
	g_autofree char *second = auth_step(a, "e30=", NULL);

	assert_string_equal(text,
			    "n,a=a=2Cb=3Dc,\001host=host\001port=993\001auth=Bearer tok\001\001");
	assert_string_equal(second, "AQ==");
	assert_string_equal(auth_failure(a), "{}");
}

/* P27. */
static void odd_challenges_end_the_exchange(void **state)
{
	g_autofree char *huge = g_strnfill(1024 * 1024, 'A');
	const char *cases[] = {"A", "AAA", "A===", "AA=A", "!!!!", "AAAA ", huge};
	struct auth_account account = {
	    .user = "anna", .password = "p", .mechanisms = LIST("cram-md5")};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		auto_ptr(auth) a = auth_begin(&account, "imap", "h", 1, "CRAM-MD5", &error);

		assert_null(auth_step(a, cases[i], &error));
		assert_true(error_is(error, CUR_ERROR_PROTOCOL));
	}
}

static void no_server_asks_more_than_twenty_times(void **state)
{
	struct auth_account account = {.user = "anna", .token = "t"};
	auto_ptr(auth) a = auth_begin(&account, "imap", "h", 1, "XOAUTH2", NULL);
	g_autoptr(GError) error = NULL;
	char *answer = auth_step(a, NULL, &error);
	guint rounds = 0;

	while (answer) {
		auth_wipe(answer);
		rounds++;
		answer = auth_step(a, "e30=", &error);
	}
	assert_int_equal(rounds, AUTH_ROUNDS_MAX);
	assert_true(error_is(error, CUR_ERROR_PROTOCOL));
}

/* A server that says OK too early has not shown that it knows the password. */
static void scram_is_not_over_before_the_server_has_proved_itself(void **state)
{
	struct auth_account account = {.user = "user", .password = "pencil"};
	auto_ptr(auth) a = auth_begin(&account, "imap", "h", 1, "SCRAM-SHA-256", NULL);
	g_autoptr(GError) error = NULL;
	char *first = auth_step(a, NULL, &error);
	g_autofree char *text = decoded(first);

	assert_true(g_str_has_prefix(text, "n,,n=user,r="));
	assert_false(auth_finish(a, &error));
	assert_true(error_is(error, CUR_ERROR_AUTH));
	auth_wipe(first);
}

/* P27: as often as the server says a hash is computed, without a word of ours between. */
static void scram_computes_no_longer_than_a_login_may_take(void **state)
{
	static const char *const counts[] = {"4000000000", "2000001", "-1", "99999999999999999999"};
	struct auth_account account = {.user = "user", .password = "pencil"};

	for (gsize i = 0; i < G_N_ELEMENTS(counts); i++) {
		auto_ptr(auth) a = auth_begin(&account, "imap", "h", 1, "SCRAM-SHA-256", NULL);
		g_autoptr(GError) error = NULL;
		g_autofree char *first = auth_step(a, NULL, &error);
		g_autofree char *text = decoded(first);
		g_autofree char *challenge = g_strdup_printf("%sx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=%s",
							     strstr(text, "r="), counts[i]);
		g_autofree char *said = g_base64_encode((guchar *)challenge, strlen(challenge));

		assert_null(auth_step(a, said, &error));
		assert_true(error_is(error, CUR_ERROR_PROTOCOL));
		assert_non_null(strstr(error->message, "too much work"));
	}
}

/* P78. */
static void a_token_is_one_clean_line(void **state)
{
	static const struct {
		const char *command, *token, *error;
	} cases[] = {
	    {"printf tok", "tok", NULL},
	    {"echo tok", "tok", NULL},
	    {"printf 'a\\r\\nb'", NULL, "*did not print a token*"},
	    {"printf 'a b'", NULL, "*did not print a token*"},
	    {"printf 'a\\nb\\n'", NULL, "*did not print a token*"},
	    {"printf 'a\\n\\n'", NULL, "*did not print a token*"},
	    {"printf 'a\\0b'", NULL, "*did not print a token*"},
	    {"true", NULL, "*did not print a token*"},
	    {"head -c 1000000 /dev/zero | tr '\\0' x", NULL, "*did not print a token*"},
	    {"echo secret; echo expired >&2; exit 3", NULL, "*(exit status 3): expired"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *token = oauth_token(cases[i].command, &error);

		if (cases[i].token) {
			assert_string_equal(token, cases[i].token);
			continue;
		}
		assert_null(token);
		assert_true(error_is(error, CUR_ERROR_AUTH));
		assert_true(g_pattern_match_simple(cases[i].error, error->message));
		assert_null(strstr(error->message, "secret"));
	}
}

static void a_password_is_the_first_line_of_a_command(void **state)
{
	static const struct {
		const char *command, *password, *error;
	} cases[] = {
	    {"printf 'two words'", "two words", NULL},
	    {"printf 'pä$s\\nuser: anna\\n'", "pä$s", NULL},
	    {"printf 'p\\r\\n'", "p", NULL},
	    {"true", NULL, "*did not print a password"},
	    {"echo; echo second", NULL, "*did not print a password"},
	    {"printf 'a\\tb'", NULL, "*did not print a password"},
	    {"head -c 1000000 /dev/zero | tr '\\0' x", NULL, "*did not print a password"},
	    {"echo secret; echo locked >&2; exit 2", NULL, "*(exit status 2): locked"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *password = command_password(cases[i].command, &error);

		if (cases[i].password) {
			assert_string_equal(password, cases[i].password);
			continue;
		}
		assert_null(password);
		assert_true(error_is(error, CUR_ERROR_AUTH));
		assert_true(g_pattern_match_simple(cases[i].error, error->message));
		assert_null(strstr(error->message, "secret"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_mechanism_is_chosen_by_policy),
	    cmocka_unit_test(bearer_names_are_escaped),
	    cmocka_unit_test(odd_challenges_end_the_exchange),
	    cmocka_unit_test(no_server_asks_more_than_twenty_times),
	    cmocka_unit_test(scram_is_not_over_before_the_server_has_proved_itself),
	    cmocka_unit_test(scram_computes_no_longer_than_a_login_may_take),
	    cmocka_unit_test(a_token_is_one_clean_line),
	    cmocka_unit_test(a_password_is_the_first_line_of_a_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
