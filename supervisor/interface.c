/* SPDX-License-Identifier: MIT */
/*
 * interface.c - takes org.supd.Supervisor.varlink into the program.
 *
 * The path is the build's, which runs in the top directory.
 */
#include "interface.h"

__asm__(".pushsection .rodata\n"
	".globl interface_text\n"
	".type interface_text, @object\n"
	"interface_text:\n"
	".incbin \"supervisor/org.supd.Supervisor.varlink\"\n"
	".byte 0\n"
	".size interface_text, . - interface_text\n"
	".popsection\n");
