/* SPDX-License-Identifier: Apache-2.0 */
/* The whole of a random definition: head, form, clocks, grounds, certificates. */
#include <string.h>

#include "tests/model/draw_inside.h"

/* Limits that can be extended are in the unit of what is added. */
static void
extendable(struct drawing *d)
{
    static const char *const unit[] = {"minutes", "days", "working days", "months"};
    const char *u = unit[below(d, 4)];

    if (one_in(d, 2))
        text_printf(d->t, "\"%u %s\"", 1 + below(d, 40), u);
    else
        text_printf(
            d->t, "[{\"when\":{\"var\":\"form.flag\"},\"limit\":\"%u %s\"},{\"limit\":\"%u %s\"}]",
            1 + below(d, 40), u, 1 + below(d, 40), u);
    text_printf(d->t, ",\"extension\":{\"limit\":\"%u %s\",\"by\":\"head\"}", 1 + below(d, 9), u);
}

/* Regions that drive it: inside @path, or "" of the case. */
static void
over(struct drawing *d, const char *path)
{
    const size_t len = strlen(path);
    uint32_t n = 0;

    if (!one_in(d, 3))
        return;
    for (uint32_t i = 0; i < d->n_region; i++)
        if (!strncmp(d->region[i], path, len) && one_in(d, 2))
            text_printf(d->t, "%s\"%s\"", n++ ? "," : ",\"over\":[", d->region[i]);
    if (n)
        text_char(d->t, ']');
}

/* One that begins with the stay, or with a mark that is set in it. */
void
draw_stay_clocks(struct drawing *d, const char *path)
{
    const bool marked = d->marks[0] && one_in(d, 2),
               turns = !marked && likes(d, LIKES_DEPARTMENTS, 2);

    if (!one_in(d, 3))
        return;
    text_printf(d->t,
                ",\"clocks\":{\"own\":{\"kind\":\"promised\",\"exceeds\":\"x\",\"from\":\"%s\"",
                marked ? "m1" : "opened");
    if (d->marks[1] && one_in(d, 2))
        text_str(d->t, ",\"to\":\"m2\"");
    text_str(d->t, one_in(d, 2) ? ",\"warns\":true" : "");
    text_str(d->t, turns ? ",\"per\":\"department\"" : "");
    text_str(d->t, one_in(d, 3) ? ",\"stopsWhen\":\"any\"" : "");
    over(d, path);
    text_str(d->t, ",\"limit\":");
    draw_limit(d);
    text_str(d->t, "}}");
}

static void
clocks(struct drawing *d)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < 3; i++) {
        const char *from = one_in(d, 2) && d->marks[0] ? "m1" : "opened";

        if (one_in(d, 2))
            continue;
        text_printf(d->t, "%s\"k%u\":{\"kind\":\"%s\",\"exceeds\":\"x\",\"from\":\"%s\"",
                    n++ ? "," : ",\"clocks\":{", i, one_in(d, 2) ? "promised" : "statutory", from);
        if (d->marks[1] && one_in(d, 2))
            text_str(d->t, ",\"to\":\"m2\"");
        if (one_in(d, 4))
            text_str(d->t, ",\"party\":\"applicant\"");
        if (one_in(d, 5))
            text_str(d->t, ",\"counts\":\"continuous\"");
        if (one_in(d, 3))
            text_str(d->t, ",\"warns\":true");
        over(d, "");
        if (likes(d, LIKES_DEPARTMENTS, 2))
            text_str(d->t, ",\"per\":\"department\"");
        if (one_in(d, 3))
            text_printf(d->t, ",\"stopsWhen\":\"%s\"", one_in(d, 3) ? "lead" : "any");
        text_str(d->t, ",\"limit\":");
        if (one_in(d, 3))
            extendable(d);
        else
            draw_limit(d);
        text_char(d->t, '}');
    }
    if (n)
        text_char(d->t, '}');
}

#define BUREAU  "{\"type\":\"string\",\"enum\":[\"land\",\"fire\",\"lead\"]}"
#define INTEGER "{\"type\":\"integer\",\"minimum\":0,\"maximum\":9}"

