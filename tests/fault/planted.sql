-- SPDX-License-Identifier: Apache-2.0
-- Faults for check.sql to find: what it would say of the storm if the daemons
-- had broken their word.  Each block is done in a transaction of its own, that
-- is rolled back, and the check named must then fail.

-- fault: each acknowledged action is stored once, under its key
delete from keys where ctid = (select min(k.ctid) from keys k where k.scope > 0);

-- fault: the stored reply tells the revision that was acknowledged
update keys set body = replace(body, '"revision":', '"revision":9') where ctid = (select min(ctid) from keys where scope > 0);

-- fault: no two acknowledged actions are one revision of a case
update clerk_log l set revision = x.revision
  from (select number, min(revision) as revision from clerk_log where kind = 'advance' and status = 200
         group by number having count(*) > 1 limit 1) x
 where l.number = x.number and l.kind = 'advance' and l.status = 200;

-- fault: each acknowledged action is one record of its case, with its revision
insert into facts select cell, case_id, number + 1000000, journal, at, kind, actor, body, hash
  from facts where ctid = (select min(ctid) from facts where kind = 1);

-- fault: no record of an action is without an acknowledgement
delete from clerk_log where key = (select min(key) from clerk_log where kind = 'advance' and status = 200);

-- fault: nothing that was refused is stored
update keys set digest = (select substr(sha256('clerk'::bytea || '\x00'::bytea || min(key)::bytea), 1, 16)
                           from clerk_log where kind = 'advance' and status = 412)
 where ctid = (select min(ctid) from keys where scope > 0);

-- fault: each acknowledged opening made one case
update clerk_log set number = 'another' where key = (select min(key) from clerk_log where kind = 'open');

-- fault: no case is there that nobody opened
delete from keys where ctid = (select min(ctid) from keys where scope = 0);

-- fault: no key is left reserved
update keys set status = 0 where ctid = (select min(ctid) from keys where scope = 0);

-- fault: an action answered before another began has the lower revision
update clerk_log l set invoked = 9000000000000000000
  from (select number, min(revision) as revision from clerk_log where kind = 'advance' and status = 200
         group by number having count(*) > 1 limit 1) x
 where l.number = x.number and l.revision = x.revision;

-- fault: records of a case are 1, 2, 3 … without a gap
delete from facts where ctid = (select min(ctid) from facts where number = 2);

-- fault: the case stands at its last record
update cases set revision = revision + 1 where id = (select min(id) from cases);

-- fault: time does not run back within a case
update facts set at = at - interval '1 day' where ctid = (select min(ctid) from facts where number = 2);

-- fault: the chain of hashes is whole
update facts set body = replace(body, '"by":', '"By":') where ctid = (select min(ctid) from facts where number = 2);

-- fault: each step that was left is measured by the record that left it
delete from timings where ctid = (select min(ctid) from timings);

-- fault: each clock that ended is measured by the record that ended it
update timings set ended = ended + interval '1 second' where ctid = (select min(ctid) from timings where clock <> 0);

-- fault: no measurement is without what ended it
update timings set clock = 1000000 where ctid = (select min(ctid) from timings);

-- fault: each message decided on is in the outbox, and no other
delete from outbox where ctid = (select min(ctid) from outbox);

-- fault: each timer that came due fired once, at its moment
delete from facts where ctid = (select min(ctid) from facts where body like '%"timed"%');

-- fault: each timer that came due fired once, at its moment
insert into facts select cell, case_id, number + 1000000, journal, at, kind, actor, body, hash
  from facts where ctid = (select min(ctid) from facts where body like '%"timed"%');

-- fault: no timer fired that was not due
update facts set at = at - interval '1 day' where ctid = (select min(ctid) from facts where body like '%"timed"%');

-- fault: each clock that ran out has its card of being late, once
delete from facts where ctid = (select min(ctid) from facts where body like '%"late","number"%');

-- fault: no card of being late was issued too soon
update facts set at = at - interval '1 day' where ctid = (select min(ctid) from facts where body like '%"late","number"%');

-- fault: no case waits for an alarm that is past
update cases set alarm = '2020-01-01' where id = (select min(id) from cases);

-- fault: each transaction is in the journal with as many facts as it wrote
update journal set facts = facts + 1 where ctid = (select min(ctid) from journal);

-- fault: the journal holds the hash of each transaction
update journal set hash = sha256(hash);

-- fault: no fact is without its transaction
delete from journal where ctid = (select min(ctid) from journal where facts > 0);

-- fault: the journal is numbered 1, 2, 3 … in the order of its transactions
update journal set number = null where number = (select max(number) / 2 from journal);
