/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_EXPLORE_SEARCH_H
#define MACHINE_EXPLORE_SEARCH_H

#include "machine/explore_inside.h"

/* The search of explore.c, for the file that knows what can be tried in a state. */

/* One class of states: the case that came there first. */
struct node {
    uint32_t parent; /* NO_NODE: opened */
    struct exploring_move move;
    const char *state,
        *form; /* as stored; the scratch arena knows no case for longer than a step */
    size_t state_len, form_len;
    instant now;
    int32_t elsewhere; /* promises of the party that are broken in other cases then */
    bool ended, tried, looked_at, way_out, told; /* tried, but not looked at: it cannot be read */
    bool unsampled; /* for something that can perhaps be done there no input could be made */
    uint32_t n_way; /* moves that lead from it */
};
enum { NO_NODE = UINT32_MAX };

enum { BROKEN_MOST = 16 }; /* of broken promises in other cases no more are looked at */

struct way {
    uint32_t from, to;
};

struct search {
    const struct workflow *w;
    const struct calendar *calendar;
    const struct exploring *bounds;
    struct arena *a, scratch;
    instant start; /* of the lives */
    struct topics topics;
    struct inputs inputs;
    struct node *node;
    struct exploring_key *key; /* [n_node] */
    uint32_t *slot;            /* hash table of node numbers + 1 */
    uint32_t n_slot;
    uint32_t n_node;
    uint32_t *deep; /* nodes to go on with into the depths: the last first */
    uint32_t n_deep;
    struct way *way;
    uint32_t n_way;
    struct explored *out;
    struct counterexample *example;
    uint32_t now;                /* node being looked at */
    const struct case_state *at; /* its state */
    bool *orderless;             /* [step] */
    int32_t elsewhere;           /* of the party's promises in other cases so many are broken now */
    instant broken[BROKEN_MOST]; /* when: as the lives begin */
    struct value held;           /* what the party holds: all that somebody asks for */
};

/** The node of state @c, which is new when none is like it. */
uint32_t explored_node(struct search *s, const struct case_state *c, instant now,
                       const struct exploring_move *m);

/** The node being looked at leads to @to. */
void explored_way(struct search *s, uint32_t to);

/** Gives the command.  @return whether it was accepted; a fault of the definition is noted. */
bool explored_give(struct search *s, const struct case_state *c, struct command *cmd,
                   const struct exploring_move *m, struct outcome *out);

/* explore_try.c */
/** All that anybody, or an outside system, can do in @v. */
void explored_acts(struct search *s, const struct case_state *c, const struct visit *v);
/** All grounds on which a closed case can go on. */
void explored_reopenings(struct search *s, const struct case_state *c);
/** Into all lanes that it is not in, and out of the one it is in, where it matters. */
void explored_lanes(struct search *s, const struct case_state *c);
/** That somebody looks who asks, where that is not known. */
void explored_identity(struct search *s, const struct case_state *c);
/** That so many promises of the party are broken in other cases as somebody compares with. */
void explored_credit(struct search *s, const struct case_state *c);
/** All optional steps that can be started. */
void explored_starts(struct search *s, const struct case_state *c);

/* explore_dates.c */
/**
 * @input with its dates as far from the node being looked at as they were chosen
 * from the start, where somebody asks for the time: a date that is to come must
 * always be there to be given.
 */
const struct value *dates_moved(struct search *s, const struct form *form,
                                const struct value *input);

/* explore_materials.c */
/**
 * All that can become of the materials, as far as it matters; @apart: what goes
 * on in the branches asks nothing of them.
 */
void explored_materials(struct search *s, const struct case_state *c, bool apart);
/** @input of @action; a notice names all that it can.  NULL: nothing is missing. */
const struct value *materials_named(struct search *s, const struct case_state *c,
                                    const struct action *action, const struct value *input);

#endif
