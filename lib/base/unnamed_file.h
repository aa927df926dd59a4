/*
 * unnamed_file.h - a file that has no name yet, so that nothing is left of it if the
 * program is killed.
 */
#ifndef UNNAMED_FILE_H
#define UNNAMED_FILE_H

/* Opens a new file of mode 0600 on the file system of this folder, to be read and
 * written.  Its descriptor, or -1 where the system or the file system cannot do that. */
int unnamed_file_open(const char *folder);

/* Gives it a name, which must not exist yet.  0, or -1 with errno. */
int unnamed_file_link(int fd, const char *path);

#endif
