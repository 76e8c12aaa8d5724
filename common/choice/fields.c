#include "fields.h"

#include "date.h"
#include "json_string.h"
#include "memory.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- parsing ---- */

static const char *
parse_type(const char **text, enum field_type *type)
{
	static const char *const names[] = {[FIELD_STRING] = "string",
		[FIELD_NUMBER] = "number",
		[FIELD_BOOLEAN] = "boolean",
		[FIELD_YEAR] = "year"};
	size_t length = strcspn(*text, "," PATH_BLANKS);
	for (enum field_type i = FIELD_STRING; i <= FIELD_YEAR; i++)
		if (strlen(names[i]) == length && strncmp(*text, names[i], length) == 0) {
			*type = i;
			*text += length;
			return NULL;
		}
	return "a type is string, number, boolean or year";
}

/* NAME=, where one is given. */
static const char *
parse_name(const char **text, char **name)
{
	const char *rest = *text;
	size_t length;
	if (*rest == '.') /* begins a path */
		return NULL;
	const char *wrong = paths_parse_key(&rest, name, &length);
	rest += strspn(rest, PATH_BLANKS);
	if (wrong == NULL && *rest == '=' && strlen(*name) == length) {
		*text = rest + 1;
		return NULL;
	}
	free(*name);
	*name = NULL;
	return wrong == NULL && *rest == '=' ? "a name can't hold U+0000" : NULL;
}

static const char *
make_label(struct field *field, bool first)
{
	buffer_append(&field->label, ",", first ? 0 : 1);
	if (!json_string_quote(field->name, strlen(field->name), &field->label))
		return "a name must be UTF-8";
	buffer_append(&field->label, ":", 1);
	return NULL;
}

static void
skip_space(const char **text)
{
	*text += strspn(*text, PATH_BLANKS);
}

static const char *
parse_field(struct paths *paths, const char **text, struct field *field)
{
	char *derived = NULL;
	skip_space(text);
	const char *wrong = parse_name(text, &field->name);
	if (wrong == NULL)
		wrong = paths_parse(paths, text, &field->path, &derived);
	if (wrong == NULL && field->name == NULL)
		field->name = derived;
	else
		free(derived);
	skip_space(text);
	if (wrong == NULL && **text == '!') {
		field->required = true;
		(*text)++;
		skip_space(text);
	}
	if (wrong == NULL && **text == ':') {
		(*text)++;
		skip_space(text);
		wrong = field->path->whole ? "the whole record has no type" : parse_type(text, &field->type);
		skip_space(text);
	}
	if (wrong == NULL && **text != '\0' && **text != ',')
		wrong = "fields are [NAME=]PATH[!][:TYPE], separated by commas (quote a key that holds a blank or one "
			"of " PATH_SPECIAL ")";
	return wrong;
}

struct field *
fields_named(const struct fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->count; i++)
		if (fields->list[i].name != NULL && strcmp(fields->list[i].name, name) == 0)
			return &fields->list[i];
	return NULL;
}

/* The whole record needs no name where it is the only field. */
static const char *
judge_name(const struct fields *fields, struct field *field)
{
	const struct field *first = &fields->list[0];
	if (field != first && (field->name == NULL || first->name == NULL))
		return "beside other fields the whole record needs a NAME=";
	if (field->name == NULL) {
		field->required = true;
		return NULL;
	}
	if (fields_named(fields, field->name) != NULL)
		return "two fields have this name: rename one with NAME=";
	return make_label(field, field == first);
}

const char *
fields_parse(struct fields *fields, struct paths *paths, const char **text)
{
	for (;; (*text)++) {
		fields->list = need(reallocarray(fields->list, fields->count + 1, sizeof(*fields->list)));
		struct field *field = &fields->list[fields->count];
		*field = (struct field){0};
		const char *start = *text, *wrong = parse_field(paths, text, field);
		if (wrong == NULL) {
			wrong = judge_name(fields, field);
			if (wrong != NULL)
				*text = start;
		}
		fields->count++;
		if (wrong != NULL || **text == '\0')
			return wrong;
	}
}

/* ---- converting ---- */

static const char *
convert_string(struct field *field)
{
	if (slice_is_object(field->value) || slice_is_array(field->value))
		return "a string, number, true or false";
	field->quote = !slice_is_string(field->value);
	return NULL;
}

