DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = "F j, Y, H:i"
TIME_FORMAT = "H:i"
SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
FIRST_DAY_OF_WEEK = 1
# 03/04/2023 is April in one country and March in the next: only the unambiguous order is accepted.
DATE_INPUT_FORMATS = ["%Y-%m-%d"]
