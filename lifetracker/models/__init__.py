"""What is stored beside the records of the domains, and what these have in common."""

from lifetracker.models.deliveries import (
    GIVEN_UP,
    KNOWN_FOR,
    SAME_BODY_FOR,
    WAITS,
    WebhookDelivery,
    WebhookDeliveryQuerySet,
)
from lifetracker.models.file_imports import IMPORT_LEASE, FileImport, FileImportQuerySet
from lifetracker.models.leases import (
    LONGEST_WAIT,
    SYNC_LEASE,
    HeldLease,
    Lease,
    LeaseLost,
    LeaseQuerySet,
    has_come,
)
from lifetracker.models.marks import DayMark, DayMarkQuerySet, excluded_days
from lifetracker.models.preferences import Preferences, preferences
from lifetracker.models.records import (
    BEGINNING,
    MANUAL,
    SourceRecord,
    SourceRecordQuerySet,
    new_source_id,
)
from lifetracker.models.rejected import (
    MOST_OF_PAYLOAD,
    NOT_DISMISSED,
    PendingDeletion,
    RejectedItem,
    RejectedItemQuerySet,
)
from lifetracker.models.revisions import Revision
from lifetracker.models.runs import (
    ACTIVE,
    STOPPED,
    PlannedSync,
    SyncRun,
    SyncRunQuerySet,
    SyncRunTotal,
    SyncRunTotalQuerySet,
    SyncState,
    SyncStateQuerySet,
    newest_successes,
)
from lifetracker.models.tokens import (
    TOKEN_PREFIX,
    ApiToken,
    ApiTokenQuerySet,
    IssuedToken,
    digest_of,
)
from lifetracker.models.zones import DayZone

__all__ = [
    "ACTIVE",
    "BEGINNING",
    "GIVEN_UP",
    "IMPORT_LEASE",
    "KNOWN_FOR",
    "LONGEST_WAIT",
    "MANUAL",
    "MOST_OF_PAYLOAD",
    "NOT_DISMISSED",
    "SAME_BODY_FOR",
    "STOPPED",
    "SYNC_LEASE",
    "TOKEN_PREFIX",
    "WAITS",
    "ApiToken",
    "ApiTokenQuerySet",
    "DayMark",
    "DayMarkQuerySet",
    "DayZone",
    "FileImport",
    "FileImportQuerySet",
    "HeldLease",
    "IssuedToken",
    "Lease",
    "LeaseLost",
    "LeaseQuerySet",
    "PendingDeletion",
    "PlannedSync",
    "Preferences",
    "RejectedItem",
    "RejectedItemQuerySet",
    "Revision",
    "SourceRecord",
    "SourceRecordQuerySet",
    "SyncRun",
    "SyncRunQuerySet",
    "SyncRunTotal",
    "SyncRunTotalQuerySet",
    "SyncState",
    "SyncStateQuerySet",
    "WebhookDelivery",
    "WebhookDeliveryQuerySet",
    "digest_of",
    "excluded_days",
    "has_come",
    "new_source_id",
    "newest_successes",
    "preferences",
]
