#include "match.h"

#include "memory.h"
#include "stop.h"
#include "write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- records and their keys ---- */

/* The same in small ASCII letters. */
static struct slice
fold(struct join *join, struct slice key)
{
	struct buffer *folded = &join->key;
	folded->length = 0;
	buffer_append(folded, key.at, key.length);
	for (size_t i = 0; i < folded->length; i++)
		if (folded->bytes[i] >= 'A' && folded->bytes[i] <= 'Z')
			folded->bytes[i] = (char)(folded->bytes[i] - 'A' + 'a');
	return (struct slice){folded->bytes, folded->length};
}

/* What a key spells; a number, true or false are spelt by their bytes. */
static bool
spell_key(struct join *join, struct slice value, struct slice *key)
{
	if (slice_is_null(value) || slice_is_object(value) || slice_is_array(value))
		return false;
	*key = slice_is_string(value) ? json_string_content(value, &join->key_scratch) : value;
	if (join->any_case)
		*key = fold(join, *key);
	return true;
}

/* Rejects the record at hand for the value of a path. */
static bool
reject_value(struct join *join, const struct path *path, const char *expected)
{
	struct reason reason;
	reason_expected(&reason, expected, path_value(path, join->filter.values));
	reason_within(&reason, &(struct part){path->text, NO_INDEX, ""});
	filter_reject(&join->filter, &reason);
	return false;
}

/* "join: TABLE (/dev/fd/63): its records have customer, the key of EVENTS: are the operands swapped?" */
static void
say_swapped(struct join *join)
{
	char file[128], key[128];
	const char *name = join->filter.record.file, *path = join->event_key->text;
	printable(file, sizeof(file), (struct slice){name, strlen(name)});
	printable(key, sizeof(key), (struct slice){path, strlen(path)});
	snprintf(join->swapped, sizeof(join->swapped),
		"TABLE (%s): its records have %s, the key of EVENTS: are the operands swapped?", file, key);
	report_hint(&join->filter.report, join->swapped);
}

/* Whether a record of TABLE that has no key has that of an event. */
static bool
has_event_key(struct join *join, struct slice json)
{
	struct reason reason;
	const struct path *path = join->event_key;
	struct slice value = path_value(join->table_key, join->filter.values);
	return value.at == NULL && !path->enveloped && filter_scan(&join->filter, EVENTS, json, &reason) &&
	       path_value(path, join->filter.values).at != NULL;
}

/* Takes a record at hand and finds its key; one that has none is rejected. Of a tombstone the key may be known. */
static enum taken
take_record(struct join *join, enum side side, const struct record *record, struct slice *key)
{
	struct filter *filter = &join->filter;
	const struct path *path = side == TABLE ? join->table_key : join->event_key;
	struct slice json;
	struct reason reason;
	enum taken taken = filter_take(filter, side, record, &json);
	if (taken == TAKEN_NOTHING || (taken == TAKEN_TOMBSTONE && !path->enveloped))
		return TAKEN_NOTHING;
	if (taken == TAKEN_RECORD && !filter_scan(filter, side, json, &reason)) {
		filter_reject(filter, &reason);
		return TAKEN_NOTHING;
	}
	if (spell_key(join, path_value(path, filter->values), key))
		return taken;
	if (taken != TAKEN_RECORD)
		return TAKEN_NOTHING;
	reject_value(join, path, "a key");
	if (side == TABLE && filter->odd && has_event_key(join, json))
		say_swapped(join);
	return TAKEN_NOTHING;
}

static bool
read_position(struct join *join, struct slice value, struct position *position)
{
	return slice_is_string(value) && position_read(json_string_content(value, &join->position_scratch), position);
}

static const char a_position[] = "a position such as \"stedi-events:0:17\"";

/* ---- events come out ---- */

/* Writes the event at hand with the values of TABLE that are loaded, if any were found. */
static void
put_event(struct join *join, bool found)
{
	struct filter *filter = &join->filter;
	struct reason reason;
	if (found && join->only_unmatched)
		filter->report.skipped++;
	else if (!filter_put(filter, &reason))
		filter_reject(filter, &reason);
}

/* The same for one that has waited; its record was good when it came. */
static void
put_waiting(struct join *join, const struct event *event, bool found)
{
	struct record record = event_record(event);
	struct slice key;
	if (take_record(join, EVENTS, &record, &key) == TAKEN_RECORD)
		put_event(join, found);
}

