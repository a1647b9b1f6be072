/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINE_CASE_H
#define MACHINE_CASE_H

#include "base/text.h"
#include "base/value.h"
#include "definition/almanac.h"
#include "definition/definition.h"
#include "machine/clock.h"
#include "machine/stuck_item.h"

/*
 * What the engine knows of one case: the sum of its facts.  A value in an
 * arena; machine_apply() makes the next one, nothing else changes it.
 *
 * The parts marked "index" are computed from the rest with the calendar
 * (case_index()); they are stored so that SQL can find cases by them.
 */

enum phase {
    PHASE_NONE,  /* not opened yet: what COMMAND_OPEN is decided on */
    PHASE_OPEN,  /* steps are active */
    PHASE_CLOSED /* it has an outcome; nothing is active */
};

/** A signature under an action that has not happened yet. */
struct signature {
    const char *action, *by;
    int32_t place;      /* among the action's signers, from 0 */
    struct value input; /* what is signed: the first one brings it; VALUE_NULL: nothing */
};

/** An active step: one stay in it. */
struct visit {
    int32_t id;     /* 1, 2, 3 … in the order of entering, unique within the case */
    int32_t parent; /* the visit of the stage or parallel around it; 0 for the case */
    uint16_t step;
    const char *element;    /* inside a list's branch: the element's name (names.h); else NULL */
    const char *department; /* chosen at the entry; NULL: it is as the definition says */
    instant entered;
    int64_t revision;     /* the case's when it was entered or last acted on */
    const char *holder;   /* who has claimed it; NULL */
    instant held_until;   /* claims end by themselves */
    const instant *timer; /* [step.n_timer]: when each comes due; INSTANT_NONE once fired */
    const char *hold;     /* why it waits (its clocks run on); NULL: it does not */
    instant hold_since;
    instant wait_until; /* wait, ballot: when it is through; INSTANT_NONE: not by time */
    bool wait_kept; /* its end is one of another version of the workflow: no calendar moves it */
    const char *calendar; /* version by which its timers and its wait count; NULL: none does, or
                             of before they named theirs */
    const char *votes; /* ballot: a letter for each on the roll, '-' or 'a' + choice; else NULL */
    const char *roll;  /* ballot: SHA-256 of the roll as it opened */
    const char *ballot_key; /* ballot: what its voting codes are made of; secret */
    const struct signature *signature;
    uint32_t n_signature;
};

/** A branch that was entered in a parallel step that is still active. */
struct branch {
    int32_t parent; /* the visit of the parallel step */
    uint16_t region;
    const char *element; /* of a list, or within one: the element's name; else NULL */
    struct value item;   /* of a list: the element itself */
    const char *outcome; /* NULL while it runs; "done" when left by $done; "cancelled" */
};

/** A legal interval in which an active step stands. */
struct stop {
    int32_t number; /* 1, 2, 3 … within the case */
    int32_t visit;  /* 0: the whole case, by its parent */
    uint16_t ground;
    bool declared;    /* by the step itself, its child cases or the parent, not by a stop command */
    instant from, to; /* to INSTANT_NONE: it holds; ended ones are kept while the visit lasts */
};

/** An interval in which the case's hall could not work (K13): all that ran stood. */
struct outage {
    int32_t number; /* the hall's */
    instant from, to;
    bool annulled; /* it was none: known, and nothing stands for it */
};

enum verdict {
    VERDICT_OPEN,
    VERDICT_ON_TIME,
    VERDICT_LATE,
    VERDICT_CANCELLED /* its region was left before it was late: in no rate */
};

/** A clock that runs or has run. */
struct case_clock {
    int32_t id; /* 1, 2, 3 … within the case */
    uint16_t rule;
    int32_t visit;          /* whose clock it is; 0 for a case clock */
    const char *department; /* whose time it measures, where each department has one; NULL */
    const char *calendar;   /* version by which it counts; NULL: of before clocks named theirs, the
                               house's */
    instant started, extended; /* extended 0: not, or by rules that did not ask when */
    struct limit limit;        /* chosen when it started; n == 0 and unit not DATE: none */
    struct limit extension;    /* n == 0: not extended */
    const struct stand *stand; /* when it stood; the last may be open (to INSTANT_NONE) */
    uint32_t n_stand;
    int32_t epoch;     /* rises when, and only when, the due date moves (K9) */
    bool late;         /* the card of being late was issued and is not void */
    int32_t fired;     /* epoch in which that card was issued; -1: none */
    bool warned;       /* a blue card was issued and is not void; only of clocks that warn */
    int32_t warned_in; /* epoch in which it was, or was taken over; 0: none */
    instant blue;      /* index: when it turns blue; INSTANT_NONE: not, or it does not warn */
    instant known_due; /* the last one that was not INSTANT_NONE: what epochs are told by */
    bool moved;        /* its course changed since case_index(); never stored */
    enum verdict verdict;
    instant ended;    /* INSTANT_NONE while it runs */
    instant due;      /* index; INSTANT_NONE while it stands or without a limit */
    day last_day;     /* index */
    bool provisional; /* index */
};

