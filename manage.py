#!/usr/bin/env python
"""Management commands of the register.

Beside a running `make run` these work on the same register: the settings it wrote into its data folder
(`OSR_DATA_DIR`, default `var`) count for everything the environment leaves unset.
"""

import os
import sys

from osr.development import read_settings


def main() -> None:
    read_settings()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "osr.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except OperationalError as error:
        problem = str(error).splitlines()[0]
        sys.exit(f"The database cannot be reached: {problem}\nIs the register running? Start it with `make run`.")


if __name__ == "__main__":
    main()
