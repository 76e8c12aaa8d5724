/* Questions to a Redis, and its answers. */
#ifndef REDIS_H
#define REDIS_H

#include "buffer.h"
#include "channel.h"
#include "reply.h"
#include "settings.h"
#include "trouble.h"

struct redis {
	struct channel channel;
	struct reader reader;
	char in[1 << 16];  /* more than a record of TLS, so that OpenSSL itself holds nothing back */
	size_t first, end; /* of it, what is still to be read */
	struct buffer out; /* what is to be sent */
};

/*
 * Connects, authenticates and selects the database. Strings of its answers that are longer than `longest` will be cut.
 * Returns NULL with the trouble noted; else redis_close() it.
 */
struct redis *redis_open(const struct redis_settings *, size_t longest, struct redis_trouble *);

/* The same by a connection that there is, which it takes over; as it is, without a question. */
struct redis *redis_over(struct channel, size_t longest);

void redis_close(struct redis *);

/* For the functions below: a command, and how many words it has. A word is struct bytes. */
#define WORDS(...)                                                                                                     \
	(const struct bytes[]){__VA_ARGS__}, sizeof((const struct bytes[]){__VA_ARGS__}) / sizeof(struct bytes)

/* Send a command; return its answer, which the caller frees; or both. False and NULL: the trouble is noted. */
bool redis_send(struct redis *, struct redis_trouble *, const struct bytes *words, size_t count);
struct reply *redis_answer(struct redis *, struct redis_trouble *);
struct reply *redis_ask(struct redis *, struct redis_trouble *, const struct bytes *words, size_t count);

/* Notes what an answer that was not expected says, whether trying again can help, too. Returns false. */
bool redis_refused(const struct reply *, struct redis_trouble *);

/* Reads what has arrived into `in`, which must be empty, without waiting. */
bool redis_receive(struct redis *, struct redis_trouble *);

/* Takes the next reply that stands whole in `in`, which the caller frees, or NULL where none does. */
bool redis_next(struct redis *, struct reply **, struct redis_trouble *);

#endif
