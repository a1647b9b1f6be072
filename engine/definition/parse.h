/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DEFINITION_PARSE_H
#define DEFINITION_PARSE_H

#include "definition/definition.h"

/*
 * Inside the reader of definitions: what its files share.  Others include
 * definition/definition.h.
 *
 * The reader works on places: a value together with the way to it, so that
 * every problem can name its line and JSON pointer.  Places live in a scratch
 * arena that dies with the reading.
 */
struct place {
    const struct place *up; /* NULL: the top */
    const char *key;        /* member of `up`; NULL: item number `index` of it */
    uint32_t index;
    const struct value *v;
};

/** What an expression may speak of besides form, case, step and now. */
struct speaker {
    const struct form *input;        /* the action's input form, NULL: no `input` */
    bool actor;                      /* somebody acts */
    bool by_hand;                    /* … in an action, and is told what is wrong with it */
    bool tally;                      /* branches are counted */
    uint16_t region;                 /* where it stands: what `each` is */
    const struct children *children; /* for each of these: what else `each` is; NULL */
    const struct step *step;         /* the step that has been entered, NULL: none */
    const struct ballot *ballot;     /* the ballot that was counted, NULL: none */
};

/** An expression that is to be proved when everything has been read. */
struct duty {
    const struct expression *x;
    const struct place *at;
    enum value_kind expected; /* VALUE_NULL: anything */
    struct speaker speaker;
    const char *variable; /* it is the value of `set` of "case." and this; else NULL */
    bool date;            /* @x is a date operation around what is written at @at */
};

/** A name of the case written by `set`. */
struct variable {
    const char *name;     /* what follows "case." */
    enum value_kind kind; /* when all its sets agree; else VALUE_NULL */
    bool date;            /* each of them gives a date or date-time */
};

/** A draw that is spoken of: it takes both a commit and a draw. */
struct named_draw {
    const char *name;
    const struct place *committed, *drawn; /* where first; NULL: nowhere */
};

struct parse {
    struct arena *arena;   /* the definition's */
    struct arena *scratch; /* dies with the reading */
    const char *file;
    const struct organisation *org; /* NULL: a stored version, nothing is held against it */
    struct problems *problems;
    struct workflow *w;

    /* parts of *w while they grow */
    struct step *step;
    struct region *region;
    struct clock_rule *clock;
    struct ground *ground;
    struct certificate_kind *certificate;
    bool *issued; /* [w->n_certificate]: some effect issues it */
    const char **mark;
    const struct place *founds;     /* where the key stands; NULL */
    const struct place **step_at;   /* [w->n_step]; NULL: of no kind, and enough is said */
    const struct place **region_at; /* [w->n_region] */

    struct duty *duty;
    uint32_t n_duty;
    struct variable *variable;
    uint32_t n_variable;
    struct named_draw *draw;
    uint32_t n_draw;
};

/* The tool (parse_place.c). */

/** The member called @key, or NULL when there is none. */
const struct place *place_get(struct parse *p, const struct place *at, const char *key);
const struct place *place_member(struct parse *p, const struct place *at, uint32_t i);
const struct place *place_item(struct parse *p, const struct place *at, uint32_t i);
char *place_pointer(struct arena *a, const struct place *at);

/** Reports a problem at @at. */
void complain(struct parse *p, const struct place *at, enum problem_number number, const char *what,
              ...) PRINTF(4, 5);

/** Reports what compiling or proving the value at @at found at @pointer within it. */
void complain_within(struct parse *p, const struct place *at, const char *pointer,
                     enum problem_number number, const char *what);

/** Reports unless @at is of that kind; NULL is no place and false. */
bool expect(struct parse *p, const struct place *at, enum value_kind kind);

/** A copy in @a without "$comment" wherever it stands, and at the @top without "$schema" (parse.c).
 */
struct value strip_comments(struct arena *a, const struct value *v, bool top);

/* The keys (parse_shape.c). */

enum { SHAPE_KEYS = 26 };

