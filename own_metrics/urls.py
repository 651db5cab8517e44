from lifetracker.api.lists import record_urls
from own_metrics import api

urlpatterns = [
    *record_urls("own-metrics", api.OwnMetrics),
    *record_urls("own-metrics/values", api.OwnValues),
]
