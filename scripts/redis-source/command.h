/* What a command of the stream means for those who follow Redis. */
#ifndef COMMAND_H
#define COMMAND_H

#include "keyspace.h"

/*
 * SET and a ZADD without conditions are written as they are; of a ZADD that may leave members as they were, and of
 * ZINCRBY, what Redis holds of the members afterwards is written. What gives a key a value in another way has that key
 * read; what takes values away, or concerns other types, databases or keys that are not wanted, is passed over.
 * `db` is the database that the stream has selected, -1: none yet; SELECT changes it.
 */
bool command_apply(const struct reply *command, int *db, struct keyspace *, struct messages *, struct redis_trouble *);

#endif
