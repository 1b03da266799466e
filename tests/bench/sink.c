/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A submission server that takes everything and keeps nothing, with PIPELINING and CHUNKING, as
 * Postfix, Exim and the big providers have them (Postfix's own smtp-sink lacks CHUNKING).
 *
 *	sink PORT	listens on 127.0.0.1 until it is ended
 *
 * Answers wait until there is nothing left to read: one write for a pipelined group.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

struct session {
	int fd;
	size_t at, n, n_out;
	char in[64 * 1024], out[64 * 1024];
};

static void flush(struct session *s)
{
	for (size_t done = 0; done < s->n_out;) {
		ssize_t n = write(s->fd, s->out + done, s->n_out - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	s->n_out = 0;
}

static void say(struct session *s, const char *text)
{
	size_t n = strlen(text);

	if (s->n_out + n > sizeof s->out)
		flush(s);
	memcpy(s->out + s->n_out, text, n);
	s->n_out += n;
}

static int next_byte(struct session *s)
{
	if (s->at == s->n) {
		ssize_t n;

		flush(s);
		n = read(s->fd, s->in, sizeof s->in);
		if (n <= 0)
			return EOF;
		s->at = 0;
		s->n = (size_t)n;
	}
	return (unsigned char)s->in[s->at++];
}

/* A line without its end, cut to `size`; 0 at the end of the connection. */
static int next_line(struct session *s, char *line, size_t size)
{
	size_t n = 0;
	int c;

	while ((c = next_byte(s)) != EOF && c != '\n')
		if (c != '\r' && n < size - 1)
			line[n++] = (char)c;
	line[n] = '\0';
	return c != EOF;
}

static void take_data(struct session *s)
{
	char line[1024];

	say(s, "354 go on\r\n");
	while (next_line(s, line, sizeof line) && strcmp(line, ".") != 0)
		;
}

static void take_chunk(struct session *s, const char *size)
{
	for (unsigned long n = strtoul(size, NULL, 10); n && next_byte(s) != EOF; n--)
		;
}

static int answer(struct session *s, const char *line)
{
	if (!strncasecmp(line, "EHLO", 4)) {
		say(s, "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 CHUNKING\r\n");
		return 1;
	}
	if (!strncasecmp(line, "QUIT", 4)) {
		say(s, "221 bye\r\n");
		return 0;
	}
	if (!strncasecmp(line, "DATA", 4))
		take_data(s);
	else if (!strncasecmp(line, "BDAT ", 5))
		take_chunk(s, line + 5);
	say(s, "250 taken\r\n");
	return 1;
}

static void *serve(void *data)
{
	struct session *s = data;
	char line[1024];

	say(s, "220 sink\r\n");
	while (next_line(s, line, sizeof line) && answer(s, line))
		;
	flush(s);
	close(s->fd);
	free(s);
	return NULL;
}

static void begin(int fd)
{
	struct session *s = calloc(1, sizeof *s);
	pthread_t thread;
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	s->fd = fd;
	if (pthread_create(&thread, NULL, serve, s) == 0)
		pthread_detach(thread);
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1, fd;

	signal(SIGPIPE, SIG_IGN);
	address.sin_port = htons((unsigned short)(argc > 1 ? atoi(argv[1]) : 0));
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(listener, 1000) < 0) {
		perror("sink");
		return 1;
	}
	while ((fd = accept(listener, NULL, NULL)) >= 0)
		begin(fd);
	return 1;
}
