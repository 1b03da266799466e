/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A password from the terminal. Whatever ends the program meanwhile, the terminal shows again what
 * is typed.
 */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "commands.h"

enum { SECRET_MAX = 4096 /* a line as the terminal gives it */ };

static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

static volatile sig_atomic_t ended_by;

static void note_end(int signal)
{
	ended_by = signal;
}

/* They are heard of in ppoll() alone, so that none falls between two steps. */
static void hold_signals(struct sigaction before[], sigset_t *mask)
{
	struct sigaction note = {.sa_handler = note_end};
	sigset_t held;

	sigemptyset(&held);
	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
		sigaddset(&held, signals[i]);
	sigprocmask(SIG_BLOCK, &held, mask);
	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
		sigaction(signals[i], &note, &before[i]);
}

static void release_signals(const struct sigaction before[], const sigset_t *mask)
{
	for (gsize i = 0; i < G_N_ELEMENTS(signals); i++)
		sigaction(signals[i], &before[i], NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	if (ended_by)
		raise(ended_by);
}

/* All before its line end is the secret, blanks too. */
static char *read_line(const sigset_t *mask)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	char line[SECRET_MAX];
	char *answer = NULL;
	gssize n;

	if (ppoll(&input, 1, NULL, mask) <= 0)
		return NULL;
	n = read(STDIN_FILENO, line, sizeof line);
	if (n > 0)
		answer = g_strndup(line, (gsize)n - (line[n - 1] == '\n'));
	explicit_bzero(line, sizeof line);
	return answer;
}

char *ask_secret(const char *question)
{
	struct sigaction before[G_N_ELEMENTS(signals)];
	struct termios old, quiet;
	sigset_t mask;
	char *answer;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &old) < 0)
		return NULL;
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	ended_by = 0;
	hold_signals(before, &mask);
	complain("%s", question);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	answer = read_line(&mask);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	release_signals(before, &mask);
	return answer;
}
