"""Where a language's dates differ from Django's: Canadian French and English write short dates as 2023-03-31."""
