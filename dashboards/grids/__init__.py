"""The entry grid: what it shows (``sheets``), how what was typed is read and saved (``typed``, ``entry``), the sums
beside it (``sums``), and how nothing typed is lost when a sign-in has expired (``stash``)."""
