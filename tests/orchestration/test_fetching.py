"""Fetching never reaches what is not public, however it is written, and never takes more than it may."""

import asyncio
import gzip
import re
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from orchestration.addresses import not_public
from orchestration.tools.fetching import LARGEST, Fetcher
from orchestration.tools.tool import ToolFailure
from tests.sites import Names, Site

CORPUS = [
    line.split(maxsplit=1)[0]
    for line in (Path(__file__).parent / "data" / "unsafe_addresses.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
REFUSED = re.compile(
    "is not on the public web|must begin with http|must not contain a user name|is not the name or the usual spelling"
    "|Only the ports 80 and 443|is not an address|There is no host localhost"
)
PUBLIC = ["93.184.215.14", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as started:
        yield started


def open_to(site: Site, *names: str, **more: float) -> Fetcher:
    """A fetcher that may read this site under these names."""
    resolver = Names(**{name.replace(".", "_"): [["127.0.0.1"]] for name in names})
    private = [f"{name}:{site.port}" for name in names]
    return Fetcher(private_hosts=private, resolver=resolver, seconds=more.get("seconds", 5.0))


async def refusal(fetcher: Fetcher, address: str) -> str:
    with pytest.raises(ToolFailure) as refused:
        await fetcher.get(address)
    return str(refused.value)


def test_the_corpus_is_large_enough_to_mean_something() -> None:
    assert len(CORPUS) >= 100
    assert len(set(CORPUS)) == len(CORPUS)


@pytest.mark.parametrize("address", CORPUS)
async def test_what_is_not_public_is_not_read(address: str) -> None:
    said = await refusal(Fetcher(seconds=2.0), address)
    assert REFUSED.search(said), said  # in words that only a refusal has: nothing was tried


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_public(address: str) -> None:
    assert not not_public(address)


async def test_no_redirect_leads_to_what_is_not_public(site: Site) -> None:
    fetcher = open_to(site, "a.test")
    for address in CORPUS:
        site.redirect("/away", address)
        try:
            page = await fetcher.get(f"http://a.test:{site.port}/away")
        except ToolFailure:
            continue
        assert page.status == 404, address  # without a host of its own it is a path of the same site
    assert {request.host.partition(":")[0] for request in site.asked} == {"a.test"}


async def test_a_name_counts_for_what_it_means_at_the_moment_of_connecting(site: Site) -> None:
    site.page("/", "the wiki")
    names = Names(rebinds_test=[["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1"]])
    address = f"http://rebinds.test:{site.port}/"
    fetcher = Fetcher(private_hosts=[f"rebinds.test:{site.port}"], resolver=names)
    assert (await fetcher.get(address)).body == b"the wiki"
    assert names.looked_up == ["rebinds.test"]  # what was checked is what was connected to
    assert "not on the public web" in await refusal(fetcher, address)
    assert names.looked_up == ["rebinds.test", "rebinds.test"]
    assert len(site.asked) == 1


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["::1"], ["10.0.0.1", "::ffff:127.0.0.1"], ["2130706433"]])
async def test_a_name_of_private_addresses_is_refused(addresses: list[str]) -> None:
    said = await refusal(Fetcher(resolver=Names(inside_test=[addresses])), "http://inside.test/")
    assert said == "inside.test is not on the public web; only public addresses can be read."


async def test_a_redirect_is_resolved_and_checked_anew(site: Site) -> None:
    site.redirect("/", f"http://b.test:{site.port}/secret")
    site.page("/secret", "secret")
    names = Names(a_test=[["127.0.0.1"]], b_test=[["127.0.0.1"]])
    fetcher = Fetcher(private_hosts=[f"a.test:{site.port}"], resolver=names)
    said = await refusal(fetcher, f"http://a.test:{site.port}/")
    assert said.startswith("Only the ports 80 and 443")
    assert [request.path for request in site.asked] == ["/"]


async def test_hosts_of_the_settings_may_be_private_but_never_metadata(site: Site) -> None:
    site.page("/", "the wiki")
    page = await open_to(site, "wiki.test").get(f"http://WIKI.test:{site.port}/#part")
    assert page.body == b"the wiki"
    names = Names(wiki_test=[["169.254.169.254"]])
    said = await refusal(Fetcher(private_hosts=["wiki.test"], resolver=names), "http://wiki.test/")
    assert "not on the public web" in said


async def test_five_redirects_are_followed_and_no_more(site: Site) -> None:
    for number in range(6):
        site.redirect(f"/{number}", f"/{number + 1}", status=[301, 302, 303, 307, 308, 302][number])
    site.page("/6", "there")
    fetcher = open_to(site, "a.test")
    assert (await fetcher.get(f"http://a.test:{site.port}/1")).body == b"there"
    said = await refusal(fetcher, f"http://a.test:{site.port}/0")
    assert said.endswith("redirects more than 5 times.")


async def test_a_page_that_is_too_large_is_not_read_to_its_end(site: Site) -> None:
    site.page("/exact", b"x" * LARGEST)
    site.page("/large", b"x" * (LARGEST + 1))
    fetcher = open_to(site, "a.test")
    assert len((await fetcher.get(f"http://a.test:{site.port}/exact")).body) == LARGEST
    assert "larger than 2 MB" in await refusal(fetcher, f"http://a.test:{site.port}/large")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_bomb_is_defused(site: Site, encoding: str) -> None:
    bomb = b"\0" * 40_000_000
    packed = gzip.compress(bomb, 1) if encoding == "gzip" else zlib.compress(bomb, 1)
    site.page("/bomb", packed, headers={"Content-Encoding": encoding})
    assert "larger than 2 MB" in await refusal(open_to(site, "a.test"), f"http://a.test:{site.port}/bomb")


async def test_a_server_that_drips_is_left(site: Site) -> None:
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0.02)

    site.handle("/drip", drip)
    said = await refusal(open_to(site, "a.test", seconds=0.3), f"http://a.test:{site.port}/drip")
    assert said == "a.test did not answer within 0.3 seconds."


async def test_failures_say_what_is_wrong(site: Site) -> None:
    fetcher = Fetcher(resolver=Names())  # which knows no name
    assert await refusal(fetcher, "http://nowhere.test/") == (
        "There is no host nowhere.test; check the spelling of the address."
    )
    assert "longer than 2,000" in await refusal(fetcher, "http://a.test/" + "x" * 2_000)
    site.redirect("/broken", "http://[::1/")
    said = await refusal(open_to(site, "a.test"), f"http://a.test:{site.port}/broken")
    assert said == "a.test redirects to something that is not an address."


async def test_a_request_that_carries_a_key_follows_no_redirect(site: Site) -> None:
    site.redirect("/search", "/elsewhere")
    with pytest.raises(ToolFailure, match="redirects"):
        await open_to(site, "a.test").ask("GET", f"http://a.test:{site.port}/search", headers={"X-Key": "secret"})
    assert [request.path for request in site.asked] == ["/search"]


async def test_a_fetch_has_no_cookies_and_no_proxy(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    site.page("/", "one", headers={"Set-Cookie": "a=b"})
    fetcher = open_to(site, "a.test")
    for _ in range(2):
        await fetcher.get(f"http://a.test:{site.port}/")
    assert "Cookie" not in site.asked[1].headers
