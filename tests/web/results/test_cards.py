"""Cards: only what the records bear out, only of whom allows it, and drawn as the words say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.accounts.services import create_user
from pacemark.web.goals.models import Target
from pacemark.web.notifications.models import Channel, Message
from pacemark.web.organization.models import Rep, Team
from pacemark.web.results.choices import CelebrationKind
from pacemark.web.results.drawing.fonts import font_files
from pacemark.web.results.drawing.layout import HEIGHT, SIDE, WIDTH, CardWords, Text, shapes_of, width_of
from pacemark.web.results.drawing.png import png_of
from pacemark.web.results.drawing.svg import svg_of
from pacemark.web.results.models import Celebration
from pacemark.web.results.queries.celebrations import truth_of
from pacemark.web.results.services.celebrations import notice_celebrations
from tests.support.people import client_of
from tests.web.goals.floor import Floor, weekdays

TODAY = date(2024, 3, 13)
CARD = CardWords(
    title="喜报", name="何雨桐", place="华东一组", amount="30,000", unit="元", line="3 月目标，提前 7 个工作日做满",
    figures=(("10", "单"), ("41", "个商机")), foot="标杆 · 3 月 20 日",
)  # fmt: skip


@pytest.fixture
def floor(db: None, settings: Any) -> Floor:
    settings.PACEMARK_TODAY = TODAY.isoformat()
    floor = Floor()
    boss = create_user(actor=None, username="boss", display_name="Boss", access_role=AccessRole.MANAGER)
    floor.team.manager = _in_english(boss)
    floor.team.save()
    return floor


def _in_english(user: User) -> User:
    user.language = "en"
    user.save()
    return user


def _seller(floor: Floor, name: str = "Ottilie", **fields: Any) -> Rep:
    user = create_user(actor=None, username=name.lower(), display_name=name, access_role=AccessRole.REP)
    return floor.rep(name, user=_in_english(user), **fields)


def _target(rep: Rep, amount: int) -> None:
    Target.objects.create(rep=rep, period_start=date(2024, 3, 1), amount_minor=amount * 100)


def _met(floor: Floor) -> tuple[Rep, Celebration]:
    """Return somebody who met March's 3,000 with 3,250, and the card of it."""
    rep = _seller(floor)
    _target(rep, 3_000)
    floor.deal(rep, date(2024, 3, 4), 2_000)
    floor.deal(rep, TODAY, 1_250)
    floor.count()
    notice_celebrations(day=TODAY)
    return rep, Celebration.objects.get(kind=CelebrationKind.TARGET)


def _allow(rep: Rep, word: str = "yes") -> int:
    assert rep.user is not None
    return client_of(rep.user).post(reverse("results:consent"), {"is_given": word}).status_code


def _picture(card: Celebration, form: str = "svg") -> str:
    return reverse("results:card", kwargs={"card_id": card.pk, "form": form})


def _words_in(svg: bytes) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_a_target_met_is_noticed_once_and_its_numbers_are_the_records(floor: Floor) -> None:
    rep, card = _met(floor)
    assert notice_celebrations(day=TODAY) == 0
    assert rep.user is not None
    words = _words_in(client_of(rep.user).get(_picture(card)).content)
    assert "Ottilie" in words and "€3,250" in words and "2" in words
    # from the 14th to the 29th
    assert "Target of Mar 2024 met with 12 working days to go" in words
    assert len(weekdays(date(2024, 3, 14), date(2024, 3, 31))) == 12


def test_a_refund_changes_the_card_or_takes_it_away(floor: Floor) -> None:
    rep, card = _met(floor)
    assert rep.user is not None
    client, deal = client_of(rep.user), floor.source.deal_set.get(amount_minor=1_250_00)
    floor.refund(deal, TODAY, 250)
    floor.count()
    assert "€3,000" in _words_in(client.get(_picture(card)).content)
    floor.refund(deal, TODAY, 1)
    floor.count()
    assert truth_of(card) is None
    assert client.get(_picture(card)).status_code == 404
    assert "no longer true" in client.get(reverse("results:cards")).content.decode()


def test_nobody_sees_a_name_before_its_owner_allows_it_nor_after_it_is_taken_back(floor: Floor) -> None:
    rep, card = _met(floor)
    boss = client_of(floor.team.manager)
    assert boss.get(_picture(card)).status_code == 404
    page = boss.get(reverse("results:cards")).content.decode()
    assert "Ottilie" not in page
    assert "2 moments wait for their person's word" in page
    assert _allow(rep) == 302
    assert boss.get(_picture(card)).status_code == 200
    assert "Ottilie" in boss.get(reverse("results:cards")).content.decode()
    assert _allow(rep, "no") == 302
    assert boss.get(_picture(card)).status_code == 404
    assert rep.user is not None and client_of(rep.user).get(_picture(card)).status_code == 200, "one's own stays one's"


