/* SPDX-License-Identifier: MIT */
/*
 * child.c - the smallest child: no libc, static; its first act is to read the
 * clock, its second to write that and its pid to the file that argv[1] names.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

#include "bench.h"

static long
call(long number, long a, long b, long c, long d)
{
#if defined(__x86_64__)
	long result;
	register long r10 __asm__("r10") = d;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
			 : "memory");
	return x0;
#else
#error "no system calls for this machine"
#endif
}

__attribute__((used, noreturn)) static void
begin(long *stack)
{
	struct timespec now;
	struct record record;
	long fd;

	call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0);
	if (stack[0] > 1) {
		record.began = now.tv_sec * 1000000000 + now.tv_nsec;
		record.pid = call(SYS_getpid, 0, 0, 0, 0);
		fd = call(SYS_openat, AT_FDCWD, stack[2], O_WRONLY, 0);
		call(SYS_pwrite64, fd, (long)&record, sizeof(record), 0);
	}
	for (;;)
		call(SYS_ppoll, 0, 0, 0, 0);
}

/* The stack as the kernel made it: argc, argv[0], argv[1]... */
#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n"
	"\tcall begin\n");
#else
__asm__(".globl _start\n_start:\n\tmov x0, sp\n\tbl begin\n");
#endif
