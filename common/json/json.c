#include "json.h"

#include "memory.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What is wanted at one place. The slots of a node and of all below it are found by walking it. */
struct json_node {
	struct json_step step; /* from its parent */
	bool wanted;
	size_t slot;
	struct json_node *child, *next;
};

struct scan {
	const char *start;
	struct json_strings strings; /* which know where the text ends */
	const struct json_tree *tree;
	struct slice *slots;
	struct json_error error;
};

/* ---- the tree ---- */

bool
json_same_step(const struct json_step *a, const struct json_step *b)
{
	if (a->name == NULL || b->name == NULL)
		return a->name == b->name && a->index == b->index;
	return a->length == b->length && memcmp(a->name, b->name, a->length) == 0;
}

static struct json_node *
new_node(const struct json_step *step)
{
	struct json_node *node = need(calloc(1, sizeof(*node)));
	if (step != NULL) {
		node->step = *step;
		if (step->name != NULL)
			node->step.name = copy_bytes(step->name, step->length);
	}
	return node;
}

static struct json_node *
child_for(struct json_node *node, const struct json_step *step)
{
	struct json_node **link = &node->child;
	while (*link != NULL && !json_same_step(&(*link)->step, step))
		link = &(*link)->next;
	if (*link == NULL)
		*link = new_node(step);
	return *link;
}

size_t
json_want(struct json_tree *tree, const struct json_step *steps, size_t count)
{
	if (tree->root == NULL)
		tree->root = new_node(NULL);
	struct json_node *node = tree->root;
	for (size_t i = 0; i < count; i++)
		node = child_for(node, &steps[i]);
	if (!node->wanted) {
		node->wanted = true;
		node->slot = tree->slots++;
	}
	return node->slot;
}

static void
free_nodes(struct json_node *node)
{
	while (node != NULL) {
		struct json_node *next = node->next;
		free_nodes(node->child);
		free(node->step.name);
		free(node);
		node = next;
	}
}

void
json_tree_free(struct json_tree *tree)
{
	free_nodes(tree->root);
	*tree = (struct json_tree){0};
}

static void
forget(const struct json_node *node, struct slice *slots)
{
	if (node->wanted)
		slots[node->slot] = (struct slice){0};
	for (const struct json_node *child = node->child; child != NULL; child = child->next)
		forget(child, slots);
}

/* ---- the scanner: every function returns where it stopped, NULL for an error ---- */

static const char *
fail(struct scan *scan, const char *at, const char *expected)
{
	scan->error.column = (size_t)(at - scan->start) + 1;
	scan->error.expected = expected;
	return NULL;
}

static inline const char *
skip_blanks(const char *at)
{
	if ((unsigned char)*at > ' ') /* as nearly ever */
		return at;
	while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')
		at++;
	return at;
}

/* `at` is behind the opening quote; returns the closing one. */
static inline const char *
scan_string(struct scan *scan, const char *at)
{
	const char *quote = json_string_end(&scan->strings, at);
	return quote != NULL ? quote : fail(scan, scan->strings.wrong, scan->strings.expected);
}

static inline bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static const char *
scan_digits(struct scan *scan, const char *at)
{
	if (!is_digit(*at))
		return fail(scan, at, "a digit");
	while (is_digit(*at))
		at++;
	return at;
}

static const char *
scan_number(struct scan *scan, const char *at)
{
	if (*at == '-')
		at++;
	at = *at == '0' ? at + 1 : scan_digits(scan, at);
	if (at != NULL && *at == '.')
		at = scan_digits(scan, at + 1);
	if (at != NULL && (*at == 'e' || *at == 'E')) {
		at++;
		at = scan_digits(scan, *at == '+' || *at == '-' ? at + 1 : at);
	}
	return at;
}

static const char *
scan_literal(struct scan *scan, const char *at, const char *literal)
{
	size_t length = strlen(literal);
	if (strncmp(at, literal, length) != 0)
		return fail(scan, at, "a value");
	return at + length;
}

