"""`gatehouse schema`: the shapes of what goes in and out, as JSON Schema (2020-12)."""

from __future__ import annotations

from typing import Any

import typer
from pydantic import BaseModel

from gateway.case import CaseFile
from gateway.cli._common import say_json
from gateway.registry import installed
from gateway.settings.schema import DIALECT, config_schema

app = typer.Typer(help="JSON Schema of what goes in and out.", no_args_is_help=True)


@app.command()
def case() -> None:
    """The case: what every message becomes, and what leaves for the desk."""
    say_json(_of(CaseFile))


@app.command()
def config() -> None:
    """The configuration file, with every plugin that is installed."""
    say_json(config_schema(installed()))


@app.command()
def directory() -> None:
    """The directory of official accounts."""
    from gateway.trust.schema import DirectoryFile

    say_json(_of(DirectoryFile))


@app.command()
def verify() -> None:
    """What `GET /v1/verify` answers; a line of `gatehouse verify --jsonl` holds its first fields."""
    from gateway.trust.exchange import Answer

    say_json(_of(Answer))


def _of(model: type[BaseModel]) -> dict[str, Any]:
    return {"$schema": DIALECT, **model.model_json_schema()}