enum material_state {
    MATERIAL_MISSING,
    MATERIAL_NOT_NEEDED, /* by its condition, at the opening */
    MATERIAL_PRESENT,
    MATERIAL_FETCHED,   /* from shared data, or a certificate the party holds */
    MATERIAL_TOLERATED, /* 容缺: may be missing until a day */
    MATERIAL_PROMISED,  /* 告知承诺: a signed promise stands for it */
    MATERIAL_LAPSED,    /* it was tolerated and has not come */
    MATERIAL_BROKEN     /* the promise was false */
};

/** What is known of one material of the workflow. */
struct material {
    enum material_state state;
    bool sought;          /* it was looked for in shared data, in vain */
    bool asked;           /* a notice has named it */
    bool seen;            /* it could be judged when a notice went out that did not name it */
    bool overlooked;      /* seen, and missing now: asked for, it would be asked for too late */
    bool unchecked;       /* promised, and the deadline of the check has passed */
    bool restored;        /* what is broken below is made good, or was none */
    instant broken;       /* when a promise for it was found broken; INSTANT_NONE: never */
    instant remind;       /* tolerated: when its end is to be said once more; INSTANT_NONE */
    instant reminded;     /* when it was */
    instant until;        /* tolerated, promised: the deadline, of the check; INSTANT_NONE */
    instant since;        /* when that began; INSTANT_NONE: of before it was kept, or the limit
                             of another version of the workflow: no calendar moves it */
    const char *calendar; /* version by which it counts; NULL where `since` is none */
    instant granted;      /* was tolerated before it came: its `since` then, which stands again */
    instant grace;        /* and its `until`; INSTANT_NONE: no tolerance stands again */
    bool lapsed;          /* its tolerance had run out before it was recorded that it came, and what
                             follows of that has followed */
    const char *document; /* what shows it, or the reason of a refusal; NULL */
    struct value file;    /* uploaded: {"bytes", "id", "name", "sha256", "type"}; VALUE_NULL */
};

enum certificate_state {
    CERTIFICATE_IN_FORCE, /* whether its time is over is a question of now */
    CERTIFICATE_REVOKED,
    CERTIFICATE_REPLACED,    /* by a later one of the same kind */
    CERTIFICATE_PART_REVOKED /* of what it comprises, something was; it holds for the rest */
};

/** A certificate the case has issued. */
struct certificate {
    uint16_t kind;
    enum certificate_state state;
    instant issued;
    instant until;          /* the first moment it holds no more; INSTANT_NONE: without end */
    const char *of_another; /* it, or what it has replaced, took the place of that of another case;
                               NULL */
    const char *successor;  /* replaced by another case: what stands in its place there; NULL */
    instant ends; /* the first moment the successor holds no more; INSTANT_NONE: without end */
};

/** A certificate of another case that this one has replaced or revoked (machine/voids.h). */
struct voided {
    const char *kind, *number;
};

/** What is worked out for a step before the case has come to it (machine/prepare.h). */
struct preparation {
    uint16_t step;
    int32_t parent;       /* the visit around the region it is kept in; 0: the case */
    const char *element;  /* in whose branch of a list that is; NULL */
    const char *action;   /* NULL: the step may be prepared, and nothing is yet */
    const char *document; /* the draft, by its name; NULL */
    struct value input;   /* VALUE_NULL: none */
    const char *by;
    instant at;
};

/** What is told when the region in which it was sent is left from outside. */
struct reversal {
    int32_t number;        /* 1, 2, 3 … within the case */
    int32_t message;       /* that it takes back; 0: what people did in the step */
    uint16_t step;         /* in which it was sent */
    const char *element;   /* in whose branch of a list; NULL: in none */
    const int32_t *around; /* [n_around]: the stay in which it was sent, and those around it */
    uint32_t n_around;
    const char *system;
    struct value data;
};

