/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_DEFINITION_H
#define DEFINITION_DEFINITION_H

#include "base/error.h"
#include "base/value.h"
#include "definition/department.h"
#include "definition/effect.h"
#include "definition/expression.h"
#include "definition/form.h"
#include "definition/limit.h"
#include "definition/organisation.h"
#include "definition/problem.h"
#include "definition/sorting.h"
#include "definition/table.h"
#include "definition/way.h"

/*
 * One version of one workflow, compiled: what the core walks over.
 *
 * Everything hangs in one definition arena, is written once by
 * definition_read() and never again, so any number of threads may read it.
 * Regions, steps, clocks, marks and grounds are referred to by their index;
 * NONE says "there is none".  Indices mean nothing outside one version: what is
 * stored names steps by path, clocks, marks and grounds by id.
 *
 * Regions are numbered breadth first: a region comes after the one around it,
 * and the branches of one parallel step stand side by side in the order of
 * their ids.  Steps are numbered region by region, in the order of their ids.
 */

/** Several persons who sign an action, each another; it happens with the last signature. */
struct signers {
    const char *const *role; /* [n]; NULL: all hold the step's role */
    uint16_t n;              /* 0: whoever acts, acts alone */
    bool ordered;            /* in the order of `role` */
};

/** What somebody may do in a step. */
struct action {
    const char *id;
    struct title title;
    struct target to;
    const struct expression *when; /* guard, or NULL */
    const char *why_zh, *why_en;   /* what to tell when the guard refuses; may be NULL */
    const struct form *input;      /* form of the input, or NULL: none is taken */
    const struct value *input_schema;
    struct signers signers;
    struct marks marks;
    struct effects effects;
    bool notice;       /* 一次性告知: input.missing lists the materials it asks for */
    const bool *about; /* notice: [n_material], which it could ask for; NULL: all */
    bool asks_paper;   /* it is a notice, or may lead into a step that stops by one (K7) */
    uint32_t line;
};

/** What silence means in law (K12): deemed accepted, renewed, lapsed … */
struct deem {
    const char *kind;  /* "accepted" */
    const char *basis; /* its legal basis, or NULL */
    enum { DEEMED_AT_ONCE, DEEMED_FROM_ENTRY, DEEMED_FROM_OPENING } from; /* from when it holds */
};

/** {"5 working days": {"to": …}}: a move, or a reminder when it goes nowhere, counted from entry.
 */
struct timer {
    struct limit limit;
    const struct expression *when; /* asked when it is due; NULL: always */
    struct target to;
    struct marks marks;
    struct effects effects;
    const char *basis;       /* legal basis of what silence effects here, or NULL */
    const struct deem *deem; /* what the silence means, or NULL */
    uint32_t line;
};

/** A message from outside that a step takes: {"on": {"NAME": {"from": …, "to": …}}}. */
struct hearing {
    const char *id;   /* the message's name */
    const char *from; /* the system it must come from */
    struct title title;
    struct target to;
    const struct expression *when; /* it is kept while this does not hold; NULL: always taken */
    const struct form *input;      /* form of its data, or NULL: none may come */
    const struct value *input_schema;
    struct limit expires; /* how long it is kept when it comes early; n == 0: with the case */
    struct marks marks;
    struct effects effects;
    uint32_t line;
};

/** What is put to the vote; who may vote is a list in the form (engine/machine/ballot.h). */
struct ballot {
    const char *roll;   /* field of the form: an array of objects, one for each voter */
    const char *voter;  /* their members: who, a text; */
    const char *weight; /* how much his vote weighs, an integer from 0; NULL: 1 */
    const char *group;  /* in which group he votes, one of `groups`; NULL: there are none */
    const char *const *groups;
    uint16_t n_group;
    const char *const *choice; /* ids */
    const struct title *choice_title;
    uint16_t n_choice;
    bool replace; /* he may vote again until it closes: the last vote counts */
    bool secret;  /* how he voted is shown to nobody */
};

struct overlay;

/** One arm of a conditional limit; the last has no condition. */
struct limit_arm {
    const struct expression *when; /* NULL: otherwise */
    const struct value *condition; /* `when` as written; NULL as it */
    struct limit limit;            /* n == 0 and `date` NULL: no limit in this case */
    const struct expression *date; /* {"date": expression}: due on that date; else NULL */
    uint32_t line;
};

