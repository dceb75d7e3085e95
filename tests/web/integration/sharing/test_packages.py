"""What goes outside the partnership: two people, one recipient's key, a few days; opened here with OpenSSL."""

import io
import json
import os
import re
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
from iom.audit.models import Event
from iom.common import registries
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.people.models import Person, Sanction, SourceRecord
from iom.sharing.adapters import packages as files
from iom.sharing.models import Disclosure, Package
from iom.sharing.operations import packages as operations
from iom.sharing.operations.packages import Outside
from iom.sharing.presenters.requests import who, who_of_own
from iom.sharing.queries import packages as queries
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
        "basis": "law-enforcement-task", "kinds": ["sanctions"], "days": 7, **given,
    }  # fmt: skip
    return Outside(**values)


def make_package(person: Person, maker: Worker, certificate: str) -> Package:
    with act_in(maker.scope):
        package = operations.begin(person=person, outside=outside(certificate), by=maker.scope, at=timezone.now())
        kept = Sanction.objects.get(court="Fenwick")
        ticked = [f"people.Sanction:{kept.pk}", "people.Person:1", "x"]
        return operations.fill(
            package=package, ticked=ticked, text="No arson. [[He is on methadone.]]", special=[], conditions=[],
            by=maker.scope, at=timezone.now(),
        )  # fmt: skip


def approved(package: Package, approver: Worker) -> Package:
    with act_in(approver.scope):
        seen = operations.as_shown(package, who="Jordan Quayle")
        return operations.approve(package=package, who="Jordan Quayle", seen=seen, by=approver.scope, at=timezone.now())


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
    with pytest.raises(NotAllowed):
        approved(package, maker)
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
                special=[], conditions=[], by=police.scope, at=timezone.now(),
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
    words = {"ticked": [], "text": "No arson. He sees a doctor.", "special": ["health"]}
    bare = client.post(begun.headers["Location"], words)
    assert "Select a condition on which Probation may give this: Health" in bare.text
    handed = client.post(begun.headers["Location"], {**words, "conditions": ["schedule-8-statutory"]})
    assert handed.status_code == 302
    waiting = as_user(approver).get(reverse("today"))
    assert "for your approval" in waiting.text
    with act_in(maker.scope):
        package = Package.objects.get()
    address = reverse("sharing-package-approve", args=[package.pk])
    page = as_user(approver).get(address).text
    assert "outside the partnership" in page
    assert "Task of a competent authority" in page
    assert as_user(approver).post(address, {"seen": "x"}).status_code == 409, "not what was read"
    seen = re.search('name="seen" value="(.*?)"', page)
    assert seen is not None
    assert as_user(approver).post(address, {"seen": seen[1]}).status_code == 302
    assert "Harbour Hostel" in client.get(reverse("sharing-packages")).text
    dropped = client.post(reverse("sharing-package-drop", args=[package.pk]), {"reason": "They closed"})
    assert dropped.status_code == 302
    assert client.get(reverse("sharing-package-take", args=[package.pk])).status_code == 404


def test_it_rests_on_a_power_a_basis_and_conditions_that_its_agency_can_rely_on(
    person: Person, maker: Worker, place: Place, tmp_path: Path
) -> None:
    certificate = key_pair(tmp_path, "hostel")
    wrong = {
        "gateway": ["common-law-policing", "law-enforcement-task", "schedule-8-statutory", "crime-and-disorder-s17a"],
        "basis": ["uk-gdpr-6-1-e", "crime-and-disorder-s115", ""],
    }
    for name, slugs in wrong.items():
        for slug in slugs:
            with act_in(maker.scope), pytest.raises(InvalidInput) as refused:
                operations.begin(
                    person=person, outside=outside(certificate, **{name: slug}), by=maker.scope, at=timezone.now()
                )
            assert set(refused.value.fields) == {name}, slug
    treatment = make_worker(place, "tara", agency="Treatment", roles=["manager"])
    with act_in(treatment.scope):
        package = operations.begin(
            person=person, outside=outside(certificate, basis="uk-gdpr-6-1-e"), by=treatment.scope, at=timezone.now()
        )
        for conditions in ([], ["schedule-8-statutory"]):
            with pytest.raises(InvalidInput, match="Treatment may give this: Health"):
                operations.fill(
                    package=package, ticked=[], text="He comes.", special=[], conditions=conditions,
                    by=treatment.scope, at=timezone.now(),
                )  # fmt: skip


def test_neither_who_began_it_nor_who_put_it_together_approves_it(
    place: Place, person: Person, maker: Worker, approver: Worker, tmp_path: Path
) -> None:
    third = make_worker(place, "olga", agency="Probation", roles=["manager"])
    package = make_package(person, maker, key_pair(tmp_path, "hostel"))
    with act_in(third.scope):
        operations.send_back(package=package, reason="Less", by=third.scope, at=timezone.now())
        package = operations.fill(
            package=package, ticked=[], text="No.", special=[], conditions=[], by=third.scope, at=timezone.now()
        )
        assert not queries.to_approve(scope=third.scope)
    assert (package.made_by, package.filled_by) == (maker.user.pk, third.user.pk)
    for worker in (maker, third):
        with pytest.raises(NotAllowed):
            approved(package, worker)
    approved(package, approver)


