# The image of the web server. Build: docker build -t epe-ap-results .
# Any Debian-like image with Python 3.11 or newer can be the base.
ARG BASE_IMAGE=python:3.12-slim

# --- Stage 1: install, compile, collect ----------------------------------------------------------
FROM ${BASE_IMAGE} AS build

ENV PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/venv
WORKDIR /app

# The lock alone first: this layer is built again only when it changes.
COPY requirements.txt ./
RUN /opt/venv/bin/pip install --require-hashes --no-deps -r requirements.txt

COPY . ./
# DEBUG lends a key to these two commands only; the storage with hashed names is in force all the same.
RUN DEBUG=on /opt/venv/bin/python manage.py compilemessages
RUN DEBUG=on /opt/venv/bin/python manage.py collectstatic --noinput

# --- Stage 2: what runs --------------------------------------------------------------------------
FROM ${BASE_IMAGE}

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/opt/venv/bin:$PATH PORT=8000 DATABASE_URL=sqlite:////data/db.sqlite3
COPY --from=build /opt/venv /opt/venv

# What printed sheets (PDF) are made with, in a layer that stays when the program changes.
WORKDIR /app/scripts
COPY scripts/pango.sh ./
RUN bash pango.sh

COPY --from=build /app /app
WORKDIR /app

# The program belongs to root and cannot change itself; /data is for SQLite alone.
RUN install -d -o 10001 -g 10001 /data
USER 10001:10001
VOLUME /data

EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]

# Once per release, before the servers start: docker run … python manage.py prepare
CMD ["gunicorn", "epe_ap.wsgi"]
