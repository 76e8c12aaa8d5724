/* How long Redis is waited for. */
#ifndef PATIENCE_H
#define PATIENCE_H

#include "trouble.h"

/*
 * Waits until the descriptor is ready for these events of poll(2). Returns false with the trouble noted where that is
 * not so by the deadline, of clock_seconds(), or soon after a stop signal: what is under way then has a quarter of a
 * second to be completed, all of it together.
 */
bool redis_wait(int fd, short events, double deadline, struct redis_trouble *);

/* The same question without a wait, for what goes on for as long as bytes come. */
bool redis_has_time(double deadline, struct redis_trouble *);

#endif
