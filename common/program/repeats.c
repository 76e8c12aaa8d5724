#include "repeats.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct repeat *
repeats_count(struct repeats *repeats, const struct reason *reason)
{
	const char *part = reason->count > 0 ? reason->parts[0].name : NULL;
	/* their texts are the program's, so that the same text stands at the same place */
	for (size_t i = 0; i < repeats->count; i++) {
		struct repeat *repeat = &repeats->list[i];
		if (repeat->part == part && repeat->expected == reason->expected) {
			repeat->count++;
			return repeat;
		}
	}
	repeats->list = need(reallocarray(repeats->list, repeats->count + 1, sizeof(*repeats->list)));
	struct repeat *added = &repeats->list[repeats->count++];
	*added = (struct repeat){part, reason->expected, 1};
	return added;
}

void
repeat_say(const struct repeat *repeat, char *text, size_t size)
{
	char part[128] = "";
	if (repeat->part != NULL)
		printable(part, sizeof(part), (struct slice){repeat->part, strlen(repeat->part)});
	snprintf(text, size, "%s%sexpected %s", part, repeat->part != NULL ? ": " : "", repeat->expected);
}
