#include "pending.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

void
pending_add(struct pending *pending, struct entry *entry, const struct record *record)
{
	struct event *event = need(malloc(sizeof(*event) + record->bytes.length + 1));
	*event = (struct event){.older = pending->newest, .entry = entry, .record = *record};
	memcpy(event->bytes, record->bytes.at, record->bytes.length);
	event->bytes[record->bytes.length] = '\0';
	event->record.bytes.at = event->bytes;

	if (entry->waiting == NULL)
		entry->waiting = event;
	else
		entry->waiting->last->next = event;
	entry->waiting->last = event;

	if (pending->newest == NULL)
		pending->oldest = event;
	else
		pending->newest->newer = event;
	pending->newest = event;
	pending->count++;
	pending->bytes += memory_of(event);
}

struct event *
pending_take(struct pending *pending, struct entry *entry)
{
	/* the oldest of all is the oldest of its key, too */
	struct event *event = entry != NULL ? entry->waiting : pending->oldest;
	if (event == NULL)
		return NULL;
	event->entry->waiting = event->next;
	if (event->next != NULL)
		event->next->last = event->last;

	*(event->older != NULL ? &event->older->newer : &pending->oldest) = event->newer;
	*(event->newer != NULL ? &event->newer->older : &pending->newest) = event->older;
	pending->count--;
	pending->bytes -= memory_of(event);
	return event;
}
