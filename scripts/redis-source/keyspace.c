#include "keyspace.h"

#include "clock.h"
#include "memory.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool
keyspace_open(struct keyspace *keyspace, const struct redis_settings *settings, struct globs *wanted, size_t longest,
	struct redis_trouble *trouble)
{
	*keyspace = (struct keyspace){
		.db = settings->db, .wanted = wanted, .redis = redis_open(settings, longest, trouble)};
	return keyspace->redis != NULL;
}

static struct bytes *
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
		free((char *)queued(keyspace, i)->at);
	free(keyspace->queue);
	forget_zset(keyspace);
	redis_close(keyspace->redis);
	*keyspace = (struct keyspace){0};
}

bool
keyspace_wants(const struct keyspace *keyspace, struct bytes key)
{
	return keyspace->wanted->count == 0 || globs_match(keyspace->wanted, key.at, key.length);
}

void
keyspace_read_all(struct keyspace *keyspace)
{
	if (keyspace->scan[0] == '\0')
		strcpy(keyspace->scan, "0");
	else
		keyspace->again = true;
}

static void
grow(struct keyspace *keyspace)
{
	size_t room = keyspace->room == 0 ? 64 : 2 * keyspace->room;
	struct bytes *queue = need(calloc(room, sizeof(*queue)));
	for (size_t i = 0; i < keyspace->count; i++)
		queue[i] = *queued(keyspace, i);
	free(keyspace->queue);
	keyspace->queue = queue;
	keyspace->room = room;
	keyspace->first = 0;
}

/* Not sought among very many: to read a key twice does no harm. */
static bool
is_queued(const struct keyspace *keyspace, struct bytes key)
{
	for (size_t i = 0; i < keyspace->count && i < KEYSPACE_MANY; i++)
		if (queued(keyspace, i)->whole == key.whole && queued(keyspace, i)->length == key.length &&
			memcmp(queued(keyspace, i)->at, key.at, key.length) == 0)
			return true;
	return false;
}

