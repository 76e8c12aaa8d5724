#include "keyspace.h"

#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 200 }; /* keys or members asked for at once; Redis takes it as a hint */

struct key {
	char *at;
	size_t length;
};

static bool
out_of_memory(struct redis_trouble *trouble)
{
	*trouble = (struct redis_trouble){.reason = "out of memory", .final = true};
	return false;
}

bool
keyspace_open(struct keyspace *keyspace, const struct redis_settings *settings, struct redis_trouble *trouble)
{
	*keyspace = (struct keyspace){.db = settings->db, .connection = redis_open(settings, trouble)};
	return keyspace->connection != NULL;
}

static struct key *
queued(const struct keyspace *keyspace, size_t index)
{
	return &keyspace->queue[(keyspace->first + index) % keyspace->room];
}

static void
forget_zset(struct keyspace *keyspace)
{
	free((char *)keyspace->zset.at);
	keyspace->zset = (struct bytes){0};
}

void
keyspace_close(struct keyspace *keyspace)
{
	for (size_t i = 0; i < keyspace->count; i++)
		free(queued(keyspace, i)->at);
	free(keyspace->queue);
	forget_zset(keyspace);
	if (keyspace->connection != NULL)
		redisFree(keyspace->connection);
	*keyspace = (struct keyspace){0};
}

void
keyspace_read_all(struct keyspace *keyspace)
{
	if (keyspace->scan[0] == '\0')
		strcpy(keyspace->scan, "0");
	else
		keyspace->again = true;
}

static bool
grow(struct keyspace *keyspace)
{
	size_t room = keyspace->room == 0 ? 64 : 2 * keyspace->room;
	struct key *queue = calloc(room, sizeof(*queue));
	if (queue == NULL)
		return false;
	for (size_t i = 0; i < keyspace->count; i++)
		queue[i] = *queued(keyspace, i);
	free(keyspace->queue);
	keyspace->queue = queue;
	keyspace->room = room;
	keyspace->first = 0;
	return true;
}

bool
keyspace_read(struct keyspace *keyspace, struct bytes key, struct redis_trouble *trouble)
{
	for (size_t i = 0; i < keyspace->count; i++)
		if (queued(keyspace, i)->length == key.length &&
			memcmp(queued(keyspace, i)->at, key.at, key.length) == 0)
			return true;
	if (keyspace->count == keyspace->room && !grow(keyspace))
		return out_of_memory(trouble);
	char *copy = malloc(key.length + 1);
	if (copy == NULL)
		return out_of_memory(trouble);
	memcpy(copy, key.at, key.length);
	*queued(keyspace, keyspace->count) = (struct key){copy, key.length};
	keyspace->count++;
	return true;
}

bool
keyspace_busy(const struct keyspace *keyspace)
{
	return keyspace->zset.at != NULL || keyspace->count > 0 || keyspace->scan[0] != '\0';
}

bool
keyspace_full(const struct keyspace *keyspace)
{
	return keyspace->count >= KEYSPACE_MANY;
}

/* A page of SCAN or ZSCAN: a cursor and an array. Copies the cursor, "" for the end; returns the array or NULL. */
static redisReply *
page(const redisReply *reply, char cursor[24])
{
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 || reply->element[0]->type != REDIS_REPLY_STRING ||
		reply->element[0]->len >= 24 || !redis_is_strings(reply->element[1]))
		return NULL;
	strcpy(cursor, strcmp(reply->element[0]->str, "0") == 0 ? "" : reply->element[0]->str);
	return reply->element[1];
}

static struct bytes
bytes_of(const redisReply *reply)
{
	return (struct bytes){reply->str, reply->len};
}

static bool
queue_keys(struct keyspace *keyspace, const redisReply *reply, struct redis_trouble *trouble)
{
	const redisReply *keys = page(reply, keyspace->scan);
	if (keys == NULL)
		return redis_refused(reply, trouble);
	for (size_t i = 0; i < keys->elements; i++)
		if (!keyspace_read(keyspace, bytes_of(keys->element[i]), trouble))
			return false;
	if (keyspace->scan[0] == '\0' && keyspace->again) {
		keyspace->again = false;
		strcpy(keyspace->scan, "0");
	}
	return true;
}

static bool
scan_keys(struct keyspace *keyspace, struct redis_trouble *trouble)
{
	redisReply *reply = redisCommand(keyspace->connection, "SCAN %s COUNT %d", keyspace->scan, PAGE);
	if (reply == NULL)
		return redis_broken(keyspace->connection, trouble);
	bool ok = queue_keys(keyspace, reply, trouble);
	freeReplyObject(reply);
	return ok;
}

/* Writes a page of members, each followed by its score. */
static bool
write_members(struct keyspace *keyspace, const redisReply *members, struct output *out, struct redis_trouble *trouble)
{
	size_t count = members->elements / 2;
	if (count == 0)
		return true;
	struct scored_member *scored = calloc(count, sizeof(*scored));
	if (scored == NULL)
		return out_of_memory(trouble);
	for (size_t i = 0; i < count; i++)
		scored[i] = (struct scored_member){
			bytes_of(members->element[2 * i]), bytes_of(members->element[2 * i + 1])};
	message_zset(out, &keyspace->snapshot, scored, count);
	free(scored);
	return true;
}

