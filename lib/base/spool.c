/*
 * spool.c - memory first, then an unlinked file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool.h"

void
spool_init(struct spool *s)
{
	*s = (struct spool){ .fd = -1 };
}

static const char *
folder(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

static const char *
failed(struct spool *s)
{
	return errmsg_set(&s->err, "temporary file in %s: %s (TMPDIR names another "
	    "folder)", folder(), strerror(errno));
}

static const char *
create(struct spool *s)
{
	static const char name[] = "/unroll-XXXXXX";
	const char *dir = folder();
	size_t len = strlen(dir);
	char *path = malloc(len + sizeof(name));

	if (path == NULL)
		return "out of memory";
	memcpy(path, dir, len);
	memcpy(path + len, name, sizeof(name));
	s->fd = mkstemp(path);
	if (s->fd >= 0)
		unlink(path);
	free(path);
	return s->fd < 0 ? failed(s) : NULL;
}

static const char *
write_out(struct spool *s, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(s->fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(s);
		p += n;
		len -= (size_t)n;
	}
	return NULL;
}

const char *
spool_put(struct spool *s, const void *p, size_t len)
{
	const char *why;

	if (len <= SPOOL_MEMORY - s->held.len)
		return buf_put(&s->held, p, len) ? NULL : "out of memory";
	if (s->fd < 0 && (why = create(s)) != NULL)
		return why;
	if ((why = write_out(s, s->held.p, s->held.len)) != NULL)
		return why;
	s->held.len = 0;
	if (len > SPOOL_MEMORY)
		return write_out(s, p, len);
	return buf_put(&s->held, p, len) ? NULL : "out of memory";
}

static const char *
copy_file(struct spool *s, FILE *f)
{
	static char block[1 << 16];
	ssize_t n;

	if (lseek(s->fd, 0, SEEK_SET) < 0)
		return failed(s);
	while ((n = read(s->fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno != EINTR)
			return failed(s);
		if (n > 0 && fwrite(block, 1, (size_t)n, f) != (size_t)n)
			return NULL;
	}
	return NULL;
}

const char *
spool_copy(struct spool *s, FILE *f)
{
	const char *why;

	if (s->fd >= 0 && (why = copy_file(s, f)) != NULL)
		return why;
	if (s->held.len > 0)
		fwrite(s->held.p, 1, s->held.len, f);
	return NULL;
}

void
spool_free(struct spool *s)
{
	if (s->fd >= 0)
		close(s->fd);
	buf_free(&s->held);
}