void
keyspace_read(struct keyspace *keyspace, struct bytes key)
{
	if (!keyspace_wants(keyspace, key) || is_queued(keyspace, key))
		return;
	if (keyspace->count == keyspace->room)
		grow(keyspace);
	*queued(keyspace, keyspace->count) = (struct bytes){copy_bytes(key.at, key.length), key.length, key.whole};
	keyspace->count++;
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
static const struct reply *
page(const struct reply *reply, char cursor[24])
{
	if (reply->type != REPLY_ARRAY || reply->count != 2 || reply->elements[0].type != REPLY_STRING ||
		reply->elements[0].bytes.length >= 24 || !reply_is_strings(&reply->elements[1]))
		return NULL;
	strcpy(cursor, strcmp(reply->elements[0].bytes.at, "0") == 0 ? "" : reply->elements[0].bytes.at);
	return &reply->elements[1];
}

static bool
queue_keys(struct keyspace *keyspace, const struct reply *reply, struct redis_trouble *trouble)
{
	const struct reply *keys = page(reply, keyspace->scan);
	if (keys == NULL)
		return redis_refused(reply, trouble);
	for (size_t i = 0; i < keys->count; i++)
		keyspace_read(keyspace, keys->elements[i].bytes);
	if (keyspace->scan[0] == '\0' && keyspace->again) {
		keyspace->again = false;
		strcpy(keyspace->scan, "0");
	}
	return true;
}

static bool
scan_keys(struct keyspace *keyspace, struct redis_trouble *trouble)
{
	struct reply *reply = redis_ask(keyspace->redis, trouble,
		WORDS(bytes_of("SCAN"), bytes_of(keyspace->scan), bytes_of("COUNT"), bytes_of("200")));
	if (reply == NULL)
		return false;
	bool ok = queue_keys(keyspace, reply, trouble);
	reply_free(reply);
	return ok;
}

/* Writes a page of members, each followed by its score. */
static void
write_members(const struct keyspace *keyspace, const struct reply *members, struct messages *messages)
{
	size_t count = members->count / 2;
	struct scored_member *scored = need(calloc(count + 1, sizeof(*scored)));
	for (size_t i = 0; i < count; i++) {
		scored[i].member = members->elements[2 * i].bytes;
		message_score(scored[i].score, members->elements[2 * i + 1].bytes);
	}
	message_zset(messages, &keyspace->snapshot, scored, count);
	free(scored);
}

bool
keyspace_is_wrong_type(const struct reply *reply)
{
	return reply->type == REPLY_ERROR && strncmp(reply->bytes.at, "WRONGTYPE", 9) == 0;
}

static bool
scan_zset(struct keyspace *keyspace, struct messages *messages, struct redis_trouble *trouble)
{
	struct reply *reply = redis_ask(keyspace->redis, trouble,
		WORDS(bytes_of("ZSCAN"), keyspace->zset, bytes_of(keyspace->zscan), bytes_of("COUNT"),
			bytes_of("200")));
	if (reply == NULL)
		return false;
	bool ok = true;
	const struct reply *members = page(reply, keyspace->zscan);
	if (members != NULL)
		write_members(keyspace, members, messages);
	else if (keyspace_is_wrong_type(reply))
		keyspace->zscan[0] = '\0';
	else
		ok = redis_refused(reply, trouble);
	reply_free(reply);
	if (keyspace->zscan[0] == '\0')
		forget_zset(keyspace);
	return ok;
}

/* The number behind a name; 0 where there is none. */
static long long
number_behind(const char *text, const char *name)
{
	const char *found = strstr(text, name);
	return found == NULL ? 0 : strtoll(found + strlen(name), NULL, 10);
}

/* From INFO: "db0:keys=2,expires=0,avg_ttl=0"; a database without keys has no line. */
static void
count_keys(struct snapshot *snapshot, const struct reply *info)
{
	char line[32];
	snprintf(line, sizeof(line), "\ndb%d:", snapshot->db);
	const char *found = info->type == REPLY_STRING ? strstr(info->bytes.at, line) : NULL;
	if (found == NULL)
		return;
	snapshot->dbsize = number_behind(found, ":keys=");
	snapshot->expires = number_behind(found, ",expires=");
}

/* The moment in so many milliseconds, -1: never. */
static long long
expiry(long long left)
{
	long long now = clock_unix_milliseconds();
	if (left < 0)
		return -1;
	return left < LLONG_MAX - now ? now + left : LLONG_MAX;
}

enum { INFO, PTTL, TYPE, GET, REPLIES };

/* Asks for all at once. The replies that came are the caller's, also when it returns false. */
static bool
ask(struct redis *redis, struct bytes key, struct reply *replies[REPLIES], struct redis_trouble *trouble)
{
	if (!redis_send(redis, trouble, WORDS(bytes_of("INFO"), bytes_of("keyspace"))) ||
		!redis_send(redis, trouble, WORDS(bytes_of("PTTL"), key)) ||
		!redis_send(redis, trouble, WORDS(bytes_of("TYPE"), key)) ||
		!redis_send(redis, trouble, WORDS(bytes_of("GET"), key)))
		return false;
	for (int i = 0; i < REPLIES; i++)
		if ((replies[i] = redis_answer(redis, trouble)) == NULL)
			return false;
	return true;
}

/* Writes a string; begins a sorted set, which takes the key over; the rest is not published. */
static bool
write_key(struct keyspace *keyspace, struct bytes *key, struct reply *const replies[REPLIES], struct messages *messages,
	struct redis_trouble *trouble)
{
	const struct reply *pttl = replies[PTTL], *type = replies[TYPE], *value = replies[GET];
	if (pttl->type != REPLY_INTEGER || type->type != REPLY_STATUS)
		return redis_refused(pttl->type != REPLY_INTEGER ? pttl : type, trouble);
	keyspace->snapshot = (struct snapshot){.key = *key, .db = keyspace->db, .expired_ms = expiry(pttl->integer)};
	count_keys(&keyspace->snapshot, replies[INFO]);
	if (value->type == REPLY_STRING) {
		message_string(messages, &keyspace->snapshot, value->bytes);
	} else if (strcmp(type->bytes.at, "zset") == 0) {
		keyspace->zset = keyspace->snapshot.key;
		strcpy(keyspace->zscan, "0");
		key->at = NULL;
	} else if (strcmp(type->bytes.at, "string") == 0 && value->type != REPLY_NIL &&
		   !keyspace_is_wrong_type(value)) {
		return redis_refused(value, trouble);
	}
	return true;
}

static bool
read_key(struct keyspace *keyspace, struct messages *messages, struct redis_trouble *trouble)
{
	struct bytes key = *queued(keyspace, 0);
	struct reply *replies[REPLIES] = {NULL};
	keyspace->first = (keyspace->first + 1) % keyspace->room;
	keyspace->count--;
	bool ok = true;
	if (key.whole > key.length) /* too long itself, which this says */
		message_string(messages, &(struct snapshot){.key = key}, bytes_of(""));
	else
		ok = ask(keyspace->redis, key, replies, trouble) &&
		     write_key(keyspace, &key, replies, messages, trouble);
	for (int i = 0; i < REPLIES; i++)
		reply_free(replies[i]);
	free((char *)key.at);
	return ok;
}

bool
keyspace_step(struct keyspace *keyspace, struct messages *messages, struct redis_trouble *trouble)
{
	if (keyspace->zset.at != NULL)
		return scan_zset(keyspace, messages, trouble);
	if (keyspace->count > 0)
		return read_key(keyspace, messages, trouble);
	return scan_keys(keyspace, trouble);
}
