"""What goes outside the partnership: two people, one recipient's key, a few days; opened here with OpenSSL."""

import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import act_in
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.people.models import Person, Sanction, SourceRecord
from iom.sharing.adapters import packages as files
from iom.sharing.models import Disclosure, Package
from iom.sharing.operations import packages as operations
from iom.sharing.operations.packages import Outside
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import add_event, make_person

AsUser = Callable[[Worker], Client]


def key_pair(folder: Path, name: str, *, valid_for: timedelta = timedelta(days=30), key: Any = None) -> str:
    """A recipient's key and certificate as files; returns the certificate."""
    key = key or rsa.generate_private_key(65537, 3072)
    called = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + valid_for)
        .sign(key, hashes.SHA256())
    )
    text = certificate.public_bytes(Encoding.PEM).decode()
    (folder / f"{name}.pem").write_text(text)
    (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return text


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    settings.STORE = tmp_path / "store"
    return tmp_path


@pytest.fixture
def maker(place: Place) -> Worker:
    return make_worker(place, "mary", agency="Probation", roles=["manager"])


@pytest.fixture
def approver(place: Place) -> Worker:
    return make_worker(place, "ian", agency="Probation", roles=["information-governance", "manager"])


@pytest.fixture
def person(place: Place) -> Person:
    with act_in(place.system()):
        person = make_person(place, agency="Probation", family_name="Quayle")
        record = SourceRecord.objects.get(person=person)
        for court in ("Fenwick", "Secret"):
            add_event(
                Sanction, record, person=person, sanction_date=date(2020, 1, 1), sanction_type="conviction",
                offence_code="28/3", court=court,
            )  # fmt: skip
    return person


def outside(certificate: str, **given: Any) -> Outside:
    values = {
        "organisation": "Harbour Hostel", "recipient": "Ada Crane, manager", "certificate": certificate,
        "purpose": "To offer a place", "necessity": "They ask about arson", "gateway": "crime-and-disorder-s115",
        "kinds": ["sanctions"], "days": 7, **given,
    }  # fmt: skip
    return Outside(**values)


def make_package(person: Person, maker: Worker, certificate: str) -> Package:
    with act_in(maker.scope):
        package = operations.begin(person=person, outside=outside(certificate), by=maker.scope, at=timezone.now())
        kept = Sanction.objects.get(court="Fenwick")
        ticked = [f"people.Sanction:{kept.pk}", "people.Person:1", "x"]
        return operations.fill(
            package=package, ticked=ticked, text="No arson. [[He is on methadone.]]", by=maker.scope, at=timezone.now()
        )


def approved(package: Package, approver: Worker) -> Package:
    with act_in(approver.scope):
        return operations.approve(package=package, who="Jordan Quayle", by=approver.scope, at=timezone.now())


def openssl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", "cms", *arguments], capture_output=True, check=False)


def test_only_the_recipient_opens_it_and_a_changed_byte_is_found(
    place: Place, person: Person, maker: Worker, approver: Worker, as_user: AsUser, tmp_path: Path
) -> None:
    package = approved(make_package(person, maker, key_pair(tmp_path, "hostel")), approver)
    client = as_user(maker)
    fetched = client.get(reverse("sharing-package-take", args=[package.pk]))
    assert fetched.status_code == 200
    (tmp_path / "package.p7m").write_bytes(fetched.content)
    (tmp_path / "us.pem").write_bytes(client.get(reverse("sharing-packages-certificate")).content)
    key_pair(tmp_path, "thief")

    def decrypt(file: str, who: str) -> int:
        return openssl(
            "-decrypt", "-binary", "-inform", "DER", "-in", str(tmp_path / file), "-out", str(tmp_path / "signed.der"),
            "-recip", str(tmp_path / f"{who}.pem"), "-inkey", str(tmp_path / f"{who}.key"),
        ).returncode  # fmt: skip

    def verify(file: str) -> subprocess.CompletedProcess[bytes]:
        return openssl(
            "-verify", "-binary", "-inform", "DER", "-in", str(tmp_path / file), "-CAfile", str(tmp_path / "us.pem"),
            "-purpose", "any",
        )  # fmt: skip

    assert decrypt("package.p7m", "thief") != 0
    assert decrypt("package.p7m", "hostel") == 0
    opened = verify("signed.der")
    assert opened.returncode == 0, opened.stderr
    with zipfile.ZipFile(io.BytesIO(opened.stdout)) as archive:
        assert sorted(archive.namelist()) == ["manifest.json", "package.json", "package.pdf"]
        data = json.loads(archive.read("package.json"))
        manifest = json.loads(archive.read("manifest.json"))
        assert archive.read("package.pdf").startswith(b"%PDF")
    assert manifest["fetched_until"] == package.expires_on.isoformat()
    told = json.dumps(data)
    assert "Fenwick" in told
    assert "Secret" not in told
    assert "methadone" not in told
    changed = bytearray((tmp_path / "signed.der").read_bytes())
    changed[len(changed) // 3] ^= 1
    (tmp_path / "changed.der").write_bytes(changed)
    assert verify("changed.der").returncode != 0


def test_nobody_approves_their_own_and_only_one_of_two_approves(
    place: Place, person: Person, maker: Worker, approver: Worker, tmp_path: Path
) -> None:
    package = make_package(person, maker, key_pair(tmp_path, "hostel"))
    with act_in(maker.scope), pytest.raises(NotAllowed):
        operations.approve(package=package, who="", by=maker.scope, at=timezone.now())
    approved(package, approver)
    third = make_worker(place, "olga", agency="Probation", roles=["manager"])
    with pytest.raises(WrongState):
        approved(package, third)
    with act_in(place.system("Probation")):
        assert Disclosure.objects.get().kind == "package"


def test_what_the_other_agencies_keep_is_not_theirs_to_give(
    place: Place, person: Person, maker: Worker, as_user: AsUser, tmp_path: Path
) -> None:
    package = make_package(person, maker, key_pair(tmp_path, "hostel"))
    police = make_worker(place, "paul", agency="Police", roles=["manager"])
    assert as_user(police).get(reverse("sharing-package", args=[package.pk])).status_code == 404
    with act_in(police.scope):
        mine = operations.begin(person=person, outside=outside(package.certificate), by=police.scope, at=timezone.now())
        with pytest.raises(InvalidInput, match="nothing in it"):
            operations.fill(
                package=mine, ticked=[f"people.Sanction:{row['row']}" for row in package.items], text="",
                by=police.scope, at=timezone.now(),
            )  # fmt: skip


def test_it_ends_on_its_day_and_the_file_goes(
    place: Place, person: Person, maker: Worker, approver: Worker, tmp_path: Path
) -> None:
    package = approved(make_package(person, maker, key_pair(tmp_path, "hostel")), approver)
    assert files.file_of(package.pk).stat().st_mode & 0o777 == 0o600
    with act_in(maker.scope):
        assert operations.taken(package=package, by=maker.scope, at=timezone.now() + timedelta(days=6))
        with pytest.raises(NotVisible):
            operations.taken(package=package, by=maker.scope, at=timezone.now() + timedelta(days=7))
    with act_in(place.system("Probation")):
        assert operations.end(by=place.system("Probation"), at=timezone.now() + timedelta(days=6)) == 0
        assert operations.end(by=place.system("Probation"), at=timezone.now() + timedelta(days=7)) == 1
    assert not files.file_of(package.pk).exists()


@pytest.mark.parametrize("case", ["text", "small", "elliptic", "over", "key"])
def test_a_certificate_that_cannot_be_used_is_said_to_be_so(
    person: Person, maker: Worker, tmp_path: Path, case: str
) -> None:
    given = {
        "text": lambda: "not a certificate",
        "small": lambda: key_pair(tmp_path, "small", key=rsa.generate_private_key(65537, 2048)),
        "elliptic": lambda: key_pair(tmp_path, "ec", key=ec.generate_private_key(ec.SECP256R1())),
        "over": lambda: key_pair(tmp_path, "over", valid_for=timedelta(days=-1)),
        "key": lambda: (key_pair(tmp_path, "k"), (tmp_path / "k.key").read_text())[1],
    }[case]()
    with act_in(maker.scope), pytest.raises(InvalidInput) as refused:
        operations.begin(person=person, outside=outside(given), by=maker.scope, at=timezone.now())
    assert "certificate" in refused.value.fields


def test_the_pages_from_first_to_last(
    person: Person, maker: Worker, approver: Worker, as_user: AsUser, tmp_path: Path
) -> None:
    client = as_user(maker)
    form = {**vars(outside(key_pair(tmp_path, "hostel"))), "kinds": ["sanctions"]}
    begun = client.post(reverse("sharing-package-begin", args=[person.public_id]), form)
    assert begun.status_code == 302
    filling = client.get(begun.headers["Location"])
    assert "Fenwick" in filling.text
    handed = client.post(begun.headers["Location"], {"ticked": [], "text": "No arson."})
    assert handed.status_code == 302
    waiting = as_user(approver).get(reverse("today"))
    assert "for your approval" in waiting.text
    with act_in(maker.scope):
        package = Package.objects.get()
    address = reverse("sharing-package-approve", args=[package.pk])
    assert "outside the partnership" in as_user(approver).get(address).text
    assert as_user(approver).post(address).status_code == 302
    assert "Harbour Hostel" in client.get(reverse("sharing-packages")).text
    dropped = client.post(reverse("sharing-package-drop", args=[package.pk]), {"reason": "They closed"})
    assert dropped.status_code == 302
    assert client.get(reverse("sharing-package-take", args=[package.pk])).status_code == 404
