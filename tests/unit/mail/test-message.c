/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of a message: found, numbered, decoded, named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "cur/mail/message.h"
#include "material.h"

static struct message *open_text(const char *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	return message_new(bytes);
}

static struct message *open_corpus(const char *name)
{
	g_autofree char *path = corpus_path(name);
	struct message *m = message_open(path, NULL);
	assert_non_null(m);
	return m;
}

/* "number type/subtype; " of each part. */
static char *outline(struct message *m)
{
	GString *out = g_string_new(NULL);
	for (guint i = 0; i < message_n_parts(m); i++) {
		const struct part *p = message_part(m, i);
		g_string_append_printf(out, "%s %s/%s;", p->number, p->type, p->subtype);
	}
	return g_string_free(out, FALSE);
}

static void the_corpus_has_these_parts(void **state)
{
	static const struct {
		const char *name, *outline;
	} cases[] = {
	    {"koi8-r.eml", "1 text/plain;"},
	    {"nested-rfc822.eml",
	     " multipart/mixed;1 text/plain;2 message/rfc822;2 multipart/mixed;"
	     "2.1 text/plain;2.2 application/pdf;"},
	    {"digest.eml", " multipart/digest;1 message/rfc822;1.1 text/plain;2 message/rfc822;"
			   "2.1 text/plain;3 message/rfc822;3.1 text/plain;"},
	    {"empty.eml", "1 text/plain;"},
	    {"empty-rfc822.eml", "1 message/rfc822;1.1 text/plain;"},
	    {"no-boundary.eml", " multipart/mixed;"},
	    {"boundary-prefix.eml",
	     " multipart/mixed;1 multipart/mixed;1.1 text/plain;2 text/plain;"}, /* M14 */
	    {"unclosed-multipart.eml", " multipart/mixed;1 text/plain;2 text/plain;"},
	    {"two-encodings.eml", "1 text/plain;"}, /* M13, M14: the first field counts */
	    {"boundary-same.eml",
	     " multipart/mixed;1 multipart/mixed;1.1 text/plain;2 text/plain;"}, /* M14 */
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(message) m = open_corpus(cases[i].name);
		g_autofree char *parts = outline(m);
		assert_string_equal(parts, cases[i].outline);
	}
}

