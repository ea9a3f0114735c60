/* SPDX-License-Identifier: MIT */
/*
 * json.h - the one door to jansson: JSON that others have written is read with
 * it.  What we write ourselves is written by emit.h.
 */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>

#endif