static const struct json_node *
child_of_name(const struct scan *scan, const struct json_node *node, const char *name, size_t length)
{
	const struct json_node *in_another_case = NULL;
	for (const struct json_node *child = node->child; child != NULL; child = child->next) {
		if (child->step.length != length || child->step.name == NULL)
			continue;
		if (memcmp(child->step.name, name, length) == 0)
			return child;
		if (scan->tree->any_case && in_another_case == NULL && strncasecmp(child->step.name, name, length) == 0)
			in_another_case = child;
	}
	return in_another_case;
}

/* A name is compared as it is spelt, so one with an escape is decoded first. */
static const struct json_node *
find_member(const struct scan *scan, const struct json_node *node, struct slice name)
{
	if (!scan->strings.escaped)
		return child_of_name(scan, node, name.at, name.length);
	struct buffer spelt = {0};
	json_string_decode(name.at, name.length, &spelt);
	const struct json_node *child = child_of_name(scan, node, spelt.bytes, spelt.length);
	buffer_free(&spelt);
	return child;
}

static const struct json_node *
child_of_index(const struct json_node *node, size_t index)
{
	const struct json_node *child = node->child;
	while (child != NULL && (child->step.name != NULL || child->step.index != index))
		child = child->next;
	return child;
}

static const char *scan_value(struct scan *, const char *at, const struct json_node *, size_t depth);

static const char *
scan_member(struct scan *scan, const char *at, const struct json_node *node, size_t depth)
{
	if (*at != '"')
		return fail(scan, at, "a key in double quotes");
	const char *name = at + 1;
	scan->strings.escaped = false;
	const char *quote = scan_string(scan, name);
	if (quote == NULL)
		return NULL;
	const struct json_node *child = NULL;
	if (node != NULL && node->child != NULL)
		child = find_member(scan, node, (struct slice){name, (size_t)(quote - name)});
	at = skip_blanks(quote + 1);
	if (*at != ':')
		return fail(scan, at, "':' after a key");
	if (child != NULL) /* of duplicate keys the last counts, whatever stood under an earlier one */
		forget(child, scan->slots);
	return scan_value(scan, skip_blanks(at + 1), child, depth);
}

static const char *
scan_object(struct scan *scan, const char *at, const struct json_node *node, size_t depth)
{
	at = skip_blanks(at + 1);
	if (*at == '}')
		return at + 1;
	for (;;) {
		at = scan_member(scan, at, node, depth);
		if (at == NULL)
			return NULL;
		at = skip_blanks(at);
		if (*at == '}')
			return at + 1;
		if (*at != ',')
			return fail(scan, at, "',' or '}'");
		at = skip_blanks(at + 1);
	}
}

static const char *
scan_array(struct scan *scan, const char *at, const struct json_node *node, size_t depth)
{
	at = skip_blanks(at + 1);
	if (*at == ']')
		return at + 1;
	for (size_t index = 0;; index++) {
		at = scan_value(scan, at, node == NULL ? NULL : child_of_index(node, index), depth);
		if (at == NULL)
			return NULL;
		at = skip_blanks(at);
		if (*at == ']')
			return at + 1;
		if (*at != ',')
			return fail(scan, at, "',' or ']'");
		at = skip_blanks(at + 1);
	}
}

static const char *
scan_value(struct scan *scan, const char *at, const struct json_node *node, size_t depth)
{
	const char *start = at;
	if (node != NULL && node->child == NULL && !node->wanted)
		node = NULL;
	if ((*at == '{' || *at == '[') && depth == JSON_MAX_DEPTH + scan->tree->envelope_levels)
		return fail(scan, at, "at most 1000 levels of nesting");
	switch (*at) {
	case '"':
		at = scan_string(scan, at + 1);
		if (at != NULL)
			at++;
		break;
	case '{':
		at = scan_object(scan, at, node, depth + 1);
		break;
	case '[':
		at = scan_array(scan, at, node, depth + 1);
		break;
	case 't':
		at = scan_literal(scan, at, "true");
		break;
	case 'f':
		at = scan_literal(scan, at, "false");
		break;
	case 'n':
		at = scan_literal(scan, at, "null");
		break;
	default:
		at = *at == '-' || is_digit(*at) ? scan_number(scan, at) : fail(scan, at, "a value");
	}
	if (at != NULL && node != NULL && node->wanted)
		scan->slots[node->slot] = (struct slice){start, (size_t)(at - start)};
	return at;
}

