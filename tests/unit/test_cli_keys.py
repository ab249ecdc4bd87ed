"""`gatehouse keys` and `gatehouse raws`, on a real store beside one that stands for the running engine."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner, Result

from gateway.cli.main import app
from gateway.clock import SystemClock
from gateway.errors import ConfigError, TransientError
from gateway.journal import Store
from gateway.ports import Key, Raw, StreamId
from gateway.settings import Settings, load
from gateway.store import keyfile, seals
from gateway.store.blobs import make_blobs
from gateway.store.keyfile import KeyFile, new_key_line, signing_secret
from gateway.store.seal import key_of
from gateway.store.store import open_store
from tests.desk import CONFIGURATION, Desk
from tests.servers.s3 import running_s3

runner = CliRunner()
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LARGE = 300_000


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOGNAME", "olga")
    return Desk(tmp_path)


def settings_of(desk: Desk) -> Settings:
    return load(desk.path, credentials=False)


@asynccontextmanager
async def engine(desk: Desk) -> AsyncIterator[Store]:
    """The store as the running engine holds it: opened once, following its key file."""
    kept = settings_of(desk).store
    async with open_store(kept.path, kept.blobs, kept.sealer(), SystemClock()) as store:
        yield store


async def put(store: Store, names: Sequence[str]) -> None:
    page = [raw(name) for name in names]
    await store.put_page("support", StreamId("INBOX"), page, None)


def raw(name: str) -> Raw:
    body = name.encode() * (LARGE if name.startswith("large") else 10)
    return Raw("support", StreamId("INBOX"), Key(name), name, body, "message/rfc822", NOW, len(body))


async def read(store: Store, names: Sequence[str]) -> None:
    for name in names:
        found = await store.open_raw("support", Key(name), "test", "", NOW)
        assert found is not None
        assert found.body == raw(name).body


def kept(desk: Desk, *names: str) -> None:
    async def run() -> None:
        async with engine(desk) as store:
            await put(store, names)

    asyncio.run(run())


def run(*words: str) -> Result:
    return runner.invoke(app, words)


def done(*words: str) -> str:
    result = run(*words)
    assert result.exit_code == 0, result.output
    return result.output


def listed(*more: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done("keys", "list", "--json", *more))
    return found


def ids() -> list[str]:
    return [each["id"] for each in listed()]


def test_a_key_is_replaced_whole_beside_the_running_engine(desk: Desk) -> None:
    """Added, rotated to, the old one removed: nothing is lost, nothing is restarted, and signatures stay good."""
    signing = settings_of(desk).signing
    (old,) = ids()
    before, between, after = ["one", "large-one"], ["two", "large-two"], ["three", "large-three"]

    async def story() -> None:
        async with engine(desk) as store:
            await put(store, before)
            await asyncio.to_thread(done, "keys", "add")
            await put(store, between)
            refused = await asyncio.to_thread(run, "keys", "remove", old)
            assert refused.exit_code == 1
            assert "1 originals in rows and 1 in blobs are still sealed" in refused.output
            told = await asyncio.to_thread(done, "keys", "rotate")
            assert "1 originals in rows and 1 in blobs" in told
            await read(store, before + between)
            await asyncio.to_thread(done, "keys", "remove", old)
            await put(store, after)
            await read(store, before + between + after)

    asyncio.run(story())
    (new,) = ids()
    assert new != old
    assert listed("--count") == [{"id": new, "seals": True, "held": True, "rows": 3, "blobs": 3}]
    assert settings_of(desk).signing == signing
    assert old not in (desk.folder / "gatehouse.key").read_text()


def test_an_engine_with_the_old_key_reads_what_another_sealed_with_the_new(desk: Desk) -> None:
    """The file is read once more when a key is not known: nothing is buried for it."""

    async def story() -> None:
        async with engine(desk) as first:
            done_by = desk.folder / "gatehouse.key"
            await put(first, ["one"])
            await asyncio.to_thread(done, "keys", "add")
            async with engine(desk) as second:
                await put(second, ["two", "large-two"])
            claimed = await first.claim_raws(10, 10**9, NOW)
            assert {each.raw.body for each in claimed} == {raw(name).body for name in ("one", "two", "large-two")}
            assert done_by.exists()

    asyncio.run(story())


ROTATOR = """
import sys
from gateway.cli.main import main
from gateway.store import keyfile, seals