static void texts_are_decoded(void **state)
{
	static const struct {
		const char *name, *number, *text;
	} cases[] = {
	    {"koi8-r.eml", "1", "Добрый день!\n\nКак дела?\n"},
	    {"windows-1251.eml", "1", "Счёт во вложении — «срочно».\n"},
	    {"kazakh.eml", "1", "Қайырлы таң! Жиналыс ертең сағат онда.\n"},
	    {"iso-2022-jp.eml", "1", "来週の会議について。\nよろしくお願いします。\n"},
	    {"gb18030.eml", "1", "您好，附件是报告。\n"},
	    {"euc-kr.eml", "1", "회의는 내일입니다.\n"},
	    {"emoji.eml", "1", "Party 🎉 at 8? 👍🏽\n"},
	    {"crlf.eml", "1", "line one\nline two\n"},
	    {"raw-koi8.eml", "1", "привет\n"},
	    {"nested-rfc822.eml", "2.1", "inner text"},
	    {"unclosed-multipart.eml", "1", "first"},
	    {"unclosed-multipart.eml", "2", ""},
	    {"base64-damaged.eml", "1", "Helloworld!\n\f"},	     /* M10 */
	    {"qp-damaged.eml", "1", "a = b =Z =0\nsoftbreak=\nend"}, /* M11 */
	    {"utf-16-odd.eml", "1", "hi\xef\xbf\xbd\xef\xbf\xbd"},   /* M24 */
	    {"utf-7.eml", "1", "+ABsAWw-31m +ADw-b+AD4-\n"},	     /* M24 */
	    {"two-encodings.eml", "1", "abc"},			     /* M13 */
	    {"evil-charset.eml", "1", "café \xef\xbf\xbd[31m\n"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(message) m = open_corpus(cases[i].name);
		struct part *p = message_find_part(m, cases[i].number);
		assert_non_null(p);
		gsize n;
		g_autofree char *text = part_text(p, &n);
		if (strcmp(text, cases[i].text))
			print_error("%s\n", cases[i].name);
		assert_string_equal(text, cases[i].text);
		assert_int_equal(n, strlen(text));
	}
}

static void uuencoded_bodies_are_found_by_their_begin(void **state) /* M12 */
{
	static const struct {
		const char *body, *text;
	} cases[] = {
	    {"begin 644 x\n#86)C\n`\nend\nignored", "abc"},
	    {"see:\nbegin 644 x\n#86)C\n`\nend\n", "abc"},
	    {"beginning of nothing\n", "beginning of nothing\n"},
	    {"begin", "begin"},
	    {"begin 644 x", "begin 644 x"},
	    {"begin 644 x\n", ""},
	    {"", ""},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *all =
		    g_strconcat("Content-Transfer-Encoding: x-uuencode\n\n", cases[i].body, NULL);
		auto_ptr(message) m = open_text(all);
		g_autofree char *text = part_text(message_root(m), NULL);
		assert_string_equal(text, cases[i].text);
	}
}

static void a_part_knows_its_header_and_its_size(void **state)
{
	auto_ptr(message) m = open_corpus("nested-rfc822.eml");
	struct part *pdf = message_find_part(m, "2.2"), *inner = message_find_part(m, "2");
	assert_string_equal(pdf->file_name, "отчёт.pdf");
	assert_string_equal(pdf->disposition, "attachment");
	assert_true(part_is_attachment(pdf));
	assert_string_equal(headers_get(part_headers(inner->children[0]), "subject"), "inside");
	assert_int_equal(part_size(pdf), 6);
}

static void parameters_are_read_as_people_write_them(void **state)
{
	static const struct {
		const char *type, *value;
	} cases[] = {
	    {"name=a.txt", "a.txt"},
	    {"name=\"a; b.txt\"", "a; b.txt"},
	    {"NAME = My File.pdf ; x=y", "My File.pdf"},
	    {"name=\"=?utf-8?Q?=D1=8F.txt?=\"", "я.txt"},
	    {"name*=utf-8''%D1%8F.txt", "я.txt"},
	    {"name*=koi8-r'ru'%D1.txt; name=x", "я.txt"},
	    {"name*1=b; name*0=a; name*2*=%43", "abC"},
	    {"name*0*=utf-8''%D1; name*1*=%8F", "я"},
	    {"name*0=a; name*2=c", "a"}, /* a hole */
	    {"name*99999999999=x; name=y", "y"},
	    {"name*-1=x; name=y", "y"},
	    {"(com;ment) name=(x)a", "a"},
	    {"name=\"open", "open"},
	    {"name=%zz", "%zz"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text =
		    g_strdup_printf("Content-Type: text/plain; %s\n\n", cases[i].type);
		auto_ptr(message) m = open_text(text);
		g_autofree char *value = part_param(message_root(m), "name");
		assert_string_equal(value, cases[i].value);
	}
}

static void hostile_parameters_take_linear_time(void **state) /* M15, M19 */
{
	static const char *const pieces[] = {
	    ";", "(", "; x=\"", "; x=y", "; name*0=", "; charset*", "\\", "=", "; ("};
	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autofree char *rest = repeat(pieces[i], 200000);
		g_autofree char *text = g_strdup_printf("Content-Type: text/plain%s\n\n", rest);
		clock_t start = clock();
		auto_ptr(message) m = open_text(text);
		assert_quick(start);
	}
	GString *text = g_string_new("Content-Type: text/plain");
	for (int i = 0; i < 3000; i++)
		g_string_append_printf(text, "; name*%d*=%%41", i);
	clock_t start = clock();
	auto_ptr(message) m = open_text(text->str);
	assert_true(strlen(message_root(m)->file_name) >= 999);
	assert_quick(start);
	g_string_free(text, TRUE);
}

/* ---- depth --------------------------------------------------------------------- */

static char *nested_multiparts(guint depth)
{
	GString *out = g_string_new("Content-Type: multipart/mixed; boundary=b0\n\n");
	for (guint i = 0; i < depth; i++)
		g_string_append_printf(
		    out, "--b%u\nContent-Type: multipart/mixed; boundary=b%u\n\n", i, i + 1);
	g_string_append(out, "deep\n");
	return g_string_free(out, FALSE);
}

static void check_depth(const char *text)
{
	clock_t start = clock();
	auto_ptr(message) m = open_text(text);
	assert_quick(start);
	guint n = message_n_parts(m);
	assert_true(n <= PART_DEPTH_MAX);
	assert_true(message_part(m, n - 1)->depth < PART_DEPTH_MAX);
	g_autofree char *deep = part_text(message_part(m, n - 1), NULL);
	assert_non_null(strstr(deep, "deep"));
}

static void deep_nesting_is_cut_and_still_readable(void **state) /* M20 */
{
	static const guint depths[] = {99, 150, 1000, 10000, 100000};
	/* Recursion without a limit would not fit. */
	struct rlimit old, small;
	getrlimit(RLIMIT_STACK, &old);
	small = (struct rlimit){512 << 10, old.rlim_max};
	setrlimit(RLIMIT_STACK, &small);
	for (gsize i = 0; i < G_N_ELEMENTS(depths); i++) {
		g_autofree char *multiparts = nested_multiparts(depths[i]);
		check_depth(multiparts);
		g_autofree char *messages = repeat("Content-Type: message/rfc822\n\n", depths[i]);
		g_autofree char *text = g_strconcat(messages, "\ndeep\n", NULL);
		check_depth(text);
	}
	setrlimit(RLIMIT_STACK, &old);
}

static void many_parts_are_capped(void **state) /* M83 */
{
	g_autofree char *parts = repeat("--b\n\nx\n", 200000);
	g_autofree char *text =
	    g_strconcat("Content-Type: multipart/mixed; boundary=b\n\n", parts, "--b--\n", NULL);
	clock_t start = clock();
	auto_ptr(message) m = open_text(text);
	assert_quick(start);
	assert_int_equal(message_n_parts(m), PART_COUNT_MAX);
	assert_true(message_root(m)->too_deep);
}

static void what_is_not_asked_for_is_not_decoded(void **state) /* M84 */
{
	gsize n = 100 << 20;
	GString *text = g_string_sized_new(n + 1000);
	g_string_append(text,
			"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhello\n--b\n"
			"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n");
	gsize at = text->len;
	g_string_set_size(text, at + n);
	memset(text->str + at, 'A', n);
	for (gsize i = at + 76; i < at + n; i += 77)
		text->str[i] = '\n';
	g_string_append(text, "\n--b--\n");
	gsize length = text->len;
	g_autoptr(GBytes) bytes = g_bytes_new_take(g_string_free(text, FALSE), length);

	struct rusage before, after;
	getrusage(RUSAGE_SELF, &before);
	clock_t start = clock();
	auto_ptr(message) m = message_new(bytes);
	g_autofree char *hello = part_text(message_find_part(m, "1"), NULL);
	assert_quick(start);
	getrusage(RUSAGE_SELF, &after);
	assert_string_equal(hello, "hello");
	assert_int_equal(message_n_parts(m), 3);
	assert_true(after.ru_maxrss - before.ru_maxrss < 8 << 10); /* KiB */
}

/* ---- names --------------------------------------------------------------------- */

static void names_are_safe_to_save_under(void **state) /* M30 */
{
	static const struct {
		const char *name, *safe;
	} cases[] = {
	    {"report.pdf", "report.pdf"},
	    {"../../x", "x"},
	    {"/etc/passwd", "passwd"},
	    {"..", "part-1.txt"},
	    {"", "part-1.txt"},
	    {".bashrc", "bashrc"},
	    {"-rf", "rf"},
	    {"~/x", "x"},
	    {"~x", "x"},
	    {"a/b", "b"},
	    {"a\\b", "b"},
	    {"C:\\dir\\file.txt", "file.txt"},
	    {"...   ...", "part-1.txt"},
	    {"trailing. . .", "trailing"},
	    {"con", "con"},
	    {"dir/", "part-1.txt"},
	    {"=?utf-8?Q?a=0Ab=1B[31m=00c?=", "a b [31mc"},
	    {"=?utf-8?Q?gpj=E2=80=AEexe.jpg?=", "gpjexe.jpg"},
	    {"отчёт за год.pdf", "отчёт за год.pdf"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *quoted = g_strescape(cases[i].name, NULL);
		g_autofree char *text =
		    strchr(cases[i].name, '\\')
			? g_strdup_printf("Content-Type: text/plain; name=\"%s\"\n\n", quoted)
			: g_strdup_printf("Content-Type: text/plain; name=\"%s\"\n\n",
					  cases[i].name);
		auto_ptr(message) m = open_text(text);
		g_autofree char *safe = part_filename_safe(message_root(m));
		assert_string_equal(safe, cases[i].safe);
	}
}

static void a_long_name_keeps_its_extension(void **state) /* M30 */
{
	g_autofree char *base = repeat("ё", 300);
	g_autofree char *text =
	    g_strdup_printf("Content-Type: text/plain; name=\"%s.pdf\"\n\n", base);
	auto_ptr(message) m = open_text(text);
	g_autofree char *safe = part_filename_safe(message_root(m));
	assert_true(strlen(safe) <= 200);
	assert_true(g_str_has_suffix(safe, "ё.pdf"));
	assert_true(g_utf8_validate(safe, -1, NULL));
}

static void a_part_is_saved_as_it_is_decoded(void **state)
{
	static const char *const names[] = {"base64-damaged.eml", "qp-damaged.eml", "koi8-r.eml",
					    "empty.eml", "uuencode-damaged.eml"};
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		auto_ptr(message) m = open_corpus(names[i]);
		g_autofree char *path = NULL;
		int fd = g_file_open_tmp("part-XXXXXX", &path, NULL);
		assert_true(part_save_fd(message_root(m), fd, NULL));
		close(fd);
		g_autofree char *saved = NULL;
		gsize n, saved_n;
		assert_true(g_file_get_contents(path, &saved, &saved_n, NULL));
		unlink(path);
		g_autoptr(GBytes) decoded = part_decode(message_root(m));
		const char *data = g_bytes_get_data(decoded, &n);
		assert_int_equal(saved_n, n);
		if (n)
			assert_memory_equal(saved, data, n);
	}
}

static void headers_keep_the_order_and_the_rubbish(void **state) /* M03 */
{
	auto_ptr(message) m = open_corpus("garbage-lines.eml");
	struct headers *h = message_headers(m);
	static const char *const names[] = {"Subject", "", "", "Näme", "X-Space", "From"};
	assert_int_equal(headers_count(h), G_N_ELEMENTS(names));
	for (guint i = 0; i < G_N_ELEMENTS(names); i++)
		assert_string_equal(headers_name(h, i), names[i]);
	assert_string_equal(headers_raw(h, 1), "no colon here");
	assert_string_equal(headers_get(h, "x-space"), "before colon");
	assert_null(headers_get(h, "X-None"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_not_asked_for_is_not_decoded),
	    cmocka_unit_test(the_corpus_has_these_parts),
	    cmocka_unit_test(texts_are_decoded),
	    cmocka_unit_test(uuencoded_bodies_are_found_by_their_begin),
	    cmocka_unit_test(a_part_knows_its_header_and_its_size),
	    cmocka_unit_test(parameters_are_read_as_people_write_them),
	    cmocka_unit_test(hostile_parameters_take_linear_time),
	    cmocka_unit_test(deep_nesting_is_cut_and_still_readable),
	    cmocka_unit_test(many_parts_are_capped),
	    cmocka_unit_test(names_are_safe_to_save_under),
	    cmocka_unit_test(a_long_name_keeps_its_extension),
	    cmocka_unit_test(a_part_is_saved_as_it_is_decoded),
	    cmocka_unit_test(headers_keep_the_order_and_the_rubbish),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
