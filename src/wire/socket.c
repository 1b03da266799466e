/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The socket in the data folder: listening, connecting, connections. */
#include "cur/wire/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/wire/frame.h"

enum {
	READ_CHUNK = 64 << 10,
	/* Frames read in a turn of the loop, so that a flood leaves room for others. */
	READS_A_TURN = 16,
	BACKLOG = 64,
	COMPACT_FROM = 1 << 20, /* bytes */
};

/* ---- addresses ---- */

/*
 * sun_path holds 107 bytes, a data folder's path may be longer: reach it through
 * a descriptor of the folder, which the caller closes after use.
 */
static gboolean socket_address(const char *dir, struct sockaddr_un *address, int *folder,
			       GError **error)
{
	*folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*folder < 0)
		return error_from_errno(error, errno, "cannot open '%s'", dir);
	memset(address, 0, sizeof *address);
	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/socket", *folder);
	return TRUE;
}

static int new_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int wire_connect(const char *dir, GError **error)
{
	struct sockaddr_un address;
	int folder, fd, saved;

	if (!socket_address(dir, &address, &folder, error))
		return -1;
	fd = new_socket();
	/* A full backlog is EAGAIN: as good as nobody there, the caller tries again. */
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
		close(folder);
		return fd;
	}
	saved = errno;
	if (fd >= 0)
		close(fd);
	close(folder);
	if (saved == ECONNREFUSED || saved == ENOENT)
		error_set(error, CUR_ERROR_GONE, "no engine runs for '%s'", dir);
	else
		error_from_errno(error, saved, "cannot reach the engine in '%s'", dir);
	return -1;
}

/* ---- listening ---- */

struct wire_listener {
	int fd;
	char *path;
	ino_t inode; /* of the path: another engine may be there by now */
	GSource *source;
	wire_accept_fn accepted;
	void *data;
};

static gboolean is_our_user(int fd)
{
	struct ucred peer;
	socklen_t n = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 && peer.uid == geteuid();
}

static gboolean on_connection(gint fd, GIOCondition condition, gpointer data)
{
	struct wire_listener *l = data;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (peer >= 0 && is_our_user(peer))
		l->accepted(peer, l->data);
	else if (peer >= 0)
		close(peer);
	else if (errno == EMFILE || errno == ENFILE)
		g_usleep(10000); /* the connection stays in line: do not spin on it */
	return G_SOURCE_CONTINUE;
}

static int bind_socket(const char *dir, GError **error)
{
	struct sockaddr_un address;
	int folder, fd, saved = 0;

	if (!socket_address(dir, &address, &folder, error))
		return -1;
	fd = new_socket();
	unlinkat(folder, "socket", 0);
	/* The file takes its mode from the descriptor: no moment at which others could connect. */
	if (fd < 0 || fchmod(fd, 0600) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, BACKLOG) < 0)
		saved = errno;
	close(folder);
	if (!saved)
		return fd;
	if (fd >= 0)
		close(fd);
	error_from_errno(error, saved, "cannot listen in '%s'", dir);
	return -1;
}

static ino_t inode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 ? st.st_ino : 0;
}

struct wire_listener *wire_listen(const char *dir, GMainContext *context, wire_accept_fn accepted,
				  void *data, GError **error)
{
	struct wire_listener *l;
	int fd = bind_socket(dir, error);

	if (fd < 0)
		return NULL;
	l = g_new0(struct wire_listener, 1);
	l->fd = fd;
	l->path = g_build_filename(dir, "socket", NULL);
	l->inode = inode_of(l->path);
	l->accepted = accepted;
	l->data = data;
	l->source = g_unix_fd_source_new(fd, G_IO_IN);
	g_source_set_callback(l->source, G_SOURCE_FUNC(on_connection), l, NULL);
	g_source_attach(l->source, context);
	return l;
}

void wire_listener_free(struct wire_listener *l)
{
	g_source_destroy(l->source);
	g_source_unref(l->source);
	if (inode_of(l->path) == l->inode)
		unlink(l->path);
	close(l->fd);
	g_free(l->path);
	g_free(l);
}

