/*
 * To be preloaded: of the program's allocations the one that the environment's FAIL_AT numbers, from 1, fails, and that
 * is said on standard error. For glibc, whose own allocator has these other names.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);

static bool
fails(void)
{
	static const char said[] = "an allocation fails\n";
	static long calls;
	const char *at = getenv("FAIL_AT");
	if (at == NULL || ++calls != atol(at))
		return false;
	if (write(STDERR_FILENO, said, sizeof(said) - 1) < 0)
		abort();
	errno = ENOMEM;
	return true;
}

void *
malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
