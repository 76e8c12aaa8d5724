/* What a command of the stream means for those who follow Redis. */
#ifndef COMMAND_H
#define COMMAND_H

#include "keyspace.h"

/*
 * ZADD, ZINCRBY and SET are written as they are; what gives a key a value in another way has that key read; what
 * takes values away, or concerns other types or databases, is passed over.
 * `db` is the database that the stream has selected, -1: none yet; SELECT changes it.
 */
bool command_apply(const redisReply *command, int *db, struct keyspace *, struct output *, struct redis_trouble *);

#endif
