"""The API that suppliers call."""
