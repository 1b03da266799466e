/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames, bodies and sockets: what is well-formed comes through, what is hostile ends the line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/wire/frame.h"
#include "cur/wire/socket.h"

/* ---- bodies ---- */

static void every_row_of_the_table_has_a_valid_type(void **state)
{
	for (guint id = 0; id < WIRE_N_IDS; id++) {
		assert_true(g_variant_type_string_is_valid(wire_signature(id)));
		assert_non_null(wire_name(id));
	}
	assert_null(wire_name(WIRE_N_IDS));
}

static GVariant *a_mark(void)
{
	guint32 lids[] = {4, 5};

	return g_variant_new("(u@auuu)", 7,
			     g_variant_new_fixed_array(G_VARIANT_TYPE_UINT32, lids, 2, 4), 1, 2);
}

static void a_message_survives_its_frame(void **state)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct frame frame;

	frame_append(bytes, WIRE_MARK, 17, a_mark());
	for (guint n = 0; n < bytes->len; n++)
		assert_int_equal(frame_find(bytes->data, n, &frame, NULL), 0);
	assert_int_equal(frame_find(bytes->data, bytes->len, &frame, NULL), bytes->len);
	assert_int_equal(frame.id, WIRE_MARK);
	assert_int_equal(frame.serial, 17);
	g_autoptr(GVariant) body = wire_decode(frame.id, frame.body, frame.n, NULL);
	g_autoptr(GVariant) expected = g_variant_ref_sink(a_mark());
	assert_true(g_variant_equal(body, expected));
}

static void a_frame_that_is_too_long_is_refused_from_its_header(void **state)
{
	const guint8 header[FRAME_HEADER] = {0, 0, 0, 0x80};
	g_autoptr(GError) error = NULL;
	struct frame frame;

	assert_int_equal(frame_find(header, sizeof header, &frame, &error), -1);
	assert_true(error_is(error, CUR_ERROR_PROTOCOL));
}

static void hostile_bodies_are_refused_or_normal(void **state)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(1);
	guint8 bytes[64];
	guint refused = 0;

	for (int i = 0; i < 20000; i++) {
		gsize n = g_rand_int_range(rand, 0, sizeof bytes + 1);
		guint id = g_rand_int_range(rand, 0, WIRE_N_IDS + 2);
		g_autoptr(GError) error = NULL;
		g_autoptr(GVariant) body = NULL;

		for (gsize k = 0; k < n; k++)
			bytes[k] = g_rand_int_range(rand, 0, 256) & (i % 2 ? 0xff : 0x0f);
		body = wire_decode(id, bytes, n, &error);
		if (body)
			assert_true(g_variant_is_normal_form(body));
		else
			assert_true(error_is(error, CUR_ERROR_PROTOCOL));
		refused += body == NULL;
	}
	assert_true(refused > 1000);
}

/* ---- connections ---- */

struct end {
	GMainContext *context;
	struct wire *wire;
	guint n_messages, n_closed;
	guint32 last_serial;
	char *why;
	gboolean free_in_handler;
};

static void on_message(struct wire *w, enum wire_id id, guint32 serial, GVariant *body, void *data)
{
	struct end *end = data;

	end->n_messages++;
	end->last_serial = serial;
	if (end->free_in_handler) {
		wire_free(w);
		end->wire = NULL;
	}
}

static void on_closed(struct wire *w, const GError *why, void *data)
{
	struct end *end = data;

	end->n_closed++;
	end->why = why ? g_strdup(why->message) : NULL;
	wire_free(w);
	end->wire = NULL;
}

static void end_init(struct end *end, int fd)
{
	*end = (struct end){.context = g_main_context_new()};
	end->wire = wire_new(fd, WIRE_ASK, end->context, on_message, on_closed, end);
}

static void end_clear(struct end *end)
{
	if (end->wire)
		wire_free(end->wire);
	g_main_context_unref(end->context);
	g_free(end->why);
}

