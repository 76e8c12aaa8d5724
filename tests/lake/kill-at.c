/*
 * Preloaded to a program, ends it as kill -9 does at the KILL_AT-th of its calls that change a file with KILL_IN in its
 * path: before it makes it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
point(const char *path)
{
	static int calls;
	const char *within = getenv("KILL_IN");
	const char *at = getenv("KILL_AT");
	if (within && at && strstr(path, within) && __sync_add_and_fetch(&calls, 1) == atoi(at))
		kill(getpid(), SIGKILL);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                                                                     \
	int name(const char *path, int flags, ...)                                                                     \
	{                                                                                                              \
		va_list arguments;                                                                                     \
		va_start(arguments, flags);                                                                            \
		mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;                                         \
		va_end(arguments);                                                                                     \
		if (flags & (O_WRONLY | O_RDWR))                                                                       \
			point(path);                                                                                   \
		return REAL(name)(path, flags, mode);                                                                  \
	}
OPEN(open)
OPEN(open64)

ssize_t
write(int file, const void *bytes, size_t length)
{
	char name[64], path[PATH_MAX] = "";
	snprintf(name, sizeof name, "/proc/self/fd/%d", file);
	if (readlink(name, path, sizeof path - 1) > 0)
		point(path);
	return REAL(write)(file, bytes, length);
}

int
mkdir(const char *path, mode_t mode)
{
	point(path);
	return REAL(mkdir)(path, mode);
}

int
rename(const char *from, const char *to)
{
	point(to);
	return REAL(rename)(from, to);
}

int
linkat(int at, const char *from, int there, const char *to, int flags)
{
	point(to);
	return REAL(linkat)(at, from, there, to, flags);
}

int
link(const char *from, const char *to)
{
	point(to);
	return REAL(link)(from, to);
}

int
unlink(const char *path)
{
	point(path);
	return REAL(unlink)(path);
}
