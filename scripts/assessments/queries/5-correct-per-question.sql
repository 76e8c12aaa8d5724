-- share of correct answers per question, of the answers that tell; the hardest first
select a.exam_name, q.id, count(q.user_correct) as answers, round(avg(q.user_correct::integer), 3) as correct
from assessments a join questions q on a.keen_id = q.keen_id
group by a.exam_name, q.id order by correct, q.id;
