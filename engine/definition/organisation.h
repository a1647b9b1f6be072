/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_ORGANISATION_H
#define DEFINITION_ORGANISATION_H

#include "base/value.h"
#include "definition/problem.h"

/**
 * What the definitions of one hall refer to.  Borrowed values; the format of
 * organisation.json is
 *
 *   {"departments": [{"id", "title"}], "districts": [{"code", "title"}],
 *    "roles": [{"id", "title"}], "systems": [{"id", "title"}]}
 *
 * where title is {"zh","en"}, a department's id is its official name, a
 * district's code is of GB/T 2260, and a system may say how it is reached (see
 * delivery.h).  Departments and districts may say by which calendar and hours
 * they count (registry.h: almanac_load()).  Of plan.json the items are read:
 *
 *   {"items": [{"number": "1", "domain": 1, "title", "lead": [department]}]}
 */
struct organisation {
    const struct value *data; /* organisation.json; NULL: nothing is held against it */
    const struct value *plan; /* plan.json: the plan's items; NULL: not held against it */
};

/** What of the list @list of @data has @text under @key; NULL: nothing. */
const struct value *organisation_find(const struct value *data, const char *list, const char *key,
                                      const char *text);

/** Finds the department, role or system of that id, the district of that code; NULL: unknown. */
const struct value *organisation_department(const struct organisation *o, const char *id);
const struct value *organisation_district(const struct organisation *o, const char *code);
const struct value *organisation_role(const struct organisation *o, const char *id);
const struct value *organisation_system(const struct organisation *o, const char *id);

/** Whether the plan has an item of that number, "35". */
bool organisation_plan_item(const struct organisation *o, const char *number);

/** Checks the two files themselves; file names must outlive @problems. */
void organisation_check(const struct organisation *o, const char *data_file, const char *plan_file,
                        struct problems *problems);

#endif
