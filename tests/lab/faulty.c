/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk that fails when a test says so: preloaded into a program (LD_PRELOAD) it numbers the calls
 * that change files below one folder and spoils the n-th of them. tests/lab/faulty.py asks for it
 * by the environment:
 *
 * - CUR_FAULT_BELOW=folder: files elsewhere, sockets and pipes are left alone
 * - CUR_FAULT_CALLS=names: the calls that count ("write,fsync,rename"), as numbered() gets them
 * - CUR_FAULT_SPARE=text: files whose path contains it do not count
 * - CUR_FAULT_LIST=file: each call that counts is appended there, its name, a blank, the path;
 *   behind a "!" when it is spoilt
 * - CUR_FAULT_AT=n: the call that is spoilt, from 1
 * - CUR_FAULT_ON=1: and all that follow
 * - CUR_FAULT_HOW=what: kill (SIGKILL before it), tear (SIGKILL after the first half of what is
 *   written), short (only a half is written), lose (an fsync fails and a file that was new is
 *   empty), else the name of an errno it fails with
 *
 * What libraries do counts, too: all go through the C library. What is written through a map is not
 * seen; nothing durable is. Compiled without _FILE_OFFSET_BITS: each call stands here under both of
 * its names.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The function that this library stands in front of. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

enum verdict { GO_ON, FAIL, HALF, HALF_AND_DIE, LOSE };

static const struct {
	const char *name;
	int number;
} errors[] = {
    {"EIO", EIO},	{"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EROFS", EROFS},
    {"EMFILE", EMFILE}, {"EACCES", EACCES}, {"EINTR", EINTR},	{"ENOENT", ENOENT},
};

/* ---- which calls count ----------------------------------------------------- */

static int is_listed(const char *call)
{
	const char *p = getenv("CUR_FAULT_CALLS");
	size_t n = strlen(call);

	for (; p && (p = strstr(p, call)); p += n)
		if ((p == getenv("CUR_FAULT_CALLS") || p[-1] == ',') && (!p[n] || p[n] == ','))
			return 1;
	return 0;
}

static int is_ours(const char *path)
{
	const char *below = getenv("CUR_FAULT_BELOW"), *spare = getenv("CUR_FAULT_SPARE");

	return below && strncmp(path, below, strlen(below)) == 0 &&
	       !(spare && *spare && strstr(path, spare));
}

/* The path of an open file (name is NULL), of a name in an open directory, or of the current one.
 */
static void path_of(int fd, const char *name, char path[2 * PATH_MAX])
{
	char link[64];
	ssize_t n = 0;

	if (fd >= 0 && !(name && *name == '/')) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, path, PATH_MAX);
	}
	n = n > 0 ? n : 0;
	path[n] = '\0';
	if (name)
		snprintf(path + n, PATH_MAX, "%s%s", n ? "/" : "", name);
}

static void note(const char *sign, const char *call, const char *path)
{
	const char *list = getenv("CUR_FAULT_LIST");
	char line[2 * PATH_MAX + 32];
	int fd = list ? (int)syscall(SYS_openat, AT_FDCWD, list,
				     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)
		      : -1;

	if (fd < 0)
		return;
	snprintf(line, sizeof(line), "%s%s %s\n", sign, call, path);
	syscall(SYS_write, fd, line, strlen(line));
	syscall(SYS_close, fd);
}

static int error_of(const char *how)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (strcmp(errors[i].name, how) == 0)
			return errors[i].number;
	abort();
}

static enum verdict spoil(void)
{
	const char *how = getenv("CUR_FAULT_HOW");

	if (strcmp(how, "kill") == 0)
		kill(getpid(), SIGKILL);
	if (strcmp(how, "tear") == 0)
		return HALF_AND_DIE;
	if (strcmp(how, "short") == 0)
		return HALF;
	if (strcmp(how, "lose") == 0)
		return LOSE;
	errno = error_of(how);
	return FAIL;
}

/* Is the n-th call to be spoilt? */
static int is_chosen(int n)
{
	const char *at = getenv("CUR_FAULT_AT"), *on = getenv("CUR_FAULT_ON");

	if (!at || (on ? n < atoi(at) : n != atoi(at)))
		return 0;
	/* One that is interrupted is asked for again, and then goes through. */
	return strcmp(getenv("CUR_FAULT_HOW"), "EINTR") != 0 || (n - atoi(at)) % 2 == 0;
}

