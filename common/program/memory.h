/* Memory that must be there. */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/* Returns what an allocator returned; where that is NULL, says so on standard error and exits with status 2. */
void *need(void *);

/* How many bytes an allocation takes, with what the allocator holds beside it; 0 of NULL. */
size_t memory_of(void *);

/* A copy with a NUL behind it; the caller frees it. */
char *copy_bytes(const char *, size_t length);

#endif
