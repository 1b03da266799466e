/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stream: certificates (P14), separate connections (P16), deadlines (P50, P52), interruption.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <string.h>

#include "../../fake/server.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/net/body.h"
#include "cur/net/link.h"

struct place {
	char *folder, *ca;
	struct cert root;
	struct waker *waker;
};

static int place_begin(void **state)
{
	struct place *p = g_new0(struct place, 1);

	p->folder = g_dir_make_tmp("cur-test-XXXXXX", NULL);
	p->ca = g_build_filename(p->folder, "ca.pem", NULL);
	p->root = cert_new(&(struct cert_wish){.common_name = "root", .is_ca = TRUE}, NULL);
	cert_write(&p->root, p->ca);
	p->waker = waker_new();
	*state = p;
	return 0;
}

static int place_end(void **state)
{
	struct place *p = *state;

	unlink(p->ca);
	rmdir(p->folder);
	cert_clear(&p->root);
	waker_free(p->waker);
	g_free(p->ca);
	g_free(p->folder);
	g_free(p);
	return 0;
}

static struct link *connect_to(struct place *p, guint16 port, const char *host, enum link_tls tls,
			       GError **error)
{
	const char *cas[] = {p->ca, NULL};
	struct link_server server = {
	    .tls = tls, .host = host, .port = port, .cas = cas, .connect_s = 5, .silence_s = 5};

	return link_open(&server, p->waker, error);
}

