#include "kept.h"

#include "memory.h"

#include <stdlib.h>

static void
choose(struct kept *kept, const struct filter *filter, size_t at)
{
	const struct paths *paths = &filter->paths;
	if (at - paths->sides[TABLE].first >= paths->sides[TABLE].count)
		return;
	for (size_t i = 0; i < kept->count; i++)
		if (kept->indexes[i] == at)
			return;
	kept->indexes[kept->count++] = at;
}

static void
choose_path(struct kept *kept, const struct filter *filter, const struct path *path)
{
	choose(kept, filter, path->at);
	choose(kept, filter, path->or_at);
}

void
kept_choose(struct kept *kept, const struct filter *filter)
{
	size_t most = filter->paths.sides[TABLE].count + 1;
	kept->count = 0;
	kept->indexes = need(calloc(most, sizeof(*kept->indexes)));
	kept->values = need(calloc(most, sizeof(*kept->values)));
	for (size_t i = 0; i < filter->fields.count; i++)
		choose_path(kept, filter, filter->fields.list[i].path);
	for (size_t i = 0; i < filter->tests.count; i++)
		choose_path(kept, filter, filter->tests.list[i].path);
}

void
kept_store(struct kept *kept, struct table *table, struct slice key, uint64_t hash, const struct filter *filter)
{
	for (size_t i = 0; i < kept->count; i++)
		kept->values[i] = filter->values[kept->indexes[i]];
	table_put(table, key, hash, kept->values);
}

bool
kept_load(struct kept *kept, const struct table *table, struct slice key, uint64_t hash, struct filter *filter)
{
	if (!table_get(table, key, hash, kept->values))
		return false;
	for (size_t i = 0; i < kept->count; i++)
		filter->values[kept->indexes[i]] = kept->values[i];
	return true;
}

void
kept_load_none(const struct kept *kept, struct filter *filter)
{
	for (size_t i = 0; i < kept->count; i++)
		filter->values[kept->indexes[i]] = (struct slice){0};
}

void
kept_close(struct kept *kept)
{
	free(kept->indexes);
	free(kept->values);
}
