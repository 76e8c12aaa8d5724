/*
 * Field lists: [NAME=]PATH[!][:TYPE],... or the whole record alone. What a record's values become, and in which order
 * they go out.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include "output.h"
#include "paths.h"
#include "reason.h"

enum field_type { FIELD_AS_IS, FIELD_STRING, FIELD_NUMBER, FIELD_BOOLEAN, FIELD_YEAR };

struct field {
	char *name;          /* as it was written or derived; NULL of the whole record alone */
	struct buffer label; /* "name": with a comma before it, unless it is the first */
	const struct path *path;
	enum field_type type;
	bool required;
	bool optional; /* left out where it is missing, instead of null */

	/* of the record converted last */
	struct slice value;
	bool quote; /* is to go out in quotes, which it has not itself */
	struct buffer scratch;
};

struct fields {
	struct field *list;
	size_t count;
};

/* Returns NULL, or what is wrong (static text), with *text at the place. */
const char *fields_parse(struct fields *, struct paths *, const char **text);

/* The field of a name, or NULL. It moves when fields are parsed. */
struct field *fields_named(const struct fields *, const char *name);

/* Takes their values and converts them; they stay until the slices go. False: the reason is set. */
bool fields_convert(struct fields *, const struct slice *values, struct reason *);

/* Writes the record that was converted last, as one object and an LF, behind the value of `key` and a TAB if given. */
void fields_write(const struct fields *, const struct field *key, struct output *);

void fields_close(struct fields *);

#endif
