/* What a filter says besides its output: rejected records, counts, and its exit status. */
#ifndef REPORT_H
#define REPORT_H

#include "input.h"
#include "reason.h"
#include "rejects.h"
#include "repeats.h"

#include <stdbool.h>
#include <stdint.h>

struct report {
	const char *program;
	bool quiet;
	bool stats;        /* print the counts at the end */
	unsigned interval; /* seconds between prints of the counts, 0: none */
	struct rejects rejects;
	struct repeats repeats;
	const char *hints[8]; /* that were given, up to the first NULL */
	uintmax_t in, out, skipped, rejected;
	const size_t *waiting; /* how many records wait for others, NULL: none ever does */
	bool failed;           /* some input or output failed: status 2 */
	double started, next;  /* in seconds, monotonic */
};

/*
 * Starts the clock, and opens the file of rejects where one is wanted (`rejects` is its name, or NULL). False: it
 * can't, and has said why.
 */
bool report_open(struct report *, const char *rejects);

/*
 * Rejects a record: counts it, and says where (`place` is that in Kafka, NULL: none is known) and why. Returns whether
 * it was said, which a reason that repeats is only so many times.
 */
bool report_reject(struct report *, const struct record *, const char *place, const struct reason *);

/* Says what may be wrong with a whole input, once: "PROGRAM: HINT". The text is static, or the caller's. */
void report_hint(struct report *, const char *hint);

/* Keeps a record, or the next part of one that is too long, among the rejects, where they are wanted. */
void report_keep(struct report *, const struct record *);

/* "PROGRAM: WHAT: strerror(error)"; the status will be 2. */
void report_failure(struct report *, const char *what, int error);

void report_counts(struct report *);

/* Milliseconds until the counts are due again, -1: never. */
int report_due(const struct report *);

/* Prints what is due at the end, closes, and returns the exit status. */
int report_close(struct report *);

#endif
