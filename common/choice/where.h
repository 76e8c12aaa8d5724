/* Tests: PATH=V[|V...], PATH!=V[|V...], PATH<V, <=, >, >=, PATH, !PATH */
#ifndef WHERE_H
#define WHERE_H

#include "paths.h"

enum test_kind {
	TEST_THERE, /* and not null */
	TEST_EQUAL, /* to one of the values */
	TEST_ORDER, /* compared with the value, it lies between `least` and `most`, of -1, 0 and 1 */
};

struct test {
	const struct path *path;
	enum test_kind kind;
	bool negated;
	int least, most;
	bool number; /* the value compared with is one */
	struct buffer *values;
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
