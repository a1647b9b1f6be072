/* SPDX-License-Identifier: Apache-2.0 */
/* How wide texts are, and where their lines end. */
#include <string.h>

#include "api/picture/plan.h"

enum { LINES_MOST = 8 };

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

/* The longest piece of @s that fits, cut where a line may end, else anywhere. */
static const char *
line_end(const char *s, enum text_style style, int width)
{
    const char *at = s, *cut = NULL;
    uint32_t before = 0;

    while (*at) {
        const char *next = at;
        const uint32_t c = letter(&next);

        if (at > s && may_break(before, c))
            cut = at;
        if (bytes_width(s, next, style) > width && at > s)
            return cut ? cut : at;
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

void
lines_wrap(struct arena *a, struct lines *l, const char *text, enum text_style style, int width,
           int32_t way)
{
    const char *whole = arena_strdup(a, text);

    for (int n = 1; *text; n++) {
        const char *end = line_end(text, style, width), *stop = end;
        const char *piece;

        while (stop > text && stop[-1] == ' ')
            stop--;
        piece = arena_strndup(a, text, (size_t)(stop - text));
        if (n == LINES_MOST && *end) {
            end = line_end(text, style, width - styles[style].size);
            piece = arena_printf(a, "%.*s…", (int)(end - text), text);
            end = text + strlen(text);
        }
        line_add(
            a, l,
            (struct line){.text = piece, .whole = whole, .style = style, .way = n == 1 ? way : -1});
        whole = NULL;
        text = end;
        while (*text == ' ')
            text++;
    }
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
