/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_MATERIALS_HELP_H
#define TESTS_UNIT_MATERIALS_HELP_H

/* An office that asks for four materials, each of another kind, and gives a permit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "machine/materials.h"
#include "tests/support/desk.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

#define T "'title': {'zh': '材', 'en': 'M'}"

static inline void
office(void)
{
    desk_define(
        "'form': {'required': ['big', 'good'], 'properties': {'big': {'type': 'boolean'}, 'good':"
        " {'type': 'boolean'}}}, 'materials': [{'id': 'articles', " T ", 'tolerance':"
        " '5 working days', 'lapse': 'refused'}, {'id': 'lease', " T ", 'tolerance': '3 days',"
        " 'promise': {'when': {'var': 'form.good'}, 'check': '2 months'}}, {'id': 'plan', " T ","
        " 'when': {'var': 'form.big'}}, {'id': 'licence', " T ", 'from': 'shared-data',"
        " 'certificate': 'permit'}], 'certificates': {'permit': {'number': 'P', 'content': {'n': "
        "'x'}}},"
        " 'start': 't', 'steps': {'t': {'by': 'window', 'actions': {'notice': {'notice': true,"
        " 'input': {'type': 'object', 'required': ['missing'], 'properties': {'missing': {'type':"
        " 'array', 'minItems': 1, 'items': {'type': 'string'}}}}}, 'hand-out': {'to': 'end', "
        "'when':"
        " {'===': [{'var': 'case.owed'}, 0]}, 'do': [{'issue': 'permit'}]}}}, 'end': {'end':"
        " 'granted'}, 'refused': {'end': 'refused'}}");
    desk_open("{'big': false, 'good': true}");
}

static inline struct command
with(const char *who, const char *verb, const char *material)
{
    struct command cmd = desk_command(COMMAND_MATERIAL, who);

    cmd.action = verb;
    cmd.material = material;
    return cmd;
}

static inline struct command
notice(const char *missing)
{
    struct command cmd = desk_action("window", "notice", NULL);

    cmd.input = *desk_json(arena_printf(&desk.arena, "{'missing': [%s]}", missing));
    return cmd;
}

static inline enum material_state
state_of(const char *id)
{
    return desk.c->material[workflow_material(desk.w, id)].state;
}

#endif