enum clock_kind { CLOCK_PROMISED, CLOCK_STATUTORY };
enum stops_when { STOPS_WHEN_ALL, STOPS_WHEN_ANY, STOPS_WHEN_LEAD };

/**
 * The rule of a clock.  A case clock (scope NONE) runs once a case from mark
 * to mark.  A step's or stage's clock (scope = that step) lives for one visit;
 * there the marks `opened` and `closed` are the visit's entry and end.
 */
struct clock_rule {
    const char *id; /* "promised"; a step's `limit` is called by the step's path */
    struct title title;
    enum clock_kind kind;
    uint16_t scope;    /* step, or NONE for the case */
    bool is_limit;     /* came from `limit`, not from `clocks` */
    uint16_t from, to; /* marks */
    const struct limit_arm *arm;
    uint16_t n_arm;
    bool continuous; /* minutes and hours count round the clock */
    bool applicant;  /* the applicant's period: ends 24:00 */
    enum stops_when stops_when;
    const uint16_t *over; /* regions that drive it; NULL: all inside its scope */
    uint16_t n_over;
    bool per_department;      /* one for each holder whose turn it is, running while it is his */
    struct limit extension;   /* n == 0: cannot be extended */
    const char *extension_by; /* role */
    bool warns;               /* a blue card is issued before it is due */
    const char *exceeds;      /* acknowledged: may end after the statutory one; or NULL */
    const char *basis;
    uint32_t line;
};

struct ground {
    const char *id;
    struct title title;
    bool notice;  /* the written notice's document must be named */
    bool command; /* a clerk may stop a step on it by command; false: only steps that declare it */
    const char *basis;
    uint32_t line;
};

enum step_kind {
    STEP_TASK,     /* somebody acts */
    STEP_STAGE,    /* a region of its own */
    STEP_DECISION, /* the engine chooses the way at once */
    STEP_PARALLEL, /* branches, and a join */
    STEP_WAIT,     /* until a moment; objections are its actions */
    STEP_BALLOT,   /* until a moment; those on the roll vote */
    STEP_END       /* an outcome */
};

enum actor_kind {
    ACTOR_ROLE,      /* who holds the role, in the step's department and the case's district */
    ACTOR_APPLICANT, /* the applicant, or a window on his behalf */
    ACTOR_PUBLIC,    /* anybody */
    ACTOR_SYSTEM     /* an outside system */
};

/** The six words an applicant sees (DESIGN 4), in their order. */
enum public_status {
    PUBLIC_RECEIVED,
    PUBLIC_ACCEPTED,
    PUBLIC_IN_REVIEW,
    PUBLIC_SPECIAL,
    PUBLIC_DECIDED,
    PUBLIC_DELIVERED,
    PUBLIC_INHERIT /* not given: the enclosing step's, else in review */
};

struct decision_arm {
    const struct expression *when; /* NULL: otherwise; the last arm only */
    const struct value *condition; /* `when` as written; NULL as it */
    struct target to;
    const char *basis;
    const struct expression *give; /* of a table that collects: what this row gives, or NULL */
    uint32_t line;
};

enum join_kind { JOIN_ALL, JOIN_ANY, JOIN_COUNT, JOIN_WHEN };

/** Elements of a list that `foreach` makes branches of, at most. */
enum { FOREACH_MOST = 200 };

/** What leaving the step, or stopping it, does to child cases that still run: enum of bits. */
enum cascade { CASCADE_CANCEL = 1, CASCADE_WITHDRAW = 2, CASCADE_STOP = 4 };

/** Whether a step stands as the child cases it waits for do. */
enum children_stand { CHILDREN_STAND_APART, CHILDREN_STAND_ALL, CHILDREN_STAND_ANY };

/** Elements of a list that child cases are opened for, at most. */
enum { CHILDREN_MOST = 200 };

/** Child cases a step opens: one, or one for each element of a list of the form. */
struct children {
    const char *workflow;
    const char *each;           /* dotted path of the list in the form; NULL: one child */
    const char *as;             /* the form's member an element that is no object becomes; NULL */
    const struct named *member; /* [n_member]: members of the child's form, over the element's */
    uint16_t n_member;
    const struct other_party *other; /* for whom they are; NULL: this case's applicant */
    unsigned cascade;                /* enum cascade */
    enum children_stand stand;       /* the step stands when all that run do, or one */
    uint16_t ground;                 /* on this; NONE where it does not look at them */
};

