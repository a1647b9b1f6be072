/* SPDX-License-Identifier: Apache-2.0 */
/* Definitions of a region: what stands beside the definition, laid over it. */
#include "definition/overlay.h"

#include <string.h>

#include "definition/json.h"

enum { CODE = 6 };

/* What an overlay is laid over: a definition, or that with overlays of the regions around. */
struct layer {
    const struct workflow *w;
    struct value over; /* as it was compiled, but for its own days */
    const struct origin *origin;
    uint32_t n_origin;
};

/* The overlay while it is laid over the expanded definition. */
struct laying {
    struct arena *a; /* of the problems */
    const char *file;
    const struct value *source; /* the overlay */
    const char *district;
    struct value over; /* the definition so far */
    uint32_t origin;   /* number of the overlay among the origins, times ORIGIN_LINES */
    struct problems *problems;
    struct overlay_limit *limit;
    uint32_t n_limit;
};

/* Where "@CODE.json" or "@CODE.ANYTHING.json" begins in @path; NULL: it is not called so. */
static const char *
tail(const char *path)
{
    const char *slash = strrchr(path, '/'), *at = strrchr(slash ? slash : path, '@'), *rest;

    if (!at || at == path || at[-1] == '/' || strspn(at + 1, "0123456789") != CODE)
        return NULL;
    rest = at + 1 + CODE;
    if (*rest == '.' && strcmp(rest, ".json") != 0)
        rest += 1 + strcspn(rest + 1, ".");
    return strcmp(rest, ".json") == 0 ? at : NULL;
}

bool
overlay_is(const char *path)
{
    return tail(path) != NULL;
}

static void
blame(struct laying *l, const struct value *v, const char *pointer, const char *what,
      const char *name)
{
    l->problems->n_origin = 0;
    problem_add(l->problems, PROBLEM_BAD_OVERLAY,
                (struct spot){l->file, v->line ? v->line : 1, pointer}, "%s%.100s", what, name);
}

/* @limit with the overlay's line, told as the overlay's file. */
static struct value
placed(const struct laying *l, const struct value *limit)
{
    struct value v = *limit;

    v.line |= l->origin;
    return v;
}

/* The arms of @list, whose limits become @by: a text for all, or a list. */
static bool
over_arms(struct laying *l, const struct value *list, const struct value *by, struct value *out)
{
    struct value *arm = arena_copy(l->a, list->item, list->n * sizeof(*arm));
    bool any = false;

    if (by->kind == VALUE_ARRAY && by->n != list->n)
        return false;
    for (uint32_t i = 0; i < list->n; i++) {
        const struct value *is = value_get(&list->item[i], "limit");
        const struct value *wish = by->kind == VALUE_ARRAY ? &by->item[i] : by;

        if (wish->kind == VALUE_NULL)
            continue;
        if (wish->kind != VALUE_STRING || !is)
            return false;
        if (is->kind != VALUE_STRING || !strcmp(is->string, "none")) {
            if (by->kind == VALUE_ARRAY)
                return false; /* there is nothing to be shortened */
            continue;
        }
        arm[i] = value_with(l->a, &list->item[i], "limit", placed(l, wish));
        arm[i].line = list->item[i].line;
        any = true;
    }
    *out = value_array(arm, list->n);
    out->line = list->line;
    return any;
}

/* @owner, a clock or a step, with its limit shortened. */
static bool
over_owner(struct laying *l, struct value *owner, const struct value *by)
{
    const struct value *is = value_get(owner, "limit");
    const uint32_t line = owner->line;
    struct value limit;

    if (!is)
        return false;
    if (is->kind == VALUE_ARRAY) {
        if (!over_arms(l, is, by, &limit))
            return false;
    } else if (is->kind == VALUE_STRING && by->kind == VALUE_STRING) {
        limit = placed(l, by);
    } else {
        return false;
    }
    *owner = value_with(l->a, owner, "limit", limit);
    owner->line = line;
    return true;
}

static bool over_steps(struct laying *l, struct value *owner, const char *path,
                       const struct value *by);

