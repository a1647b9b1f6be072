/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a picture as SVG: one file without script, style sheet or anything
 * from elsewhere.  Text stays text; what a colour says is said in words or by
 * the kind of line too, so it can be read in grey.
 */
#include <stdio.h>
#include <string.h>

#include "api/picture/plan.h"
#include "api/picture/xml.h"

#define INK   "#1b1f24"
#define LINE  "#57606a"
#define FAINT "#57606a"
#define PALE  "#a4adb7"

enum { ROUND = 6, LEGEND_LINE = 26, SAMPLE = 40 };

static const char fonts[] = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC',"
                            "'Microsoft YaHei','WenQuanYi Zen Hei','Noto Sans',Arial,sans-serif";

struct drawn {
    struct text *t;
    const struct picture *p;
};

static void
put_text(struct drawn *d, int32_t x, int32_t y, const struct line *line, bool middle)
{
    struct text *t = d->t;
    const bool bold = line->style == STYLE_TITLE || line->style == STYLE_STATE;

    text_printf(t, "<text x=\"%d\" y=\"%d\" font-size=\"%d\"", x, y, style_size(line->style));
    if (middle)
        text_str(t, " text-anchor=\"middle\"");
    if (bold)
        text_str(t, " font-weight=\"bold\"");
    if (line->style == STYLE_FAINT)
        text_str(t, " fill=\"" FAINT "\"");
    if (line->way >= 0)
        text_printf(t, " data-way=\"%d\"", line->way);
    text_char(t, '>');
    xml_text(t, line->text);
    text_str(t, "</text>\n");
}

/* Lines one below the other; @x is their middle, or their left. */
static void
put_lines(struct drawn *d, const struct lines *l, int32_t x, int32_t y, bool middle)
{
    for (uint32_t i = 0; i < l->n; i++) {
        const int height = style_height(l->item[i].style), size = style_size(l->item[i].style);

        put_text(d, x, y + (height + size * 3 / 4) / 2, &l->item[i], middle);
        y += height;
    }
}

/* What a mouse, or a reader of screens, is told. */
static void
put_title(struct drawn *d, const struct lines *l)
{
    text_str(d->t, "<title>");
    for (uint32_t i = 0; i < l->n; i++) {
        if (i)
            text_str(d->t, "; ");
        xml_text(d->t, l->item[i].text);
    }
    text_str(d->t, "</title>\n");
}

static void
put_rect(struct drawn *d, int32_t x, int32_t y, int32_t w, int32_t h, int32_t round,
         const char *more)
{
    text_printf(d->t, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\" %s/>\n", x, y,
                w, h, round, more);
}

/* Elongated, with a point at either end. */
static void
put_hexagon(struct drawn *d, int32_t x, int32_t y, int32_t w, int32_t h, const char *more)
{
    const int32_t point = h / 2 < 18 ? h / 2 : 18;

    text_printf(d->t, "<path d=\"M%d %dl%d %dh%dl%d %dl%d %dh%dz\" %s/>\n", x, y + h / 2, point,
                -h / 2, w - 2 * point, point, h / 2, -point, h - h / 2, 2 * point - w, more);
}

static void
put_shape(struct drawn *d, const struct step *s, int32_t x, int32_t y, int32_t w, int32_t h,
          const char *more)
{
    const bool outside = s->kind == STEP_TASK && (s->by == ACTOR_APPLICANT ||
                                                  s->by == ACTOR_PUBLIC || s->by == ACTOR_SYSTEM);
    const int32_t round = h / 2 < 22 ? h / 2 : 22;
    char dashed[160];

    switch (s->kind) {
    case STEP_DECISION:
        put_hexagon(d, x, y, w, h, more);
        break;
    case STEP_WAIT:
    case STEP_BALLOT:
        (void)snprintf(dashed, sizeof(dashed), "%s stroke-dasharray=\"5 3\"", more);
        put_rect(d, x, y, w, h, round, dashed);
        break;
    case STEP_END:
        put_rect(d, x, y, w, h, round, more);
        put_rect(d, x + 3, y + 3, w - 6, h - 6, round - 3, "fill=\"none\" stroke=\"" LINE "\"");
        break;
    case STEP_TASK:
    case STEP_STAGE:
    case STEP_PARALLEL:
        put_rect(d, x, y, w, h, s->kind == STEP_TASK ? 4 : 8, more);
        break;
    }
    if (outside)
        text_printf(d->t, "<path d=\"M%d %dv%dM%d %dv%d\" fill=\"none\" stroke=\"" LINE "\"/>\n",
                    x + 5, y, h, x + w - 5, y, h);
}

