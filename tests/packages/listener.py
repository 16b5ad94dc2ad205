"""A listener with a fault of its own, and one that ends the sync."""

import sys

from doorstep import FieldClient, SyncCancel, SyncListener, SyncProgress


class Faulty(SyncListener):
    def on_progress(self, progress: SyncProgress) -> None:
        raise ValueError("the progress bar is broken")


class Impatient(SyncListener):
    def __init__(self, cancel: SyncCancel) -> None:
        self.cancel = cancel

    def on_progress(self, progress: SyncProgress) -> None:
        self.cancel.cancel()


client = FieldClient.open(sys.argv[1] + "/store", bytes(32))
client.enrol(sys.argv[3], "listener")
cancel = SyncCancel()
ended = client.sync_with(None, Impatient(cancel), cancel)
print(f"cancelled: {ended.cancelled}, complete: {client.status().complete}")
done = client.sync_with(None, Faulty())
print(f"done: {done.done}, complete: {client.status().complete}")
