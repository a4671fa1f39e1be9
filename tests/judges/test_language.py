"""Answers in another language wait for a person; formulas and noise are no language."""

from __future__ import annotations

import pytest

from graders.judges.gates import inspect
from graders.judges.language import foreign_language, is_junk
from graders.judges.text import read
from graders.question import load_question

CACHING = load_question("concept/caching")


@pytest.mark.parametrize(
    "text",
    [
        "Ich würde mit Cache-Aside anfangen, weil die Last vor allem aus Lesezugriffen besteht.",
        "Je commencerais par un cache devant la base, parce que les lectures sont nombreuses.",
        "Yo pondría una caché delante de la base de datos porque las lecturas son la mayoría.",
        "Я бы поставил кэш перед базой данных, потому что чтений намного больше, чем записей.",
        "我会先用缓存旁路模式，因为读多写少。数据库压力很大，所以我们需要控制失效时间。",
        "我会先用缓存旁路模式因为读多写少而且数据库压力很大并且我们需要控制失效时间",
        "データベースの前にキャッシュを置きます。読み取りが書き込みよりずっと多いからです。",
        "缓存",
        "Jag skulle börja med en cache framför databasen eftersom läsningarna är många fler.",
        "Zacząłbym od pamięci podręcznej, ponieważ odczytów jest dużo więcej niż zapisów.",
        "سأضع ذاكرة تخزين مؤقت أمام قاعدة البيانات لأن القراءات أكثر بكثير من الكتابات.",
    ],
    ids=["de", "fr", "es", "ru", "zh", "zh-one-clause", "ja", "zh-word", "sv", "pl", "ar"],
)
def test_an_answer_in_another_language_waits_for_a_person_instead_of_being_zero(text: str) -> None:
    gate = inspect(CACHING, text)
    assert "not_english" in gate.flags
    assert gate.unscored
    assert gate.reasons


@pytest.mark.parametrize(
    "text", ["O(n) for a list, O(log n) for a tree, O(1) for a hash table", "Θ(n)"]
)
def test_formulas_are_no_other_language(text: str) -> None:
    assert "not_english" not in inspect(CACHING, text).flags


@pytest.mark.parametrize(
    ("text", "junk"),
    [
        ("asdf qwer zxcv poiu lkjh mnbv hjkl tzui", True),
        ("the cache is the cache and the cache is the cache, " * 20, True),
        ("Reads go to the cache first and then to the database.", False),
        ("p99 420 ms -> 35 ms, hit ratio 92 %, 3 nodes", False),
        ("cache miss", False),
    ],
)
def test_words_without_sentences_are_junk(text: str, junk: bool) -> None:
    assert is_junk(read(text)) == junk
    assert foreign_language(read(text)) is None
