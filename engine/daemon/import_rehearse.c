/* SPDX-License-Identifier: Apache-2.0 */
/* The history of a case as commands, and whether the core takes them. */
#include <string.h>

#include "daemon/import_log.h"

static const char *const import_role = "import";

uint32_t
import_steps(const struct import_case *c)
{
    return 1 + c->n_row + (c->closed != INSTANT_NONE);
}

uint32_t
import_line(const struct import_case *c, uint32_t i)
{
    return c->row[i == 0 ? 0 : i > c->n_row ? c->n_row - 1 : i - 1].line;
}

struct command
import_command(const struct import_log *log, const struct import_case *c, uint32_t i,
               const struct opening *opening, instant *at)
{
    const struct import_row *row = i >= 1 && i <= c->n_row ? &c->row[i - 1] : NULL;
    const char *who = row ? row->resource : NULL;
    struct command cmd = {.kind = i ? COMMAND_ACT : COMMAND_OPEN,
                          .actor = {.id = who ? who : import_role,
                                    .role = &import_role,
                                    .n_role = 1,
                                    .district = "*"},
                          .revision = -1};

    *at = row ? row->at : i ? c->closed : c->opened;
    if (i) {
        cmd.action = row ? row->action : log->map->close;
        return cmd;
    }
    cmd.opening = opening;
    cmd.input = c->form;
    return cmd;
}

/* The state after step @i of the case; NULL, and told, when the core refuses it. */
static const struct case_state *
play(struct import_log *log, const struct import_case *c, uint32_t i,
     const struct case_state *state, struct setting *s, struct arena *a)
{
    const struct opening opening = {
        .number = "REHEARSAL", .district = log->map->district, .applicant_kind = log->map->kind};
    const struct command cmd = import_command(log, c, i, &opening, &s->now);
    struct outcome out;
    struct error e;

    if (machine_may(s->workflow, state, &cmd, &e) &&
        machine_decide(s, state, &cmd, a, &out, NULL, &e)) {
        if (out.record[out.n_record - 1].at == s->now)
            return out.next;
        error_set(&e, ERROR_STALE, "the workflow had moved on by then");
    }
    import_complain(log, import_line(c, i), "case %s: %s is refused: %s (%s)", c->id,
                    !i              ? "its opening"
                    : i <= c->n_row ? c->row[i - 1].action
                                    : log->map->close,
                    error_title(e.code, LANGUAGE_EN), e.detail);
    return NULL;
}

/* Does the core take all of it? */
static bool
rehearse(struct import_log *log, struct import_case *c, struct setting *s, struct arena *a)
{
    const struct case_state *state;
    char text[DAY_TEXT];

    if (!c->workflow) {
        import_complain(log, c->row[0].line, "case %s: no version of %s was in force on %s", c->id,
                        log->map->workflow, day_write(instant_day(c->opened), text));
        return false;
    }
    s->workflow = c->workflow;
    state = case_new(a, c->workflow);
    for (uint32_t step = 0; state && step < import_steps(c); step++)
        state = play(log, c, step, state, s, a);
    return state != NULL;
}

void
import_rehearse(struct import_log *log, const struct registry *r, const struct calendar *calendar)
{
    struct setting s = {.calendar = calendar};
    struct arena a = {0};

    for (uint32_t i = 0; i < log->n; i++) {
        struct import_case *c = &log->item[i];

        if (c->bad)
            continue;
        c->workflow =
            registry_find_in(r, log->map->workflow, log->map->district, instant_day(c->opened));
        c->bad = !rehearse(log, c, &s, &a);
        log->bad_cases += c->bad;
        arena_reset(&a);
    }
    arena_release(&a);
}
