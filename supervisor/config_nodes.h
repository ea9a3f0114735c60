/* SPDX-License-Identifier: MIT */
/*
 * config_nodes.h - [child:] and [supervisor:] sections become nodes: parents
 * found, instances made, values expanded.
 */
#ifndef CONFIG_NODES_H
#define CONFIG_NODES_H

struct config;
struct config_files;

/* Fills in c->nodes; the rest of c is there. */
void
config_nodes(struct config *c, struct config_files *files);

#endif
