#include "globs.h"

#include "memory.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

void
globs_add(struct globs *globs, const char *pattern)
{
	globs->patterns = need(reallocarray(globs->patterns, globs->count + 1, sizeof(*globs->patterns)));
	globs->patterns[globs->count++] = pattern;
}

bool
globs_match(const struct globs *globs, const char *bytes, size_t length)
{
	if (memchr(bytes, '\0', length) != NULL)
		return false; /* fnmatch() would see only what stands before it */
	for (size_t i = 0; i < globs->count; i++)
		/* the same bytes match, too, where they are no UTF-8 for fnmatch() */
		if (strcmp(globs->patterns[i], bytes) == 0 || fnmatch(globs->patterns[i], bytes, 0) == 0)
			return true;
	return false;
}

void
globs_free(struct globs *globs)
{
	free(globs->patterns);
	*globs = (struct globs){0};
}
