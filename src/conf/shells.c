/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message for each command: it, a NUL and the output; without a NUL, there is none to be had. */
#include "cur/conf/shells.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shells-private.h"

enum { MESSAGE_MAX = 64 << 10 };

struct shells {
	int fd; /* -1: the other one has no more */
	gboolean hears;
	GQueue ahead; /* GString: heard, and not asked for yet */
};

gboolean shells_pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
}

static void message_free(void *message)
{
	g_string_free(message, TRUE);
}

struct shells *shells_new(int fd, gboolean hears)
{
	struct shells *s = g_new0(struct shells, 1);

	s->fd = fd;
	/* An inherited one: the shells that we run get none of it. */
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	s->hears = hears;
	g_queue_init(&s->ahead);
	return s;
}

void shells_free(struct shells *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	g_queue_clear_full(&s->ahead, message_free);
	g_free(s);
}

void shells_tell(struct shells *s, const char *command, const char *output)
{
	g_autoptr(GString) message = g_string_new(command);

	if (s->hears)
		return;
	if (output && message->len + strlen(output) < MESSAGE_MAX)
		g_string_append_len(g_string_append_c(message, 0), output, -1);
	/* Nobody may ever hear it: an engine runs already. */
	if (message->len <= MESSAGE_MAX)
		send(s->fd, message->str, message->len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The next one; NULL when there will be none. */
static GString *hear(struct shells *s, int timeout_ms)
{
	struct pollfd pollfd = {.fd = s->fd, .events = POLLIN};
	g_autoptr(GString) message = g_string_sized_new(MESSAGE_MAX);
	ssize_t n = -1;

	if (s->fd >= 0 && poll(&pollfd, 1, timeout_ms) == 1)
		n = recv(s->fd, message->str, MESSAGE_MAX, MSG_DONTWAIT);
	if (n > 0) {
		g_string_set_size(message, (gsize)n);
		return g_steal_pointer(&message);
	}
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	return NULL;
}

/* The output in a message about `command`, yours; NULL when it has none. */
static char *output_of(const GString *message)
{
	gsize n = strlen(message->str);

	return n < message->len ? g_strdup(message->str + n + 1) : NULL;
}

static int is_about(const void *message, const void *command)
{
	return strcmp(((const GString *)message)->str, command);
}

char *shells_hear(struct shells *s, const char *command, int timeout_ms)
{
	GList *known = g_queue_find_custom(&s->ahead, command, is_about);
	g_autoptr(GString) message = NULL;

	if (known) {
		message = known->data;
		g_queue_delete_link(&s->ahead, known);
		return output_of(message);
	}
	while (s->hears && (message = hear(s, timeout_ms))) {
		if (!is_about(message, command))
			return output_of(message);
		g_queue_push_tail(&s->ahead, g_steal_pointer(&message));
	}
	return NULL;
}
