/* SPDX-License-Identifier: MIT */
/*
 * daemon_lib.c - a real supd in a folder of its own.
 */
#include "daemon_lib.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/state.h"

#define PATIENCE_S 20
#define REPLY_MAX 65536
#define LOG_SHOWN 4000L

bool
daemon_prepare(struct daemon *d)
{
	const char *parent = getenv("TMPDIR");
	char self[PATH_MAX] = "";

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) {
		perror("/proc/self/exe");
		return false;
	}
	dirname(self);
	snprintf(d->supd, sizeof(d->supd), "%.3900s/../supd", self);
	snprintf(d->victim, sizeof(d->victim), "%.3900s/fault_victim_helper",
		 self);
	snprintf(d->folder, sizeof(d->folder), "%.40s/supd-fault.XXXXXX",
		 parent ? parent : "/tmp");
	if (!mkdtemp(d->folder)) {
		perror(d->folder);
		return false;
	}
	return true;
}

/* In the child: it is traced before it is supd. */
__attribute__((noreturn)) static void
be_supd(const struct daemon *d, int go)
{
	char byte;
	int log;

	if (chdir(d->folder) < 0 || read(go, &byte, 1) != 1)
		_exit(71);
	log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	execl(d->supd, "supd", "-c", "t.ini", (char *)NULL);
	_exit(71);
}

int
daemon_start(struct daemon *d)
{
	int go[2], error;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		be_supd(d, go[0]);
	error = pid < 0 ? -errno : hunter_attach(&d->hunter, pid);
	if (error == 0 && write(go[1], "", 1) != 1)
		error = -errno;
	close(go[0]);
	close(go[1]);
	if (error < 0) {
		if (pid > 0) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
		return error;
	}
	d->supervisor = hunter_next(&d->hunter);
	if (d->supervisor)
		hunter_spare(d->supervisor);
	return 0;
}

bool
daemon_end(struct daemon *d)
{
	pid_t pid;

	kill(d->hunter.keeper, SIGTERM);
	while ((pid = hunter_next(&d->hunter)) != 0)
		hunter_spare(pid);
	return WIFEXITED(d->hunter.status) &&
	       WEXITSTATUS(d->hunter.status) == 0;
}

void
daemon_show_log(const struct daemon *d)
{
	char path[96], line[256];
	FILE *log;

	snprintf(path, sizeof(path), "%s/log", d->folder);
	log = fopen(path, "re");
	if (!log)
		return;
	if (fseek(log, -LOG_SHOWN, SEEK_END) == 0 &&
	    !fgets(line, sizeof(line), log))
		line[0] = '\0';
	while (fgets(line, sizeof(line), log))
		printf("# %s", line);
	fclose(log);
}

static void
remove_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char name[PATH_MAX];

		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		if (unlink(name) < 0)
			remove_folder(name);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

void
daemon_forget(const struct daemon *d)
{
	remove_folder(d->folder);
}

void
daemon_rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static int
connect_to(const struct daemon *d)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/s", d->folder);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

int
daemon_send(const struct daemon *d, const char *method, const char *parameters)
{
	char text[512];
	int n = snprintf(text, sizeof(text),
			 "{\"method\":\"org.supd.Supervisor.%s\","
			 "\"parameters\":%s}",
			 method, parameters);
	int fd = connect_to(d);

	if (fd >= 0 &&
	    send(fd, text, (size_t)n + 1, MSG_NOSIGNAL) == (ssize_t)n + 1)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

json_t *
daemon_receive(int fd)
{
	static char text[REPLY_MAX];
	size_t length = 0;
	ssize_t n = 0;

	if (fd < 0)
		return NULL;
	do {
		length += (size_t)n;
		n = recv(fd, text + length, sizeof(text) - length, 0);
	} while (n > 0 && !memchr(text + length, '\0', (size_t)n));
	close(fd);
	return n > 0 ? json_loads(text, 0, NULL) : NULL;
}

json_t *
daemon_call(const struct daemon *d, const char *method, const char *parameters)
{
	int64_t deadline = clock_ms() + 1000 * PATIENCE_S;
	json_t *reply;

	while (!(reply = daemon_receive(daemon_send(d, method, parameters))) &&
	       clock_ms() < deadline)
		daemon_rest();
	return reply;
}