def test_what_is_changed_while_the_second_person_reads_is_not_approved(
    place: Place, person: Person, maker: Worker, approver: Worker, tmp_path: Path
) -> None:
    package = make_package(person, maker, key_pair(tmp_path, "hostel"))
    with act_in(approver.scope):
        read = queries.get_package(package_id=package.pk, scope=approver.scope)
        operations.send_back(package=package, reason="Less", by=approver.scope, at=timezone.now())
    with act_in(maker.scope):
        operations.fill(
            package=package, ticked=[], text="More.", special=[], conditions=[], by=maker.scope, at=timezone.now()
        )
    with pytest.raises(WrongState, match="changed after you opened the page"):
        approved(read, approver)


def test_it_says_who_it_is_about_by_the_agencys_own_records_alone(
    place: Place, person: Person, approver: Worker, maker: Worker, as_user: AsUser, tmp_path: Path
) -> None:
    with act_in(place.system()):
        SourceRecord.objects.filter(person=person).update(crn="X123456", date_of_birth=date(1990, 1, 2))
        of_police = SourceRecord.objects.get(person=make_person(place))
        SourceRecord.objects.filter(pk=of_police.pk).update(
            person=person, pnc_id="2001/1234567A", date_of_birth=date(1991, 1, 2)
        )
    package = make_package(person, maker, key_pair(tmp_path, "hostel"))
    page = as_user(approver).get(reverse("sharing-package-approve", args=[package.pk])).text
    assert "born 02/01/1990, CRN X123456" in page
    assert "2001/1234567A" not in page
    council = make_worker(place, "cara", agency="Council", roles=["manager"])
    with act_in(council.scope):
        assert who_of_own(person, council.scope) == person.name
        assert "2001/1234567A" in who(person, council.scope)


@pytest.mark.parametrize("move", ["merge", "split"])
def test_a_package_of_somebody_merged_or_split_can_be_fetched_no_longer(
    place: Place, person: Person, maker: Worker, approver: Worker, tmp_path: Path, move: str,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    certificate, by = key_pair(tmp_path, "hostel"), place.system()
    ready = approved(make_package(person, maker, certificate), approver)
    waiting = make_package(person, maker, certificate)
    with act_in(by):
        other = make_person(place)
    with django_capture_on_commit_callbacks(execute=True), act_in(by):
        if move == "merge":
            operations.merge(by=by, keep_id=person.pk, gone_id=other.pk, at=timezone.now())
        else:
            operations.split(by=by, person_id=person.pk, new_id=other.pk, source_record_ids=[], at=timezone.now())
    assert not files.file_of(ready.pk).exists()
    with act_in(place.system("Probation")):
        states = dict(Package.objects.values_list("pk", "state"))
        assert states == {ready.pk: "over", waiting.pk: "draft"}
        said = Event.objects.filter(action=f"sharing.packages.{move}").values_list("subject_id", flat=True)
        assert {int(each) for each in said} == {ready.pk, waiting.pk}


@pytest.mark.parametrize("record", ["agency", "partnership"])
def test_a_package_ends_with_the_record_that_it_was_made_from(
    record: str, place: Place, person: Person, maker: Worker, approver: Worker, tmp_path: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    certificate, by = key_pair(tmp_path, "hostel"), place.system("Probation")
    ready = approved(make_package(person, maker, certificate), approver)
    waiting = make_package(person, maker, certificate)
    with act_in(maker.scope):
        Person.objects.filter(pk=person.pk).update(erased_at=timezone.now())
        of_erased = queries.get_package(package_id=ready.pk, scope=maker.scope)
        with pytest.raises(NotVisible):
            operations.taken(package=of_erased, by=maker.scope, at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True), act_in(by):
        for entry in registries.retained_records:
            if entry.name.startswith("sharing-") and entry.record == record:
                entry.erase(by=by, person_id=person.pk, agency_id=by.agency_id, at=timezone.now())
    assert not files.file_of(ready.pk).exists()
    with act_in(by):
        assert dict(Package.objects.values_list("pk", "state")) == {ready.pk: "over", waiting.pk: "dropped"}


def test_files_of_packages_that_nobody_can_fetch_are_swept_and_one_dropped_meanwhile_stops_nothing(
    place: Place, person: Person, maker: Worker, approver: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, by = key_pair(tmp_path, "hostel"), place.system("Probation")
    dropped, fresh, over = (approved(make_package(person, maker, certificate), approver) for _ in range(3))
    with act_in(maker.scope):
        for package in (dropped, fresh):
            operations.drop(package=package, reason="No", by=maker.scope, at=timezone.now())
    half = files.file_of(dropped.pk).with_name(f"{dropped.pk}.p7m.incoming")
    half.write_bytes(b"half")
    for path in (half, files.file_of(dropped.pk), files.file_of(over.pk)):
        os.utime(path, (0, 0))
    with act_in(by):
        assert operations.sweep(by=by, at=timezone.now()) == 1
        assert [files.file_of(each.pk).exists() for each in (dropped, fresh, over)] == [False, True, True]
        assert not half.exists()
        # Listed to be ended before the other hand dropped it.
        listed = list(Package.objects.visible_to(by).filter(pk__in=[dropped.pk, over.pk]).order_by("pk"))
        monkeypatch.setattr(queries, "ended", lambda **_: listed)
        assert operations.end(by=by, at=timezone.now() + timedelta(days=8)) == 1
    assert not files.file_of(over.pk).exists()
