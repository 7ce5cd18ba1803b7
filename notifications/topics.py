"""What an OSR-beheerder can be mailed about; each is also the name of a column of `Preference`."""

from django.db import models


class Topic(models.TextChoices):
    ENDING = "ending", "mandaten die aflopen"
    DEADLINES = "deadlines", "deadlines van diensten"
    REFUSED = "refused", "geweigerde raadplegingen"
    TRANSFERS = "transfers", "scholen die van bestuur wisselen"
    SUPPORT = "support", "wijzigingen door Kennisnet support"


# How many days before its last day one can be told of a mandate.
ENDING_DAYS = (7, 14, 30)
