/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pager gets to show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cur/base/regex.h"
#include "cur/mail/display.h"
#include "material.h"

static const char *const ignore[] = {"*", NULL};
static const char *const unignore[] = {"from", "subject", NULL};
static const char *const order[] = {"subject", "from", NULL};

static struct regex *quotes;

static struct display_options usual_options(void)
{
	return (struct display_options){
	    .weed = TRUE,
	    .ignore = ignore,
	    .unignore = unignore,
	    .hdr_order = order,
	    .quote_regexp = quotes,
	    .reflow_text = TRUE,
	    .space_quotes = TRUE,
	};
}

static struct message *open_corpus(const char *name)
{
	g_autofree char *path = corpus_path(name);
	return message_open(path, NULL);
}

/* Each line after a letter for its kind: H blank M E V B Q1 S. */
static char *shown(const char *name, const struct display_options *options)
{
	static const char letters[] = "H MEV"
				      "BQS";
	auto_ptr(message) m = open_corpus(name);
	auto_ptr(display) d = display_new(m, options);
	GString *out = g_string_new(NULL);
	struct display_line line;
	for (guint i = 0; display_line(d, i, &line); i++) {
		g_string_append_c(out, letters[line.kind]);
		if (line.kind == DISPLAY_QUOTED)
			g_string_append_printf(out, "%u", line.quote_level);
		g_string_append_printf(out, "|%s\n", line.text);
	}
	return g_string_free(out, FALSE);
}

#define HEAD "H|Subject: Test\nH|From: Anna <anna@example.org>\n |\n"

static void the_corpus_is_shown(void **state)
{
	static const struct {
		const char *name, *lines;
	} cases[] = {
	    {"russian-utf-8.eml",
	     "H|Subject: Очень длинная тема письма, разбитая на два слова\n"
	     "H|From: Ольга Смирнова <olga@example.ru>\n |\nB|Текст письма.\nB|\nQ1|> цитата\n"
	     "Q2|>> глубже\nB|\nS|-- \nS|Ольга\n"},
	    {"flowed.eml", HEAD "B|This paragraph goes on in the next line and ends here.\n"
				"Q1|> quoted text that goes on\nQ2|> > deeper\n"
				"B|From the stuffed line\nB|\nS|-- \nS|Anna\n"},
	    {"flowed-delsp.eml", HEAD "B|自然に続く文です。\n"},
	    {"alternative.eml", HEAD "B|plain words\n"},
	    {"alternative-empty-plain.eml", HEAD "B|html words\n"},
	    {"enriched.eml", HEAD "B|Now is the time\nB|for all <good> men\n"},
	    {"related.eml",
	     HEAD "B|Picture: [image: cat]\n |\nM|[-- Attachment #2 --]\n"
		  "M|[-- Type: image/png, Encoding: base64, Size: 0.1K --]\n |\n"
		  "M|[-- image/png is unsupported (use 'v' to view this part) --]\n |\n"},
	    {"no-boundary.eml",
	     HEAD "E|[-- Error: multipart without parts --]\nB|--x\nB|\nB|text\n"},
	    {"base64-damaged.eml", /* M10 */
	     "H|Subject: Привет\nH|From: Anna <anna@example.org>\n |\n"
	     "E|[-- Error: the encoding of this part is damaged --]\nB|Helloworld!\nB|\f\n"},
	    {"empty.eml", " |\n"},
	    {"no-header.eml", " |\nB|only a body\n"},
	    {"garbage-lines.eml", "H|Subject: good\nH|From: a@example.org\nH|no colon here\n"
				  "H|: no name\n |\nB|x\n"},
	};
	struct display_options options = usual_options();
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *lines = shown(cases[i].name, &options);
		assert_string_equal(lines, cases[i].lines);
	}
}

static void an_invitation_is_shown_beside_its_text(void **state)
{
	struct display_options options = usual_options();
	g_autofree char *lines = shown("calendar.eml", &options);
	assert_non_null(strstr(lines, "B|You are invited.\n"));
	assert_non_null(strstr(lines, "B|Start:      Sat, 2026-11-21 10:00 (Asia/Almaty)\n"));
	assert_null(strstr(lines, "VCALENDAR"));
}

static void a_message_inside_shows_its_header(void **state)
{
	struct display_options options = usual_options();
	g_autofree char *lines = shown("nested-rfc822.eml", &options);
	assert_non_null(strstr(lines, "H|Subject: inside\nH|From: Inner <inner@example.org>\n"));
	assert_non_null(strstr(lines, "M|[-- Attachment #2: отчёт.pdf --]\n"));
	assert_non_null(strstr(lines, "B|inner text\n"));
	assert_null(strstr(lines, "preamble"));
}

