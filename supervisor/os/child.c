/* SPDX-License-Identifier: MIT */
/*
 * child.c - what a new process does between clone3() and execve().
 *
 * It runs in the supervisor's memory while the supervisor waits (or, if that
 * was killed, in the memory that it left), so it calls the kernel and nothing
 * else.  In this order:
 *
 *	signals that supd ignores get their default action (those with a
 *	handler have it since the clone: CLONE_CLEAR_SIGHAND)
 *	a descriptor table of its own, with only what lies below FD_LIMIT in it
 *	a session, and with it a process group, of its own
 *	0, 1, 2 and the descriptors it is to have, from the reserved numbers
 *	umask, directory, RLIMIT_NOFILE
 *	its pid in its environment
 *	it dies with the keeper; is the keeper still there?
 *	no signal is blocked
 *	execve(); all other descriptors are closed on it
 *
 * What fails is told through struct process, in shared memory; the status is
 * then 127.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdalign.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "state.h"

#define STACK_SIZE 32768

/* Neither sanitizers nor the stack protector know of the second stack. */
#if defined(__clang__)
#define IN_CHILD __attribute__((no_sanitize("address", "undefined"), noinline))
#else
#define IN_CHILD                                                         \
	__attribute__((no_sanitize("address"), no_sanitize("undefined"), \
		       no_stack_protector, noinline))
#endif

__attribute__((visibility("hidden"))) long
child_clone3(struct clone_args *args, size_t size, void (*run)(void *),
	     void *arg);

#if defined(__x86_64__)
__asm__(".text\n"
	".type child_clone3, @function\n"
	"child_clone3:\n"
	"	.cfi_startproc\n"
	"	mov	%rcx, %r8\n" /* the kernel overwrites rcx and r11 */
	"	mov	$435, %eax\n"
	"	syscall\n"
	"	test	%rax, %rax\n"
	"	jnz	1f\n"
	"	.cfi_undefined rip\n"
	"	xor	%ebp, %ebp\n"
	"	mov	%r8, %rdi\n"
	"	call	*%rdx\n"
	"	hlt\n"
	"1:	ret\n"
	"	.cfi_endproc\n"
	".size child_clone3, . - child_clone3\n");
#elif defined(__aarch64__)
__asm__(".text\n"
	".type child_clone3, %function\n"
	"child_clone3:\n"
	"	.cfi_startproc\n"
	"	mov	x8, #435\n"
	"	svc	#0\n"
	"	cbnz	x0, 1f\n"
	"	.cfi_undefined x30\n"
	"	mov	x29, xzr\n"
	"	mov	x0, x3\n"
	"	blr	x2\n"
	"	brk	#0\n"
	"1:	ret\n"
	"	.cfi_endproc\n"
	".size child_clone3, . - child_clone3\n");
#else
#error "write child_clone3() for this machine"
#endif

IN_CHILD __attribute__((noreturn)) static void
fail(struct process *p, enum spawn_stage stage)
{
	p->exec_stage = stage;
	__atomic_store_n(&p->exec_error, errno, __ATOMIC_RELEASE);
	for (;;)
		syscall(SYS_exit_group, 127);
}

IN_CHILD static void
reset_signals(uint64_t ignored)
{
	/* The kernel's sigaction: SIG_DFL, no flags, nothing blocked. */
	static const uint64_t defaults[4];

	for (int sig = 1; ignored; sig++, ignored >>= 1)
		if (ignored & 1)
			syscall(SYS_rt_sigaction, sig, defaults, NULL, 8);
}

IN_CHILD static int
set_fds(const struct child_plan *plan)
{
	for (unsigned i = 0; i < plan->dup_count; i++)
		if (syscall(SYS_dup3, plan->dup[i].from, plan->dup[i].to, 0) <
		    0)
			return -1;
	return 0;
}

IN_CHILD static int
set_limits(const struct spawn *how)
{
	struct rlimit limit;

	if (!how->nofile_hard)
		return 0;
	limit.rlim_cur = how->nofile_soft;
	limit.rlim_max = how->nofile_hard;
	return (int)syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL);
}

IN_CHILD static void
write_number(char *to, uint32_t number)
{
	uint32_t unit = 1;

	while (number / unit >= 10)
		unit *= 10;
	for (; unit; unit /= 10)
		*to++ = (char)('0' + number / unit % 10);
	*to = '\0';
}

IN_CHILD static void
run(void *arg)
{
	static const uint64_t no_signals;
	const struct child_plan *plan = arg;
	const struct spawn *how = plan->how;
	struct process *p = plan->process;

	reset_signals(plan->ignored);
	if (syscall(SYS_close_range, FD_LIMIT, ~0u, CLOSE_RANGE_UNSHARE) < 0)
		fail(p, SPAWN_FDS);
	__atomic_store_n(&p->unshared, 1, __ATOMIC_RELEASE);
	if (syscall(SYS_setsid) < 0)
		fail(p, SPAWN_SESSION);
	if (set_fds(plan) < 0)
		fail(p, SPAWN_FDS);
	if (how->umask >= 0)
		syscall(SYS_umask, how->umask);
	if (how->directory && syscall(SYS_chdir, how->directory) < 0)
		fail(p, SPAWN_DIRECTORY);
	if (set_limits(how) < 0)
		fail(p, SPAWN_LIMITS);
	if (how->pid_at)
		write_number(how->pid_at, (uint32_t)syscall(SYS_getpid));
	errno = ESRCH;
	if (syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
	    syscall(SYS_getppid) != plan->keeper)
		fail(p, SPAWN_PARENT);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &no_signals, NULL, 8);
	syscall(SYS_execve, how->path, how->argv, how->envp);
	fail(p, SPAWN_EXEC);
}

long
child_clone(struct clone_args *args, struct child_plan *plan)
{
	static alignas(16) char stack[STACK_SIZE];

	args->stack = (uint64_t)(uintptr_t)stack;
	args->stack_size = sizeof(stack);
	return child_clone3(args, sizeof(*args), run, plan);
}
