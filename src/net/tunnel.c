/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nobody waits for the command: its life is that of the connection. */
#include "tunnel.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cur/base/error.h"

enum { PIECE = 64 * 1024 };

int tunnel_listen(guint16 *port, GError **error)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, 1) == 0 &&
	    getsockname(fd, (struct sockaddr *)&at, &n) == 0) {
		*port = ntohs(at.sin_port);
		return fd;
	}
	error_from_errno(error, errno, "cannot listen for $tunnel");
	if (fd >= 0)
		close(fd);
	return -1;
}

static gboolean are_ends(int ours, int theirs)
{
	struct sockaddr_in a, b;
	socklen_t n = sizeof(a), m = sizeof(b);

	return getsockname(ours, (struct sockaddr *)&a, &n) == 0 &&
	       getpeername(theirs, (struct sockaddr *)&b, &m) == 0 && a.sin_port == b.sin_port &&
	       a.sin_addr.s_addr == b.sin_addr.s_addr;
}

/* ---- what goes through ---- */

/* Servers on one machine want pipes and take no socket for a login that was: so both are joined. */
struct pump {
	int from, to;
};

static gboolean write_all(int fd, const char *bytes, gssize n)
{
	while (n > 0) {
		gssize done = write(fd, bytes, (gsize)n);

		if (done < 0 && errno != EINTR)
			return FALSE;
		bytes += MAX(done, 0);
		n -= MAX(done, 0);
	}
	return TRUE;
}

static gpointer pump(gpointer data)
{
	struct pump *p = data;
	char bytes[PIECE];
	gssize n;

	do
		n = read(p->from, bytes, sizeof(bytes));
	while ((n < 0 && errno == EINTR) || (n > 0 && write_all(p->to, bytes, n)));
	/* Where it is the connection: the other pump waits for that. A pipe does not mind. */
	shutdown(p->to, SHUT_RDWR);
	close(p->from);
	close(p->to);
	g_free(p);
	return NULL;
}

static void join(int from, int to)
{
	struct pump *p = g_new(struct pump, 1);

	*p = (struct pump){from, to};
	g_thread_unref(g_thread_new("tunnel", pump, p));
}

/* ---- beginning ---- */

/* `end` is taken. */
static gboolean start(const char *line, int end, GError **error)
{
	const char *const argv[] = {"/bin/sh", "-c", line, NULL};
	g_autoptr(GError) why = NULL;
	int input, output, back = fcntl(end, F_DUPFD_CLOEXEC, 3);

	/* Not our child but init's, which reaps it. */
	if (back >= 0 && g_spawn_async_with_pipes_and_fds(NULL, argv, NULL, G_SPAWN_CLOEXEC_PIPES,
							  NULL, NULL, -1, -1, -1, NULL, NULL, 0,
							  NULL, &input, &output, NULL, &why)) {
		join(end, input);
		join(output, back);
		return TRUE;
	}
	close(end);
	if (back >= 0)
		close(back);
	return error_set(error, CUR_ERROR_IO, "cannot start $tunnel: %s",
			 why ? why->message : g_strerror(errno));
}

gboolean tunnel_start(int listener, int connected, const char *line, GError **error)
{
	int end = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (end >= 0 && are_ends(connected, end))
		return start(line, end, error);
	if (end >= 0)
		close(end);
	return error_set(error, CUR_ERROR_IO, "$tunnel: another program took its connection");
}
