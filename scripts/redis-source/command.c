#include "command.h"

#include "clock.h"
#include "memory.h"
#include "number.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct context {
	const struct reply *command;
	int *db;
	struct keyspace *keyspace;
	struct messages *messages;
	struct redis_trouble *trouble;
};

static struct bytes
argument(const struct context *context, size_t index)
{
	return context->command->elements[index].bytes;
}

static bool
is_word(const struct context *context, size_t index, const char *word)
{
	return index < context->command->count && strcasecmp(argument(context, index).at, word) == 0;
}

/* An option's number, in units of so many; 0 where it is missing or none. */
static long long
number(const struct context *context, size_t index, long long unit)
{
	long long value;
	if (index >= context->command->count || !parse_number(argument(context, index).at, 1, LLONG_MAX / unit, &value))
		return 0;
	return value * unit;
}

static bool
is_elsewhere(const struct context *context)
{
	return *context->db != context->keyspace->db;
}

/* Whether it has as many words, of which the second is a key that is wanted. */
static bool
has_key(const struct context *context, size_t words)
{
	return !is_elsewhere(context) && context->command->count >= words &&
	       keyspace_wants(context->keyspace, argument(context, 1));
}

static bool
ignore(const struct context *context)
{
	(void)context;
	return true;
}

static bool
select_db(const struct context *context)
{
	long long db;
	if (context->command->count == 2 && parse_number(argument(context, 1).at, 0, INT_MAX, &db))
		*context->db = (int)db;
	return true;
}

static bool
read_first(const struct context *context)
{
	if (has_key(context, 2))
		keyspace_read(context->keyspace, argument(context, 1));
	return true;
}

static bool
read_all(const struct context *context)
{
	keyspace_read_all(context->keyspace);
	return true;
}

static struct reply *
ask_for_keys(const struct context *context)
{
	size_t count = context->command->count + 2;
	struct bytes *words = need(calloc(count, sizeof(*words)));
	words[0] = bytes_of("COMMAND");
	words[1] = bytes_of("GETKEYS");
	for (size_t i = 2; i < count; i++)
		words[i] = argument(context, i - 2);
	struct reply *keys = redis_ask(context->keyspace->redis, context->trouble, words, count);
	free(words);
	return keys;
}

/* Redis itself knows where the keys of a command stand, also those of modules and of versions to come. */
static bool
read_each_key(const struct context *context)
{
	struct reply *keys = ask_for_keys(context);
	if (keys == NULL)
		return false;
	if (reply_is_strings(keys) && keys->count <= KEYSPACE_MANY)
		for (size_t i = 0; i < keys->count; i++)
			keyspace_read(context->keyspace, keys->elements[i].bytes);
	else if (keys->type != REPLY_ERROR || strstr(keys->bytes.at, "no key arguments") == NULL)
		keyspace_read_all(context->keyspace);
	reply_free(keys);
	return true;
}

static bool
read_each_key_here(const struct context *context)
{
	return is_elsewhere(context) || read_each_key(context);
}

/*
 * Takes the score that Redis has for a member. Returns 1, 0 where it has none, or -1 with the trouble noted. A member
 * that was too long to be kept could not be asked for; it stays, to be left out where it would be written.
 */
static int
take_score(const struct context *context, struct scored_member *member)
{
	if (member->member.whole > member->member.length)
		return 1;
	struct reply *reply = redis_answer(context->keyspace->redis, context->trouble);
	if (reply == NULL)
		return -1;
	int found = 0;
	if (reply->type == REPLY_STRING) {
		message_score(member->score, reply->bytes);
		found = 1;
	} else if (reply->type != REPLY_NIL && !keyspace_is_wrong_type(reply)) {
		redis_refused(reply, context->trouble);
		found = -1;
	}
	reply_free(reply);
	return found;
}

/* Gives the members, few enough to be asked for at once, the scores that Redis has, and writes those that it has. */
static bool
write_held(const struct context *context, const struct zadd *zadd, struct scored_member *members, size_t count)
{
	size_t held = 0;
	for (size_t i = 0; i < count; i++)
		if (members[i].member.whole == members[i].member.length &&
			!redis_send(context->keyspace->redis, context->trouble,
				WORDS(bytes_of("ZSCORE"), zadd->key, members[i].member)))
			return false;
	for (size_t i = 0; i < count; i++) {
		int found = take_score(context, &members[i]);
		if (found < 0)
			return false;
		if (found > 0)
			members[held++] = members[i];
	}
	message_zadd(context->messages, zadd, members, held);
	return true;
}

static bool
write_members(
	const struct context *context, const struct zadd *zadd, struct scored_member *members, size_t count, bool ask)
{
	bool ok = true;
	if (!ask || zadd->key.whole > zadd->key.length)
		message_zadd(context->messages, zadd, members, count);
	else
		for (size_t done = 0; ok && done < count; done += KEYSPACE_PAGE)
			ok = write_held(context, zadd, members + done,
				count - done < KEYSPACE_PAGE ? count - done : KEYSPACE_PAGE);
	return ok;
}

