/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A machine that slept: preloaded into a program (LD_PRELOAD) it moves the clock that runs on in
 * suspend (CLOCK_BOOTTIME) ahead by as many seconds as the file CUR_SLEPT says, and has timers of
 * the time of day (timerfd) go off within a second, as the kernel has them at waking up.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static long slept_s(void)
{
	const char *path = getenv("CUR_SLEPT");
	FILE *file = path ? fopen(path, "re") : NULL;
	long seconds = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%ld", &seconds) != 1)
		seconds = 0;
	fclose(file);
	return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int result = REAL(clock_gettime)(clock, t);

	if (result == 0 && clock == CLOCK_BOOTTIME)
		t->tv_sec += slept_s();
	return result;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *when, struct itimerspec *before)
{
	struct itimerspec soon = *when;

	if (flags & TFD_TIMER_CANCEL_ON_SET)
		soon.it_value.tv_sec = time(NULL) + 1;
	return REAL(timerfd_settime)(fd, flags, &soon, before);
}
