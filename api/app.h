/* SPDX-License-Identifier: Apache-2.0 */
#ifndef API_APP_H
#define API_APP_H

#include <stdatomic.h>

#include "api/http/server.h"
#include "api/password.h"
#include "api/reply.h"
#include "api/router.h"
#include "api/session.h"
#include "api/throttle.h"
#include "api/view.h"
#include "base/settings.h"
#include "runtime/worker.h"
#include "store/rows.h"

/** What all workers share: read-only, but for the pool, which locks for itself. */
struct app_shared {
    const struct settings *settings;
    const struct house *house;        /* organisation and calendar */
    const struct deliveries *systems; /* of the organisation */
    struct pool *passwords;
    const char *const *proxies; /* see struct http_config */
    struct pool *disk;          /* for files in a folder */
    const char *files_folder;   /* where files are, or were */
    bool files_in_folder;       /* those that come; else into the database */
    uint32_t files_kinds;       /* definition/file_kind.h: those that are taken */
    const char *contract;       /* openapi.json */
    size_t contract_len;
    char contract_etag[80];
    atomic_bool refused; /* what the folder of the workflows holds: others are in force */
};

/** The REST interface of one worker.  Belongs to its thread. */
struct app {
    const struct app_shared *shared;
    struct worker *worker;
    struct event_base *base;
    struct pipeline *read;
    struct session_cache *sessions;
    struct throttle *throttle;
    struct router *router;
    struct lookup *waiting;   /* for a version of a workflow that is being fetched */
    struct dossier *dossiers; /* likewise */
    struct trial *trials;     /* likewise */
    struct gallery *gallery;  /* workflows that were drawn */
    struct sweeper *sweeper;  /* of files that nothing names; NULL: another worker does it */
    size_t uploads;           /* being received */
    bool gone;                /* its connections are closed: nothing can be asked any more */
    struct arena arena;       /* the router's */
};

/** Sets the interface up; hooks for the HTTP server come out. */
void app_init(struct app *app, const struct app_shared *shared, struct worker *worker);
void app_release(struct app *app);
struct http_hooks app_hooks(struct app *app);

/** A version of a workflow came in: requests that wait for one go on. */
void app_editions_changed(struct app *app);

/* Routes' flags: the classes of roles that may come in, or anybody at all; and that there are no
 * query parameters; ROUTE_FILE: the body is a file, taken as it comes; ROUTE_FORM: it may bring a
 * whole form. */
enum {
    ROUTE_ANYBODY = 1 << 20,
    ROUTE_PLAIN = 1 << 21,
    ROUTE_THROTTLED = 1 << 22,
    ROUTE_FILE = 1 << 23,
    ROUTE_FORM = 1 << 24
};

/** The session of the request; never NULL on a route that is not ROUTE_ANYBODY. */
const struct session *app_session(const struct http_request *r);

/**
 * The workflow of path parameter "id", of query parameter "version" or in force today;
 * NULL when there is none, or the query has other parameters: then it is answered.
 */
const struct workflow *workflow_asked(const struct app *app, struct http_request *r);

/** "blue", "broken" …: what enum card_kind is called. */
const char *card_kind_word(int64_t kind);

/* diagram.c: pictures kept for those who ask again */
struct gallery *gallery_new(struct arena *a);
void gallery_release(struct gallery *g);

/*
 * Handlers, by resource.  Each answers its request exactly once.
 */
void sessions_open(void *arg, struct http_request *r);
void sessions_show(void *arg, struct http_request *r);
void sessions_close(void *arg, struct http_request *r);
void workflows_list(void *arg, struct http_request *r);
void workflows_versions(void *arg, struct http_request *r);
void workflows_show(void *arg, struct http_request *r);
void workflows_diagram(void *arg, struct http_request *r);
void workflows_bpmn(void *arg, struct http_request *r);
void workflows_diff(void *arg, struct http_request *r);
void cases_open(void *arg, struct http_request *r);
void cases_list(void *arg, struct http_request *r);
void cases_show(void *arg, struct http_request *r);
void cases_actions(void *arg, struct http_request *r);
void cases_act(void *arg, struct http_request *r);
void cases_act_many(void *arg, struct http_request *r);
void cases_explain(void *arg, struct http_request *r);
void progress_explain(void *arg, struct http_request *r);
void cases_ballots(void *arg, struct http_request *r);
void cases_facts(void *arg, struct http_request *r);
void cases_events(void *arg, struct http_request *r);
void cases_diagram(void *arg, struct http_request *r);
void tasks_list(void *arg, struct http_request *r);
void tasks_count(void *arg, struct http_request *r);
void tasks_next(void *arg, struct http_request *r);
void progress_open(void *arg, struct http_request *r);
void progress_ballot(void *arg, struct http_request *r);
void progress_events(void *arg, struct http_request *r);
void draws_list(void *arg, struct http_request *r);
void progress_show(void *arg, struct http_request *r);
void progress_act(void *arg, struct http_request *r);
void certificates_list(void *arg, struct http_request *r);
void progress_certificates(void *arg, struct http_request *r);
void certificates_show(void *arg, struct http_request *r);
void certificates_qr(void *arg, struct http_request *r);
void certificates_keys(void *arg, struct http_request *r);
void files_list(void *arg, struct http_request *r);
void files_take(void *arg, struct http_request *r);
void files_give(void *arg, struct http_request *r);
void progress_files_list(void *arg, struct http_request *r);
void progress_files_take(void *arg, struct http_request *r);
void progress_files_give(void *arg, struct http_request *r);
void parties_show(void *arg, struct http_request *r);
void cards_list(void *arg, struct http_request *r);
void cards_move(void *arg, struct http_request *r);
/* GET, POST /v1/outages, GET /v1/outages/{number}, POST /v1/outages/{number}/actions */
void outages_list(void *arg, struct http_request *r);
void outages_record(void *arg, struct http_request *r);
void outages_show(void *arg, struct http_request *r);
void outages_act(void *arg, struct http_request *r);
void stats_steps(void *arg, struct http_request *r);
void stats_holders(void *arg, struct http_request *r);
void stats_cases(void *arg, struct http_request *r);
void stats_cards(void *arg, struct http_request *r);
void messages_take(void *arg, struct http_request *r);
void inbound_list(void *arg, struct http_request *r);
void inbound_act(void *arg, struct http_request *r);
void outbox_list(void *arg, struct http_request *r);
void outbox_act(void *arg, struct http_request *r);
void destinations_list(void *arg, struct http_request *r);
void destinations_act(void *arg, struct http_request *r);
void clock_show(void *arg, struct http_request *r);
void clock_move(void *arg, struct http_request *r);
void system_live(void *arg, struct http_request *r);
void system_ready(void *arg, struct http_request *r);
void system_metrics(void *arg, struct http_request *r);
void system_contract(void *arg, struct http_request *r);

#endif
