/* Bytes that grow. All zero is an empty buffer. */
#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>

struct buffer {
	char *bytes;
	size_t length;
	size_t capacity;
};

/* Makes room for `more` bytes and a NUL behind them. */
void buffer_reserve(struct buffer *, size_t more);

/* Appends, and keeps a NUL behind the content. */
void buffer_append(struct buffer *, const char *, size_t);
void buffer_free(struct buffer *);

#endif
