"""Workbooks of this field: the report that is filled in for a project and period, and the measurement framework.

Templates are made here and read back; what is read is written through ``indicators.actions`` alone.
"""
