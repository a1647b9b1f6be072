/* SPDX-License-Identifier: Apache-2.0 */
/* Holds an export of facts against an anchor: what is missing, changed, moved or new? */
#include "store/evidence_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/types.h>

#include "store/evidence.h"

/* One of the two files, a line ahead. */
struct reader {
    const char *what; /* "the export", "the anchor" */
    FILE *f;
    char *bytes; /* of getline() */
    size_t cap;
    int64_t n_line;
    struct arena arena; /* of the line */
    struct evidence line;
    bool ended;           /* by its last line */
    int64_t cases, facts; /* so far */
    int64_t id;           /* of the case before */
};

struct check {
    struct reader facts, anchor;
    struct evidence_report *report;
    bool part;        /* the export has only some of the cases */
    int64_t anchored; /* the anchor's horizon */
    struct arena say;
};

/* The case under way. */
struct chain {
    const struct evidence *expected; /* what the anchor says of it; NULL: nothing */
    char number[64];
    int64_t n; /* facts so far */
    int64_t journal;
    uint8_t head[HASH_SIZE];
    bool broken;   /* told already */
    int64_t n_old; /* of them, not younger than the anchor */
};

PRINTF(3, 4) static void found(struct check *k, const char *number, const char *format, ...)
{
    char why[300];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    k->report->wrong++;
    if (k->report->found)
        k->report->found(k->report->arg, number, why);
}

/* The next line; what is beside the chain is passed over. */
static bool
next_line(struct check *k, struct reader *r, struct error *e)
{
    ssize_t len;

    arena_reset(&r->arena);
    r->line = (struct evidence){.kind = EVIDENCE_END};
    len = getline(&r->bytes, &r->cap, r->f);
    if (len < 0 && ferror(r->f))
        return error_set(e, ERROR_BAD_FILE, "%s cannot be read", r->what);
    if (len < 0) {
        if (!r->ended)
            found(k, NULL, "%s ends before its last line: it was cut off", r->what);
        r->ended = true;
        return true;
    }
    r->n_line++;
    if (len > 0 && r->bytes[len - 1] == '\n')
        len--;
    if (!evidence_read(&r->arena, r->bytes, (size_t)len, &r->line, e)) {
        struct error why = *e;

        return error_set(e, ERROR_BAD_FILE, "%s, line %" PRId64 ": %s", r->what, r->n_line,
                         why.detail);
    }
    return true;
}

static bool
next(struct check *k, struct reader *r, struct error *e)
{
    do
        if (!next_line(k, r, e))
            return false;
    while (r->line.kind == EVIDENCE_ROW);
    return true;
}

/* The last line says how many there were; nothing follows it. */
static bool
end_of(struct check *k, struct reader *r, struct error *e)
{
    if (r->ended)
        return true;
    if (r->line.cases != r->cases || r->line.facts != r->facts)
        found(k, NULL,
              "%s says it has %" PRId64 " cases and %" PRId64 " facts, and has %" PRId64
              " and %" PRId64,
              r->what, r->line.cases, r->line.facts, r->cases, r->facts);
    r->ended = true;
    if (getline(&r->bytes, &r->cap, r->f) >= 0)
        found(k, NULL, "%s goes on behind its last line", r->what);
    return !ferror(r->f) || error_set(e, ERROR_BAD_FILE, "%s cannot be read", r->what);
}

static bool
begin(struct check *k, struct reader *r, enum evidence_kind kind, struct error *e)
{
    return next(k, r, e) &&
           (r->line.kind == kind ||
            error_set(e, ERROR_BAD_FILE, "%s does not begin as one does", r->what));
}

/* --- the anchor --- */

/* Takes the anchor's next case: in `line`, or its end. */
static bool
next_anchored(struct check *k, struct error *e)
{
    struct reader *r = &k->anchor;

    if (r->line.kind == EVIDENCE_CASE)
        r->id = r->line.id;
    if (!next(k, r, e))
        return false;
    if (r->line.kind == EVIDENCE_END)
        return end_of(k, r, e);
    if (r->line.kind != EVIDENCE_CASE)
        return error_set(e, ERROR_BAD_FILE, "the anchor, line %" PRId64 ": it is of another file",
                         r->n_line);
    if (r->line.id <= r->id)
        return error_set(e, ERROR_BAD_FILE,
                         "the anchor, line %" PRId64 ": its cases are not in their order",
                         r->n_line);
    r->cases++;
    r->facts += r->line.fact;
    return true;
}

