"""The register itself: mandates and endpoints; granting and revoking them; answering checks."""