/* A key that has become of another type since: the change itself is in the stream. */
static bool
is_wrong_type(const redisReply *reply)
{
	return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, "WRONGTYPE", 9) == 0;
}

static bool
scan_zset(struct keyspace *keyspace, struct output *out, struct redis_trouble *trouble)
{
	redisReply *reply = redisCommand(keyspace->connection, "ZSCAN %b %s COUNT %d", keyspace->zset.at,
		keyspace->zset.length, keyspace->zscan, PAGE);
	if (reply == NULL)
		return redis_broken(keyspace->connection, trouble);
	bool ok = true;
	const redisReply *members = page(reply, keyspace->zscan);
	if (members != NULL)
		ok = write_members(keyspace, members, out, trouble);
	else if (is_wrong_type(reply))
		keyspace->zscan[0] = '\0';
	else
		ok = redis_refused(reply, trouble);
	freeReplyObject(reply);
	if (keyspace->zscan[0] == '\0')
		forget_zset(keyspace);
	return ok;
}

/* From INFO: "db0:keys=2,expires=0,avg_ttl=0"; a database without keys has no line. */
static void
count_keys(struct snapshot *snapshot, const redisReply *info)
{
	char line[32];
	snprintf(line, sizeof(line), "\ndb%d:", snapshot->db);
	const char *found = info->type == REDIS_REPLY_STRING ? strstr(info->str, line) : NULL;
	if (found != NULL)
		sscanf(found + strlen(line), "keys=%lld,expires=%lld", &snapshot->dbsize, &snapshot->expires);
}

static long long
expiry(const redisReply *pttl)
{
	if (pttl->type != REDIS_REPLY_INTEGER || pttl->integer < 0)
		return -1;
	return clock_unix_milliseconds() + pttl->integer;
}

enum { INFO, PTTL, TYPE, GET, REPLIES };

/* Asks for all at once. The replies that came are the caller's, also when it returns false. */
static bool
ask(redisContext *connection, const struct key *key, redisReply *replies[REPLIES], struct redis_trouble *trouble)
{
	if (redisAppendCommand(connection, "INFO keyspace") != REDIS_OK ||
		redisAppendCommand(connection, "PTTL %b", key->at, key->length) != REDIS_OK ||
		redisAppendCommand(connection, "TYPE %b", key->at, key->length) != REDIS_OK ||
		redisAppendCommand(connection, "GET %b", key->at, key->length) != REDIS_OK)
		return redis_broken(connection, trouble);
	for (int i = 0; i < REPLIES; i++) {
		void *reply = NULL;
		if (redisGetReply(connection, &reply) != REDIS_OK || reply == NULL)
			return redis_broken(connection, trouble);
		replies[i] = reply;
	}
	return true;
}

/* Writes a string; begins a sorted set, which takes the key over; the rest is not published. */
static bool
write_key(struct keyspace *keyspace, struct key *key, redisReply *const replies[REPLIES], struct output *out,
	struct redis_trouble *trouble)
{
	if (replies[TYPE]->type != REDIS_REPLY_STATUS)
		return redis_refused(replies[TYPE], trouble);
	keyspace->snapshot = (struct snapshot){
		.key = {key->at, key->length}, .db = keyspace->db, .expired_ms = expiry(replies[PTTL])};
	count_keys(&keyspace->snapshot, replies[INFO]);
	if (replies[GET]->type == REDIS_REPLY_STRING) {
		message_string(out, &keyspace->snapshot, bytes_of(replies[GET]));
	} else if (strcmp(replies[TYPE]->str, "zset") == 0) {
		keyspace->zset = keyspace->snapshot.key;
		strcpy(keyspace->zscan, "0");
		key->at = NULL;
	} else if (strcmp(replies[TYPE]->str, "string") == 0 && replies[GET]->type != REDIS_REPLY_NIL &&
		   !is_wrong_type(replies[GET])) {
		return redis_refused(replies[GET], trouble);
	}
	return true;
}

static bool
read_key(struct keyspace *keyspace, struct output *out, struct redis_trouble *trouble)
{
	struct key key = *queued(keyspace, 0);
	redisReply *replies[REPLIES] = {NULL};
	keyspace->first = (keyspace->first + 1) % keyspace->room;
	keyspace->count--;
	bool ok = ask(keyspace->connection, &key, replies, trouble) && write_key(keyspace, &key, replies, out, trouble);
	for (int i = 0; i < REPLIES; i++)
		if (replies[i] != NULL)
			freeReplyObject(replies[i]);
	free(key.at);
	return ok;
}

bool
keyspace_step(struct keyspace *keyspace, struct output *out, struct redis_trouble *trouble)
{
	if (keyspace->zset.at != NULL)
		return scan_zset(keyspace, out, trouble);
	if (keyspace->count > 0)
		return read_key(keyspace, out, trouble);
	return scan_keys(keyspace, trouble);
}
