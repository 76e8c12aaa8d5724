/* Memory that must be there. */
#ifndef MEMORY_H
#define MEMORY_H

/* Returns what an allocator returned; where that is NULL, says so on standard error and exits with status 2. */
void *need(void *);

#endif
