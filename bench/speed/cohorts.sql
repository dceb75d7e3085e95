-- The peer: history, factors, points and order of the scheme 'neighbourhood-crime', written by hand for DuckDB.
-- ${group_columns}: a count per offence group.
create or replace temp table peer_history as
with known as (
    select s.*, o.offence_group, coalesce(o.violent, false) as violent, o.harm_days, coalesce(o.harm_rank, 0) as harm_rank
    from sanctions s left join offences o using (offence_code)
    where s.sanction_date <= date '2026-04-01'
),
occasions as (
    select k.person_key, k.sanction_date, count(*) as offences, bool_or(k.violent) as violent,
        bool_or(k.sanction_type = 'conviction') as convicted, sum(k.harm_days) as harm_days,
        max(p.date_of_birth + interval 21 year)::date as from_21,
        max(((((k.sanction_date - date '1900-01-01')::bigint * 8 + case k.disposal
                when 'custody' then 7 when 'suspended sentence' then 6 when 'community order' then 5 when 'fine' then 4
                when 'discharge' then 3 when 'caution' then 2 when 'conditional caution' then 1 else 0 end) * 32768
            + least(coalesce(k.custody_days, 0), 32767)) * 32 + k.harm_rank) * 131072 + 131071
            - try_cast(k.offence_code as bigint)) filter (k.sanction_type = 'conviction') as principal
    from known k join persons p using (person_key)
    group by all
),
careers as (
    select person_key, count(*) as sanctions, count(*) filter (violent) as violent_sanctions,
        count(*) filter (convicted) as convictions, sum(offences) as offences,
        count(*) filter (sanction_date >= from_21) as sanctions_since_21,
        min(sanction_date) as first_sanction_date, max(sanction_date) as last_sanction_date,
        max(sanction_date) filter (convicted) as date_of_conviction, max(principal) as principal,
        count(*) filter (sanction_date > date '2025-04-01') as sanctions_12m,
        count(*) filter (sanction_date > date '2025-04-01' and violent) as violent_sanctions_12m,
        sum(harm_days) as harm, sum(harm_days) filter (sanction_date > date '2025-04-01') as harm_12m
    from occasions group by person_key
),
recent as (
    select person_key, count(*) filter (harm_days is null) as unweighed_12m, ${group_columns}
    from known where sanction_date > date '2025-04-01' group by person_key
),
inside as (
    select person_key, start_date, end_date, least(coalesce(end_date, date '2026-04-01'), date '2026-04-01') as until
    from custody_spells where start_date <= date '2026-04-01'
),
spans as (
    select *, greatest(start_date, coalesce(max(until) over (partition by person_key order by start_date, until
        rows between unbounded preceding and 1 preceding), start_date)) as new_from
    from inside
),
custody as (
    select person_key, bool_or(end_date is null or end_date > date '2026-04-01') as in_custody,
        max(end_date) filter (end_date <= date '2026-04-01') as last_release_date,
        sum(greatest(until - greatest(new_from, date '2025-04-01'), 0)) as custody_days_12m,
        sum(greatest(until - greatest(new_from, date '2024-04-01'), 0)) as custody_days_24m
    from spans group by person_key
),
joined as (
    select p.person_key, p.date_of_birth, date '2026-04-01' as "on",
        (20260401 - (year(p.date_of_birth) * 10000 + month(p.date_of_birth) * 100 + day(p.date_of_birth))) // 10000 as age,
        datesub('month', p.date_of_birth, date '2026-04-01') as age_months,
        datesub('year', p.date_of_birth, c.first_sanction_date) as age_at_first_sanction,
        datesub('year', p.date_of_birth, c.last_sanction_date) as age_at_last_sanction,
        datesub('month', c.last_sanction_date, date '2026-04-01') as months_since_last_sanction,
        lpad((131071 - c.principal % 131072)::varchar, 5, '0') as offence_code,
        coalesce(k.in_custody, false) as in_custody, k.last_release_date,
        365 - coalesce(k.custody_days_12m, 0) as days_at_liberty_12m,
        730 - coalesce(k.custody_days_24m, 0) as days_at_liberty_24m,
        c.* exclude (person_key, principal, harm, harm_12m), r.* exclude (person_key),
        coalesce(c.harm, 0) as harm, coalesce(c.harm_12m, 0) as harm_12m
    from persons p left join careers c using (person_key) left join recent r using (person_key)
        left join custody k using (person_key)
)
select j.*, o.offence_group, age_at_last_sanction - age_at_first_sanction as career_years,
    ln(sanctions / (10 + age_at_last_sanction - age_at_first_sanction)) as copas_rate,
    case when date_of_conviction is null then null when in_custody then "on"
        else greatest(date_of_conviction, coalesce(last_release_date, date_of_conviction)) end as follow_up_start,
    case when in_custody then 0 else datesub('month',
        greatest(last_sanction_date, coalesce(last_release_date, last_sanction_date)), "on") end as offence_free_months,
    case when age < 18 then sanctions >= 4 when age < 21 then sanctions >= 8
        else sanctions >= 16 and sanctions_since_21 >= 8 end as prolific
