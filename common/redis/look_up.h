/* Looking a host up, for no longer than it may take. */
#ifndef LOOK_UP_H
#define LOOK_UP_H

#include "trouble.h"

#include <netdb.h>

/*
 * Returns the host's addresses, for freeaddrinfo(), or NULL with the trouble noted, also where there are none by the
 * deadline, of clock_seconds(), or soon after a stop signal. It is for one host and port, whose text must stay: a
 * look-up that is late goes on, and is of use to the next call.
 */
struct addrinfo *look_up(const char *host, int port, double deadline, struct redis_trouble *);

#endif
