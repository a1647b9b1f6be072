-- SPDX-License-Identifier: Apache-2.0
-- Whether the daemons kept their word: the clerks' log (table clerk_log, loaded
-- by kills.pl) against what the database holds.  Knows nothing of the engine
-- but the schema and the members of facts.body.  Each check adds one row to
-- `verdict`: how much it looked at and how much of it is wrong.  The time
-- stands, and every alarm that was due has been decided.
\set ON_ERROR_STOP 1
\set QUIET 1
set jit = off;

create temp table verdict (place integer generated always as identity, said text, looked bigint, wrong bigint, example text);

create temp table fact as
select f.case_id, f.number as record, f.at, f.kind, n.ordinality as place, n.value as body
  from facts f, jsonb_array_elements(f.body::jsonb -> 'facts') with ordinality n;
create index on fact (case_id, record);
create temp table moment as select (extract(epoch from moment) * 1000000)::bigint as now from present;
create temp table record as
select case_id, number, (body::jsonb ->> 'revision')::bigint as revision from facts where kind = 1;
create temp table done as select * from clerk_log where kind = 'advance' and status = 200;
-- Keys are stored as digests; the clerks' are those of one account.
create temp table stored as
select k.scope, k.case_id, k.status, k.body, l.key
  from keys k
  left join (select distinct key, substr(sha256('clerk'::bytea || '\x00'::bytea || key::bytea), 1, 16) as digest
               from clerk_log) l using (digest);
analyze stored;
analyze fact;
analyze record;
analyze done;

create function pg_temp.link(s bytea, x bytea) returns bytea immutable language sql as 'select sha256(s || x)';
create aggregate pg_temp.chain (bytea) (sfunc = pg_temp.link, stype = bytea,
    initcond = '\x0000000000000000000000000000000000000000000000000000000000000000');
create function pg_temp.micros(t timestamptz) returns bigint immutable language sql
as 'select (extract(epoch from t) * 1000000)::bigint';

-- What was acknowledged

insert into verdict (said, looked, wrong, example)
select 'each acknowledged action is stored once, under its key', count(*),
       count(*) filter (where n <> 1), min(key) filter (where n <> 1)
  from (select d.key, count(k.key) as n
          from done d join cases c on c.number = d.number
          left join stored k on k.scope = c.id and k.key = d.key and k.status = 200
         group by d.key) x;

insert into verdict (said, looked, wrong, example)
select 'the stored reply tells the revision that was acknowledged', count(*),
       count(*) filter (where r <> revision), min(key) filter (where r <> revision)
  from (select d.key, d.revision, (k.body::jsonb ->> 'revision')::bigint as r
          from done d join cases c on c.number = d.number join stored k on k.scope = c.id and k.key = d.key) x;

insert into verdict (said, looked, wrong, example)
select 'no two acknowledged actions are one revision of a case', count(*), count(*) - count(distinct (number, revision)), null
  from done;

insert into verdict (said, looked, wrong, example)
select 'each acknowledged action is one record of its case, with its revision', count(*),
       count(*) filter (where n <> 1), min(key) filter (where n <> 1)
  from (select d.key, count(f.number) as n
          from done d join cases c on c.number = d.number
          left join record f on f.case_id = c.id and f.revision = d.revision
         group by d.key) x;

insert into verdict (said, looked, wrong, example)
select 'no record of an action is without an acknowledgement', count(*),
       count(*) filter (where d.key is null), min(c.number) filter (where d.key is null)
  from record f join cases c on c.id = f.case_id
  left join done d on d.number = c.number and d.revision = f.revision;

insert into verdict (said, looked, wrong, example)
select 'nothing that was refused is stored', count(*), count(k.key), min(k.key)
  from clerk_log l left join stored k on k.key = l.key
 where l.kind in ('advance', 'open') and l.status >= 400;

insert into verdict (said, looked, wrong, example)
select 'each acknowledged opening made one case', count(*),
       count(*) filter (where n <> 1), min(key) filter (where n <> 1)
  from (select l.key, count(c.id) as n
          from clerk_log l
          left join stored k on k.scope = 0 and k.key = l.key and k.status = 201
          left join cases c on c.id = k.case_id and c.number = l.number
         where l.kind = 'open' and l.status = 201 group by l.key) x;

insert into verdict (said, looked, wrong, example)
select 'no case is there that nobody opened', count(*),
       count(*) filter (where k.status is null), min(c.number) filter (where k.status is null)
  from cases c left join stored k on k.scope = 0 and k.case_id = c.id and k.status = 201;