/* Puts what @change made of member @name back into @object. */
static bool
over_member(struct laying *l, struct value *object, const char *name, const char *rest,
            const struct value *by,
            bool (*change)(struct laying *l, struct value *v, const char *rest,
                           const struct value *by))
{
    const struct value *was = value_get(object, name);
    const uint32_t line = object->line;
    struct value is;

    if (!was)
        return false;
    is = *was;
    if (!change(l, &is, rest, by))
        return false;
    *object = value_with(l->a, object, name, is);
    object->line = line;
    return true;
}

static bool
over_clock(struct laying *l, struct value *clocks, const char *name, const struct value *by)
{
    const struct value *was = value_get(clocks, name);
    const uint32_t line = clocks->line;
    struct value is;

    if (!was)
        return false;
    is = *was;
    if (!over_owner(l, &is, by))
        return false;
    *clocks = value_with(l->a, clocks, name, is);
    clocks->line = line;
    return true;
}

/* A step whose path is walked to its end at "", or at ":clock". */
static bool
over_step(struct laying *l, struct value *step, const char *rest, const struct value *by)
{
    if (!*rest)
        return over_owner(l, step, by);
    if (*rest == ':')
        return over_member(l, step, "clocks", rest + 1, by, over_clock);
    return over_steps(l, step, rest + 1, by);
}

static bool
over_list(struct laying *l, struct value *list, const char *path, const struct value *by)
{
    const size_t len = strcspn(path, ".:");
    const char *id = arena_strndup(l->a, path, len);

    return over_member(l, list, id, path + len, by, over_step);
}

/* Inside a stage, a branch, or the case itself; @path names one of its steps first. */
static bool
over_steps(struct laying *l, struct value *owner, const char *path, const struct value *by)
{
    if (value_get(owner, "steps"))
        return over_member(l, owner, "steps", path, by, over_list);
    if (value_get(owner, "branches")) /* a branch is walked through like a step */
        return over_member(l, owner, "branches", path, by, over_list);
    return false;
}

static void
lay_limit(struct laying *l, const struct member *m)
{
    const char *pointer = arena_printf(l->a, "/limits/%s", m->name);
    const bool of_case = !strpbrk(m->name, ".:") && value_get(&l->over, "clocks") &&
                         value_get(value_get(&l->over, "clocks"), m->name);
    const bool done = of_case ? over_member(l, &l->over, "clocks", m->name, &m->value, over_clock)
                              : over_steps(l, &l->over, m->name, &m->value);

    if (!done) {
        blame(l, &m->value, pointer,
              "no clock or step of that name has limits an overlay can shorten so: ", m->name);
        return;
    }
    l->limit = arena_grow(l->a, l->limit, l->n_limit, sizeof(*l->limit));
    l->limit[l->n_limit++] =
        (struct overlay_limit){.clock = m->name, .line = m->value.line, .pointer = pointer};
}

static void
check_words(struct laying *l, const struct house *house, const char *workflow)
{
    static const char *const known[] = {"$comment", "workflow",  "district",
                                        "basis",    "effective", "limits"};
    const char *of = value_get_string(l->source, "workflow");
    const char *district = value_get_string(l->source, "district");

    for (uint32_t i = 0; l->source->kind == VALUE_OBJECT && i < l->source->n; i++) {
        bool good = false;

        for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++)
            good = good || !strcmp(known[k], l->source->member[i].name);
        if (!good)
            blame(l, &l->source->member[i].value, "", "unknown key ", l->source->member[i].name);
    }
    if (!of || strcmp(of, workflow) != 0)
        blame(l, l->source, "/workflow", "it stands beside workflow ", workflow);
    if (!district || strcmp(district, l->district) != 0)
        blame(l, l->source, "/district", "the file's name says district ", l->district);
    else if (house->organisation.data && !organisation_district(&house->organisation, district))
        blame(l, l->source, "/district", "organisation.json knows no district ", district);
    if (!value_get_string(l->source, "basis"))
        blame(l, l->source, "/basis",
              "\"basis\" is missing: ", "what lays the shorter limits down");
}

/* Whether @v is a day; what is none, the definition's own reader tells. */
static bool
is_day(const struct value *v, day *d)
{
    return v && v->kind == VALUE_STRING && day_read(v->string, v->n, d);
}

