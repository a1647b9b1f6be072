-- SPDX-License-Identifier: Apache-2.0
-- What deploy/demo shows: each measured step, then the clocks of each case.
-- A line is "# heading" or fields divided by bars.
with shown as (
    select t.*, c.number,
           case when t.limited like '%minute%' or t.limited like '%hour%' or t.limited is null
                then (t.counted_ms / 60000) || ' min'
                else t.counted_days || case t.counted_days when 1 then ' day' else ' days' end end as counted,
           (array['open', 'on time', 'LATE', 'cancelled'])[t.verdict + 1] as said,
           to_char(t.started at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') as entered,
           to_char(t.ended at time zone 'Asia/Shanghai', 'MM-DD HH24:MI') as gone
      from timings t
      join cases c on c.cell = t.cell and c.id = t.case_id
     where t.cell = 0
), lines as (
    select id as case_id, 0 as part, opened as at, 0 as visit, 0 as clock,
           '# ' || workflow || '  ' || applicant || '  ' || number || '  ' || coalesce(outcome, 'open') as line
      from cases where cell = 0
    union all
    select case_id, 1, started, visit, clock,
           concat_ws('|', rule, coalesce(actor, 'time'), entered, gone, counted, limited, said)
      from shown where step is not null and limited is not null
    union all
    select case_id, 1, started, visit, clock, concat_ws('|', step, coalesce(actor, 'time'), entered, gone, '', '', '')
      from shown where step is not null and limited is null
    union all
    select case_id, 2, started, visit, clock,
           concat_ws('|', '= ' || rule || case kind when 1 then ' (statutory)' else ' (promised)' end, '',
                     entered, gone, counted, limited, said)
      from shown where step is null
)
select line from lines order by case_id, part, at, visit, clock;

select '# ' || count(*) filter (where verdict in (1, 2)) || ' limits measured, '
       || count(*) filter (where verdict = 1) || ' kept, ' || count(*) filter (where verdict = 2) || ' broken, in '
       || count(distinct case_id) || ' cases'
  from timings where cell = 0;
