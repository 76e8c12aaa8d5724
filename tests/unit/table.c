/* Parts: join/table join/pending join/hash memory write */
#include "table.h"

#include "pending.h"
#include "random.h"
#include "tap.h"

#include <string.h>

enum { KEYS = 100000, VALUES = 3, WAITING_KEYS = 500 };

static char names[KEYS][24];
static bool there[KEYS];

static struct slice
key_of(size_t i)
{
	return (struct slice){names[i], strlen(names[i])};
}

/* Some values of a key; which are missing, empty or long depends on it and on the generation. */
static void
values_of(size_t i, size_t generation, struct slice values[VALUES])
{
	static const char text[] = "the quick brown fox jumps over the lazy dog";
	for (size_t v = 0; v < VALUES; v++) {
		size_t choice = i + v * 7 + generation * 13;
		values[v] = choice % 5 == 0 ? (struct slice){0} : (struct slice){text + choice % 3, choice % 40};
	}
}

static bool
same_values(const struct entry *entry, size_t i, size_t generation)
{
	struct slice expected[VALUES], found[VALUES];
	values_of(i, generation, expected);
	entry_load(entry, found, VALUES);
	for (size_t v = 0; v < VALUES; v++)
		if ((expected[v].at == NULL) != (found[v].at == NULL) || expected[v].length != found[v].length ||
			(found[v].length > 0 && memcmp(expected[v].at, found[v].at, found[v].length) != 0))
			return false;
	return true;
}

static void
store(struct table *table, struct entry *entry, size_t i, size_t generation)
{
	struct slice values[VALUES];
	values_of(i, generation, values);
	table_store(table, entry, values, VALUES);
}

/* How many entries the fullest bucket holds. */
static size_t
fullest(const struct table *table)
{
	size_t most = 0;
	for (size_t i = 0; i < table->bucket_count; i++) {
		size_t count = 0;
		for (struct entry *entry = table->buckets[i]; entry != NULL; entry = entry->next)
			count++;
		most = count > most ? count : most;
	}
	return most;
}

static void
check_table(void)
{
	struct table table;
	table_open(&table);
	unsigned wrong = 0;
	size_t count = 0;
	for (size_t i = 0; i < KEYS; i++)
		snprintf(names[i], sizeof(names[i]), "%zu@%zu", i, i % 7);
	names[0][0] = '\0'; /* an empty key is one, too */
	ok(table_find(&table, key_of(0)) == NULL, "nothing is in an empty table");
	for (unsigned step = 0; step < 4 * KEYS; step++) {
		size_t i = random_below(KEYS);
		struct entry *found = table_find(&table, key_of(i));
		wrong += (found != NULL) != there[i];
		if (found != NULL && random_below(3) == 0) {
			table_remove(&table, found);
			there[i] = false;
			count--;
		} else {
			struct entry *entry = table_entry(&table, key_of(i));
			wrong += found != NULL && entry != found;
			wrong += entry->length != strlen(names[i]) || memcmp(entry->key, names[i], entry->length) != 0;
			wrong += found == NULL && (entry->values != NULL || entry->waiting != NULL);
			count += !there[i];
			there[i] = true;
		}
	}
	ok(wrong == 0 && table.count == count && count > KEYS / 4, "%zu keys come and go: %u wrong", count, wrong);
	for (size_t i = 0; i < KEYS; i++)
		store(&table, table_entry(&table, key_of(i)), i, 0);
	for (size_t i = 0; i < KEYS; i += 3)
		store(&table, table_find(&table, key_of(i)), i, 1);
	for (size_t i = 0; i < KEYS; i++)
		wrong += !same_values(table_find(&table, key_of(i)), i, i % 3 == 0);
	ok(wrong == 0 && table.count == KEYS, "each of %d keys holds the values stored last: %u wrong", KEYS, wrong);
	for (size_t i = 0; i < KEYS; i++)
		wrong += table_find(&table, (struct slice){names[i], strlen(names[i]) + 1}) != NULL;
	ok(wrong == 0, "a key with a byte more is another");
	ok(fullest(&table) < 16, "the fullest of %zu buckets holds %zu", table.bucket_count, fullest(&table));
	table_close(&table);
}

/* Waiting events in a plain array, in the order they came. */
struct model {
	struct {
		size_t key, number;
	} events[20000];
	size_t count;
};

static void
model_remove(struct model *model, size_t i)
{
	memmove(&model->events[i], &model->events[i + 1], (model->count - i - 1) * sizeof(model->events[0]));
	model->count--;
}

