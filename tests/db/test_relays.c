/* SPDX-License-Identifier: Apache-2.0 */
/* What cases have to tell one another: what fails for good keeps no other from its turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/metrics.h"
#include "runtime/relays.h"
#include "tests/support/circle.h"
#include "tests/support/hall.h"

enum { AT_ONCE = 64 }; /* so many are looked at */

static instant now;
static bool settled;
static const char *in_force; /* a workflow; NULL: none */

static instant
by_hand(void)
{
    return now;
}

static const struct workflow *
find_workflow(void *arg, const char *id, const char *district)
{
    (void)arg;
    (void)district;
    return in_force && !strcmp(id, in_force) ? hall.workflow : NULL;
}

/* As a daemon has them. */
struct daemon {
    struct alarms *alarms;
    struct relays *relays;
};

static struct daemon
daemon_of(int side)
{
    struct pipeline *read = hall.side[side].read;
    struct batch *batch = hall.side[side].batch;

    return (struct daemon){
        alarms_new(hall.base, &(struct alarms_options){.read = read, .batch = batch}),
        relays_new(hall.base, &(struct relays_options){.read = read,
                                                       .batch = batch,
                                                       .workflow = find_workflow,
                                                       .monotonic = by_hand})};
}

static void
end(struct daemon *d)
{
    alarms_stop(d->alarms);
    relays_stop(d->relays);
    alarms_free(d->alarms);
    relays_free(d->relays);
}

static void
on_settled(void *arg)
{
    (void)arg;
    settled = true;
}

static bool
is_settled(struct hall *h)
{
    return settled && hall_is_ready(h);
}

/* Until nothing is left that it can do. */
static void
work(struct daemon *d)
{
    settled = false;
    relays_settle_after(d->relays, d->alarms, on_settled, NULL);
    hall_until(&hall, is_settled);
}

/* What is heard, refused, and gone: a case has no child. */
static int64_t
say(int64_t from, int64_t to, int child)
{
    return sql_int("INSERT INTO relay (cell, id, case_id, source, child, what, body, at)"
                   " SELECT 0, nextval('relay_ids'), %lld, %lld, %d, 'born', '{}', moment"
                   " FROM present RETURNING id",
                   (long long)to, (long long)from, child);
}

/* One that is to be opened. */
static int64_t
ask(int64_t from, int child, const char *form)
{
    return sql_int("INSERT INTO relay (cell, id, case_id, source, child, what, body, at)"
                   " SELECT 0, nextval('relay_ids'), 0, %lld, %d, 'open',"
                   " '{\"form\":%s,\"workflow\":\"small-permit\"}', moment FROM present"
                   " RETURNING id",
                   (long long)from, child, form);
}

static bool
is_said(int64_t relay)
{
    return sql_int("SELECT count(*) FROM relay WHERE id = %lld", (long long)relay) != 0;
}

static int64_t
failures(void)
{
    return metric_value(METRIC_relays_failed);
}

static void
damage(int64_t case_id)
{
    sql("UPDATE cases SET state = '!' || state WHERE id = %lld", (long long)case_id);
}

static void
mend(int64_t case_id)
{
    sql("UPDATE cases SET state = substr(state, 2) WHERE id = %lld", (long long)case_id);
}

static void
what_a_damaged_case_cannot_hear_keeps_no_other_from_its_turn(void **state)
{
    struct daemon d = daemon_of(0), other;
    const int64_t parent = hall_case(&hall), damaged = hall_case(&hall);
    const int64_t before = failures();
    int64_t first, healthy;

    (void)state;
    damage(damaged);
    first = say(parent, damaged, 1);
    for (int i = 2; i <= AT_ONCE + 1; i++)
        (void)say(parent, damaged, i);
    healthy = say(parent, parent, 1);
    work(&d);
    assert_false(is_said(healthy));
    assert_int_equal(sql_int("SELECT count(*) FROM relay"), AT_ONCE + 1);
    assert_int_equal(failures() - before, AT_ONCE + 1);
    assert_int_equal(metric_value(METRIC_failing_relays), AT_ONCE + 1);
    /* Nor are they tried again before their time. */
    work(&d);
    work(&d);
    assert_int_equal(failures() - before, AT_ONCE + 1);
    /* When that has come they are. */
    now += 6 * SPAN_SECOND;
    work(&d);
    assert_int_equal(failures() - before, 2 * (AT_ONCE + 1));
    /* Somebody mends the case: another daemon, which has put nothing off, tells it at once. */
    mend(damaged);
    other = daemon_of(0);
    work(&other);
    assert_false(is_said(first));
    assert_int_equal(sql_int("SELECT count(*) FROM relay"), 0);
    /* The first one has nothing to try any more. */
    work(&d);
    assert_int_equal(metric_value(METRIC_failing_relays), 0);
    end(&other);
    end(&d);
}

