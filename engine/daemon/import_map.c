/* SPDX-License-Identifier: Apache-2.0 */
/* Reads how a log is to be understood. */
#include "daemon/import_map.h"

#include <stdio.h>
#include <string.h>

#include "api/command.h"
#include "base/nearest.h"
#include "definition/json.h"

enum { RULES = 15 };

static const struct member_rule rules[RULES] = {
    {"$comment", VALUE_STRING, false, 0},  {"activities", VALUE_OBJECT, true, 0},
    {"activity", VALUE_STRING, true, 200}, {"applicant", VALUE_OBJECT, false, 0},
    {"case", VALUE_STRING, true, 200},     {"closed", VALUE_OBJECT, false, 0},
    {"district", VALUE_STRING, true, 6},   {"form", VALUE_OBJECT, false, 0},
    {"offset", VALUE_STRING, false, 6},    {"only", VALUE_OBJECT, false, 0},
    {"opened", VALUE_STRING, false, 200},  {"resource", VALUE_STRING, false, 200},
    {"source", VALUE_STRING, true, 100},   {"time", VALUE_STRING, true, 200},
    {"workflow", VALUE_STRING, true, 60},
};

static bool
read_closed(struct import_map *m, const struct value *v, struct error *e)
{
    static const struct member_rule rule[] = {{"action", VALUE_STRING, true, 60},
                                              {"column", VALUE_STRING, true, 200}};

    if (!v)
        return true;
    if (!body_check(v, "/closed", rule, 2, e))
        return false;
    m->closed = value_get_string(v, "column");
    m->close = value_get_string(v, "action");
    return true;
}

static bool
read_applicant(struct import_map *m, const struct value *v, struct error *e)
{
    static const struct member_rule rule[] = {{"code", VALUE_STRING, false, 200},
                                              {"kind", VALUE_STRING, false, 64},
                                              {"name", VALUE_STRING, false, 200}};

    if (!v)
        return true;
    if (!body_check(v, "/applicant", rule, 3, e))
        return false;
    m->kind = value_get_string(v, "kind");
    m->party = value_get_string(v, "code");
    m->name = value_get_string(v, "name");
    return true;
}

static bool
read_kind(const char *as, const char *at, enum import_kind *out, struct error *e)
{
    static const char *const word[] = {[IMPORT_TEXT] = "string",
                                       [IMPORT_INTEGER] = "integer",
                                       [IMPORT_BOOLEAN] = "boolean",
                                       [IMPORT_DATE] = "date",
                                       [IMPORT_MOMENT] = "date-time"};

    for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
        if (!as || !strcmp(as, word[i])) {
            *out = (enum import_kind)i;
            return true;
        }
    return error_at(e, ERROR_BAD_FILE, at,
                    "\"as\" is string, integer, boolean, date or date-time, not %s", as);
}

/* {"deadline": {"column": "due", "as": "date"}, …} */
static bool
read_form(struct arena *a, struct import_map *m, const struct value *v, struct error *e)
{
    static const struct member_rule rule[] = {{"as", VALUE_STRING, false, 20},
                                              {"column", VALUE_STRING, true, 200}};
    struct import_field *field = arena_array(a, v ? v->n : 0, struct import_field);

    for (uint32_t i = 0; v && i < v->n; i++) {
        const struct value *one = &v->member[i].value;
        const char *at = arena_printf(a, "/form/%.60s", v->member[i].name);

        if (!body_check(one, at, rule, 2, e) ||
            !read_kind(value_get_string(one, "as"), at, &field[i].kind, e))
            return false;
        field[i].name = v->member[i].name;
        field[i].column = value_get_string(one, "column");
        m->n_field++;
    }
    m->field = field;
    return true;
}

/* {"lifecycle:transition": "complete"} */
static bool
read_filter(struct arena *a, struct import_map *m, const struct value *v, struct error *e)
{
    struct import_filter *filter = arena_array(a, v ? v->n : 0, struct import_filter);

    for (uint32_t i = 0; v && i < v->n; i++) {
        if (v->member[i].value.kind != VALUE_STRING)
            return error_at(e, ERROR_BAD_FILE, "/only", "%s must be a string", v->member[i].name);
        filter[m->n_filter++] =
            (struct import_filter){.column = v->member[i].name, .value = v->member[i].value.string};
    }
    m->filter = filter;
    return true;
}