/** The keys an object may have. */
struct shape {
    const char *name;            /* as in definition.schema.json under $defs */
    const char *key[SHAPE_KEYS]; /* NULL at the end */
};
enum shape_id {
    SHAPE_DEFINITION,
    SHAPE_TITLE,
    SHAPE_SOURCE,
    SHAPE_EFFECTIVE,
    SHAPE_GROUND,
    SHAPE_CLOCK,
    SHAPE_EXTENSION,
    SHAPE_LIMIT_ARM,
    SHAPE_DATE,
    SHAPE_TASK,
    SHAPE_STAGE,
    SHAPE_DECISION,
    SHAPE_PARALLEL,
    SHAPE_FOREACH,
    SHAPE_WAIT,
    SHAPE_BALLOT,
    SHAPE_CASES,
    SHAPE_END,
    SHAPE_CHILDREN,
    SHAPE_OTHER_PARTY,
    SHAPE_UNTIL,
    SHAPE_BRANCH,
    SHAPE_JOIN,
    SHAPE_ARM,
    SHAPE_ACTION,
    SHAPE_SIGNERS,
    SHAPE_TIMER,
    SHAPE_ON,
    SHAPE_UNDO,
    SHAPE_DEEM,
    SHAPE_STOPS,
    SHAPE_STOPS_WHEN,
    SHAPE_SET,
    SHAPE_APPEND,
    SHAPE_SEND,
    SHAPE_ISSUE,
    SHAPE_REVOKE,
    SHAPE_OPEN,
    SHAPE_LABEL,
    SHAPE_LABELLING,
    SHAPE_FETCH,
    SHAPE_LANE,
    SHAPE_CERTIFICATE,
    SHAPE_CHOICE,
    SHAPE_MATERIAL,
    SHAPE_PROMISE,
    SHAPE_FILE,
    SHAPE_COMMIT,
    SHAPE_VOTING,
    SHAPE_DRAW,
    SHAPE_WITHDRAW,
    SHAPE_OPTIONAL,
    SHAPE_PREPARE,
    SHAPE_REOPEN,
    SHAPE_CREDIT,
    SHAPE_REMIND,
    SHAPE_TABLE,
    SHAPE_INPUT,
    SHAPE_ROW,
    SHAPE_RANGE,
    SHAPE_NOT,
    SHAPE_ELSE,
    SHAPE_USE,
    SHAPE_FRAGMENT,
    SHAPE_PARAMETER,
    SHAPE_COUNT
};
const struct shape *shape_of(enum shape_id id);

/** Reports keys @at has and @id does not know; false too when @at is no object. */
bool shape_check(struct parse *p, const struct place *at, enum shape_id id);

/** The word of the NULL-terminated @list nearest to @word, when near enough; else NULL. */
const char *nearest(const char *word, const char *const *list);

/* Values (parse_value.c). */

/** The string member @key; reports one of another kind, and a missing one when @needed. */
const char *read_text(struct parse *p, const struct place *at, const char *key, bool needed);
bool read_flag(struct parse *p, const struct place *at, const char *key);

/** Strings of the member @key, a string or a list of them. */
const char *const *read_texts(struct parse *p, const struct place *at, const char *key,
                              uint16_t *n);
/** The place of the @i-th string of what read_texts() read. */
const struct place *texts_item(struct parse *p, const struct place *at, const char *key,
                               uint16_t i);

/** The index of the member's text in the NULL-terminated @words; @otherwise when absent. */
int read_word(struct parse *p, const struct place *at, const char *key, const char *const *words,
              int otherwise);

/** Lower-case letters, digits and single hyphens. */
bool is_id(const char *text);
bool check_id(struct parse *p, const struct place *at, const char *id);

/** The member `title`. */
struct title read_title(struct parse *p, const struct place *at, bool needed);
bool read_limit(struct parse *p, const struct place *at, struct limit *out);
bool read_day(struct parse *p, const struct place *at, day *out);

/* Expressions and forms (parse_prove.c). */

/** Compiles the expression at @at (NULL: none); it is proved by prove_all(). */
const struct expression *read_expression(struct parse *p, const struct place *at,
                                         enum value_kind expected, struct speaker who);
