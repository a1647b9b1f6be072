/* SPDX-License-Identifier: Apache-2.0 */
/* From ECMA-262's regular expressions to PCRE2's, refusing what is not ECMA-262. */
#include <stdint.h>
#include <string.h>

#include "definition/pattern.h"

/* ECMA-262 WhiteSpace and LineTerminator (with the ideographic space), and all the rest. */
#define SPACE                                                                                      \
    "\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"     \
    "\\x{feff}"
#define NOT_SPACE                                                                                  \
    "\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}"               \
    "\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}"                 \
    "\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}"
#define ANY_BUT_NEWLINE "[^\\n\\r\\x{2028}\\x{2029}]"

struct reader {
    const char *at, *end;
    struct text *out;
    struct error *e;
};

#define REFUSE(r, ...) error_set((r)->e, ERROR_DEFINITION_INVALID, "pattern: " __VA_ARGS__)

static char
peek(const struct reader *r, size_t ahead)
{
    return (size_t)(r->end - r->at) > ahead ? r->at[ahead] : 0;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* General categories by the names ECMA-262 gives them; PCRE2 knows the short ones. */
static const char *
category(const char *name, size_t len)
{
    static const char table[] =
        "L=Letter LC=Cased_Letter Lu=Uppercase_Letter Ll=Lowercase_Letter Lt=Titlecase_Letter "
        "Lm=Modifier_Letter Lo=Other_Letter M=Mark Mn=Nonspacing_Mark Mc=Spacing_Mark "
        "Me=Enclosing_Mark N=Number Nd=Decimal_Number Nl=Letter_Number No=Other_Number "
        "P=Punctuation Pc=Connector_Punctuation Pd=Dash_Punctuation Ps=Open_Punctuation "
        "Pe=Close_Punctuation Pi=Initial_Punctuation Pf=Final_Punctuation Po=Other_Punctuation "
        "S=Symbol Sm=Math_Symbol Sc=Currency_Symbol Sk=Modifier_Symbol So=Other_Symbol "
        "Z=Separator Zs=Space_Separator Zl=Line_Separator Zp=Paragraph_Separator C=Other "
        "Cc=Control Cf=Format Cs=Surrogate Co=Private_Use Cn=Unassigned ";
    const char *at = table;

    while (*at) {
        const char *equals = strchr(at, '='), *space = strchr(equals, ' ');
        const size_t n = (size_t)(equals - at), m = (size_t)(space - equals - 1);

        if ((n == len && memcmp(at, name, n) == 0) ||
            (m == len && memcmp(equals + 1, name, m) == 0))
            return at;
        at = space + 1;
    }
    return NULL;
}

static bool
is_one_of(const char *name, size_t len, const char *const list[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(list[i]) == len && memcmp(list[i], name, len) == 0)
            return true;
    return false;
}

/* At the brace of \p{Letter}, \p{gc=Lu}, \p{Script=Han}, \p{Alphabetic}. */
static bool
property(struct reader *r, char p)
{
    static const char *const script[] = {"Script", "sc", "Script_Extensions", "scx"};
    static const char *const binary[] = {"ASCII",     "Alphabetic",  "Any",         "Emoji",
                                         "Lowercase", "Ideographic", "White_Space", "Uppercase"};
    const char *name = r->at + 1, *value = NULL, *found, *at;

    if (peek(r, 0) != '{')
        return REFUSE(r, "write \\%c{Name}", p);
    for (at = name; at < r->end && (is_word(*at) || (*at == '=' && !value)); at++)
        if (*at == '=')
            value = at + 1;
    if (at == r->end || *at != '}')
        return REFUSE(r, "\\%c{ wants the name of a property and }", p);
    r->at = at + 1;
    if (value && is_one_of(name, (size_t)(value - 1 - name), script, 4)) {
        const bool plain = is_one_of(name, (size_t)(value - 1 - name), script, 2);

        text_printf(r->out, "\\%c{%s:%.*s}", p, plain ? "sc" : "scx", (int)(at - value), value);
        return true;
    }
    if (!value && is_one_of(name, (size_t)(at - name), binary, 8)) {
        text_printf(r->out, "\\%c{%.*s}", p, (int)(at - name), name);
        return true;
    }
    if (value &&
        (is_one_of(name, (size_t)(value - 1 - name), (const char *const[]){"gc"}, 1) ||
         is_one_of(name, (size_t)(value - 1 - name), (const char *const[]){"General_Category"}, 1)))
        name = value;
    else if (value)
        return REFUSE(r, "\\%c{%.*s} is not supported", p, (int)(at - name), name);
    found = category(name, (size_t)(at - name));
    if (!found)
        return REFUSE(r, "\\%c{%.*s} is not supported", p, (int)(at - name), name);
    text_printf(r->out, "\\%c{%.*s}", p, (int)(strchr(found, '=') - found), found);
    return true;
}

/* Reads @n hex digits. */
static bool
hex(struct reader *r, size_t n, uint32_t *code)
{
    uint32_t v = 0;

    for (size_t i = 0; i < n; i++) {
        const char c = peek(r, i);

        if (is_digit(c))
            v = v * 16 + (uint32_t)(c - '0');
        else if ((c | 32) >= 'a' && (c | 32) <= 'f')
            v = v * 16 + (uint32_t)((c | 32) - 'a' + 10);
        else
            return REFUSE(r, "\\x wants 2 and \\u 4 hex digits");
    }
    r->at += n;
    *code = v;
    return true;
}

/* Behind \u: four digits, two such surrogates, or any number of digits in braces. */
static bool
unicode(struct reader *r)
{
    uint32_t code = 0, low = 0;

    if (peek(r, 0) == '{') {
        const char *close = memchr(r->at, '}', (size_t)(r->end - r->at));

        r->at++;
        if (!close || close - r->at < 1 || close - r->at > 6 ||
            !hex(r, (size_t)(close - r->at), &code))
            return REFUSE(r, "\\u{ wants 1 to 6 hex digits and }");
        r->at++;
    } else if (!hex(r, 4, &code)) {
        return false;
    }
    if (code >= 0xD800 && code <= 0xDBFF && peek(r, 0) == '\\' && peek(r, 1) == 'u') {
        r->at += 2;
        if (!hex(r, 4, &low))
            return false;
        if (low >= 0xDC00 && low <= 0xDFFF)
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return REFUSE(r, "\\u names no character");
    text_printf(r->out, "\\x{%x}", code);
    return true;
}

/* Escapes that mean one character, inside of a class and outside. */
static bool
character_escape(struct reader *r, char c)
{
    static const char letter[] = "tnvfr", code[] = {9, 10, 11, 12, 13};
    const char *control = c ? strchr(letter, c) : NULL;
    uint32_t x = 0;

    if (c == 'u')
        return unicode(r);
    if (c == 'x') {
        if (!hex(r, 2, &x))
            return false;
        text_printf(r->out, "\\x{%x}", x);
    } else if (control) {
        text_printf(r->out, "\\x{%x}", (unsigned)code[control - letter]);
    } else if (c == 'c' && (peek(r, 0) | 32) >= 'a' && (peek(r, 0) | 32) <= 'z') {
        text_printf(r->out, "\\x{%x}", (unsigned)(*r->at++ & 31));
    } else if (c == '0' && !is_digit(peek(r, 0))) {
        text_str(r->out, "\\x{0}");
    } else if (c && strchr("^$\\.*+?()[]{}|/", c)) {
        text_printf(r->out, "\\%c", c);
    } else {
        return REFUSE(r, "\\%c is no escape of ECMA-262", c > ' ' && c < 127 ? c : '?');
    }
    return true;
}

/* Behind the backslash, in a class; @set tells whether it means many characters. */
static bool
class_escape(struct reader *r, bool *set)
{
    const char c = peek(r, 0);

    r->at++;
    *set = c && strchr("dDwWsSpP", c);
    if (c == 'p' || c == 'P')
        return property(r, c);
    if (c == 's' || c == 'S')
        text_str(r->out, c == 's' ? SPACE : NOT_SPACE);
    else if (*set)
        text_printf(r->out, "\\%c", c);
    else if (c == 'b')
        text_str(r->out, "\\x{8}");
    else if (c == '-')
        text_str(r->out, "\\-");
    else
        return character_escape(r, c);
    return true;
}

static bool
class_atom(struct reader *r, bool *set)
{
    const char c = *r->at++;

    *set = false;
    if (c == '\\')
        return class_escape(r, set);
    /* PCRE2 would read [: in a class as the name of a POSIX class. */
    if (c == '[' || c == '-')
        text_char(r->out, '\\');
    text_char(r->out, c);
    while (r->at < r->end && ((unsigned char)*r->at & 0xC0) == 0x80)
        text_char(r->out, *r->at++); /* the rest of a character */
    return true;
}

/* Behind the opening bracket. */
static bool
character_class(struct reader *r)
{
    text_char(r->out, '[');
    if (peek(r, 0) == '^')
        text_char(r->out, *r->at++);
    while (r->at < r->end && *r->at != ']') {
        bool set, other;

        if (!class_atom(r, &set))
            return false;
        if (peek(r, 0) != '-' || r->end - r->at < 2 || r->at[1] == ']')
            continue;
        text_char(r->out, *r->at++);
        if (!class_atom(r, &other))
            return false;
        if (set || other)
            return REFUSE(r, "a range in [ ] goes from one character to another");
    }
    if (r->at == r->end)
        return REFUSE(r, "[ without ]");
    text_char(r->out, *r->at++);
    return true;
}

/* Behind the backslash, outside of classes; an assertion cannot be repeated. */
static bool
escape(struct reader *r, bool *repeatable)
{
    const char c = peek(r, 0);
    int number = 0;

    *repeatable = c != 'b' && c != 'B';
    if (c >= '1' && c <= '9') {
        for (; is_digit(peek(r, 0)) && number < 1000; r->at++)
            number = number * 10 + (*r->at - '0');
        text_printf(r->out, "\\g{%d}", number);
        return true;
    }
    r->at++;
    if (c == 'p' || c == 'P')
        return property(r, c);
    if (c == 'k' && peek(r, 0) == '<')
        text_str(r->out, "\\k");
    else if (c == 's' || c == 'S')
        text_str(r->out, c == 's' ? "[" SPACE "]" : "[^" SPACE "]");
    else if (c && strchr("dDwWbB", c))
        text_printf(r->out, "\\%c", c);
    else
        return character_escape(r, c);
    return true;
}

/* Behind the opening parenthesis. */
static bool
group(struct reader *r)
{
    text_char(r->out, '(');
    if (peek(r, 0) == '*')
        return REFUSE(r, "nothing to repeat before *");
    if (peek(r, 0) != '?')
        return true;
    if (!strchr(":=!<", peek(r, 1)) || !peek(r, 1))
        return REFUSE(r, "behind (? only : = ! <= <! and <name> are allowed");
    text_add(r->out, r->at, 2);
    r->at += 2;
    if (r->at[-1] == '<' && (peek(r, 0) == '=' || peek(r, 0) == '!'))
        text_char(r->out, *r->at++);
    return true;
}

/* At * + ? or {: the quantifier, and the ? that makes it lazy. */
static bool
quantifier(struct reader *r)
{
    const char *from = r->at++;

    if (*from == '{') {
        const char *digit = r->at;

        while (is_digit(peek(r, 0)))
            r->at++;
        if (r->at == digit)
            return REFUSE(r, "{ wants a number, or \\ before it");
        if (peek(r, 0) == ',')
            r->at++;
        while (is_digit(peek(r, 0)))
            r->at++;
        if (peek(r, 0) != '}')
            return REFUSE(r, "{ without }");
        r->at++;
    }
    if (peek(r, 0) == '?')
        r->at++;
    text_add(r->out, from, (size_t)(r->at - from));
    return true;
}

static bool
next(struct reader *r, bool *repeatable)
{
    const char c = *r->at;
    const bool repeats = strchr("*+?{", c) && c;

    if (repeats && !*repeatable)
        return REFUSE(r, "nothing to repeat before %c", c);
    *repeatable = !repeats && c != '^' && c != '$' && c != '|' && c != '(';
    if (repeats)
        return quantifier(r);
    if (c == '}' || c == ']')
        return REFUSE(r, "%c wants \\ before it", c);
    r->at++;
    if (c == '\\')
        return escape(r, repeatable);
    if (c == '[')
        return character_class(r);
    if (c == '(')
        return group(r);
    if (c == '.')
        text_str(r->out, ANY_BUT_NEWLINE);
    else
        text_char(r->out, c);
    return true;
}

bool
pattern_translate(const char *pattern, size_t len, struct text *out, struct error *e)
{
    struct reader r = {.at = pattern, .end = pattern + len, .out = out, .e = e};
    bool repeatable = false;

    while (r.at < r.end)
        if (!next(&r, &repeatable))
            return false;
    return true;
}