static void
form(struct drawing *d, struct text *t)
{
    text_printf(
        t, "\"form\":{\"type\":\"object\",\"required\":[\"n\",\"flag\",\"kind\",\"on\"%s%s%s%s%s],",
        d->codes ? ",\"code\"" : "", d->bureau ? ",\"bureau\"" : "", d->lists ? ",\"list\"" : "",
        d->rolls ? ",\"roll\"" : "", d->moments ? ",\"at\"" : "");
    text_str(t,
             "\"properties\":{\"n\":" INTEGER ",\"flag\":{\"type\":\"boolean\"},\"kind\":{\"type\":"
             "\"string\"},\"on\":{\"type\":\"string\",\"format\":\"date\"}");
    if (d->moments)
        text_str(t, ",\"at\":{\"type\":\"string\",\"format\":\"date-time\"}");
    if (d->codes)
        text_str(t, ",\"code\":{\"type\":\"string\",\"format\":\"cn-uscc\"}");
    if (d->bureau)
        text_str(t, ",\"bureau\":" BUREAU);
    if (d->lists)
        text_printf(t,
                    ",\"list\":{\"type\":\"array\",\"maxItems\":5,\"uniqueItems\":true,"
                    "\"items\":%s}",
                    d->bureaus ? BUREAU : "{\"type\":\"string\"}");
    if (d->rolls)
        text_str(t,
                 ",\"roll\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":5,\"items\":{\"type\":"
                 "\"object\",\"required\":[\"id\",\"w\",\"g\"],\"properties\":{\"id\":{\"type\":"
                 "\"string\"},"
                 "\"w\":" INTEGER ",\"g\":{\"type\":\"string\",\"enum\":[\"p\",\"q\"]}}}}");
    text_str(t, "}}");
}

/* Before the steps are written, which speak of them. */
static void
choose_materials(struct drawing *d)
{
    d->n_material = d->likes >> LIKES_MATERIALS & 1 ? 3 - below(d, 5) / 2 : 0;
    for (uint32_t i = 0; i < d->n_material; i++)
        d->shared[i] = one_in(d, 2);
}

static void
materials(struct drawing *d, struct field *top)
{
    if (!d->n_material)
        return;
    text_str(d->t, ",\"materials\":[");
    for (uint32_t i = 0; i < d->n_material; i++) {
        text_printf(d->t, "%s{\"id\":\"%s\"," TITLE, i ? "," : "", draw_material_id[i]);
        draw_when(d, false, 4);
        if (d->shared[i])
            text_printf(d->t, ",\"from\":\"shared-data\"%s",
                        one_in(d, 2) ? ",\"certificate\":\"licence\"" : "");
        if (!one_in(d, 4)) {
            text_printf(d->t, ",\"tolerance\":\"%s\"", draw_length(d));
            if (one_in(d, 2))
                text_printf(d->t, ",\"lapse\":\"%s\"", top->id[below(d, top->n)]);
        }
        if (!one_in(d, 3)) {
            text_str(d->t, ",\"promise\":{\"when\":");
            draw_condition(d, false, 0);
            if (one_in(d, 2))
                text_printf(d->t, ",\"check\":\"%s\"", draw_length(d));
            text_char(d->t, '}');
        }
        text_char(d->t, '}');
    }
    text_char(d->t, ']');
}

/* On which a closed case goes on, in some step of it. */
static void
reopenings(struct drawing *d, struct field *top)
{
    static const char *const paper[] = {"whole", "part", "plain"};

    if (!one_in(d, 3))
        return;
    text_str(d->t, ",\"reopen\":{");
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t k = below(d, 3);

        text_printf(d->t, "%s\"r%u\":{" TITLE ",\"by\":\"head\",\"to\":\"%s\"", i ? "," : "", i,
                    top->id[below(d, top->n)]);
        if (one_in(d, 2))
            text_printf(d->t, ",\"within\":\"%u %s\"", 1 + below(d, 9),
                        one_in(d, 2) ? "days" : "working days");
        if (top->yes && one_in(d, 3))
            text_printf(d->t, ",\"outcomes\":[\"yes\"%s]", d->withdraws ? ",\"withdrawn\"" : "");
        if (d->papers[k] && one_in(d, 2))
            text_printf(d->t, ",\"revoke\":\"%s\"", paper[k]);
        draw_when(d, false, 4);
        draw_marks(d, 2);
        text_char(d->t, '}');
    }
    text_char(d->t, '}');
}