/* P14: each is refused, with host and cause, and not a byte is said. */
static void bad_certificates_are_refused_with_their_cause(void **state)
{
	struct place *p = *state;
	static const struct {
		const char *what;
		struct cert_wish wish;
		const char *host;
		const char *message; /* NULL: it is a good one */
	} cases[] = {
	    {"good", {0}, "localhost", NULL},
	    {"good, by address", {0}, "127.0.0.1", NULL},
	    {"good, RSA", {.rsa_bits = 2048}, "localhost", NULL},
	    {"other host", {.dns = "mail.example"}, "localhost", "*'localhost'*another name"},
	    {"NUL in the name",
	     {.common_name = "x", .dns = "localhost\0.evil.example", .dns_bytes = 23},
	     "localhost",
	     "*'localhost'*"},
	    {"name fits, alternative name does not",
	     {.common_name = "localhost", .dns = "other"},
	     "localhost",
	     "*another name"},
	    {"high bytes in the subject",
	     {.common_name = "\xc3\xa9\x1b[31m", .dns = "other"},
	     "localhost",
	     "*another name"},
	    {"wildcard for all", {.common_name = "*", .dns = "*"}, "localhost", "*another name"},
	    {"expired",
	     {.valid_from_days = -9, .valid_to_days = -2},
	     "localhost",
	     "*'localhost'*has expired*"},
	    {"not yet valid",
	     {.valid_from_days = 2, .valid_to_days = 9},
	     "localhost",
	     "*not valid yet*"},
	    {"address missing", {.no_address = TRUE}, "127.0.0.1", "*'127.0.0.1'*"},
	    {"short key", {.rsa_bits = 1024}, "localhost", "*key is too short"},
	    {"SHA-1", {.digest = GNUTLS_DIG_SHA1}, "localhost", "*broken algorithm"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct cert cert = cert_new(&cases[i].wish, &p->root);
		struct fake *f = fake_begin("!tls\nS: hello\n", &cert, 1);
		g_autoptr(GError) error = NULL;
		struct link *l = connect_to(p, f->port, cases[i].host, LINK_TLS_IMPLICIT, &error);
		g_autofree char *wrong = NULL;
		gboolean right;

		if (cases[i].message)
			right = !l && error_is(error, CUR_ERROR_TLS) &&
				g_pattern_match_simple(cases[i].message, error->message) &&
				g_utf8_validate(error->message, -1, NULL) &&
				!strchr(error->message, '\033');
		else
			right = l && !strcmp(link_read_line(l, NULL, NULL), "hello");
		if (!right)
			print_error("%s: %s\n", cases[i].what, error ? error->message : "accepted");
		link_close(l);
		wrong = fake_end(f, NULL);
		cert_clear(&cert);
		assert_true(right);
		assert_null(wrong);
	}
}

/* P14 a: the system's store does not know our root. */
static void an_unknown_authority_is_refused(void **state)
{
	struct place *p = *state;
	struct cert other =
	    cert_new(&(struct cert_wish){.common_name = "evil", .is_ca = TRUE}, NULL);
	struct cert chain[2] = {cert_new(&(struct cert_wish){0}, &other), other};
	struct fake *f = fake_begin("!tls\n", chain, 2);
	g_autoptr(GError) error = NULL;

	assert_null(connect_to(p, f->port, "localhost", LINK_TLS_IMPLICIT, &error));
	assert_true(error_is(error, CUR_ERROR_TLS));
	assert_non_null(strstr(error->message, "authority is unknown"));
	g_free(fake_end(f, NULL));
	cert_clear(&chain[0]);
	cert_clear(&chain[1]);
}

/* P14 i: a good certificate under an intermediate that has expired. */
static void an_expired_intermediate_is_refused(void **state)
{
	struct place *p = *state;
	struct cert middle = cert_new(
	    &(struct cert_wish){
		.common_name = "middle", .is_ca = TRUE, .valid_from_days = -9, .valid_to_days = -2},
	    &p->root);
	struct cert chain[2] = {cert_new(&(struct cert_wish){0}, &middle), middle};
	struct fake *f = fake_begin("!tls\n", chain, 2);
	g_autoptr(GError) error = NULL;

	assert_null(connect_to(p, f->port, "localhost", LINK_TLS_IMPLICIT, &error));
	assert_true(error_is(error, CUR_ERROR_TLS));
	g_free(fake_end(f, NULL));
	cert_clear(&chain[0]);
	cert_clear(&chain[1]);
}

/* P16: a clear and a TLS account on one host are two sockets, and the second is really TLS. */
static void a_second_account_never_shares_a_connection(void **state)
{
	struct place *p = *state;
	struct cert cert = cert_new(&(struct cert_wish){0}, &p->root);
	struct fake *clear = fake_begin("S: clear\nC: one\n", &cert, 1);
	struct fake *tls = fake_begin("!tls\nS: tls\nC: two\n", &cert, 1);
	struct link *a = connect_to(p, clear->port, "localhost", LINK_TLS_NONE, NULL);
	struct link *b = connect_to(p, tls->port, "localhost", LINK_TLS_IMPLICIT, NULL);

	assert_string_equal(link_read_line(a, NULL, NULL), "clear");
	assert_string_equal(link_read_line(b, NULL, NULL), "tls");
	assert_true(link_printf(a, NULL, "one\r\n") && link_flush(a, NULL));
	assert_true(link_printf(b, NULL, "two\r\n") && link_flush(b, NULL));
	link_close(a);
	link_close(b);
	assert_null(fake_end(clear, NULL));
	assert_null(fake_end(tls, NULL));
	cert_clear(&cert);
}

/* No secret is written to a stream that is to become TLS and is not yet. */
static void no_secret_goes_out_before_tls(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin("S: hello\n!eof\n", NULL, 0);
	struct link *l = connect_to(p, f->port, "localhost", LINK_TLS_STARTTLS, NULL);
	g_autoptr(GError) error = NULL;

	assert_string_equal(link_read_line(l, NULL, NULL), "hello");
	assert_false(link_may_carry_secrets(l));
	assert_false(link_write_secret(l, "secret", 6, &error));
	assert_true(error_is(error, CUR_ERROR_TLS));
	link_close(l);
	assert_null(fake_end(f, NULL));
}

static void clear_text_off_loopback_needs_to_be_asked_for(void **state)
{
	struct place *p = *state;
	static const char *const hosts[] = {"mail.example", "127.mail.example", "127.0.0.1.example",
					    "localhost.example"};

	for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(connect_to(p, 143, hosts[i], LINK_TLS_NONE, &error));
		assert_true(error_is(error, CUR_ERROR_REFUSED));
	}
}

