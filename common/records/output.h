/* A buffered writer of whole records, which its caller flushes before it blocks. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { PAD_DEFAULT = 1024 }; /* the block of kcat -P */

/*
 * With `pad` or `whole`, what is held ends with a whole record, or with the one that is being put together, of which
 * nothing is written before its LF is there.
 */
struct output {
	int fd;
	size_t pad; /* block size that an idle stream is filled up to, 0: none */
	bool whole; /* may be set once it is open */
	bool is_pipe;
	bool is_terminal; /* which what a record holds must not steer: DEL and C1 controls go out escaped */
	int error;        /* errno of the first write that failed, 0: none */
	uintmax_t bytes;  /* taken so far, whether written yet or not */
	char *buffer;
	size_t used, capacity; /* of buffer */
};

/* Where the descriptor can't be written at all, that is its error from the start. */
void output_open(struct output *, int fd, size_t pad);

/* For output_bytes(), where they don't fit. */
void output_beyond(struct output *, const char *, size_t);

/* After an error these do nothing more, so that only output_close() need be asked. */
static inline void
output_bytes(struct output *out, const char *bytes, size_t length)
{
	if (length > out->capacity - out->used) {
		output_beyond(out, bytes, length);
		return;
	}
	out->bytes += length;
	memcpy(out->buffer + out->used, bytes, length);
	out->used += length;
}

void output_string(struct output *, const char *);
void output_byte(struct output *, char);

/* Takes the last `length` bytes back: the record put together last (of an output that is whole). */
void output_take_back(struct output *, size_t length);

/*
 * Writes all that is held. With `pad`, in writes that end with a record and that nothing can cut, for kcat -P takes
 * half a line for a message: of at most PIPE_BUF bytes, which a pipe takes whole, or of one longer record, for which it
 * is waited until the pipe is empty and, as far as the system allows, made large enough.
 */
void output_flush(struct output *);

/*
 * The same for a stream that now goes idle: fills the current block with LFs first. kcat -P reads its input in
 * blocks of 1024 bytes and skips empty lines, so the last record need not wait for a full block.
 */
void output_idle(struct output *);

/* Flushes and closes. Returns 0, or the errno of the first thing that failed. */
int output_close(struct output *);

#endif