static const char *
shade_of(const struct step_trace *s)
{
    static const char *const fill[] = {[COLOUR_NONE] = "#ffffff",
                                       [COLOUR_GREEN] = "#dff3e4",
                                       [COLOUR_BLUE] = "#dcecfb",
                                       [COLOUR_YELLOW] = "#fff1b8",
                                       [COLOUR_RED] = "#fbd5d2"};

    if (!s || s->state == TRACE_NOT_YET || s->state == TRACE_CANCELLED)
        return "#ffffff";
    return s->state == TRACE_PASSED ? "#eceff2" : fill[s->colour];
}

static void
put_step(struct drawn *d, const struct node *n)
{
    const struct step *s = &d->p->w->step[n->step];
    const struct step_trace *trace = d->p->trace ? &d->p->trace->step[n->step] : NULL;
    const bool active = trace && trace->state == TRACE_ACTIVE;
    const bool faint = trace && trace->state == TRACE_NOT_YET;
    char more[120];

    (void)snprintf(more, sizeof(more), "fill=\"%s\" stroke=\"%s\" stroke-width=\"%s\"",
                   shade_of(trace),
                   active  ? INK
                   : faint ? PALE
                           : LINE,
                   active ? "3" : "1.2");
    text_printf(d->t, "<g role=\"img\" id=\"s-%s\" data-step=\"%s\">", s->path, s->path);
    put_title(d, &n->lines);
    put_shape(d, s, n->x, n->y, n->w, n->h, more);
    put_lines(d, &n->lines, n->x + n->w / 2, n->y + (n->h - lines_height(&n->lines)) / 2, true);
    text_str(d->t, "</g>\n");
}

/* A step with regions: its box, its lines, and a frame for each branch. */
static void
put_box(struct drawn *d, const struct node *n)
{
    const struct picture *p = d->p;
    const struct step *s = &p->w->step[n->step];
    const bool active = p->trace && p->trace->step[n->step].state == TRACE_ACTIVE;
    int depth = 0;

    for (uint16_t r = s->region; p->w->region[r].owner != NONE; r = p->w->region[r].parent)
        depth++;
    text_printf(d->t, "<g id=\"s-%s\" data-step=\"%s\">", s->path, s->path);
    put_title(d, &n->lines);
    put_rect(d, n->x, n->y, n->w, n->h, 8,
             active      ? "fill=\"#f6f8fa\" stroke=\"" INK "\" stroke-width=\"3\""
             : depth % 2 ? "fill=\"#ffffff\" stroke=\"" LINE "\""
                         : "fill=\"#f6f8fa\" stroke=\"" LINE "\"");
    put_lines(d, &n->lines, n->x + n->indent, n->y + PAD, false);
    for (uint16_t r = s->first_region; r < s->first_region + s->n_region; r++) {
        const struct plane *plane = &p->plane[r];

        if (s->kind == STEP_STAGE)
            continue;
        put_rect(d, plane->x, plane->y, plane->w, plane->h, 6,
                 "fill=\"#fcfcfd\" stroke=\"" PALE "\" stroke-dasharray=\"7 3\"");
        put_lines(d, &plane->lines, plane->x + plane->indent, plane->y + PAD, false);
    }
    text_str(d->t, "</g>\n");
}

