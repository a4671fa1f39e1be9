"""Settings come from a file and the environment; the key from the environment only."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from graders.errors import UsageError
from graders.judges.llm.settings import FILE, OPENAI, JudgeSettings, load_settings

Env = pytest.MonkeyPatch


def written(folder: Path, text: str, name: str = FILE) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_in_the_working_directory_is_enough(tmp_path: Path) -> None:
    written(
        tmp_path,
        """
        [judge]
        base_url = "http://127.0.0.1:8080/v1/"
        model = "tiny"
        timeout = 300
        [judge.budget]
        tokens = 1000
        [judge.prices]
        input = 0.25
        output = 2
        """,
    )
    settings = load_settings()
    assert settings.base_url == "http://127.0.0.1:8080/v1"
    assert (settings.model, settings.timeout, settings.budget.tokens) == ("tiny", 300, 1000)


def test_the_environment_alone_is_enough_and_goes_above_the_file(
    tmp_path: Path, monkeypatch: Env
) -> None:
    monkeypatch.setenv("SENIORKIT_JUDGE_MODEL", "other")
    assert load_settings().base_url == OPENAI
    written(tmp_path, '[judge]\nmodel = "tiny"\nbase_url = "http://localhost/v1"')
    monkeypatch.setenv("SENIORKIT_JUDGE_URL", "http://127.0.0.1:1/v1")
    assert (load_settings().model, load_settings().base_url) == ("other", "http://127.0.0.1:1/v1")


def test_the_environment_may_name_another_file(tmp_path: Path, monkeypatch: Env) -> None:
    written(tmp_path, '[judge]\nmodel = "here"')
    other = written(tmp_path, '[judge]\nmodel = "there"', "other.toml")
    monkeypatch.setenv("SENIORKIT_CONFIG", str(other))
    assert load_settings().model == "there"
    monkeypatch.setenv("SENIORKIT_CONFIG", str(tmp_path / "missing.toml"))
    with pytest.raises(UsageError, match=r"missing\.toml: the settings cannot be read"):
        load_settings()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("", "no model is set"),
        ("model = ''", "judge. model: String should have at least 1"),
        ("model = 'm'\nbase_url = 'ftp://x'", "base_url: must begin with http"),
        ("model = 'm'\nbase_url = 'https://me:secret@x/v1'", "neither a key nor a query"),
        ("model = 'm'\nbase_url = 'https://x/v1?key=secret'", "neither a key nor a query"),
        ("model = 'm'\ntimeout = 0", "timeout: Input should be greater than 0"),
        ("model = 'm'\napi_key = 'secret'", "'api_key' does not belong into a file"),
        ("model = 'm'\nmodle = 'secret'", "modle: Extra inputs .* Allowed: base_url, model"),
        ("model = 'm'\nbudget = {money = 5}", "a budget of money needs"),
        ("model = 'm'\nbudget = {tokens = 0}", "budget.tokens"),
        ("model = secret", "not valid TOML"),
    ],
)
def test_an_error_names_the_setting_and_repeats_no_value(
    tmp_path: Path, table: str, message: str
) -> None:
    written(tmp_path, f"[judge]\n{table}")
    with pytest.raises(UsageError, match=message) as error:
        load_settings()
    assert FILE in str(error.value)
    assert "secret" not in str(error.value)


def test_the_key_is_read_when_it_is_used_and_is_no_part_of_the_settings(monkeypatch: Env) -> None:
    settings = JudgeSettings(base_url="http://127.0.0.1/v1", model="m")
    assert settings.key() is None
    monkeypatch.setenv("SENIORKIT_JUDGE_KEY", "sk-planted")
    key = settings.key()
    assert key is not None
    assert key.get_secret_value() == "sk-planted"
    assert "planted" not in repr(settings) + settings.model_dump_json() + repr(key)


def test_a_key_of_openai_goes_to_openai_only(monkeypatch: Env) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    assert JudgeSettings(model="m").key() is not None
    assert JudgeSettings(base_url="https://api.openai.com.example/v1", model="m").key() is None
    named = JudgeSettings(base_url="https://gate.example/v1", model="m", key_env="OPENAI_API_KEY")
    assert named.key() is not None


def test_a_named_variable_must_be_set() -> None:
    with pytest.raises(UsageError, match="MY_KEY is not set"):
        JudgeSettings(model="m", key_env="MY_KEY").key()


def test_settings_are_values() -> None:
    settings = JudgeSettings(model="m")
    with pytest.raises(ValidationError):
        settings.model = "other"  # type: ignore[misc]
    assert settings.sampling != settings.model_copy(update={"temperature": 1.0}).sampling
    assert settings.sampling == settings.model_copy(update={"timeout": 1.0}).sampling