def test_what_waits_to_be_sent_is_stopped_when_the_word_is_taken_back(floor: Floor) -> None:
    rep, card = _met(floor)
    channel = Channel.objects.create(name="g", kind="wecom", address_encrypted="-", team=floor.team, language="en")
    boss, address = client_of(floor.team.manager), reverse("results:send_card", args=[card.pk])
    assert boss.post(address, {"channel": channel.pk}).status_code == 404
    _allow(rep)
    for _ in range(2):
        assert boss.post(address, {"channel": channel.pk}).status_code == 302
    message = Message.objects.get()
    assert "**Ottilie**" in message.text and "€3,250" in message.text
    assert message.picture is not None and bytes(message.picture).startswith(b"\x89PNG")
    _allow(rep, "no")
    message.refresh_from_db()
    assert (message.state, message.picture) == ("dropped", None)


def test_cards_stay_in_their_scope(floor: Floor) -> None:
    rep, card = _met(floor)
    _allow(rep)
    other = _seller(floor, "Bea")
    elsewhere = create_user(actor=None, username="far", display_name="Far", access_role=AccessRole.MANAGER)
    Team.objects.create(name="Far", manager=elsewhere)
    for person in (other.user, elsewhere):
        assert person is not None
        assert client_of(person).get(_picture(card)).status_code == 404
    assert client_of(elsewhere).post(reverse("results:consent"), {"is_given": "yes"}).status_code == 403


def test_a_first_deal_tells_how_many_working_days_it_ended(floor: Floor) -> None:
    rep = _seller(floor)
    floor.deal(rep, date(2024, 3, 1), 100)
    floor.deal(rep, TODAY, 700)
    floor.count()
    notice_celebrations(day=TODAY)
    truth = truth_of(Celebration.objects.get(kind=CelebrationKind.FIRST_DEAL))
    assert truth is not None
    assert truth.days == len(weekdays(date(2024, 3, 2), TODAY - timedelta(days=1))) == 7
    assert (truth.net_minor, truth.deals) == (700_00, 1)


def test_the_team_of_the_week_brought_most_of_what_was_due_and_all_of_it(floor: Floor) -> None:
    other = Team.objects.create(name="Team 2")
    for team, amounts in ((floor.team, (900, 0, 0)), (other, (800, 800, 100))):
        for number, amount in enumerate(amounts):
            rep = floor.rep(f"{team.name} {number}", team=team)
            _target(rep, 2_100)
            if amount:
                floor.deal(rep, date(2024, 3, 6), amount)
    floor.count()
    notice_celebrations(day=TODAY)
    card = Celebration.objects.get(kind=CelebrationKind.TEAM_OF_WEEK)
    truth = truth_of(card)
    assert truth is not None and card.team == other
    # 3 × 2,100 over 21 working days, of which five lie in the week
    assert (truth.net_minor, truth.target_minor, truth.n_teams) == (1_700_00, 1_500_00, 2)
    floor.refund(floor.source.deal_set.filter(owner__name="Team 2 0").get(), date(2024, 3, 7), 400)
    floor.count()
    assert truth_of(card) is None, "nobody brought what was due"


@given(st.text("何雨桐ABCw1,", min_size=1, max_size=60), st.text("0123456789,¥", min_size=1, max_size=24))
def test_whatever_the_words_they_stay_inside_the_frame(words: str, amount: str) -> None:
    card = CardWords(
        title=words, name=words, place=words, amount=amount, unit="元", line=words,
        figures=((amount, words), (words, amount), (amount, amount)), foot=words,
    )  # fmt: skip
    for shape in shapes_of(card):
        if isinstance(shape, Text):
            half = width_of(shape.words, shape.size) / 2
            assert shape.x - half >= SIDE - 1 and shape.x + half <= WIDTH - SIDE + 1
            assert 0 < shape.y < HEIGHT


@pytest.mark.skipif(not font_files(), reason="no font with Chinese characters is installed")
def test_the_picture_holds_gold_on_red_and_every_name_draws_otherwise() -> None:
    first = Image.open(BytesIO(png_of(CARD)))
    assert first.size == (WIDTH, HEIGHT)
    colours = {colour for _count, colour in first.getcolors(maxcolors=1_000_000)}
    assert (243, 217, 162) in colours and (255, 246, 227) in colours
    assert png_of(CARD) == png_of(CARD) != png_of(CardWords(**{**_fields(CARD), "name": "刘佳怡"}))


def _fields(card: CardWords) -> dict[str, Any]:
    return {name: getattr(card, name) for name in CardWords.__dataclass_fields__}


@pytest.fixture
def no_font(settings: Any) -> Iterator[None]:
    settings.PACEMARK_CARD_FONT = "nowhere.ttf"
    font_files.cache_clear()
    yield
    font_files.cache_clear()


def test_without_a_chinese_font_that_is_said_and_the_card_is_svg(floor: Floor, no_font: None) -> None:
    rep, card = _met(floor)
    assert rep.user is not None
    client = client_of(rep.user)
    answer = client.get(_picture(card, "png"))
    assert answer.status_code == 503 and "fonts-noto-cjk" in answer.content.decode()
    page = client.get(reverse("results:cards")).content.decode()
    assert _picture(card) in page and _picture(card, "png") not in page and "fonts-noto-cjk" in page
    assert "Ottilie" in _words_in(client.get(_picture(card)).content)


def test_svg_takes_any_name_for_words() -> None:
    name = "<b>&\"'"
    assert name in _words_in(svg_of(CardWords(**{**_fields(CARD), "name": name})).encode())
