"""gunicorn reads this file by itself: `gunicorn epe_ap.wsgi`."""

import gc

from epe_ap import environment

# Read here as well, in the master: a wrong variable ends the start with its sentence, not in a loop of workers.
env = environment.read_or_exit()

bind = f"0.0.0.0:{env['PORT']}"
workers = env["WEB_PROCESSES"]
worker_class = "gthread"
threads = env["WEB_THREADS"]
timeout = 60
graceful_timeout = 30
# Connections of a buffering proxy are reused; it closes idle ones after a minute at most.
keepalive = 65
# Slow memory growth of a long-lived process ends with the process; the jitter keeps them from ending together.
max_requests = 5000
max_requests_jitter = 500
accesslog = None
errorlog = "-"
loglevel = env["LOG_LEVEL"].lower()


def post_worker_init(worker: object) -> None:
    """What a worker starts with stays until its end: it is not looked through for garbage in the middle of a page."""
    gc.collect()
    gc.freeze()
