"""What is taken for a question whether something is ours, in every language of the product, and what is not."""

from __future__ import annotations

import pytest

from gateway.answers.questions import asked_about
from gateway.case import ForwardOrigin, Party
from tests.builders import message

QUESTIONS = [
    "is @examplex_help1 really you?",
    "@examplex_help1 legit or scam?",
    "Can I trust examplex-desk.test.example.com",
    "请问 @examplex_help1 是你们的官方账号吗",
    "請問 @examplex_help1 是官方的嗎？",
    "¿es @examplex_help1 una cuenta oficial?",
    "@examplex_help1 é oficial?",
    "это ваш официальный аккаунт @examplex_help1?",
    "@examplex_help1 resmi hesabınız mı?",
    "@examplex_help1 có phải tài khoản chính thức không?",
    "apakah @examplex_help1 akun resmi?",
    "هل @examplex_help1 حساب رسمي؟",
    "est-ce que @examplex_help1 est votre compte officiel ?",
    "ist @examplex_help1 echt von euch?",
    "@examplex_help1 は公式ですか？",
    "@examplex_help1 공식 계정인가요?",
]
LOOSE = [
    "is examplex-desk.example.com safe?",
    "please verify @examplex_help1",
    "¿@examplex_help1 son ustedes?",
    "sind Sie das @examplex_help1?",
    "vocês são o @examplex_help1?",
    "هل هذا حسابكم @examplex_help1",
    "@examplex_help1 당신들 맞나요?",
    "@examplex_help1 là thật hay giả",
    "ini akun kalian @examplex_help1?",
    "is examplex_help1 really you?",
    "is +14155550123 you?",
    "0x52908400098527886E0F7030069857D2E4169EE7 is this your official wallet?",
]
BARE = [
    "@examplex_help1",
    "https://examplex-desk.example.com/login",
    " help@examplex-desk.example.com ",
    "@one_name @two_name",
]
NO_QUESTIONS = [
    "Where is my deposit?",
    "Please check my withdrawal https://explorer.example.com/tx/0f0f",
    "I wrote to help@examplex.test three days ago and nobody has answered me",
    "my mail is ann@mail.test and the order 12345 is stuck",
    "My email is ann@mail.test and my real name is Ann",
    "Your site examplex.test is a scam, you are thieves",
    "你们是骗子 examplex.test",
    "",
]


@pytest.mark.parametrize("text", [*QUESTIONS, *LOOSE, *BARE])
def test_a_question_or_a_bare_name_is_asked_about(text: str) -> None:
    assert asked_about(message(text=text)) == text.strip()


@pytest.mark.parametrize("text", NO_QUESTIONS)
def test_what_names_something_in_passing_asks_nothing(text: str) -> None:
    assert asked_about(message(text=text)) is None


def test_a_story_around_a_name_asks_nothing() -> None:
    assert asked_about(message(text="is @examplex_help1 really you? " + "He told me a long story. " * 10)) is None


def test_a_forward_asks_by_itself() -> None:
    origin = ForwardOrigin(party=Party(platform="telegram", name="Examplex Support"), kind="hidden_user")
    assert asked_about(message(text="Send me your code", forwarded=(origin,))) == ""
