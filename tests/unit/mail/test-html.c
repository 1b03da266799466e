/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML that can be read, and HTML that wants to do harm. Rich text and calendars are beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cur/mail/calendar.h"
#include "cur/mail/flowed.h"
#include "cur/mail/html.h"
#include "material.h"

static void html_becomes_text(void **state)
{
	static const struct {
		const char *html, *text;
	} cases[] = {
	    {"", ""},
	    {"plain  \n words", "plain words\n"},
	    {"<p>one<p>two", "one\n\ntwo\n"},
	    {"a<br>b<br><br>c", "a\nb\n\nc\n"},
	    {"<div><div>a</div></div><div>b</div>", "a\nb\n"},
	    {"<b>bold</b>ly <i>go</i>", "boldly go\n"},
	    {"a&nbsp;b &amp;&lt;&eacute;&#8364;&#x20ac;&#128;&bogus;&", "a b &<é€€€&bogus;&\n"},
	    {"<ul><li>one<li>two</ul>x", "  * one\n  * two\n\nx\n"},
	    {"<ol start=9><li>a<li>b<ul><li>c</ul></ol>", " 9. a\n10. b\n      * c\n"},
	    {"<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n> \n> > b\n\nc\n"},
	    {"<pre>a\n  b\tc</pre>d", "a\n  b c\n\nd\n"},
	    {"x<hr>y", "x\n----------------------------------------\ny\n"},
	    {"<table><tr><td>a<td>long cell<tr><td>word<td>b</table>",
	     "a     long cell\nword  b\n"},
	    {"<table><tr><td><p>a<p>b<td>c</table>", "a\n\nb\n\nc\n"},
	    {"<table><tr><td><table><tr><td>x<td>y</table></table>z", "x  y\nz\n"},
	    {"<a href='http://x/'>http://x</a>", "http://x\n"},
	    {"<a href=\"http://evil/\">http://bank/</a>", "http://bank/[1]\n\n[1] http://evil/\n"},
	    {"<a href=u:1>a</a> <a href=u:2>b</a> <a href=u:1>c</a>",
	     "a[1] b[2] c[1]\n\n[1] u:1\n[2] u:2\n"},
	    {"<a href='mailto:a@b'>a@b</a><a href='#top'>top</a><a href='javascript:x()'>js</a>",
	     "a@btopjs\n"},
	    {"<a href=http://x><img src=y></a>", "[image][1]\n\n[1] http://x\n"},
	    {"<img alt=cat><img alt=''><img>", "[image: cat]\n"},
	    {"a<script>if (a<b) \"</p>\"</script><style>p{}</style>b<title>t</title>", "ab\n"},
	    {"a<!-- <b> -->b<!doctype x><![if !mso]>c<?xml?>", "abc\n"},
	    {"<div style='DISPLAY : none'>x<div>y</div></div>z<p hidden>h<p>k", "z\n\nk\n"},
	    {"3 < 4 <5 </ x", "3 < 4 <5 </ x\n"},
	    {"tail <a href=", "tail <a href=\n"},
	    {"<p title=\">\">quoted</p>", "quoted\n"},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(rich) r = html_render(cases[i].html, strlen(cases[i].html), NULL);
		assert_string_equal(r->text->str, cases[i].text);
	}
}

static void styles_become_spans(void **state)
{
	const char *html = "a <b>b <u>c</u></b> <a href=u:x>d</a>";
	auto_ptr(rich) r = html_render(html, strlen(html), NULL);
	assert_true(g_str_has_prefix(r->text->str, "a b c d[1]\n"));
	static const struct rich_span expected[] = {
	    {2, 1, RICH_BOLD}, {4, 1, RICH_BOLD | RICH_UNDERLINE}, {6, 1, RICH_LINK}};
	guint found = 0;
	for (guint i = 0; i < r->spans->len; i++) {
		const struct rich_span *s = &g_array_index(r->spans, struct rich_span, i);
		for (gsize k = 0; k < G_N_ELEMENTS(expected); k++)
			found += s->start <= expected[k].start &&
				 s->start + s->n > expected[k].start &&
				 s->style == expected[k].style;
	}
	assert_int_equal(found, G_N_ELEMENTS(expected));
}

static void hostile_html_takes_linear_time_and_has_no_control_characters(void **state) /* M36 */
{
	static const struct {
		const char *begin, *piece;
		gsize times;
	} hostile[] = {
	    {"", "<div>", 100000},
	    {"", "<blockquote>x", 50000},
	    {"", "<ul><li>x", 50000},
	    {"", "<table><tr><td>x", 50000},
	    {"<a ", "x=y ", 250000},
	    {"<a ", "x=\"y", 200000},
	    {"", "<a href=\"", 100000},
	    {"", "<", 1000000},
	    {"", "<!--", 250000},
	    {"", "<script>", 125000},
	    {"", "&#27;&#x9b;&#0;&#xd800;&#99999999999;", 25000},
	    {"", "\x1b[31m\xc2\x9b", 100000},
	    {"", "<b><i><u>", 100000},
	    {"", "<a href=u:1>x", 70000},
	    {"<pre>", "\n\t", 500000},
	    {"", "<td>x", 200000},
	    {"", "</table></td></ul></blockquote>", 40000},
	    {"<p hidden>", "<p hidden>", 100000},
	    {"", "&nbsp;\xe2\x80\x8c", 100000},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *rest = repeat(hostile[i].piece, hostile[i].times);
		g_autofree char *html = g_strconcat(hostile[i].begin, rest, NULL);
		clock_t start = clock();
		auto_ptr(rich) r = html_render(html, strlen(html), NULL);
		const char *text = r->text->str;
		if (clock() - start > CLOCKS_PER_SEC / 2)
			print_error("%s takes %ld ms\n", hostile[i].piece,
				    (clock() - start) / 1000);
		assert_quick(start);
		assert_true(g_utf8_validate(text, -1, NULL));
		for (const char *p = text; *p; p = g_utf8_next_char(p)) {
			gunichar c = g_utf8_get_char(p);
			assert_true(c == '\n' || !g_unichar_iscntrl(c));
		}
	}
}

