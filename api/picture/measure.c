/* SPDX-License-Identifier: Apache-2.0 */
/* How wide texts are, and where their lines end. */
#include <string.h>

#include "api/picture/plan.h"

/*
 * Of a text that is longer, HEAD lines are shown of its beginning and the rest of its end; where
 * another would look the same, also MIDDLE lines from BEFORE bytes before they part.
 */
enum { LINES_MOST = 8, HEAD = 4, HEAD_APART = 2, MIDDLE = 3, BEFORE = 24 };

/* So many wide letters do not get a line of their own. */
enum { FEW = 2, FEW_BYTES = 16 };

static const struct {
    int size, height;
} styles[STYLES] = {
    [STYLE_TITLE] = {14, 19}, [STYLE_PLAIN] = {12, 16}, [STYLE_FAINT] = {11, 15},
    [STYLE_LABEL] = {11, 15}, [STYLE_STATE] = {12, 17},
};

int
style_size(enum text_style s)
{
    return styles[s].size;
}

int
style_height(enum text_style s)
{
    return styles[s].height;
}

/*
 * Widths in thousandths of the size, a little above those of common sans-serif
 * fonts, by classes of letters: whatever font a reader has, a text stays in its box.
 */
static int
letter_width(uint32_t c)
{
    if (c >= 0x2E80 || (c >= 0x2010 && c < 0x2070) || (c >= 0x2190 && c < 0x2800))
        return 1000;
    if (c >= 0x80)
        return 700;
    if (c == 'i' || c == 'l' || c == 'j' || strchr(" .,:;'|!", (int)c))
        return 330;
    if (strchr("ftrI()[]-/\"`", (int)c))
        return 430;
    if (strchr("mwMW@%", (int)c))
        return 950;
    return c >= 'A' && c <= 'Z' ? 740 : 610;
}

/* The next character of sound UTF-8. */
static uint32_t
letter(const char **s)
{
    const unsigned char *at = (const unsigned char *)*s;
    const int n = *at < 0x80 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
    uint32_t c = n == 1 ? *at : *at & (0xFFU >> (n + 1));
    int i;

    for (i = 1; i < n && at[i]; i++)
        c = c << 6 | (at[i] & 0x3FU);
    *s += i;
    return c;
}

static int
bytes_width(const char *s, const char *end, enum text_style style)
{
    int64_t width = 0;

    while (s < end && *s)
        width += letter_width(letter(&s));
    return (int)((width * styles[style].size *
                      (style == STYLE_TITLE || style == STYLE_STATE ? 106 : 100) +
                  99999) /
                 100000);
}

int
text_width(const char *s, enum text_style style)
{
    return bytes_width(s, s + strlen(s), style);
}

/* May a line end before @c? */
static bool
may_break(uint32_t before, uint32_t c)
{
    static const uint32_t closing[] = {0xFF0C, 0x3002, 0xFF1A, 0xFF1B, 0xFF09, 0x3001, 0x201D, 0};

    if (before == ' ')
        return true;
    for (int i = 0; closing[i]; i++)
        if (c == closing[i])
            return false;
    if (before == 0xFF08 || before == 0x201C)
        return false;
    return c >= 0x2E80 || before >= 0x2E80;
}

/*
 * The longest piece of @s that fits, cut where a line may end, else anywhere.  A letter or two that
 * would stand alone on the last line are taken along: boxes are as wide as their texts.
 */
static const char *
line_end(const char *s, enum text_style style, int width)
{
    const char *at = s, *cut = NULL;
    uint32_t before = 0;
    const size_t rest = strlen(s);

    while (*at) {
        const char *next = at;
        const uint32_t c = letter(&next);

        if (at > s && may_break(before, c))
            cut = at;
        if (bytes_width(s, next, style) > width && at > s) {
            cut = cut ? cut : at;
            return rest - (size_t)(cut - s) <= FEW_BYTES &&
                           text_width(cut, style) <= FEW * styles[style].size
                       ? s + rest
                       : cut;
        }
        before = c;
        at = next;
    }
    return at;
}

static void
line_add(struct arena *a, struct lines *l, struct line line)
{
    l->item = arena_grow(a, l->item, l->n, sizeof(*l->item));
    l->item[l->n++] = line;
}

/* Where the next line begins. */
static const char *
next_line(const char *s, enum text_style style, int width)
{
    s = line_end(s, style, width);
    while (*s == ' ')
        s++;
    return s;
}

/* How many lines it takes; @most + 1 for all that are too many. */
static int
count_lines(const char *s, enum text_style style, int width, int most)
{
    int n = 0;

    for (; *s && n <= most; n++)
        s = next_line(s, style, width);
    return n;
}

/* Where the last of at most @n lines ends. */
static const char *
skip_lines(const char *s, enum text_style style, int width, int n)
{
    while (n-- > 0 && *s)
        s = next_line(s, style, width);
    return s;
}

