/* A connection to Redis as bytes, plain or by TLS. Nothing here waits longer than it is to, or than a stop signal lets
 * it. */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "settings.h"
#include "trouble.h"

#include <stddef.h>
#include <sys/types.h>

struct channel {
	int fd;
	SSL *tls; /* NULL: plain */
};

/* Connects. Returns false with the trouble noted; else channel_close() it. */
bool channel_open(struct channel *, const struct redis_settings *, struct redis_trouble *);
void channel_close(struct channel *);

/*
 * Read or write what goes at once. Return how many bytes, -1 with the trouble noted (the end of the connection is
 * trouble, too), or 0 with the events of poll(2) stored that the descriptor has to be ready for first.
 */
ssize_t channel_read(struct channel *, char *bytes, size_t room, short *awaited, struct redis_trouble *);
ssize_t channel_write(struct channel *, const char *bytes, size_t length, short *awaited, struct redis_trouble *);

#endif
