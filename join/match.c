#include "match.h"

#include "memory.h"
#include "stop.h"
#include "wait.h"
#include "write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is kept of TABLE: the range of its values ---- */

static void
store(struct join *join, struct entry *entry)
{
	const struct filter *filter = &join->filter;
	entry_store(entry, filter->values + filter->paths.sides[TABLE].first, filter->paths.sides[TABLE].count);
}

/* The values of an entry, or (of NULL) none. */
static void
load(struct join *join, const struct entry *entry)
{
	const struct filter *filter = &join->filter;
	struct slice *values = filter->values + filter->paths.sides[TABLE].first;
	size_t count = filter->paths.sides[TABLE].count;
	if (entry != NULL)
		entry_load(entry, values, count);
	else
		memset(values, 0, count * sizeof(*values));
}

/* ---- records and their keys ---- */

/* What a key spells; a number, true or false are spelt by their bytes. */
static bool
spell_key(struct join *join, struct slice value, struct slice *key)
{
	if (slice_is_null(value) || slice_is_object(value) || slice_is_array(value))
		return false;
	*key = slice_is_string(value) ? json_string_content(value, &join->scratch) : value;
	if (join->any_case) {
		join->key.length = 0;
		buffer_append(&join->key, key->at, key->length);
		for (size_t i = 0; i < join->key.length; i++)
			if (join->key.bytes[i] >= 'A' && join->key.bytes[i] <= 'Z')
				join->key.bytes[i] = (char)(join->key.bytes[i] - 'A' + 'a');
		key->at = join->key.bytes;
	}
	return true;
}

/* Takes a record at hand and finds its key; one that has none is rejected. */
static bool
take_record(struct join *join, enum side side, const struct record *record, struct slice *key)
{
	struct filter *filter = &join->filter;
	struct slice json;
	struct json_error error;
	struct reason reason;
	if (!filter_take(filter, side, record, &json))
		return false;
	if (!json_scan(json.at, json.length, &filter->paths.sides[side].record, filter->values, &error)) {
		reason_at_column(&reason, error, json);
		filter_reject(filter, &reason);
		return false;
	}
	const struct path *path = side == TABLE ? join->table_key : join->event_key;
	struct slice value = path_value(path, filter->values);
	if (spell_key(join, value, key))
		return true;
	reason_expected(&reason, "a key", value);
	reason_within(&reason, &(struct part){path->text, NO_INDEX, ""});
	filter_reject(filter, &reason);
	return false;
}

/* ---- events come out ---- */

/* Writes the event at hand, with the values of an entry, or (of NULL) with none. */
static void
put_event(struct join *join, const struct entry *entry)
{
	struct filter *filter = &join->filter;
	struct reason reason;
	load(join, entry);
	if (entry != NULL && join->only_unmatched)
		filter->report.skipped++;
	else if (!filter_put(filter, &reason))
		filter_reject(filter, &reason);
}

/* The same for one that has waited; its record was good when it came. */
static void
put_waiting(struct join *join, const struct event *event, const struct entry *entry)
{
	struct slice key;
	if (take_record(join, EVENTS, &event->record, &key))
		put_event(join, entry);
}

/* "join: 3 events never found their key; the first: FILE:LINE: key "nobody@test.com"" */
static void
say_given_up(const struct join *join, const char *what, const struct event *first)
{
	char file[256], key[128];
	printable(file, sizeof(file), (struct slice){first->record.file, strlen(first->record.file)});
	printable(key, sizeof(key), (struct slice){first->entry->key, first->entry->length});
	say("%s: %s; the first: %s:%ju: key \"%s\"", join->filter.report.program, what, file, first->record.line, key);
}

static void
give_up(struct join *join, struct event *event)
{
	struct entry *entry = event->entry;
	if (join->put_unmatched && stop_signal() == 0) {
		put_waiting(join, event, NULL);
	} else {
		join->filter.report.rejected++;
		report_keep(&join->filter.report, &event->record);
	}
	if (entry->waiting == NULL)
		table_remove(&join->table, entry);
	free(event);
}

