#include "memory.h"

#include <err.h>
#include <stddef.h>

void *
need(void *allocated)
{
	if (allocated == NULL)
		errx(2, "out of memory");
	return allocated;
}