uint32_t
draw_likely(enum construct construct)
{
    static const uint32_t likely[CONSTRUCTS] = {
        [SEEN_LIST] = 1U << LIKES_LISTS,
        [SEEN_TAKEN_OVER] = 1U << LIKES_OPTIONAL,
        [SEEN_MOVED_LANE] = 1U << LIKES_LANES,
        [SEEN_OWN_CLOCK] = 1U << LIKES_DEPARTMENTS,
        [SEEN_LAPSED] = 1U << LIKES_MATERIALS,
        [SEEN_BROKEN] = 1U << LIKES_MATERIALS,
        [SEEN_NOTICE_LATE] = 1U << LIKES_MATERIALS,
        [SEEN_FALSE_ASKED] = 1U << LIKES_MATERIALS,
        [SEEN_SPOILT] = 1U << LIKES_MATERIALS,
        [SEEN_UNCHECKED] = 1U << LIKES_MATERIALS,
        [SEEN_UNCHECKED_CLOSED] = 1U << LIKES_MATERIALS,
        [SEEN_CAME_EARLIER] = 1U << LIKES_MATERIALS | 1U << LIKES_LATE,
        [SEEN_HAD_NOT_LAPSED] = 1U << LIKES_MATERIALS | 1U << LIKES_LATE,
        [SEEN_LAPSE_CONTRADICTED] = 1U << LIKES_MATERIALS | 1U << LIKES_LATE,
        [SEEN_LAPSE_ANNULLED] = 1U << LIKES_MATERIALS | 1U << LIKES_LATE,
        [SEEN_WITHDRAWN_AS_THEN] = 1U << LIKES_LATE,
        [SEEN_DEEMED_SINCE] = 1U << LIKES_LATE,
        [SEEN_DEEMED_STOOD] = 1U << LIKES_LATE,
        [SEEN_SILENCE_ANNULLED] = 1U << LIKES_LATE,
        [SEEN_RECONCILED] = 1U << LIKES_LATE,
        [SEEN_RESTORED] = 1U << LIKES_LATE,
        [SEEN_RESTORED_SINCE] = 1U << LIKES_LATE,
        [SEEN_IDENTIFIED_KIN] = 1U << LIKES_OPENING,
        [SEEN_WITHHELD] = 1U << LIKES_PAPERS,
        [SEEN_GIVEN] = 1U << LIKES_PAPERS,
        [SEEN_HELD] = 1U << LIKES_MATERIALS,
        [SEEN_HELD_AT_NOTICE] = 1U << LIKES_MATERIALS,
        [SEEN_KEPT] = 1U << LIKES_MESSAGES,
        [SEEN_SETTLED] = 1U << LIKES_MESSAGES,
        [SEEN_VOTED_AGAIN] = 1U << LIKES_BALLOTS,
        [SEEN_VOTE_EARLIER] = 1U << LIKES_BALLOTS | 1U << LIKES_LATE,
        [SEEN_COUNT_CONTRADICTED] = 1U << LIKES_BALLOTS | 1U << LIKES_LATE,
        [SEEN_COUNTED_AGAIN] = 1U << LIKES_BALLOTS | 1U << LIKES_LATE,
        [SEEN_DRAWN] = 1U << LIKES_LOTS,
        [SEEN_PART_REVOKED] = 1U << LIKES_PAPERS,
        [SEEN_SHORTENED] = 1U << LIKES_PAPERS,
        [SEEN_REPLACED] = 1U << LIKES_PAPERS,
        [SEEN_UNDONE] = 1U << LIKES_UNDO,
        [SEEN_AWAITED] = 1U << LIKES_UNDO,
        [SEEN_STOOD_AS_CHILDREN] = 1U << LIKES_CHILDREN,
        [SEEN_TOLD_CHILDREN] = 1U << LIKES_CHILDREN,
        [SEEN_TOLD_LATE] = 1U << LIKES_CHILDREN,
        [SEEN_RETRIED] = 1U << LIKES_CHILDREN,
        [SEEN_BUREAU] = 1U << LIKES_DEPARTMENTS,
        [SEEN_BUREAU_OF_ELEMENT] = 1U << LIKES_DEPARTMENTS | 1U << LIKES_LISTS,
        [SEEN_BUREAU_KEPT] = 1U << LIKES_DEPARTMENTS,
        [SEEN_OPENED_AGAIN] = 1U << LIKES_OPENING,
        [SEEN_BEHIND_SILENCE] = 1U << LIKES_SILENCE,
        [SEEN_MOVE_BEHIND] = 1U << LIKES_SILENCE,
        [SEEN_LETTER_BEHIND] = 1U << LIKES_SILENCE | 1U << LIKES_MESSAGES,
        [SEEN_BEFORE_SILENCE] = 1U << LIKES_SILENCE | 1U << LIKES_LATE,
        [SEEN_FALLEN] = 1U << LIKES_SILENCE | 1U << LIKES_MATERIALS,
    };

    return likely[construct];
}

