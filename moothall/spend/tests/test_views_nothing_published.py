"""Where nothing is published, every public page opens and says so, and no more."""

import pytest

from moothall.spend.tests.little_place import PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_lake")]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_opens_before_anything_is_published(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        page
        for page in PAGES
        if page.startswith("/spending/") and page not in ("/spending/download",)
    ],
)
def test_where_nothing_is_published_every_page_says_so_and_no_more(client, address):
    told = client.get(address).content.decode()
    assert "Nothing has been published here yet" in told
    assert "This page answers once a body loads what it publishes" in told
    assert "£" not in told
    assert "Choose payments" not in told


def test_where_nothing_is_published_the_front_page_and_the_data_count_nothing(client):
    front = client.get("/").content.decode()
    assert "No payments have been made public here yet." in front
    assert "Who is paid?" not in front
    data = client.get("/spending/download").content.decode()
    assert "No published file has been loaded that you may read." in data
    assert "0 published files" not in data
