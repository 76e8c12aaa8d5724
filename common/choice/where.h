/* Tests: PATH=V[|V...], PATH!=V[|V...], PATH, !PATH */
#ifndef WHERE_H
#define WHERE_H

#include "paths.h"

struct test {
	const struct path *path;
	bool negated;
	struct buffer *values; /* what it is compared with; none: whether it is there and not null */
	size_t count;
};

struct tests {
	struct test *list;
	size_t count;
	struct buffer scratch;
};

/* Adds a test. Returns NULL, or what is wrong (static text), with *text at the place. */
const char *where_parse(struct tests *, struct paths *, const char **text);

/* Whether all tests hold for the values. */
bool where_holds(struct tests *, const struct slice *values);

void where_close(struct tests *);

#endif
