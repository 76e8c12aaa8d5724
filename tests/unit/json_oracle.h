/*
 * jansson as the judge of the scanner: both must take or refuse the same bytes, and every value that the scanner
 * hands out must be the one that jansson finds on the same path.
 */
#ifndef JSON_ORACLE_H
#define JSON_ORACLE_H

#include "json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORACLE_PATHS = 16, ORACLE_STEPS = 8 };

/* Keys and indexes, separated by dots; the first is the record itself. */
static const char *const oracle_paths[ORACLE_PATHS] = {"", "a", "a.b", "a.0", "a.b.0", "key", "value",
	"value.0.element", "zSetEntries.1", "zsetEntries.0.element", "sequences.questions",
	"sequences.questions.1.options.0.id", "customer", "score", "b.a", "c"};

struct oracle {
	struct json_tree tree;
	struct slice slots[ORACLE_PATHS];
	size_t accepted, refused, found;
};

/* A path's next step, NULL at its end. An index where it is all digits. */
static bool
oracle_step(const char **path, struct json_step *step)
{
	size_t length = strcspn(*path, ".");
	if (length == 0)
		return false;
	*step = (struct json_step){(char *)*path, length, 0};
	if (strspn(*path, "0123456789") == length)
		*step = (struct json_step){NULL, 0, (size_t)atoi(*path)};
	*path += length + ((*path)[length] == '.');
	return true;
}

static void
oracle_open(struct oracle *oracle)
{
	*oracle = (struct oracle){0};
	for (size_t i = 0; i < ORACLE_PATHS; i++) {
		struct json_step steps[ORACLE_STEPS];
		size_t count = 0;
		for (const char *path = oracle_paths[i]; oracle_step(&path, &steps[count]);)
			count++;
		if (json_want(&oracle->tree, steps, count) != i)
			abort(); /* the paths are not distinct */
	}
}

static json_t *
oracle_at(json_t *value, const char *path)
{
	struct json_step step;
	while (value != NULL && oracle_step(&path, &step)) {
		if (step.name == NULL)
			value = json_array_get(value, step.index);
		else
			value = json_is_object(value) ? json_object_getn(value, step.name, step.length) : NULL;
	}
	return value;
}

static size_t
oracle_depth(json_t *value)
{
	size_t deepest = 0, depth, i;
	const char *name;
	json_t *member;
	if (!json_is_object(value) && !json_is_array(value))
		return 0;
	json_object_foreach(value, name, member) if ((depth = oracle_depth(member)) > deepest) deepest = depth;
	json_array_foreach(value, i, member) if ((depth = oracle_depth(member)) > deepest) deepest = depth;
	return deepest + 1;
}

/* jansson refuses numbers out of its range, which are valid: the one that ends here becomes 0 and blanks. */
static bool
tame_number(char *text, size_t end)
{
	size_t start = end;
	while (start > 0 && memchr("+-.0123456789eE", text[start - 1], 15) != NULL) {
		start--;
		if (text[start] == '-' && (start == 0 || (text[start - 1] != 'e' && text[start - 1] != 'E')))
			break;
	}
	if (start == end)
		return false;
	size_t sign = text[start] == '-';
	memset(text + start + sign, ' ', end - start - sign);
	text[start + sign] = '0';
	return true;
}

/*
 * Loads what jansson would take without its limits; `text` is changed in place, no byte moves. Its other limit is
 * U+0000 in keys. A bare NUL is never right; jansson loses one that stands behind a number.
 */
static json_t *
oracle_load(char *text, size_t length)
{
	json_error_t error;
	json_t *value;
	if (memchr(text, '\0', length) != NULL)
		return NULL;
	for (size_t i = 0; i + 6 <= length; i++)
		if (text[i] == '\\' && memcmp(text + ++i, "u0000", 5) == 0)
			text[i + 4] = '1';
	while ((value = json_loadb(text, length, 0, &error)) == NULL &&
		json_error_code(&error) == json_error_numeric_overflow)
		if (!tame_number(text, (size_t)error.position))
			abort();
	return value;
}

