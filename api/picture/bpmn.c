/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a workflow as BPMN 2.0 XML, with its diagram. */
#include "api/picture/bpmn.h"

#include <stdio.h>
#include <string.h>

#include "api/picture/xml.h"

const char *
bpmn_duration(struct chart *c, struct limit l)
{
    static const char *const form[] = {
        [UNIT_MINUTES] = "PT%dM", [UNIT_HOURS] = "PT%dH", [UNIT_DAYS] = "P%dD",
        [UNIT_MONTHS] = "P%dM",   [UNIT_YEARS] = "P%dY",  [UNIT_WORKING_DAYS] = "",
        [UNIT_DATE] = ""};
    char text[24] = "";

    if (l.n > 0 && *form[l.unit]) {
        const char *of = strchr(form[l.unit], '%');

        (void)snprintf(text, sizeof(text), "%.*s%d%s", (int)(of - form[l.unit]), form[l.unit], l.n,
                       of + 2);
    }
    return *text ? arena_printf(c->p->a,
                                "<bpmn:timerEventDefinition><bpmn:timeDuration "
                                "xsi:type=\"bpmn:tFormalExpression\">%s</bpmn:timeDuration>"
                                "</bpmn:timerEventDefinition>",
                                text)
                 : "<bpmn:timerEventDefinition/>";
}

struct writing_bpmn {
    struct text *t;
    const struct chart *c;
};

static void
put_attribute(struct text *t, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    text_printf(t, " %s=\"", name);
    xml_text(t, value);
    text_char(t, '"');
}

static void put_plane(struct writing_bpmn *b, uint16_t region);

/* What stands in a step with regions: the stage's own elements, or a subprocess a branch. */
static void
put_inside(struct writing_bpmn *b, uint16_t step)
{
    const struct workflow *w = b->c->p->w;
    const struct step *s = &w->step[step];

    for (uint16_t r = s->first_region; r < s->first_region + s->n_region; r++) {
        if (s->kind == STEP_STAGE) {
            put_plane(b, r);
            continue;
        }
        text_printf(b->t, "<bpmn:subProcess id=\"region_%s\"", w->region[r].path);
        put_attribute(b->t, "name",
                      *title_in(b->c->p, w->region[r].title) ? title_in(b->c->p, w->region[r].title)
                                                             : w->region[r].id);
        text_str(b->t, w->region[r].each == r /* one for each element, all at once */
                           ? ">\n<bpmn:multiInstanceLoopCharacteristics/>\n"
                           : ">\n");
        put_plane(b, r);
        text_str(b->t, "</bpmn:subProcess>\n");
    }
    if (s->kind == STEP_PARALLEL) {
        const struct way join = {.kind = WAY_THROUGH, .step = step};

        text_str(b->t, "<bpmn:completionCondition xsi:type=\"bpmn:tFormalExpression\">");
        xml_text(b->t, words_of_way(b->c->p, &join));
        text_str(b->t, "</bpmn:completionCondition>\n");
    }
}

static void
put_element(struct writing_bpmn *b, const struct element *e)
{
    struct text *t = b->t;

    text_printf(t, "<bpmn:%s id=\"%s\"", e->tag, e->id);
    put_attribute(t, "name", e->name);
    text_str(t, e->attributes);
    for (uint32_t i = 0; i < e->n_out; i++)
        if (b->c->flow[e->out[i]].otherwise)
            text_printf(t, " default=\"flow_%d\"", e->out[i]);
    text_str(t, ">\n");
    if (e->said) {
        text_str(t, "<bpmn:documentation>");
        xml_text(t, e->said);
        text_str(t, "</bpmn:documentation>\n");
    }
    for (uint32_t i = 0; i < e->n_in; i++)
        text_printf(t, "<bpmn:incoming>flow_%d</bpmn:incoming>\n", e->in[i]);
    for (uint32_t i = 0; i < e->n_out; i++)
        text_printf(t, "<bpmn:outgoing>flow_%d</bpmn:outgoing>\n", e->out[i]);
    text_str(t, e->body);
    if (e->box >= 0)
        put_inside(b, (uint16_t)e->box);
    text_printf(t, "</bpmn:%s>\n", e->tag);
}

static void
put_flow(struct writing_bpmn *b, uint32_t i)
{
    const struct flow *f = &b->c->flow[i];

    text_printf(b->t, "<bpmn:sequenceFlow id=\"flow_%u\"", i);
    put_attribute(b->t, "name", f->name);
    text_printf(b->t, " sourceRef=\"%s\" targetRef=\"%s\">", b->c->element[f->from].id,
                b->c->element[f->to].id);
    if (f->condition) {
        text_str(b->t, "<bpmn:conditionExpression xsi:type=\"bpmn:tFormalExpression\">");
        xml_text(b->t, f->condition);
        text_str(b->t, "</bpmn:conditionExpression>");
    }
    text_str(b->t, "</bpmn:sequenceFlow>\n");
}

/* Regions nest no deeper than JSON may. */
static void
put_plane(struct writing_bpmn *b, uint16_t region)
{
    for (uint32_t i = 0; i < b->c->n_element; i++)
        if (b->c->element[i].plane == region)
            put_element(b, &b->c->element[i]);
    for (uint32_t i = 0; i < b->c->n_flow; i++)
        if (b->c->flow[i].plane == region)
            put_flow(b, i);
}