static bool
read_offset(struct import_map *m, const char *text, struct error *e)
{
    char moment[40];
    instant at;

    m->offset = 8 * SPAN_HOUR;
    if (!text)
        return true;
    (void)snprintf(moment, sizeof(moment), "1970-01-01T00:00:00%s", text);
    if (!instant_read(moment, strlen(moment), &at))
        return error_at(e, ERROR_BAD_FILE, "/offset", "offset is one of RFC 3339, as in +08:00");
    m->offset = -at;
    return true;
}

static bool
read_activities(struct import_map *m, const struct value *v, struct error *e)
{
    for (uint32_t i = 0; i < v->n; i++) {
        const enum value_kind kind = v->member[i].value.kind;

        if (kind != VALUE_STRING && kind != VALUE_NULL)
            return error_at(e, ERROR_BAD_FILE, "/activities", "%s must be an action's id or null",
                            v->member[i].name);
    }
    m->activities = *v;
    return true;
}

static bool
read_map(struct arena *a, const struct value *v, struct import_map *m, struct error *e)
{
    if (!body_check(v, "", rules, RULES, e) || !read_closed(m, value_get(v, "closed"), e) ||
        !read_applicant(m, value_get(v, "applicant"), e) ||
        !read_form(a, m, value_get(v, "form"), e) || !read_filter(a, m, value_get(v, "only"), e) ||
        !read_offset(m, value_get_string(v, "offset"), e) ||
        !read_activities(m, value_get(v, "activities"), e))
        return false;
    m->source = value_get_string(v, "source");
    m->workflow = value_get_string(v, "workflow");
    m->district = value_get_string(v, "district");
    m->case_id = value_get_string(v, "case");
    m->activity = value_get_string(v, "activity");
    m->time = value_get_string(v, "time");
    m->resource = value_get_string(v, "resource");
    m->opened = value_get_string(v, "opened");
    return true;
}

bool
import_map_read(struct arena *a, const char *path, struct import_map *out, struct error *e)
{
    struct value v;
    struct error why;

    *out = (struct import_map){.source = NULL};
    if (!json_read_named_file(a, path, &v, e))
        return false;
    return read_map(a, &v, out, &why) ||
           error_set(e, ERROR_BAD_FILE, "%.120s: %s%s%s", path, why.pointer,
                     *why.pointer ? ": " : "", why.detail);
}

static bool
has_action(const struct workflow *w, const char *id)
{
    for (uint16_t i = 0; i < w->n_step; i++)
        if (step_action(&w->step[i], id))
            return true;
    return false;
}

static bool
check_action(const struct workflow *w, const char *id, struct error *e)
{
    struct nearest n = nearest_to(id);

    if (has_action(w, id))
        return true;
    for (uint16_t i = 0; i < w->n_step; i++)
        for (uint16_t j = 0; j < w->step[i].n_action; j++)
            nearest_offer(&n, w->step[i].action[j].id);
    return error_set(e, ERROR_BAD_FILE, "no step of %s has action %s%s%s", w->id, id,
                     n.best ? "; did you mean " : "", n.best ? n.best : "");
}

bool
import_map_fits(const struct import_map *m, const struct workflow *w, struct error *e)
{
    for (uint32_t i = 0; i < m->activities.n; i++) {
        const struct value *action = &m->activities.member[i].value;

        if (action->kind == VALUE_STRING && !check_action(w, action->string, e))
            return false;
    }
    return !m->close || check_action(w, m->close, e);
}

bool
import_read_moment(const struct import_map *m, const char *text, instant *out)
{
    const size_t len = strlen(text);
    char moment[48];
    bool local;

    if (len < 16 || len > 40)
        return false;
    memcpy(moment, text, len + 1);
    if (moment[10] == ' ')
        moment[10] = 'T';
    if (len == 16) {
        memcpy(moment + 16, ":00", 4);
        local = true;
    } else {
        local = !strpbrk(moment + 16, "Zz+-");
    }
    if (local)
        memcpy(moment + strlen(moment), "Z", 2);
    if (!instant_read(moment, strlen(moment), out))
        return false;
    *out -= local ? m->offset : 0;
    return true;
}