static void what_is_no_host_is_not_connected_to(void **state)
{
	struct place *p = *state;
	static const char *const hosts[] = {"",	      "a b", "a/b",   "a@b",
					    "a\r\nb", "a#b", "[::1]", "a%b"};

	for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(connect_to(p, 993, hosts[i], LINK_TLS_IMPLICIT, &error));
		assert_true(error_is(error, CUR_ERROR_USAGE));
	}
}

/* A proxy of the environment must not re-route us. */
static void the_environment_does_not_choose_a_proxy(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin("S: direct\n", NULL, 0);
	struct link *l;

	g_setenv("all_proxy", "http://127.0.0.1:1", TRUE);
	g_setenv("http_proxy", "http://127.0.0.1:1", TRUE);
	l = connect_to(p, f->port, "localhost", LINK_TLS_NONE, NULL);
	g_unsetenv("all_proxy");
	g_unsetenv("http_proxy");
	assert_non_null(l);
	assert_string_equal(link_read_line(l, NULL, NULL), "direct");
	link_close(l);
	assert_null(fake_end(f, NULL));
}

/* P50: a conversation that moves too little is over when its time is, silent or not. */
static void a_conversation_has_a_deadline(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin("R: x\n!stall\n", NULL, 0);
	struct link *l = connect_to(p, f->port, "localhost", LINK_TLS_NONE, NULL);
	gint64 start = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	link_set_silence(l, 60);
	link_allow(l, 1);
	assert_null(link_read_line(l, NULL, &error));
	assert_true(error_is(error, CUR_ERROR_RETRY));
	assert_non_null(strstr(error->message, "takes too long"));
	assert_true(g_get_monotonic_time() - start < 5 * G_USEC_PER_SEC);
	assert_true(link_is_broken(l));
	link_close(l);
	assert_null(fake_end(f, NULL));
}

static gpointer stop_soon(gpointer data)
{
	g_usleep(50 * 1000);
	waker_stop(data);
	return NULL;
}

static void a_stop_ends_a_read_at_once(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin("!stall\n", NULL, 0);
	struct link *l = connect_to(p, f->port, "localhost", LINK_TLS_NONE, NULL);
	GThread *thread = g_thread_new("stop", stop_soon, p->waker);
	gint64 start = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	assert_null(link_read_line(l, NULL, &error));
	assert_true(error_is(error, CUR_ERROR_CANCELLED));
	assert_true(g_get_monotonic_time() - start < 3 * G_USEC_PER_SEC);
	g_thread_join(thread);
	link_close(l);
	assert_null(fake_end(f, NULL));
	/* It stays stopped for those who come later. */
	g_clear_error(&error);
	assert_null(connect_to(p, 1, "localhost", LINK_TLS_NONE, &error));
	assert_true(error_is(error, CUR_ERROR_CANCELLED));
}

static void a_poke_ends_a_wait_and_nothing_else(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin("S: line\n!stall\n", NULL, 0);
	struct link *l = connect_to(p, f->port, "localhost", LINK_TLS_NONE, NULL);

	waker_poke(p->waker);
	assert_string_equal(link_read_line(l, NULL, NULL), "line");
	assert_int_equal(link_wait(l, 10000, NULL), LINK_POKED);
	assert_true(waker_was_poked(p->waker));
	assert_false(waker_was_poked(p->waker));
	assert_int_equal(link_wait(l, 10, NULL), LINK_TIMEOUT);
	assert_true(waker_sleep(p->waker, 1));
	link_close(l);
	assert_null(fake_end(f, NULL));
}

