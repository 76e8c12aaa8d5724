#include "buffer.h"

#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DOUBLE_UP_TO = 1 << 20 };

void
buffer_reserve(struct buffer *buffer, size_t more)
{
	if (more >= SIZE_MAX / 2 - buffer->length)
		need(NULL);
	size_t needed = buffer->length + more + 1;
	if (needed <= buffer->capacity)
		return;
	/* beyond that it grows by less: a decoder's memory is bounded by its longest record */
	size_t grown = buffer->capacity + (buffer->capacity < DOUBLE_UP_TO ? buffer->capacity : DOUBLE_UP_TO);
	buffer->capacity = needed > grown ? needed : grown;
	buffer->bytes = need(realloc(buffer->bytes, buffer->capacity));
}

void
buffer_append(struct buffer *buffer, const char *bytes, size_t length)
{
	buffer_reserve(buffer, length);
	if (length > 0)
		memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
	buffer->bytes[buffer->length] = '\0';
}

void
buffer_free(struct buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct buffer){0};
}
