/* Parts: join/table join/heap join/entry join/pending join/hash memory write stop clock */
#include "table.h"

#include "pending.h"
#include "random.h"
#include "tap.h"

#include <string.h>

enum { KEYS = 100000, VALUES = 4, WAITING_KEYS = 500, CHANGING_KEYS = 300, CHANGES = 20000 };

static char names[KEYS][24];
static unsigned generations[KEYS]; /* of the values that a key should have, 0: it is not there */
static char text[8192];

static struct slice
key_of(size_t i)
{
	return (struct slice){names[i], strlen(names[i])};
}

static void
make_names(void)
{
	for (size_t i = 0; i < KEYS; i++)
		snprintf(names[i], sizeof(names[i]), "%zu@%zu", i, i % 7);
	names[0][0] = '\0'; /* an empty key is one, too */
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
}

/*
 * Some values of a key: missing, short, long, the key in quotes (`quoted` holds it) or without. Which they are depends
 * on the key and on the generation.
 */
static void
values_of(size_t i, unsigned generation, struct slice values[VALUES], char quoted[32])
{
	struct slice key = key_of(i);
	int length = snprintf(quoted, 32, "\"%s\"", names[i]);
	for (size_t v = 0; v < VALUES; v++) {
		size_t choice = i + v * 7 + generation * 13;
		values[v] = (struct slice){text + choice % 3, choice % 40};
		if (choice % 5 == 0)
			values[v] = (struct slice){0};
		else if (choice % 7 == 0)
			values[v] = (struct slice){quoted, (size_t)length};
		else if (choice % 11 == 0 && key.length > 0)
			values[v] = key;
		else if (choice % 97 == 0)
			values[v].length = choice % 3000;
	}
}