/* ZADD key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...] */
static bool
zadd(const struct context *context)
{
	size_t first = 2;
	bool ask = false;
	if (!has_key(context, 4))
		return true;
	struct zadd zadd = {.key = argument(context, 1), .exist_type = "NONE"};
	for (;; first++) {
		if (is_word(context, first, "NX"))
			zadd.exist_type = "NX";
		else if (is_word(context, first, "XX"))
			zadd.exist_type = "XX";
		else if (is_word(context, first, "CH"))
			zadd.ch = true;
		else if (!is_word(context, first, "GT") && !is_word(context, first, "LT") &&
			 !is_word(context, first, "INCR"))
			break;
		ask = ask || !is_word(context, first, "CH");
	}
	size_t count = (context->command->count - first) / 2;
	struct scored_member *members = need(calloc(count + 1, sizeof(*members)));
	for (size_t i = 0; i < count; i++) {
		members[i].member = argument(context, first + 2 * i + 1);
		message_score(members[i].score, argument(context, first + 2 * i));
	}
	bool ok = write_members(context, &zadd, members, count, ask);
	free(members);
	return ok;
}

/* ZINCRBY key increment member */
static bool
zincrby(const struct context *context)
{
	if (!has_key(context, 4))
		return true;
	struct zadd zadd = {.key = argument(context, 1), .exist_type = "NONE"};
	struct scored_member member = {.member = argument(context, 3)};
	return write_members(context, &zadd, &member, 1, true);
}

/* How long until a moment of Unix time in milliseconds; what is over has a millisecond left. */
static long long
until(long long moment)
{
	long long left = moment - clock_unix_milliseconds();
	return left > 0 ? left : 1;
}

/* SET key value [NX|XX] [GET] [EX s|PX ms|EXAT unix-s|PXAT unix-ms|KEEPTTL] */
static bool
set(const struct context *context)
{
	if (!has_key(context, 3))
		return true;
	struct set set = {.key = argument(context, 1), .value = argument(context, 2), .exist_type = "NONE"};
	for (size_t i = 3; i < context->command->count; i++) {
		if (is_word(context, i, "NX"))
			set.exist_type = "NX";
		else if (is_word(context, i, "XX"))
			set.exist_type = "XX";
		else if (is_word(context, i, "EX"))
			set.ex = number(context, ++i, 1);
		else if (is_word(context, i, "PX"))
			set.px = number(context, ++i, 1);
		else if (is_word(context, i, "EXAT"))
			set.px = until(number(context, ++i, 1000));
		else if (is_word(context, i, "PXAT"))
			set.px = until(number(context, ++i, 1));
	}
	message_set(context->messages, &set);
	return true;
}

/* A command that isn't here has its keys asked for, which is always right, and costs a question. */
static const struct {
	const char *name;
	bool (*apply)(const struct context *);
} commands[] = {
	{"ZADD", zadd},
	{"ZINCRBY", zincrby},
	{"SET", set},
	{"SELECT", select_db},

	/* One key that gets a value which doesn't stand in the command, or not so that ex and px could say it. */
	{"APPEND", read_first},
	{"DECR", read_first},
	{"DECRBY", read_first},
	{"GETSET", read_first},
	{"INCR", read_first},
	{"INCRBY", read_first},
	{"INCRBYFLOAT", read_first},
	{"PSETEX", read_first},
	{"RESTORE", read_first},
	{"SETBIT", read_first},
	{"SETEX", read_first},
	{"SETNX", read_first},
	{"SETRANGE", read_first},

	/* They can bring a key into our database while the stream has another one selected. */
	{"COPY", read_each_key},
	{"MOVE", read_each_key},

	/* Whatever they touch. */
	{"EVAL", read_all},
	{"EVALSHA", read_all},
	{"SWAPDB", read_all},

	/* No key gets a value. */
	{"DEL", ignore},
	{"EXEC", ignore},
	{"EXPIRE", ignore},
	{"FLUSHALL", ignore},
	{"FLUSHDB", ignore},
	{"MULTI", ignore},
	{"PERSIST", ignore},
	{"PEXPIRE", ignore},
	{"PEXPIREAT", ignore},
	{"PING", ignore},
	{"PUBLISH", ignore},
	{"REPLCONF", ignore},
	{"SPUBLISH", ignore},
	{"UNLINK", ignore},
	{"ZPOPMAX", ignore},
	{"ZPOPMIN", ignore},
	{"ZREM", ignore},
	{"ZREMRANGEBYLEX", ignore},
	{"ZREMRANGEBYRANK", ignore},
	{"ZREMRANGEBYSCORE", ignore},

	/* Neither a string nor a sorted set. */
	{"HDEL", ignore},
	{"HINCRBY", ignore},
	{"HINCRBYFLOAT", ignore},
	{"HMSET", ignore},
	{"HSET", ignore},
	{"HSETNX", ignore},
	{"LINSERT", ignore},
	{"LMOVE", ignore},
	{"LPOP", ignore},
	{"LPUSH", ignore},
	{"LPUSHX", ignore},
	{"LREM", ignore},
	{"LSET", ignore},
	{"LTRIM", ignore},
	{"RPOP", ignore},
	{"RPOPLPUSH", ignore},
	{"RPUSH", ignore},
	{"RPUSHX", ignore},
	{"SADD", ignore},
	{"SMOVE", ignore},
	{"SPOP", ignore},
	{"SREM", ignore},
	{"XACK", ignore},
	{"XADD", ignore},
	{"XCLAIM", ignore},
	{"XDEL", ignore},
	{"XGROUP", ignore},
	{"XSETID", ignore},
	{"XTRIM", ignore},
};

bool
command_apply(const struct reply *command, int *db, struct keyspace *keyspace, struct messages *messages,
	struct redis_trouble *trouble)
{
	const struct context context = {command, db, keyspace, messages, trouble};
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcasecmp(command->elements[0].bytes.at, commands[i].name) == 0)
			return commands[i].apply(&context);
	return read_each_key_here(&context);
}