/* Counts the call and says what becomes of it. errno stays as it is unless the call fails. */
static enum verdict numbered(const char *call, int fd, const char *name)
{
	static atomic_int passed;
	char path[2 * PATH_MAX];
	int saved = errno, n, chosen;

	if (!is_listed(call))
		return GO_ON;
	path_of(fd, name, path);
	errno = saved;
	if (!is_ours(path))
		return GO_ON;
	n = atomic_fetch_add(&passed, 1) + 1;
	chosen = is_chosen(n);
	note(chosen ? "!" : "", call, path);
	errno = saved;
	return chosen ? spoil() : GO_ON;
}

static int fails(const char *call, int fd, const char *name)
{
	enum verdict verdict = numbered(call, fd, name);

	if (verdict == HALF_AND_DIE)
		kill(getpid(), SIGKILL);
	return verdict == FAIL;
}

/* How much of n bytes is written; -1: the call fails. */
static ssize_t portion(int fd, size_t n, int *dies)
{
	enum verdict verdict = numbered("write", fd, NULL);

	*dies = verdict == HALF_AND_DIE;
	if (verdict == FAIL)
		return -1;
	return verdict == GO_ON ? (ssize_t)n : (ssize_t)((n + 1) / 2);
}

static ssize_t written(ssize_t n, int dies)
{
	if (dies)
		kill(getpid(), SIGKILL);
	return n;
}

/* ---- bytes ----------------------------------------------------------------- */

ssize_t write(int fd, const void *bytes, size_t n)
{
	int dies;
	ssize_t part = portion(fd, n, &dies);

	return part < 0 ? -1 : written(REAL(write)(fd, bytes, (size_t)part), dies);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
	int dies;
	ssize_t part = portion(fd, n, &dies);

	return part < 0 ? -1 : written(REAL(pwrite)(fd, bytes, (size_t)part, at), dies);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	return pwrite(fd, bytes, n, at);
}

/* A half of several pieces are the first of them. */
ssize_t writev(int fd, const struct iovec *pieces, int n)
{
	int dies;
	ssize_t part = portion(fd, (size_t)n, &dies);

	return part < 0 ? -1 : written(REAL(writev)(fd, pieces, (int)part), dies);
}

int ftruncate(int fd, off_t n)
{
	return fails("ftruncate", fd, NULL) ? -1 : REAL(ftruncate)(fd, n);
}

int ftruncate64(int fd, off64_t n)
{
	return ftruncate(fd, n);
}

ssize_t read(int fd, void *bytes, size_t n)
{
	return fails("read", fd, NULL) ? -1 : REAL(read)(fd, bytes, n);
}

ssize_t pread(int fd, void *bytes, size_t n, off_t at)
{
	return fails("read", fd, NULL) ? -1 : REAL(pread)(fd, bytes, n, at);
}

ssize_t pread64(int fd, void *bytes, size_t n, off64_t at)
{
	return pread(fd, bytes, n, at);
}

/* ---- durability ------------------------------------------------------------- */

/*
 * What the kernel could not write it forgets: the next fsync finds nothing to complain of. Of a
 * file in tmp/ that is all there is.
 */
static void lose(int fd)
{
	char path[2 * PATH_MAX];

	path_of(fd, NULL, path);
	if (strstr(path, "/tmp/"))
		truncate(path, 0);
	errno = EIO;
}

static int sync_fails(int fd)
{
	enum verdict verdict = numbered("fsync", fd, NULL);

	if (verdict == LOSE)
		lose(fd);
	if (verdict == HALF_AND_DIE)
		kill(getpid(), SIGKILL);
	return verdict == FAIL || verdict == LOSE;
}

int fsync(int fd)
{
	return sync_fails(fd) ? -1 : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
	return sync_fails(fd) ? -1 : REAL(fdatasync)(fd);
}

int syncfs(int fd)
{
	return sync_fails(fd) ? -1 : REAL(syncfs)(fd);
}

int close(int fd)
{
	int failed = fails("close", fd, NULL), saved = errno, result = REAL(close)(fd);

	errno = failed ? saved : errno;
	return failed ? -1 : result;
}

