/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as all that an IMAP server says, from the greeting to the end, while one command
 * after the other is given: nobody hears of a UID that was not asked for, no text is
 * longer than announced.
 */
#include <stddef.h>
#include <stdint.h>

#include "cur/imap/change.h"
#include "cur/imap/mailbox.h"
#include "memory-link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct hearing {
	struct seqset *asked;
	guint64 left; /* bytes of the text that comes */
};

static gboolean heard(const struct imap_info *info, void *data, GError **error)
{
	const struct hearing *h = data;

	g_assert_true(!(info->has & IMAP_INFO_UID) || seqset_has(h->asked, info->uid));
	g_assert_true(g_utf8_validate(info->keywords, -1, NULL));
	return TRUE;
}

static gboolean begun(const struct imap_info *info, guint64 n, void *data, GError **error)
{
	struct hearing *h = data;

	h->left = n;
	return n % 7 != 6;
}

static gboolean bytes_came(const char *bytes, gsize n, void *data, GError **error)
{
	struct hearing *h = data;

	g_assert_cmpuint(n, <=, h->left);
	h->left -= n;
	return TRUE;
}

static gboolean ended(const struct imap_info *info, void *data, GError **error)
{
	const struct hearing *h = data;

	g_assert_cmpuint(h->left, ==, 0);
	g_assert_true(seqset_has(h->asked, info->uid));
	return TRUE;
}

static void look_around(struct imap *s)
{
	struct imap_selected selected;
	auto_ptr(imap_list) list = imap_list(s, TRUE, NULL);

	for (guint i = 0; list && i < imap_list_length(list); i++)
		g_assert_true(g_utf8_validate(imap_list_row(list, i)->folder, -1, NULL));
	imap_select(s, "INBOX", FALSE, &selected, NULL);
}

static void forget(void *data)
{
}

/* As of a mailbox that was known before, and as of one that was not. */
static void resync(struct imap *s)
{
	struct hearing all = {.asked = seqset_parse("1:*", -1)};

	for (guint64 modseq = 0; modseq < 10; modseq += 5) {
		struct imap_question q = {.uidvalidity = 1,
					  .modseq = modseq,
					  .each = heard,
					  .anew = forget,
					  .data = &all};
		struct imap_selected selected;

		imap_select_asking(s, "R&-D", FALSE, &q, &selected, NULL);
		seqset_free(q.vanished);
	}
	seqset_free(all.asked);
}

static void read_mail(struct imap *s, struct hearing *h)
{
	static const struct imap_message_ops ops = {begun, bytes_came, ended};
	auto_ptr(seqset) missing = NULL;
	auto_ptr(seqset) found = imap_search_uids(s, 1, G_MAXUINT32, NULL);
	auto_ptr(seqset) same = imap_search_header(s, 1, "Message-ID", "<a@b>", NULL);

	imap_fetch_info(s, h->asked, TRUE, 5, heard, h, NULL);
	imap_fetch_messages(s, h->asked, &ops, h, &missing, NULL);
	if (imap_has_objects(s))
		imap_fetch_objects(s, h->asked, heard, h, NULL);
}

static void change_mail(struct imap *s, struct hearing *h)
{
	struct imap_copied copied = {0};
	auto_ptr(seqset) modified = NULL;
	int fd = memory_link_message();
	struct imap_append append[2] = {{.name = "Sent", .fd = fd}, {.name = "Sent", .fd = fd}};
	struct imap_appended appended[2];

	imap_store(s, h->asked, TRUE, 1, "word", 5, &modified, heard, h, NULL);
	imap_copy(s, h->asked, "Sent", &copied, NULL);
	imap_copied_uid(&copied, 3);
	imap_copied_clear(&copied);
	imap_append_all(s, append, G_N_ELEMENTS(append), appended, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(append); i++)
		g_clear_error(&appended[i].refusal);
	imap_expunge(s, h->asked, NULL);
	imap_idle(s, 10, NULL);
	imap_take_news(s);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct imap_account account = {
	    .server = {.protocol = LINK_IMAP, .host = "localhost"},
	    .auth = {.user = "anna", .password = "secret"},
	    .allow_preauth = TRUE,
	    .max_literal = 1 << 20};
	struct hearing h = {.asked = seqset_parse("1:9", -1)};
	struct imap *s;

	memory_link_set(data, size);
	s = imap_open(&account, NULL, NULL);
	if (s) {
		look_around(s);
		resync(s);
		read_mail(s, &h);
		change_mail(s, &h);
		imap_close(s);
	}
	seqset_free(h.asked);
	return 0;
}
