"""The name under which migrations import the encrypted columns."""

from lifetracker.models.encryption import EncryptedTextField, Unreadable

__all__ = ["EncryptedTextField", "Unreadable"]