/** A message that takes something back, and is not answered yet. */
struct undoing {
    int32_t message;
    const char *system;
};

/** A case this one has opened. */
struct child {
    int32_t number; /* 1, 2, 3 … in the order of asking; a further try has a new one */
    int32_t visit;  /* the step that waits for it; 0: none does any more */
    int32_t index;  /* which of the list, from 0: the same for all tries */
    const char *workflow;
    int64_t case_id;         /* 0: not opened yet */
    const char *case_number; /* NULL: not opened yet */
    const char *outcome;     /* NULL while it runs; "failed": it could not be opened */
    const char *why;         /* it could not be opened; NULL */
    bool apart;              /* opened by an effect: nothing ever waited for it */
    bool other;              /* it is another applicant's than this case */
    struct value form;       /* apart, not there yet: what it is opened with */
    struct value applicant;  /* the same, another's: who he is, as in struct relay */
    bool recalled;           /* it is to be withdrawn, as soon as it is there */
    bool stands;             /* as it said last, */
    int64_t heard;           /* in that record of its own; 0: it has said nothing of that */
};

/** The case that has opened this one. */
struct parent {
    int64_t case_id; /* 0: nobody has */
    const char *case_number;
    int32_t child;      /* its number there */
    bool listens;       /* it wants to know when this case stands and goes on */
    int64_t heard;      /* its record that said last whether it stands; 0: none has */
    int32_t generation; /* of this case: one more than the parent's; 0: no case has opened it, or
                           that was before generations were counted */
};

/** Cases that open others, which open others: so many generations at most, whatever the definitions
 * say. */
enum { GENERATIONS_MOST = 8 };

/** What became of a message from outside. */
enum letter_fate {
    LETTER_EARLY,   /* kept until a step takes it */
    LETTER_LATE,    /* its time is over: kept until a person decides */
    LETTER_TAKEN,   /* by a step */
    LETTER_EXPIRED, /* no step took it in time */
    LETTER_FILED    /* a person has decided that it has no effect */
};

/** At most so many in one case: each stays, so that none is taken twice. */
enum { LETTERS_MOST = 1000 };

/** A message that came from an outside system; it stays with the case, its data until its fate is
 * settled. */
struct letter {
    int32_t number;      /* 1, 2, 3 … within the case */
    const char *source;  /* system */
    const char *id;      /* its own for the message: unique */
    const char *name;    /* what kind of message: a name under `on`, or an action */
    uint16_t step;       /* the one it names; NONE */
    const char *element; /* and of which branch of a list; NULL */
    int32_t visit;       /* the stay it names, then the one that took it; 0 */
    instant at;          /* received */
    instant expires;     /* EARLY; INSTANT_NONE: never */
    struct value data;   /* EARLY, LATE; VALUE_NULL: none */
    enum letter_fate fate;
    const char *why; /* LATE, FILED; NULL */
};

/** Who asks 申请人身份, as far as the house knows; all zero: he stood before who opened the case.
 */
struct identity {
    bool claimed;         /* it is only said, and nobody of the house has looked yet */
    bool named;           /* by the case that has opened this one, whose applicant is another */
    const char *by;       /* who has looked; NULL: nobody since the opening */
    const char *document; /* at what */
    instant at;           /* 0: nobody has */
};

/** A seed that is decided, published as its hash only, and not yet used (machine/draw.h). */
struct commitment {
    const char *name; /* of the draw */
    const char *seed; /* 64 hex digits; secret until the draw is made */
    const char *hash; /* SHA-256 of the seed's text, as 64 hex digits */
};

/** That somebody acts for the applicant 帮办代办 (machine/mandates.h). */
struct mandate {
    int32_t number;       /* 1, 2, 3 … within the case */
    const char *account;  /* of the house; NULL: an agent from outside, with a code of his own */
    const char *kind;     /* "helper", "person", "enterprise" */
    const char *agent;    /* SHA-256 over a salt and who he is, which stand beside the chain; NULL:
                             his account says it */
    const char *document; /* that gives it; NULL: the applicant himself has */
    struct value scope;   /* array of words; VALUE_NULL: all but to withdraw */
    instant given, from;
    instant
        until; /* the first moment it holds no more; INSTANT_NONE: as long as the case is open */
    instant ended;   /* somebody ended it, or its case was closed and reopened; INSTANT_NONE */
    const char *why; /* he did; NULL */
};

/** Who of the house answers for the case to the applicant 首问负责 (machine/intake.h). */
struct first_handler {
    const char *account; /* NULL: */
    bool awaited;        /* nobody yet; else it was opened before they were recorded */
    instant since;
};