/* ---- connections ---- */

struct wire {
	int fd;
	enum wire_direction accepts;
	GMainContext *context;
	GSource *reader, *writer; /* writer: only while something is queued */
	GByteArray *in, *out;
	gsize out_at; /* bytes of `out` that are written */
	wire_message_fn message;
	wire_closed_fn closed;
	void *data;
	gboolean broken;   /* `closed` was called or is due */
	gboolean unheard;  /* the peer reads no more; what it said before may still be read */
	GSource *farewell; /* calls `closed` from the loop, never from within wire_send */
	GError *why;
	guint busy;	/* handlers of ours on the stack */
	gboolean freed; /* wire_free was called by one of them */
};

static void drop_source(GSource **source)
{
	if (!*source)
		return;
	g_source_destroy(*source);
	g_source_unref(*source);
	*source = NULL;
}

static void really_free(struct wire *w)
{
	g_byte_array_unref(w->in);
	g_byte_array_unref(w->out);
	g_clear_error(&w->why);
	g_main_context_unref(w->context);
	g_free(w);
}

void wire_free(struct wire *w)
{
	drop_source(&w->reader);
	drop_source(&w->writer);
	drop_source(&w->farewell);
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	w->freed = w->broken = TRUE;
	if (!w->busy)
		really_free(w);
}

static gboolean on_farewell(gpointer data)
{
	struct wire *w = data;

	drop_source(&w->farewell);
	w->busy++;
	w->closed(w, w->why, w->data);
	w->busy--;
	if (w->freed)
		really_free(w);
	return G_SOURCE_REMOVE;
}

/* Takes `why`, which may be NULL. */
static void break_off(struct wire *w, GError *why)
{
	if (w->broken) {
		g_clear_error(&why);
		return;
	}
	w->broken = TRUE;
	w->why = why;
	drop_source(&w->reader);
	drop_source(&w->writer);
	w->farewell = g_idle_source_new();
	g_source_set_priority(w->farewell, G_PRIORITY_DEFAULT);
	g_source_set_callback(w->farewell, on_farewell, w, NULL);
	g_source_attach(w->farewell, w->context);
}

/* ---- reading ---- */

static gboolean deliver_frame(struct wire *w, const struct frame *frame, GError **error)
{
	g_autoptr(GVariant) body = NULL;

	if (wire_name(frame->id) && wire_direction_of(frame->id) != w->accepts)
		return error_set(error, CUR_ERROR_PROTOCOL, "%s comes from the wrong side",
				 wire_name(frame->id));
	body = wire_decode(frame->id, frame->body, frame->n, error);
	if (!body)
		return FALSE;
	w->message(w, frame->id, frame->serial, body, w->data);
	return TRUE;
}

/* Hand over all whole frames; what is left begins the next one. */
static void deliver_frames(struct wire *w)
{
	GError *why = NULL;
	gsize at = 0;

	while (!w->broken) {
		struct frame frame;
		gssize n = frame_find(w->in->data + at, w->in->len - at, &frame, &why);

		if (n == 0)
			break;
		if (n < 0 || !deliver_frame(w, &frame, &why)) {
			break_off(w, why);
			break;
		}
		at += n;
	}
	if (at && !w->freed)
		g_byte_array_remove_range(w->in, 0, at);
}

/* FALSE when there is nothing more to read now. */
static gboolean read_some(struct wire *w)
{
	guint old = w->in->len;
	gssize n;
	int saved;

	g_byte_array_set_size(w->in, old + READ_CHUNK);
	n = read(w->fd, w->in->data + old, READ_CHUNK);
	saved = errno;
	g_byte_array_set_size(w->in, old + MAX(n, 0));
	if (n > 0) {
		deliver_frames(w);
		return n == READ_CHUNK;
	}
	if (n == 0) {
		break_off(w, NULL);
	} else if (saved != EAGAIN && saved != EINTR) {
		GError *why = NULL;

		/* A peer that died with our words unread is a peer that went. */
		if (saved != ECONNRESET)
			error_from_errno(&why, saved, "cannot read from the socket");
		break_off(w, why);
	}
	return FALSE;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
	struct wire *w = data;

	w->busy++;
	for (int i = 0; i < READS_A_TURN && !w->broken; i++)
		if (!read_some(w))
			break;
	w->busy--;
	if (!w->freed)
		return G_SOURCE_CONTINUE;
	really_free(w);
	return G_SOURCE_REMOVE;
}

