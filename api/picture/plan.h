/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_PICTURE_PLAN_H
#define API_PICTURE_PLAN_H

#include "api/picture/picture.h"

/*
 * Inside the pictures: the plan that graph.c makes of a workflow, order.c and
 * place.c lay out, and svg.c and bpmn.c write.
 *
 * A plane is a region: nodes, and wires between them.  A step that has regions
 * is a node of its plane with planes inside.  Lengths are whole pixels; a
 * node's place is within its plane until plan_settle() makes it absolute.
 */

enum text_style { STYLE_TITLE, STYLE_PLAIN, STYLE_FAINT, STYLE_LABEL, STYLE_STATE, STYLES };

/** Heights of lines and sizes of letters, by style. */
int style_size(enum text_style s);
int style_height(enum text_style s);

struct line {
    const char *text;
    const char *whole; /* what begins with this line, before it was wrapped and cut; NULL: it is
                          a further line of that */
    enum text_style style;
    int32_t way; /* which it is the label of; -1 */
    bool cut;    /* of `whole`, not all is shown */
};
struct lines {
    struct line *item;
    uint32_t n;
};

enum node_kind {
    NODE_STEP,  /* a step without regions */
    NODE_BOX,   /* a step with regions */
    NODE_START, /* where a region begins */
    NODE_DONE,  /* where a branch is through by "$done" */
    NODE_EXIT,  /* where a way leaves its plane: a point of the plane's edge */
    NODE_AGAIN, /* a way to the step around: said, not drawn */
    NODE_WITHDRAW,
    NODE_JOINT, /* a wire passes a rank */
    NODE_LABEL  /* a wire's text */
};

struct node {
    enum node_kind kind;
    uint16_t step;  /* STEP, BOX; EXIT: where to, NONE for "$done"; else NONE */
    uint16_t plane; /* it stands in */
    int32_t wire;   /* JOINT, LABEL: of which wire; -1 */
    int32_t x, y;   /* left, top */
    int32_t w, h;
    int32_t rank, order;
    bool up;                /* EXIT: at the plane's upper edge */
    int32_t *above, *below; /* legs that end at its top, at its bottom */
    uint32_t n_above, n_below;
    struct lines lines;
    int32_t head;   /* BOX: height of its lines above the planes */
    int32_t indent; /* BOX: where its lines begin */
};

/** A line from one node to another of the same plane, for one or more ways. */
struct wire {
    int32_t from, to;
    int32_t inner; /* the exit, in a plane within `from`, that it carries on; -1 */
    bool back;     /* it goes up */
    struct lines label;
    int32_t first_leg, n_leg; /* from the upper end to the lower one */
    int32_t *point;           /* x, y, x, y … from `from` to `to`, absolute */
    uint32_t n_point;
};

/** A wire between two ranks: from the bottom of one node to the top of another. */
struct leg {
    int32_t upper, lower;           /* nodes */
    int32_t upper_port, lower_port; /* where it touches them, from their left */
    bool upper_fixed, lower_fixed;  /* the port is where an exit within the box is */
    int32_t wire;
    int32_t bend; /* y of its horizontal part, within the plane; -1: it has none */
};

struct plane {
    int32_t x, y, w, h; /* within its box, then absolute */
    int32_t head, indent;
    struct lines lines; /* of a branch: its title and condition */
    int32_t *node;      /* those standing in it */
    uint32_t n_node;
    int32_t *wire;
    uint32_t n_wire;
    struct leg *leg;
    uint32_t n_leg;
    int32_t **layer; /* nodes of each rank, in their order */
    uint32_t *n_layer;
    int32_t n_rank;
};

struct picture {
    struct arena *a;
    const struct workflow *w;
    const struct organisation *o;
    enum language lang;
    const struct picture_trace *trace; /* NULL: none */
    bool *gone;                        /* [n_way]: the case went it */
    struct way *way;
    uint32_t n_way;
    struct node *node;
    uint32_t n_node;
    struct wire *wire;
    uint32_t n_wire;
    struct plane *plane; /* [w->n_region] */
    int32_t *of_step;    /* [w->n_step]: its node */
    struct lines head;   /* above the picture */
    int32_t width, height;
    uint32_t n_leg;  /* of all planes */
    bool for_bpmn;   /* events and gateways have shapes of their own: see bpmn_plan.c */
    int32_t arrow;   /* room above and below a step */
    int32_t between; /* least room between two legs at one side */
};

/* measure.c: how wide texts are */
int text_width(const char *s, enum text_style style);
/** Appends @text, wrapped at @width pixels, as lines; of a long one its beginning and its end. */
void lines_wrap(struct arena *a, struct lines *l, const char *text, enum text_style style,
                int width, int32_t way);
/** The same of one that others begin and end like: also what it goes on with from byte @apart. */
void lines_wrap_apart(struct arena *a, struct lines *l, const char *text, enum text_style style,
                      int width, int32_t way, size_t apart);
/** Where @text parts from those of @other [@n] that would look the same; 0: from none. */
size_t text_apart(struct arena *a, const char *text, const char *const *other, uint32_t n,
                  enum text_style style, int width);
int lines_width(const struct lines *l);
int lines_height(const struct lines *l);
/* titles.c: what a condition speaks of; NULL: nothing has a name for it (struct wording) */
const char *title_of_operand(const void *picture, enum root root, const char *path,
                             enum language lang);
/* words.c: what they say */
void words_of_step(struct picture *p, struct node *n);
void words_of_plane(struct picture *p, uint16_t region);
void words_of_case(struct picture *p);
/** Who starts an optional step. */
void words_of_start(struct picture *p, struct lines *l, const struct discretion *d, int width);
/** What a way is called; "" for one that needs no words. */
const char *words_of_way(struct picture *p, const struct way *way);
const char *title_in(const struct picture *p, struct title t);

/* graph.c: what is to be drawn */
void plan_graph(struct picture *p);

/* rank.c: which wires go up; then, plane by plane, ranks and legs */
void plan_directions(struct picture *p);
MUST_CHECK bool plan_ranks(struct picture *p, uint16_t region, struct error *e);

/* order.c: the order in each rank, and where legs touch the nodes */
void plan_order(struct picture *p, uint16_t region);
void plan_ports(struct picture *p, uint16_t region);

/* place.c: across */
void plan_across(struct picture *p, uint16_t region);

/* route.c: down, with room for the bends; then the points of all wires */
void plan_down(struct picture *p, uint16_t region);
void plan_wires(struct picture *p);

/** Lays out either kind of picture (lay.c). */
MUST_CHECK bool plan_lay(struct picture *p, struct error *e);

/** Room around texts and between boxes, in pixels. */
enum { PAD = 8, MARGIN = 14, GAP = 24, TRACK = 9 };

#endif
