/*
 * One pass over one JSON object or array (RFC 8259): checks it to the letter and notes where the wanted values stand.
 *
 * Values are handed out as slices of the record, never converted; the tests hold its judgement against jansson's.
 */
#ifndef JSON_H
#define JSON_H

#include "buffer.h"
#include "json_string.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_MAX_DEPTH 1000 /* levels of nesting */

/* Bytes of a record that has to outlive the slice. `at` is NULL where the value is missing. */
struct slice {
	const char *at;
	size_t length;
};

/* Says at which column (from 1, in bytes) something else was expected. */
struct json_error {
	size_t column;
	const char *expected; /* a static string */
};

/* A step of a path: the member of that name, or where `name` is NULL the element of that index. */
struct json_step {
	char *name;
	size_t length;
	size_t index;
};

/* The wanted paths, merged into a tree, each with a slot of its own; all zero is the empty tree. */
struct json_tree {
	struct json_node *root;
	size_t slots;
	size_t first;           /* where its slots begin among the values that are handed to json_scan() */
	size_t envelope_levels; /* of nesting, allowed around the JSON_MAX_DEPTH of what they hold */
	enum json_bytes bytes;  /* of strings */
	bool array;             /* is an array's, not an object's */
	bool any_case;          /* names match in any letter case, unless a tree holds them in the very case */
};

bool json_same_step(const struct json_step *, const struct json_step *);

/* Adds a path, which may be empty (the value itself), and returns its slot. */
size_t json_want(struct json_tree *, const struct json_step *, size_t count);
void json_tree_free(struct json_tree *);

/*
 * Scans `length` bytes, which must be followed by a NUL (or be a slice of a record that was scanned before), as one
 * object (or array) with nothing but blanks around it, and sets the tree's slots; those of paths that are not there to
 * a missing slice. Where that fails, slots of what stood before the fault are set.
 */
bool json_scan(const char *, size_t length, const struct json_tree *, struct slice *values, struct json_error *);

/*
 * Walks an array that json_scan() handed out. Start with *rest as the array's slice; each call sets *element, and the
 * slots of what the tree wants below it, and returns true, or returns false at the end.
 */
bool json_next_element(struct slice *rest, const struct json_tree *, struct slice *values, struct slice *element);

/* The same of an object, whose members' names are handed out as the strings that they are. */
bool json_next_member(struct slice *rest, struct slice *name, struct slice *value);

/* Whether text holds nothing but blanks. */
bool slice_is_blank(struct slice text);

/* Whether a string that was scanned as any bytes is UTF-8. */
bool slice_is_utf8(struct slice string);

bool slice_is_string(struct slice);
bool slice_is_object(struct slice);
bool slice_is_array(struct slice);
bool slice_is_null(struct slice);   /* missing or null */
bool slice_is_number(struct slice); /* by its first byte: for values handed out by json_scan() */

/* Whether bytes, followed by one that is no part of a number, spell one JSON number. */
bool json_spells_number(struct slice);

/*
 * The content of a string that was scanned before: a slice of the record itself where nothing is escaped, else of
 * *scratch, whose former content goes.
 */
struct slice json_string_content(struct slice string, struct buffer *scratch);

#endif