insert into verdict (said, looked, wrong, example)
select 'no key is left reserved', count(*), count(*) filter (where status = 0), min(key) filter (where status = 0) from stored;

insert into verdict (said, looked, wrong, example)
select 'an action answered before another began has the lower revision', count(*),
       count(*) filter (where earliest < invoked), min(key) filter (where earliest < invoked)
  from (select key, invoked, min(returned) over (partition by number order by revision
               rows between 1 following and unbounded following) as earliest
          from done) x;

-- No record is half there

insert into verdict (said, looked, wrong, example)
select 'records of a case are 1, 2, 3 … without a gap', count(*), count(*) filter (where not ok), min(number) filter (where not ok)
  from (select c.number, count(f.number) = c.recorded and min(f.number) = 1 and max(f.number) = c.recorded as ok
          from cases c left join facts f on f.case_id = c.id group by c.id, c.number, c.recorded) x;

insert into verdict (said, looked, wrong, example)
select 'the case stands at its last record', count(*), count(*) filter (where not ok), min(number) filter (where not ok)
  from (select c.number, f.at = c.moment and f.hash = c.head and (f.body::jsonb ->> 'revision')::bigint = c.revision as ok
          from cases c join facts f on f.case_id = c.id and f.number = c.recorded) x;

insert into verdict (said, looked, wrong, example)
select 'time does not run back within a case', count(*), count(*) filter (where at < before), min(case_id::text) filter (where at < before)
  from (select case_id, at, lag(at) over (partition by case_id order by number) as before from facts) x;

insert into verdict (said, looked, wrong, example)
select 'the chain of hashes is whole', count(*), count(*) filter (where hash <> is_to_be), min(case_id::text) filter (where hash <> is_to_be)
  from (select case_id, hash, sha256(lag(hash, 1, decode(repeat('00', 32), 'hex')) over (partition by case_id order by number)
                                     || convert_to(body, 'UTF8')) as is_to_be
          from facts) x;

insert into verdict (said, looked, wrong, example)
select 'each step that was left is measured by the record that left it', count(*),
       count(*) filter (where n <> 1), min(case_id::text) filter (where n <> 1)
  from (select f.case_id, f.record, f.body ->> 'visit', count(t.visit) as n
          from fact f
          left join timings t on t.case_id = f.case_id and t.record = f.record
                             and t.visit = (f.body ->> 'visit')::integer and t.ended = f.at
         where f.body ->> 'fact' = 'left' group by 1, 2, 3) x;

insert into verdict (said, looked, wrong, example)
select 'each clock that ended is measured by the record that ended it', count(*),
       count(*) filter (where n <> 1), min(case_id::text) filter (where n <> 1)
  from (select f.case_id, f.record, f.body ->> 'number', count(t.visit) as n
          from fact f
          left join timings t on t.case_id = f.case_id and t.record = f.record
                             and t.clock = (f.body ->> 'number')::integer and t.ended = f.at
         where f.body ->> 'fact' = 'clock-ended' group by 1, 2, 3) x;

insert into verdict (said, looked, wrong, example)
select 'no measurement is without what ended it', count(*), count(*) filter (where f.case_id is null),
       min(t.case_id::text) filter (where f.case_id is null)
  from timings t
  left join fact f on f.case_id = t.case_id and f.record = t.record
        and f.body ->> 'fact' = case t.clock when 0 then 'left' else 'clock-ended' end
        and (f.body ->> case t.clock when 0 then 'visit' else 'number' end)::integer = case t.clock when 0 then t.visit else t.clock end;

insert into verdict (said, looked, wrong, example)
select 'each message decided on is in the outbox, and no other', count(*),
       count(*) filter (where f.case_id is null or o.case_id is null),
       min(coalesce(f.case_id, o.case_id)::text) filter (where f.case_id is null or o.case_id is null)
  from (select case_id, (body ->> 'number')::integer as number from fact where body ->> 'fact' = 'sent') f
  full join outbox o on o.case_id = f.case_id and o.number = f.number;

-- Alarms

create temp table timer as
select f.case_id, (f.body ->> 'visit')::integer as visit, n.ordinality - 1 as number, n.value::text::bigint as due
  from fact f, jsonb_array_elements(f.body -> 'timers') with ordinality n
 where f.body ->> 'fact' = 'entered' and n.value <> 'null';
