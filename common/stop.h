/* SIGTERM and SIGINT as a request to end after the line that is being written. */
#ifndef STOP_H
#define STOP_H

#include <poll.h>

/*
 * From now on the first of each is only noted; a second one of the same kind kills, should the output be stuck.
 * SIGPIPE is put off, because a lost connection raises it too, until stop_if_unread() is told of an output's error.
 */
void stop_on_signals(void);

/* Where `error` is EPIPE, does what SIGPIPE was to do: as a rule this doesn't return. */
void stop_if_unread(int error);

/* The signal that came, 0: none yet. */
int stop_signal(void);

/*
 * poll(2) that a stop signal always ends, even one that came just before. Milliseconds, -1: without end.
 * Returns as poll() does; having been interrupted counts as 0 descriptors ready.
 */
int stop_poll(struct pollfd *, nfds_t, int milliseconds);

/* Sleeps, or returns early with a stop signal. */
void stop_sleep(double seconds);

#endif
