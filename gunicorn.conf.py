"""How the web processes run. Gunicorn reads this file by itself where it is started in this folder."""

from logging.config import dictConfig

from gunicorn import glogging
from gunicorn.config import Config

from lifetracker import settings

bind = f"{settings.BIND_ADDRESS}:{settings.PORT}"
workers = settings.WEB_CONCURRENCY
# Most of a request is waiting for the database.
threads = 4
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
# Nobody may say by a header under which path this runs. Django itself reads who came over https.
forwarded_allow_ips = "127.0.0.1,::1,::ffff:127.0.0.1"
# Nobody uses it, and two servers of one user would share its path.
control_socket_disable = True


class Logger(glogging.Logger):
    """Gunicorn's own lines in the form of all others. Requests are told by `lifetracker.logs`, which
    leaves out what is personal; so an access log stays off even where a platform asks for one."""

    access_log_enabled = False

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        dictConfig(settings.LOGGING)


logger_class = Logger
# Below, it tells the address of each request.
loglevel = settings.LOG_LEVEL.lower().replace("debug", "info")
