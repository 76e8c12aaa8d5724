-- of each attempt its first question (lists start with 1), taken from the nested column
select keen_timestamp, sequences.questions[1].user_incomplete as user_incomplete from assessments limit 10;
