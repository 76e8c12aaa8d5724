/* Patterns of keys, as fnmatch(3) has them. */
#ifndef GLOBS_H
#define GLOBS_H

#include <stdbool.h>
#include <stddef.h>

struct globs {
	const char **patterns; /* the array is owned, the texts are not */
	size_t count;
};

void globs_add(struct globs *, const char *pattern);

/* Whether one of them matches the bytes, behind which there is a NUL. */
bool globs_match(const struct globs *, const char *bytes, size_t length);

void globs_free(struct globs *);

#endif
