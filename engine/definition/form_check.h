/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_FORM_CHECK_H
#define DEFINITION_FORM_CHECK_H

#include "definition/form_node.h"

/*
 * One run of form_check(), shared by form_check.c (keywords), form_branch.c
 * (schemas that apply other schemas to the same value) and form_note.c (what
 * is noted).
 */
struct form_checker {
    struct arena *a;
    enum form_formats formats;
    struct pattern_work *work; /* made when the first pattern is met */
    struct violation *item;    /* room for one more than @room: the last may be hard */
    size_t n, room;
    size_t steps;
    int depth;
    bool quiet; /* only yes or no is asked: nothing is noted, @bad is set */
    bool bad;
    bool spent; /* out of steps: everything ends */
};

/** Notes what is wrong with @v by @node. */
void form_check_node(struct form_checker *c, const struct form_node *node, const struct value *v,
                     const struct form_path *at);

/** The keywords of @node that apply other schemas to the same value. */
void form_check_branches(struct form_checker *c, const struct form_node *node,
                         const struct value *v, const struct form_path *at);

/** Is @v valid by @node?  Notes nothing. */
bool form_holds(struct form_checker *c, const struct form_node *node, const struct value *v,
                const struct form_path *at);

/** Notes that keyword @k with the value @limit (may be NULL) is violated at @at. */
void form_note(struct form_checker *c, const struct form_path *at, enum form_keyword k,
               const struct value *limit);
void form_note_pattern(struct form_checker *c, const struct form_path *at,
                       const struct form_node *node);
void form_note_format(struct form_checker *c, const struct form_path *at, enum format f);

/** Notes that none of the alternatives @r of keyword @k holds, with what each wants first. */
void form_note_none(struct form_checker *c, const struct form_path *at, enum form_keyword k,
                    const struct form_rule *r, const struct value *v);

/**
 * Notes that something could not be decided within the bounds.  Noted even
 * where only yes or no is asked: under a `not` it must not become a yes.
 */
void form_note_hard(struct form_checker *c, const struct form_path *at, const char *keyword);

#endif
