#include "match.h"

#include "memory.h"
#include "wait.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is kept of TABLE ---- */

static void
keep_envelope_slot(struct join *join, struct place place)
{
	if (place.source != TABLE_ENVELOPE)
		return;
	for (size_t i = 0; i < join->envelope_slot_count; i++)
		if (join->envelope_slots[i] == place.slot)
			return;
	join->envelope_slots =
		need(reallocarray(join->envelope_slots, join->envelope_slot_count + 1, sizeof(*join->envelope_slots)));
	join->envelope_slots[join->envelope_slot_count++] = place.slot;
}

static void
keep_reference(struct join *join, const struct reference *reference)
{
	keep_envelope_slot(join, reference->first);
	keep_envelope_slot(join, reference->second);
}

static struct slice *
new_slots(size_t count)
{
	return need(calloc(count + 1, sizeof(struct slice)));
}

void
match_open(struct join *join)
{
	const struct filter *filter = &join->filter;
	const struct paths *paths = &filter->paths;
	size_t envelope_slots = ENVELOPE_HEADER + paths->envelopes[TABLE_ENVELOPE].header_count;
	for (size_t i = 0; i < filter->fields.count; i++)
		keep_reference(join, &filter->fields.list[i].reference);
	for (size_t i = 0; i < filter->tests.count; i++)
		keep_reference(join, &filter->tests.list[i].reference);
	join->event = new_slots(paths->trees[RECORD].slots);
	join->kept = new_slots(paths->trees[TABLE_RECORD].slots);
	join->missing = new_slots(paths->trees[TABLE_RECORD].slots);
	join->kept_envelope = new_slots(envelope_slots);
	join->missing_envelope = new_slots(envelope_slots);
	join->stored = new_slots(paths->trees[TABLE_RECORD].slots + join->envelope_slot_count);
}

static void
store(struct join *join, struct entry *entry)
{
	const struct paths *paths = &join->filter.paths;
	size_t count = paths->trees[TABLE_RECORD].slots;
	memcpy(join->stored, join->kept, count * sizeof(*join->stored));
	for (size_t i = 0; i < join->envelope_slot_count; i++)
		join->stored[count++] = paths->envelopes[TABLE_ENVELOPE].slots[join->envelope_slots[i]];
	entry_store(entry, join->stored, count);
}

static void
load(struct join *join, const struct entry *entry)
{
	size_t count = join->filter.paths.trees[TABLE_RECORD].slots;
	entry_load(entry, join->stored, count + join->envelope_slot_count);
	memcpy(join->kept, join->stored, count * sizeof(*join->stored));
	for (size_t i = 0; i < join->envelope_slot_count; i++)
		join->kept_envelope[join->envelope_slots[i]] = join->stored[count + i];
}

/* ---- records and their keys ---- */

/* The side of a record: its tree, slots and key. */
struct side {
	enum source record, envelope;
	struct slice *slots;
	const struct reference *key;
};

static struct side
side_of(struct join *join, enum source record)
{
	if (record == TABLE_RECORD)
		return (struct side){TABLE_RECORD, TABLE_ENVELOPE, join->kept, &join->table_key};
	return (struct side){RECORD, ENVELOPE, join->event, &join->event_key};
}

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

/* Scans a record and finds its key; one that has none is rejected. */
static bool
read_record(struct join *join, const struct side *side, struct record *record, struct slice *key)
{
	struct filter *filter = &join->filter;
	struct slice json;
	struct json_error error;
	struct reason reason;
	if (!filter_unwrap(filter, side->envelope, record, &json))
		return false;
	if (!json_scan(json.at, json.length, &filter->paths.trees[side->record], side->slots, &error)) {
		reason_at_column(&reason, error, json);
		filter_reject(filter, side->envelope, record, &reason);
		return false;
	}
	struct view view = {0};
	view.slots[side->record] = side->slots;
	view.slots[side->envelope] = filter->paths.envelopes[side->envelope].slots;
	struct slice value = paths_value(&view, side->key);
	if (spell_key(join, value, key))
		return true;
	reason_expected(&reason, "a key", value);
	reason_within(&reason, &(struct part){side->key->text, NO_INDEX, ""});
	filter_reject(filter, side->envelope, record, &reason);
	return false;
}

