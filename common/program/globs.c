#include "globs.h"

#include "memory.h"
#include "reason.h"
#include "write.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

void
globs_add(struct globs *globs, const char *pattern)
{
	globs->list = need(reallocarray(globs->list, globs->count + 1, sizeof(*globs->list)));
	globs->list[globs->count++] = (struct glob){pattern, false};
}

bool
globs_match(struct globs *globs, const char *bytes, size_t length)
{
	bool match = false;
	globs->looked_at = true;
	if (memchr(bytes, '\0', length) != NULL)
		return false; /* fnmatch() would see only what stands before it */
	for (size_t i = 0; i < globs->count; i++) {
		struct glob *glob = &globs->list[i];
		if (match && glob->matched)
			continue;
		/* the same bytes match, too, where they are no UTF-8 for fnmatch() */
		if (strcmp(glob->pattern, bytes) == 0 || fnmatch(glob->pattern, bytes, 0) == 0)
			match = glob->matched = true;
	}
	return match;
}

void
globs_say_unmatched(const struct globs *globs, const char *program)
{
	char shown[128];
	for (size_t i = 0; globs->looked_at && i < globs->count; i++) {
		const struct glob *glob = &globs->list[i];
		if (glob->matched)
			continue;
		printable(shown, sizeof(shown), (struct slice){glob->pattern, strlen(glob->pattern)});
		say("%s: --key '%s': matched none of the keys read", program, shown);
	}
}

void
globs_free(struct globs *globs)
{
	free(globs->list);
	*globs = (struct globs){0};
}
