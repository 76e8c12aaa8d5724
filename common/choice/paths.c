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
	const char *start = *text + 1;
	struct json_strings strings = {.end = start + strlen(start), .bytes = JSON_UTF8};
	const char *end = json_string_end(&strings, start);
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
	*length = strcspn(*text, PATH_SPECIAL PATH_BLANKS);
	if (*length == 0)
		return "expected a key (quote one that holds a blank or one of . , [ ] = ! : @ \" < > ~ | *; "
		       ". alone is the whole record)";
	*key = copy_bytes(*text, *length);
	*text += *length;
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

/* Whether a path ends here, and what uses it goes on. */
static bool
is_end(const char *text)
{
	return *text == '\0' || strchr(",=!:<>~|" PATH_BLANKS, *text) != NULL;
}

static const char *
parse_written(const char **text, bool two_sided, struct written *written)
{
	*written = (struct written){0};
	*text += strspn(*text, PATH_BLANKS);
	if (two_sided && ((*text)[0] == '1' || (*text)[0] == '2') && (*text)[1] == '.') {
		written->side = (*text)[0];
		*text += 2;
		if (is_end(*text))
			return NULL;
	} else if ((*text)[0] == '.' && is_end(*text + 1)) {
		(*text)++;
		return NULL;
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
	if (!paths->has_each || written->count < paths->each_steps)
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
			return "the @ paths are @topic, @partition, @offset, @timestamp, @key, @headers.NAME, "
			       "@position and @payload";
		return NULL;
	}
	size_t skip = 0;
	struct json_tree *tree = &paths->sides[side].record;
	if (starts_with_each(paths, written)) {
		tree = &paths->element;
		skip = paths->each_steps;
	}
	size_t count = written->count - skip;
	*place = (struct place){&tree->first, json_want(tree, count == 0 ? NULL : written->steps + skip, count)};
	return NULL;
}

static const char *
find_places(struct paths *paths, const struct written *written, struct path *path)
{
	enum side side = written->side == '1' ? TABLE : EVENTS;
	const char *wrong = find_place(paths, side, written, &path->place);
	path->or_place = path->place;
	path->of[side] = true;
	if (wrong == NULL && paths->two_sided && written->side == 0) {
		wrong = find_place(paths, TABLE, written, &path->or_place);
		path->of[TABLE] = true;
	}
	return wrong;
}

static struct path *
add_path(struct paths *paths, const char *text, size_t length, const struct written *written)
{
	paths->list = need(reallocarray(paths->list, paths->count + 1, sizeof(*paths->list)));
	struct path *path = paths->list[paths->count] = need(malloc(sizeof(*path)));
	*path = (struct path){.text = copy_bytes(text, length),
		.enveloped = written->at,
		.whole = written->count == 0,
		.expected = paths->expected};
	paths->count++;
	return path;
}

static char *
last_name(const struct written *written)
{
	size_t i = written->count;
	while (i > 0 && written->steps[i - 1].name == NULL)
		i--;
	return i == 0 ? NULL : need(strdup(written->steps[i - 1].name));
}

const char *
paths_parse(struct paths *paths, const char **text, const struct path **path, char **name)
{
	*text += strspn(*text, PATH_BLANKS);
	const char *start = *text;
	struct written written;
	const char *wrong = parse_written(text, paths->two_sided, &written);
	if (wrong == NULL) {
		struct path *added = add_path(paths, start, (size_t)(*text - start), &written);
		*path = added;
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
	if (wrong == NULL && written.count == 0)
		wrong = "the whole record is no key";
	if (wrong == NULL) {
		struct path *added = add_path(paths, text, strlen(text), &written);
		*path = added;
		wrong = find_place(paths, side, &written, &added->place);
		added->or_place = added->place;
		added->of[side] = true;
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
		wrong = "the array's path is keys and indexes, or . where each record is one";
	if (wrong != NULL) {
		free_steps(written.steps, written.count);
		return wrong;
	}
	struct path *added = add_path(paths, text, strlen(text), &written);
	*path = added;
	wrong = find_places(paths, &written, added);
	paths->each = written.steps;
	paths->each_steps = written.count;
	paths->has_each = true;
	paths->sides[EVENTS].record.array = paths->sides[EVENTS].envelope.array = added->whole;
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
	paths->unseen = paths->count;
	for (size_t i = 0; i < paths->count; i++) {
		struct path *path = paths->list[i];
		path->at = *path->place.first + path->place.slot;
		path->or_at = *path->or_place.first + path->or_place.slot;
	}
	return need(calloc(count + 1, sizeof(struct slice)));
}

void
paths_look(struct paths *paths, const struct slice *values)
{
	for (size_t i = 0; i < paths->unseen;) {
		struct path *path = paths->list[i];
		if (path_value(path, values).at == NULL) {
			i++;
			continue;
		}
		/* those that are left stay in the order that they were written in */
		paths->unseen--;
		memmove(&paths->list[i], &paths->list[i + 1], (paths->unseen - i) * sizeof(path));
		paths->list[paths->unseen] = path;
	}
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
