#include "paths.h"

#include "json_string.h"
#include "memory.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A path as it was written, before it is known what it starts from. */
struct path {
	bool at;   /* starts with @ */
	char side; /* '1', '2', or 0 where none is given */
	struct json_step *steps;
	size_t count;
};

void
paths_open(struct paths *paths, bool enveloped, bool two_sided)
{
	*paths = (struct paths){.enveloped = enveloped, .two_sided = two_sided};
	if (enveloped)
		envelope_open(&paths->envelopes[ENVELOPE]);
	if (enveloped && two_sided)
		envelope_open(&paths->envelopes[TABLE_ENVELOPE]);
}

/* ---- parsing ---- */

static const char *
parse_quoted_key(const char **text, char **key, size_t *length)
{
	const char *start = *text + 1, *wrong, *expected;
	const char *end = json_string_end(start, start + strlen(start), &wrong, &expected);
	if (end == NULL)
		return "a quoted key must be a JSON string";
	struct buffer spelt = {0};
	json_string_decode(start, (size_t)(end - start), &spelt);
	*key = spelt.bytes;
	*length = spelt.length;
	(*key)[*length] = '\0';
	*text = end + 1;
	return NULL;
}

const char *
paths_parse_key(const char **text, char **key, size_t *length)
{
	*key = NULL;
	if (**text == '"')
		return parse_quoted_key(text, key, length);
	const char *start = *text;
	size_t end = strcspn(start, ".,[]=!:@\"");
	*text = start + end;
	while (end > 0 && isspace((unsigned char)start[end - 1]))
		end--;
	if (end == 0)
		return "a key is missing (quote a key that holds . , [ ] = ! : @ or \")";
	*key = copy_bytes(start, end);
	*length = end;
	return NULL;
}

static struct json_step *
add_step(struct path *path)
{
	path->steps = need(reallocarray(path->steps, path->count + 1, sizeof(*path->steps)));
	path->steps[path->count] = (struct json_step){0};
	return &path->steps[path->count++];
}

static const char *
parse_index(const char **text, size_t *index)
{
	char *end;
	errno = 0;
	uintmax_t number = strtoumax(*text + 1, &end, 10);
	if (!isdigit((unsigned char)(*text)[1]) || *end != ']' || errno != 0 || number > SIZE_MAX)
		return "an index is a number in brackets, such as [0]";
	*index = (size_t)number;
	*text = end + 1;
	return NULL;
}

static const char *
parse_steps(const char **text, struct path *path)
{
	const char *wrong = NULL;
	do {
		char *key;
		size_t length;
		wrong = paths_parse_key(text, &key, &length);
		if (wrong != NULL)
			return wrong;
		*add_step(path) = (struct json_step){key, length, 0};
		while (wrong == NULL && **text == '[')
			wrong = parse_index(text, &add_step(path)->index);
	} while (wrong == NULL && **text == '.' && (*text)++);
	return wrong;
}

static const char *
parse_path(const char **text, bool two_sided, struct path *path)
{
	*path = (struct path){0};
	*text += strspn(*text, " \t\n");
	if (two_sided && ((*text)[0] == '1' || (*text)[0] == '2') && (*text)[1] == '.') {
		path->side = (*text)[0];
		*text += 2;
	}
	if (**text == '@') {
		path->at = true;
		(*text)++;
	}
	return parse_steps(text, path);
}

static void
free_steps(struct json_step *steps, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(steps[i].name);
	free(steps);
}

/* ---- finding the place ---- */

static bool
step_is(const struct json_step *step, const char *name)
{
	return step->name != NULL && strcmp(step->name, name) == 0;
}

static const char *
place_in_envelope(struct envelope *envelope, const struct path *path, size_t *slot)
{
	static const struct {
		const char *name;
		enum envelope_slot slot;
	} members[] = {{"topic", ENVELOPE_TOPIC}, {"partition", ENVELOPE_PARTITION}, {"offset", ENVELOPE_OFFSET},
		{"timestamp", ENVELOPE_TIMESTAMP}, {"key", ENVELOPE_KEY}, {"position", ENVELOPE_POSITION}};
	if (path->count == 2 && step_is(&path->steps[0], "headers") && path->steps[1].name != NULL) {
		*slot = envelope_want_header(envelope, path->steps[1].name, path->steps[1].length);
		return NULL;
	}
	for (size_t i = 0; path->count == 1 && i < sizeof(members) / sizeof(members[0]); i++)
		if (step_is(&path->steps[0], members[i].name)) {
			*slot = members[i].slot;
			return NULL;
		}
	return "the @ paths are @topic, @partition, @offset, @timestamp, @key, @headers.NAME and @position";
}

