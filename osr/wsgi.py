import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "osr.settings")

application = get_wsgi_application()

# What a worker begins with stays as long as it lives. Now and then the garbage collector would walk through all of it,
# and whoever asks at that moment waits (docs/decisions/018-the-hot-path.md).
_ = get_resolver().url_patterns  # all views
gc.collect()
gc.freeze()
