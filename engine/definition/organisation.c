/* SPDX-License-Identifier: Apache-2.0 */
/* Departments, districts, roles, systems and the plan's items are checked. */
#include "definition/organisation.h"

#include <stdio.h>
#include <string.h>

#include "definition/delivery.h"

/* One of the files while it is checked. */
struct file_check {
    const struct organisation *o;
    const char *file;
    enum problem_number number;
    struct problems *problems;
};

static void
blame(const struct file_check *c, const struct value *v, const char *pointer, const char *what)
{
    problem_add(c->problems, c->number, (struct spot){c->file, v->line, pointer}, "%s", what);
}

static void
check_members(const struct file_check *c, const struct value *v, const char *const *key,
              const char *pointer)
{
    char text[200];

    for (uint32_t i = 0; v->kind == VALUE_OBJECT && i < v->n; i++) {
        bool known = !strcmp(v->member[i].name, "$comment");

        for (size_t k = 0; key[k]; k++)
            known = known || !strcmp(v->member[i].name, key[k]);
        if (known)
            continue;
        (void)snprintf(text, sizeof(text), "unknown key \"%.100s\"", v->member[i].name);
        blame(c, &v->member[i].value, pointer, text);
    }
}

static bool
has_title(const struct value *item)
{
    const struct value *title = value_get(item, "title");
    const char *zh = value_get_string(title, "zh"), *en = value_get_string(title, "en");

    return zh && *zh && en && *en;
}

/* A list of objects with a title and a unique text under @id. */
static void
check_list(const struct file_check *c, const struct value *data, const char *list, const char *id)
{
    const struct value *items = value_get(data, list);
    char pointer[60], text[200];

    (void)snprintf(pointer, sizeof(pointer), "/%s", list);
    if (!items || items->kind != VALUE_ARRAY || !items->n) {
        (void)snprintf(text, sizeof(text), "\"%s\" is missing or empty", list);
        blame(c, items ? items : data, items ? pointer : "", text);
        return;
    }
    for (uint32_t i = 0; i < items->n; i++) {
        const struct value *item = &items->item[i];
        const char *name = value_get_string(item, id);

        (void)snprintf(pointer, sizeof(pointer), "/%s/%u", list, i);
        if (!name || !*name || !has_title(item)) {
            (void)snprintf(text, sizeof(text), "an entry has \"%s\" and a title in both languages",
                           id);
            blame(c, item, pointer, text);
        } else if (organisation_find(data, list, id, name) != item) {
            (void)snprintf(text, sizeof(text), "\"%.100s\" is listed twice", name);
            blame(c, item, pointer, text);
        }
    }
}

/* Where a system is reached, and what signs its messages. */
static void
check_system(const struct file_check *c, const struct value *system, uint32_t place)
{
    struct delivery d;
    char pointer[200];
    struct error e;

    if (delivery_read(c->problems->arena, system, &d, &e))
        return;
    (void)snprintf(pointer, sizeof(pointer), "/systems/%u%s", place, e.pointer);
    blame(c, system, pointer, e.detail);
}

static void
check_organisation(const struct file_check *c)
{
    static const char *const top[] = {"departments", "districts", "roles", "systems", NULL};
    static const char *const role[] = {"id", "title", NULL};
    static const char *const department[] = {"id", "title", "calendar", "hours", NULL};
    static const char *const district[] = {"code", "title", "calendar", "hours", NULL};
    static const char *const of_system[] = {"id", "title", "algorithms", "delivery", NULL};

    static const char *const *const known[] = {department, district, role, of_system};

    check_members(c, c->o->data, top, "");
    for (size_t i = 0; top[i]; i++) {
        const struct value *items = value_get(c->o->data, top[i]);
        const bool systems = known[i] == of_system;

        check_list(c, c->o->data, top[i], strcmp(top[i], "districts") != 0 ? "id" : "code");
        for (uint32_t k = 0; items && items->kind == VALUE_ARRAY && k < items->n; k++) {
            check_members(c, &items->item[k], known[i], "");
            if (systems)
                check_system(c, &items->item[k], k);
        }
    }
}

/* Who leads an item is a department of the hall. */
static void
check_lead(const struct file_check *c, const struct value *item, const char *pointer)
{
    const struct value *lead = value_get(item, "lead");
    char text[200];

    for (uint32_t i = 0; lead && lead->kind == VALUE_ARRAY && i < lead->n; i++) {
        const char *id = lead->item[i].kind == VALUE_STRING ? lead->item[i].string : "";

        if (organisation_department(c->o, id))
            continue;
        (void)snprintf(text, sizeof(text), "there is no department \"%.100s\"", id);
        blame(c, &lead->item[i], pointer, text);
    }
}

static void
check_plan(const struct file_check *c)
{
    static const char *const top[] = {"source", "domains", "items", NULL};
    static const char *const key[] = {"number", "domain", "title", "lead", NULL};
    const struct value *items = value_get(c->o->plan, "items");
    char pointer[60];

    check_members(c, c->o->plan, top, "");
    check_list(c, c->o->plan, "items", "number");
    for (uint32_t i = 0; items && items->kind == VALUE_ARRAY && i < items->n; i++) {
        (void)snprintf(pointer, sizeof(pointer), "/items/%u", i);
        check_members(c, &items->item[i], key, pointer);
        check_lead(c, &items->item[i], pointer);
    }
}

void
organisation_check(const struct organisation *o, const char *data_file, const char *plan_file,
                   struct problems *problems)
{
    if (o->data)
        check_organisation(&(struct file_check){o, data_file, PROBLEM_BAD_ORGANISATION, problems});
    if (o->plan)
        check_plan(&(struct file_check){o, plan_file, PROBLEM_BAD_PLAN, problems});
}
