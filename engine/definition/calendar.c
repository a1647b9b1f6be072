/* SPDX-License-Identifier: Apache-2.0 */
/* Which days work, and when the hall opens: the questions asked of a calendar. */
#include "definition/calendar.h"

/*
 * Before the year's notice appears only these are known to be off: the fixed
 * days of 全国年节及纪念日放假办法 that follow the solar calendar (DESIGN K10).
 */
static const struct {
    int month, from, to;
    char zh[12], en[16];
} fixed[] = {
    {1, 1, 1, "元旦", "New Year's Day"},
    {5, 1, 2, "劳动节", "Labour Day"},
    {10, 1, 3, "国庆节", "National Day"},
};

static bool
published(const struct calendar *c, day d)
{
    return d >= c->first && d <= c->last;
}

/* The index in `fixed` of a day the law names, or -1. */
static int
find_fixed(day d)
{
    int year, month, dom;

    day_to_civil(d, &year, &month, &dom);
    for (int i = 0; i < (int)(sizeof(fixed) / sizeof(fixed[0])); i++)
        if (fixed[i].month == month && fixed[i].from <= dom && dom <= fixed[i].to)
            return i;
    return -1;
}

bool
calendar_works(const struct calendar *c, day d)
{
    if (published(c, d))
        return c->working[d - c->first];
    return day_weekday(d) < 5 && find_fixed(d) < 0;
}

struct day_kind
calendar_day(const struct calendar *c, day d)
{
    struct day_kind k = {.working = calendar_works(c, d), .provisional = !published(c, d)};

    if (!k.provisional) {
        k.why = c->why[d - c->first];
        k.why_en = c->why_en[d - c->first];
    } else if (!k.working && find_fixed(d) >= 0) {
        k.why = fixed[find_fixed(d)].zh;
        k.why_en = fixed[find_fixed(d)].en;
    }
    if (!k.why) {
        k.why = k.working ? "工作日" : "周末";
        k.why_en = k.working ? "working day" : "weekend";
    }
    return k;
}

bool
season_holds(const struct season *s, int month, int dom)
{
    const int from = s->from_month * 100 + s->from_dom;
    const int to = s->to_month * 100 + s->to_dom;
    const int at = month * 100 + dom;

    return from <= to ? from <= at && at <= to : at >= from || at <= to;
}

const struct season *
calendar_season(const struct calendar *c, day d)
{
    int year, month, dom;

    if (c->n_season == 1)
        return &c->season[0];
    day_to_civil(d, &year, &month, &dom);
    for (int i = 0; i < c->n_season; i++)
        if (season_holds(&c->season[i], month, dom))
            return &c->season[i];
    return &c->season[0];
}
