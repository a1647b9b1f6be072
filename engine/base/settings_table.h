/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SETTINGS_TABLE_H
#define BASE_SETTINGS_TABLE_H

#include "base/settings.h"

/* The rows of settings.def as data; shared by the reader and the writers. */

enum setting_kind { SETTING_TEXT, SETTING_CHOICE, SETTING_COUNT, SETTING_BYTES, SETTING_SPAN };

struct setting_row {
    const char *section, *key;
    enum setting_kind kind;
    const char *preset;
    int64_t min, max;
    bool reload;
    const char *doc[2]; /* by enum language */
    size_t offset;      /* of the field in struct settings */
};

const struct setting_row *setting_table(enum setting_id which);

/** Appends what a value may be: "1s to 5min", "one of logfmt json". */
void setting_range(struct text *t, const struct setting_row *row);

#endif
