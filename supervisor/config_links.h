/* SPDX-License-Identifier: MIT */
/*
 * config_links.h - `links` of a configuration: whoever is named is there.
 */
#ifndef CONFIG_LINKS_H
#define CONFIG_LINKS_H

struct config;
struct config_files;

/* When all nodes are there. */
void
config_links_check(const struct config *c, struct config_files *files);

#endif
