#include "rejects.h"

#include "stop.h"
#include "write.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int
rejects_open(struct rejects *rejects, const char *name)
{
	*rejects = (struct rejects){.name = name, .fd = -1};
	if (name == NULL)
		return 0;
	do
		rejects->fd = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	while (rejects->fd < 0 && errno == EINTR && stop_signal() == 0);
	return rejects->fd < 0 ? errno : 0;
}

/* The size of a regular file, -1 of anything else. */
static off_t
size(const struct rejects *rejects)
{
	struct stat status;
	return fstat(rejects->fd, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : -1;
}

/* Takes back what is there of the record at hand, unless others have appended to it. */
static void
take_back(struct rejects *rejects)
{
	off_t end = size(rejects);
	bool ours = end >= 0 && rejects->start >= 0 && end == lseek(rejects->fd, 0, SEEK_CUR);
	if (end != rejects->start || end < 0)
		rejects->cut |= !ours || ftruncate(rejects->fd, rejects->start) != 0;
}

static int
write_part(struct rejects *rejects, const struct record *record)
{
	const char end[] = {'\r', record->delimiter};
	size_t skip = record->carriage_return ? 0 : 1;
	int error = rejects->cut ? write_whole(rejects->fd, &record->delimiter, 1) : 0;
	if (error != 0)
		return error;
	rejects->cut = false;
	error = write_whole(rejects->fd, record->bytes.at, record->bytes.length);
	if (error == 0 && (!record->overlong || record->last))
		error = write_whole(rejects->fd, end + skip, sizeof(end) - skip);
	return error;
}

int
rejects_keep(struct rejects *rejects, const struct record *record)
{
	bool first = !record->overlong || record->first;
	int before = rejects->error;
	if (rejects->fd < 0 || (rejects->passing && !first))
		return 0;
	if (first)
		rejects->start = size(rejects);
	rejects->error = write_part(rejects, record);
	rejects->passing = rejects->error != 0;
	if (rejects->error == 0)
		return 0;
	take_back(rejects);
	rejects->missing++;
	return rejects->error != before ? rejects->error : 0;
}

int
rejects_close(struct rejects *rejects)
{
	return rejects->fd >= 0 && close(rejects->fd) != 0 ? errno : 0;
}