create temp table fired as
select case_id, (body ->> 'visit')::integer as visit, coalesce((body ->> 'number')::integer, 0) as number,
       min(pg_temp.micros(at)) as at, count(*) as times
  from fact where body ->> 'fact' = 'timed' group by 1, 2, 3;
create temp table gone as
select case_id, (body ->> 'visit')::integer as visit, min(pg_temp.micros(at)) as at
  from fact where body ->> 'fact' = 'left' group by 1, 2;
create temp table watch as
select f.case_id, (f.body ->> 'number')::integer as clock, (f.body ->> 'visit')::integer as visit,
       pg_temp.micros(f.at + (f.body ->> 'limit')::interval) as due
  from fact f where f.body ->> 'fact' = 'clock-started' and f.body ? 'limit';
create temp table card as
select case_id, (body ->> 'number')::integer as clock, min(pg_temp.micros(at)) as at, count(*) as times,
       count(*) - count(distinct coalesce(body ->> 'epoch', '0')) as again
  from fact where body ->> 'fact' = 'late' group by 1, 2;
analyze timer;
analyze fired;
analyze gone;
analyze watch;

insert into verdict (said, looked, wrong, example)
select 'each timer that came due fired once, at its moment', count(*),
       count(*) filter (where not ok), min(case_id::text) filter (where not ok)
  from (select t.case_id, coalesce(f.times = 1 and f.at = t.due, false) as ok
          from timer t cross join moment m
          left join gone g on g.case_id = t.case_id and g.visit = t.visit
          left join fired f on f.case_id = t.case_id and f.visit = t.visit and f.number = t.number
         where t.due < m.now and (g.at is null or g.at > t.due or f.times is not null)) x;

insert into verdict (said, looked, wrong, example)
select 'no timer fired that was not due', count(*), count(*) filter (where t.due is null or f.at < t.due),
       min(f.case_id::text) filter (where t.due is null or f.at < t.due)
  from fired f left join timer t on t.case_id = f.case_id and t.visit = f.visit and t.number = f.number;

insert into verdict (said, looked, wrong, example)
select 'each clock that ran out has its card of being late, once', count(*),
       count(*) filter (where not ok), min(case_id::text) filter (where not ok)
  from (select w.case_id, coalesce(k.times = 1 and k.again = 0 and k.at = w.due, false) as ok
          from watch w cross join moment m
          left join gone g on g.case_id = w.case_id and g.visit = w.visit
          left join card k on k.case_id = w.case_id and k.clock = w.clock
         where w.due < m.now and (g.at is null or g.at > w.due)) x;

insert into verdict (said, looked, wrong, example)
select 'no card of being late was issued too soon', count(*), count(*) filter (where w.due is null or k.at < w.due),
       min(k.case_id::text) filter (where w.due is null or k.at < w.due)
  from card k left join watch w on w.case_id = k.case_id and w.clock = k.clock;

insert into verdict (said, looked, wrong, example)
select 'no case waits for an alarm that is past', count(*), count(*) filter (where alarm < p.moment),
       min(number) filter (where alarm < p.moment)
  from cases, present p;

-- The journal

insert into verdict (said, looked, wrong, example)
select 'each transaction is in the journal with as many facts as it wrote', count(*),
       count(*) filter (where n <> facts), min(id::text) filter (where n <> facts)
  from (select j.id, j.facts, coalesce(f.n, 0) as n
          from journal j left join (select journal, count(*) as n from facts group by journal) f on f.journal = j.id) x;

insert into verdict (said, looked, wrong, example)
select 'the journal holds the hash of each transaction', count(*), count(*) filter (where is_to_be <> hash),
       min(id::text) filter (where is_to_be <> hash)
  from (select j.id, j.hash, pg_temp.chain(f.hash order by f.case_id, f.number) as is_to_be
          from journal j join facts f on f.journal = j.id group by j.id, j.hash) x;

insert into verdict (said, looked, wrong, example)
select 'no fact is without its transaction', count(*), count(*) filter (where j.id is null), min(f.case_id::text) filter (where j.id is null)
  from facts f left join journal j on j.id = f.journal;

insert into verdict (said, looked, wrong, example)
select 'the journal is numbered 1, 2, 3 … in the order of its transactions', count(*),
       count(*) filter (where number is null or number <> place or xid < before), null
  from (select number, xid, row_number() over (order by number) as place, lag(xid) over (order by number) as before
          from journal) x;

\pset format unaligned
\pset tuples_only on
select said, looked, wrong, coalesce(example, '') from verdict order by place;
