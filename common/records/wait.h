/* How a filter waits: for input, for signals and for the time of the next counts, all at one place. */
#ifndef WAIT_H
#define WAIT_H

#include "output.h"
#include "report.h"

#include <poll.h>

/*
 * Waits until one of the descriptors (those of -1 are passed over) can be read without blocking, and sets their
 * `revents`. Output that is held goes out first if that takes any time at all; SIGUSR1, noted, prints the counts.
 * Returns false when a signal says stop.
 */
bool wait_for_input(struct pollfd *, nfds_t, struct output *, struct report *);

#endif