/** As read_expression(), of what must be a date or a date-time; nobody acts. */
const struct expression *read_date(struct parse *p, const struct place *at, uint16_t region);
const struct form *read_form(struct parse *p, const struct place *at, const struct value **schema);
/** As read_form(), but knows the short form {"required": […]} of an action's input. */
const struct form *read_input(struct parse *p, const struct place *at, const struct value **schema);
/** The value that `set` writes to @name, "form.x" or "case.x". */
const struct expression *read_set(struct parse *p, const struct place *at, const char *name,
                                  struct speaker who);
void prove_all(struct parse *p);
/** The name of the case that is "case.@name" and that the author sets; NULL: he does not. */
struct variable *parse_variable(const struct parse *p, const char *name);

/* What is asked for (parse_note.c). */
/** Marks the steps and branches whose past somebody asks for; the workflow must be whole. */
void note_all(struct parse *p);

/* What leads to a written notice (parse_paper.c). */
/** Marks the actions and steps that may ask for its document; the workflow must be whole. */
void find_papers(struct parse *p);
/**
 * The step with a notice into which a move to @to out of @of may lead without anybody acting in
 * between; NONE: there is none.
 */
uint16_t notice_behind(const struct workflow *w, const struct step *of, struct target to,
                       struct arena *scratch);

/* Parts of steps (parse_action.c). */
/** The member `to`, seen from inside @region; nowhere when there is none. */
struct target read_target(struct parse *p, const struct place *at, const char *key,
                          uint16_t region);
/** The same seen from step @s: an optional one is left by "$done" wherever it stands. */
struct target read_way(struct parse *p, const struct place *at, const char *key,
                       const struct step *s);
/** The step called @id in @region or one around it; NONE. */
uint16_t find_step(const struct parse *p, uint16_t region, const char *id);
/** The same, or of another region by its path; @one is blamed where there is none. */
uint16_t find_path(struct parse *p, const struct place *one, uint16_t region, const char *id);
/** Reports a list of arms of which not just the last has no `when`. */
void check_choice(struct parse *p, const struct place *list);
struct marks read_marks(struct parse *p, const struct place *at);
/** Appends one effect to the list being read. */
void add_effect(struct parse *p, struct effects *out, struct effect x);
struct effects read_effects(struct parse *p, const struct place *at, struct speaker who);
void read_actions(struct parse *p, const struct place *at, struct step *s);
const struct deem *read_deem(struct parse *p, const struct place *at); /* NULL: none */
void read_timers(struct parse *p, const struct place *at, struct step *s);
/* What takes back what was sent (parse_undo.c); @system: of what is taken back, or NULL. */
const struct reversal_rule *read_undo(struct parse *p, const struct place *at, const char *system,
                                      struct speaker who);
/** `undo` and `awaits` of a step. */
void read_step_undo(struct parse *p, const struct place *at, struct step *s);
/* The data of a message: one expression, or named ones (parse_action.c). */
void read_data(struct parse *p, const struct place *at, struct speaker who, struct effect *x);
/** The member `ground` of @at, which must name one of the workflow's; NONE. */
uint16_t read_ground(struct parse *p, const struct place *at);
/* Child cases (parse_cases.c), and {"open": WORKFLOW, "form": {…}, "when": …}. */
void read_open(struct parse *p, const struct place *at, struct speaker who, struct effects *out);
void read_cases(struct parse *p, const struct place *at, struct step *s);
/* {"append": {"form.LIST": element}, "when": …} (parse_append.c). */
void read_append(struct parse *p, const struct place *at, struct speaker who, struct effects *out);
/* As a list is read that may be one expression (parse_action.c). */
const struct named *read_named(struct parse *p, const struct place *at, struct speaker who,
                               uint16_t *n);
