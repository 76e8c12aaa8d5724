/* Patterns of keys, as fnmatch(3) has them. */
#ifndef GLOBS_H
#define GLOBS_H

#include <stdbool.h>
#include <stddef.h>

struct glob {
	const char *pattern; /* the caller's */
	bool matched;        /* some key */
};

struct globs {
	struct glob *list;
	size_t count;
	bool looked_at; /* some key */
};

void globs_add(struct globs *, const char *pattern);

/* Whether one of them matches the bytes, behind which there is a NUL. */
bool globs_match(struct globs *, const char *bytes, size_t length);

/* Says of each pattern of --key that it matched none of the keys that were looked at, if any were. */
void globs_say_unmatched(const struct globs *, const char *program);

void globs_free(struct globs *);

#endif
