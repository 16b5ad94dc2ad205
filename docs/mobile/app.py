"""A worker's phone as a console program in Python: the same small app as App.kt and App.swift.

    app.py FOLDER enrol INVITATION   once, with a signal: the text of the QR code the office shows
    app.py FOLDER visit PHOTO        at the door, with no signal needed
    app.py FOLDER find TEXT          what is known about an address or a name, with no signal needed
    app.py FOLDER sync [SECONDS]     back in range; it tries for so long, a minute if not said

Each run opens the store anew, as a phone does that was switched off between.
"""

import os
import secrets
import sys
from datetime import datetime, timezone
from pathlib import Path

from doorstep import Bilingual, Entry, FieldClient, FieldError, FieldValue, ListFilter
from doorstep import SyncListener, SyncProgress

HOME = "210102001001003201501"  # the standard address code on the door plate


def store_key(folder: Path) -> bytes:
    """The 32 bytes that encrypt the store. A desk has no key store: a file only we can read."""
    path = folder / "key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


def text(key: str, value: str) -> Entry:
    return Entry(key=key, value=FieldValue.TEXT(value))


def flag(key: str, value: bool) -> Entry:
    return Entry(key=key, value=FieldValue.FLAG(value))


def say(words: Bilingual) -> str:
    """What a person reads: in their language."""
    return words.en if os.environ.get("APP_LANGUAGE") == "en" else words.zh


def enrol(client: FieldClient, invitation: str) -> None:
    enrolled = client.enrol(invitation, "Python")
    print(f"enrolled: {enrolled.person}, {say(enrolled.district)}")
    client.sync()
    for area in client.areas():
        print(f"area: {area.area} {say(area.name)}")


def visit(client: FieldClient, picture: str) -> None:
    # Everything here is on disk when the call returns, whether or not there is a signal.
    address = text("address", "测试街道第一社区北三路32号2单元501")
    home = client.open_premises(None, HOME, [address, text("use", "rented")]).record
    try:
        client.edit(home, [text("use", "castle")])
    except FieldError.Refused as refused:  # nothing was saved: the person is told and corrects it
        tell(refused)
    client.edit(home, [Entry(key="rooms", value=FieldValue.NUMBER(2))])

    for finding in client.check("visit", None, [text("outcome", "met"), text("state", "submitted")]):
        print(f"check: {finding.field} {finding.code}: {say(finding.message)}")
    report = client.start_visit(home, [text("remarks", "楼道灯不亮")]).record  # a draft, to be gone on with
    taken = int(datetime.now(timezone.utc).timestamp() * 1000)
    client.photo(report, Path(picture).read_bytes(), caption="楼道", taken_at_ms=taken)
    client.end_visit(report, "met", [flag("card_shown", True)], submit=True)
    show(client, home)
    status(client)


def find(client: FieldClient, words: str) -> None:
    for line in client.find(words, ListFilter(kind="premises")):
        show(client, line.record)


class Steps(SyncListener):
    """Hears how far a sync has come, on the thread that syncs."""

    def on_progress(self, progress: SyncProgress) -> None:
        sent = f"{progress.accepted} of {progress.changes} changes"
        print(f"{progress.stage.name}: {sent}, {progress.photos_stored} of {progress.photos} photos")


def sync(client: FieldClient, seconds: str = "60") -> None:
    done = client.sync_with(int(seconds) * 1000, Steps())
    print(f"sync: {done.accepted} accepted, {done.rejected} refused, {done.photos_stored} photos")
    for item in client.attention():
        field = say(item.field) if item.field else ""
        print(f"attention: {item.why.name} {item.title} {field}: {say(item.words)}")
        for kept in item.kept:
            print(f"    {say(kept)}")
    status(client)


def show(client: FieldClient, record: str) -> None:
    view = client.read(record)
    print(f"{view.line.kind}: {view.line.title} ({view.line.standing.name})")
    for field in view.fields:
        shown = "***" if field.sensitive else say(field.shown)
        print(f"    {say(field.label)}: {shown}{' (!)' if field.clash else ''}")


def status(client: FieldClient) -> None:
    now = client.status()
    print(f"status: {now.on_this_phone} on this phone, {now.merged} merged, {now.photos_here} photos")


def tell(error: FieldError) -> None:
    """What happened and what to do, with the code that a helpdesk asks for."""
    problem = error.problem()
    print(f"{problem.code} {problem.field or ''}: {say(problem.message)}. {say(problem.remedy)}")


def main(folder: str, command: str, *arguments: str) -> int:
    Path(folder).mkdir(parents=True, exist_ok=True)
    commands = {"enrol": enrol, "visit": visit, "find": find, "sync": sync}
    try:
        client = FieldClient.open(str(Path(folder) / "phone.db"), store_key(Path(folder)))
        commands[command](client, *arguments)
    except FieldError as error:  # nothing that was saved before is lost by any of them
        tell(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