/* Takes the oldest event of a key, or of all, and compares. */
static bool
take(struct pending *pending, struct table *table, struct model *model, const size_t *key)
{
	size_t i = 0;
	struct entry *entry = key != NULL ? table_find(table, key_of(*key)) : NULL;
	while (key != NULL && i < model->count && model->events[i].key != *key)
		i++;
	if (key != NULL && (entry == NULL || entry->waiting == NULL))
		return i == model->count;
	struct event *event = pending_take(pending, entry);
	if (event == NULL || i == model->count)
		return event == NULL && i == model->count;
	char expected[32];
	snprintf(expected, sizeof(expected), "event %zu", model->events[i].number);
	bool same = event->record.line == model->events[i].number && strcmp(event->record.bytes.at, expected) == 0 &&
		    event->record.bytes.at == event->bytes && event->record.bytes.length == strlen(expected) &&
		    event->entry == table_find(table, key_of(model->events[i].key));
	entry = event->entry;
	free(event);
	if (entry->waiting == NULL)
		table_remove(table, entry);
	model_remove(model, i);
	return same;
}

static void
check_pending(unsigned steps)
{
	static struct model model;
	struct table table;
	table_open(&table);
	struct pending pending = {0};
	unsigned wrong = 0;
	size_t most = 0;
	ok(pending_take(&pending, NULL) == NULL, "nothing waits in an empty queue");
	for (size_t number = 0; number < steps; number++) {
		size_t key = random_below(WAITING_KEYS), choice = random_below(100);
		/* fills up, then drains */
		if (choice < (number < steps / 2 ? 70 : 40) && model.count < 20000) {
			char text[32];
			int length = snprintf(text, sizeof(text), "event %zu", number);
			struct record record = {.bytes = {text, (size_t)length}, .line = number};
			pending_add(&pending, table_entry(&table, key_of(key)), &record);
			model.events[model.count].key = key;
			model.events[model.count++].number = number;
		} else if (choice % 2 == 0) {
			wrong += !take(&pending, &table, &model, &key);
		} else {
			wrong += !take(&pending, &table, &model, NULL);
		}
		wrong += pending.count != model.count;
		most = model.count > most ? model.count : most;
	}
	while (model.count > 0)
		wrong += !take(&pending, &table, &model, NULL);
	ok(wrong == 0 && pending.oldest == NULL && pending.newest == NULL && pending.count == 0 && table.count == 0,
		"up to %zu events of %d keys wait and come out in order: %u wrong", most, WAITING_KEYS, wrong);
	table_close(&table);
}

/*
 * Keys of the same lower 49 bits of FNV-1a, the hash that once chose the bucket: of each pair either half may stand,
 * one behind the other. They were found by trying: about 30 million words for each pair.
 */
static const char *const pairs[][2] = {{"vpuc4vkf", "ucgrrs4q"}, {"lwgoc2ba", "n0ucxjgt"}, {"yx23hs4o", "2k1sdmlv"},
	{"y11ryts3", "szgneaic"}, {"lwennajp", "hrxc1rvy"}, {"ltxwepoh", "jal5hzle"}, {"v0msjekc", "h40hyhs1"},
	{"5otzv554", "aeabng3y"}, {"fxi1ejhb", "tob1wuwv"}, {"d0zlnnjh", "fg1rexp3"}, {"cazo4xic", "ta15g300"},
	{"mljal0bc", "pqf0rrcc"}, {"bnzanish", "dwth5b0c"}, {"mweglcyk", "pfuafky5"}, {"fj0aqgo4", "lrmzphwb"},
	{"f3ilsbjl", "zg1vcddf"}};
enum { PAIRS = sizeof(pairs) / sizeof(pairs[0]), COLLIDING = 1 << PAIRS };

static uint64_t
fnv_1a(struct slice key)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < key.length; i++)
		hash = (hash ^ (unsigned char)key.at[i]) * UINT64_C(0x100000001b3);
	return hash & ((UINT64_C(1) << 49) - 1);
}

static void
check_chosen_keys(void)
{
	static char text[COLLIDING][PAIRS * 8 + 1];
	struct table table;
	unsigned wrong = 0;
	table_open(&table);
	for (size_t i = 0; i < COLLIDING; i++) {
		for (size_t pair = 0; pair < PAIRS; pair++)
			strcat(text[i], pairs[pair][i >> pair & 1]);
		struct slice key = {text[i], strlen(text[i])}, first = {text[0], strlen(text[0])};
		wrong += fnv_1a(key) != fnv_1a(first);
		table_entry(&table, key);
	}
	ok(wrong == 0 && table.count == COLLIDING, "%d keys that one hash throws together: %u do not", COLLIDING,
		wrong);
	ok(fullest(&table) < 16, "the fullest of %zu buckets holds %zu of them", table.bucket_count, fullest(&table));
	table_close(&table);
}

int
main(void)
{
	check_table();
	check_chosen_keys();
	check_pending(30000);
	return tap_end();
}
