/* SPDX-License-Identifier: Apache-2.0 */
/* The load generator: what `make bench` drives the daemon with. */
#include <errno.h>
#include <event2/event.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/require.h"
#include "tests/support/drive.h"

static const char usage[] =
    "usage: load VERB --to [HOST:]PORT [options]\n"
    "\n"
    "  sign-in   prints the token of --account NAME with the password in LOAD_PASSWORD\n"
    "  run       drives cases\n"
    "  idle      holds --connections connections that asked once, until its input ends\n"
    "\n"
    "The token of the clerk is read from LOAD_TOKEN.  Options of run:\n"
    "  --connections N   at one time (1)\n"
    "  --seconds S       how long (until the work is done)\n"
    "  --rate R          requests due per second, latency from the due moment (closed loop)\n"
    "  --cases FILE      open cases to begin with, as --list wrote them\n"
    "  --open N          cases to open besides (0)\n"
    "  --list FILE       list the opened cases there\n"
    "  --advances N      of each case (8); 0 opens only\n"
    "  --workflow ID  --form JSON  --seed N\n"
    "  --json            one JSON object\n";

/* What a case of the bench's own workflow is opened with. */
static const char counter_form[] =
    "{\"name\":\"聊城市东昌府区光岳机电设备有限公司\",\"legalRepresentative\":\"张建国\","
    "\"mobile\":\"13800138000\",\"domicile\":"
    "\"山东省聊城市东昌府区柳园北路76号科技创业园3号楼1单元502室\","
    "\"scope\":"
    "\"机电设备销售、安装、维修；五金交电、建筑材料、电线电缆销售；货物进出口；技术咨询\","
    "\"area\":320,\"employees\":12,\"hazardous\":false}";
static const char counter_applicant[] =
    "{\"kind\":\"enterprise\",\"name\":\"聊城市东昌府区光岳机电设备有限公司\"}";

struct load {
    struct drive_plan plan;
    const char *verb, *account, *cases, *list;
    bool json;
};

static bool
read_options(int argc, char **argv, struct load *l)
{
    static const struct option options[] = {
        {"to", required_argument, NULL, 't'},       {"connections", required_argument, NULL, 'c'},
        {"seconds", required_argument, NULL, 's'},  {"rate", required_argument, NULL, 'r'},
        {"cases", required_argument, NULL, 'i'},    {"open", required_argument, NULL, 'n'},
        {"list", required_argument, NULL, 'l'},     {"advances", required_argument, NULL, 'a'},
        {"workflow", required_argument, NULL, 'w'}, {"form", required_argument, NULL, 'f'},
        {"seed", required_argument, NULL, 'x'},     {"account", required_argument, NULL, 'u'},
        {"json", no_argument, NULL, 'j'},           {0}};
    bool to = false;

    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 't')
            to = client_address_read(optarg, &l->plan.to);
        else if (o == 'c')
            l->plan.connections = (int)strtol(optarg, NULL, 10);
        else if (o == 's')
            l->plan.seconds = strtod(optarg, NULL);
        else if (o == 'r')
            l->plan.rate = strtod(optarg, NULL);
        else if (o == 'i')
            l->cases = optarg;
        else if (o == 'n')
            l->plan.open = strtoll(optarg, NULL, 10);
        else if (o == 'l')
            l->list = optarg;
        else if (o == 'a')
            l->plan.advances = (int)strtol(optarg, NULL, 10);
        else if (o == 'w')
            l->plan.clerk.workflow = optarg;
        else if (o == 'f')
            l->plan.clerk.form = optarg;
        else if (o == 'x')
            l->plan.seed = strtoull(optarg, NULL, 10);
        else if (o == 'u')
            l->account = optarg;
        else if (o == 'j')
            l->json = true;
        else
            return false;
    }
    if (optind != argc - 1 || !to || l->plan.connections < 1)
        return false;
    l->verb = argv[optind];
    return true;
}

/* One request on a connection of its own. */
struct asked {
    struct event_base *base;
    struct client_reply reply;
    char *body;
};

static void
on_asked(void *arg, const struct client_reply *r)
{
    struct asked *a = arg;

    a->reply = *r;
    a->body = strdup(r->body);
    require(a->body);
    event_base_loopbreak(a->base);
}

static int
sign_in(const struct load *l)
{
    const char *password = getenv("LOAD_PASSWORD");
    struct asked a = {.base = event_base_new()};
    struct client *c;
    struct arena arena = {0};
    struct text t = text_new(&arena);
    char token[256];
    bool ok;

    require(a.base);
    c = client_new(a.base, 30000, on_asked, &a);
    client_turn(c, &l->plan.to);
    clerk_sign_in(&t, l->account ? l->account : "", password ? password : "");
    client_ask(c, t.at, t.len);
    event_base_dispatch(a.base);
    ok = a.reply.end == CLIENT_ANSWERED && a.reply.status == 201 &&
         member_text(a.body, "token", token, sizeof(token));
    if (ok)
        puts(token);
    else
        fprintf(stderr, "load: cannot sign in: %d %s\n", a.reply.status, a.body);
    free(a.body);
    client_free(c);
    event_base_free(a.base);
    arena_release(&arena);
    return !ok;
}

/* Connections that asked once and were answered, and then say nothing. */
struct idle {
    struct event_base *base;
    int waiting, answered, failed;
};

