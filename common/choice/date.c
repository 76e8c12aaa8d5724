#include "date.h"

static bool
digits(const char *text, size_t count, int *number)
{
	*number = 0;
	for (size_t i = 0; i < count; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*number = *number * 10 + (text[i] - '0');
	}
	return true;
}

static int
days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

bool
starts_with_date(const char *text, size_t length)
{
	int year, month, day;
	if (length < 10 || text[4] != '-' || text[7] != '-')
		return false;
	if (length > 10 && text[10] >= '0' && text[10] <= '9')
		return false;
	if (!digits(text, 4, &year) || !digits(text + 5, 2, &month) || !digits(text + 8, 2, &day))
		return false;
	return month >= 1 && month <= 12 && day >= 1 && day <= days_in(year, month);
}
