#include "memory.h"

#include "status.h"
#include "write.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

void *
need(void *allocated)
{
	if (allocated == NULL) {
		say("%s: out of memory", program_invocation_short_name);
		exit(EXIT_TROUBLE);
	}
	return allocated;
}

size_t
memory_of(void *allocated)
{
	return allocated == NULL ? 0 : malloc_usable_size(allocated) + sizeof(size_t);
}

char *
copy_bytes(const char *bytes, size_t length)
{
	char *copy = need(malloc(length + 1));
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}
