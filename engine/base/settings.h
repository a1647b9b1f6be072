/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/instant.h"
#include "base/text.h"

#define SETTING_TYPE_TEXT   const char *
#define SETTING_TYPE_CHOICE const char *
#define SETTING_TYPE_COUNT  int64_t
#define SETTING_TYPE_BYTES  int64_t
#define SETTING_TYPE_SPAN   span

/** One name per row of settings.def: SETTING_server_port. */
enum setting_id {
#define SETTING(section, key, kind, preset, min, max, reload, zh, en) SETTING_##section##_##key,
#include "base/settings.def"
#undef SETTING
    N_SETTING
};

/** Where a value came from, weakest first. */
enum setting_source { SOURCE_DEFAULT, SOURCE_FILE, SOURCE_ENVIRONMENT, SOURCE_OPTION };

/**
 * The settings of a process: `settings.server_port`, `settings.limits_body`.
 * Strings live in the arena the struct was filled from (defaults for ever).
 * Read-only once threads run.
 */
struct settings {
#define SETTING(section, key, kind, preset, min, max, reload, zh, en)                              \
    SETTING_TYPE_##kind section##_##key;
#include "base/settings.def"
#undef SETTING
    enum setting_source source[N_SETTING];
};

/** Every setting at its default. */
void settings_default(struct settings *s);

/**
 * The defaults, over them the file at @path (none when NULL), over that the
 * environment (`environ` of the process: ONESTOP_SERVER_PORT=9000).
 * ERROR_BAD_SETTING names file, line, key and, for an unknown key, the nearest
 * known one; ERROR_BAD_FILE when @path cannot be read.  What earlier releases
 * knew has no effect, and the log says so.
 */
MUST_CHECK bool settings_load(struct arena *a, const char *path, struct settings *s,
                              struct error *e);

/** Reads ini text; @name is what errors call it. */
MUST_CHECK bool settings_read(struct arena *a, const char *name, const char *ini,
                              struct settings *s, struct error *e);

/** Sets one value as an option of the command line does; @key is "server.port". */
MUST_CHECK bool settings_set(struct arena *a, const char *key, const char *value,
                             struct settings *s, struct error *e);

/**
 * Takes over what a reload may change from @fresh into @s, and appends to
 * @later the names of those that differ and need a new start, one per line.
 */
void settings_reload(struct settings *s, const struct settings *fresh, struct text *later);

/** Appends @s as ini with the source of each value; a connection string with a secret is hidden. */
void settings_print(struct text *t, const struct settings *s);

/** Appends deploy/onestop.ini: every setting with what it does, commented out at its default. */
void settings_sample(struct text *t);

/** Appends the manual's table (Markdown). */
void settings_manual(struct text *t, enum language lang);

/** Appends the value of one setting as it is written in the file. */
void settings_value(struct text *t, const struct settings *s, enum setting_id which);

#endif
