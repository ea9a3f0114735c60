/* SPDX-License-Identifier: MIT */
/*
 * listener.c - makes the control socket's file.
 *
 * Nobody can connect between bind and listen, so rights and group are exact
 * before the first client is.
 */
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "instance.h"
#include "listener.h"

#define BACKLOG 128

int
listener_group(const char *group, gid_t *gid)
{
	const struct group *g;

	*gid = (gid_t)-1;
	if (!group || !*group)
		return 0;
	g = getgrnam(group);
	if (!g)
		return -EINVAL;
	*gid = g->gr_gid;
	return 0;
}

static bool
is_stale(const struct sockaddr_un *address)
{
	struct stat st;
	int fd, r;

	if (lstat(address->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	r = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	if (r < 0)
		r = -errno;
	close(fd);
	return r == -ECONNREFUSED;
}

static int
bind_exactly(int fd, const struct sockaddr_un *address)
{
	const struct sockaddr *sa = (const struct sockaddr *)address;
	mode_t mask = umask(0177);
	int r = bind(fd, sa, sizeof(*address)) < 0 ? -errno : 0;

	if (r == -EADDRINUSE && is_stale(address) &&
	    unlink(address->sun_path) == 0)
		r = bind(fd, sa, sizeof(*address)) < 0 ? -errno : 0;
	umask(mask);
	return r;
}

/* Makes the file, gives it away, opens it for business. */
static int
prepare(int fd, const struct sockaddr_un *address, unsigned mode, gid_t group,
	const char **what)
{
	int r = bind_exactly(fd, address);

	*what = "make";
	if (r < 0)
		return r;
	*what = "change the group of";
	if (group != (gid_t)-1 && chown(address->sun_path, (uid_t)-1, group))
		return -errno;
	*what = "change the mode of";
	if (chmod(address->sun_path, mode) < 0)
		return -errno;
	*what = "listen on";
	return listen(fd, BACKLOG) < 0 ? -errno : 0;
}

int
listener_open(const char *path, unsigned mode, gid_t group, char *err,
	      size_t err_size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *what = "make the directory of";
	size_t length = strlen(path);
	int fd, r = 0;

	if (length >= sizeof(address.sun_path)) {
		snprintf(err, err_size, "socket %s: the path is too long",
			 path);
		return -ENAMETOOLONG;
	}
	memcpy(address.sun_path, path, length);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		r = -errno;
	if (r == 0)
		r = make_parents(path, 0755);
	if (r == 0)
		r = prepare(fd, &address, mode, group, &what);
	if (r == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	if (r == -EADDRINUSE)
		snprintf(err, err_size,
			 "socket %s: somebody listens on it,"
			 " or it is no socket",
			 path);
	else
		snprintf(err, err_size, "cannot %s socket %s: %s", what, path,
			 strerror(-r));
	return r;
}
