/* SPDX-License-Identifier: Apache-2.0 */
/* Departments, districts, roles, systems and the plan's items: finding and checking. */
#include "definition/organisation.h"

#include <string.h>

static const struct value *
find(const struct value *data, const char *list, const char *key, const char *text)
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
    return find(o->data, "departments", "id", id);
}

const struct value *
organisation_district(const struct organisation *o, const char *code)
{
    return find(o->data, "districts", "code", code);
}

const struct value *
organisation_role(const struct organisation *o, const char *id)
{
    return find(o->data, "roles", "id", id);
}

const struct value *
organisation_system(const struct organisation *o, const char *id)
{
    return find(o->data, "systems", "id", id);
}

/* An item's number is an integer of the plan, or the text of one of its measures. */
bool
organisation_plan_item(const struct organisation *o, const char *number)
{
    const struct value *items = value_get(o->plan, "items");

    if (!items || items->kind != VALUE_ARRAY)
        return false;
    for (uint32_t i = 0; i < items->n; i++) {
        const char *id = value_get_string(&items->item[i], "number");

        if (id && !strcmp(id, number))
            return true;
    }
    return false;
}