static struct scan
start_scan(const char *start, const char *end, const struct json_tree *tree, struct slice *values)
{
	struct scan scan = {.start = start, .strings = {.end = end, .bytes = tree->bytes}, .tree = tree};
	if (tree->slots > 0) {
		scan.slots = values + tree->first;
		memset(scan.slots, 0, tree->slots * sizeof(*scan.slots));
	}
	return scan;
}

bool
json_scan(
	const char *bytes, size_t length, const struct json_tree *tree, struct slice *values, struct json_error *error)
{
	const char *end = bytes + length;
	struct scan scan = start_scan(bytes, end, tree, values);
	const char *at = skip_blanks(bytes), opening = tree->array ? '[' : '{';
	if (*at != opening)
		at = fail(&scan, at, tree->array ? "'['" : "'{'");
	else
		at = scan_value(&scan, at, tree->root, 0);
	if (at != NULL) {
		while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
			at++;
		if (at != end)
			at = fail(&scan, at, "the end of the record");
	}
	*error = scan.error;
	return at != NULL;
}

/* ---- values that were scanned before ---- */

bool
json_next_element(struct slice *rest, const struct json_tree *tree, struct slice *values, struct slice *element)
{
	const char *end = rest->at + rest->length;
	const char *at = skip_blanks(rest->at + 1); /* behind '[' or ',' */
	if (*rest->at == ']' || *at == ']')
		return false;
	struct scan scan = start_scan(at, end, tree, values);
	scan.strings.bytes = JSON_ANY_BYTES; /* which were judged */
	const char *behind = scan_value(&scan, at, tree->root, 0);
	if (behind == NULL)
		return false;
	*element = (struct slice){at, (size_t)(behind - at)};
	behind = skip_blanks(behind);
	*rest = (struct slice){behind, (size_t)(end - behind)};
	return true;
}

bool
json_next_member(struct slice *rest, struct slice *name, struct slice *value)
{
	static const struct json_tree nothing;
	const char *end = rest->at + rest->length;
	const char *at = skip_blanks(rest->at + 1); /* behind '{' or ',' */
	if (*rest->at == '}' || *at == '}')
		return false;
	struct scan scan = start_scan(at, end, &nothing, NULL);
	for (struct slice *part = name; at != NULL; part = value) {
		const char *behind = scan_value(&scan, at, NULL, 0);
		if (behind == NULL)
			return false;
		*part = (struct slice){at, (size_t)(behind - at)};
		behind = skip_blanks(behind);
		*rest = (struct slice){behind, (size_t)(end - behind)};
		at = part == name ? skip_blanks(behind + 1) : NULL;
	}
	return true;
}

bool
slice_is_blank(struct slice text)
{
	size_t length = text.length;
	while (length > 0 && memchr(" \t\r\n", text.at[length - 1], 4) != NULL)
		length--;
	return length == 0;
}

bool
slice_is_utf8(struct slice string)
{
	return utf8_is_valid(string.at, string.length);
}

bool
slice_is_string(struct slice value)
{
	return value.at != NULL && *value.at == '"';
}

bool
slice_is_object(struct slice value)
{
	return value.at != NULL && *value.at == '{';
}

bool
slice_is_array(struct slice value)
{
	return value.at != NULL && *value.at == '[';
}

bool
slice_is_null(struct slice value)
{
	return value.at == NULL || *value.at == 'n';
}

bool
slice_is_number(struct slice value)
{
	return value.at != NULL && (*value.at == '-' || is_digit(*value.at));
}

bool
json_spells_number(struct slice value)
{
	struct scan scan = {.start = value.at};
	return (*value.at == '-' || is_digit(*value.at)) && scan_number(&scan, value.at) == value.at + value.length;
}

struct slice
json_string_content(struct slice string, struct buffer *scratch)
{
	struct slice content = {string.at + 1, string.length - 2};
	if (memchr(content.at, '\\', content.length) == NULL)
		return content;
	scratch->length = 0;
	json_string_decode(content.at, content.length, scratch);
	return (struct slice){scratch->bytes, scratch->length};
}
