/* A buffered writer of whole records, which its caller flushes before it blocks. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAD_DEFAULT = 1024 }; /* the block of kcat -P */

struct output {
	int fd;
	size_t pad;      /* block size that an idle stream is filled up to, 0: none */
	int error;       /* errno of the first write that failed, 0: none */
	uintmax_t bytes; /* taken so far, whether written yet or not */
	size_t used;     /* of buffer */
	char buffer[1 << 16];
};

/* Where the descriptor can't be written at all, that is its error from the start. */
void output_open(struct output *, int fd, size_t pad);

/* After an error these do nothing more, so that only output_close() need be asked. */
void output_bytes(struct output *, const char *, size_t);
void output_string(struct output *, const char *);
void output_byte(struct output *, char);

/* Writes all that is held. */
void output_flush(struct output *);

/*
 * The same for a stream that now goes idle: fills the current block with LFs first. kcat -P reads its input in
 * blocks of 1024 bytes and skips empty lines, so the last record need not wait for a full block.
 */
void output_idle(struct output *);

/* Flushes and closes. Returns 0, or the errno of the first thing that failed. */
int output_close(struct output *);

#endif
