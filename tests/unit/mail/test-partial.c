/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of messages whose text is not here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* after the four above */
#include <cmocka.h>
#include <glib/gstdio.h>

#include "cur/mail/partial.h"
#include "cur/mail/scan.h"

static const struct partial there = {
    .size_bytes = 5000000000u,
    .uidvalidity = 7,
    .uid = 99,
    .mailbox = (char *)"imaps://me@example.org/Archiv; uid=3/Gr\xc3\xbc\xc3\x9f"
		       "e",
};

static char *write_file(const void *bytes, gsize n)
{
	char *path = NULL;
	int fd = g_file_open_tmp("partial-XXXXXX", &path, NULL);

	assert_true(fd >= 0);
	g_close(fd, NULL);
	assert_true(g_file_set_contents(path, bytes, (gssize)n, NULL));
	return path;
}

/* What partial_read says of these bytes as a file. */
static gboolean is_partial(const void *bytes, gsize n, struct partial *p)
{
	g_autofree char *path = write_file(bytes, n);
	gboolean is = partial_read(path, p);

	g_unlink(path);
	return is;
}

static char *made(const char *header)
{
	GByteArray *file = partial_make(header, strlen(header), &there);

	g_byte_array_append(file, (const guint8 *)"", 1);
	return (char *)g_byte_array_free(file, FALSE);
}

static void a_file_without_its_text_says_where_the_text_is(void **state)
{
	g_autofree char *file = made("Subject: a\nFrom: b\n\n");
	struct partial p = {0};

	assert_true(is_partial(file, strlen(file), &p));
	assert_true(p.size_bytes == there.size_bytes);
	assert_int_equal(p.uid, 99);
	assert_int_equal(p.uidvalidity, 7);
	assert_string_equal(p.mailbox, there.mailbox);
	partial_clear(&p);
}

static void its_header_is_the_servers_and_its_notice_plain_text(void **state)
{
	g_autofree char *file =
	    made("Subject: a\n folded\nContent-Type: multipart/mixed;\n"
		 " boundary=x\nContent-Transfer-Encoding: base64\nodd line\n\n");

	assert_true(g_str_has_prefix(file, "Subject: a\n folded\nX-Cur-Content-Type: "
					   "multipart/mixed;\n boundary=x\n"
					   "X-Cur-Content-Transfer-Encoding: base64\nodd line\n"
					   "Content-Disposition: attachment\n"
					   "X-Cur-Text: not here; size=5000000000; "));
	assert_non_null(strstr(file, "\n\nThe text of this message is not on this computer"));
}

static void a_line_that_was_cut_is_left_out(void **state)
{
	g_autofree char *file = made("Subject: a\nReferences: <half");

	assert_null(strstr(file, "References"));
	assert_true(is_partial(file, strlen(file), NULL));
}

static void a_message_that_came_with_our_field_speaks_not_for_us(void **state)
{
	g_autofree char *file = made("Subject: a\nX-Cur-Text: not here; size=1; uidvalidity=1; "
				     "uid=1; mailbox=imaps://eve@example.org/INBOX\n\n");
	struct partial p = {0};

	assert_true(is_partial(file, strlen(file), &p));
	assert_int_equal(p.uid, 99);
	partial_clear(&p);
}

static void what_has_any_text_of_its_own_is_whole(void **state)
{
	g_autofree char *file = made("Subject: a\n\n");
	g_autofree char *longer = g_strconcat(file, "more\n", NULL);
	g_autofree char *notice = g_strdup(strstr(file, "\n\n") + 2);
	g_autofree char *quoted = g_strconcat("Subject: a\n\n> see\n", notice, NULL);
	g_autofree char *text = g_strconcat("X-Cur-Text: x\n\n", file, NULL);

	assert_false(is_partial(longer, strlen(longer), NULL));
	assert_false(is_partial(notice, strlen(notice), NULL));
	assert_false(is_partial(quoted, strlen(quoted), NULL));
	assert_false(is_partial(text, strlen(text), NULL));
	assert_false(is_partial("", 0, NULL));
}

static void another_program_may_add_fields(void **state)
{
	g_autofree char *file = made("Subject: a\n\n");
	g_autofree char *before = g_strconcat("X-TUID: abc\n", file, NULL);
	char *body = strstr(file, "\n\n");
	g_autofree char *header = g_strndup(file, (gsize)(body + 1 - file));
	g_autofree char *behind = g_strconcat(header, "X-Label: b\n", body + 1, NULL);

	assert_true(is_partial(before, strlen(before), NULL));
	assert_true(is_partial(behind, strlen(behind), NULL));
}

static void a_row_of_it_has_the_size_and_kind_of_the_whole(void **state)
{
	g_autofree char *file = made("Subject: a\nContent-Type: multipart/mixed; boundary=x\n\n");
	g_autofree char *forged = g_strconcat(file, "more\n", NULL);
	g_autofree char *path = write_file(file, strlen(file)), *text = NULL, *other = NULL;
	g_autofree char *forged_path = write_file(forged, strlen(forged));
	struct row row;
	gsize n;

	assert_true(scan_file(path, NULL, &row, &text, &n, NULL));
	assert_int_equal(row.kind & (ROW_PARTIAL | ROW_ATTACHMENT), ROW_PARTIAL | ROW_ATTACHMENT);
	assert_true(row.size_bytes == G_MAXUINT32);
	assert_true(scan_file(forged_path, NULL, &row, &other, &n, NULL));
	assert_false(row.kind & ROW_PARTIAL);
	assert_int_equal(row.size_bytes, strlen(forged));
	g_unlink(path);
	g_unlink(forged_path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_without_its_text_says_where_the_text_is),
	    cmocka_unit_test(its_header_is_the_servers_and_its_notice_plain_text),
	    cmocka_unit_test(a_line_that_was_cut_is_left_out),
	    cmocka_unit_test(a_message_that_came_with_our_field_speaks_not_for_us),
	    cmocka_unit_test(what_has_any_text_of_its_own_is_whole),
	    cmocka_unit_test(another_program_may_add_fields),
	    cmocka_unit_test(a_row_of_it_has_the_size_and_kind_of_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