static bool
is_effective(const struct value *v)
{
    bool good = v->kind == VALUE_OBJECT && v->n > 0;

    for (uint32_t i = 0; good && i < v->n; i++)
        good = !strcmp(v->member[i].name, "from") || !strcmp(v->member[i].name, "until") ||
               !strcmp(v->member[i].name, "$comment");
    return good;
}

/* When the limits hold, where that is not as long as the definition does: within its time. */
static void
lay_effective(struct laying *l, const struct workflow *base)
{
    const struct value *is = value_get(l->source, "effective"), *from, *until;
    struct value effective = *value_get(&l->over, "effective");
    day d;

    if (!is)
        return;
    if (!is_effective(is)) {
        blame(l, is, "/effective", "\"effective\" has \"from\", \"until\" or both", "");
        return;
    }
    from = value_get(is, "from");
    until = value_get(is, "until");
    if (is_day(from, &d) && (d < base->from || (base->until && d >= base->until)))
        blame(l, from, "/effective/from", "the definition is not in force on ", from->string);
    if (is_day(until, &d) && base->until && d > base->until)
        blame(l, until, "/effective/until", "the definition ends before ", until->string);
    if (from)
        effective = value_with(l->a, &effective, "from", placed(l, from));
    if (until)
        effective = value_with(l->a, &effective, "until", placed(l, until));
    effective.line = is->line | l->origin;
    l->over = value_with(l->a, &l->over, "effective", effective);
}

static void
lay(struct laying *l, const struct workflow *base)
{
    const struct value *limits = value_get(l->source, "limits");
    struct member *district = arena_new(l->a, struct member);

    if (!limits || limits->kind != VALUE_OBJECT || !limits->n) {
        blame(l, limits ? limits : l->source, "/limits", "\"limits\" names no clock", "");
        return;
    }
    for (uint32_t i = 0; i < limits->n; i++)
        if (strcmp(limits->member[i].name, "$comment") != 0)
            lay_limit(l, &limits->member[i]);
    lay_effective(l, base);
    district->value = value_string(l->a, l->district);
    l->over = value_with(l->a, &l->over, "district", district->value);
}

/* The overlay's own file becomes an origin of lines, beside those of what it lies on. */
static void
add_origin(struct laying *l, const struct layer *on, struct problems *own)
{
    struct origin *origin = arena_array(l->a, on->n_origin + 1, struct origin);

    if (on->n_origin)
        memcpy(origin, on->origin, on->n_origin * sizeof(*origin));
    origin[on->n_origin] = (struct origin){.file = l->file, .id = l->district};
    own->origin = origin;
    own->n_origin = on->n_origin + 1;
    l->origin = own->n_origin * ORIGIN_LINES;
}

/* What is wrong without the overlay is told where the definition itself is read. */
static void
add_new(struct problems *to, const struct problems *own, const struct problems *quiet)
{
    for (size_t i = 0; i < own->n; i++) {
        const struct problem *p = &own->item[i];
        bool known = false;

        for (size_t k = 0; k < quiet->n && !known; k++)
            known = quiet->item[k].number == p->number && quiet->item[k].line == p->line &&
                    !strcmp(quiet->item[k].text, p->text);
        if (known)
            continue;
        to->item = arena_grow(to->arena, to->item, to->n, sizeof(*to->item));
        to->item[to->n++] = *p;
        to->n_error += !p->warning;
    }
}

static const struct overlay *
overlay_of(struct arena *a, const struct laying *l, const struct workflow *base)
{
    struct overlay *o = arena_new(a, struct overlay);
    struct overlay_limit *limit = arena_array(a, l->n_limit, struct overlay_limit);

    for (uint32_t i = 0; i < l->n_limit; i++)
        limit[i] = (struct overlay_limit){.clock = arena_strdup(a, l->limit[i].clock),
                                          .line = l->limit[i].line,
                                          .pointer = arena_strdup(a, l->limit[i].pointer)};
    *o = (struct overlay){.file = arena_strdup(a, l->file),
                          .base = base,
                          .limit = limit,
                          .n_limit = l->n_limit,
                          .ends = value_get(l->source, "effective") &&
                                  value_get(value_get(l->source, "effective"), "until")};
    return o;
}

