/* SPDX-License-Identifier: Apache-2.0 */
/* Grounds and holders as people call them. */
#include "machine/titles.h"

#include <string.h>

#include "definition/definition.h"
#include "machine/clock.h"
#include "machine/stands.h"

struct title
ground_title(const struct workflow *w, const char *ground)
{
    uint16_t i;

    if (!strcmp(ground, ground_outage))
        return (struct title){.zh = "系统故障", .en = "outage of the systems"};
    if (!strcmp(ground, elsewhere))
        return (struct title){.zh = "不在本部门", .en = "not with this department"};
    i = w ? workflow_ground(w, ground) : NONE;
    return i == NONE ? (struct title){.zh = ground, .en = ground} : w->ground[i].title;
}

struct title
holder_title(const struct organisation *o, const char *name)
{
    const struct value *known = NULL;
    const char *zh, *en;

    if (!strcmp(name, "applicant"))
        return (struct title){.zh = "申请人", .en = "the applicant"};
    if (!strcmp(name, "public"))
        return (struct title){.zh = "公众", .en = "the public"};
    if (o && !(known = organisation_department(o, name)))
        known = organisation_system(o, name);
    zh = value_get_string(value_get(known, "title"), "zh");
    en = value_get_string(value_get(known, "title"), "en");
    return (struct title){.zh = zh ? zh : name, .en = en ? en : name};
}
