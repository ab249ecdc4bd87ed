"""An agent's answer with a file that no mail takes: by link, from the running gateway, to whoever holds it."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from email import message_from_bytes, policy
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

from gateway.sandbox.mail import MailServer
from tests.conftest import free_port
from tests.gateway_process import ROOT, GatewayProcess

DESK, ANN = "support@examplex.test", "ann@mail.test"
SIZE = 21_000_000
QUESTION = f"From: {ANN}\r\nTo: {DESK}\r\nSubject: My statement\r\nMessage-ID: <1@mail.test>\r\n\r\nPlease send it.\r\n"


async def gatehouse(desk: GatewayProcess, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", *arguments, "--config", str(desk.config),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, err
    return out.decode()


async def test_a_file_too_large_for_a_mail_is_fetched_by_the_link_in_it(tmp_path: Path) -> None:
    content = b"%PDF-1.7\n" + bytes(SIZE)
    (tmp_path / "statement.pdf").write_bytes(content)
    (tmp_path / "small.txt").write_text("Read me first.")
    desk, port = GatewayProcess(tmp_path / "desk"), free_port()
    async with MailServer.start(password="made-up-pass") as server, asyncio.timeout(60):
        desk.configure(server.imap_port, server.smtp_port, "made-up-pass")
        with desk.config.open("a") as config:
            config.write(f'[web]\nlisten = "127.0.0.1:{port}"\npublic_url = "http://127.0.0.1:{port}"\n')
        server.deliver(DESK, QUESTION.encode())
        try:
            await desk.start()
            await server.wait_for(ANN, lambda mail: b"auto-replied" in mail.body, 30)
            ((case,),) = desk.rows("SELECT id FROM cases")
            files = ("--attach", str(tmp_path / "statement.pdf"), "--attach", str(tmp_path / "small.txt"))
            await gatehouse(desk, "cases", "reply", case, "Here it is.", *files)
            mail = await server.wait_for(ANN, lambda mail: b"auto-replied" not in mail.body, 30)
            answer = message_from_bytes(mail.body, policy=policy.default)
            assert [part.get_filename() for part in answer.iter_attachments()] == ["small.txt"]  # type: ignore[attr-defined]
            text = answer.get_body().get_content()  # type: ignore[attr-defined]
            (link,) = re.findall(r"http://\S+", text)
            with await asyncio.to_thread(urlopen, link) as found:
                assert found.headers["content-disposition"] == "attachment; filename*=utf-8''statement.pdf"
                fetched = await asyncio.to_thread(found.read)
            assert sha256(fetched).digest() == sha256(content).digest()
            assert len(json.loads(await gatehouse(desk, "raws", "opened", "--json"))) == 1
            assert await desk.stop() == 0
        finally:
            await desk.close()
    logged = [event for event in desk.events if event["event"] == "download.opened"]
    assert [(event["case"], event["bytes"]) for event in logged] == [(case, len(content))]
    assert urlsplit(link).path.split("/")[5] not in json.dumps(desk.events), "the log opens no file"
