/* SPDX-License-Identifier: Apache-2.0 */
/* Where an outside system is reached, read strictly: this list is what may be connected to. */
#include "definition/delivery.h"

#include <string.h>

#include "base/require.h"

enum { IN_FLIGHT = 4, PER_MINUTE = 600, NETWORKS_MOST = 64 };

static const char *const algorithm_name[] = {"hmac-sha256", "hmac-sm3"};

/* Behind the host and port, or at the end. */
static size_t
authority_len(const char *url)
{
    return strcspn(url, "/?#");
}

static bool
check_url(const char *url, struct error *e)
{
    const char *rest = !strncmp(url, "https://", 8)  ? url + 8
                       : !strncmp(url, "http://", 7) ? url + 7
                                                     : NULL;

    if (!rest)
        return error_at(e, ERROR_BAD_FILE, "/delivery/url",
                        "a URL begins with https:// or http://");
    if (strlen(url) > DELIVERY_URL_MOST)
        return error_at(e, ERROR_BAD_FILE, "/delivery/url", "a URL has at most %d characters",
                        DELIVERY_URL_MOST);
    for (const char *c = url; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '\\' || *c == '"')
            return error_at(e, ERROR_BAD_FILE, "/delivery/url",
                            "a URL has printable ASCII without spaces, quotes and backslashes");
    if (memchr(rest, '@', authority_len(rest)))
        return error_at(e, ERROR_BAD_FILE, "/delivery/url",
                        "a URL names no user or password; messages are signed");
    if (strchr(url, '#'))
        return error_at(e, ERROR_BAD_FILE, "/delivery/url", "a URL to send to has no fragment");
    if (authority_len(rest) == 0 || *rest == ':')
        return error_at(e, ERROR_BAD_FILE, "/delivery/url", "the URL names no host");
    return true;
}

/* An integer of 1 to @most; the usual one when absent. */
static bool
read_count(const struct value *object, const char *name, int64_t most, uint32_t *out,
           struct error *e)
{
    const struct value *v = value_get(object, name);

    if (!v)
        return true;
    if (v->kind != VALUE_INT || v->integer < 1 || v->integer > most)
        return error_at(e, ERROR_BAD_FILE, "/delivery", "\"%s\" is a whole number from 1 to %lld",
                        name, (long long)most);
    *out = (uint32_t)v->integer;
    return true;
}

static bool
read_networks(struct arena *a, const struct value *list, struct delivery *out, struct error *e)
{
    struct network *network;

    if (!list)
        return true;
    if (list->kind != VALUE_ARRAY || list->n > NETWORKS_MOST)
        return error_at(e, ERROR_BAD_FILE, "/delivery/networks",
                        "\"networks\" is a list of at most %d networks", NETWORKS_MOST);
    network = arena_array(a, list->n, struct network);
    for (uint32_t i = 0; i < list->n; i++)
        if (list->item[i].kind != VALUE_STRING || !network_read(list->item[i].string, &network[i]))
            return error_at(e, ERROR_BAD_FILE, "/delivery/networks",
                            "a network is written 10.3.0.0/16 or fd00::/8, with no bit set behind "
                            "its prefix, not %.60s",
                            list->item[i].kind == VALUE_STRING ? list->item[i].string : "that");
    out->network = network;
    out->n_network = list->n;
    return true;
}

static bool
check_keys(const struct value *object, const char *const *key, const char *pointer, struct error *e)
{
    for (uint32_t i = 0; i < object->n; i++) {
        bool known = false;

        for (size_t k = 0; key[k]; k++)
            known = known || !strcmp(object->member[i].name, key[k]);
        if (!known)
            return error_at(e, ERROR_BAD_FILE, pointer, "unknown key \"%.100s\"",
                            object->member[i].name);
    }
    return true;
}

static bool
read_address(struct arena *a, const struct value *v, struct delivery *out, struct error *e)
{
    static const char *const key[] = {"url", "networks", "inFlight", "perMinute", "$comment", NULL};

    if (v->kind != VALUE_OBJECT)
        return error_at(e, ERROR_BAD_FILE, "/delivery", "\"delivery\" is an object with a \"url\"");
    out->url = value_get_string(v, "url");
    if (!out->url)
        return error_at(e, ERROR_BAD_FILE, "/delivery", "\"delivery\" has a \"url\"");
    return check_keys(v, key, "/delivery", e) && check_url(out->url, e) &&
           read_count(v, "inFlight", DELIVERY_IN_FLIGHT_MOST, &out->in_flight, e) &&
           read_count(v, "perMinute", DELIVERY_PER_MINUTE_MOST, &out->per_minute, e) &&
           read_networks(a, value_get(v, "networks"), out, e);
}

static unsigned
algorithm_bit(const struct value *v)
{
    for (unsigned i = 0; v->kind == VALUE_STRING && i < 2; i++)
        if (!strcmp(v->string, algorithm_name[i]))
            return 1u << i;
    return 0;
}

static bool
read_algorithms(const struct value *list, struct delivery *out, struct error *e)
{
    if (!list)
        return true;
    out->algorithms = 0;
    for (uint32_t i = 0; list->kind == VALUE_ARRAY && i < list->n; i++) {
        const unsigned bit = algorithm_bit(&list->item[i]);

        if (!bit || out->algorithms & bit) {
            out->algorithms = 0;
            break;
        }
        out->algorithms |= bit;
    }
    return out->algorithms ||
           error_at(e, ERROR_BAD_FILE, "/algorithms",
                    "\"algorithms\" lists hmac-sha256, hmac-sm3 or both, each once");
}

bool
delivery_read(struct arena *a, const struct value *system, struct delivery *out, struct error *e)
{
    const struct value *address = value_get(system, "delivery");
    struct delivery d = {.system = value_get_string(system, "id"),
                         .algorithms = DELIVERY_SHA256,
                         .in_flight = IN_FLIGHT,
                         .per_minute = PER_MINUTE};

    if (!read_algorithms(value_get(system, "algorithms"), &d, e) ||
        (address && !read_address(a, address, &d, e)))
        return false;
    *out = d;
    return true;
}

struct deliveries
deliveries_read(struct arena *a, const struct value *organisation)
{
    const struct value *systems = value_get(organisation, "systems");
    struct deliveries d = {.n = systems && systems->kind == VALUE_ARRAY ? systems->n : 0};
    struct delivery *item = arena_array(a, d.n, struct delivery);
    struct error e;

    for (uint32_t i = 0; i < d.n; i++)
        require(delivery_read(a, &systems->item[i], &item[i], &e)); /* it was checked */
    d.item = item;
    return d;
}

const struct delivery *
deliveries_find(const struct deliveries *d, const char *system)
{
    for (uint32_t i = 0; i < d->n; i++)
        if (!strcmp(d->item[i].system, system))
            return &d->item[i];
    return NULL;
}
