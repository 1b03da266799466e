/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From files to rows: nothing that arrives is invisible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cur/mail/msgid.h"
#include "cur/mail/scan.h"
#include "material.h"

struct scanned {
	struct row row;
	struct envelope env;
	char *text;
};

static void scan_text(struct scanned *s, const char *message)
{
	gsize n;
	scan_header(message, strlen(message), NULL, &s->row, &s->text, &n);
	envelope_init(&s->env, s->text, n);
}

static void scan_corpus(struct scanned *s, const char *name)
{
	gsize n;
	g_autofree char *path = corpus_path(name);
	struct scan_hints hints = {.file = name, .date_received = 1000};
	g_autoptr(GError) error = NULL;
	assert_true(scan_file(path, &hints, &s->row, &s->text, &n, &error));
	envelope_init(&s->env, s->text, n);
}

static void the_corpus_is_listed(void **state)
{
	/* NULL: not looked at. */
	static const struct {
		const char *name, *from, *subject;
		guint kind;
	} cases[] = {
	    {"koi8-r.eml", "Иван Петров <ivan@example.ru>", "Привет из Москвы", 0},
	    {"windows-1251.eml", "Мария <maria@example.ru>", "Счёт за ноябрь", 0},
	    {"russian-utf-8.eml", "Ольга Смирнова <olga@example.ru>",
	     "Очень длинная тема письма, разбитая на два слова", 0},
	    {"kazakh.eml", "Айгүл Нұрланқызы <aigul@example.kz>", "Сәлеметсіз бе, құрметті әріптес",
	     0},
	    {"uzbek.eml", "Шаҳноза Ғуломова <shahnoza@example.uz>", "Oʻzbekcha va ўзбекча", 0},
	    {"arabic.eml", "محمد علي <mohammed@example.org>", "مرحبا بكم", 0},
	    {"iso-2022-jp.eml", "山田太郎 <yamada@example.jp>", "会議のお知らせ", 0},
	    {"gb18030.eml", "王小明 <wang@example.cn>", "关于项目", 0},
	    {"euc-kr.eml", "김철수 <kim@example.kr>", "안녕하세요", 0},
	    {"emoji.eml", "Zoë 🦊 <zoe@example.org>", "👩‍👩‍👧 🇰🇿 🎉", 0},
	    {"split-character.eml", "Ивано <a@example.org>", "Пр", 0},
	    {"alternative.eml", NULL, "Test", ROW_MULTIPART},
	    {"nested-rfc822.eml", NULL, "Test", ROW_MULTIPART | ROW_ATTACHMENT},
	    {"signed.eml", NULL, "Test", ROW_MULTIPART | ROW_SIGNED},
	    {"empty.eml", "", "", ROW_BROKEN},					      /* M01 */
	    {"one-newline.eml", "", "", ROW_BROKEN},				      /* M01 */
	    {"no-header.eml", "", "", ROW_BROKEN},				      /* M01 */
	    {"only-headers.eml", "a@example.org", "no body", 0},		      /* M01 */
	    {"first-line-folded.eml", "", "after it", 0},			      /* M02 */
	    {"from-line-inside.eml", "", "mbox", 0},				      /* M02 */
	    {"bom.eml", "a@example.org", NULL, 0},				      /* M02 */
	    {"nul-first.eml", "a@example.org", NULL, 0},			      /* M02 */
	    {"garbage-lines.eml", "a@example.org", "good", 0},			      /* M03 */
	    {"nothing-known.eml", "", "", 0},					      /* M04 */
	    {"raw-latin1.eml", "Jürgen Müller <j@example.de>", "grüße aus Köln", 0},  /* M08 */
	    {"raw-koi8.eml", "Иван Петров <i@example.ru>", "добрый день коллеги", 0}, /* M08 */
	    {"crlf.eml", "Anna <anna@example.org>", "Test", 0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct scanned s;
		scan_corpus(&s, cases[i].name);
		if ((s.row.kind & ~(guint)ROW_PARTS) != cases[i].kind)
			print_error("%s\n", cases[i].name);
		assert_int_equal(s.row.kind & ~(guint)ROW_PARTS, cases[i].kind);
		if (cases[i].from)
			assert_string_equal(s.env.field[ENV_FROM], cases[i].from);
		if (cases[i].subject)
			assert_string_equal(s.env.field[ENV_SUBJECT], cases[i].subject);
		assert_string_equal(s.env.field[ENV_FILE], cases[i].name);
		g_free(s.text);
	}
}

static void every_message_has_an_id_and_valid_text(void **state) /* M04, M08 */
{
	g_autoptr(GPtrArray) names = corpus_names();
	assert_true(names->len > 40);
	for (guint i = 0; i < names->len; i++) {
		struct scanned s;
		scan_corpus(&s, names->pdata[i]);
		assert_true(s.row.id_hash != 0);
		assert_true(s.row.date_sent > 0);
		for (int f = 0; f < ENV_N_FIELDS; f++) {
			assert_true(g_utf8_validate(s.env.field[f], -1, NULL));
			for (const char *p = s.env.field[f]; *p; p++)
				assert_true((guchar)*p >= ' ');
		}
		g_free(s.text);
	}
}

static void a_usual_header_fills_the_row(void **state)
{
	struct scanned s;
	scan_text(&s, "Message-ID: <m@x>\nReferences: <a@x>\n <b@x>\nIn-Reply-To: <c@x>\n"
		      "Date: Sat, 21 Nov 2026 10:11:12 +0100\nList-Id: L <l.x>\nX-Label: a\n"
		      "Keywords: b\nTo: A <a@x>\nTo: b@x\nContent-Type: TEXT/plain\n\nbody");
	assert_true(s.row.id_hash == msgid_hash("<m@x>"));
	assert_true(s.row.parent_hash == msgid_hash("<b@x>"));
	assert_true(s.row.date_sent == 1795252272);
	assert_int_equal(s.row.zone_minutes, 60);
	assert_int_equal(s.row.kind, ROW_LIST);
	assert_false(s.row.kind & ROW_PARTS);
	assert_string_equal(s.env.field[ENV_REFERENCES], "<a@x> <b@x>");
	assert_string_equal(s.env.field[ENV_LABEL], "a b");
	assert_string_equal(s.env.field[ENV_TO], "A <a@x>, b@x");
	g_free(s.text);
}

static void the_fast_path_writes_what_the_parser_would(void **state)
{
	static const struct {
		const char *to, *expected;
	} cases[] = {
	    {"a@b.org", "a@b.org"},
	    {"\"John Smith\" <a@b.org> , c@d", "John Smith <a@b.org>, c@d"},
	    {"<a@b>,<c@d>", "a@b, c@d"},
	    {"A  B <a@b>", "A B <a@b>"},
	    {"a..b@c", "\"a..b\"@c"},
	    {"A <a@b>, \"X, Y\" <x@y>, c@d", "A <a@b>, \"X, Y\" <x@y>, c@d"},
	    {"A <a@b> (x), c@d", "A <a@b>, c@d"},
	    {"a@b\n c@d", "\"a@b\" <c@d>"},
	    {"root", "root"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct scanned s;
		g_autofree char *message = g_strdup_printf("To: %s\n\n", cases[i].to);
		scan_text(&s, message);
		assert_string_equal(s.env.field[ENV_TO], cases[i].expected);
		g_free(s.text);
	}
}

static void odd_message_ids_give_different_rows(void **state) /* M05 */
{
	struct scanned s, a, b;
	scan_corpus(&s, "odd-message-id.eml");
	assert_string_equal(s.env.field[ENV_MESSAGE_ID], "<second@example.org>");
	g_free(s.text);

	g_autofree char *long_id = repeat("x", 70000);
	g_autofree char *one = g_strdup_printf("Message-ID: <%s>\nSubject: 1\n\n", long_id);
	g_autofree char *two = g_strdup_printf("Message-ID: <%s>\nSubject: 2\n\n", long_id);
	scan_text(&a, one);
	scan_text(&b, two);
	assert_string_equal(a.env.field[ENV_MESSAGE_ID], "");
	assert_true(a.row.id_hash != b.row.id_hash);
	g_free(a.text);
	g_free(b.text);
}

static void an_id_without_brackets_is_taken(void **state)
{
	struct scanned s;
	scan_text(&s, "Message-ID: abc@x \n\n");
	assert_string_equal(s.env.field[ENV_MESSAGE_ID], "<abc@x>");
	assert_true(s.row.id_hash == msgid_hash("<abc@x>"));
	g_free(s.text);
}

static void words_in_ids_are_not_decoded(void **state) /* M18 */
{
	struct scanned s;
	scan_text(&s, "Message-ID: <=?utf-8?Q?a=20b?=@x>\nReferences: <=?utf-8?Q?c?=@x>\n\n");
	assert_string_equal(s.env.field[ENV_MESSAGE_ID], "<=?utf-8?Q?a=20b?=@x>");
	assert_true(s.row.parent_hash == msgid_hash("<=?utf-8?Q?c?=@x>"));
	g_free(s.text);
}

static void references_are_capped_at_the_near_end(void **state) /* M06 */
{
	GString *message = g_string_new("Message-ID: <me@x>\nReferences:");
	for (int i = 0; i < 30000; i++)
		g_string_append_printf(message, " <%d@x>", i);
	g_string_append(message, " <last@x> <me@x>\n\n");
	struct scanned s;
	clock_t start = clock();
	scan_text(&s, message->str);
	assert_quick(start);
	guint n = 0;
	gsize id_n;
	for (const char *p = s.env.field[ENV_REFERENCES]; msgid_next(&p, &id_n);)
		n++;
	assert_int_equal(n, REFERENCES_MAX);
	/* A reference to itself is no parent. */
	assert_true(s.row.parent_hash == msgid_hash("<last@x>"));
	g_string_free(message, TRUE);
	g_free(s.text);
}

static void an_absurd_date_sorts_by_the_time_received(void **state) /* M07 */
{
	struct scanned s;
	gsize n;
	const char *message =
	    "Date: Mon, 99 Foo 9999 99:99\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\n";
	struct scan_hints hints = {.date_received = 1234567};
	scan_header(message, strlen(message), &hints, &s.row, &s.text, &n);
	assert_true(s.row.date_sent == 1234567);
	g_free(s.text);
}

static void hostile_headers_take_linear_time(void **state) /* M15, M16, M82 */
{
	static const struct {
		const char *begin, *piece;
		gsize times;
	} hostile[] = {
	    {"Cc: ", "Name <a@b>, ", 80000},
	    {"Cc: ", "\"", 900000},
	    {"Cc: ", "(", 900000},
	    {"Subject: ", "=?a?q?", 150000},
	    {"", "X: y\n", 200000},
	    {"", "\n ", 400000},
	    {"References: ", "<", 900000},
	    {"References: ", "<a", 400000},
	    {"Subject: x\n", "no colon\n", 100000},
	    {"From: ", "a@b\n ", 150000},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *rest = repeat(hostile[i].piece, hostile[i].times);
		g_autofree char *message = g_strconcat(hostile[i].begin, rest, NULL);
		struct scanned s;
		clock_t start = clock();
		scan_text(&s, message);
		assert_quick(start);
		for (int f = 0; f < ENV_N_FIELDS; f++)
			assert_true(strlen(s.env.field[f]) <= 3 * SCAN_FIELD_MAX);
		g_free(s.text);
	}
}

static void a_long_header_is_read_in_chunks(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("scan-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "m", NULL);
	g_autofree char *filler =
	    repeat("X-Filler: 0123456789012345678901234567890123456789\n", 3000);
	g_autofree char *message = g_strconcat(filler, "Subject: behind\n\nSubject: body\n", NULL);
	assert_true(g_file_set_contents(path, message, -1, NULL));
	struct row row;
	char *text;
	gsize n;
	struct envelope env;
	assert_true(scan_file(path, NULL, &row, &text, &n, NULL));
	envelope_init(&env, text, n);
	assert_string_equal(env.field[ENV_SUBJECT], "behind");
	assert_int_equal(row.size_bytes, strlen(message));
	g_free(text);
	unlink(path);
	rmdir(dir);
}

static void what_is_no_file_is_refused(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("scan-XXXXXX", NULL);
	g_autofree char *fifo = g_build_filename(dir, "fifo", NULL);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	struct row row;
	char *text;
	gsize n;
	const char *paths[] = {dir, fifo, "/nonexistent"};
	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(GError) error = NULL;
		assert_false(scan_file(paths[i], NULL, &row, &text, &n, &error));
		assert_non_null(error);
	}
	unlink(fifo);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_corpus_is_listed),
	    cmocka_unit_test(every_message_has_an_id_and_valid_text),
	    cmocka_unit_test(a_usual_header_fills_the_row),
	    cmocka_unit_test(the_fast_path_writes_what_the_parser_would),
	    cmocka_unit_test(odd_message_ids_give_different_rows),
	    cmocka_unit_test(an_id_without_brackets_is_taken),
	    cmocka_unit_test(words_in_ids_are_not_decoded),
	    cmocka_unit_test(references_are_capped_at_the_near_end),
	    cmocka_unit_test(an_absurd_date_sorts_by_the_time_received),
	    cmocka_unit_test(hostile_headers_take_linear_time),
	    cmocka_unit_test(a_long_header_is_read_in_chunks),
	    cmocka_unit_test(what_is_no_file_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