static void
on_idle_answer(void *arg, const struct client_reply *r)
{
    struct idle *i = arg;

    i->answered += r->end == CLIENT_ANSWERED && r->status == 200;
    i->failed += !(r->end == CLIENT_ANSWERED && r->status == 200);
    if (--i->waiting == 0)
        event_base_loopbreak(i->base);
}

static int
idle(const struct load *l)
{
    static const char request[] = "GET /livez HTTP/1.1\r\nHost: onestop\r\n\r\n";
    enum { AT_ONCE = 500 };
    struct idle i = {.base = event_base_new()};
    struct client **c = calloc((size_t)l->plan.connections, sizeof(struct client *));
    struct rlimit files;
    char byte;

    require(i.base && c);
    if (!getrlimit(RLIMIT_NOFILE, &files)) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    for (int n = 0; n < l->plan.connections; n++) {
        c[n] = client_new(i.base, 30000, on_idle_answer, &i);
        client_turn(c[n], &l->plan.to);
        client_ask(c[n], request, sizeof(request) - 1);
        if (++i.waiting == AT_ONCE || n == l->plan.connections - 1)
            event_base_dispatch(i.base);
    }
    printf("%d idle, %d failed\n", i.answered, i.failed);
    (void)fflush(stdout);
    while (read(0, &byte, 1) > 0)
        ;
    for (int n = 0; n < l->plan.connections; n++)
        client_free(c[n]);
    free(c);
    event_base_free(i.base);
    return 0;
}

static bool
read_cases(struct load *l, struct arena *a)
{
    FILE *in = fopen(l->cases, "r");
    struct drive_case *list = NULL, one;
    long long step;
    size_t n = 0;

    if (!in) {
        fprintf(stderr, "load: %s: %s\n", l->cases, strerror(errno));
        return false;
    }
    while (fscanf(in, "%40s %lld", one.number, &step) == 2) {
        one.step = step;
        list = arena_grow(a, list, n, sizeof(*list));
        list[n++] = one;
    }
    (void)fclose(in);
    l->plan.listed = list;
    l->plan.n_listed = n;
    return true;
}

static void
print_route(const struct drive_result *r, enum route route, bool json)
{
    static const char *const name[] = {"open", "advance"};
    const struct histogram *h = &r->latency[route];
    const unsigned long long p[] = {histogram_quantile(h, 5000), histogram_quantile(h, 9000),
                                    histogram_quantile(h, 9900), histogram_quantile(h, 10000)};

    printf(json ? ",\"%s\":{\"count\":%llu,\"perSecond\":%.1f,\"p50Us\":%llu,\"p90Us\":%llu,"
                  "\"p99Us\":%llu,\"maxUs\":%llu}"
                : "%-8s %8llu  %9.1f/s  p50 %6llu  p90 %6llu  p99 %6llu  max %7llu us\n",
           name[route], (unsigned long long)r->done[route],
           r->seconds > 0 ? (double)r->done[route] / r->seconds : 0, p[0], p[1], p[2], p[3]);
}

static void
print_result(const struct drive_result *r, bool json)
{
    printf(json ? "{\"seconds\":%.3f" : "%.3f s\n", r->seconds);
    print_route(r, ROUTE_OPEN, json);
    print_route(r, ROUTE_ADVANCE, json);
    printf(json ? ",\"ambiguous\":%llu,\"refused\":%llu,\"busy\":%llu,\"resent\":%llu,"
                  "\"replayed\":%llu,\"stale\":%llu,\"conflict\":%llu,\"other\":%llu}\n"
                : "ambiguous %llu, refused %llu, busy %llu, resent %llu, replayed %llu, stale "
                  "%llu, conflict %llu, other %llu\n",
           (unsigned long long)r->ambiguous, (unsigned long long)r->refused,
           (unsigned long long)r->busy, (unsigned long long)r->resent,
           (unsigned long long)r->replayed, (unsigned long long)r->stale,
           (unsigned long long)r->conflict, (unsigned long long)r->other);
}

static int
run(struct load *l)
{
    static struct drive_result result;
    struct arena a = {0};

    l->plan.clerk.token = getenv("LOAD_TOKEN");
    if (!l->plan.clerk.token) {
        fputs("load: LOAD_TOKEN is not set\n", stderr);
        return 2;
    }
    if (l->cases && !read_cases(l, &a))
        return 2;
    l->plan.opened = l->list ? fopen(l->list, "w") : NULL;
    if (l->list && !l->plan.opened) {
        fprintf(stderr, "load: %s: %s\n", l->list, strerror(errno));
        return 2;
    }
    drive(&l->plan, &result);
    if (l->plan.opened && fclose(l->plan.opened))
        return 2;
    print_result(&result, l->json);
    arena_release(&a);
    return result.other != 0;
}

int
main(int argc, char **argv)
{
    struct load l = {.plan = {.connections = 1,
                              .advances = 8,
                              .seed = 1,
                              .action = "advance",
                              .clerk = {.workflow = "counter",
                                        .district = "371502",
                                        .form = counter_form,
                                        .applicant = counter_applicant}}};

    if (read_options(argc, argv, &l)) {
        if (!strcmp(l.verb, "sign-in"))
            return sign_in(&l);
        if (!strcmp(l.verb, "run"))
            return run(&l);
        if (!strcmp(l.verb, "idle"))
            return idle(&l);
    }
    fputs(usage, stderr);
    return 2;
}
