#include "memory.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

void *
need(void *allocated)
{
	if (allocated == NULL)
		errx(2, "out of memory");
	return allocated;
}

char *
copy_bytes(const char *bytes, size_t length)
{
	char *copy = need(malloc(length + 1));
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}