seals.BATCH_BYTES = 1
real = seals.SqlSeals.reseal
steps = 0

async def reseal(self, after):
    global steps
    if steps == 5:
        print("in the middle", flush=True)
        sys.stdin.read()
    steps += 1
    return await real(self, after)

seals.SqlSeals.reseal = reseal
sys.argv = ["gatehouse", "keys", "rotate"]
main()
"""


def test_a_rotation_that_is_killed_goes_on_where_it_was(desk: Desk) -> None:
    """In bounded batches; what was done is not done again, and nothing is lost."""
    names = [f"row-{number}" for number in range(12)]
    kept(desk, *names, "large-one")
    done("keys", "add")
    with subprocess.Popen([sys.executable, "-c", ROTATOR], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as rotator:
        assert rotator.stdout is not None
        assert rotator.stdout.readline() == b"in the middle\n"
        rotator.send_signal(signal.SIGKILL)
    old, new = listed("--count")
    assert (old["rows"], new["rows"], old["blobs"]) == (7, 5, 1)
    assert "7 originals in rows and 1 in blobs" in done("keys", "rotate")
    assert "0 originals in rows and 0 in blobs" in done("keys", "rotate")

    async def look() -> None:
        async with engine(desk) as store:
            await read(store, [*names, "large-one"])

    asyncio.run(look())


def test_batches_are_bounded_by_bytes_and_by_rows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine waits for a batch: it is never all there is."""
    names = [f"row-{number}" for number in range(10)]
    kept(desk, *names)
    done("keys", "add")
    monkeypatch.setattr(seals, "WINDOW", 4)
    monkeypatch.setattr(seals, "BATCH_BYTES", 250)

    async def steps() -> list[int]:
        found: list[int] = []
        async with engine(desk) as store:
            after: int | None = 0
            while after is not None:
                step = await store.seals.reseal(after)  # type: ignore[attr-defined]
                found.append(step.changed)
                after = step.after
        return found

    found = asyncio.run(steps())
    assert sum(found) == len(names)
    assert max(found) <= 2


def test_what_is_damaged_is_named_and_stays_as_it_is(desk: Desk) -> None:
    """A new seal would make it look whole; the others are sealed anew."""
    kept(desk, "one", "two", "large-one")
    database = create_engine(f"sqlite:///{desk.folder / 'gatehouse.db'}")
    with database.begin() as connection:
        cut = "UPDATE bodies SET sealed = substr(sealed, 1, length(sealed) - 1) WHERE seq = 1"
        connection.execute(text(cut))
    done("keys", "add")
    result = run("keys", "rotate")
    assert result.exit_code == 1
    assert "1 originals in rows and 1 in blobs" in result.output
    assert "1 cannot be opened" in result.output
    old, _ = ids()
    with database.begin() as connection:
        assert key_of(connection.scalar(text("SELECT sealed FROM bodies WHERE seq = 1"))) == old
    database.dispose()
    assert run("keys", "remove", old).exit_code == 1