/* ---- names ----------------------------------------------------------------- */

static int open_at(int dir, const char *name, int flags, mode_t mode)
{
	int writes = (flags & O_ACCMODE) != O_RDONLY;
	const char *call = flags & O_CREAT ? "create" : writes ? "reopen" : "open";

	return fails(call, dir, name) ? -1 : REAL(openat)(dir, name, flags, mode);
}

/* The mode stands there when a file is made. */
#define OPEN_AT(dir)                                                                               \
	va_list ap;                                                                                \
	mode_t mode;                                                                               \
                                                                                                   \
	va_start(ap, flags);                                                                       \
	mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;                                           \
	va_end(ap);                                                                                \
	return open_at(dir, name, flags, mode)

int open(const char *name, int flags, ...)
{
	OPEN_AT(AT_FDCWD);
}

int open64(const char *name, int flags, ...)
{
	OPEN_AT(AT_FDCWD);
}

int openat(int dir, const char *name, int flags, ...)
{
	OPEN_AT(dir);
}

int openat64(int dir, const char *name, int flags, ...)
{
	OPEN_AT(dir);
}

int renameat2(int from, const char *name, int to, const char *now, unsigned int flags)
{
	return fails("rename", from, name) ? -1 : REAL(renameat2)(from, name, to, now, flags);
}

int renameat(int from, const char *name, int to, const char *now)
{
	return renameat2(from, name, to, now, 0);
}

int rename(const char *name, const char *now)
{
	return renameat2(AT_FDCWD, name, AT_FDCWD, now, 0);
}

int linkat(int from, const char *name, int to, const char *now, int flags)
{
	return fails("link", from, name) ? -1 : REAL(linkat)(from, name, to, now, flags);
}

int link(const char *name, const char *now)
{
	return linkat(AT_FDCWD, name, AT_FDCWD, now, 0);
}

int symlink(const char *text, const char *name)
{
	return fails("link", AT_FDCWD, name) ? -1 : REAL(symlink)(text, name);
}

int unlinkat(int dir, const char *name, int flags)
{
	return fails("unlink", dir, name) ? -1 : REAL(unlinkat)(dir, name, flags);
}

int unlink(const char *name)
{
	return unlinkat(AT_FDCWD, name, 0);
}

int rmdir(const char *name)
{
	return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

int remove(const char *name)
{
	return fails("unlink", AT_FDCWD, name) ? -1 : REAL(remove)(name);
}

int mkdirat(int dir, const char *name, mode_t mode)
{
	return fails("mkdir", dir, name) ? -1 : REAL(mkdirat)(dir, name, mode);
}

int mkdir(const char *name, mode_t mode)
{
	return mkdirat(AT_FDCWD, name, mode);
}

/* ---- what a folder holds ------------------------------------------------------ */

DIR *opendir(const char *name)
{
	return fails("opendir", AT_FDCWD, name) ? NULL : REAL(opendir)(name);
}

DIR *fdopendir(int fd)
{
	return fails("opendir", fd, NULL) ? NULL : REAL(fdopendir)(fd);
}

struct dirent *readdir(DIR *dir)
{
	return fails("readdir", dirfd(dir), NULL) ? NULL : REAL(readdir)(dir);
}

struct dirent64 *readdir64(DIR *dir)
{
	return (struct dirent64 *)readdir(dir);
}

int fstatat(int dir, const char *name, struct stat *st, int flags)
{
	return fails("stat", dir, name) ? -1 : REAL(fstatat)(dir, name, st, flags);
}

int fstatat64(int dir, const char *name, struct stat64 *st, int flags)
{
	return fstatat(dir, name, (struct stat *)st, flags);
}

int stat(const char *name, struct stat *st)
{
	return fstatat(AT_FDCWD, name, st, 0);
}

int stat64(const char *name, struct stat64 *st)
{
	return stat(name, (struct stat *)st);
}

int lstat(const char *name, struct stat *st)
{
	return fstatat(AT_FDCWD, name, st, AT_SYMLINK_NOFOLLOW);
}

int lstat64(const char *name, struct stat64 *st)
{
	return lstat(name, (struct stat *)st);
}
