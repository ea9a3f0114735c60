/* SPDX-License-Identifier: MIT */
/*
 * config_links.h - `links` of a configuration: whoever is named is there.
 */
#ifndef CONFIG_LINKS_H
#define CONFIG_LINKS_H

struct config;
struct config_files;
struct map;

/* When all nodes are there.  sections: by id; one that has no node is wrong
   itself, and no fault of those who name it. */
void
config_links_check(const struct config *c, struct config_files *files,
		   const struct map *sections);

#endif