struct step {
    const char *id;   /* "make" */
    const char *path; /* "services.seal.make": ids of the steps and branches around it */
    struct title title;
    uint16_t index;
    uint16_t region; /* the region it stands in */
    enum step_kind kind;
    enum public_status public;

    /* task, wait */
    enum actor_kind by;
    const char *role; /* role, or the system's name; NULL otherwise */
    const char
        *department; /* who does it: its own or that of the step around; NULL: the lead, or */
    const struct department_choice *choice; /* who is chosen at the entry; NULL: nobody */
    const struct action *action;
    uint16_t n_action;
    const uint16_t *distinct_from; /* steps whose last actor may not act here */
    uint16_t n_distinct_from;
    const struct timer *timer; /* `after`, sorted: moves before reminders, then by text */
    uint16_t n_timer;
    const struct reversal_rule *undo; /* told when its region is left from outside; NULL */
    bool awaits_undo; /* task: nobody acts in it before all that was taken back is answered */
    const struct hearing *on; /* messages it takes, by name */
    uint16_t n_on;
    uint16_t stops;                    /* ground for which it makes the clocks stand, or NONE */
    bool asks_paper;                   /* who leads into it may have to name a notice's document */
    const char *open_ended;            /* why it has neither limit nor timer; NULL when it has */
    const struct discretion *optional; /* somebody starts it beside its region's current step;
                                          NULL: moves lead to it */
    const struct foresight *prepare;   /* task: may be worked out ahead; NULL: it may not */

    /* wait for child cases: joined as branches are; NULL: for a time, or an action */
    const struct children *children;

    /* wait */
    struct limit wait;                   /* n == 0: until a date or only by an action */
    const struct expression *wait_until; /* date or date-time; NULL */
    const struct deem *deem;             /* what it means that the time has come, or NULL */

    /* ballot: `wait` or `wait_until` say when it closes, the arms where its result leads */
    const struct ballot *ballot;

    /* stage, parallel, wait: where to when it is through */
    struct target to;
    /* stage: one region; parallel: one a branch, in the order of their ids */
    uint16_t first_region, n_region;
    enum join_kind join;
    int32_t join_count;
    const struct expression *join_when; /* JOIN_WHEN: over the root `tally` */
    const char *join_of;                /* outcome that is counted; NULL: any */
    bool has_else;
    struct target otherwise;
    const struct expression *foreach; /* parallel: the list whose elements are its branches, of
                                         its one region each; NULL: `branches` */
    const char *foreach_field;        /* which field of the form that is: "departments" */

    /* decision */
    const struct decision_arm *arm; /* of a table: its rows, then its `else` */
    uint16_t n_arm;
    const struct decision_table *table; /* NULL: a plain list of arms */

    const char *outcome;    /* end */
    bool noted;             /* some expression or distinctFrom asks what happened here: a case
                               keeps its visits and who acted only then */
    struct marks marks;     /* set on entry */
    struct effects effects; /* `do`, on entry */
    uint16_t *clock;        /* rules whose scope this is */
    uint16_t n_clock;
    uint32_t line;
};

/** A set of steps of which one at a time is active: the case, a stage, a branch. */
struct region {
    const char *id;   /* the branch's or stage's id; "" for the case */
    const char *path; /* "services.seal"; "" for the case */
    struct title title;
    uint16_t owner;  /* the stage or parallel step, NONE for the case */
    uint16_t parent; /* the region the owner stands in, NONE for the case */
    uint16_t start;  /* step */
    uint16_t each;   /* the region of a `foreach` it is or lies in, NONE: it is one of a kind */
    bool noted;      /* some expression asks its outcome, which a case keeps only then */
    const struct expression *when; /* a branch's condition, decided once at entry */
    const struct value *condition; /* `when` as written; NULL as it */
    uint32_t line;
};

/**
 * A kind of certificate 证照 that cases of this workflow issue.  One of a kind is in force
 * in a case at a time: issuing it again replaces the earlier one.
 */