static void run(struct end *end)
{
	for (int i = 0; i < 200; i++)
		g_main_context_iteration(end->context, FALSE);
}

static void make_pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

static void messages_come_through_in_any_pieces(void **state)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct end end;
	int fds[2];

	make_pair(fds);
	end_init(&end, fds[0]);
	for (guint32 serial = 1; serial <= 20; serial++)
		frame_append(bytes, WIRE_MARK, serial, a_mark());
	for (guint i = 0; i < bytes->len; i += 7) {
		gsize n = MIN(7, bytes->len - i);

		assert_int_equal(write(fds[1], bytes->data + i, n), n);
		g_main_context_iteration(end.context, FALSE);
	}
	run(&end);
	assert_int_equal(end.n_messages, 20);
	assert_int_equal(end.last_serial, 20);
	close(fds[1]);
	run(&end);
	assert_int_equal(end.n_closed, 1);
	assert_null(end.why);
	end_clear(&end);
}

static void a_hostile_peer_is_cut_off_once_and_told_why(void **state)
{
	static const struct {
		const char *bytes;
		gsize n;
		const char *why;
	} cases[] = {
	    {"\xff\xff\xff\xff\0\0\0\0\0\0", 10, "a message of 4294967295 bytes is too long"},
	    {"\0\0\0\0\xff\xff\0\0\0\0", 10, "message 65535 is unknown"},
	    {"\3\0\0\0\0\0\1\0\0\0abc", 13, "HELLO is malformed"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct end end;
		int fds[2];

		make_pair(fds);
		end_init(&end, fds[0]);
		assert_int_equal(write(fds[1], cases[i].bytes, cases[i].n), cases[i].n);
		run(&end);
		assert_int_equal(end.n_messages, 0);
		assert_int_equal(end.n_closed, 1);
		assert_string_equal(end.why, cases[i].why);
		close(fds[1]);
		end_clear(&end);
	}
}

static void a_message_from_the_wrong_side_breaks_the_line(void **state)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct end end;
	int fds[2];

	make_pair(fds);
	end_init(&end, fds[0]);
	frame_append(bytes, WIRE_DIRECTORY, 0, g_variant_new("()"));
	assert_int_equal(write(fds[1], bytes->data, bytes->len), bytes->len);
	run(&end);
	assert_string_equal(end.why, "DIRECTORY comes from the wrong side");
	close(fds[1]);
	end_clear(&end);
}

static void a_handler_may_free_its_connection(void **state)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	struct end end;
	int fds[2];

	make_pair(fds);
	end_init(&end, fds[0]);
	end.free_in_handler = TRUE;
	frame_append(bytes, WIRE_STATUS, 1, g_variant_new("()"));
	frame_append(bytes, WIRE_STATUS, 2, g_variant_new("()"));
	assert_int_equal(write(fds[1], bytes->data, bytes->len), bytes->len);
	run(&end);
	assert_int_equal(end.n_messages, 1);
	assert_int_equal(end.n_closed, 0);
	close(fds[1]);
	end_clear(&end);
}

static void a_peer_that_does_not_read_is_cut_off(void **state)
{
	g_autofree char *text = g_strnfill(1 << 20, 'x');
	struct end end;
	int fds[2];

	make_pair(fds);
	end_init(&end, fds[0]);
	for (int i = 0; i < 80; i++)
		wire_send(end.wire, WIRE_NOTE, 0, g_variant_new("(uss)", 0, "", text));
	run(&end);
	assert_int_equal(end.n_closed, 1);
	assert_string_equal(end.why, "the other side does not read");
	close(fds[1]);
	end_clear(&end);
}

