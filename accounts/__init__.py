"""People and what they may do; signing in through Mijn DUO."""
