"""Version 2 of the supplier API, as suppliers' clients have spoken it since 2019."""