def test_a_blob_in_a_bucket_is_rotated_too(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`[store.s3]` and two variables of the environment are all there is to tell."""
    with running_s3(tmp_path_factory.mktemp("s3")) as server:
        bucket = server.bucket(desk.folder / "blobs")
        monkeypatch.setenv("GATEHOUSE_S3_ACCESS_KEY", server.access_key)
        monkeypatch.setenv("GATEHOUSE_S3_SECRET_KEY", server.secret_key)
        table = f'[store.s3]\nendpoint = "{bucket.endpoint}"\nbucket = "{bucket.name}"\nregion = "{bucket.region}"\n'
        desk.write(CONFIGURATION + table)
        assert server.secret_key in settings_of(desk).secrets()
        kept(desk, "large-one", "one")
        (old,) = ids()
        done("keys", "add")
        assert "1 originals in rows and 1 in blobs" in done("keys", "rotate")
        done("keys", "remove", old)

        async def look() -> None:
            async with engine(desk) as store:
                await read(store, ["large-one", "one"])

        asyncio.run(look())
        with make_blobs(settings_of(desk).store.blobs, settings_of(desk).store.sealer()) as blobs:
            assert len(list(blobs.list())) == 1
    assert list((desk.folder / "blobs").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "told"), [("one", "1 originals in rows and 0"), ("large-one", "0 originals in rows and 1")]
)
def test_a_key_is_not_removed_while_anything_needs_it(desk: Desk, name: str, told: str) -> None:
    """Neither a row nor a blob; after the rotation it is."""
    kept(desk, name)
    (old,) = ids()
    done("keys", "add")
    result = run("keys", "remove", old)
    assert result.exit_code == 1
    assert told in result.output
    assert old in ids()
    done("keys", "rotate")
    done("keys", "remove", old)


def test_a_standby_key_opens_and_seals_only_when_told(desk: Desk) -> None:
    """So that its file can be brought to every machine before anything is sealed with it."""
    signing = settings_of(desk).signing
    (old,) = ids()
    done("keys", "add", "--standby")
    new, last = ids()
    assert last == old
    assert [each["seals"] for each in listed()] == [False, True]
    done("keys", "use", new)
    assert ids() == [old, new]
    assert settings_of(desk).signing == signing


def test_the_key_that_seals_and_one_that_is_not_there_are_not_removed(desk: Desk) -> None:
    """Nor is a key put to use that is not there; the file stays as it is."""
    (only,) = ids()
    before = (desk.folder / "gatehouse.key").read_text()
    for words, told in (
        (("remove", only), "the key that seals"),
        (("remove", "none"), "holds no key none"),
        (("use", "none"), "holds no key none"),
    ):
        result = run("keys", *words)
        assert result.exit_code == 78
        assert told in result.output
    assert (desk.folder / "gatehouse.key").read_text() == before


def test_a_key_that_is_gone_and_still_needed_is_shown(desk: Desk) -> None:
    """Removed by hand, too early: the list says so."""
    kept(desk, "one")
    (old,) = ids()
    done("keys", "add")
    done("keys", "list", "--count")
    lines = (desk.folder / "gatehouse.key").read_text().splitlines()
    (desk.folder / "gatehouse.key").write_text("\n".join(line for line in lines if not line.startswith(old)))
    assert listed("--count")[1] == {"id": old, "seals": False, "held": False, "rows": 1, "blobs": 0}
    assert "NOT IN THE KEY FILE" in done("keys", "list", "--count")


@pytest.mark.parametrize("words", [("cases", "list"), ("keys", "list", "--count"), ("check", "--live"), ("run",)])
def test_another_key_file_is_refused_by_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    kept(desk, "one")
    (old,) = ids()
    (desk.folder / "gatehouse.key").write_text(new_key_line())
    result = run(*words)
    assert result.exit_code == 78
    assert f"the key file {desk.folder.resolve()}/gatehouse.key is not this store's" in result.output
    assert old in result.output


def test_no_command_prints_a_key(desk: Desk) -> None:
    said = done("keys", "add") + done("keys", "list", "--count") + done("keys", "rotate")
    said += done("keys", "remove", ids()[0])
    for line in (desk.folder / "gatehouse.key").read_text().splitlines():
        assert line.split()[1] not in said


def test_a_key_from_the_environment_is_not_changed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """No command can; rotation works all the same."""
    kept(desk, "one")
    first = (desk.folder / "gatehouse.key").read_text()
    monkeypatch.setenv("DESK_KEY", f"{first}\n{new_key_line()}")
    desk.write(CONFIGURATION + '[store]\nkey = { env = "DESK_KEY" }\n')
    result = run("keys", "add")
    assert result.exit_code == 1
    assert "environment" in result.output
    assert "1 originals in rows" in done("keys", "rotate")


# The key file


def test_the_file_is_its_owners_alone_and_keeps_its_comments(tmp_path: Path) -> None:
    """A group that could read it still can; nobody else ever."""
    path = tmp_path / "keys"
    path.write_text(f"# bought 2026\n\n{new_key_line()}\n# end")
    for mode, expected in ((0o644, 0o640), (0o600, 0o600), (0o666, 0o640)):
        path.chmod(mode)
        KeyFile(path).add()
        assert stat.S_IMODE(path.stat().st_mode) == expected
    assert path.read_text().count("# bought 2026") == path.read_text().count("# end") == 1
    assert len(KeyFile(path).ids()) == 4
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    """As secrets are often mounted."""
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text(new_key_line())
    link.symlink_to(real)
    KeyFile(link).add()
    assert link.is_symlink()
    assert len(KeyFile(real).ids()) == 2


def test_a_change_that_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk no key is lost, and no draft with keys in it is left."""
    path = tmp_path / "keys"
    path.write_text(new_key_line())
    before = path.read_text()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TransientError, match="No space left"):
        KeyFile(path).add()
    monkeypatch.undo()
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_two_that_add_at_once_both_add(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They take turns: the second reads only what the first has written."""
    path = tmp_path / "keys"
    path.write_text(new_key_line())
    second_read = threading.Event()
    read, replace = keyfile.read_text, keyfile._replace

    def note(where: Path) -> str:
        if threading.current_thread().name == "second":
            second_read.set()
        return read(where)

    def wait(where: Path, written: str) -> None:
        if threading.current_thread().name == "first":
            second.start()
            # Without turns the second comes this far, and then one of the keys is lost.
            second_read.wait(0.5)
        replace(where, written)

    monkeypatch.setattr(keyfile, "read_text", note)
    monkeypatch.setattr(keyfile, "_replace", wait)
    first, second = (threading.Thread(target=KeyFile(path).add, name=name) for name in ("first", "second"))
    first.start()
    first.join(30)
    second.join(30)
    assert len(KeyFile(path).ids()) == 3


def test_the_signing_secret_outlives_every_key(tmp_path: Path) -> None:
    """Derived from the first key until there is a second, then kept: replies to old answers find their case."""
    path = tmp_path / "keys"
    path.write_text(new_key_line())
    secret = signing_secret(path.read_text())
    for _ in range(3):
        first = KeyFile(path).ids()[0]
        KeyFile(path).add()
        KeyFile(path).remove(first)
        assert first not in KeyFile(path).ids()
        assert signing_secret(path.read_text()) == secret
    first = KeyFile(path).ids()[0]
    KeyFile(path).add()
    lines = [line for line in path.read_text().splitlines() if not line.startswith(first)]
    path.write_text("\n".join(lines))
    assert signing_secret(path.read_text()) == secret


@pytest.mark.parametrize("line", ["signing: !!!", "signing:", "signing: YQ== YQ==", "signing: YQ=="])
def test_a_signing_line_that_cannot_be_read_is_refused_unshown(line: str) -> None:
    """Another secret would be used without a word otherwise."""
    with pytest.raises(ConfigError) as caught:
        signing_secret(f"{line}\n{new_key_line()}")
    assert "YQ==" not in str(caught.value)
    assert "!!!" not in str(caught.value)


# The log of openings


def test_openings_are_listed_with_who_when_and_why(desk: Desk) -> None:
    kept(desk, "one", "two")

    async def open_two() -> None:
        async with engine(desk) as store:
            await store.open_raw("support", Key("one"), "olga", "a complaint", NOW)
            await store.open_raw("support", Key("two"), "pia", "\x1b[2J", NOW.replace(hour=14))

    assert done("raws", "opened") == "No original was opened.\n"
    asyncio.run(open_two())
    told = done("raws", "opened")
    assert told.index("pia") < told.index("olga")
    assert "a complaint" in told
    assert "\x1b" not in told
    since = json.loads(done("raws", "opened", "--since", "2026-11-20T13:00", "--json"))
    assert [(each["opened_by"], each["key"], each["source"]) for each in since] == [("pia", "two", "support")]
    assert len(json.loads(done("raws", "opened", "--since", "2026-11-20", "--json"))) == 2
    assert len(json.loads(done("raws", "opened", "--limit", "1", "--json"))) == 1
    assert json.loads(done("raws", "opened", "--since", "2026-11-20T15:00+01:00", "--json")) == since
    assert run("raws", "opened", "--since", "yesterday").exit_code == 2