/* "join: 3 events never found their key; the first: FILE:LINE: key "nobody@test.com"" */
static void
say_given_up(const struct join *join, const char *what, const struct event *first)
{
	char file[256], key[128];
	printable(file, sizeof(file), (struct slice){first->file, strlen(first->file)});
	printable(key, sizeof(key), event_key(first));
	say("%s: %s; the first: %s:%ju: key \"%s\"", join->filter.report.program, what, file, first->line, key);
}

/* Whether all that there is has been seen: else what still waits is not known to be unmatched. */
static bool
saw_all(const struct join *join)
{
	return !join->unread && stop_signal() == 0;
}

static void
give_up(struct join *join, struct event *event)
{
	if (join->put_unmatched && saw_all(join)) {
		kept_load_none(&join->kept, &join->filter);
		put_waiting(join, event, false);
	} else {
		struct record record = event_record(event);
		join->filter.report.rejected++;
		report_keep(&join->filter.report, &record);
	}
	free(event);
}

static void
give_up_oldest(struct join *join, const char *why)
{
	struct event *event = pending_take_oldest(&join->pending);
	char what[128];
	snprintf(what, sizeof(what), "%s: giving up the oldest", why);
	if (!join->gave_up && !join->put_unmatched)
		say_given_up(join, what, event);
	join->gave_up = true;
	give_up(join, event);
}

static size_t
memory_taken(const struct join *join)
{
	return table_bytes(&join->table) + pending_bytes(&join->pending);
}

/* Keeps to what may wait, and to the memory that may be taken. */
static void
keep_within(struct join *join)
{
	char why[96];
	if ((long long)join->pending.count > join->max_pending) {
		snprintf(why, sizeof(why), "more than %lld events wait for their key (--max-pending)",
			join->max_pending);
		give_up_oldest(join, why);
	}
	size_t most = join->max_memory;
	if (most == 0 || memory_taken(join) <= most || join->full)
		return;
	snprintf(why, sizeof(why), "the table and what waits for it take more than %zu bytes (--max-memory)", most);
	while (join->pending.count > 0 && memory_taken(join) > most)
		give_up_oldest(join, why);
	if (memory_taken(join) <= most)
		return;
	say("%s: the table alone, %zu keys, takes more than %zu bytes: give it more (--max-memory), or join each part "
	    "of the keys by itself, as stedi-pipes(7) shows",
		join->filter.report.program, join->table.count, most);
	join->filter.report.failed = join->full = true;
}

void
match_give_up(struct join *join)
{
	size_t count = join->pending.count;
	char what[128];
	snprintf(what, sizeof(what), count == 1 ? "%zu event %s its key" : "%zu events %s their key", count,
		saw_all(join) ? "never found" : "still waited for");
	if (count > 0 && (!join->put_unmatched || !saw_all(join)))
		say_given_up(join, what, join->pending.oldest);
	for (struct event *event; (event = pending_take_oldest(&join->pending)) != NULL;)
		give_up(join, event);
}

/* ---- records come ---- */

/*
 * While a record is taken, the processor fetches what it will take to find the key of the next one; once it has been
 * taken, that one's entry. Otherwise half of the time would be spent in waiting for memory.
 */
static void
expect(struct join *join, enum side side, const struct record *record)
{
	struct guess *guess = &join->guesses[side];
	if (!guess_next(guess, record->ahead))
		return;
	struct guessed *next = &guess->next;
	struct slice key = {next->key, next->length};
	if (join->any_case)
		memcpy(next->key, fold(join, key).at, next->length);
	next->hash = table_hash(&join->table, key);
	table_expect(&join->table, next->hash);
}

static void
expect_entry(const struct join *join, enum side side)
{
	const struct guessed *next = &join->guesses[side].next;
	if (next->length > 0)
		table_expect_entry(&join->table, next->hash);
}

/* The hash of the key of a record at hand, which may have been guessed. */
static uint64_t
hash_of(struct join *join, enum side side, const struct record *record, struct slice key)
{
	struct guess *guess = &join->guesses[side];
	if (guess_is_right(guess, key)) {
		guess->wrong = 0;
		return guess->this.hash;
	}
	const struct path *path = side == TABLE ? join->table_key : join->event_key;
	guess_learn(guess, record->bytes, path_value(path, join->filter.values));
	return table_hash(&join->table, key);
}

