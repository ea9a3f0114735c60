/* SPDX-License-Identifier: MIT */
/*
 * config_supd.h - [supd]: the daemon's settings, with the defaults that depend
 * on who runs it, and the root supervisor's flags.
 */
#ifndef CONFIG_SUPD_H
#define CONFIG_SUPD_H

struct config;
struct config_files;

/* Fills in c, but for its nodes.  path: the first file's. */
void
config_supd(struct config *c, struct config_files *files, const char *path);

#endif
