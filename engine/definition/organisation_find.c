/* SPDX-License-Identifier: Apache-2.0 */
/* Departments, districts, roles, systems and the plan's items are found; the core may ask, too. */
#include "definition/organisation.h"

#include <string.h>

const struct value *
organisation_find(const struct value *data, const char *list, const char *key, const char *text)
{
    const struct value *items = value_get(data, list);

    if (!items || items->kind != VALUE_ARRAY || !text)
        return NULL;
    for (uint32_t i = 0; i < items->n; i++) {
        const char *id = value_get_string(&items->item[i], key);

        if (id && !strcmp(id, text))
            return &items->item[i];
    }
    return NULL;
}

const struct value *
organisation_department(const struct organisation *o, const char *id)
{
    return organisation_find(o->data, "departments", "id", id);
}

const struct value *
organisation_district(const struct organisation *o, const char *code)
{
    return organisation_find(o->data, "districts", "code", code);
}

const struct value *
organisation_role(const struct organisation *o, const char *id)
{
    return organisation_find(o->data, "roles", "id", id);
}

const struct value *
organisation_system(const struct organisation *o, const char *id)
{
    return organisation_find(o->data, "systems", "id", id);
}

bool
organisation_plan_item(const struct organisation *o, const char *number)
{
    return organisation_find(o->plan, "items", "number", number) != NULL;
}
