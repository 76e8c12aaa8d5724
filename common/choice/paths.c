#include "paths.h"

#include "json_string.h"
#include "memory.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What is written, before it is known where it leads. */
struct written {
	bool at;   /* starts with @ */
	char side; /* '1', '2', or 0 where none is given */
	struct json_step *steps;
	size_t count;
};

void
paths_open(struct paths *paths, bool enveloped, bool two_sided)
{
	*paths = (struct paths){.enveloped = enveloped, .two_sided = two_sided};
	for (enum side side = EVENTS; side < SIDES; side++)
		envelope_open(&paths->sides[side].envelope);
}

/* ---- parsing ---- */

static const char *
parse_quoted_key(const char **text, char **key, size_t *length)
{
	const char *start = *text + 1, *wrong, *expected;
	const char *end = json_string_end(start, start + strlen(start), JSON_UTF8, &wrong, &expected);
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
add_step(struct written *written)
{
	written->steps = need(reallocarray(written->steps, written->count + 1, sizeof(*written->steps)));
	written->steps[written->count] = (struct json_step){0};
	return &written->steps[written->count++];
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
parse_steps(const char **text, struct written *written)
{
	const char *wrong = NULL;
	do {
		char *key;
		size_t length;
		wrong = paths_parse_key(text, &key, &length);
		if (wrong != NULL)
			return wrong;
		*add_step(written) = (struct json_step){key, length, 0};
		while (wrong == NULL && **text == '[')
			wrong = parse_index(text, &add_step(written)->index);
	} while (wrong == NULL && **text == '.' && (*text)++);
	return wrong;
}

static const char *
parse_written(const char **text, bool two_sided, struct written *written)
{
	*written = (struct written){0};
	*text += strspn(*text, " \t\n");
	if (two_sided && ((*text)[0] == '1' || (*text)[0] == '2') && (*text)[1] == '.') {
		written->side = (*text)[0];
		*text += 2;
	}
	if (**text == '@') {
		written->at = true;
		(*text)++;
	}
	return parse_steps(text, written);
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
starts_with_each(const struct paths *paths, const struct written *written)
{
	if (paths->each == NULL || written->count < paths->each_steps)
		return false;
	for (size_t i = 0; i < paths->each_steps; i++)
		if (!json_same_step(&paths->each[i], &written->steps[i]))
			return false;
	return true;
}

static const char *
find_place(struct paths *paths, enum side side, const struct written *written, struct place *place)
{
	if (written->at) {
		struct envelope *envelope = &paths->sides[side].envelope;
		place->first = &envelope->first;
		if (!paths->enveloped)
			return "@ paths need --envelope";
		if (!envelope_want(envelope, written->steps, written->count, &place->slot))
			return "the @ paths are @topic, @partition, @offset, @timestamp, @key, @headers.NAME and "
			       "@position";
		return NULL;
	}
	size_t skip = 0;
	struct json_tree *tree = &paths->sides[side].record;
	if (starts_with_each(paths, written)) {
		tree = &paths->element;
		skip = paths->each_steps;
	}
	*place = (struct place){&tree->first, json_want(tree, written->steps + skip, written->count - skip)};
	return NULL;
}

static const char *
find_places(struct paths *paths, const struct written *written, struct path *path)
{
	const char *wrong = find_place(paths, written->side == '1' ? TABLE : EVENTS, written, &path->place);
	path->or_place = path->place;
	if (wrong == NULL && paths->two_sided && written->side == 0)
		wrong = find_place(paths, TABLE, written, &path->or_place);
	return wrong;
}

static struct path *
add_path(struct paths *paths, const char *text, size_t length)
{
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	paths->list = need(reallocarray(paths->list, paths->count + 1, sizeof(*paths->list)));
	struct path *path = paths->list[paths->count] = need(malloc(sizeof(*path)));
	*path = (struct path){.text = copy_bytes(text, length)};
	paths->count++;
	return path;
}

static char *
last_name(const struct written *written)
{
	size_t i = written->count - 1;
	while (written->steps[i].name == NULL) /* the first step always has one */
		i--;
	return need(strdup(written->steps[i].name));
}

const char *
paths_parse(struct paths *paths, const char **text, const struct path **path, char **name)
{
	*text += strspn(*text, " \t\n");
	const char *start = *text;
	struct written written;
	const char *wrong = parse_written(text, paths->two_sided, &written);
	if (wrong == NULL) {
		struct path *added = add_path(paths, start, (size_t)(*text - start));
		*path = added;
		added->enveloped = written.at;
		wrong = find_places(paths, &written, added);
		if (wrong != NULL)
			*text = start;
		else if (name != NULL)
			*name = last_name(&written);
	}
	free_steps(written.steps, written.count);
	return wrong;
}

const char *
paths_parse_side(struct paths *paths, enum side side, const char *text, const struct path **path)
{
	struct written written;
	const char *rest = text;
	const char *wrong = parse_written(&rest, false, &written);
	if (wrong == NULL && *rest != '\0')
		wrong = "there is something behind the path";
	if (wrong == NULL) {
		struct path *added = add_path(paths, text, strlen(text));
		*path = added;
		wrong = find_place(paths, side, &written, &added->place);
		added->or_place = added->place;
		added->enveloped = written.at;
	}
	free_steps(written.steps, written.count);
	return wrong;
}

const char *
paths_each(struct paths *paths, const char *text, const struct path **path)
{
	struct written written;
	const char *rest = text;
	const char *wrong = parse_written(&rest, false, &written);
	if (wrong == NULL && (*rest != '\0' || written.at))
		wrong = "the array's path is keys and indexes";
	if (wrong != NULL) {
		free_steps(written.steps, written.count);
		return wrong;
	}
	struct path *added = add_path(paths, text, strlen(text));
	*path = added;
	wrong = find_places(paths, &written, added);
	paths->each = written.steps;
	paths->each_steps = written.count;
	return wrong;
}

struct slice *
paths_lay_out(struct paths *paths)
{
	size_t count = 0;
	for (enum side side = EVENTS; side < SIDES; side++) {
		struct envelope *envelope = &paths->sides[side].envelope;
		struct json_tree *record = &paths->sides[side].record;
		paths->sides[side].first = envelope->first = count;
		record->first = count + envelope->count;
		paths->sides[side].count = envelope->count + record->slots;
		count += paths->sides[side].count;
	}
	paths->element.first = count;
	count += paths->element.slots;
	for (size_t i = 0; i < paths->count; i++) {
		struct path *path = paths->list[i];
		path->at = *path->place.first + path->place.slot;
		path->or_at = *path->or_place.first + path->or_place.slot;
	}
	return need(calloc(count + 1, sizeof(struct slice)));
}

void
paths_close(struct paths *paths)
{
	for (enum side side = EVENTS; side < SIDES; side++) {
		json_tree_free(&paths->sides[side].record);
		envelope_close(&paths->sides[side].envelope);
	}
	json_tree_free(&paths->element);
	free_steps(paths->each, paths->each_steps);
	for (size_t i = 0; i < paths->count; i++) {
		free(paths->list[i]->text);
		free(paths->list[i]);
	}
	free(paths->list);
}