/* P54: a peer that went without a word is found out within five minutes, waiting or sending. */
static void the_kernel_looks_after_a_silent_peer(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin("!stall\n", NULL, 0);
	struct link *l = connect_to(p, f->port, "localhost", LINK_TLS_NONE, NULL);
	guint n = 0;

	for (int fd = 3; fd < 256; fd++) {
		struct sockaddr_in peer = {0};
		socklen_t size = sizeof peer, four = sizeof(int);
		int on = 0, idle = 0, interval = 0, probes = 0, unheard = 0;

		if (getpeername(fd, (struct sockaddr *)&peer, &size) < 0 ||
		    peer.sin_family != AF_INET || ntohs(peer.sin_port) != f->port)
			continue;
		getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, &four);
		getsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, &four);
		getsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, &four);
		getsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, &four);
		getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unheard, &four);
		assert_true(on);
		assert_in_range(idle, 1, 60);
		assert_in_range(idle + interval * probes, 60, 300);
		assert_in_range(unheard, 30 * 1000, 300 * 1000);
		n++;
	}
	assert_int_equal(n, 1);
	link_close(l);
	assert_null(fake_end(f, NULL));
}

/* What was heard after the change proves it alive; silence after it is a few seconds at most. */
static void after_a_change_of_the_network_silence_is_short(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin("S: line\nC: go on\nS: line\n!stall\n", NULL, 0);
	struct link *l = connect_to(p, f->port, "localhost", LINK_TLS_NONE, NULL);
	g_autoptr(GError) error = NULL;
	gint64 start;

	link_set_silence(l, 60);
	waker_network_changed(p->waker);
	assert_string_equal(link_read_line(l, NULL, NULL), "line");
	assert_int_equal(link_wait(l, 10, NULL), LINK_TIMEOUT);
	waker_network_changed(p->waker);
	assert_true(link_printf(l, NULL, "go on\r\n"));
	assert_string_equal(link_read_line(l, NULL, NULL), "line");
	start = g_get_monotonic_time();
	waker_network_changed(p->waker);
	assert_null(link_read_line(l, NULL, &error));
	assert_true(error_is(error, CUR_ERROR_RETRY));
	assert_in_range(g_get_monotonic_time() - start, 2 * G_USEC_PER_SEC, 20 * G_USEC_PER_SEC);
	link_close(l);
	assert_null(fake_end(f, NULL));
}

static gpointer change_network_soon(gpointer data)
{
	g_usleep(50 * 1000);
	waker_network_changed(data);
	return NULL;
}

/* A SYN or a handshake that went into nothing would be repeated late. */
static void a_change_of_the_network_ends_connecting(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin("!stall\n", NULL, 0);
	GThread *thread = g_thread_new("change", change_network_soon, p->waker);
	gint64 start = g_get_monotonic_time();
	g_autoptr(GError) error = NULL;

	assert_null(connect_to(p, f->port, "localhost", LINK_TLS_IMPLICIT, &error));
	assert_true(error_is(error, CUR_ERROR_RETRY));
	assert_non_null(strstr(error->message, "the network changed"));
	assert_true(g_get_monotonic_time() - start < 2 * G_USEC_PER_SEC);
	g_thread_join(thread);
	fake_end(f, NULL);
}

/* Both sides send a lot before either reads: neither waits for ever. */
static void two_full_pipes_do_not_wait_for_each_other(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin("!repeat 1000000 x\nS: \nL: 20000000\n", NULL, 0);
	struct link *l = connect_to(p, f->port, "localhost", LINK_TLS_NONE, NULL);
	g_autofree char *much = g_malloc0(20000000);

	assert_true(link_write(l, much, 20000000, NULL));
	assert_true(link_flush(l, NULL));
	assert_true(link_read_exact(l, 1000002, NULL, NULL, NULL));
	link_close(l);
	assert_null(fake_end(f, NULL));
}