static void
put_bounds(struct text *t, int32_t x, int32_t y, int32_t w, int32_t h)
{
    text_printf(t, "<dc:Bounds x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", x, y, w, h);
}

static void
put_shape(struct writing_bpmn *b, const struct element *e)
{
    text_printf(b->t, "<bpmndi:BPMNShape id=\"shape_%s\" bpmnElement=\"%s\"", e->id, e->id);
    if (e->box >= 0)
        text_str(b->t, " isExpanded=\"true\"");
    if (strstr(e->tag, "Gateway"))
        text_str(b->t, " isMarkerVisible=\"true\"");
    text_char(b->t, '>');
    put_bounds(b->t, e->x, e->y, e->w, e->h);
    if (e->label_x >= 0 && e->name) {
        text_str(b->t, "<bpmndi:BPMNLabel>");
        put_bounds(b->t, e->label_x, e->label_y, text_width(e->name, STYLE_LABEL) + PAD,
                   style_height(STYLE_LABEL));
        text_str(b->t, "</bpmndi:BPMNLabel>");
    }
    text_str(b->t, "</bpmndi:BPMNShape>\n");
}

static void
put_edge(struct writing_bpmn *b, uint32_t i)
{
    const struct flow *f = &b->c->flow[i];

    text_printf(b->t, "<bpmndi:BPMNEdge id=\"edge_flow_%u\" bpmnElement=\"flow_%u\">", i, i);
    for (uint32_t k = 0; k < f->n_point; k++)
        text_printf(b->t, "<di:waypoint x=\"%d\" y=\"%d\"/>", f->point[2 * k], f->point[2 * k + 1]);
    if (f->label) {
        text_str(b->t, "<bpmndi:BPMNLabel>");
        put_bounds(b->t, f->label_x, f->label_y, lines_width(f->label), lines_height(f->label));
        text_str(b->t, "</bpmndi:BPMNLabel>");
    }
    text_str(b->t, "</bpmndi:BPMNEdge>\n");
}

static void
put_diagram(struct writing_bpmn *b)
{
    const struct picture *p = b->c->p;

    text_printf(b->t,
                "<bpmndi:BPMNDiagram id=\"diagram\">\n<bpmndi:BPMNPlane id=\"plane\" "
                "bpmnElement=\"process_%s\">\n",
                p->w->id);
    for (uint32_t i = 0; i < b->c->n_element; i++)
        put_shape(b, &b->c->element[i]);
    for (uint16_t r = 1; r < p->w->n_region; r++) {
        const struct plane *plane = &p->plane[r];

        if (p->w->step[p->w->region[r].owner].kind == STEP_STAGE)
            continue;
        text_printf(b->t,
                    "<bpmndi:BPMNShape id=\"shape_region_%s\" bpmnElement=\"region_%s\" "
                    "isExpanded=\"true\">",
                    p->w->region[r].path, p->w->region[r].path);
        put_bounds(b->t, plane->x, plane->y, plane->w, plane->h);
        text_str(b->t, "</bpmndi:BPMNShape>\n");
    }
    for (uint32_t i = 0; i < b->c->n_flow; i++)
        put_edge(b, i);
    text_str(b->t, "</bpmndi:BPMNPlane>\n</bpmndi:BPMNDiagram>\n");
}

static void
put_escalations(struct writing_bpmn *b)
{
    const struct workflow *w = b->c->p->w;

    for (uint16_t i = 0; i < w->n_step; i++)
        if (b->c->escalates[i])
            text_printf(
                b->t, "<bpmn:escalation id=\"escalation_%s\" name=\"%s\" escalationCode=\"%s\"/>\n",
                w->step[i].path, w->step[i].path, w->step[i].path);
}

bool
picture_bpmn(struct text *t, const struct workflow *w, const struct organisation *o,
             enum language lang, struct error *e)
{
    struct picture *p = arena_new(t->arena, struct picture);
    struct writing_bpmn b = {.t = t};

    *p = (struct picture){.a = t->arena, .w = w, .o = o, .lang = lang, .for_bpmn = true};
    if (!plan_lay(p, e))
        return false;
    b.c = chart_of(p);
    text_str(t, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<bpmn:definitions xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                "xmlns:bpmn=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
                "xmlns:bpmndi=\"http://www.omg.org/spec/BPMN/20100524/DI\" "
                "xmlns:dc=\"http://www.omg.org/spec/DD/20100524/DC\" "
                "xmlns:di=\"http://www.omg.org/spec/DD/20100524/DI\" "
                "id=\"definitions\" targetNamespace=\"urn:onestop:workflow\" "
                "exporter=\"onestop\">\n");
    put_escalations(&b);
    text_printf(t, "<bpmn:process id=\"process_%s\"", w->id);
    put_attribute(t, "name", title_in(p, w->title));
    text_str(t, " isExecutable=\"false\">\n<bpmn:documentation>");
    xml_text(t, w->id);
    text_printf(t, " %s</bpmn:documentation>\n", w->hash);
    put_plane(&b, 0);
    text_str(t, "</bpmn:process>\n");
    put_diagram(&b);
    text_str(t, "</bpmn:definitions>\n");
    return true;
}