static bool
same_value(struct slice a, struct slice b)
{
	return (a.at == NULL) == (b.at == NULL) && a.length == b.length &&
	       (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static bool
get(const struct table *table, size_t i, struct slice *values)
{
	return table_get(table, key_of(i), table_hash(table, key_of(i)), values);
}

/* Whether the table holds of a key what it should. */
static bool
is_right(const struct table *table, size_t i)
{
	struct slice expected[VALUES], found[VALUES];
	char quoted[32];
	if (!get(table, i, found))
		return generations[i] == 0;
	values_of(i, generations[i], expected, quoted);
	bool right = generations[i] > 0;
	for (size_t v = 0; v < VALUES; v++)
		right &= same_value(expected[v], found[v]);
	return right;
}

static void
put(struct table *table, size_t i, unsigned generation)
{
	struct slice values[VALUES];
	char quoted[32];
	values_of(i, generation, values, quoted);
	table_put(table, key_of(i), table_hash(table, key_of(i)), values);
	generations[i] = generation;
}

static bool
drop(struct table *table, size_t i)
{
	generations[i] = 0;
	return table_remove(table, key_of(i), table_hash(table, key_of(i)));
}

static void
open_table(struct table *table)
{
	memset(generations, 0, sizeof(generations));
	table_open(table, VALUES, hash_draw_key());
}

/* How far, on average, keys stand from where they are looked for first. */
static double
mean_distance(const struct table *table)
{
	size_t sum = 0, count = 0;
	for (size_t i = 0; i < (size_t)1 << table->depth; i++)
		for (size_t at = 0; at < SEGMENT_SLOTS; at++) {
			uint64_t slot = table->directory[i]->slots[at];
			sum += slot == 0 ? 0 : (at - (slot >> PLACE_BITS)) & (SEGMENT_SLOTS - 1);
			count += slot != 0;
		}
	return (double)sum / (double)count;
}

static void
check_table(void)
{
	struct table table;
	open_table(&table);
	unsigned wrong = 0;
	size_t count = 0;
	ok(is_right(&table, 0), "nothing is in an empty table");
	for (unsigned step = 0; step < 4 * KEYS / tap_stride(); step++) {
		size_t i = random_below(KEYS);
		wrong += !is_right(&table, i);
		bool there = generations[i] > 0;
		if (random_below(3) == 0) {
			wrong += drop(&table, i) != there;
			count -= there;
		} else {
			put(&table, i, 1 + step);
			count += !there;
		}
		wrong += !is_right(&table, i) || table.count != count;
	}
	for (size_t i = 0; i < KEYS; i++)
		wrong += !is_right(&table, i);
	ok(wrong == 0 && count > KEYS / 4, "%zu keys come, change and go: %u wrong", count, wrong);
	for (size_t i = 0; i < KEYS; i++) {
		struct slice longer = {names[i], strlen(names[i]) + 1}, values[VALUES];
		wrong += table_get(&table, longer, table_hash(&table, longer), values);
	}
	ok(wrong == 0, "a key with a byte more is another");
	for (size_t i = 0; i < KEYS; i++)
		wrong += drop(&table, i) && --count > KEYS;
	ok(wrong == 0 && count == 0 && table.count == 0, "all can go");
	table_shrink(&table);
	ok(table_bytes(&table) < 100000, "then there is memory of %zu bytes left", table_bytes(&table));
	put(&table, 1, 1);
	ok(is_right(&table, 1) && table.count == 1, "and it can be used again");
	table_close(&table);
}

/* What a key more takes does not grow with how many there are, but for the directory, a pointer for many of them. */
static void
check_growth(void)
{
	struct table table;
	open_table(&table);
	size_t splits = 0, copied = 0, fullest = 0;
	for (size_t i = 0; i < KEYS; i++) {
		size_t segments = table.segments;
		unsigned depth = table.depth;
		put(&table, i, 1);
		if (table.segments - segments > splits)
			splits = table.segments - segments;
		if (table.depth > depth)
			copied = (size_t)1 << table.depth;
		const struct segment *segment = table.directory[i % ((size_t)1 << table.depth)];
		fullest = segment->count > fullest ? segment->count : fullest;
	}
	ok(splits == 1 && fullest <= SEGMENT_MOST, "a key more splits a segment at most, of %zu keys", fullest);
	ok(copied > 0 && copied < KEYS / 64, "or copies %zu pointers at most, when there are %d keys", copied, KEYS);
	ok(mean_distance(&table) < 4, "keys stand %.1f slots from where they are looked for", mean_distance(&table));
	table_close(&table);
}

/* The values of a key that changes, of so many bytes. */
static void
put_sized(struct table *table, size_t i, size_t size)
{
	struct slice values[VALUES] = {{text + i % 26, size}};
	table_put(table, key_of(i), table_hash(table, key_of(i)), values);
}

/* Where the keys' values stand; returns the bytes of those that don't stand where they did, but for one. */
static size_t
moved(const struct table *table, const char *places[CHANGING_KEYS], size_t but)
{
	size_t bytes = 0;
	for (size_t i = 0; i < CHANGING_KEYS; i++) {
		struct slice values[VALUES];
		if (!get(table, i, values))
			continue;
		if (places[i] != values[0].at && i != but)
			bytes += values[0].length;
		places[i] = values[0].at;
	}
	return bytes;
}

/* Of what was kept before nothing is left for long, and no change has to make up for all of it at once. */
static void
check_changes(void)
{
	struct table table;
	open_table(&table);
	static const char *places[CHANGING_KEYS];
	enum { LONGEST = 400, OWED = 4 * (LONGEST + 40) + LONGEST };
	size_t most = 0, most_bytes = 0, live = CHANGING_KEYS * (LONGEST + 40), wrong = 0;
	for (size_t i = 0; i < CHANGING_KEYS; i++)
		put_sized(&table, i, LONGEST);
	moved(&table, places, 0);
	for (size_t step = 0; step < CHANGES; step++) {
		size_t i = random_below(CHANGING_KEYS), size = random_below(LONGEST + 1);
		bool looks = step % tap_stride() == 0;
		if (looks && tap_stride() > 1)
			moved(&table, places, i);
		put_sized(&table, i, size);
		size_t bytes = looks ? moved(&table, places, i) : 0;
		most = bytes > most ? bytes : most;
		most_bytes = table_bytes(&table) > most_bytes ? table_bytes(&table) : most_bytes;
		struct slice values[VALUES], expected = {text + i % 26, size};
		wrong += !get(&table, i, values) || !same_value(values[0], expected) || values[1].at != NULL;
	}
	ok(wrong == 0, "%d keys change %d times: %zu wrong", CHANGING_KEYS, CHANGES, wrong);
	ok(most > 0 && most <= OWED, "a change moves at most %zu bytes of others", most);
	ok(most_bytes < 4 * live, "the table takes at most %zu bytes for %zu", most_bytes, live);
	for (size_t i = 0; i < CHANGING_KEYS; i++)
		table_remove(&table, key_of(i), table_hash(&table, key_of(i)));
	ok(table.count == 0 && table_bytes(&table) < live, "when all have gone, %zu", table_bytes(&table));
	table_close(&table);
}

/* What they leave behind is swept, but not what is being filled. */
static void
check_few_left(void)
{
	struct table table;
	open_table(&table);
	enum { MANY = 200, FEW = 10 };
	unsigned wrong = 0;
	for (size_t i = 0; i < MANY; i++)
		put(&table, i, 1);
	put_sized(&table, MANY, 5000); /* which stands by itself, and leaves a gap */
	drop(&table, MANY);
	for (size_t i = MANY; i-- > FEW;)
		wrong += !drop(&table, i);
	for (unsigned step = 0; step < 1000; step++) {
		put(&table, step % FEW, 2 + step);
		wrong += !is_right(&table, (step + 1) % FEW);
	}
	ok(wrong == 0 && table.count == FEW, "of %d keys %d are left, and change: %u wrong", MANY, FEW, wrong);
	table_close(&table);
}

static void
check_large_values(void)
{
	struct table table;
	open_table(&table);
	enum { LARGE = 5000000 };
	char *large = calloc(LARGE, 1);
	size_t wrong = large == NULL, most = 0;
	put(&table, 2, 1);
	for (size_t step = 0; step < 40 && large != NULL; step++) {
		struct slice values[VALUES] = {{large, LARGE - step % 3 * 2000000}, {large, step}}, found[VALUES];
		large[step] = (char)step;
		table_put(&table, key_of(1), table_hash(&table, key_of(1)), values);
		wrong += !get(&table, 1, found) || !same_value(found[0], values[0]) || !same_value(found[1], values[1]);
		most = table_bytes(&table) > most ? table_bytes(&table) : most;
	}
	ok(wrong == 0 && is_right(&table, 2), "large values change: %zu wrong", wrong);
	ok(most < 3 * LARGE, "of which the table keeps one: it takes at most %zu bytes", most);
	free(large);
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

/* Whether an event is the one at `i` in the model, from which it goes. Frees it. */
static bool
is_event(struct event *event, struct model *model, size_t i)
{
	char expected[32];
	snprintf(expected, sizeof(expected), "event %zu", model->events[i].number);
	struct record record = event_record(event);
	bool same = record.line == model->events[i].number && strcmp(record.bytes.at, expected) == 0 &&
		    record.bytes.length == strlen(expected) &&
		    same_value(event_key(event), key_of(model->events[i].key));
	free(event);
	model_remove(model, i);
	return same;
}

/* Takes the events of a key, and compares. */
static bool
take(struct pending *pending, struct model *model, size_t key)
{
	struct event *event = pending_take(pending, key_of(key), table_hash(&pending->keys, key_of(key)));
	bool same = true;
	for (size_t i = 0; i < model->count;) {
		if (model->events[i].key != key) {
			i++;
			continue;
		}
		if (event == NULL)
			return false;
		struct event *next = event->next;
		same &= is_event(event, model, i);
		event = next;
	}
	return same && event == NULL;
}

/* Takes the oldest event of all, and compares. */
static bool
take_oldest(struct pending *pending, struct model *model)
{
	struct event *event = pending_take_oldest(pending);
	if (event == NULL || model->count == 0)
		return event == NULL && model->count == 0;
	return is_event(event, model, 0);
}

/* Has an event wait, whose key stands within its record or elsewhere. */
static void
add(struct pending *pending, struct model *model, size_t key, size_t number)
{
	char bytes[64];
	int length = snprintf(bytes, sizeof(bytes), "event %zu", number);
	struct record record = {.bytes = {bytes, (size_t)length}, .line = number};
	pending_add(pending, key_of(key), table_hash(&pending->keys, key_of(key)), &record);
	model->events[model->count].key = key;
	model->events[model->count++].number = number;
}

static void
check_key_within(void)
{
	struct pending pending;
	pending_open(&pending, hash_draw_key());
	struct record record = {.bytes = {"{\"customer\":\"ann\"}", 18}, .line = 7, .carriage_return = true};
	struct slice key = {record.bytes.at + 13, 3};
	pending_add(&pending, key, table_hash(&pending.keys, key), &record);
	size_t bytes = pending_bytes(&pending);
	struct event *event = pending_take_oldest(&pending);
	ok(event != NULL && same_value(event_key(event), key) && event_key(event).at == event->bytes + 13 &&
			event_record(event).carriage_return,
		"a key that stands in the record is not kept twice");
	free(event);
	ok(pending_bytes(&pending) < bytes && pending.bytes == 0, "memory is counted: %zu bytes, then %zu", bytes,
		pending_bytes(&pending));
	pending_add(&pending, key, table_hash(&pending.keys, key), &record);
	pending_close(&pending); /* valgrind tells whether that frees what still waits */
}

static void
check_pending(unsigned steps)
{
	static struct model model;
	struct pending pending;
	pending_open(&pending, hash_draw_key());
	unsigned wrong = 0;
	size_t most = 0;
	ok(pending_take_oldest(&pending) == NULL, "nothing waits in an empty queue");
	for (size_t number = 0; number < steps; number++) {
		size_t key = random_below(WAITING_KEYS), choice = random_below(100);
		/* fills up, then drains */
		if (choice < (number < steps / 2 ? 95 : 40) && model.count < 20000)
			add(&pending, &model, key, number);
		else if (choice % 2 == 0)
			wrong += !take(&pending, &model, key);
		else
			wrong += !take_oldest(&pending, &model);
		wrong += pending.count != model.count;
		most = model.count > most ? model.count : most;
	}
	while (model.count > 0)
		wrong += !take_oldest(&pending, &model);
	ok(wrong == 0 && pending.oldest == NULL && pending.newest == NULL && pending.count == 0 &&
			pending.keys.count == 0 && pending.bytes == 0,
		"up to %zu events of %d keys wait and come out in order: %u wrong", most, WAITING_KEYS, wrong);
	pending_close(&pending);
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
	static char chosen[COLLIDING][PAIRS * 8 + 1];
	struct table table;
	unsigned wrong = 0;
	open_table(&table);
	for (size_t i = 0; i < COLLIDING / tap_stride(); i++) {
		for (size_t pair = 0; pair < PAIRS; pair++)
			strcat(chosen[i], pairs[pair][i >> pair & 1]);
		struct slice key = {chosen[i], strlen(chosen[i])}, first = {chosen[0], strlen(chosen[0])};
		wrong += fnv_1a(key) != fnv_1a(first);
		table_put(&table, key, table_hash(&table, key), (struct slice[VALUES]){{0}});
	}
	ok(wrong == 0 && table.count == COLLIDING / tap_stride(), "%zu keys that one hash throws together: %u do not",
		table.count, wrong);
	ok(mean_distance(&table) < 4, "they stand %.1f slots from where they are looked for", mean_distance(&table));
	table_close(&table);
}

int
main(void)
{
	make_names();
	check_changes(); /* first: its random sizes are the same in however many rounds */
	check_table();
	check_growth();
	check_few_left();
	check_large_values();
	check_chosen_keys();
	check_key_within();
	check_pending(30000 / (unsigned)tap_stride());
	return tap_end();
}