static void the_log_has_lines_and_no_secrets(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin("S: hello\nC: LOGIN anna secret\n", NULL, 0);
	struct link *l = connect_to(p, f->port, "localhost", LINK_TLS_NONE, NULL);
	g_autofree char *dir = g_dir_make_tmp("link-XXXXXX", NULL);
	g_autofree char *log = g_build_filename(dir, "log", NULL);
	g_autofree char *seen = NULL;

	assert_true(log_open(log, LOG_LEVEL_DEBUG, NULL));
	link_read_line(l, NULL, NULL);
	assert_true(link_printf(l, NULL, "LOGIN anna "));
	assert_true(link_write_secret(l, "secret", 6, NULL));
	assert_true(link_printf(l, NULL, "\r\n") && link_flush(l, NULL));
	link_close(l);
	log_close();
	assert_true(g_file_get_contents(log, &seen, NULL, NULL));
	assert_non_null(strstr(seen, " < hello\n"));
	assert_non_null(strstr(seen, " > LOGIN anna [not shown]\n"));
	assert_null(strstr(seen, "secret"));
	g_unlink(log);
	g_rmdir(dir);
	assert_null(fake_end(f, NULL));
}

/* What it repeats, plain or as it was said, in whatever words. */
static void the_transcript_has_no_secret_that_a_server_repeats(void **state)
{
	struct place *p = *state;
	struct fake *f = fake_begin(
	    "S: + c29tZXRoaW5n\nC: AGFubmEAczNjcjN0\nS: no: s3cr3t of AGFubmEAczNjcjN0\x1b[31m\n"
	    "R: {5}\\r\\ntexts\nS: later: s3cr3t\n",
	    NULL, 0);
	struct link *l = connect_to(p, f->port, "localhost", LINK_TLS_NONE, NULL);
	g_autofree char *dir = g_dir_make_tmp("link-XXXXXX", NULL);
	g_autofree char *log = g_build_filename(dir, "wire.log", NULL);
	g_autofree char *seen = NULL;

	assert_true(log_open_wire(log, NULL));
	link_login(l, "s3cr3t", NULL);
	assert_non_null(link_read_line(l, NULL, NULL));
	assert_true(link_write_secret(l, "AGFubmEAczNjcjN0", 16, NULL));
	assert_true(link_write_secret(l, "\r\n", 2, NULL));
	assert_non_null(link_read_line(l, NULL, NULL));
	link_login_over(l);
	assert_non_null(link_read_line(l, NULL, NULL));
	assert_true(link_read_exact(l, 5, NULL, NULL, NULL));
	assert_non_null(link_read_line(l, NULL, NULL));
	link_close(l);
	log_close();
	assert_true(g_file_get_contents(log, &seen, NULL, NULL));
	assert_non_null(strstr(seen, " < + [not shown]\n"));
	assert_non_null(strstr(seen, " > [not shown]\n"));
	assert_non_null(strstr(seen, " < no: [not shown] of [not shown]\\x1b[31m\n"));
	assert_non_null(strstr(seen, " < [text, 5 bytes]\n"));
	assert_non_null(strstr(seen, " < later: [not shown]\n"));
	assert_null(strstr(seen, "s3cr3t"));
	assert_null(strstr(seen, "AGFub"));
	assert_null(strstr(seen, "texts"));
	g_unlink(log);
	g_rmdir(dir);
	assert_null(fake_end(f, NULL));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_begin, place_end)
	const struct CMUnitTest tests[] = {
	    TEST(bad_certificates_are_refused_with_their_cause),
	    TEST(an_unknown_authority_is_refused),
	    TEST(an_expired_intermediate_is_refused),
	    TEST(a_second_account_never_shares_a_connection),
	    TEST(no_secret_goes_out_before_tls),
	    TEST(clear_text_off_loopback_needs_to_be_asked_for),
	    TEST(what_is_no_host_is_not_connected_to),
	    TEST(the_environment_does_not_choose_a_proxy),
	    TEST(a_conversation_has_a_deadline),
	    TEST(a_stop_ends_a_read_at_once),
	    TEST(a_poke_ends_a_wait_and_nothing_else),
	    TEST(the_kernel_looks_after_a_silent_peer),
	    TEST(after_a_change_of_the_network_silence_is_short),
	    TEST(a_change_of_the_network_ends_connecting),
	    TEST(two_full_pipes_do_not_wait_for_each_other),
	    TEST(the_log_has_lines_and_no_secrets),
	    TEST(the_transcript_has_no_secret_that_a_server_repeats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
