/*
 * spool.c - memory first, then an unlinked temporary file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spool.h"
#include "visible.h"

void
spool_init(struct spool *s)
{
	*s = (struct spool){ .fd = -1 };
}

static const char *
tmp_folder(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

static const char *
tmp_failure(struct spool *s)
{
	return errmsg_set(&s->err, "temporary file in %s: %s (TMPDIR names another "
	    "folder)", tmp_folder(), strerror(errno));
}

static const char *
create_tmp(struct spool *s)
{
	static const char name[] = "/unroll-XXXXXX";
	const char *dir = tmp_folder();
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
	return s->fd < 0 ? tmp_failure(s) : NULL;
}

static const char *
write_tmp(struct spool *s, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(s->fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return tmp_failure(s);
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
	if (s->fd < 0 && (why = create_tmp(s)) != NULL)
		return why;
	if ((why = write_tmp(s, s->held.p, s->held.len)) != NULL)
		return why;
	s->held.len = 0;
	if (len > SPOOL_MEMORY)
		return write_tmp(s, p, len);
	return buf_put(&s->held, p, len) ? NULL : "out of memory";
}

static const char *
copy_tmp(struct spool *s, FILE *f)
{
	static char block[1 << 16];
	ssize_t n;

	if (lseek(s->fd, 0, SEEK_SET) < 0)
		return tmp_failure(s);
	while ((n = read(s->fd, block, sizeof(block))) != 0) {
		if (n < 0 && errno != EINTR)
			return tmp_failure(s);
		if (n > 0)
			visible_put(block, (size_t)n, f);
		if (ferror(f))
			return NULL;
	}
	return NULL;
}

const char *
spool_copy(struct spool *s, FILE *f)
{
	const char *why;

	if (s->fd >= 0 && (why = copy_tmp(s, f)) != NULL)
		return why;
	if (s->held.len > 0)
		visible_put(s->held.p, s->held.len, f);
	return NULL;
}

void
spool_free(struct spool *s)
{
	if (s->fd >= 0)
		close(s->fd);
	buf_free(&s->held);
}
