#include "input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { READ_SIZE = 1 << 17 };

void
input_open(struct input *in, int fd, const char *name, char delimiter, size_t max)
{
	*in = (struct input){.fd = fd, .name = name, .delimiter = delimiter, .max = max};
}

/* Takes `length` bytes and, where one is there, the delimiter behind them. */
static void
take(struct input *in, struct record *record, size_t length, bool delimited)
{
	char *at = in->buffer.bytes + in->start;
	in->start += length + delimited;
	in->searched = in->start;
	*record = (struct record){.delimiter = in->delimiter, .file = in->name};
	if (delimited && in->delimiter == '\n' && length > 0 && at[length - 1] == '\r') {
		record->carriage_return = true;
		length--;
	}
	at[length] = '\0';
	record->bytes = (struct slice){at, length};
	record->ahead = (struct slice){in->buffer.bytes + in->start, in->buffer.length - in->start};
}

static enum input_result
take_overlong(struct input *in, struct record *record, size_t length, bool delimited, bool last)
{
	take(in, record, length, delimited);
	record->overlong = true;
	record->first = !in->overlong;
	record->last = last;
	in->overlong = !last;
	in->line += record->first;
	record->line = in->line;
	return INPUT_OVERLONG;
}

static void
skip_byte_order_mark(struct slice *bytes)
{
	static const char mark[] = "\xEF\xBB\xBF";
	if (bytes->length < strlen(mark) || memcmp(bytes->at, mark, strlen(mark)) != 0)
		return;
	bytes->at += strlen(mark);
	bytes->length -= strlen(mark);
}

enum input_result
input_next(struct input *in, struct record *record)
{
	for (;;) {
		size_t left = in->buffer.length - in->start;
		size_t unsearched = in->buffer.length - in->searched;
		char *delimiter =
			unsearched == 0 ? NULL : memchr(in->buffer.bytes + in->searched, in->delimiter, unsearched);
		bool last = delimiter != NULL || in->ended;
		if (delimiter != NULL)
			left = (size_t)(delimiter - (in->buffer.bytes + in->start));
		else
			in->searched = in->buffer.length;
		if (in->overlong && (left > 0 || last))
			return take_overlong(in, record, left, delimiter != NULL, last);
		if (left > in->max)
			return take_overlong(in, record, left, delimiter != NULL, last);
		if (delimiter == NULL && (!in->ended || left == 0))
			return in->ended ? INPUT_END : INPUT_DRY;
		take(in, record, left, delimiter != NULL);
		record->line = ++in->line;
		if (in->line == 1)
			skip_byte_order_mark(&record->bytes);
		if (!slice_is_blank(record->bytes))
			return INPUT_RECORD;
	}
}

void
input_fill(struct input *in)
{
	struct buffer *buffer = &in->buffer;
	if (in->start > 0) {
		buffer->length -= in->start;
		memmove(buffer->bytes, buffer->bytes + in->start, buffer->length);
		in->searched -= in->start;
		in->start = 0;
	}
	if (buffer->length + READ_SIZE / 2 >= buffer->capacity)
		buffer_reserve(buffer, READ_SIZE);
	ssize_t n = read(in->fd, buffer->bytes + buffer->length, buffer->capacity - buffer->length - 1);
	if (n > 0) {
		buffer->length += (size_t)n;
	} else if (n == 0) {
		in->ended = true;
	} else if (errno != EINTR && errno != EAGAIN) {
		in->error = errno;
		in->ended = true;
	}
}

void
input_close(struct input *in)
{
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	buffer_free(&in->buffer);
}