/* A relay that cannot be read, and two that the database refuses. */
static void
what_was_said_later_of_the_same_does_not_overtake(void **state)
{
    struct daemon d = daemon_of(0);
    const int64_t parent = hall_case(&hall), child = hall_case(&hall);
    const int64_t unreadable = say(parent, child, 1), behind_it = say(parent, child, 1);
    const int64_t refused = say(child, parent, 1), behind_that = say(child, parent, 1);
    const int64_t asked = ask(parent, 5, "{\"name\":\"x\"}"), of_another = say(child, parent, 2);
    int64_t later;

    (void)state;
    in_force = "small-permit";
    sql("UPDATE relay SET body = '{' WHERE id = %lld", (long long)unreadable);
    sql("CREATE FUNCTION pit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF OLD.id IN (%lld, %lld) THEN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END IF;"
        " RETURN OLD; END $$;"
        " CREATE TRIGGER pit BEFORE DELETE ON relay FOR EACH ROW EXECUTE FUNCTION pit()",
        (long long)refused, (long long)asked);
    work(&d);
    assert_false(is_said(of_another));
    assert_true(is_said(unreadable) && is_said(behind_it));
    assert_true(is_said(refused) && is_said(behind_that));
    assert_true(is_said(asked));
    assert_int_equal(metric_value(METRIC_failing_relays), 3);
    /* Nor what is said while it is put off. */
    later = say(child, parent, 1);
    work(&d);
    assert_true(is_said(refused) && is_said(behind_that) && is_said(later));
    sql("DROP TRIGGER pit ON relay; DROP FUNCTION pit()");
    sql("UPDATE relay SET body = '{}' WHERE id = %lld", (long long)unreadable);
    now += 6 * SPAN_SECOND;
    work(&d);
    /* And that a child is born which was opened then. */
    work(&d);
    assert_int_equal(sql_int("SELECT count(*) FROM relay"), 0);
    assert_int_equal(metric_value(METRIC_failing_relays), 0);
    end(&d);
}

/* A procedure that is not in force: who asked for the case hears it, though that fails at first. */
static void
what_cannot_be_turned_back_is_put_off_too(void **state)
{
    struct daemon d = daemon_of(0);
    const int64_t parent = hall_case(&hall);
    const int64_t asked = ask(parent, 1, "{}"), before = failures();

    (void)state;
    in_force = NULL;
    sql("ALTER TABLE relay ADD CONSTRAINT pit CHECK (what <> 'concluded')");
    work(&d);
    assert_int_equal(failures() - before, 1);
    assert_true(is_said(asked));
    work(&d);
    assert_int_equal(failures() - before, 1);
    sql("ALTER TABLE relay DROP CONSTRAINT pit");
    now += 6 * SPAN_SECOND;
    work(&d); /* both, at once: it is turned back, and heard */
    assert_false(is_said(asked));
    assert_int_equal(failures() - before, 1);
    end(&d);
}

/* The transaction that opens it elsewhere holds the row: readers do not wait for it. */
static void
what_another_daemon_has_in_hand_is_not_turned_back(void **state)
{
    struct daemon d = daemon_of(0);
    const int64_t parent = hall_case(&hall), asked = ask(parent, 1, "{}");

    (void)state;
    in_force = NULL;
    circle_hold("SELECT 1 FROM relay WHERE id = %lld FOR UPDATE", (long long)asked);
    work(&d);
    circle_release();
    assert_int_equal(sql_int("SELECT case_id FROM relay WHERE id = %lld", (long long)asked), 0);
    work(&d);
    assert_false(is_said(asked));
    end(&d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_damaged_case_cannot_hear_keeps_no_other_from_its_turn),
        cmocka_unit_test(what_was_said_later_of_the_same_does_not_overtake),
        cmocka_unit_test(what_cannot_be_turned_back_is_put_off_too),
        cmocka_unit_test(what_another_daemon_has_in_hand_is_not_turned_back),
    };

    return cmocka_run_group_tests_name("relays", tests, hall_set_up, hall_tear_down);
}
