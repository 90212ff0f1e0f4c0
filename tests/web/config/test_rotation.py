"""A new key opens everything and finds everybody; a kill between commit and file loses nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag

from pacemark.web.accounts.adapters import SecondFactorAdapter
from pacemark.web.accounts.models import User
from pacemark.web.config import rotation
from pacemark.web.config.rotation import RotationError, rotate_phone_key
from pacemark.web.config.running import InUseError, alone, at_work
from pacemark.web.notifications.addresses import open_sealed, seal_address, seal_secret
from pacemark.web.notifications.models import Channel
from pacemark.web.pipeline.models import Lead, Source
from pacemark.web.pipeline.phones import last4_hash, open_phone, phone_hash, seal_phone

pytestmark = pytest.mark.django_db
NUMBERS = ("13800138000", "13900139001", "")


@pytest.fixture(autouse=True)
def _sealed(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PACEMARK_HOME, settings.PHONE_KEY = tmp_path, "the first key"
    (tmp_path / "phone.key").write_text("the first key")
    monkeypatch.setattr(rotation, "ROWS_A_STEP", 1)
    source = Source.objects.create(name="t")
    for place, number in enumerate(NUMBERS):
        phone = seal_phone(number, "CN")
        Lead.objects.create(
            source=source,
            external_id=str(place),
            phone_encrypted=phone.encrypted,
            phone_hash=phone.digest,
            phone_last4_hash=phone.last4_digest,
        )
    address = seal_address("wecom", "robot-1")
    user = User.objects.create_user("li", display_name="Li")
    for kind, name in (("totp", "secret"), ("recovery_codes", "seed")):
        Authenticator.objects.create(user=user, type=kind, data={name: SecondFactorAdapter().encrypt(f"a {name}")})
    Channel.objects.create(
        name="floor",
        kind="wecom",
        address_encrypted=address.encrypted,
        address_digest=address.digest,
        secret_encrypted=seal_secret("s3cret"),
    )


def _check_all_open() -> None:
    leads = list(Lead.objects.order_by("external_id"))
    assert [open_phone(lead.phone_encrypted) for lead in leads] == ["+8613800138000", "+8613900139001", ""]
    assert [lead.phone_hash for lead in leads] == [phone_hash("+8613800138000"), phone_hash("+8613900139001"), ""]
    assert leads[1].phone_last4_hash == last4_hash("9001")
    factors = [one.data for one in Authenticator.objects.order_by("pk")]
    opened = [SecondFactorAdapter().decrypt(text) for data in factors for text in data.values()]
    assert opened == ["a secret", "a seed"]
    channel = Channel.objects.get()
    assert (open_sealed(channel.address_encrypted), open_sealed(channel.secret_encrypted)) == ("robot-1", "s3cret")
    assert channel.address_digest == seal_address("wecom", "robot-1").digest


def test_everything_is_sealed_anew_and_found_again(settings: Any, tmp_path: Path) -> None:
    before = Lead.objects.get(external_id="0").phone_encrypted

    done = rotate_phone_key()

    assert (done.phones, done.channels) == (2, 1)
    assert settings.PHONE_KEY == (tmp_path / "phone.key").read_text() != "the first key"
    _check_all_open()
    with pytest.raises(InvalidTag):
        open_phone(before)
    [former] = tmp_path.glob("phone.key.former-*")
    assert former.read_text() == "the first key"
    assert not (tmp_path / "phone.key.next").exists()


def test_a_kill_after_the_commit_is_made_good_by_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_home: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rotation, "_take_into_use", killed)
        rotate_phone_key()
    assert (tmp_path / "phone.key").read_text() == "the first key"

    assert rotate_phone_key().was_done
    _check_all_open()


def test_a_kill_before_the_commit_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_old: str, _new: str) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rotation, "_reseal_channels", killed)
        rotate_phone_key()
    _check_all_open()

    assert rotate_phone_key().phones == 2
    _check_all_open()


def test_a_key_from_the_environment_is_not_changed_behind_its_back(settings: Any) -> None:
    settings.PHONE_KEY = "from outside"
    with pytest.raises(RotationError, match="PACEMARK_PHONE_KEY"):
        rotate_phone_key()


def test_nobody_may_work_meanwhile() -> None:
    with at_work(), pytest.raises(InUseError, match="is running"), alone():
        pass
    with alone(), pytest.raises(InUseError, match="try again"), at_work():
        pass
    with at_work(), at_work():
        pass