/* Cases of the anchor before @id are not in the export. */
static bool
skip_to(struct check *k, int64_t id, struct error *e)
{
    while (k->anchor.line.kind == EVIDENCE_CASE && k->anchor.line.id < id) {
        if (!k->part)
            found(k, k->anchor.line.number,
                  "the case is missing: the anchor has it with %" PRId64 " facts",
                  k->anchor.line.fact);
        if (!next_anchored(k, e))
            return false;
    }
    return true;
}

/* --- a case --- */

/* What is wrong with the place of fact @f, or NULL. */
static const char *
misplaced(struct check *k, const struct chain *c, const struct evidence *f)
{
    if (f->fact > c->n + 1)
        return arena_printf(&k->say, "fact %" PRId64 " is missing: fact %" PRId64 " stands there",
                            c->n + 1, f->fact);
    if (f->fact <= c->n)
        return arena_printf(&k->say,
                            "fact %" PRId64 " stands after fact %" PRId64
                            ": facts were inserted or change places",
                            f->fact, c->n);
    if (f->journal < c->journal)
        return arena_printf(&k->say, "fact %" PRId64 " is older than the one before", f->fact);
    return NULL;
}

/* What is wrong with what fact @f says, or NULL; c->head becomes its hash. */
static const char *
altered(struct check *k, struct chain *c, const struct evidence *f)
{
    const struct evidence *x = c->expected;
    const bool old = f->journal <= k->anchored;

    digest_chain(c->head, f->record, f->record_len);
    if (memcmp(c->head, f->hash, HASH_SIZE) != 0)
        return arena_printf(&k->say,
                            "fact %" PRId64
                            " does not follow from those before it: it was changed, or one before "
                            "it was changed, inserted or taken out",
                            f->fact);
    if (old && !x)
        return "the anchor does not have this case: it was inserted";
    if (old && f->fact > x->fact)
        return arena_printf(
            &k->say, "fact %" PRId64 " was not there when the anchor was made: inserted", f->fact);
    if (x && f->fact == x->fact && memcmp(c->head, x->hash, HASH_SIZE) != 0)
        return arena_printf(&k->say,
                            "its chain is whole but at fact %" PRId64
                            " has another head than the anchor: it was written anew",
                            f->fact);
    if (!old && x && f->fact <= x->fact)
        return arena_printf(&k->say, "fact %" PRId64 " says it is younger than the anchor has it",
                            f->fact);
    return NULL;
}

static void
take_fact(struct check *k, struct chain *c, const struct evidence *f)
{
    const char *why = NULL;

    k->report->facts++;
    if (f->journal > k->anchored)
        k->report->later++;
    else
        c->n_old++;
    if (!c->broken) {
        why = misplaced(k, c, f);
        if (!why)
            why = altered(k, c, f);
    }
    if (why) {
        found(k, c->number, "%s", why);
        c->broken = true;
    }
    c->n = f->fact;
    c->journal = f->journal;
}

static void
end_case(struct check *k, const struct chain *c)
{
    const struct evidence *x = c->expected;

    if (x && c->n_old < x->fact)
        found(k, c->number, "it has %" PRId64 " facts of the anchor's %" PRId64 ": %s", c->n_old,
              x->fact, c->broken ? "some were taken out" : "the last were taken out");
    else if (x && strcmp(c->number, x->number) != 0)
        found(k, c->number, "the anchor calls it %s", x->number);
    else if (x && c->n_old > x->fact)
        found(k, c->number, "it has %" PRId64 " facts, the anchor %" PRId64 ": some were inserted",
              c->n_old, x->fact);
}