static bool
starts_with_each(const struct paths *paths, const struct path *path)
{
	if (paths->each == NULL || path->count < paths->each_steps)
		return false;
	for (size_t i = 0; i < paths->each_steps; i++)
		if (!json_same_step(&paths->each[i], &path->steps[i]))
			return false;
	return true;
}

static const char *
place_path(struct paths *paths, enum source record, const struct path *path, struct place *place)
{
	if (path->at) {
		place->source = record == TABLE_RECORD ? TABLE_ENVELOPE : ENVELOPE;
		if (!paths->enveloped)
			return "@ paths need --envelope";
		return place_in_envelope(&paths->envelopes[place->source], path, &place->slot);
	}
	size_t skip = 0;
	place->source = record;
	if (starts_with_each(paths, path)) {
		place->source = ELEMENT;
		skip = paths->each_steps;
	}
	place->slot = json_want(&paths->trees[place->source], path->steps + skip, path->count - skip);
	return NULL;
}

static const char *
refer(struct paths *paths, const struct path *path, struct reference *reference)
{
	reference->second.source = NO_SOURCE;
	if (path->side == '1')
		return place_path(paths, TABLE_RECORD, path, &reference->first);
	const char *wrong = place_path(paths, RECORD, path, &reference->first);
	if (wrong == NULL && paths->two_sided && path->side == 0)
		wrong = place_path(paths, TABLE_RECORD, path, &reference->second);
	return wrong;
}

static char *
last_name(const struct path *path)
{
	size_t i = path->count - 1;
	while (path->steps[i].name == NULL) /* the first step always has one */
		i--;
	return need(strdup(path->steps[i].name));
}

const char *
paths_parse(struct paths *paths, const char **text, struct reference *reference, char **name)
{
	*reference = (struct reference){0};
	*text += strspn(*text, " \t\n");
	const char *start = *text;
	struct path path;
	const char *wrong = parse_path(text, paths->two_sided, &path);
	if (wrong == NULL && (wrong = refer(paths, &path, reference)) != NULL)
		*text = start;
	if (wrong == NULL) {
		const char *end = *text;
		while (isspace((unsigned char)end[-1]))
			end--;
		reference->text = copy_bytes(start, (size_t)(end - start));
		if (name != NULL)
			*name = last_name(&path);
	}
	free_steps(path.steps, path.count);
	return wrong;
}

const char *
paths_parse_side(struct paths *paths, enum source record, const char *text, struct reference *reference)
{
	struct path path;
	const char *rest = text;
	*reference = (struct reference){.second = {NO_SOURCE, 0}};
	const char *wrong = parse_path(&rest, false, &path);
	if (wrong == NULL && *rest != '\0')
		wrong = "there is something behind the path";
	if (wrong == NULL)
		wrong = place_path(paths, record, &path, &reference->first);
	if (wrong == NULL)
		reference->text = need(strdup(text));
	free_steps(path.steps, path.count);
	return wrong;
}

const char *
paths_each(struct paths *paths, const char *text)
{
	struct path path;
	const char *wrong = parse_path(&text, false, &path);
	if (wrong == NULL && (*text != '\0' || path.at))
		wrong = "the array's path is keys and indexes";
	if (wrong == NULL)
		wrong = place_path(paths, RECORD, &path, &paths->each_place);
	if (wrong != NULL) {
		free_steps(path.steps, path.count);
		return wrong;
	}
	paths->each = path.steps;
	paths->each_steps = path.count;
	return NULL;
}

void
paths_close(struct paths *paths)
{
	for (enum source source = RECORD; source < SOURCES; source++) {
		json_tree_free(&paths->trees[source]);
		envelope_close(&paths->envelopes[source]);
	}
	free_steps(paths->each, paths->each_steps);
}