/* Whether the slice, by itself, is the value; `text` is the tamed copy of `record`. */
static bool
same_value(struct slice slice, const char *record, const char *text, json_t *value)
{
	json_t *itself = json_loadb(text + (slice.at - record), slice.length, JSON_DECODE_ANY, NULL);
	bool same = itself != NULL && json_equal(itself, value);
	json_decref(itself);
	return same;
}

/* Walks an array: each element must be the one that jansson has there, and so must what is wanted below it. */
static bool
same_elements(const struct json_tree *tree, struct slice array, const char *record, const char *text, json_t *value)
{
	struct slice rest = array, element, slots[ORACLE_PATHS];
	size_t i = 0;
	for (; json_next_element(&rest, tree, slots, &element); i++) {
		json_t *here = json_array_get(value, i);
		if (element.at < array.at || element.at + element.length >= array.at + array.length)
			return false;
		if (!same_value(element, record, text, here) || slots[0].at != element.at)
			return false;
		for (size_t path = 0; path < ORACLE_PATHS; path++) {
			json_t *below = oracle_at(here, oracle_paths[path]);
			if ((slots[path].at == NULL) != (below == NULL))
				return false;
			if (below != NULL && !same_value(slots[path], record, text, below))
				return false;
		}
	}
	return i == json_array_size(value);
}

/* What is wrong with a value that was handed out, or NULL. */
static const char *
oracle_judge(const struct json_tree *tree, struct slice found, const char *record, size_t length, const char *text,
	json_t *value)
{
	if ((found.at == NULL) != (value == NULL))
		return value == NULL ? "found what is not there" : "missed what is there";
	if (value == NULL)
		return NULL;
	if (found.at < record || found.length == 0 || found.at + found.length > record + length)
		return "a value is not within the record";
	if (!same_value(found, record, text, value))
		return "a value is not the one on its path";
	if (slice_is_object(found) != json_is_object(value) || slice_is_array(found) != json_is_array(value) ||
		slice_is_string(found) != json_is_string(value) || slice_is_null(found) != json_is_null(value) ||
		slice_is_number(found) != json_is_number(value))
		return "a value is of another kind";
	if (slice_is_number(found)) {
		char number[64];
		if (found.length < sizeof(number)) {
			memcpy(number, found.at, found.length);
			number[found.length] = '\0';
			if (!json_spells_number((struct slice){number, found.length}))
				return "a number does not spell one";
		}
	}
	if (slice_is_array(found) && !same_elements(tree, found, record, text, value))
		return "the elements of an array are others";
	return NULL;
}

static const char *
judge_slots(struct oracle *oracle, const char *record, size_t length, const char *text, json_t *value)
{
	for (size_t i = 0; i < ORACLE_PATHS; i++) {
		const char *wrong = oracle_judge(
			&oracle->tree, oracle->slots[i], record, length, text, oracle_at(value, oracle_paths[i]));
		if (wrong != NULL)
			return wrong;
		oracle->found += i > 0 && oracle->slots[i].at != NULL;
	}
	return NULL;
}

/* What the scanner does wrong with the bytes, or NULL. */
static const char *
oracle_check(struct oracle *oracle, const char *bytes, size_t length)
{
	/* copies that end where their memory does, so that reading beyond is seen */
	char *record = malloc(length + 1), *text = malloc(length + 1);
	struct json_error error;
	memcpy(record, bytes, length);
	memcpy(text, bytes, length);
	record[length] = text[length] = '\0';
	json_t *value = oracle_load(text, length);
	bool valid = json_is_object(value) && oracle_depth(value) <= JSON_MAX_DEPTH;
	bool accepted = json_scan(record, length, &oracle->tree, oracle->slots, &error);
	const char *wrong = NULL;
	if (accepted != valid)
		wrong = accepted ? "takes what jansson refuses" : "refuses what jansson takes";
	else if (!accepted && (error.expected == NULL || error.column == 0 || error.column > length + 1))
		wrong = "refuses without a place and a reason";
	else if (accepted)
		wrong = judge_slots(oracle, record, length, text, value);
	oracle->accepted += accepted;
	oracle->refused += !accepted;
	json_decref(value);
	free(record);
	free(text);
	return wrong;
}

static void
oracle_close(struct oracle *oracle)
{
	json_tree_free(&oracle->tree);
}

#endif
