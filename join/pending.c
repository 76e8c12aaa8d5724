#include "pending.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* Of one key; stands in the table of keys as the bytes that it is. */
struct queue {
	struct event *first, *last;
};

static bool
find_queue(const struct pending *pending, struct slice key, uint64_t hash, struct queue *queue)
{
	struct slice value;
	if (!table_get(&pending->keys, key, hash, &value))
		return false;
	memcpy(queue, value.at, sizeof(*queue));
	return true;
}

static void
put_queue(struct pending *pending, struct slice key, uint64_t hash, const struct queue *queue)
{
	table_put(&pending->keys, key, hash, &(struct slice){(const char *)queue, sizeof(*queue)});
}

void
pending_open(struct pending *pending, struct hash_key hash_key)
{
	*pending = (struct pending){0};
	table_open(&pending->keys, 1, hash_key);
}

/* ---- events ---- */

static struct event *
new_event(struct slice key, const struct record *record)
{
	const char *at = record->bytes.at;
	size_t length = record->bytes.length;
	bool inside = key.at >= at && key.at + key.length <= at + length;
	struct event *event = need(malloc(sizeof(*event) + length + 1 + (inside ? 0 : key.length)));
	*event = (struct event){.file = record->file,
		.line = record->line,
		.length = length,
		.key_at = inside ? (size_t)(key.at - at) : length + 1,
		.key_length = key.length,
		.delimiter = record->delimiter,
		.carriage_return = record->carriage_return};
	memcpy(event->bytes, at, length);
	event->bytes[length] = '\0';
	if (!inside)
		memcpy(event->bytes + length + 1, key.at, key.length);
	return event;
}

struct record
event_record(const struct event *event)
{
	return (struct record){.bytes = {event->bytes, event->length},
		.carriage_return = event->carriage_return,
		.delimiter = event->delimiter,
		.file = event->file,
		.line = event->line};
}

struct slice
event_key(const struct event *event)
{
	return (struct slice){event->bytes + event->key_at, event->key_length};
}

/* ---- queues ---- */

void
pending_add(struct pending *pending, struct slice key, uint64_t hash, const struct record *record)
{
	struct event *event = new_event(key, record);
	struct queue queue;
	if (find_queue(pending, key, hash, &queue))
		queue.last->next = event;
	else
		queue.first = event;
	queue.last = event;
	put_queue(pending, key, hash, &queue);

	event->older = pending->newest;
	*(event->older != NULL ? &event->older->newer : &pending->oldest) = event;
	pending->newest = event;
	pending->count++;
	pending->bytes += memory_of(event);
}

static void
unlink_event(struct pending *pending, struct event *event)
{
	*(event->older != NULL ? &event->older->newer : &pending->oldest) = event->newer;
	*(event->newer != NULL ? &event->newer->older : &pending->newest) = event->older;
	pending->count--;
	pending->bytes -= memory_of(event);
}

static void
remove_queue(struct pending *pending, struct slice key, uint64_t hash)
{
	table_remove(&pending->keys, key, hash);
	if (pending->count == 0)
		table_shrink(&pending->keys);
}

struct event *
pending_take(struct pending *pending, struct slice key, uint64_t hash)
{
	struct queue queue;
	if (pending->count == 0 || !find_queue(pending, key, hash, &queue))
		return NULL;
	for (struct event *event = queue.first; event != NULL; event = event->next)
		unlink_event(pending, event);
	remove_queue(pending, key, hash);
	return queue.first;
}

struct event *
pending_take_oldest(struct pending *pending)
{
	struct event *event = pending->oldest;
	if (event == NULL)
		return NULL;
	struct slice key = event_key(event);
	uint64_t hash = table_hash(&pending->keys, key);
	struct queue queue;
	find_queue(pending, key, hash, &queue); /* of which the oldest of all is the first */
	queue.first = event->next;
	unlink_event(pending, event);
	if (queue.first != NULL)
		put_queue(pending, key, hash, &queue);
	else
		remove_queue(pending, key, hash);
	return event;
}

size_t
pending_bytes(const struct pending *pending)
{
	return pending->bytes + table_bytes(&pending->keys);
}

void
pending_close(struct pending *pending)
{
	for (struct event *event; (event = pending_take_oldest(pending)) != NULL;)
		free(event);
	table_close(&pending->keys);
}