struct certificate_kind {
    const char *id;
    struct title title;
    const char *prefix;        /* its numbers begin with it: 1 to 8 of A-Z and 0-9 */
    const char *issuer;        /* department; NULL: the lead */
    const struct named *field; /* what it says */
    uint16_t n_field;
    struct limit valid;             /* in days, months or years from the day of issue; n == 0: */
    const struct expression *until; /* the last day it holds, a date; NULL: without end */
    uint16_t part_of;       /* kind of the comprehensive certificate it is a part of; NONE */
    const char *revoked_by; /* role that revokes and replaces it */
    const char *basis;
    uint32_t line;
};

/** Something the applicant has to hand in 材料, or the house to look up. */
struct material_kind {
    const char *id;
    struct title title;
    bool shared;                   /* from shared data: the house fetches it, nobody asks for it */
    const char *certificate;       /* kind of a certificate that stands for it; NULL */
    const struct expression *when; /* needed only then, decided at the opening; NULL: always */
    struct limit tolerance;        /* 容缺: how long it may be missing; n == 0: not at all */
    struct limit remind;     /* so long before that it is said once more; n == 0: not at all */
    struct effects reminder; /* what then is done */
    uint32_t remind_line;
    struct target lapse; /* where the case goes when it has not come by then; or nowhere */
    bool promise;        /* 告知承诺: a signed promise may stand for it */
    const struct expression *promise_when; /* the credit gate; NULL: whoever signs */
    const char *why_zh, *why_en;           /* what to tell when that does not hold; may be NULL */
    struct limit check;                    /* of the promise: by when; n == 0: not said */
    uint32_t
        file_kinds;    /* bits of file_kind.h: what it may be handed in as; 0: as the house says */
    int64_t file_most; /* bytes of a file; 0: as the house says */
    const char *basis;
    uint32_t line;
};

/** Given in every workflow. */
enum { MARK_OPENED, MARK_CLOSED, MARK_GIVEN };

struct workflow {
    const char *id;
    char hash[65];    /* SHA-256 of the canonical text: the version */
    const char *text; /* canonical JSON without $comment and $schema */
    size_t text_len;
    struct title title;
    const char *district; /* GB/T 2260 whose shorter limits it has (overlay.h); NULL: all's */
    const struct overlay *overlay; /* where those stand; NULL: none, or it was restored */
    const char *file;              /* where it was read from, for reports; may be NULL */
    const struct origin *origin;   /* the uses of fragments its lines speak of, for reports */
    uint32_t n_origin;
    const char *const *plan; /* numbers of the plan's measures */
    uint16_t n_plan;
    const char *const *law;
    uint16_t n_law;
    day from, until;              /* in force on days from <= d < until; until 0: open */
    struct limit retain;          /* how long a closed case is kept; n == 0: not said */
    const char *lead;             /* department */
    const char *const *applicant; /* kinds of applicant */
    uint16_t n_applicant;
    const char *const *open_by; /* roles that may open a case; default window */
    uint16_t n_open_by;
    const char *const *backdate_by; /* roles that may say it happened earlier (K3); default head and
                                       supervisor */
    uint16_t n_backdate_by;
    const char *unexplored; /* acknowledged: why it is believed sound though nobody has looked at
                               all states; NULL */
    bool explain_late;      /* acting in a step that is late needs an explanation */
    const struct form *form;
    const struct value *form_schema;
    const char *key;    /* field of the form by which messages find a case; NULL */
    const char *founds; /* name under "case." of a new enterprise's credit code; NULL: none */
    const struct ground *ground;
    uint16_t n_ground;
    const struct certificate_kind *certificate;
    uint16_t n_certificate;
    const struct material_kind *material;
    uint16_t n_material;
    const struct label_kind *label;
    uint16_t n_label;
    const struct priority_lane *lane; /* the most urgent first */
    uint16_t n_lane;
    const char *const *mark;
    uint16_t n_mark;
    const struct clock_rule *clock;
    uint16_t n_clock;
    const struct step *step;
    uint16_t n_step;
    const struct region *region; /* region 0 is the case */
    uint16_t n_region;
    bool takes_seed;               /* it has draws or ballots: commands need a seed */
    bool asks_identified;          /* an expression asks case.identified */
    bool asks_credit;              /* or case.brokenPromises */
    struct limit credit_within;    /* of these only what was found so lately counts; n == 0: all */
    const struct action *withdraw; /* {"to": …, "when": …}: the applicant's withdrawal, or NULL */
    const struct reopening_rule *reopen; /* [n_reopen]: grounds on which a closed case goes on */
    uint16_t n_reopen;
};

