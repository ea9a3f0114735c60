/* SPDX-License-Identifier: MIT */
/*
 * cgroup.c - our own subtree of cgroup2.
 *
 * The directory is locked (flock) as long as keeper or supervisor lives: two
 * instances of one name never end each other's children.
 */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "procfs.h"
#include "state.h"

#define LEFTOVERS_MS 5000
#define SAME_NAME_MAX 9

const char *
cgroup_name(uint32_t slot, const char *id, char ret[CGROUP_NAME_SIZE])
{
	/* No id has a '~'. */
	snprintf(ret, CGROUP_NAME_SIZE, "%s%s", id,
		 slot < NODES_MAX ? "" : "~");
	return ret;
}

/* The path of the cgroup that we are in: "0::PATH". 0 or -errno. */
static int
read_own_path(const char *pid, char *ret, size_t size)
{
	char text[8192], file[64], *line, *save = NULL;
	ssize_t n;

	snprintf(file, sizeof(file), "/proc/%s/cgroup", pid);
	n = proc_read(file, text, sizeof(text));
	if (n < 0)
		return (int)n;
	line = strtok_r(text, "\n", &save);
	for (; line; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "0::", 3) != 0)
			continue;
		if ((size_t)snprintf(ret, size, "%s", line + 3) >= size)
			return -ENAMETOOLONG;
		return 0;
	}
	return -ENOENT;
}

/* Puts path, which lies below root, below place instead. */
static int
join(const char *place, const char *root, const char *path, char *ret,
     size_t size)
{
	size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);

	if (strncmp(path, root, length) != 0)
		return -ENOENT;
	path += length;
	if (strcmp(path, "/") == 0)
		path = "";
	if ((size_t)snprintf(ret, size, "%s%s", place, path) >= size)
		return -ENAMETOOLONG;
	return 0;
}

/* proc(5), mountinfo: ID PARENT DEVICE ROOT PLACE OPTIONS ... - TYPE ... */
static int
find_own_directory(char *ret, size_t size)
{
	char line[4096 + 256], root[PATH_MAX], place[PATH_MAX], own[PATH_MAX];
	FILE *mounts;
	int r = read_own_path("self", own, sizeof(own));

	if (r < 0)
		return r;
	mounts = fopen("/proc/self/mountinfo", "re");
	if (!mounts)
		return -errno;
	r = -ENOENT;
	while (r < 0 && fgets(line, sizeof(line), mounts))
		if (strstr(line, " - cgroup2 ") &&
		    sscanf(line, "%*s %*s %*s %4095s %4095s", root, place) == 2)
			r = join(place, root, own, ret, size);
	fclose(mounts);
	return r;
}

static int
remove_directory(const char *path, const struct stat *stat, int type,
		 struct FTW *where)
{
	(void)stat;
	if (type == FTW_DP && where->level > 0)
		rmdir(path);
	return 0;
}

/* The directories below path, as far as they are empty. */
static void
remove_below(const char *path)
{
	nftw(path, remove_directory, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static int
write_file(int dir, const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		r = -errno;
	close(fd);
	return r;
}

/* 1, 0 or -errno. */
static int
is_populated(int events)
{
	static const char key[] = "populated ";
	char text[256];
	ssize_t n = pread(events, text, sizeof(text) - 1, 0);
	const char *p;

	if (n < 0)
		return -errno;
	text[n] = '\0';
	p = strstr(text, key);
	return p ? p[strlen(key)] == '1' : -EINVAL;
}

/* Ends what an earlier life has left, if it has left anything: whoever is
   cloned into a cgroup that was killed once is killed at birth (launch.c). */
static int
end_leftovers(int dir)
{
	int64_t deadline = clock_ms() + LEFTOVERS_MS;
	int events = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);
	int r;

	if (events < 0)
		return -errno;
	r = is_populated(events);
	if (r > 0)
		r = write_file(dir, "cgroup.kill", "1");
	while (r == 0) {
		struct pollfd changed = { .fd = events, .events = POLLPRI };
		int64_t left = deadline - clock_ms();

		r = is_populated(events);
		if (r <= 0)
			break;
		r = left > 0 ? 0 : -ETIMEDOUT;
		if (r == 0 && poll(&changed, 1, (int)left) < 0)
			r = -errno;
	}
	close(events);
	return r;
}

/* Its descriptor, or -EWOULDBLOCK if it is another supd's, or -errno. */
static int
take_directory(const char *path)
{
	int dir, r = 0;

	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return -errno;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	if (flock(dir, LOCK_EX | LOCK_NB) < 0)
		r = -errno;
	else
		r = end_leftovers(dir);
	if (r < 0) {
		close(dir);
		return r;
	}
	return dir;
}

int
cgroup_open(struct state *s, const char *name)
{
	char own[PATH_MAX - 300], path[PATH_MAX];
	int dir = -EWOULDBLOCK;
	int r = find_own_directory(own, sizeof(own));

	if (r < 0)
		return r;
	/* Whoever is cloned into a cgroup needs this one's as well. */
	snprintf(path, sizeof(path), "%s/cgroup.procs", own);
	if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0)
		return -errno;
	for (int i = 1; dir == -EWOULDBLOCK && i <= SAME_NAME_MAX; i++) {
		int n = i == 1 ? snprintf(path, sizeof(path), "%s/supd.%s", own,
					  name) :
				 snprintf(path, sizeof(path), "%s/supd.%s~%d",
					  own, name, i);

		if ((size_t)n >= sizeof(path))
			return -ENAMETOOLONG;
		dir = take_directory(path);
	}
	if (dir < 0)
		return dir;
	r = state_keep_fd(s, FD_CGROUP, dir);
	if (r < 0)
		return r;
	remove_below(path); /* earlier children's */
	return 0;
}