static void what_is_queued_arrives_whole(void **state)
{
	enum { N = 40 };
	g_autofree char *text = g_strnfill(100000, 'x');
	g_autoptr(GByteArray) got = g_byte_array_new();
	g_autofree char *chunk = g_malloc(65536);
	struct frame frame;
	struct end end;
	guint found = 0;
	int fds[2];

	make_pair(fds);
	end_init(&end, fds[0]);
	for (int i = 0; i < N; i++)
		wire_send(end.wire, WIRE_NOTE, 0, g_variant_new("(uss)", i, "", text));
	assert_true(wire_queued(end.wire) > 0);
	fcntl(fds[1], F_SETFL, O_NONBLOCK);
	for (int i = 0; i < 1000 && found < N; i++) {
		gssize n = read(fds[1], chunk, 65536);

		if (n > 0)
			g_byte_array_append(got, (guint8 *)chunk, n);
		n = frame_find(got->data, got->len, &frame, NULL);
		if (n > 0) {
			assert_int_equal(frame.id, WIRE_NOTE);
			g_byte_array_remove_range(got, 0, n);
			found++;
		}
		g_main_context_iteration(end.context, FALSE);
	}
	assert_int_equal(found, N);
	assert_int_equal(wire_queued(end.wire), 0);
	close(fds[1]);
	end_clear(&end);
}

/* ---- listening ---- */

static void on_accept(int fd, void *data)
{
	*(int *)data = fd;
}

static void a_socket_below_a_long_path_is_reached(void **state)
{
	g_autofree char *root = g_dir_make_tmp("cur-wire-XXXXXX", NULL);
	g_autofree char *name = g_strnfill(200, 'd');
	g_autofree char *dir = g_build_filename(root, name, NULL);
	g_autofree char *path = g_build_filename(dir, "socket", NULL);
	g_autoptr(GMainContext) context = g_main_context_new();
	g_autoptr(GError) error = NULL;
	struct wire_listener *l;
	int accepted = -1, fd;
	struct stat st;

	assert_int_equal(g_mkdir(dir, 0700), 0);
	assert_int_equal(wire_connect(dir, &error), -1);
	assert_true(error_is(error, CUR_ERROR_GONE));
	/* A file of a dead engine is in the way. */
	assert_true(g_file_set_contents(path, "", 0, NULL));
	l = wire_listen(dir, context, on_accept, &accepted, NULL);
	assert_non_null(l);
	assert_int_equal(g_stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	fd = wire_connect(dir, NULL);
	assert_true(fd >= 0);
	for (int i = 0; i < 10; i++)
		g_main_context_iteration(context, FALSE);
	assert_true(accepted >= 0);
	close(fd);
	close(accepted);
	wire_listener_free(l);
	assert_int_equal(g_access(path, F_OK), -1);
	g_rmdir(dir);
	g_rmdir(root);
}

static void a_body_of_no_bytes_goes_and_comes(void **state)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	g_autoptr(GVariant) body = NULL;
	struct frame frame;

	frame_append(bytes, WIRE_FLUSH, 3, g_variant_new("(as)", NULL));
	assert_int_equal(frame_find(bytes->data, bytes->len, &frame, NULL), FRAME_HEADER);
	body = wire_decode(frame.id, frame.body, frame.n, NULL);
	assert_non_null(body);
	assert_string_equal(g_variant_get_type_string(body), "(as)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_body_of_no_bytes_goes_and_comes),
	    cmocka_unit_test(every_row_of_the_table_has_a_valid_type),
	    cmocka_unit_test(a_message_survives_its_frame),
	    cmocka_unit_test(a_frame_that_is_too_long_is_refused_from_its_header),
	    cmocka_unit_test(hostile_bodies_are_refused_or_normal),
	    cmocka_unit_test(messages_come_through_in_any_pieces),
	    cmocka_unit_test(a_hostile_peer_is_cut_off_once_and_told_why),
	    cmocka_unit_test(a_message_from_the_wrong_side_breaks_the_line),
	    cmocka_unit_test(a_handler_may_free_its_connection),
	    cmocka_unit_test(a_peer_that_does_not_read_is_cut_off),
	    cmocka_unit_test(what_is_queued_arrives_whole),
	    cmocka_unit_test(a_socket_below_a_long_path_is_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