/** Finds by id or path; NONE when there is none. */
uint16_t workflow_step(const struct workflow *w, const char *path);
uint16_t workflow_region(const struct workflow *w, const char *path);
uint16_t workflow_ground(const struct workflow *w, const char *id);
uint16_t workflow_clock(const struct workflow *w, const char *id);
uint16_t workflow_mark(const struct workflow *w, const char *id);
uint16_t workflow_certificate(const struct workflow *w, const char *id);
uint16_t workflow_material(const struct workflow *w, const char *id);
uint16_t workflow_label(const struct workflow *w, const char *id);
uint16_t workflow_lane(const struct workflow *w, const char *id);

/** Whether it stays open until somebody acts or time passes, and holds no other step. */
static inline bool
step_is_leaf(const struct step *s)
{
    return s->kind == STEP_TASK || s->kind == STEP_WAIT || s->kind == STEP_BALLOT;
}

/** The action of @s called @id, or NULL. */
const struct action *step_action(const struct step *s, const char *id);

/** What @s does when @from sends message @id, or NULL. */
const struct hearing *step_hearing(const struct step *s, const char *from, const char *id);

/**
 * Whether @s takes message @id of system @from: it says so under `on`, or it is
 * that system's own step and the message its answer, one of the actions.
 */
bool step_takes(const struct step *s, const char *from, const char *id);

/** Whether some step of @w takes it. */
bool workflow_takes(const struct workflow *w, const char *from, const char *id);
/**
 * Whether @name can be what @s is called in a case: its path, where inside a
 * `foreach` the name of the element stands in the place of the branch's id.
 */
bool step_called(const struct workflow *w, const struct step *s, const char *name);

/** The step that can be called @name; NONE. */
uint16_t step_named(const struct workflow *w, const char *name);

/** The rule of a clock that is called @name in a case, in the same way, or NAME@DEPARTMENT; NONE.
 */
uint16_t rule_called(const struct workflow *w, const char *name);

/** Whether region @inner is @outer or lies inside it. */
bool region_within(const struct workflow *w, uint16_t inner, uint16_t outer);

/**
 * Whether a stay in step @s moves a clock of @rule within whose scope it is: it stands in one of
 * the regions named under `over`, and in no optional step inside that, which is beside the flow.
 */
bool rule_driven_by(const struct workflow *w, const struct clock_rule *rule, const struct step *s);

/** "received", "accepted", "in-review", "special", "decided", "delivered" */
const char *public_status_name(enum public_status p);
struct title public_status_title(enum public_status p);

struct calendar;

/**
 * Compiles one definition from its JSON (@source, read with lines) into arena
 * @a and checks everything of DESIGN 4 "Checked at load" but what takes the
 * date function: promise_check() of machine/promise.h.  Collects *all*
 * problems into @problems.  @source and @file must live as long as @problems;
 * the workflow keeps nothing of @source.  @calendar says how long a working
 * day is, for holding step limits against clocks.
 *
 * @return false, and no workflow, when one of the problems is an error.
 */
MUST_CHECK bool definition_read(struct arena *a, const struct value *source, const char *file,
                                const struct organisation *org, const struct calendar *calendar,
                                const struct workflow **out, struct problems *problems);

/**
 * Compiles a stored canonical text whose version was checked when it was published: without that,
 * and ERROR_DEFINITION_INVALID when it cannot be understood at all.
 */
MUST_CHECK bool definition_restore(struct arena *a, const char *text, size_t len,
                                   const struct workflow **out, struct error *e);

/** JSON pointer of a step, a region, a clock's rule in the definition's file. */
char *step_pointer(struct arena *a, const struct workflow *w, uint16_t step);
char *region_pointer(struct arena *a, const struct workflow *w, uint16_t region);
char *clock_pointer(struct arena *a, const struct workflow *w, uint16_t rule);

#endif
