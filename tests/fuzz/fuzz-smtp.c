/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as all that an SMTP server says: what it refused, it did not take. */
#include <stddef.h>
#include <stdint.h>

#include "cur/net/smtp.h"
#include "memory-link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct smtp_message message_new(gboolean allow_some)
{
	static const char *const recipients[] = {"bob@example.net", "carol@example.net", NULL};

	return (struct smtp_message){.sender = "anna@example.org",
				     .recipients = recipients,
				     .fd = memory_link_message(),
				     .allow_some = allow_some};
}

static void send_one(struct smtp *s, const struct smtp_message *m, const struct smtp_message *next)
{
	struct smtp_result result;
	gboolean ok = smtp_send(s, m, next, &result, NULL);

	g_assert_true(!ok || (result.code == 0 && !result.words));
	g_assert_true(!result.words || g_utf8_validate(result.words, -1, NULL));
	smtp_result_clear(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct auth_account login = {.user = "anna", .password = "secret"};
	struct smtp_account account = {.server = {.protocol = LINK_SMTP, .host = "localhost"},
				       .auth = size % 2 ? &login : NULL};
	struct smtp_message first = message_new(FALSE), second = message_new(TRUE);
	struct smtp *s;

	memory_link_set(data, size);
	s = smtp_open(&account, NULL, NULL);
	if (s)
		send_one(s, &first, &second);
	if (s && smtp_is_usable(s))
		send_one(s, &second, NULL);
	smtp_close(s);
	close(first.fd);
	close(second.fd);
	return 0;
}