/* ---- events come out ---- */

/* Writes the event at hand, with the values of TABLE that were loaded, or with none. */
static void
put_event(struct join *join, struct record *record, bool matched)
{
	struct filter *filter = &join->filter;
	struct view view = {{[RECORD] = join->event,
		[ENVELOPE] = filter->paths.envelopes[ENVELOPE].slots,
		[TABLE_RECORD] = matched ? join->kept : join->missing,
		[TABLE_ENVELOPE] = matched ? join->kept_envelope : join->missing_envelope}};
	struct reason reason;
	if (matched && join->only_unmatched)
		filter->report.skipped++;
	else if (!filter_put(filter, &view, &reason))
		filter_reject(filter, ENVELOPE, record, &reason);
}

/* The same for one that has waited; its record was good when it came. */
static void
put_waiting(struct join *join, struct event *event, bool matched)
{
	struct side side = side_of(join, RECORD);
	struct slice key;
	if (read_record(join, &side, &event->record, &key))
		put_event(join, &event->record, matched);
}

/* "join: 3 events never found their key; the first: FILE:LINE: key "nobody@test.com"" */
static void
say_given_up(const struct join *join, const char *what, const struct event *first)
{
	char file[256], key[128];
	printable(file, sizeof(file), (struct slice){first->record.file, strlen(first->record.file)});
	printable(key, sizeof(key), (struct slice){first->entry->key, first->entry->length});
	fprintf(stderr, "%s: %s; the first: %s:%ju: key \"%s\"\n", join->filter.report.program, what, file,
		first->record.line, key);
}

static void
give_up(struct join *join, struct event *event)
{
	struct entry *entry = event->entry;
	if (join->put_unmatched && stop_signal == 0) {
		put_waiting(join, event, false);
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
		stop_signal != 0 ? "still waited for" : "never found");
	if (count > 0 && (!join->put_unmatched || stop_signal != 0))
		say_given_up(join, what, join->pending.oldest);
	for (struct event *event; (event = pending_take(&join->pending, NULL)) != NULL;)
		give_up(join, event);
}

/* ---- the streams ---- */

static void
take_table_record(struct join *join, struct record *record)
{
	struct side side = side_of(join, TABLE_RECORD);
	struct slice key;
	if (!read_record(join, &side, record, &key))
		return;
	struct entry *entry = table_entry(&join->table, key);
	store(join, entry);
	if (entry->waiting != NULL)
		load(join, entry);
	for (struct event *event; entry->waiting != NULL;) {
		event = pending_take(&join->pending, entry);
		put_waiting(join, event, true);
		free(event);
	}
}

static void
take_event(struct join *join, struct record *record)
{
	struct side side = side_of(join, RECORD);
	struct slice key;
	if (!read_record(join, &side, record, &key))
		return;
	struct entry *entry = table_find(&join->table, key);
	if (entry != NULL && entry->values != NULL) {
		load(join, entry);
		put_event(join, record, true);
		return;
	}
	pending_add(&join->pending, table_entry(&join->table, key), record);
	if ((long long)join->pending.count > join->max_pending)
		give_up_oldest(join);
}

/* Takes all records that have been read. Returns false at the end of the input. */
static bool
take_records(struct join *join, struct input *in, void (*take)(struct join *, struct record *))
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
		join->filter.report.waiting = join->pending.count;
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
static void
match_close(struct join *join)
{
	struct slice *slots[] = {
		join->event, join->kept, join->missing, join->kept_envelope, join->missing_envelope, join->stored};
	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		free(slots[i]);
	free(join->envelope_slots);
	free(join->table_key.text);
	free(join->event_key.text);
	buffer_free(&join->key);
	buffer_free(&join->scratch);
}

int
match_run(struct join *join, const char *table_name, const char *events_name)
{
	struct filter *filter = &join->filter;
	struct input table, events;
	filter->report.waits = true;
	if (filter_open(filter, "join") && filter_open_input(filter, table_name, &table)) {
		if (filter_open_input(filter, events_name, &events)) {
			match_inputs(join, &table, &events);
			give_up_all(join);
			filter_close_input(filter, &events);
		}
		filter_close_input(filter, &table);
	}
	filter->report.waiting = 0;
	match_close(join);
	return filter_close(filter);
}
