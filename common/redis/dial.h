/* Connecting to a host by TCP. */
#ifndef DIAL_H
#define DIAL_H

#include "trouble.h"

/*
 * Returns a descriptor that doesn't block, or -1 with the trouble noted, also where there is none by the deadline, of
 * clock_seconds(), or soon after a stop signal. It is for one host and port: a look-up that is late may be of use to
 * the next call. The host's text must stay.
 */
int dial(const char *host, int port, double deadline, struct redis_trouble *);

#endif
