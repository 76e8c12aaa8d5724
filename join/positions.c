#include "positions.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum { UNSORTED = 1 << 16 }; /* ranges, or a quarter of all if that is more */

static bool
read_digits(const char *at, const char *end, uint64_t *number)
{
	if (at == end || end - at > 19) /* offsets are below 2^63 */
		return false;
	*number = 0;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return false;
		*number = *number * 10 + (uint64_t)(*at - '0');
	}
	return true;
}

bool
position_read(struct slice content, struct position *position)
{
	uint64_t partition;
	const char *end = content.at + content.length;
	const char *offset = memrchr(content.at, ':', content.length);
	if (offset == NULL || !read_digits(offset + 1, end, &position->offset))
		return false;
	const char *number = memrchr(content.at, ':', (size_t)(offset - content.at));
	if (number == NULL || number == content.at || !read_digits(number + 1, offset, &partition))
		return false;
	position->partition = (struct slice){content.at, (size_t)(offset - content.at)};
	return true;
}

static struct partition *
find(struct positions *positions, struct slice name)
{
	for (size_t i = 0; i < positions->count; i++) {
		size_t at = (positions->recent + i) % positions->count;
		struct partition *partition = &positions->list[at];
		if (partition->length == name.length && memcmp(partition->name, name.at, name.length) == 0) {
			positions->recent = at;
			return partition;
		}
	}
	return NULL;
}

static struct partition *
find_or_add(struct positions *positions, struct slice name)
{
	struct partition *partition = find(positions, name);
	if (partition != NULL)
		return partition;
	positions->list = need(reallocarray(positions->list, positions->count + 1, sizeof(*positions->list)));
	partition = &positions->list[positions->count++];
	*partition = (struct partition){.name = copy_bytes(name.at, name.length), .length = name.length};
	return partition;
}

static int
by_first(const void *a, const void *b)
{
	uint64_t x = ((const struct range *)a)->first, y = ((const struct range *)b)->first;
	return x < y ? -1 : x > y;
}

/* Sorts all ranges, and makes one of those that touch. */
static void
settle(struct partition *partition)
{
	struct range *ranges = partition->ranges;
	size_t kept = 0;
	if (partition->count > 0)
		qsort(ranges, partition->count, sizeof(*ranges), by_first);
	for (size_t i = 0; i < partition->count; i++) {
		if (kept > 0 && ranges[i].first <= ranges[kept - 1].last + 1) {
			if (ranges[i].last > ranges[kept - 1].last)
				ranges[kept - 1].last = ranges[i].last;
		} else {
			ranges[kept++] = ranges[i];
		}
	}
	partition->count = partition->sorted = kept;
}

void
positions_add(struct positions *positions, const struct position *position)
{
	struct partition *partition = find_or_add(positions, position->partition);
	uint64_t offset = position->offset;
	struct range *newest = partition->count > 0 ? &partition->ranges[partition->count - 1] : NULL;
	if (newest != NULL && offset >= newest->first && offset <= newest->last + 1) {
		if (offset > newest->last)
			newest->last = offset;
		return;
	}
	size_t unsorted = partition->count - partition->sorted;
	if (unsorted >= UNSORTED && unsorted >= partition->sorted / 4)
		settle(partition);
	if (partition->count == partition->capacity) {
		partition->capacity = partition->capacity == 0 ? 16 : partition->capacity * 2;
		partition->ranges =
			need(reallocarray(partition->ranges, partition->capacity, sizeof(*partition->ranges)));
	}
	partition->ranges[partition->count++] = (struct range){offset, offset};
}

bool
positions_have(struct positions *positions, const struct position *position)
{
	struct partition *partition = find(positions, position->partition);
	if (partition == NULL)
		return false;
	if (partition->sorted < partition->count)
		settle(partition);
	size_t low = 0, high = partition->count; /* of the first range that ends at or behind the offset */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (partition->ranges[middle].last < position->offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low < partition->count && partition->ranges[low].first <= position->offset;
}

void
positions_advance(struct positions *positions, const struct position *position)
{
	struct partition *partition = find_or_add(positions, position->partition);
	if (position->offset > partition->last)
		partition->last = position->offset;
}

bool
positions_reach(struct positions *positions, const struct position *position)
{
	const struct partition *partition = find(positions, position->partition);
	return partition != NULL && position->offset <= partition->last;
}

void
positions_close(struct positions *positions)
{
	for (size_t i = 0; i < positions->count; i++) {
		free(positions->list[i].name);
		free(positions->list[i].ranges);
	}
	free(positions->list);
}
