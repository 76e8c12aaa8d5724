#include "command.h"

#include "clock.h"
#include "number.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct context {
	const redisReply *command;
	int *db;
	struct keyspace *keyspace;
	struct output *out;
	struct redis_trouble *trouble;
};

static struct bytes
argument(const struct context *context, size_t index)
{
	return (struct bytes){context->command->element[index]->str, context->command->element[index]->len};
}

static bool
is_word(const struct context *context, size_t index, const char *word)
{
	return index < context->command->elements && strcasecmp(context->command->element[index]->str, word) == 0;
}

/* An option's number, in units of so many; 0 where it is missing or none. */
static long long
number(const struct context *context, size_t index, long long unit)
{
	long long value = 0;
	if (index < context->command->elements)
		parse_number(context->command->element[index]->str, 1, LLONG_MAX / unit, &value);
	return value * unit;
}

static bool
is_elsewhere(const struct context *context)
{
	return *context->db != context->keyspace->db;
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
	if (context->command->elements == 2 && parse_number(context->command->element[1]->str, 0, INT_MAX, &db))
		*context->db = (int)db;
	return true;
}

static bool
read_first(const struct context *context)
{
	if (is_elsewhere(context) || context->command->elements < 2)
		return true;
	return keyspace_read(context->keyspace, argument(context, 1), context->trouble);
}

static bool
read_all(const struct context *context)
{
	keyspace_read_all(context->keyspace);
	return true;
}

/* Redis itself knows where the keys of a command stand, also those of modules and of versions to come. */
static bool
read_each_key(const struct context *context)
{
	redisContext *connection = context->keyspace->connection;
	size_t count = context->command->elements + 2;
	const char **words = calloc(count, sizeof(*words));
	size_t *lengths = calloc(count, sizeof(*lengths));
	redisReply *keys = NULL;
	if (words != NULL && lengths != NULL) {
		words[0] = "COMMAND";
		words[1] = "GETKEYS";
		for (size_t i = 0; i < count; i++) {
			struct bytes word = i < 2 ? (struct bytes){words[i], 7} : argument(context, i - 2);
			words[i] = word.at;
			lengths[i] = word.length;
		}
		keys = redisCommandArgv(connection, (int)count, words, lengths);
	}
	free(words);
	free(lengths);
	if (keys == NULL)
		return redis_broken(connection, context->trouble);
	bool ok = true;
	if (redis_is_strings(keys) && keys->elements <= KEYSPACE_MANY)
		for (size_t i = 0; ok && i < keys->elements; i++)
			ok = keyspace_read(context->keyspace,
				(struct bytes){keys->element[i]->str, keys->element[i]->len}, context->trouble);
	else if (keys->type != REDIS_REPLY_ERROR || strstr(keys->str, "no key arguments") == NULL)
		keyspace_read_all(context->keyspace);
	freeReplyObject(keys);
	return ok;
}

static bool
read_each_key_here(const struct context *context)
{
	return is_elsewhere(context) || read_each_key(context);
}

/* ZADD key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...] */
static bool
zadd(const struct context *context)
{
	size_t first = 2;
	if (is_elsewhere(context) || context->command->elements < 4)
		return true;
	struct zadd zadd = {.key = argument(context, 1), .exist_type = "NONE"};
	for (;; first++) {
		if (is_word(context, first, "NX"))
			zadd.exist_type = "NX";
		else if (is_word(context, first, "XX"))
			zadd.exist_type = "XX";
		else if (is_word(context, first, "CH"))
			zadd.ch = true;
		else if (is_word(context, first, "INCR"))
			zadd.incr = true;
		else if (!is_word(context, first, "GT") && !is_word(context, first, "LT"))
			break;
	}
	size_t count = (context->command->elements - first) / 2;
	struct scored_member *members = calloc(count + 1, sizeof(*members));
	if (members == NULL) {
		*context->trouble = (struct redis_trouble){.reason = "out of memory", .final = true};
		return false;
	}
	for (size_t i = 0; i < count; i++)
		members[i] =
			(struct scored_member){argument(context, first + 2 * i + 1), argument(context, first + 2 * i)};
	message_zadd(context->out, &zadd, members, count);
	free(members);
	return true;
}

/* ZINCRBY key increment member, the same as ZADD key INCR increment member */
static bool
zincrby(const struct context *context)
{
	if (is_elsewhere(context) || context->command->elements != 4)
		return true;
	struct zadd zadd = {.key = argument(context, 1), .exist_type = "NONE", .incr = true};
	struct scored_member member = {argument(context, 3), argument(context, 2)};
	message_zadd(context->out, &zadd, &member, 1);
	return true;
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
	if (is_elsewhere(context) || context->command->elements < 3)
		return true;
	struct set set = {.key = argument(context, 1), .value = argument(context, 2), .exist_type = "NONE"};
	for (size_t i = 3; i < context->command->elements; i++) {
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
	message_set(context->out, &set);
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
command_apply(const redisReply *command, int *db, struct keyspace *keyspace, struct output *out,
	struct redis_trouble *trouble)
{
	const struct context context = {command, db, keyspace, out, trouble};
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcasecmp(command->element[0]->str, commands[i].name) == 0)
			return commands[i].apply(&context);
	return read_each_key_here(&context);
}
