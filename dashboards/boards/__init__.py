"""What the dashboard of a project is made of, as far as whoever opens it may see it."""
