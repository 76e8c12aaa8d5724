/* Where Redis is, by the environment, and a connection to it. */
#ifndef REDIS_H
#define REDIS_H

#include <hiredis/hiredis.h>
#include <stdbool.h>

struct redis_settings {
	const char *host;
	int port;
	int db;
	const char *user;     /* NULL: the default user */
	const char *password; /* NULL: none */
};

struct redis_trouble {
	char reason[512];
	bool final; /* trying again can't help: wrong password, no permission, no such database */
};

/* The lines of --help about these settings. */
extern const char redis_settings_help[];

/* Reads REDIS_HOST, REDIS_PORT, REDIS_DB, REDIS_USER, REDIS_PASSWORD. Returns NULL, or what is wrong with them. */
const char *redis_settings_read(struct redis_settings *);

/* Connects, authenticates and selects the database. Returns NULL with the trouble noted; else redisFree() it. */
redisContext *redis_open(const struct redis_settings *, struct redis_trouble *);

/* Whether a reply is an array of strings, perhaps of none. */
bool redis_is_strings(const redisReply *);

/* Both note the trouble and return false. The first is for a NULL reply, the second for an error reply. */
bool redis_broken(const redisContext *, struct redis_trouble *);
bool redis_refused(const redisReply *, struct redis_trouble *);

/* Says on standard error, for PROGRAM, what the trouble with Redis is, and what comes of it. */
void redis_complain(
	const char *program, const struct redis_settings *, const struct redis_trouble *, const char *consequence);

#endif
