#include "redis.h"

#include "number.h"
#include "write.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

const char redis_settings_help[] = "Environment:\n"
				   "  REDIS_HOST      default localhost\n"
				   "  REDIS_PORT      default 6379\n"
				   "  REDIS_DB        number of the database, default 0\n"
				   "  REDIS_PASSWORD  default none\n"
				   "  REDIS_USER      default: Redis's default user\n";

/* An empty setting is an absent one. */
static const char *
setting(const char *name, const char *fallback)
{
	const char *value = getenv(name);
	return value == NULL || value[0] == '\0' ? fallback : value;
}

const char *
redis_settings_read(struct redis_settings *settings)
{
	long long port;
	long long db;
	if (!parse_number(setting("REDIS_PORT", "6379"), 1, 65535, &port))
		return "REDIS_PORT: expected a port number";
	if (!parse_number(setting("REDIS_DB", "0"), 0, INT_MAX, &db))
		return "REDIS_DB: expected the number of a database";
	settings->host = setting("REDIS_HOST", "localhost");
	settings->port = (int)port;
	settings->db = (int)db;
	settings->user = setting("REDIS_USER", NULL);
	settings->password = setting("REDIS_PASSWORD", NULL);
	return NULL;
}

bool
redis_is_strings(const redisReply *reply)
{
	if (reply->type != REDIS_REPLY_ARRAY)
		return false;
	for (size_t i = 0; i < reply->elements; i++)
		if (reply->element[i]->type != REDIS_REPLY_STRING)
			return false;
	return true;
}

bool
redis_broken(const redisContext *connection, struct redis_trouble *trouble)
{
	const char *reason = connection->errstr[0] == '\0' ? "connection lost" : connection->errstr;
	snprintf(trouble->reason, sizeof(trouble->reason), "%s", reason);
	trouble->final = false;
	return false;
}

bool
redis_refused(const redisReply *reply, struct redis_trouble *trouble)
{
	static const char *const final[] = {
		"NOAUTH", "WRONGPASS", "NOPERM", "ERR invalid password", "ERR AUTH", "ERR DB index", "ERR invalid DB"};
	const char *reason = reply->type == REDIS_REPLY_ERROR ? reply->str : "an unexpected reply";
	snprintf(trouble->reason, sizeof(trouble->reason), "%s", reason);
	trouble->final = false;
	for (size_t i = 0; i < sizeof(final) / sizeof(final[0]); i++)
		if (strncmp(reason, final[i], strlen(final[i])) == 0)
			trouble->final = true;
	return false;
}

/* Takes the reply to a command that answers OK. */
static bool
is_ok(redisContext *connection, redisReply *reply, struct redis_trouble *trouble)
{
	if (reply == NULL)
		return redis_broken(connection, trouble);
	bool ok = reply->type == REDIS_REPLY_STATUS;
	if (!ok)
		redis_refused(reply, trouble);
	freeReplyObject(reply);
	return ok;
}

static bool
authenticate(redisContext *connection, const struct redis_settings *settings, struct redis_trouble *trouble)
{
	if (settings->password == NULL)
		return true;
	redisReply *reply = settings->user == NULL
				    ? redisCommand(connection, "AUTH %s", settings->password)
				    : redisCommand(connection, "AUTH %s %s", settings->user, settings->password);
	return is_ok(connection, reply, trouble);
}

static bool
select_db(redisContext *connection, const struct redis_settings *settings, struct redis_trouble *trouble)
{
	if (settings->db == 0)
		return true;
	return is_ok(connection, redisCommand(connection, "SELECT %d", settings->db), trouble);
}

redisContext *
redis_open(const struct redis_settings *settings, struct redis_trouble *trouble)
{
	const struct timeval connecting = {.tv_sec = 5};
	const struct timeval answering = {.tv_sec = 10};
	redisContext *connection = redisConnectWithTimeout(settings->host, settings->port, connecting);
	if (connection == NULL) {
		*trouble = (struct redis_trouble){.reason = "out of memory"};
		return NULL;
	}
	if (connection->err != 0 || redisSetTimeout(connection, answering) != REDIS_OK) {
		redis_broken(connection, trouble);
	} else if (authenticate(connection, settings, trouble) && select_db(connection, settings, trouble)) {
		return connection;
	}
	redisFree(connection);
	return NULL;
}

void
redis_complain(const char *program, const struct redis_settings *settings, const struct redis_trouble *trouble,
	const char *consequence)
{
	say("%s: Redis at %s:%d: %s%s", program, settings->host, settings->port, trouble->reason, consequence);
}