static int32_t
towards(int32_t from, int32_t to, int32_t most)
{
    const int32_t half = (to - from) / 2;

    return half > most ? most : half < -most ? -most : half;
}

/* The line, its corners rounded, and the head of its arrow. */
static void
put_wire(struct drawn *d, const struct wire *w)
{
    const struct picture *p = d->p;
    const int32_t *at = w->point;
    const uint32_t last = w->n_point - 1;
    bool gone = false;
    const char *stroke;

    for (uint32_t i = 0; i < w->label.n; i++)
        gone = gone || (w->label.item[i].way >= 0 && p->gone[w->label.item[i].way]);
    stroke = gone ? INK : p->trace ? PALE : LINE;
    text_printf(d->t, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"", stroke,
                gone ? "2.6" : "1.2");
    for (uint32_t i = 0; i < w->label.n; i++)
        if (!*w->label.item[i].text && w->label.item[i].way >= 0)
            text_printf(d->t, " data-way=\"%d\"", w->label.item[i].way);
    text_printf(d->t, " d=\"M%d %d", at[0], at[1]);
    for (uint32_t i = 1; i < last; i++) {
        const int32_t x = at[2 * i], y = at[2 * i + 1];

        text_printf(d->t, "L%d %dQ%d %d %d %d", x - towards(at[2 * i - 2], x, ROUND),
                    y - towards(at[2 * i - 1], y, ROUND), x, y,
                    x + towards(x, at[2 * i + 2], ROUND), y + towards(y, at[2 * i + 3], ROUND));
    }
    text_printf(d->t, "L%d %d\"/>\n", at[2 * last], at[2 * last + 1]);
    if (p->node[w->to].kind != NODE_EXIT)
        text_printf(d->t, "<path fill=\"%s\" d=\"M%d %dl-4 %dh8z\"/>\n", stroke, at[2 * last],
                    at[2 * last + 1], w->back ? 8 : -8);
}

/* Of what does not fit a mouse is told the whole. */
static void
put_label(struct drawn *d, const struct node *n)
{
    bool cut = false;

    for (uint32_t i = 0; i < n->lines.n; i++)
        cut = cut || n->lines.item[i].cut;
    if (cut)
        text_str(d->t, "<g><title>");
    for (uint32_t i = 0; cut && i < n->lines.n; i++)
        if (n->lines.item[i].whole) {
            text_str(d->t, i ? "; " : "");
            xml_text(d->t, n->lines.item[i].whole);
        }
    if (cut)
        text_str(d->t, "</title>\n");
    put_rect(d, n->x, n->y, n->w, n->h, 3, "fill=\"#ffffff\"");
    put_lines(d, &n->lines, n->x + n->w / 2, n->y + 1, true);
    if (cut)
        text_str(d->t, "</g>\n");
}

static void
put_small(struct drawn *d, const struct node *n)
{
    switch (n->kind) {
    case NODE_START:
        text_printf(d->t, "<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"" INK "\"/>\n",
                    n->x + n->w / 2, n->y + n->h / 2);
        break;
    case NODE_DONE:
        text_printf(d->t,
                    "<circle cx=\"%d\" cy=\"%d\" r=\"5\" fill=\"#ffffff\" stroke=\"" INK
                    "\" stroke-width=\"2.5\"/>\n",
                    n->x + n->w / 2, n->y + n->h / 2);
        break;
    case NODE_WITHDRAW:
    case NODE_AGAIN:
        put_rect(d, n->x, n->y, n->w, n->h, n->h / 2,
                 "fill=\"#ffffff\" stroke=\"" LINE "\" stroke-dasharray=\"2 2\"");
        put_lines(d, &n->lines, n->x + n->w / 2, n->y + PAD / 2, true);
        break;
    case NODE_LABEL:
        put_label(d, n);
        break;
    case NODE_STEP:
    case NODE_BOX:
    case NODE_EXIT:
    case NODE_JOINT:
        break;
    }
}