static int
open_in(const struct state *s, const char *id, const char *name, int flags)
{
	char path[ID_SIZE + 32];

	snprintf(path, sizeof(path), "%s/%s", id, name);
	return openat(s->fds[FD_CGROUP], path, flags | O_CLOEXEC);
}

int
cgroup_child(struct state *s, const char *id)
{
	int fd;

	if (mkdirat(s->fds[FD_CGROUP], id, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = open_in(s, id, ".", O_PATH | O_DIRECTORY);
	return fd < 0 ? -errno : fd;
}

int
cgroup_is_populated(const struct state *s, const char *id)
{
	int events = open_in(s, id, "cgroup.events", O_RDONLY);
	int r;

	if (events < 0)
		return -errno;
	r = is_populated(events);
	close(events);
	return r;
}

bool
cgroup_has_only(const struct state *s, const char *id, pid_t pid)
{
	static const char none_below[] = "nr_descendants 0\n";
	static struct pid_list list;
	char text[256];
	int stat = open_in(s, id, "cgroup.stat", O_RDONLY);
	ssize_t n = stat < 0 ? -1 : read(stat, text, sizeof(text));
	int procs;

	if (stat >= 0)
		close(stat);
	if (n < (ssize_t)sizeof(none_below) - 1 ||
	    strncmp(text, none_below, sizeof(none_below) - 1) != 0)
		return false;
	procs = open_in(s, id, "cgroup.procs", O_RDONLY);
	list.count = 0;
	proc_read_pids(procs, &list);
	return procs >= 0 && list.count <= 1 &&
	       (list.count == 0 || list.pid[0] == pid);
}

int
cgroup_kill(const struct state *s, const char *id)
{
	char name[ID_SIZE + 32];

	snprintf(name, sizeof(name), "%s/cgroup.kill", id ? id : ".");
	return write_file(s->fds[FD_CGROUP], name, "1");
}

/* Is whoever has the pid still in the cgroup of that name? */
static bool
is_in(pid_t pid, const char *id)
{
	char number[16], path[PATH_MAX];
	size_t id_length = strlen(id), length;

	snprintf(number, sizeof(number), "%d", pid);
	if (read_own_path(number, path, sizeof(path)) < 0)
		return false;
	length = strlen(path);
	return length > id_length && path[length - id_length - 1] == '/' &&
	       strcmp(path + length - id_length, id) == 0;
}

int
cgroup_signal(const struct state *s, const char *id, int sig, pid_t except)
{
	static struct pid_list list;
	struct proc_stat stat;
	int procs = open_in(s, id, "cgroup.procs", O_RDONLY);
	int r = 0;

	if (procs < 0)
		return -errno;
	list.count = 0;
	proc_read_pids(procs, &list);
	for (unsigned i = 0; i < list.count; i++) {
		pid_t pid = list.pid[i];
		int failed = 0;

		if (pid == except || proc_stat(pid, &stat) < 0)
			continue;
		if (is_in(pid, id))
			failed = proc_signal(pid, stat.start, sig);
		if (failed < 0)
			r = failed;
	}
	return r;
}

/* By its name in /proc, since the file system does not tell it. */
static void
remove_of(const struct state *s, const char *id)
{
	char path[ID_SIZE + 64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", s->fds[FD_CGROUP],
		 id);
	remove_below(path);
}

void
cgroup_remove(struct state *s, const char *id)
{
	if (unlinkat(s->fds[FD_CGROUP], id, AT_REMOVEDIR) == 0 ||
	    errno == ENOENT)
		return;
	remove_of(s, id); /* the child may have made some of its own */
	unlinkat(s->fds[FD_CGROUP], id, AT_REMOVEDIR);
}

void
cgroup_close(struct state *s, const char *name)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	(void)name;
	if (s->fds[FD_CGROUP] < 0)
		return;
	remove_of(s, ".");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", s->fds[FD_CGROUP]);
	n = readlink(link, path, sizeof(path) - 1);
	if (n > 0) {
		path[n] = '\0';
		rmdir(path);
	}
	state_close_fd(&s->fds[FD_CGROUP]);
}
