/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A network that is far away, on loopback: passes TCP connections on to a port of this
 * machine and keeps every byte back for some milliseconds in each direction. Counts what
 * passed, so that a benchmark can say what a program asked of the network.
 *
 *   delay MS PORT      listens on a free port and prints it
 *
 * A line on standard input prints and forgets the counters: bytes up, bytes down, turns
 * (how often a client spoke after its server had spoken), connections. End of input ends it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, MAX_PAIRS = 256, WINDOW = 4 * 1024 * 1024 };

struct chunk {
	struct chunk *next;
	int64_t due_us;
	size_t n, sent;
	char bytes[];
};

/* One direction: read from `from` at once, written to `to` when due. */
struct way {
	int from, to;
	struct chunk *first, **last;
	size_t held;
	bool ended, closed; /* nothing more to read; that was passed on */
};

struct pair {
	struct way up, down;
	bool server_spoke;
};

static struct pair *pairs[MAX_PAIRS];
static unsigned n_pairs;
static struct {
	uint64_t up, down, turns, connections;
} counted;

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

static void die(const char *what)
{
	fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void prepare(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

static struct way way(int from, int to)
{
	return (struct way){.from = from, .to = to};
}

static void take_connection(int listener, uint16_t port)
{
	struct sockaddr_in there = loopback(port);
	int client = accept(listener, NULL, NULL), server;
	struct pair *p;

	if (client < 0 || n_pairs == MAX_PAIRS)
		die("accept");
	server = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(server, (struct sockaddr *)&there, sizeof there)) {
		close(client);
		close(server);
		return;
	}
	prepare(client);
	prepare(server);
	p = calloc(1, sizeof *p);
	p->up = way(client, server);
	p->down = way(server, client);
	p->up.last = &p->up.first;
	p->down.last = &p->down.first;
	pairs[n_pairs++] = p;
	counted.connections++;
}

static void take_bytes(struct pair *p, struct way *w, int64_t delay_us)
{
	struct chunk *c = malloc(sizeof *c + CHUNK);
	ssize_t n = read(w->from, c->bytes, CHUNK);

	if (n <= 0) {
		w->ended = n == 0 || (errno != EAGAIN && errno != EINTR);
		free(c);
		return;
	}
	*c = (struct chunk){.due_us = now_us() + delay_us, .n = (size_t)n};
	c = realloc(c, sizeof *c + (size_t)n);
	*w->last = c;
	w->last = &c->next;
	w->held += (size_t)n;
	if (w == &p->up) {
		counted.up += (uint64_t)n;
		counted.turns += p->server_spoke;
	} else {
		counted.down += (uint64_t)n;
	}
	p->server_spoke = w == &p->down;
}

static void give_bytes(struct way *w, int64_t now)
{
	while (w->first && w->first->due_us <= now) {
		struct chunk *c = w->first;
		ssize_t n = write(w->to, c->bytes + c->sent, c->n - c->sent);

		if (n < 0) {
			if (errno == EAGAIN || errno == EINTR)
				return;
			w->ended = true;
			n = (ssize_t)(c->n - c->sent);
		}
		c->sent += (size_t)n;
		if (c->sent < c->n)
			return;
		w->held -= c->n;
		w->first = c->next;
		if (!w->first)
			w->last = &w->first;
		free(c);
	}
	if (w->ended && !w->first && !w->closed) {
		shutdown(w->to, SHUT_WR);
		w->closed = true;
	}
}

static void forget_closed(void)
{
	for (unsigned i = 0; i < n_pairs;) {
		struct pair *p = pairs[i];

		if (p->up.closed && p->down.closed) {
			close(p->up.from);
			close(p->down.from);
			free(p);
			pairs[i] = pairs[--n_pairs];
		} else {
			i++;
		}
	}
}

/* What to wait for on one way's reading end, and until when. */
static short wants(const struct way *w)
{
	return !w->ended && w->held < WINDOW ? POLLIN : 0;
}

static int wait_ms(const struct way *w, int64_t now, int wait)
{
	int64_t until = w->first ? (w->first->due_us - now + 999) / 1000 : wait;

	/* Due and still here: the other side takes nothing; look again soon. */
	until = until < 1 ? 1 : until;
	return until < wait ? (int)until : wait;
}

static void tell(void)
{
	char line[128];

	if (read(0, line, sizeof line) <= 0)
		exit(0);
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", counted.up, counted.down,
	       counted.turns, counted.connections);
	fflush(stdout);
	memset(&counted, 0, sizeof counted);
}

static void turn(int listener, uint16_t port, int64_t delay_us)
{
	struct pollfd fds[2 + 2 * MAX_PAIRS];
	int64_t now = now_us();
	unsigned n = n_pairs;
	int wait = 1000;

	fds[0] = (struct pollfd){.fd = 0, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = listener, .events = POLLIN};
	for (unsigned i = 0; i < n; i++) {
		struct pair *p = pairs[i];
		short up = wants(&p->up), down = wants(&p->down);

		fds[2 + 2 * i] = (struct pollfd){.fd = up ? p->up.from : -1, .events = up};
		fds[3 + 2 * i] = (struct pollfd){.fd = down ? p->down.from : -1, .events = down};
		wait = wait_ms(&p->up, now, wait_ms(&p->down, now, wait));
	}
	if (poll(fds, 2 + 2 * n, wait) < 0 && errno != EINTR)
		die("poll");
	if (fds[0].revents)
		tell();
	for (unsigned i = 0; i < n; i++) {
		if (fds[2 + 2 * i].revents)
			take_bytes(pairs[i], &pairs[i]->up, delay_us);
		if (fds[3 + 2 * i].revents)
			take_bytes(pairs[i], &pairs[i]->down, delay_us);
	}
	/* What came just now is due where there is no delay. */
	now = now_us();
	for (unsigned i = 0; i < n; i++) {
		give_bytes(&pairs[i]->up, now);
		give_bytes(&pairs[i]->down, now);
	}
	forget_closed();
	if (fds[1].revents)
		take_connection(listener, port);
}

int main(int argc, char **argv)
{
	struct sockaddr_in here = loopback(0);
	socklen_t size = sizeof here;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 3) {
		fputs("usage: delay MS PORT\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 64) ||
	    getsockname(listener, (struct sockaddr *)&here, &size))
		die("listen");
	printf("%u\n", ntohs(here.sin_port));
	fflush(stdout);
	for (;;)
		turn(listener, (uint16_t)atoi(argv[2]), (int64_t)(atof(argv[1]) * 1000));
}
