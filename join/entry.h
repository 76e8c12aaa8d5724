/*
 * How a key and its values stand in memory: the key's length, the key in quotes, the values' lengths, the values. Most
 * often one of them is the key itself, in quotes or (a number) without; it is not kept twice.
 */
#ifndef ENTRY_H
#define ENTRY_H

#include "json.h"

/* How many bytes an entry of `count` values, any of which may be missing, takes. */
size_t entry_size(struct slice key, const struct slice *values, size_t count);

void entry_write(char *entry, struct slice key, const struct slice *values, size_t count);

/* The same for one that was written; what is handed out are slices of the entry. */
size_t entry_size_of(const char *entry, size_t count);
struct slice entry_key(const char *entry);
void entry_read(const char *entry, struct slice *values, size_t count);

/* Marks an entry as one that no longer counts. */
void entry_kill(char *entry);
bool entry_is_dead(const char *entry);

#endif
