#include "redis.h"

#include "clock.h"
#include "memory.h"
#include "patience.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWERING_MAX = 10 }; /* seconds without a byte */

struct redis *
redis_over(struct channel channel, size_t longest)
{
	struct redis *redis = need(malloc(sizeof(*redis)));
	redis->channel = channel;
	redis->reader = (struct reader){.longest = longest};
	redis->first = redis->end = 0;
	redis->out = (struct buffer){0};
	return redis;
}

void
redis_close(struct redis *redis)
{
	if (redis == NULL)
		return;
	channel_close(&redis->channel);
	reader_close(&redis->reader);
	buffer_free(&redis->out);
	free(redis);
}

static void
put_count(struct redis *redis, char type, size_t count)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "%c%zu\r\n", type, count);
	buffer_append(&redis->out, line, (size_t)length);
}

/* Writes what was put. */
static bool
flush(struct redis *redis, struct redis_trouble *trouble)
{
	double deadline = clock_seconds() + ANSWERING_MAX;
	for (size_t sent = 0; sent < redis->out.length;) {
		short awaited = 0;
		ssize_t n = channel_write(
			&redis->channel, redis->out.bytes + sent, redis->out.length - sent, &awaited, trouble);
		if (n < 0 || (n == 0 && !redis_wait(redis->channel.fd, awaited, deadline, trouble)))
			return false;
		if (n > 0)
			deadline = clock_seconds() + ANSWERING_MAX;
		sent += (size_t)n;
	}
	redis->out.length = 0;
	return true;
}

bool
redis_send(struct redis *redis, struct redis_trouble *trouble, const struct bytes *words, size_t count)
{
	put_count(redis, '*', count);
	for (size_t i = 0; i < count; i++) {
		put_count(redis, '$', words[i].length);
		buffer_append(&redis->out, words[i].at, words[i].length);
		buffer_append(&redis->out, "\r\n", 2);
	}
	return flush(redis, trouble);
}

bool
redis_next(struct redis *redis, struct reply **reply, struct redis_trouble *trouble)
{
	size_t taken;
	bool ok = reader_take(
		&redis->reader, redis->in + redis->first, redis->end - redis->first, &taken, reply, trouble);
	redis->first += taken;
	return ok;
}

/* Stores what has to be waited for where nothing has arrived. */
static bool
receive(struct redis *redis, short *awaited, struct redis_trouble *trouble)
{
	ssize_t n = channel_read(&redis->channel, redis->in, sizeof(redis->in), awaited, trouble);
	redis->first = 0;
	redis->end = n > 0 ? (size_t)n : 0;
	return n >= 0;
}

bool
redis_receive(struct redis *redis, struct redis_trouble *trouble)
{
	short awaited;
	return receive(redis, &awaited, trouble);
}

struct reply *
redis_answer(struct redis *redis, struct redis_trouble *trouble)
{
	struct reply *reply = NULL;
	double deadline = clock_seconds() + ANSWERING_MAX;
	while (redis_next(redis, &reply, trouble) && reply == NULL) {
		short awaited = POLLIN;
		/* Also where there is no need to wait: it may send for ever. */
		if (!redis_has_time(deadline, trouble) || !receive(redis, &awaited, trouble))
			return NULL;
		if (redis->end > 0)
			deadline = clock_seconds() + ANSWERING_MAX;
		else if (!redis_wait(redis->channel.fd, awaited, deadline, trouble))
			return NULL;
	}
	return reply;
}

struct reply *
redis_ask(struct redis *redis, struct redis_trouble *trouble, const struct bytes *words, size_t count)
{
	return redis_send(redis, trouble, words, count) ? redis_answer(redis, trouble) : NULL;
}

bool
redis_refused(const struct reply *reply, struct redis_trouble *trouble)
{
	static const char *const final[] = {
		"NOAUTH", "WRONGPASS", "NOPERM", "ERR invalid password", "ERR AUTH", "ERR DB index", "ERR invalid DB"};
	bool told = reply->type == REPLY_ERROR && reply->bytes.length > 0;
	redis_failed(trouble, told ? reply->bytes.at : "an unexpected reply", "");
	for (size_t i = 0; i < sizeof(final) / sizeof(final[0]); i++)
		if (strncmp(trouble->reason, final[i], strlen(final[i])) == 0)
			trouble->final = true;
	return false;
}

/* Asks what is answered by OK. */
static bool
ask_for_ok(struct redis *redis, struct redis_trouble *trouble, const struct bytes *words, size_t count)
{
	struct reply *reply = redis_ask(redis, trouble, words, count);
	if (reply == NULL)
		return false;
	bool ok = reply->type == REPLY_STATUS || redis_refused(reply, trouble);
	reply_free(reply);
	return ok;
}

static bool
log_in(struct redis *redis, const struct redis_settings *settings, struct redis_trouble *trouble)
{
	if (settings->password == NULL)
		return true;
	if (settings->user == NULL)
		return ask_for_ok(redis, trouble, WORDS(bytes_of("AUTH"), bytes_of(settings->password)));
	return ask_for_ok(
		redis, trouble, WORDS(bytes_of("AUTH"), bytes_of(settings->user), bytes_of(settings->password)));
}

static bool
select_db(struct redis *redis, const struct redis_settings *settings, struct redis_trouble *trouble)
{
	char db[16];
	if (settings->db == 0)
		return true;
	snprintf(db, sizeof(db), "%d", settings->db);
	return ask_for_ok(redis, trouble, WORDS(bytes_of("SELECT"), bytes_of(db)));
}

struct redis *
redis_open(const struct redis_settings *settings, size_t longest, struct redis_trouble *trouble)
{
	struct channel channel;
	if (!channel_open(&channel, settings, trouble))
		return NULL;
	struct redis *redis = redis_over(channel, longest);
	if (log_in(redis, settings, trouble) && select_db(redis, settings, trouble))
		return redis;
	redis_close(redis);
	return NULL;
}