static bool
is_cut(const char *s, enum text_style style, int width)
{
    return count_lines(s, style, width, LINES_MOST) > LINES_MOST;
}

/*
 * Behind @from the first place of @s of which the rest fits @n lines: where a line may end, else
 * anywhere.
 */
static const char *
fitting_end(struct arena *a, const char *s, const char *from, enum text_style style, int width,
            int n)
{
    enum { BYTES_OF_A_LINE = 200 };
    const char *last = s + strlen(s), *fits = NULL;
    uint32_t before = 0;

    while (last - from > (int64_t)n * BYTES_OF_A_LINE)
        before = letter(&from);
    for (const char *at = from, *next = at; *at; at = next) {
        const uint32_t c = letter(&next);
        const bool breaks = at > from && may_break(before, c) && c != ' ';

        before = c;
        if ((fits && !breaks) || count_lines(arena_printf(a, "…%s", at), style, width, n) > n)
            continue;
        if (breaks)
            return at;
        fits = at;
    }
    return fits ? fits : last;
}

/* The place at or before @at, behind @from, where a line may end. */
static const char *
break_before(const char *from, const char *at)
{
    const char *s = from, *cut = from;
    uint32_t before = 0;

    while (*s && s <= at) {
        const char *next = s;
        const uint32_t c = letter(&next);

        if (s > from && may_break(before, c) && c != ' ')
            cut = s;
        before = c;
        s = next;
    }
    return cut;
}

static size_t
common(const char *x, const char *y)
{
    size_t n = 0;

    while (x[n] && x[n] == y[n])
        n++;
    return n;
}

size_t
text_apart(struct arena *a, const char *text, const char *const *other, uint32_t n,
           enum text_style style, int width)
{
    const size_t len = strlen(text);
    size_t head, tail, apart = 0;
    const char *end;

    if (!is_cut(text, style, width))
        return 0;
    end = skip_lines(text, style, width, HEAD);
    head = (size_t)(end - text);
    tail = strlen(fitting_end(a, text, end, style, width, LINES_MOST - HEAD));
    for (uint32_t i = 0; i < n; i++) {
        const size_t all = strlen(other[i]), same = common(text, other[i]);

        if (same >= head && other[i][same] != text[same] && all >= tail &&
            !memcmp(text + len - tail, other[i] + all - tail, tail) && same > apart)
            apart = same;
    }
    return apart;
}

/* At most @n lines of @text; returns what is left of it. */
static const char *
add_lines(struct arena *a, struct lines *l, const char *text, struct line like, int width, int n)
{
    while (n-- > 0 && *text) {
        const char *next = next_line(text, like.style, width), *stop = next;

        while (stop > text && stop[-1] == ' ')
            stop--;
        like.text = arena_strndup(a, text, (size_t)(stop - text));
        line_add(a, l, like);
        like.whole = NULL;
        like.cut = false;
        like.way = -1;
        text = next;
    }
    return text;
}

/* The same of what stands behind something that is left out. */
static const char *
add_behind(struct arena *a, struct lines *l, const char *text, enum text_style style, int width,
           int n)
{
    const char *shown = arena_printf(a, "…%s", text);
    const char *left = add_lines(a, l, shown, (struct line){.style = style, .way = -1}, width, n);

    return text + (left - shown) - strlen("…");
}

void
lines_wrap(struct arena *a, struct lines *l, const char *text, enum text_style style, int width,
           int32_t way)
{
    lines_wrap_apart(a, l, text, style, width, way, 0);
}

void
lines_wrap_apart(struct arena *a, struct lines *l, const char *text, enum text_style style,
                 int width, int32_t way, size_t apart)
{
    const char *whole = arena_strdup(a, text), *at, *from, *parts;
    struct line like = {.whole = whole, .style = style, .way = way};
    int left = LINES_MOST;

    if (!is_cut(whole, style, width)) {
        (void)add_lines(a, l, whole, like, width, LINES_MOST);
        return;
    }
    like.cut = true;
    at = add_lines(a, l, whole, like, width, apart ? HEAD_APART : HEAD);
    left -= apart ? HEAD_APART : HEAD;
    from = fitting_end(a, whole, at, style, width, left);
    parts = break_before(at, whole + (apart > BEFORE ? apart - BEFORE : 0));
    if (apart && from > parts) {
        at = add_behind(a, l, parts, style, width, MIDDLE);
        left -= MIDDLE;
        from = fitting_end(a, whole, at, style, width, left);
    }
    (void)add_behind(a, l, from, style, width, left);
}

int
lines_width(const struct lines *l)
{
    int width = 0;

    for (uint32_t i = 0; i < l->n; i++) {
        const int w = text_width(l->item[i].text, l->item[i].style);

        width = w > width ? w : width;
    }
    return width;
}

int
lines_height(const struct lines *l)
{
    int height = 0;

    for (uint32_t i = 0; i < l->n; i++)
        height += styles[l->item[i].style].height;
    return height;
}
