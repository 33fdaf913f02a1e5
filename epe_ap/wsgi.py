import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from epe_ap.stack import with_room

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "epe_ap.settings")

_answer = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    answer: Iterable[bytes] = with_room(lambda: _answer(environ, start_response))
    return answer