static void options_choose_what_is_shown(void **state)
{
	static const char *const html_first[] = {"text/html", NULL};
	struct display_options options = usual_options();
	options.alternative_order = html_first;
	options.no_headers = TRUE;
	g_autofree char *html = shown("alternative.eml", &options);
	assert_string_equal(html, "B|html words\n");

	options = usual_options();
	options.no_headers = options.no_markers = options.first_part_only = TRUE;
	g_autofree char *first = shown("nested-rfc822.eml", &options);
	assert_string_equal(first, "B|see below\n");

	options = usual_options();
	options.weed = FALSE;
	options.raw_headers = TRUE;
	g_autofree char *raw = shown("russian-utf-8.eml", &options);
	assert_non_null(strstr(raw, "H|MIME-Version: 1.0\n"));
	assert_non_null(strstr(raw, "H|Subject: =?utf-8?B?"));
	assert_non_null(strstr(raw, "\nH| =?utf-8?B?"));
}

static gboolean wants_pdf(struct part *p, void *data)
{
	return part_is(p, "application", "pdf");
}

static char *view_pdf(struct part *p, gboolean *wrapped, void *data)
{
	gboolean *fails = data;
	return *fails ? NULL : g_strdup("page one\n");
}

static void a_viewer_of_the_caller_is_asked(void **state)
{
	gboolean fails = FALSE;
	struct display_options options = usual_options();
	options.wants_autoview = wants_pdf;
	options.autoview = view_pdf;
	options.data = &fails;
	g_autofree char *viewed = shown("nested-rfc822.eml", &options);
	assert_non_null(strstr(viewed, "B|page one\n"));
	fails = TRUE;
	g_autofree char *failed = shown("nested-rfc822.eml", &options);
	assert_non_null(strstr(failed, "E|[-- application/pdf could not be viewed"));
}

static void a_line_has_the_spans_of_its_own(void **state)
{
	const char *text = "Content-Type: text/html\n\n<p>a<p>b <b>bold</b> c<pre>x\ny</pre>";
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	auto_ptr(message) m = message_new(bytes);
	struct display_options options = {.no_headers = TRUE};
	auto_ptr(display) d = display_new(m, &options);
	struct display_line line;
	assert_true(display_line(d, 2, &line));
	assert_string_equal(line.text, "b bold c");
	assert_int_equal(line.n_spans, 1);
	assert_int_equal(line.spans[0].start, 2);
	assert_int_equal(line.spans[0].n, 4);
	assert_int_equal(line.spans[0].style, RICH_BOLD);
	assert_true(display_line(d, 5, &line));
	assert_string_equal(line.text, "y");
	assert_int_equal(line.spans[0].start, 0);
	assert_false(display_line(d, 6, &line));
}

static void parts_are_made_when_they_are_asked_for(void **state) /* M84 */
{
	auto_ptr(message) m = open_corpus("nested-rfc822.eml");
	struct display_options options = usual_options();
	auto_ptr(display) d = display_new(m, &options);
	struct display_line line;
	gboolean complete;
	assert_int_equal(display_known(d, &complete), 0);
	assert_true(display_line(d, 0, &line));
	assert_int_equal(display_known(d, &complete), 2);
	assert_false(complete);
	guint n = display_n_lines(d);
	assert_int_equal(display_known(d, &complete), n);
	assert_true(complete);
	assert_string_equal(line.text, "Subject: Test"); /* still there */
}

static void huge_lines_and_headers_are_shown_in_time(void **state) /* M80, M81, M82 */
{
	g_autofree char *line = repeat("0123456789", 1000000);
	g_autofree char *fields = repeat("X-Y: z\n", 200000);
	g_autofree char *text = g_strconcat(fields, "Subject: ", line, "\n\n", line, NULL);
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	struct display_options options = usual_options();
	clock_t start = clock();
	auto_ptr(message) m = message_new(bytes);
	auto_ptr(display) d = display_new(m, &options);
	assert_int_equal(display_n_lines(d), 3);
	assert_quick(start);
}

static void empty_lines_without_end_are_cut(void **state) /* M80 */
{
	gsize n = 12000000;
	char *text = g_malloc(n);
	memset(text, '\n', n);
	g_autoptr(GBytes) bytes = g_bytes_new_take(text, n);
	struct display_options options = {.no_headers = TRUE};
	auto_ptr(message) m = message_new(bytes);
	auto_ptr(display) d = display_new(m, &options);
	struct display_line line;
	guint lines = display_n_lines(d);
	assert_true(lines < n - 1);
	assert_true(display_line(d, lines - 1, &line));
	assert_int_equal(line.kind, DISPLAY_ERROR);
}

static int make_quotes(void **state)
{
	quotes = regex_new("^([ \t]*[|>:}#])+", REGEX_SMART_CASE, NULL);
	return quotes == NULL;
}

static int free_quotes(void **state)
{
	regex_free(quotes);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_corpus_is_shown),
	    cmocka_unit_test(an_invitation_is_shown_beside_its_text),
	    cmocka_unit_test(a_message_inside_shows_its_header),
	    cmocka_unit_test(options_choose_what_is_shown),
	    cmocka_unit_test(a_viewer_of_the_caller_is_asked),
	    cmocka_unit_test(a_line_has_the_spans_of_its_own),
	    cmocka_unit_test(parts_are_made_when_they_are_asked_for),
	    cmocka_unit_test(empty_lines_without_end_are_cut),
	    cmocka_unit_test(huge_lines_and_headers_are_shown_in_time),
	};
	return cmocka_run_group_tests(tests, make_quotes, free_quotes);
}