static void
give_up_oldest(struct join *join)
{
	struct event *event = pending_take(&join->pending, NULL);
	char what[128];
	snprintf(what, sizeof(what), "more than %lld events wait for their key (--max-pending): giving up the oldest",
		join->max_pending);
	if (!join->gave_up && !join->put_unmatched)
		say_given_up(join, what, event);
	join->gave_up = true;
	give_up(join, event);
}

static void
give_up_all(struct join *join)
{
	size_t count = join->pending.count;
	char what[128];
	snprintf(what, sizeof(what), count == 1 ? "%zu event %s its key" : "%zu events %s their key", count,
		stop_signal() != 0 ? "still waited for" : "never found");
	if (count > 0 && (!join->put_unmatched || stop_signal() != 0))
		say_given_up(join, what, join->pending.oldest);
	for (struct event *event; (event = pending_take(&join->pending, NULL)) != NULL;)
		give_up(join, event);
}

/* ---- the streams ---- */

static void
take_table_record(struct join *join, const struct record *record)
{
	struct slice key;
	if (!take_record(join, TABLE, record, &key))
		return;
	struct entry *entry = table_entry(&join->table, key);
	store(join, entry);
	for (struct event *event; entry->waiting != NULL;) {
		event = pending_take(&join->pending, entry);
		put_waiting(join, event, entry);
		free(event);
	}
}

static void
take_event(struct join *join, const struct record *record)
{
	struct slice key;
	if (!take_record(join, EVENTS, record, &key))
		return;
	struct entry *entry = table_find(&join->table, key);
	if (entry != NULL && entry->values != NULL) {
		put_event(join, entry);
		return;
	}
	pending_add(&join->pending, table_entry(&join->table, key), record);
	if ((long long)join->pending.count > join->max_pending)
		give_up_oldest(join);
}

/* Takes all records that have been read. Returns false at the end of the input. */
static bool
take_records(struct join *join, struct input *in, void (*take)(struct join *, const struct record *))
{
	struct record record;
	for (;;) {
		switch (input_next(in, &record)) {
		case INPUT_RECORD:
			join->filter.report.in++;
			take(join, &record);
			break;
		case INPUT_OVERLONG:
			filter_reject_overlong(&join->filter, &record);
			break;
		case INPUT_DRY:
			return true;
		case INPUT_END:
			return false;
		}
	}
}

/*
 * Where both can be read, more is read of TABLE: an event that finds its key need not be kept until it comes. But
 * EVENTS has its turn, too, for TABLE may never end.
 */
enum { TABLE_TURNS = 8 };

static void
match_inputs(struct join *join, struct input *table, struct input *events)
{
	struct filter *filter = &join->filter;
	struct pollfd inputs[2] = {{.fd = table->fd}, {.fd = events->fd}};
	for (unsigned turn = 1;; turn++) {
		if (inputs[0].fd >= 0 && !take_records(join, table, take_table_record))
			inputs[0].fd = -1;
		if (inputs[1].fd >= 0 && !take_records(join, events, take_event))
			inputs[1].fd = -1;
		if (inputs[1].fd < 0 && (inputs[0].fd < 0 || join->pending.count == 0))
			return;
		if (!wait_for_input(inputs, 2, &filter->out, &filter->report))
			return;
		bool table_ready = inputs[0].fd >= 0 && inputs[0].revents != 0;
		if (table_ready)
			input_fill(table);
		if (inputs[1].fd >= 0 && inputs[1].revents != 0 && (!table_ready || turn % TABLE_TURNS == 0))
			input_fill(events);
	}
}

/* The table is left to the end of the process: freeing a million entries one by one takes a seventh of a join. */
int
match_run(struct join *join, const char *table_name, const char *events_name)
{
	struct filter *filter = &join->filter;
	struct input table, events;
	filter->report.waiting = &join->pending.count;
	table_open(&join->table);
	if (filter_open(filter, "join") && filter_open_input(filter, table_name, &table)) {
		if (filter_open_input(filter, events_name, &events)) {
			match_inputs(join, &table, &events);
			give_up_all(join);
			filter_close_input(filter, &events);
		}
		filter_close_input(filter, &table);
	}
	buffer_free(&join->key);
	buffer_free(&join->scratch);
	return filter_close(filter);
}
