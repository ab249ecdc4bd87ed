"""Loading gatehouse.toml: a good one becomes one value, a bad one every problem at once."""

from __future__ import annotations

import os
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.email import EmailSettings
from gateway.registry import BUILT_IN, Pointer, Registry, installed
from gateway.settings import Problem, SettingsError, load
from gateway.settings.guarded import secret_trouble
from gateway.store import Sealer
from gateway.store.keyfile import signing_secret
from gateway.store.seal import new_key_line
from gateway.trust.signing import new_key, sign
from tests.desk import CONFIGURATION, DIRECTORY, SECRET, Desk

GOOD = CONFIGURATION


class Written(Desk):
    """A desk whose configuration is expected to be bad."""

    def problems(self, text: str, registry: Registry | None = None) -> dict[str, str]:
        """Return what is wrong with this configuration, by path."""
        self.write(text)
        with pytest.raises(SettingsError) as caught:
            load(self.path, registry)
        found = caught.value.problems
        assert len({problem.path for problem in found}) == len(found)
        return dict(found)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", SECRET)
    return Written(tmp_path)


def secret(desk: Desk, text: str = "from-a-file", mode: int = 0o600) -> Path:
    path = desk.folder / "mail.secret"
    path.touch()
    path.chmod(mode)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_configuration_becomes_one_value(desk: Written) -> None:
    settings = load(desk.path)
    (channel,) = settings.channels
    assert (settings.brand, channel.name, channel.plugin.name) == ("Examplex", "support", "email")
    assert settings.backend.plugin.name == "embedded"
    assert settings.directory.brands["examplex"].name == "Examplex"
    assert settings.store.path == desk.folder.resolve() / "gatehouse.db"
    assert settings.unavailable == ()


def test_the_value_cannot_be_changed(desk: Written) -> None:
    settings = load(desk.path)
    with pytest.raises(FrozenInstanceError):
        settings.brand = "Other"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        settings.engine.batch = 1  # type: ignore[misc]