void
draw_definition(struct chance *c, uint32_t flavours, struct text *t)
{
    struct text body = text_new(t->arena);
    struct drawing d = {.c = c, .t = &body, .a = t->arena};
    struct field top = {.path = ""};

    d.withdraws = one_in(&d, 2);
    d.likes = 1U << below(&d, FLAVOURS_OF_STEPS) | 1U << below(&d, FLAVOURS_OF_STEPS);
    if (!one_in(&d, 4))
        d.likes |= 1U << (FLAVOURS_OF_STEPS + below(&d, FLAVOURS - FLAVOURS_OF_STEPS));
    d.likes |= flavours;
    d.labels = one_in(&d, 4);
    choose_materials(&d);
    draw_region(&d, &top);
    reopenings(&d, &top);
    materials(&d, &top);
    clocks(&d);
    text_str(&body, ",\"grounds\":{\"hold\":{" TITLE ",\"command\":true},\"pause\":{" TITLE
                    ",\"command\":true}");
    if (d.asks)
        text_printf(&body, ",\"ask\":{" TITLE "%s}", one_in(&d, 2) ? ",\"notice\":true" : "");
    text_char(&body, '}');
    if (one_in(&d, 4))
        text_str(&body, ",\"explainLate\":true");
    if (d.likes >> LIKES_LATE & 1)
        text_printf(&body, ",\"backdateBy\":[%s\"supervisor\"]",
                    one_in(&d, 4) ? "" : "\"clerk\",\"head\",");
    if (d.withdraws) {
        text_str(&body, ",\"withdraw\":{\"to\":\"out\"");
        draw_when(&d, false, 3);
        text_char(&body, '}');
    }
    if (one_in(&d, 3))
        text_str(&body, ",\"openBy\":[\"window\",\"applicant\"]");
    if (d.labels)
        text_str(&body, ",\"labels\":{\"l0\":{" TITLE ",\"by\":\"head\"},\"l1\":{" TITLE "}}");
    if (d.likes >> LIKES_LANES & 1)
        text_printf(&body,
                    ",\"lanes\":[{\"id\":\"green\",\"basis\":\"x\"," TITLE
                    ",\"by\":\"head\",\"when\":%s},{\"id\":\"urgent\",\"basis\":\"x\"," TITLE
                    ",\"by\":[\"window\",\"head\"]}]",
                    one_in(&d, 2) ? "{\"var\":\"form.flag\"}" : "{\"<\":[{\"var\":\"form.n\"},3]}");
    draw_certificates(&d);
    text_str(t, "{\"id\":\"x\"," TITLE ",\"source\":{\"law\":[\"x\"]},\"effective\":{\"from\":"
                "\"2022-01-01\"},\"lead\":\"lead\",\"applicant\":\"enterprise\",");
    form(&d, t);
    text_str(t, body.at);
    text_char(t, '}');
}
