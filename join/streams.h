/*
 * What is read, and when: first what an earlier run wrote and what is to be loaded, to their ends, one after the other;
 * then TABLE to its end where it is a regular file; then both TABLE and EVENTS as they come, neither waiting for the
 * other. So what an event is joined with depends on the data, never on which pipe was quicker.
 */
#ifndef STREAMS_H
#define STREAMS_H

#include "match.h"

/* Names of files, "-" for standard input. */
struct streams {
	const char *resume; /* NULL: nothing was written before */
	const char **load;  /* in order */
	size_t load_count;
	const char *table; /* NULL: none beside what is loaded */
	const char *events;
};

/* Joins until the inputs end or a signal says stop. Returns the exit status. */
int streams_run(struct join *, const char *program, const struct streams *);

#endif
