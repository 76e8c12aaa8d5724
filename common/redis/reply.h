/* Replies of Redis in its protocol, RESP 2, put together from bytes as they come. */
#ifndef REPLY_H
#define REPLY_H

#include "trouble.h"

#include <stddef.h>

/* Any bytes; not owned. */
struct bytes {
	const char *at;
	size_t length;
	size_t whole; /* more than the length where the rest was too much to keep */
};

/* Those of a string. */
struct bytes bytes_of(const char *);

enum reply_type {
	REPLY_NIL,
	REPLY_ARRAY = '*',
	REPLY_ERROR = '-',
	REPLY_INTEGER = ':',
	REPLY_STATUS = '+',
	REPLY_STRING = '$',
};

struct reply {
	enum reply_type type;
	struct bytes bytes; /* of a string, an error or a status, with a NUL behind them */
	long long integer;
	struct reply *elements; /* of an array */
	size_t count;

	size_t room; /* of what is owned: bytes, or elements */
};

void reply_free(struct reply *);

/* Whether it is an array of strings, perhaps of none. */
bool reply_is_strings(const struct reply *);

enum { REPLY_DEPTH = 4 }; /* arrays in each other */

/* Memory is only taken for what has come, whatever length was announced for it. */
struct reader {
	size_t longest; /* string that is kept; of a longer one there will be only the first bytes, and its length */

	struct reply *root; /* that is being put together, owned; NULL: none */
	struct {
		struct reply *array;
		size_t expected; /* elements */
	} open[REPLY_DEPTH];
	size_t depth;
	size_t held;    /* bytes, about, of all that is kept */
	char line[256]; /* as far as it has come */
	size_t line_used;
	struct reply *string; /* whose bytes are coming */
	size_t left;          /* of them, CR LF included */
};

/*
 * Takes bytes until one reply is whole: stores how many it took, and the reply, which the caller frees, or NULL.
 * Returns false with the trouble noted where the bytes are none of a reply.
 */
bool reader_take(
	struct reader *, const char *bytes, size_t length, size_t *taken, struct reply **, struct redis_trouble *);

/* Frees what is not whole. */
void reader_close(struct reader *);

#endif
