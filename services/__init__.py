"""Diensten and dienstversies; leveranciers, their systemen and API keys."""