static const char *
say(const struct picture *p, const char *zh, const char *en)
{
    return p->lang == LANGUAGE_ZH ? zh : en;
}

/* What the shapes mean. */
static int32_t
put_legend(struct drawn *d, int32_t y)
{
    const struct {
        struct step like;
        const char *zh, *en;
    } sample[] = {
        {{.kind = STEP_TASK, .by = ACTOR_ROLE}, "本厅或部门办理", "done in the house"},
        {{.kind = STEP_TASK, .by = ACTOR_APPLICANT},
         "申请人、公众或外部系统",
         "by the applicant, anybody, an outside system"},
        {{.kind = STEP_DECISION}, "自动判定", "decided at once"},
        {{.kind = STEP_WAIT}, "等待", "wait"},
        {{.kind = STEP_END}, "结果", "outcome"},
    };
    int32_t x = MARGIN;

    text_str(d->t, "<g role=\"img\"><title>");
    text_str(d->t, say(d->p, "图例", "legend"));
    text_str(d->t, "</title>\n");
    for (size_t i = 0; i < sizeof(sample) / sizeof(sample[0]); i++) {
        const struct line line = {
            .text = say(d->p, sample[i].zh, sample[i].en), .style = STYLE_FAINT, .way = -1};
        const int32_t width = SAMPLE + PAD + text_width(line.text, STYLE_FAINT) + GAP;

        if (x + width > d->p->width && x > MARGIN) {
            x = MARGIN;
            y += LEGEND_LINE;
        }
        put_shape(d, &sample[i].like, x, y, SAMPLE, 18,
                  "fill=\"#ffffff\" stroke=\"" LINE "\" stroke-width=\"1.2\"");
        put_text(d, x + SAMPLE + PAD, y + 13, &line, false);
        x += width;
    }
    text_str(d->t, "</g>\n");
    return y + LEGEND_LINE;
}

static void
put_head(struct drawn *d, int32_t height)
{
    const struct picture *p = d->p;

    text_printf(d->t,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                "viewBox=\"0 0 %d %d\" role=\"graphics-document document\" "
                "aria-labelledby=\"title desc\" xml:lang=\"%s\" font-family=\"%s\" fill=\"" INK
                "\">\n<title id=\"title\">",
                p->width, height, p->width, height, say(p, "zh", "en"), fonts);
    xml_text(d->t, title_in(p, p->w->title));
    if (p->trace) {
        text_str(d->t, " ");
        xml_text(d->t, p->trace->number);
    }
    text_str(d->t, "</title>\n<desc id=\"desc\">");
    if (p->lang == LANGUAGE_ZH)
        text_printf(d->t, "%u 个环节，%u 条去向，自上而下", p->w->n_step, p->n_way);
    else
        text_printf(d->t, "%u steps and %u ways, from top to bottom", p->w->n_step, p->n_way);
    text_printf(d->t, "</desc>\n<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", p->width,
                height);
}

void
picture_svg(struct text *t, const struct picture *p)
{
    struct drawn d = {t, p};
    struct text legend = text_new(t->arena);
    struct drawn below = {&legend, p};
    const int32_t height = put_legend(&below, p->height + PAD) + PAD;

    put_head(&d, height);
    put_lines(&d, &p->head, MARGIN, PAD, false);
    for (uint32_t r = 0; r < p->w->n_region; r++)
        for (uint32_t i = 0; i < p->plane[r].n_node; i++)
            if (p->node[p->plane[r].node[i]].kind == NODE_BOX)
                put_box(&d, &p->node[p->plane[r].node[i]]);
    for (uint32_t i = 0; i < p->n_wire; i++)
        put_wire(&d, &p->wire[i]);
    for (uint32_t i = 0; i < p->n_node; i++)
        if (p->node[i].kind == NODE_STEP)
            put_step(&d, &p->node[i]);
        else
            put_small(&d, &p->node[i]);
    text_add(t, legend.at, legend.len);
    text_str(t, "</svg>\n");
}
