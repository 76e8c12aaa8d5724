#include "table.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define MISSING UINT32_MAX

enum { FIRST_BUCKETS = 1024 };

static uint32_t
hash_key(const struct table *table, struct slice key)
{
	return (uint32_t)hash_bytes(&table->hash_key, key);
}

static struct entry *
find(const struct table *table, struct slice key, uint32_t hash)
{
	struct entry *entry = table->buckets[hash & (table->bucket_count - 1)];
	while (entry != NULL &&
		(entry->hash != hash || entry->length != key.length || memcmp(entry->key, key.at, key.length) != 0))
		entry = entry->next;
	return entry;
}

static void
link_entry(struct table *table, struct entry *entry)
{
	struct entry **bucket = &table->buckets[entry->hash & (table->bucket_count - 1)];
	entry->next = *bucket;
	*bucket = entry;
}

static void
grow(struct table *table)
{
	struct table grown = *table;
	grown.bucket_count = table->bucket_count == 0 ? FIRST_BUCKETS : table->bucket_count * 2;
	grown.buckets = need(calloc(grown.bucket_count, sizeof(*grown.buckets)));
	for (size_t i = 0; i < table->bucket_count; i++)
		for (struct entry *entry = table->buckets[i], *next; entry != NULL; entry = next) {
			next = entry->next;
			link_entry(&grown, entry);
		}
	grown.bytes += memory_of(grown.buckets) - memory_of(table->buckets);
	free(table->buckets);
	*table = grown;
}

void
table_open(struct table *table)
{
	*table = (struct table){.hash_key = hash_draw_key()};
	grow(table);
}

struct entry *
table_find(const struct table *table, struct slice key)
{
	return find(table, key, hash_key(table, key));
}

struct entry *
table_entry(struct table *table, struct slice key)
{
	uint32_t hash = hash_key(table, key);
	struct entry *entry = find(table, key, hash);
	if (entry != NULL)
		return entry;
	if (table->count == table->bucket_count)
		grow(table);
	entry = need(malloc(sizeof(*entry) + key.length));
	*entry = (struct entry){.hash = hash, .length = (uint32_t)key.length};
	memcpy(entry->key, key.at, key.length);
	link_entry(table, entry);
	table->count++;
	table->bytes += memory_of(entry);
	return entry;
}

static void
free_entry(struct entry *entry)
{
	free(entry->values);
	free(entry);
}

void
table_remove(struct table *table, struct entry *entry)
{
	struct entry **link = &table->buckets[entry->hash & (table->bucket_count - 1)];
	while (*link != entry)
		link = &(*link)->next;
	*link = entry->next;
	table->count--;
	table->bytes -= memory_of(entry) + memory_of(entry->values);
	free_entry(entry);
}

/* The values' lengths stand first, then their bytes. */
void
table_store(struct table *table, struct entry *entry, const struct slice *values, size_t count)
{
	size_t size = count * sizeof(uint32_t);
	for (size_t i = 0; i < count; i++)
		size += values[i].length;
	table->bytes -= memory_of(entry->values);
	char *at = need(realloc(entry->values, size + 1));
	table->bytes += memory_of(at);
	entry->values = at;
	for (size_t i = 0; i < count; i++, at += sizeof(uint32_t)) {
		uint32_t length = values[i].at == NULL ? MISSING : (uint32_t)values[i].length;
		memcpy(at, &length, sizeof(length));
	}
	for (size_t i = 0; i < count; i++) {
		if (values[i].length > 0)
			memcpy(at, values[i].at, values[i].length);
		at += values[i].length;
	}
}

void
entry_load(const struct entry *entry, struct slice *values, size_t count)
{
	const char *at = entry->values + count * sizeof(uint32_t);
	for (size_t i = 0; i < count; i++) {
		uint32_t length;
		memcpy(&length, entry->values + i * sizeof(length), sizeof(length));
		values[i] = (struct slice){at, length};
		if (length == MISSING)
			values[i] = (struct slice){0};
		at += values[i].length;
	}
}

void
table_close(struct table *table)
{
	for (size_t i = 0; i < table->bucket_count; i++)
		for (struct entry *entry = table->buckets[i], *next; entry != NULL; entry = next) {
			next = entry->next;
			free_entry(entry);
		}
	free(table->buckets);
}