/* What the definition itself has, expanded. */
static bool
read_ground(struct laying *l, const char *path, const struct house *house, struct layer *out)
{
    struct problems own = {.arena = l->a};
    struct value source;
    struct error e;

    if (!json_read_file(l->a, path, &source, &e) ||
        !fragments_expand(&house->fragments, &source, path, &out->over, &own))
        return false;
    out->origin = own.origin;
    out->n_origin = own.n_origin;
    return true;
}

/*
 * The layer with the overlay, compiled; what is wrong with it is in problems of its own.  @base is
 * the definition itself, whose days each layer has unless it says otherwise.
 */
static bool
compile(struct arena *a, struct laying *l, const char *path, const struct house *house,
        const struct workflow *base, const struct layer *on, const struct problems *quiet,
        struct layer *out)
{
    struct problems own = {.arena = l->a};
    const struct value days = *value_get(&on->over, "effective");
    const struct workflow *w;
    struct workflow *mine;
    bool read;

    add_origin(l, on, &own);
    l->over = on->over;
    lay(l, base);
    if (l->problems->n_error)
        return false;
    read = definition_read(a, arena_copy(l->a, &l->over, sizeof(l->over)), path,
                           &house->organisation, house->calendar, &w, &own);
    add_new(l->problems, &own, quiet);
    if (!read)
        return false;
    mine = arena_copy(a, w, sizeof(*w));
    mine->overlay = overlay_of(a, l, on->w);
    *out = (struct layer){.w = mine,
                          .over = value_with(l->a, &l->over, "effective", days),
                          .origin = own.origin,
                          .n_origin = own.n_origin};
    return true;
}

/* The first day of the overlay. */
static day
first_day(const struct laying *l, const struct workflow *base)
{
    const struct value *effective = value_get(l->source, "effective");
    day d;

    return effective && effective->kind == VALUE_OBJECT && is_day(value_get(effective, "from"), &d)
               ? d
               : base->from;
}

static bool read_layer(struct arena *a, const char *path, const struct house *house,
                       struct layer *out, struct problems *problems);

/* What the overlay lies on; what is wrong there is told there. */
static bool
read_below(struct arena *a, struct laying *l, const char *stem, const struct house *house,
           const struct workflow *base, struct layer *out, struct problems *quiet)
{
    const char *layer = overlay_layer(a, stem, l->district, base, first_day(l, base));

    *out = (struct layer){.w = base};
    if (!layer)
        return read_ground(l, arena_printf(a, "%s.json", stem), house, out);
    if (read_layer(a, layer, house, out, quiet))
        return true;
    blame(l, l->source, "", "what it lies on is no sound overlay: ", layer);
    return false;
}

static bool
read_layer(struct arena *a, const char *path, const struct house *house, struct layer *out,
           struct problems *problems)
{
    const char *file = arena_strdup(a, path);
    const int len = (int)(tail(path) - path);
    const char *stem = arena_strndup(a, path, (size_t)len);
    const char *beside = arena_printf(a, "%s.json", stem);
    struct problems quiet = {.arena = problems->arena}, found = {.arena = problems->arena};
    struct value *source = arena_new(problems->arena, struct value);
    struct laying l = {.a = problems->arena,
                       .file = file,
                       .source = source,
                       .district = arena_strndup(a, path + len + 1, CODE),
                       .problems = &found};
    const struct workflow *base = NULL;
    struct layer on;
    struct error e;
    bool read = false;

    if (!json_read_file(problems->arena, path, source, &e))
        problem_add(&found, PROBLEM_BAD_OVERLAY, (struct spot){file, json_error_line(&e), ""}, "%s",
                    e.detail);
    else if (!definition_read_file(a, beside, house, &base, &quiet))
        blame(&l, source, "", "what it stands beside is no sound definition: ", beside);
    else
        check_words(&l, house, base->id);
    if (!found.n_error && read_below(a, &l, stem, house, base, &on, &quiet))
        read = compile(a, &l, beside, house, base, &on, &quiet, out);
    add_new(problems, &found, &(struct problems){.n = 0});
    return read;
}

bool
overlay_read(struct arena *a, const char *path, const struct house *house,
             const struct workflow **out, struct problems *problems)
{
    struct layer top;

    if (!read_layer(a, path, house, &top, problems))
        return false;
    *out = top.w;
    return true;
}