/* Whether a record of TABLE stands where was loaded already, or has a position that is none. */
static bool
is_passed_over(struct join *join)
{
	struct position position;
	if (join->table_position == NULL)
		return false;
	struct slice value = path_value(join->table_position, join->filter.values);
	if (slice_is_null(value))
		return false;
	if (!read_position(join, value, &position))
		return !reject_value(join, join->table_position, a_position);
	if (join->loading)
		positions_advance(&join->loaded, &position);
	else if (positions_reach(&join->loaded, &position)) {
		join->filter.report.skipped++;
		return true;
	}
	return false;
}

static void
put_all_waiting(struct join *join, struct slice key, uint64_t hash)
{
	struct event *event = pending_take(&join->pending, key, hash);
	if (event != NULL)
		kept_load(&join->kept, &join->table, key, hash, &join->filter);
	for (struct event *next; event != NULL; event = next) {
		next = event->next;
		put_waiting(join, event, true);
		free(event);
	}
}

static void
take_table(struct join *join, const struct record *record)
{
	struct slice key;
	enum taken taken = take_record(join, TABLE, record, &key);
	if (taken == TAKEN_NOTHING || is_passed_over(join))
		return;
	uint64_t hash = hash_of(join, TABLE, record, key);
	if (taken == TAKEN_TOMBSTONE) {
		table_remove(&join->table, key, hash);
		return;
	}
	kept_store(&join->kept, &join->table, key, hash, &join->filter);
	put_all_waiting(join, key, hash);
	keep_within(join);
}

void
match_table(struct join *join, const struct record *record)
{
	expect(join, TABLE, record);
	take_table(join, record);
	expect_entry(join, TABLE);
}

/* Whether an event was written by an earlier run, or has no position to tell. */
static bool
is_written(struct join *join)
{
	struct position position;
	if (join->event_position == NULL)
		return false;
	if (!read_position(join, path_value(join->event_position, join->filter.values), &position))
		return !reject_value(join, join->event_position, a_position);
	if (!positions_have(&join->written, &position))
		return false;
	join->filter.report.skipped++;
	return true;
}

static void
take_event(struct join *join, const struct record *record)
{
	struct slice key;
	if (take_record(join, EVENTS, record, &key) != TAKEN_RECORD || is_written(join))
		return;
	uint64_t hash = hash_of(join, EVENTS, record, key);
	if (kept_load(&join->kept, &join->table, key, hash, &join->filter)) {
		put_event(join, true);
		return;
	}
	pending_add(&join->pending, key, hash, record);
	keep_within(join);
}

void
match_event(struct join *join, const struct record *record)
{
	expect(join, EVENTS, record);
	take_event(join, record);
	expect_entry(join, EVENTS);
}

void
match_written(struct join *join, const struct record *record)
{
	struct slice json = record->bytes, value;
	struct json_error error;
	struct reason reason;
	struct position position;
	filter_hold(&join->filter, record);
	if (!json_scan(json.at, json.length, &join->written_record, &value, &error)) {
		reason_at_column(&reason, error, json);
		filter_reject(&join->filter, &reason);
	} else if (!read_position(join, value, &position)) {
		reason_expected(&reason, a_position, value);
		reason_within(&reason, &(struct part){"position", NO_INDEX, ""});
		filter_reject(&join->filter, &reason);
	} else {
		positions_add(&join->written, &position);
	}
}

void
match_open(struct join *join)
{
	join->filter.report.waiting = &join->pending.count;
	kept_choose(&join->kept, &join->filter);
	struct hash_key hash_key = hash_draw_key();
	table_open(&join->table, join->kept.count, hash_key);
	pending_open(&join->pending, hash_key);
	json_want(&join->written_record, &(struct json_step){"position", strlen("position"), 0}, 1);
}

void
match_close(struct join *join)
{
	table_close(&join->table);
	pending_close(&join->pending);
	kept_close(&join->kept);
	positions_close(&join->loaded);
	positions_close(&join->written);
	json_tree_free(&join->written_record);
	buffer_free(&join->key);
	buffer_free(&join->key_scratch);
	buffer_free(&join->position_scratch);
}
