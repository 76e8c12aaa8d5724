/* Waiting for input, for signals and for the time of the next counts, all at one place. */
#ifndef WAIT_H
#define WAIT_H

#include "output.h"
#include "report.h"

#include <poll.h>
#include <signal.h>

/* SIGINT or SIGTERM, once one has come; a second one ends the program at once. */
extern volatile sig_atomic_t stop_signal;

/* Installs the handlers. Returns false with errno set when it can't. */
bool wait_open(void);

/*
 * Waits until one of `count` descriptors (at most two; POLLIN is asked for, those of -1 are passed over) can be read
 * without blocking, and sets their `revents`. Output that is held goes out first if that takes any time at all.
 * Returns false when a signal says stop.
 */
bool wait_for_input(struct pollfd *, size_t count, struct output *, struct report *);

#endif
