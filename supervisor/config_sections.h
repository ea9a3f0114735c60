/* SPDX-License-Identifier: MIT */
/*
 * config_sections.h - [supd], [supervisor:ID], [child:ID]: what a section's
 * head says.
 */
#ifndef CONFIG_SECTIONS_H
#define CONFIG_SECTIONS_H

struct config_files;
struct place;

/*
 * Makes f->section of "[name]"; NULL if it is none of ours.  supd_line: the
 * line of this file's [supd] so far, 0 if there is none; kept up to date.
 */
void
section_open(struct config_files *f, const struct place *at, const char *name,
	     unsigned *supd_line);

#endif