/** That it was closed and goes on; the last time. */
struct reopened {
    int32_t times;  /* 0: never */
    int64_t record; /* by which: no record up to it can be taken back */
    instant at;
    const char *ground;  /* of the workflow's; NULL: silence had moved it wrongly */
    const char *outcome; /* with which it was closed; NULL: it was open */
    int32_t last_clock;  /* clocks up to it are of the course before */
};

struct case_state {
    int64_t id;                 /* the database's; 0 before it is stored */
    const char *number;         /* case number 办件编号 */
    const char *district;       /* GB/T 2260 code of the hall's district */
    const char *handed_from;    /* district that handed it over, and the one that has it now has
                                   not accepted that yet; NULL */
    const char *applicant_kind; /* one of workflow.applicant; NULL where it lists none */
    struct identity identity;
    enum phase phase;
    const char *outcome;          /* when closed */
    enum public_status closed_as; /* decided, or delivered where the end says so */
    int64_t revision; /* accepted commands of people and systems; alarms and claims do not count */
    int64_t recorded; /* records so far: the number of the last */
    instant opened;
    instant moment; /* of the last record: time never runs back within a case */
    int32_t last_visit, last_stop, last_clock, last_message; /* numbers given so far */
    const instant *mark; /* [workflow.n_mark]: first time set, INSTANT_NONE when never */
    struct value form;   /* object */
    struct value vars;   /* what `set` wrote under case.*: object */
    struct value steps;  /* the root `step`: {"services":{"visits":1,"seal":{"outcome":"done"}}} */
    struct visit *visit;
    uint32_t n_visit;
    struct branch *branch;
    uint32_t n_branch;
    struct stop *stop;
    uint32_t n_stop;             /* holding ones, and ended ones of active visits */
    const struct outage *outage; /* in the order in which they were recorded */
    uint32_t n_outage;
    struct case_clock *clock; /* running ones, and ended case clocks; ended step clocks go */
    uint32_t n_clock;
    struct preparation *prepared; /* for steps ahead, and open ones until they are left */
    uint32_t n_prepared;
    struct reversal *reversal; /* what can be taken back, in the order it was sent */
    uint32_t n_reversal;
    int32_t last_reversal;
    struct undoing *undoing;
    uint32_t n_undoing;
    struct parent parent;
    struct child *child; /* the newest try of each, in the order of their numbers */
    uint32_t n_child;
    int32_t last_child;
    struct letter *letter; /* all that ever came, in the order of their numbers */
    uint32_t n_letter;
    const int32_t *annulled; /* records taken back: none twice */
    uint32_t n_annulled;
    struct certificate *certificate; /* all, in the order of issue: [i] has number i + 1 */
    uint32_t n_certificate;
    const uint16_t *withheld; /* kinds that are issued when somebody has looked who asks */
    uint32_t n_withheld;
    const struct stuck *stuck; /* in the order in which they got stuck */
    uint32_t n_stuck;
    const struct voided *voided; /* in the order in which it was done */
    uint32_t n_voided;
    const uint16_t *label; /* labels it has, ascending */
    uint32_t n_label;
    uint16_t lane;                       /* that it is in; NONE */
    struct material *material;           /* [workflow.n_material] */
    int32_t n_notice, n_late_notice;     /* notices of what is missing; those a reason allowed */
    bool notice_allowed;                 /* the next one may name what was overlooked */
    const struct commitment *commitment; /* of draws that are to come */
    uint32_t n_commitment;
    int32_t last_draw;    /* commitments and draws so far */
    int32_t contradicted; /* a visit left by silence in which somebody had acted in time; 0: none */
    struct reopened reopened;
    struct first_handler first;
    struct mandate *mandate; /* all, in the order of their numbers */
    uint32_t n_mandate;
    int64_t migrated; /* record by which it came to its version; 0: opened under it */
    instant alarm;    /* index: when the core must look again; INSTANT_NONE: never */
};

/**
 * Whether all calendars by which the clocks and periods of @c count are known to @calendar;
 * else @missing is the version of one that is not.  Without them nothing may be
 * decided or shown.
 */
bool case_calendars_known(const struct workflow *w, const struct case_state *c,
                          const struct calendar *calendar, const char **missing);

/** A copy whose arrays may be changed without touching @c; texts are shared. */
struct case_state *case_clone(struct arena *a, const struct workflow *w,
                              const struct case_state *c);

