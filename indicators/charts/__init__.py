"""Charts: rows of results in, drawings out. They ask no question of the database, and add up nothing.

``shapes`` holds scales and lengths; ``drawing`` what a drawing is made of; ``chart`` what a chart is beside its drawing; then one
module for each kind of chart, and ``files`` for the files of them.
"""
