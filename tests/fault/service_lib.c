/* SPDX-License-Identifier: MIT */
/*
 * service_lib.c - a real supd that keeps one counter counting into a sink.
 */
#include "service_lib.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/procfs.h"

#define TAIL 2000 /* bytes of a log that are shown */

/* What each kill may make them say. */
static bool
is_expected(const char *line)
{
	return strstr(line, "was killed by signal KILL") ||
	       strstr(line, "the last text was torn");
}

/* The programs lie beside the folder that this one is in. */
static int
find_programs(char *dir, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", dir, size - 1);

	if (n < 0)
		return -errno;
	dir[n] = '\0';
	for (int i = 0; i < 2; i++)
		if (strrchr(dir, '/'))
			*strrchr(dir, '/') = '\0';
	return 0;
}

static int
write_configuration(const struct service *s, const struct service_plan *plan,
		    const char *programs)
{
	char path[256], checkpoint[256];
	FILE *file;

	snprintf(checkpoint, sizeof(checkpoint), "%s/checkpoint", s->dir);
	snprintf(path, sizeof(path), "%s/t.ini", s->dir);
	file = fopen(path, "we");
	if (!file)
		return -errno;
	fprintf(file,
		"[supd]\n"
		"state_dir = %s/state\n"
		"socket = %s/socket\n"
		"log_level = err\n"
		"intensity = 10000\n"
		"period = 1\n"
		"[child:counter]\n"
		"command = %s/counter --interval 0 %s%s\n"
		"stderr = file:%s/counter.err\n"
		"stdout = %s%s\n",
		s->dir, s->dir, programs, plan->forgets ? "" : "--checkpoint ",
		plan->forgets ? "" : checkpoint, s->dir,
		s->sink.path[0] ? "file:" : "inherit", s->sink.path);
	if (plan->standby)
		fprintf(file, "standby = %s\n", plan->standby);
	return fclose(file) ? -errno : 0;
}

__attribute__((noreturn)) static void
be_supd(const struct service *s, const char *programs, int go)
{
	char path[512], configuration[256], log[256], byte;
	int fd;

	snprintf(path, sizeof(path), "%s/supd", programs);
	snprintf(configuration, sizeof(configuration), "%s/t.ini", s->dir);
	snprintf(log, sizeof(log), "%s/supd.err", s->dir);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		_exit(1);
	fd = s->sink.theirs >= 0 ? s->sink.theirs : STDERR_FILENO;
	if (dup2(fd, STDOUT_FILENO) < 0 || read(go, &byte, 1) != 1)
		_exit(1);
	execl(path, path, "-c", configuration, NULL);
	_exit(1);
}

static int
make_folder(struct service *s)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(s->dir, sizeof(s->dir), "%s/once.XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(s->dir) ? 0 : -errno;
}

int
service_prepare(struct service *s, const struct service_plan *plan)
{
	char programs[256];
	int go[2];
	int r;

	*s = (struct service){ .go = -1 };
	r = find_programs(programs, sizeof(programs));
	if (r == 0)
		r = make_folder(s);
	if (r == 0)
		r = sink_open(&s->sink, plan->kind, s->dir);
	if (r == 0)
		r = write_configuration(s, plan, programs);
	if (r < 0)
		return r;
	if (pipe2(go, O_CLOEXEC) < 0)
		return -errno;
	s->keeper = fork();
	if (s->keeper < 0)
		return -errno;
	if (s->keeper == 0) {
		close(go[1]);
		be_supd(s, programs, go[0]);
	}
	close(go[0]);
	s->go = go[1];
	return 0;
}

void
service_go(struct service *s)
{
	if (write(s->go, "", 1) != 1)
		perror("# supd");
	close(s->go);
	s->go = -1;
}

/* The memfd among the keeper's descriptors, or -1. */
static int
open_state(pid_t keeper)
{
	char path[320], name[64];
	struct dirent *entry;
	DIR *dir;
	int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/fd", keeper);
	dir = opendir(path);
	while (dir && fd < 0 && (entry = readdir(dir))) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/%d/fd/%s", keeper,
			 entry->d_name);
		n = readlink(path, name, sizeof(name) - 1);
		name[n > 0 ? n : 0] = '\0';
		if (strncmp(name, "/memfd:supd", 11) == 0)
			fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (dir)
		closedir(dir);
	return fd;
}

bool
service_look(struct service *s)
{
	void *at = MAP_FAILED;
	struct stat info;
	int fd;

	if (s->state)
		return true;
	fd = open_state(s->keeper);
	if (fd < 0)
		return false;
	/* It is made first and gets its size a little later. */
	if (fstat(fd, &info) == 0 && info.st_size >= (off_t)sizeof(*s->state))
		at = mmap(NULL, sizeof(*s->state), PROT_READ, MAP_SHARED, fd,
			  0);
	close(fd);
	if (at != MAP_FAILED)
		s->state = at;
	return s->state != NULL;
}

bool
service_has_settled(const struct service *s)
{
	const struct state *state = s->state;

	return __atomic_load_n(&state->taken_over, __ATOMIC_ACQUIRE) ==
		       __atomic_load_n(&state->supervisors, __ATOMIC_ACQUIRE) &&
	       state->supervisor > 0;
}

const char *
service_why_not(enum sink_kind kind)
{
	const struct sink sink = { .kind = kind };
	siginfo_t info;
	uint64_t written;
	pid_t pid;

	if (sink_is_file(&sink))
		return NULL;
	pid = fork();
	if (pid == 0)
		_exit(0);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	written = proc_written(pid);
	waitpid(pid, NULL, 0);
	return written == UINT64_MAX ? "may not know what a dead process has "
				       "written" :
				       NULL;
}

static void
tell_file(const struct service *s, const char *name)
{
	char path[256], text[TAIL + 1];
	char *line = text, *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (lseek(fd, -TAIL, SEEK_END) < 0)
		lseek(fd, 0, SEEK_SET);
	n = read(fd, text, TAIL);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (!is_expected(line))
			printf("# %s: %s\n", name, line);
	}
}

void
service_tell(const struct service *s)
{
	tell_file(s, "supd.err");
	tell_file(s, "counter.err");
}

static int
remove_one(const char *path, const struct stat *info, int type,
	   struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

void
service_done(struct service *s)
{
	sink_close(&s->sink);
	if (s->state)
		munmap((void *)(uintptr_t)s->state, sizeof(*s->state));
	if (s->go >= 0)
		close(s->go);
	nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