/** Recomputes everything marked "index" as of @now. */
void case_index(const struct workflow *w, struct case_state *c, const struct calendar *calendar,
                instant now, struct arena *a);

/** Whether its `until` brings something: a tolerance's end while open, the check of a promise. */
bool case_material_waits(const struct case_state *c, uint16_t i);

struct visit *case_visit(const struct case_state *c, int32_t id);      /* NULL when not active */
struct case_clock *case_clock(const struct case_state *c, int32_t id); /* NULL when gone */

/** Whether both are in the same lane and have the same labels, of one version. */
bool case_sorted_alike(const struct case_state *x, const struct case_state *y);

/** Whether a promise for it was found broken, and is not made good. */
bool credit_is_broken(const struct material *m);
/** Whether the same promises stand as broken in both, of one version. */
bool case_credit_alike(const struct workflow *w, const struct case_state *x,
                       const struct case_state *y);

/** Whether as much is known of both who asks: somebody looks once at most. */
bool case_identified_alike(const struct case_state *x, const struct case_state *y);

struct child *case_child(const struct case_state *c, int32_t number); /* NULL when there is none */

/** The letter that @source calls @id, or number @number; NULL: it never came. */
struct letter *case_letter_of(const struct case_state *c, const char *source, const char *id);
struct letter *case_letter(const struct case_state *c, int32_t number);
const char *letter_fate_name(enum letter_fate f); /* "early", "late", "taken", "expired", "filed" */

/** Whether @v is visit @container or inside it; every visit is inside 0. */
bool case_visit_inside(const struct case_state *c, const struct visit *v, int32_t container);

/**
 * The moment a period counts from that began at @t.  A move made by silence
 * happens at 24:00 of the last day, which is 00:00 of the next; what follows
 * it counts from that last day, so 00:00 sharp belongs to the day before.
 */
instant period_start(instant t);

/** The statutory clock of the case that runs, else the promised one; NULL when none runs. */
const struct case_clock *case_leading_clock(const struct workflow *w, const struct case_state *c);

/** Whether the clock stands at the case's last moment. */
bool case_clock_stands(const struct case_clock *k);

/** How @k is counted, by the version it names; without an extension that came too late (K8). */
struct counting case_counting(const struct workflow *w, const struct case_clock *k,
                              const struct calendar *calendar, struct arena *a);

/** What has happened to it: its start, as its unit counts, and when it stood. */
struct course case_course(const struct case_clock *k);

/** How far @k has come at @end, and when it is due given that it is @now. */
struct measure case_measure(const struct workflow *w, const struct case_clock *k,
                            const struct calendar *calendar, instant end, struct arena *a);
struct due case_due(const struct workflow *w, const struct case_clock *k,
                    const struct calendar *calendar, instant now, struct arena *a);

/** What the applicant is told (DESIGN 4 "Public status"). */
enum public_status case_public_status(const struct workflow *w, const struct case_state *c);

/**
 * Whose step it is: the department that was chosen at its entry, the one its definition names, or
 * the workflow's lead.  All that asks for the department of an open step asks here.
 */
const char *visit_department(const struct workflow *w, const struct visit *v);

enum colour { COLOUR_NONE, COLOUR_GREEN, COLOUR_BLUE, COLOUR_YELLOW, COLOUR_RED };

/**
 * The clock's colour at @now: blue when what remains is at most a fifth of the
 * limit or one working day (5 minutes of a limit in minutes), whichever is
 * more; yellow when a promise is broken, red when the law is.  Computed, never
 * stored (K9).
 * @source domain.md 3.3: thresholds used by city supervision rules
 */
enum colour case_clock_colour(const struct workflow *w, const struct case_clock *k,
                              const struct calendar *calendar, instant now, struct arena *a);
const char *colour_name(enum colour c);
const char *verdict_name(enum verdict v);

/** The state as canonical JSON without the form, which has a column of its own. */
void case_write(struct text *t, const struct workflow *w, const struct case_state *c);

/** Whether @state is in the words of before `wholeCase`; case_read() reads both. */
bool case_is_old(const struct value *state);

/**
 * Reads what case_write() wrote into @out, whose id and number the caller has
 * set.  @form is the form's own column.  Texts are borrowed from @state.
 * @return false with ERROR_INTERNAL when it does not fit the definition: a
 * damaged or foreign row, never a caller's fault.
 */
MUST_CHECK bool case_read(struct arena *a, const struct workflow *w, const struct value *state,
                          const struct value *form, struct case_state *out, struct error *e);

#endif
