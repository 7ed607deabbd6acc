"""Where a request came from cannot be made up by whoever sends it."""

import pytest

from accounts.sources import browser_words, client_address, source_of


@pytest.mark.h("H15")
@pytest.mark.parametrize(
    "header", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_CF_CONNECTING_IP"]
)
def test_a_forged_header_changes_nothing_without_a_proxy_of_ours(rf, header):
    honest = rf.get("/", REMOTE_ADDR="192.0.2.7")
    sources = {source_of(rf.get("/", REMOTE_ADDR="192.0.2.7", **{header: f"198.51.100.{n}"})) for n in range(20)}
    assert sources == {source_of(honest)}


@pytest.mark.h("H15")
def test_behind_a_proxy_only_what_our_proxy_wrote_counts(rf, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    sent = [f"198.51.100.{n}, 192.0.2.7" for n in range(20)]
    found = {client_address(rf.get("/", HTTP_X_FORWARDED_FOR=value, REMOTE_ADDR="10.0.0.1")) for value in sent}
    assert found == {"192.0.2.7"}


def test_a_missing_or_foolish_header_behind_a_proxy_is_no_error(rf, settings):
    settings.TRUSTED_PROXY_COUNT = 2
    assert client_address(rf.get("/", HTTP_X_FORWARDED_FOR="192.0.2.7", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"
    assert client_address(rf.get("/", HTTP_X_FORWARDED_FOR="<script>, x", REMOTE_ADDR="10.0.0.1")) is None
    assert client_address(rf.get("/", REMOTE_ADDR="")) is None


def test_one_household_of_ipv6_is_one_source(rf):
    first, second, other = (
        source_of(rf.get("/", REMOTE_ADDR=address)) for address in ("2001:db8::1", "2001:db8::ff:2", "2001:db8:0:1::1")
    )
    assert first == second != other


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Linux; Android 15; Pixel 8) Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_words(rf, agent, words):
    assert browser_words(rf.get("/", HTTP_USER_AGENT=agent)) == words