/* {"count": n, "of": …} of at most @most (parse_step.c); `to` and `else` too. */
void read_join(struct parse *p, const struct place *at, struct step *s, int32_t most);
/* What a task and a wait have in common (parse_step.c). */
void read_acting(struct parse *p, const struct place *at, struct step *s);
/** The member `why` of a condition, for people: both texts, or neither. */
void read_why(struct parse *p, const struct place *at, const char **zh, const char **en);
/* Steps at somebody's discretion (parse_optional.c). */
void read_optional(struct parse *p, const struct place *at, struct step *s);
/* What may be worked out ahead (parse_prepare.c). */
void read_prepare(struct parse *p, const struct place *at, struct step *s);
/* Grounds on which a closed case is opened again (parse_reopen.c); the steps are read before. */
void read_reopen(struct parse *p, const struct place *top);
/* Messages (parse_on.c). */
void read_hearings(struct parse *p, const struct place *at, struct step *s);
const struct action *read_withdraw(struct parse *p, const struct place *at);

/* What a ballot step says (parse_ballot.c). */
void read_ballot(struct parse *p, const struct place *at, struct step *s);
/** What is known of a path under `tally` of ballot @b. */
struct known know_ballot(const struct ballot *b, const char *path);
/** The arms of a decision, or of a ballot's result, which may speak of its tally. */
void read_arms_of(struct parse *p, const struct place *list, struct speaker who, struct step *s);

/* Random draws (parse_draw.c): {"commit": NAME} and {"draw": NAME, …}. */
void read_commit(struct parse *p, const struct place *at, struct speaker who, struct effects *out);
void read_draw(struct parse *p, const struct place *at, struct speaker who, struct effects *out);
/** Reports a draw that is never committed to, or never made. */
void check_draws(struct parse *p);

/* Regions and steps (parse_region.c, parse_step.c). */
void read_structure(struct parse *p, const struct place *top);
void read_steps(struct parse *p);

/** The table at @at becomes arms of decision @s (parse_table.c). */
void read_table(struct parse *p, const struct place *at, struct step *s);

/* Clocks (parse_clock.c). */
uint16_t mark_index(struct parse *p, const char *name); /* gives it a number when new */
/** @region: where the clock's step stands; 0 for a clock of the case. */
const struct limit_arm *read_arms(struct parse *p, const struct place *at, uint16_t region,
                                  uint16_t *n);
void read_clocks(struct parse *p, const struct place *at, uint16_t scope);
void read_step_limit(struct parse *p, const struct place *at, uint16_t step);

/* Labels and lanes (parse_sort.c); before whatever speaks of them. */
void read_labels(struct parse *p, const struct place *top);
void read_lanes(struct parse *p, const struct place *top);
/** {"label": ID, "remove": true, "when": …}: appends the effect to @out. */
void read_label(struct parse *p, const struct place *at, struct speaker who, struct effects *out);

/* Materials (parse_material.c). */
void read_materials(struct parse *p, const struct place *top);
/** {"material": ID, "from": EXPR, "when": …}: appends the effect to @out. */
void read_fetch(struct parse *p, const struct place *at, struct speaker who, struct effects *out);
/** The flag `notice` of @a, whose input must list materials. */
void read_notice(struct parse *p, const struct place *at, struct action *a);

/* Certificates (parse_certificate.c). */
void read_certificates(struct parse *p, const struct place *top);
/** {"issue": kind, "replaces": …, "when": …}: appends the effect to @out. */
void read_issue(struct parse *p, const struct place *at, struct speaker who, struct effects *out);
/** {"revoke": kind the party holds, "when": …}: likewise. */
void read_revoke(struct parse *p, const struct place *at, struct speaker who, struct effects *out);
/** Reports kinds that nothing issues; all steps must have been read. */
void check_issued(struct parse *p, const struct place *top);

/* Roles and the like (parse_value.c): report what organisation.json does not know. */
void check_role(struct parse *p, const struct place *at, const char *role);
/**
 * Who does it: what the step says, a department or the field that chooses one, else what the
 * nearest step around it says, which has been read (parse_department.c).
 */
void read_department(struct parse *p, const struct place *at, struct step *s);
/** The schema of the form's field at dotted @path, as far as it is written in place; NULL. */
const struct value *field_schema(const struct parse *p, const char *path);
void check_department(struct parse *p, const struct place *at, const char *department);
void check_system(struct parse *p, const struct place *at, const char *system);

#endif