struct wire *wire_new(int fd, enum wire_direction accepts, GMainContext *context,
		      wire_message_fn message, wire_closed_fn closed, void *data)
{
	struct wire *w = g_new0(struct wire, 1);

	g_unix_set_fd_nonblocking(fd, TRUE, NULL);
	w->fd = fd;
	w->accepts = accepts;
	w->context = g_main_context_ref(context ? context : g_main_context_default());
	w->in = g_byte_array_new();
	w->out = g_byte_array_new();
	w->message = message;
	w->closed = closed;
	w->data = data;
	w->reader = g_unix_fd_source_new(fd, G_IO_IN | G_IO_HUP | G_IO_ERR);
	g_source_set_callback(w->reader, G_SOURCE_FUNC(on_readable), w, NULL);
	g_source_attach(w->reader, w->context);
	return w;
}

/* ---- writing ---- */

gsize wire_queued(const struct wire *w)
{
	return w->out->len - w->out_at;
}

/* What a slow peer has taken need not be kept; moved in large pieces only. */
static void forget_written(struct wire *w)
{
	if (w->out_at < COMPACT_FROM)
		return;
	g_byte_array_remove_range(w->out, 0, w->out_at);
	w->out_at = 0;
}

/* FALSE when the peer reads no more: it may have said all it had to say, and gone. */
static gboolean write_some(struct wire *w)
{
	while (wire_queued(w)) {
		gssize n = send(w->fd, w->out->data + w->out_at, wire_queued(w), MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			forget_written(w);
			return TRUE;
		}
		if (n < 0) {
			w->unheard = TRUE; /* EPIPE, ECONNRESET: reading finds the end */
			break;
		}
		w->out_at += n;
	}
	g_byte_array_set_size(w->out, 0);
	w->out_at = 0;
	return !w->unheard;
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer data)
{
	struct wire *w = data;

	write_some(w);
	if (wire_queued(w))
		return G_SOURCE_CONTINUE;
	drop_source(&w->writer);
	return G_SOURCE_REMOVE;
}

static void want_to_write(struct wire *w)
{
	if (w->writer || w->broken || !wire_queued(w))
		return;
	w->writer = g_unix_fd_source_new(w->fd, G_IO_OUT);
	g_source_set_callback(w->writer, G_SOURCE_FUNC(on_writable), w, NULL);
	g_source_attach(w->writer, w->context);
}

void wire_send(struct wire *w, enum wire_id id, guint32 serial, GVariant *body)
{
	GVariant *held = g_variant_ref_sink(body ? body : g_variant_new("()"));

	if (!w->broken) {
		frame_append(w->out, id, serial, held);
		if (write_some(w) && wire_queued(w) > WIRE_QUEUE_MAX) {
			GError *why = NULL;

			error_set(&why, CUR_ERROR_RETRY, "the other side does not read");
			break_off(w, why);
		}
		want_to_write(w);
	}
	g_variant_unref(held);
}

gboolean wire_flush(struct wire *w, int timeout_ms)
{
	gint64 end = g_get_monotonic_time() + timeout_ms * (gint64)1000;

	while (!w->broken && wire_queued(w)) {
		struct pollfd poll_fd = {w->fd, POLLOUT, 0};
		gint64 left = (end - g_get_monotonic_time()) / 1000;

		if (left <= 0 || !write_some(w))
			break;
		if (wire_queued(w))
			poll(&poll_fd, 1, left);
	}
	return !w->broken && !w->unheard && !wire_queued(w);
}