from joined j left join offences o using (offence_code);

create or replace temp table peer_ranked as
with crime as (
    select person_key,
        count(*) filter (sanction_date > date '2024-04-01' and neighbourhood) as neighbourhood_24m,
        count(*) filter (sanction_date > date '2025-04-01' and neighbourhood) as neighbourhood_12m,
        coalesce(sum(harm_days) filter (sanction_date > date '2025-04-01'), 0) as harm_12m
    from (
        select person_key, sanction_date, harm_days, offence_group in
            ('robbery', 'burglary_domestic', 'vehicle_crime', 'theft_from_person') as neighbourhood
        from sanctions left join offences using (offence_code)
        where sanction_date <= date '2026-04-01' and sanction_date > date '2024-04-01'
    ) group by person_key
),
arrested as (
    select person_key, count(*) as arrests from arrests left join offences using (offence_code)
    where arrest_date <= date '2026-04-01' and arrest_date > date '2025-10-01'
        and offence_group in ('robbery', 'burglary_domestic', 'vehicle_crime', 'theft_from_person')
    group by person_key
),
tested as (
    select person_key, count(*) as positive from drug_tests
    where test_date <= date '2026-04-01' and test_date > date '2025-10-01' and result = 'positive' and occasion = 'arrest'
    group by person_key
),
reported as (
    select person_key, sum(reports) as reports from intelligence_counts
    where month <= date '2026-04-01' and month > date '2026-01-01' group by person_key
),
scored as (
    select person_key, max(percent) filter (predictor = 'arp') as arp, max(percent) filter (predictor = 'ogrs3') as ogrs3
    from scores where predictor in ('arp', 'ogrs3') group by person_key
),
valued as (
    select h.person_key, h.age_months / 12 as age, h.offence_group, h.last_sanction_date, h.harm_12m,
        coalesce(c.neighbourhood_24m, 0) as neighbourhood_24m, coalesce(c.neighbourhood_12m, 0) as neighbourhood_12m,
        coalesce(a.arrests, 0) as arrests, coalesce(t.positive, 0) as positive, coalesce(r.reports, 0) as reports,
        coalesce(s.arp, s.ogrs3) as percent
    from peer_history h left join crime c using (person_key) left join arrested a using (person_key)
        left join tested t using (person_key) left join reported r using (person_key) left join scored s using (person_key)
),
judged as (
    select *,
        case when neighbourhood_12m >= 6 then 30 when neighbourhood_12m >= 3 then 20 when neighbourhood_12m >= 1 then 10
            else 0 end
        + case when arrests >= 3 then 8 when arrests >= 1 then 4 else 0 end
        + case when percent >= 90 then 30 when percent >= 75 then 20 when percent >= 50 then 10 else 0 end
        + case when harm_12m >= 730 then 15 when harm_12m >= 365 then 10 when harm_12m >= 10 then 5 else 0 end
        + case when reports >= 5 then 6 when reports >= 2 then 3 else 0 end
        + case when positive >= 1 then 6 else 0 end as points,
        coalesce(age >= 17.5, false) as is_adult,
        case when offence_group in ('robbery', 'burglary_domestic', 'vehicle_crime', 'theft_from_person')
                and percent >= 75 then 'fixed'
            when neighbourhood_24m >= 1 and percent >= 50 then 'flex'
            when harm_12m >= 180 then 'free' end as strand
    from valued
),
eligible as (
    select *, row_number() over (order by points desc, harm_12m desc, last_sanction_date desc nulls last, person_key)
        as "rank"
    from judged where is_adult and strand is not null
)
select person_key, "rank", points, true as eligible, strand from eligible
union all
select person_key, null, points, false, null from judged where not (is_adult and strand is not null);