static void the_charset_of_a_page_is_found(void **state)
{
	static const struct {
		const char *html, *charset;
	} cases[] = {
	    {"<html><META charset=\"KOI8-R\">", "koi8-r"},
	    {"<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>",
	     "windows-1251"},
	    {"<p>charset=x", NULL},
	    {"<meta charset=", NULL},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *charset = html_charset(cases[i].html, strlen(cases[i].html));
		if (cases[i].charset)
			assert_string_equal(charset, cases[i].charset);
		else
			assert_null(charset);
	}
}

static void append_line(const char *text, gsize n, guint level, void *data)
{
	for (guint i = 0; i < level; i++)
		g_string_append(data, "> ");
	g_string_append_len(data, text, (gssize)n);
	g_string_append_c(data, '\n');
}

static char *join_flowed(const char *text, gboolean delsp)
{
	GString *out = g_string_new(NULL);
	flowed_decode(text, strlen(text), delsp, append_line, out);
	return g_string_free(out, FALSE);
}

static void flowed_text_is_joined(void **state)
{
	static const struct {
		const char *text, *joined;
		gboolean delsp;
	} cases[] = {
	    {"a \nb\n", "a b\n", FALSE},
	    {"a \nb", "ab\n", TRUE},
	    {"> a \n> b\n>> c\n", "> a b\n> > c\n", FALSE},
	    {"> a \nb\n", "> a \nb\n", FALSE},
	    {"a \n-- \nb\n", "a \n-- \nb\n", FALSE},
	    {" From x\n  y\n", "From x\n y\n", FALSE},
	    {"\n\n", "\n\n", FALSE},
	    {"", "", FALSE},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *joined = join_flowed(cases[i].text, cases[i].delsp);
		assert_string_equal(joined, cases[i].joined);
	}
	g_autofree char *stuffed = flowed_stuff("From a\n b\nc", 11);
	assert_string_equal(stuffed, " From a\n  b\nc");
}

static void hostile_flowed_text_takes_linear_time(void **state) /* M25 */
{
	static const char *const pieces[] = {">", "> \n", "a \n", ">a \na \n", " "};
	for (gsize i = 0; i < G_N_ELEMENTS(pieces); i++) {
		g_autofree char *text = repeat(pieces[i], 1000000);
		clock_t start = clock();
		g_autofree char *joined = join_flowed(text, FALSE);
		assert_quick(start);
		assert_true(strlen(joined) <= 3 * strlen(text) + 3);
	}
}

static void overstrikes_and_enriched_text_become_spans(void **state)
{
	auto_ptr(rich) over = rich_from_overstrike("b\bbo_\bl\b\b", 10);
	assert_string_equal(over->text->str, "bol");
	assert_int_equal(g_array_index(over->spans, struct rich_span, 0).style, RICH_BOLD);
	assert_int_equal(g_array_index(over->spans, struct rich_span, 1).style, RICH_UNDERLINE);

	const char *text = "<bold>Now</bold> is\nthe\n\ntime<param>x</param> <<b> <";
	auto_ptr(rich) rich = rich_from_enriched(text, strlen(text));
	assert_string_equal(rich->text->str, "Now is the\ntime <b> <");
}

static void an_invitation_is_told_in_words(void **state) /* M38 */
{
	const char *ics = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nBEGIN:VEVENT\r\n"
			  "SUMMARY:Long \r\n summary\\, cut\r\nDTSTART;VALUE=DATE:20261121\r\n"
			  "DTEND:20261122T090000Z\r\nATTENDEE;CN=\"X: Y\":MAILTO:x@y\r\n"
			  "DTSTAMP:99999999\r\nEND:VEVENT\r\n";
	g_autofree char *text = calendar_to_text(ics, strlen(ics));
	assert_string_equal(text, "Calendar:   Cancellation\n\n"
				  "Summary:    Long summary, cut\n"
				  "Start:      Sat, 2026-11-21\n"
				  "End:        Sun, 2026-11-22 09:00 UTC\n"
				  "Attendees:  X: Y <x@y>\n");
	static const char *const others[] = {"", "no calendar",
					     "BEGIN:VEVENT\nDTSTART:99999999T999999\n",
					     "BEGIN:VEVENT\nBEGIN:\n:\n;:;\n"};
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		g_autofree char *any = calendar_to_text(others[i], strlen(others[i]));
		assert_non_null(any);
	}
	g_autofree char *many = repeat("BEGIN:VEVENT\nATTENDEE:a\nEND:VEVENT\n", 50000);
	clock_t start = clock();
	g_autofree char *capped = calendar_to_text(many, strlen(many));
	assert_quick(start);
	assert_true(strlen(capped) < 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(html_becomes_text),
	    cmocka_unit_test(styles_become_spans),
	    cmocka_unit_test(hostile_html_takes_linear_time_and_has_no_control_characters),
	    cmocka_unit_test(the_charset_of_a_page_is_found),
	    cmocka_unit_test(flowed_text_is_joined),
	    cmocka_unit_test(hostile_flowed_text_takes_linear_time),
	    cmocka_unit_test(overstrikes_and_enriched_text_become_spans),
	    cmocka_unit_test(an_invitation_is_told_in_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
