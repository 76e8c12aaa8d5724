/* Records from a descriptor, each ended by LF (or CR LF) or NUL, in memory bounded by the longest record allowed. */
#ifndef INPUT_H
#define INPUT_H

#include "buffer.h"
#include "json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
	int fd;
	const char *name; /* for messages; the caller's */
	char delimiter;   /* '\n' or '\0' */
	size_t max;       /* longest record, in bytes */
	struct buffer buffer;
	size_t start;    /* of the first byte that was not handed out */
	size_t searched; /* up to here there is no delimiter */
	uintmax_t line;  /* of the record handed out last, from 1; counts records where the delimiter is NUL */
	bool ended;
	bool overlong; /* amid a record that is too long */
	int error;     /* errno of a read that failed, 0: none */
};

/* One handed out by input_next() is valid until the next call of input_fill(). */
struct record {
	struct slice bytes;   /* without what ends it; followed by a NUL */
	struct slice ahead;   /* what has been read behind it */
	bool carriage_return; /* stood before the LF */
	char delimiter;
	const char *file; /* where it came from */
	uintmax_t line;
	bool overlong, first, last; /* is a part of a record that is too long; its first, its last */
};

enum input_result {
	INPUT_RECORD,
	INPUT_OVERLONG, /* a part of a record that is too long */
	INPUT_DRY,      /* input_fill() is needed first */
	INPUT_END,      /* end of file or error */
};

void input_open(struct input *, int fd, const char *name, char delimiter, size_t max);

/* Hands out the next record; blank ones are passed over, and so is a byte order mark that begins the input. */
enum input_result input_next(struct input *, struct record *);

/* Reads once; may block, may be interrupted. */
void input_fill(struct input *);

/* Closes the descriptor, unless it is standard input, and frees. */
void input_close(struct input *);

#endif
