"""What Django says in English about a password, said in Dutch."""

from django.contrib.auth.password_validation import MinimumLengthValidator


class LongEnough(MinimumLengthValidator):
    """That a password has enough characters."""

    def get_error_message(self) -> str:
        """What is wrong, and how to put it right."""
        return f"Dit wachtwoord is te kort. Neem er een van ten minste {self.min_length} tekens."
