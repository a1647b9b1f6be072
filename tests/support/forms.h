/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FORMS_H
#define TESTS_SUPPORT_FORMS_H

#include "definition/form.h"

/*
 * Forms for tests.  All memory is from forms_arena, released after each test
 * by forms_release(), a cmocka teardown.  Whatever is not expected ends the
 * test.
 */
extern struct arena forms_arena;
int forms_release(void **state);

/** Reads JSON in which single quotes stand for double ones. */
const struct value *forms_json(const char *text);

/** Compiles with formats asserted. */
const struct form *forms_compile(const char *schema);

/** All violations as "pointer keyword", one a line. */
const char *forms_wrong(const char *schema, const char *instance);

/** The only violation. */
struct violation forms_only(const char *schema, const char *instance);

/** Expects the schema to be refused at @pointer with a detail that holds @word. */
void forms_refused(const char *schema, const char *pointer, const char *word);

/** @piece, @n times. */
char *forms_repeat(const char *piece, size_t n);

#endif