def test_another_channel_is_three_lines(desk: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEHOUSE_VIP_DESK_PASSWORD", "other")
    desk.write(GOOD + '\n[channels.vip-desk]\nconnector = "email"\naddress = "vip@examplex.test"\n')
    first, second = load(desk.path).channels
    assert (first.name, second.name) == ("support", "vip-desk")
    assert second.settings.model_dump()["imap_host"] == "imap.examplex.test"
    assert second.settings.model_dump()["password"].get_secret_value() == "other"


def test_what_a_channel_says_wins_over_what_its_connector_shares(desk: Written) -> None:
    desk.write(GOOD + 'imap_host = "elsewhere.examplex.test"\n')
    (channel,) = load(desk.path).channels
    assert channel.settings.model_dump()["imap_host"] == "elsewhere.examplex.test"


def test_five_planted_mistakes_are_named_in_one_run(desk: Written) -> None:
    found = desk.problems(
        GOOD.replace('name = "Examplex"', 'nmae = "Examplex"')
        .replace('kind = "embedded"', 'kind = "embeded"')
        .replace('imap_host = "imap.examplex.test"', 'imap_port = "many"')
        + '\n[channels.sales]\nconnector = "telegraf"\n'
    )
    assert found["brand.nmae"] == 'is not a key of this table; did you mean "name"?'
    assert found["brand.name"] == "is required: The brand's name as its users know it"
    assert 'did you mean "embedded"?' in found["backend.kind"]
    assert found["connectors.email.imap_port"] == "must be a whole number, such as 993, without quotes"
    assert found["channels.support.imap_host"].startswith("is required")
    assert '"email"' in found["channels.sales.connector"]
    assert len(found) == 6


def test_a_brand_that_its_own_directory_does_not_know_is_a_problem(desk: Written) -> None:
    found = desk.problems(GOOD.replace('name = "Examplex"', 'name = "Exampel"'))
    assert found["brand.name"].startswith('no brand of that name is in official.toml; it names: "Examplex"')


def test_the_problems_of_the_directory_are_named_in_the_same_run(desk: Written) -> None:
    (desk.folder / "official.toml").write_text('[[brands]]\nid = "examplex"\nnmae = "x"\n', encoding="utf-8")
    found = desk.problems(GOOD.replace('"embedded"', '"none"'))
    assert "backend.kind" in found
    assert found["official.toml: brands[0].name"].startswith("is missing")
    assert '"name"' in found["official.toml: brands[0].nmae"]


def test_a_missing_directory_is_named(desk: Written) -> None:
    (desk.folder / "official.toml").unlink()
    assert "cannot be read" in desk.problems(GOOD)["official.toml"]


def test_the_example_brand_is_refused(desk: Written) -> None:
    (desk.folder / "official.toml").write_text(DIRECTORY.replace("examplex", "example-brand", 1), encoding="utf-8")
    assert "example" in desk.problems(GOOD)["official.toml: brands"]


@pytest.mark.parametrize(
    ("line", "path", "said"),
    [
        ("[channels]\n[chanels.x]", "chanels", 'did you mean "channels"?'),
        ("[engine]\nbatch = 0", "engine.batch", "must be at least 1"),
        ("[engine]\nbatch = 9999", "engine.batch", "must be at most 1000"),
        ("[engine]\nbatch = 1.5", "engine.batch", "must be a whole number"),
        ("[engine]\nretry_base_secs = 0", "engine.retry_base_secs", "must be greater than 0"),
        ('[engine]\nretry_base_secs = "soon"', "engine.retry_base_secs", "must be a number, such as 2.5"),
        ('[log]\nlevel = "warn"', "log.level", 'did you mean "warning"?'),
        ('[acknowledgement]\nenabled = "perhaps"', "acknowledgement.enabled", "must be true or false"),
        ('[acknowledgement]\ndeny_domains = "a.test"', "acknowledgement.deny_domains", "must be a list"),
        ("[acknowledgement]\ndeny_domains = [1]", "acknowledgement.deny_domains[0]", "must be a text in quotes"),
        ("[store]\npath = 5", "store.path", "must be a path in quotes"),
        ('[store]\npath = "postgresql://db/x"', "store.path", "write it as url"),
        ('[store]\nurl = "mysql://db/x"', "store.url", "postgres"),
        ('[store]\nurl = "postgresql://db/x"\npath = "a.db"', "store.url", "one of the two"),
        ('[store]\nurl = "postgresql://me:secret@db/x"', "store.url", "a password never stands"),
        ('[store]\nurl = "postgresql://db/x?password=secret"', "store.url", "a password never stands"),
        ('[store]\nurl = "postgresql://db/x?sslmode"', "store.url", "cannot be read; write postgresql://"),
        ('[store]\nurl = "postgresql://%zz/x"', "store.url", "cannot be read; write postgresql://"),
        ('[store]\nkey = "abc"', "store.key", "a secret never stands in the configuration"),
        ('[store]\nkey = { file = "nowhere.key" }', "store.key", "cannot be read"),
        ('[connectors.emial]\nimap_host = "x"', "connectors.emial", 'did you mean "email"?'),
        ('[channels.Loud]\nconnector = "email"', "channels.Loud", "small letters"),
        ('[channels.engine]\nconnector = "email"', "channels.engine", "choose another"),
        ("[channels.quiet]\nenabled = true", "channels.quiet.connector", 'write one of: "email"'),
        (
            '[channels.quiet]\nconnector = "email"\nenabled = "no way"',
            "channels.quiet.enabled",
            "must be true or false",
        ),
        ('[channels.far]\nconnector = "email"', "channels.far.password", "GATEHOUSE_FAR_PASSWORD is not set"),
    ],
)
def test_each_mistake_is_told_in_plain_words(desk: Written, line: str, path: str, said: str) -> None:
    found = desk.problems(f"{GOOD}\n{line}\n")
    assert said in found[path]
    assert not any(word in "\n".join(found.values()).lower() for word in ("input", "valid ", "pydantic", "type="))


@pytest.mark.parametrize("table", ["brand", "backend", "channels", "connectors"])
def test_a_value_where_a_table_belongs_is_named(desk: Written, table: str) -> None:
    assert "must be a table" in desk.problems(f"{table} = 1\n")[table]


def test_an_empty_file_names_all_that_is_needed(desk: Written) -> None:
    assert set(desk.problems("")) == {"brand.name", "backend.kind", "channels"}


def test_a_mistake_in_what_a_connector_shares_is_named_once(desk: Written) -> None:
    found = desk.problems(
        GOOD.replace("[channels.support]", "imap_port = 0\n[channels.support]")
        + '\n[channels.more]\nconnector = "email"\naddress = "more@examplex.test"\npassword = { env = "HOME" }\n'
    )
    assert list(found) == ["connectors.email.imap_port"]


def test_a_secret_written_in_the_file_is_refused_and_never_repeated(desk: Written) -> None:
    text = GOOD + f'password = "{SECRET}"\naddres = "{SECRET}"\n[acknowledgement]\nwhen_unchecked = "{SECRET}"\n'
    found = desk.problems(text)
    assert "a secret never stands" in found["channels.support.password"]
    assert len(found) == 3
    assert SECRET not in "".join((*found, *found.values()))


def test_the_settings_never_show_a_secret(desk: Written) -> None:
    settings = load(desk.path)
    key = (desk.folder / "gatehouse.key").read_text(encoding="utf-8").split()[1]
    assert SECRET not in repr(settings)
    assert key not in repr(settings)
    assert repr(settings.signing) not in repr(settings)
    assert {SECRET, key} <= set(settings.secrets())


def test_a_secret_file_is_looked_for_beside_the_configuration(
    desk: Written, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret(desk, "from-a-file\n")
    desk.write(GOOD + 'password = { file = "mail.secret" }\n')
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    (channel,) = load(desk.path).channels
    assert channel.settings.model_dump()["password"].get_secret_value() == "from-a-file"


def test_without_credentials_the_shell_need_not_hold_them(desk: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEHOUSE_SUPPORT_PASSWORD")
    assert "channels.support.password" in desk.problems(GOOD)
    (channel,) = load(desk.path, credentials=False).channels
    assert channel.name == "support"


def test_a_disabled_channel_needs_no_secret_and_no_plugin(desk: Written) -> None:
    (desk.folder / "gatehouse.toml").write_text(
        GOOD + '\n[channels.off]\nconnector = "email"\nenabled = false\naddress = "x@example.invalid"\n', "utf-8"
    )
    settings = load(desk.path)
    assert settings.disabled == ("off",)
    assert [channel.name for channel in settings.channels] == ["support"]


@pytest.fixture
def needy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """A registry with a connector whose library is not installed."""
    (tmp_path / "needy_channel.py").write_text("import a_library_that_nobody_has\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "needy_channel", raising=False)
    pointers = {group: {name: Pointer(value) for name, value in table.items()} for group, table in BUILT_IN.items()}
    pointers["connectors"]["needy"] = Pointer("needy_channel:PLUGIN")
    return Registry(pointers)


def test_a_missing_library_stops_its_own_channel_alone(desk: Written, needy: Registry) -> None:
    desk.write(GOOD + '\n[channels.chat]\nconnector = "needy"\n')
    settings = load(desk.path, needy)
    assert [channel.name for channel in settings.channels] == ["support"]
    (missing,) = settings.unavailable
    assert missing.path == "channels.chat.connector"
    assert "pip install 'gatehouse[needy_channel]'" in missing.message


def test_a_missing_library_is_a_problem_when_no_other_channel_is_left(desk: Written, needy: Registry) -> None:
    text = GOOD.partition("[channels")[0] + '\n[channels.chat]\nconnector = "needy"\n'
    assert "pip install" in desk.problems(text, needy)["channels.chat.connector"]


def test_a_disabled_channel_is_not_even_imported(desk: Written, needy: Registry) -> None:
    desk.write(GOOD + '\n[channels.chat]\nconnector = "needy"\nenabled = false\n')
    assert load(desk.path, needy).unavailable == ()


def test_a_syntax_error_names_file_line_and_column(desk: Written) -> None:
    ((path, message),) = desk.problems('[brand]\nname = "Examplex\n').items()
    assert path == str(desk.path)
    assert message.startswith("line 2, column ")


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="gatehouse init"):
        load(tmp_path / "gatehouse.toml")


def test_a_file_that_is_no_text_is_named(desk: Written) -> None:
    desk.path.write_bytes(b"\xff\xfe[brand]")
    with pytest.raises(SettingsError, match="UTF-8"):
        load(desk.path)


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)


def test_a_damaged_key_is_named_and_not_shown(desk: Written) -> None:
    (desk.folder / "gatehouse.key").write_text("k1 c2hvcnQ=\n", encoding="utf-8")
    message = desk.problems(GOOD)["store.key"]
    assert "c2hvcnQ=" not in message


def test_the_signing_secret_stays_when_a_new_sealing_key_is_added() -> None:
    first, second = new_key_line(), new_key_line()
    assert signing_secret(f"{first}\n") == signing_secret(f"# comment\n{first}\n{second}\n")
    assert signing_secret(first) != signing_secret(second)
    assert signing_secret(first) not in first.encode()
    assert len(signing_secret(first)) == 32


def test_the_key_opens_what_it_sealed(desk: Written) -> None:
    key = load(desk.path).store.key.get_secret_value()
    sealed = Sealer.from_text(key).seal(b"mail", b"raw:1")
    assert Sealer.from_text(key).open(sealed, b"raw:1") == b"mail"


def test_a_problem_reads_as_path_and_message() -> None:
    assert str(SettingsError((Problem("a.b", "is wrong"), Problem("c", "too")))) == "a.b: is wrong\nc: too"


def test_the_registry_of_this_installation_is_the_default(desk: Written) -> None:
    assert load(desk.path).channels[0].plugin is installed().connector("email")


@pytest.mark.parametrize(
    ("line", "path", "said"),
    [
        ('smtp_login = "no"', "channels.support.smtp_login", "must be true or false"),
        ('enabled = "false"', "channels.support.enabled", "must be true or false"),
        ("enabled = 0", "channels.support.enabled", "must be true or false"),
        ('batch = "5"', "channels.support.batch", "must be a whole number"),
        ("batch = true", "channels.support.batch", "must be a whole number"),
        ("batch = 5.0", "channels.support.batch", "must be a whole number"),
        ("max_mail_bytes = 99999999999999999999", "channels.support.max_mail_bytes", "must be at most"),
        ("step_secs = inf", "channels.support.step_secs", "must be a finite number"),
        ("step_secs = nan", "channels.support.step_secs", "must be greater than 0"),
        ("step_secs = true", "channels.support.step_secs", "must be a number"),
        ('authserv_ids = [""]', "channels.support.authserv_ids", "empty name"),
        ('ca_file = "nowhere.pem"', "channels.support.ca_file", "cannot be read: No such file"),
        ('ca_file = "."', "channels.support.ca_file", "cannot be read"),
        ('ca_file = "gatehouse.toml"', "channels.support.ca_file", "no certificate in PEM form"),
        ('password = { file = "/dev/zero" }', "channels.support.password", "not a regular file"),
        ("[acknowledgement]\nenabled = 1", "acknowledgement.enabled", "must be true or false"),
        (
            '[acknowledgement]\ndeny_addresses = ["a@b.test", "not an address"]',
            "acknowledgement.deny_addresses[1]",
            "no mail",
        ),
        ('[acknowledgement]\ndeny_domains = ["@@"]', "acknowledgement.deny_domains[0]", "is no domain"),
        ('[acknowledgement]\ndeny_domains = ["http://x"]', "acknowledgement.deny_domains[0]", "is no domain"),
        ("[engine]\nretry_cap_secs = inf", "engine.retry_cap_secs", "must be a finite number"),
        ("[engine]\nshutdown_secs = 1e309", "engine.shutdown_secs", "must be a finite number"),
        ("[engine]\nshutdown_secs = 1e30", "engine.shutdown_secs", "must be at most"),
        ("[engine]\nretry_base_secs = 100\nretry_cap_secs = 1", "engine.retry_cap_secs", "at least retry_base_secs"),
        ("[engine]\nretry_base_secs = 5000", "engine.retry_cap_secs", "at least retry_base_secs"),
        ("[retention]\nraws_days = 1e300", "retention.raws_days", "must be at most 36500"),
        ('[store]\npath = "."', "store.path", "is not a file"),
        ('[store]\npath = "/proc/x/y.db"', "store.path", "its folder /proc/x is not there"),
        ('[store]\nblobs = "no/such/b"', "store.blobs", "is not there; make it"),
        ('[store]\nblobs = "gatehouse.db"', "store.blobs", "the database's own path"),
        ('[store]\nblobs = "gatehouse.toml"', "store.blobs", "is not a folder"),
    ],
)
def test_what_could_not_work_is_named_before_it_is_tried(desk: Written, line: str, path: str, said: str) -> None:
    assert said in desk.problems(f"{GOOD}{line}\n")[path]


def test_what_may_be_absent_is_as_strict(desk: Written) -> None:
    found = desk.problems(GOOD + '[web]\nmax_waiting = "many"\n[alerts]\ndown_secs = "5"\n')
    assert found["web.max_waiting"].startswith("must be a whole number")
    assert found["alerts.down_secs"].startswith("must be a number")


def test_whole_numbers_stand_for_fractions_and_infinity_for_nothing(desk: Written) -> None:
    desk.write(
        GOOD + "step_secs = 7\n[acknowledgement]\ndeny_addresses = ['robot@müller.test']\n"
        "deny_domains = ['@desk.test', '.other.test', 'münchen.test', 'localhost']\n"
    )
    assert load(desk.path).channels[0].settings.model_dump()["step_secs"] == 7.0


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o640, 0o666, 0o602])
def test_a_file_with_a_secret_that_others_can_read_is_a_problem(desk: Written, mode: int) -> None:
    secret(desk, mode=mode)
    (desk.folder / "gatehouse.key").chmod(mode)
    found = desk.problems(GOOD + 'password = { file = "mail.secret" }\n')
    assert "chmod 600" in found["channels.support.password"]
    assert "chmod 600" in found["store.key"]


