"""The audit record in words."""

from accounts.templatetags.audit import change, in_words, target_name


def test_names_are_told_in_words():
    assert in_words("api_token_create") == "api token create"
    assert target_name("accounts.user") == "person"
    assert target_name("gone.model") == "gone.model"
    assert target_name("login") == "login"


def test_a_pair_is_a_change():
    assert change(["viewer", "engineer"]) == "viewer → engineer"
    assert change(["a", "b", "c"]) == "a, b, c"
    assert change(7) == "7"
