-- attempts per exam name
select exam_name, count(*) as attempts from assessments group by exam_name order by attempts desc, exam_name;
