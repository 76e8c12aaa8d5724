-- attempts
select keen_id from assessments limit 10;
