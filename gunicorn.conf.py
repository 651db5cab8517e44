"""How the web processes run. Gunicorn reads this file by itself where it is started in this folder."""

import gc
from logging.config import dictConfig

from gunicorn import glogging
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config

from lifetracker import settings

bind = f"{settings.BIND_ADDRESS}:{settings.PORT}"
workers = settings.WEB_CONCURRENCY
# The threads of a process share one interpreter, so that more of them make every page slower (benchmarks/README.md).
# Three: while two logins wait for the hashes of passwords, one is left for pages.
threads = 3
# What all of them have in common is loaded once, and they share its memory. It opens nothing that two
# processes must not share: no thread, and no connection (`lifetracker.models.redating.on_web_start` closes its own).
preload_app = True
# A worker that gives no sign of life for so long is replaced; a slow request is no such silence.
timeout = 60
# What is being answered may end when the process is told to. Heroku kills after 30 s.
graceful_timeout = 25
# Longer than routers keep a connection that is idle (Heroku: 90 s), so that none of them sends into
# one that is being closed here.
keepalive = 95
# Memory that is lost little by little comes back, and not in all workers at once.
max_requests = 5000
max_requests_jitter = 500

limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# Nobody may say by a header under which path this runs, or that it came over https: Django itself reads that, of
# a proxy that is trusted.
secure_scheme_headers: dict[str, str] = {}
forwarded_allow_ips = "127.0.0.1,::1,::ffff:127.0.0.1"
# Nobody uses it, and two servers of one user would share its path.
control_socket_disable = True


def when_ready(server: Arbiter) -> None:
    """Let the garbage collector of each process leave alone what it shares with the others: what is
    looked at is written to, and so is copied."""
    gc.collect()
    gc.freeze()


class Logger(glogging.Logger):
    """Gunicorn's own lines in the form of all others. Requests are told by `lifetracker.ops.logs`, which
    leaves out what is personal; so an access log stays off even where a platform asks for one."""

    access_log_enabled = False

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        dictConfig(settings.LOGGING)


logger_class = Logger
# Below, it tells the address of each request.
loglevel = settings.LOG_LEVEL.lower().replace("debug", "info")