/* The lines of one case, from the first of them on. */
static bool
take_case(struct check *k, struct error *e)
{
    const int64_t id = k->facts.line.id;
    const bool out_of_order = id <= k->facts.id;
    struct chain c = {0};

    (void)snprintf(c.number, sizeof(c.number), "%s", k->facts.line.number);
    arena_reset(&k->say);
    if (out_of_order) {
        found(k, c.number,
              "its facts stand in the export where others should: lines change places");
        c.broken = true;
    } else if (!skip_to(k, id, e)) {
        return false;
    }
    if (!out_of_order && k->anchor.line.kind == EVIDENCE_CASE && k->anchor.line.id == id)
        c.expected = &k->anchor.line;
    k->report->cases++;
    k->facts.cases++;
    while (k->facts.line.kind == EVIDENCE_FACT && k->facts.line.id == id) {
        k->facts.facts++;
        take_fact(k, &c, &k->facts.line);
        if (!next(k, &k->facts, e))
            return false;
    }
    end_case(k, &c);
    if (!out_of_order)
        k->facts.id = id;
    return !c.expected || next_anchored(k, e);
}

/* A case that is told to be gone: how its chain ended must be as the anchor has it. */
static bool
take_purged(struct check *k, struct error *e)
{
    const struct evidence *f = &k->facts.line, *x = &k->anchor.line;
    const bool out_of_order = f->id <= k->facts.id;

    if (out_of_order)
        found(k, f->number, "its line stands where others should");
    else if (!skip_to(k, f->id, e))
        return false;
    k->report->cases++;
    k->report->purged++;
    k->facts.cases++;
    k->facts.facts += f->fact;
    if (!out_of_order) {
        const bool anchored = x->kind == EVIDENCE_CASE && x->id == f->id;

        if (!anchored && f->journal <= k->anchored && !k->part)
            found(k, f->number, "the anchor does not have this case: it was inserted");
        else if (anchored && f->fact < x->fact)
            found(k, f->number,
                  "it is told to be purged with %" PRId64 " facts, the anchor has %" PRId64,
                  f->fact, x->fact);
        else if (anchored && f->fact == x->fact && memcmp(f->hash, x->hash, HASH_SIZE) != 0)
            found(k, f->number, "it is told to be purged with another head than the anchor has");
        k->facts.id = f->id;
        if (anchored && !next_anchored(k, e))
            return false;
    }
    return next(k, &k->facts, e);
}

static bool
run(struct check *k, struct error *e)
{
    if (!begin(k, &k->anchor, EVIDENCE_ANCHOR, e) || !begin(k, &k->facts, EVIDENCE_FACTS, e))
        return false;
    k->anchored = k->anchor.line.horizon;
    if (k->facts.line.cell != k->anchor.line.cell)
        return error_set(e, ERROR_BAD_FILE,
                         "the export is of cell %" PRId64 ", the anchor of cell %" PRId64,
                         k->facts.line.cell, k->anchor.line.cell);
    if (k->facts.line.horizon < k->anchored && !k->part)
        return error_set(e, ERROR_BAD_FILE,
                         "the export (horizon %" PRId64 ") is older than the anchor (%" PRId64
                         "): hold it against an older one",
                         k->facts.line.horizon, k->anchored);
    if (!next(k, &k->facts, e) || !next_anchored(k, e))
        return false;
    while (k->facts.line.kind == EVIDENCE_FACT || k->facts.line.kind == EVIDENCE_PURGED)
        if (!(k->facts.line.kind == EVIDENCE_FACT ? take_case : take_purged)(k, e))
            return false;
    if (k->facts.line.kind != EVIDENCE_END)
        return error_set(e, ERROR_BAD_FILE, "the export, line %" PRId64 ": it is of another file",
                         k->facts.n_line);
    return end_of(k, &k->facts, e) && skip_to(k, INT64_MAX, e);
}

bool
evidence_check(FILE *facts, FILE *anchor, bool part, struct evidence_report *report,
               struct error *e)
{
    struct check k = {.facts = {.what = "the export", .f = facts, .id = -1},
                      .anchor = {.what = "the anchor", .f = anchor, .id = -1},
                      .part = part,
                      .report = report};
    bool ok = run(&k, e);

    free(k.facts.bytes);
    free(k.anchor.bytes);
    arena_release(&k.facts.arena);
    arena_release(&k.anchor.arena);
    arena_release(&k.say);
    return ok;
}