static const char *
convert_number(struct field *field)
{
	if (slice_is_number(field->value))
		return NULL;
	if (slice_is_string(field->value)) {
		struct slice content = json_string_content(field->value, &field->scratch);
		if (json_spells_number(content)) {
			field->value = content;
			return NULL;
		}
	}
	return "a number";
}

static bool
spells(struct slice text, const char *word)
{
	return text.length == strlen(word) && memcmp(text.at, word, text.length) == 0;
}

static const char *
convert_boolean(struct field *field)
{
	struct slice spelled = field->value;
	if (slice_is_string(field->value))
		spelled = json_string_content(field->value, &field->scratch);
	if (!spells(spelled, "true") && !spells(spelled, "false"))
		return "true or false";
	field->value = spelled;
	return NULL;
}

static const char *
convert_year(struct field *field)
{
	const char *expected = "a string that starts with a date such as 1963-08-16";
	if (!slice_is_string(field->value))
		return expected;
	struct slice content = json_string_content(field->value, &field->scratch);
	if (!starts_with_date(content.at, content.length))
		return expected;
	field->value = (struct slice){content.at, 4};
	field->quote = true;
	return NULL;
}

static const char *
convert(struct field *field)
{
	if (slice_is_null(field->value)) {
		if (field->required)
			return "a value";
		if (field->value.at == NULL && !field->optional)
			field->value = (struct slice){"null", 4};
		return NULL;
	}
	switch (field->type) {
	case FIELD_STRING:
		return convert_string(field);
	case FIELD_NUMBER:
		return convert_number(field);
	case FIELD_BOOLEAN:
		return convert_boolean(field);
	case FIELD_YEAR:
		return convert_year(field);
	default:
		return NULL;
	}
}

bool
fields_convert(struct fields *fields, const struct slice *values, struct reason *reason)
{
	for (size_t i = 0; i < fields->count; i++) {
		struct field *field = &fields->list[i];
		struct slice found = path_value(field->path, values);
		field->value = found;
		field->quote = false;
		const char *expected = convert(field);
		if (expected != NULL) {
			reason_expected(reason, expected, found);
			reason_within(reason, &(struct part){field->path->text, NO_INDEX, ""});
			return false;
		}
	}
	return true;
}

/* ---- writing ---- */

/* A nested value, without the blanks between its tokens. */
static void
write_compact(struct output *out, struct slice value)
{
	const char *at = value.at, *end = value.at + value.length, *unwritten = at;
	bool in_string = false;
	for (; at < end; at++) {
		if (in_string && *at == '\\') {
			at++;
		} else if (*at == '"') {
			in_string = !in_string;
		} else if (!in_string && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')) {
			output_bytes(out, unwritten, (size_t)(at - unwritten));
			unwritten = at + 1;
		}
	}
	output_bytes(out, unwritten, (size_t)(end - unwritten));
}

static void
write_value(struct output *out, const struct field *field)
{
	if (field->quote) {
		output_byte(out, '"');
		output_bytes(out, field->value.at, field->value.length);
		output_byte(out, '"');
	} else if (slice_is_object(field->value) || slice_is_array(field->value)) {
		write_compact(out, field->value);
	} else {
		output_bytes(out, field->value.at, field->value.length);
	}
}

/* Within quotes no TAB and no LF can stand, so that a key never ends early. */
static void
write_key(struct output *out, const struct field *key)
{
	if (slice_is_string(key->value) && !key->quote)
		output_bytes(out, key->value.at + 1, key->value.length - 2);
	else if (key->quote)
		output_bytes(out, key->value.at, key->value.length);
	else if (!slice_is_null(key->value))
		write_value(out, key);
	output_byte(out, '\t');
}

void
fields_write(const struct fields *fields, const struct field *key, struct output *out)
{
	if (key != NULL)
		write_key(out, key);
	if (fields->list[0].name == NULL) {
		write_value(out, &fields->list[0]);
		output_byte(out, '\n');
		return;
	}
	output_byte(out, '{');
	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->list[i];
		if (field->value.at == NULL)
			continue;
		output_bytes(out, field->label.bytes, field->label.length);
		write_value(out, field);
	}
	output_bytes(out, "}\n", 2);
}

void
fields_close(struct fields *fields)
{
	for (size_t i = 0; i < fields->count; i++) {
		struct field *field = &fields->list[i];
		free(field->name);
		buffer_free(&field->label);
		buffer_free(&field->scratch);
	}
	free(fields->list);
}
