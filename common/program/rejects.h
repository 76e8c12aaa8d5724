/*
 * The file that rejected records go to, as they came. Where it can't be written, each later record is tried again; what
 * is there of one that is not whole is taken back, or, where it can't be (a pipe), ended before the next.
 */
#ifndef REJECTS_H
#define REJECTS_H

#include "input.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct rejects {
	const char *name; /* NULL: none is wanted */
	int fd;
	off_t start;       /* of the record at hand, where the file is a regular one */
	bool cut;          /* it ends amid a record */
	bool passing;      /* over the rest of a record, of which a part could not be written */
	int error;         /* errno of the last write, 0: it was written */
	uintmax_t missing; /* records */
};

/* Opens the file where one is wanted; a FIFO once somebody reads it. Returns 0, or errno (EINTR: a signal says stop).
 */
int rejects_open(struct rejects *, const char *name);

/* Appends a record, or the next part of one that is too long. Returns 0, or the errno of a failure that is new. */
int rejects_keep(struct rejects *, const struct record *);

/* Returns 0, or errno. */
int rejects_close(struct rejects *);

#endif