def test_a_file_of_roots_may_be_lent_to_a_services_group(desk: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    """As packages install secrets; the service could not change the mode."""
    key = desk.folder / "gatehouse.key"
    key.chmod(0o640)
    found = key.stat()
    monkeypatch.setattr("gateway.settings.guarded.os.geteuid", lambda: 1000)
    lent = os.stat_result((*found[:4], 0, *found[5:]))
    monkeypatch.setattr(Path, "stat", lambda self, **more: lent)
    assert secret_trouble(key) == ""
    others = os.stat_result((found[0] | 0o004, *found[1:4], 0, *found[5:]))
    monkeypatch.setattr(Path, "stat", lambda self, **more: others)
    assert "chmod" in secret_trouble(key)


@pytest.mark.parametrize(
    ("line", "folders", "after_storing"),
    [
        ('folder = "inbox"', ("INBOX",), "mark_read"),
        ('folder = "Sales"\nmark_seen = false', ("Sales",), "leave"),
        ("mark_seen = true", ("INBOX",), "mark_read"),
    ],
)
def test_the_names_of_the_release_before_are_still_read(
    desk: Written, line: str, folders: tuple[str, ...], after_storing: str
) -> None:
    desk.write(GOOD + line)
    (channel,) = load(desk.path).channels
    assert isinstance(channel.settings, EmailSettings)
    assert (channel.settings.folders, channel.settings.after_storing) == (folders, after_storing)
    keys = EmailSettings.model_json_schema()["properties"]
    assert {name for name, key in keys.items() if key.get("deprecated")} == {"folder", "mark_seen"}


@pytest.mark.parametrize(
    ("line", "path", "said"),
    [
        ('folder = "A"\nfolders = ["B"]', "channels.support", "folder is the old name of folders"),
        (
            'mark_seen = false\nafter_storing = "leave"',
            "channels.support",
            "mark_seen is the old name of after_storing",
        ),
        ("folder = 5", "channels.support.folder", "must be a text"),
        ("mark_seen = 0", "channels.support.mark_seen", "must be true or false"),
    ],
)
def test_an_old_name_beside_its_new_one_is_a_problem(desk: Written, line: str, path: str, said: str) -> None:
    assert said in desk.problems(GOOD + line)[path]


@pytest.mark.parametrize("same", ["", 'imap_host = "IMAP.examplex.test"\nfolders = ["Else", "inbox"]\n'])
def test_two_channels_on_one_mailbox_are_a_problem(desk: Written, monkeypatch: pytest.MonkeyPatch, same: str) -> None:
    monkeypatch.setenv("GATEHOUSE_AGAIN_PASSWORD", "x")
    again = f'[channels.again]\nconnector = "email"\naddress = "Support@examplex.test"\n{same}'
    assert 'as the channel "support"' in desk.problems(GOOD + again)["channels.again"]


@pytest.mark.parametrize(("archive", "refused"), [("Done", True), ("Else", False)])
def test_no_channel_moves_mail_to_where_another_reads(
    desk: Written, monkeypatch: pytest.MonkeyPatch, archive: str, refused: bool
) -> None:
    monkeypatch.setenv("GATEHOUSE_AGAIN_PASSWORD", "x")
    moves = f'after_storing = "archive"\narchive_folder = "{archive}"\n'
    again = '[channels.again]\nconnector = "email"\naddress = "support@examplex.test"\nfolders = ["Done"]\n'
    if refused:
        found = desk.problems(GOOD + moves + again)
        assert 'moves mail to a folder that the channel "again" reads' in found["channels.support"]
    else:
        desk.write(GOOD + moves + again)
        assert len(load(desk.path).channels) == 2


@pytest.mark.parametrize("other", ['folders = ["Sales"]', 'username = "sales"', 'imap_host = "other.examplex.test"'])
def test_two_folders_logins_or_servers_are_two_places(
    desk: Written, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    monkeypatch.setenv("GATEHOUSE_AGAIN_PASSWORD", "x")
    desk.write(f'{GOOD}[channels.again]\nconnector = "email"\naddress = "support@examplex.test"\n{other}\n')
    assert len(load(desk.path).channels) == 2


@pytest.mark.parametrize("name", ["gatehouse.toml", "official.toml"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = " + b"[" * 5000 + b"]" * 5000, "nested more than"),
        (b"a = " + b"[" * 100 + b"]" * 100, "nested more than"),
        (b"[" + b".".join([b"a"] * 5000) + b"]", "nested more than"),
        (b"a = " + b"9" * 5000, "far too long"),
    ],
    ids=["lists", "fewer lists", "tables", "number"],
)
def test_a_file_made_to_break_its_reader_gets_a_sentence(desk: Written, name: str, content: bytes, said: str) -> None:
    (desk.folder / name).write_bytes(content)
    with pytest.raises(SettingsError, match=said):
        load(desk.path)


@pytest.mark.parametrize(("name", "most"), [("gatehouse.toml", 1_048_576), ("official.toml", 16_777_216)])
def test_a_file_beyond_all_bounds_is_refused(desk: Written, name: str, most: int) -> None:
    (desk.folder / name).write_bytes(b"#" * (most + 1))
    with pytest.raises(SettingsError, match=f"longer than {most} bytes"):
        load(desk.path)


@pytest.mark.parametrize("name", ["gatehouse.toml", "official.toml"])
def test_a_pipe_or_a_device_in_place_of_a_file_is_refused_at_once(desk: Written, name: str) -> None:
    (desk.folder / name).unlink()
    os.mkfifo(desk.folder / name)
    with pytest.raises(SettingsError, match="not a regular file"):
        load(desk.path)
    (desk.folder / name).unlink()
    (desk.folder / name).symlink_to("/dev/zero")
    with pytest.raises(SettingsError, match="not a regular file"):
        load(desk.path)


def test_a_refused_login_is_not_tried_again_within_a_quarter_of_an_hour(desk: Written) -> None:
    """Servers lock an account out for less."""
    assert load(desk.path).engine.retry.probe_secs >= 900


BOT = """
[channels.bot]
connector = "telegram"
bot = "examplex_support_bot"
token = { env = "BOT_TOKEN" }
"""
PUSHED = """mode = "webhook"
webhook_secret = { env = "BOT_SECRET" }
webhook_url = "https://gate.examplex.test/in/"""


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "123456:TEST-made-up-token-of-nobody-at_all")
    monkeypatch.setenv("BOT_SECRET", "a_made_up_secret_of_a_webhook")


@pytest.mark.usefixtures("tokens")
def test_two_channels_of_one_bot_are_a_problem(desk: Written) -> None:
    again = BOT.replace("channels.bot", "channels.again")
    assert 'the same account as the channel "bot"' in desk.problems(GOOD + BOT + again)["channels.again"]


@pytest.mark.usefixtures("tokens")
@pytest.mark.parametrize(
    ("path", "web", "said"),
    [
        ('bot"', "", "there is no [web] table"),
        ('other"', "[web]", "end webhook_url with /in/bot"),
        ('bot"', "[web]", ""),
    ],
)
def test_what_is_pushed_must_find_its_door(desk: Written, path: str, web: str, said: str) -> None:
    text = f"{GOOD}{BOT}{PUSHED}{path}\n{web}\n"
    if said:
        assert said in desk.problems(text)["channels.bot"]
    else:
        desk.write(text)
        assert [each.name for each in load(desk.path).channels] == ["support", "bot"]


def test_a_directory_that_must_be_signed_is_refused_without_its_signature(desk: Written) -> None:
    private, public = new_key()
    desk.write(f'{GOOD}\n[trust]\ndirectory_key = "{public}"\n')
    with pytest.raises(SettingsError, match="sign"):
        load(desk.path)
    directory = desk.folder / "official.toml"
    (desk.folder / "official.toml.sig").write_text(sign(directory, private))
    assert load(desk.path).directory.brands
    directory.write_text(directory.read_text() + "\n# changed\n")
    with pytest.raises(SettingsError, match="sign"):
        load(desk.path)


SEVERAL = GOOD.replace(
    '[backend]\nkind = "embedded"\n',
    """[backends.risk]
kind = "embedded"
takes = {{ queue = ["risk"], language = ["de", "en"] }}

[backends.main]
kind = "embedded"
attachments = "pass"
{more}
""",
)


def several(more: str = "") -> str:
    return SEVERAL.replace("{{", "{").replace("}}", "}").replace("{more}", more)


def test_several_ticket_systems_come_with_the_one_that_takes_all_first(desk: Written) -> None:
    desk.write(several('[backends.copy]\nkind = "embedded"\nmirrors = "main"\nattachments = "none"\n'))
    settings = load(desk.path)
    assert [each.target for each in settings.backends] == ["backend:main", "backend:risk", "backend:copy"]
    assert [each.door for each in settings.backends] == ["backend-main", "backend-risk", "backend-copy"]
    assert settings.backend.head.attachments.value == "pass"
    assert settings.backends[1].head.takes == {"queue": ("risk",), "language": ("de", "en")}


@pytest.mark.parametrize(
    ("more", "path", "told"),
    [
        ('takes = { colour = ["red"] }', "backends.main.takes", "colour"),
        ('[backends.copy]\nkind = "embedded"\nmirrors = "maim"\n', "backends.copy.mirrors", '"main"'),
        ('[backends.copy]\nkind = "embedded"\nspare_for = "copy"\n', "backends.copy.spare_for", "another"),
        (
            '[backends.copy]\nkind = "embedded"\nspare_for = "main"\nmirrors = "main"\n',
            "backends.copy",
            "not both",
        ),
        ('takes = { queue = ["x"] }', "backends", "without"),
        ('[backends.two]\nkind = "embedded"\n', "backends.two", "only one"),
        ('[backends.two]\nkind = "embedded"\ntakes = { queue = [] }\n', "backends.two.takes", "no case ever fits"),
        (
            '[backends.two]\nkind = "embedded"\ntakes = { language = ["de", "en"], queue = ["risk"] }\n',
            "backends.two.takes",
            "same",
        ),
        (
            '[backends.a]\nkind = "embedded"\nmirrors = "main"\n[backends.b]\nkind = "embedded"\nmirrors = "a"\n',
            "backends.b.mirrors",
            "no mirror",
        ),
        (
            "".join(f'[backends.{name}]\nkind = "embedded"\nspare_for = "main"\n' for name in "ab"),
            "backends.b.spare_for",
            "only one",
        ),
        (
            '[backends.a]\nkind = "embedded"\nmirrors = "main"\ntakes = { queue = ["x"] }\n',
            "backends.a.takes",
            "no meaning",
        ),
        ("after_secs = 3", "backends.main.after_secs", "spare_for"),
        ('[backends.No]\nkind = "embedded"\n', "backends.No", "small letters"),
        ('[backends.copy]\nkind = "embedde"\n', "backends.copy.kind", '"embedded"'),
        ('attachments2 = "pass"', "backends.main.attachments2", "attachments"),
        ('[backends.copy]\nkind = "embedded"\nattachments = "maybe"\n', "backends.copy.attachments", "pass"),
    ],
)
def test_what_is_wrong_with_several_ticket_systems_is_named(desk: Written, more: str, path: str, told: str) -> None:
    found = desk.problems(several(more))
    assert path in found, found
    assert told in found[path]


def test_one_ticket_system_or_several_but_not_both(desk: Written) -> None:
    assert "backend" in desk.problems(several() + '\n[backend]\nkind = "embedded"\n')


def test_no_channel_takes_the_door_of_a_ticket_system(desk: Written) -> None:
    text = several() + '\n[channels.backend-main]\nconnector = "email"\naddress = "a@examplex.test"\n'
    assert "channels.backend-main" in desk.problems(text)


@pytest.mark.parametrize("line", ['takes = { queue = ["x"] }', 'mirrors = "x"', 'spare_for = "x"'])
def test_what_needs_several_ticket_systems_is_refused_for_one(desk: Written, line: str) -> None:
    found = desk.problems(GOOD.replace('[backend]\nkind = "embedded"\n', f'[backend]\nkind = "embedded"\n{line}\n'))
    assert f"backend.{line.partition(' ')[0]}" in found
