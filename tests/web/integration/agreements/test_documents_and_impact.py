"""The papers of an agreement, and the register of data protection impact assessments."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from iom.access.scope import act_in
from iom.agreements import operations as agreements
from iom.agreements.adapters import documents as store
from iom.agreements.models import AgreementDocument, ImpactAssessment
from iom.agreements.operations import Assessed
from iom.agreements.presenters import impact_assessments as present
from iom.agreements.rules.documents import LARGEST
from iom.audit.models import Event
from iom.common.errors import NotAllowed, WrongState
from tests.factories.agreements import make_assessment, make_draft_agreement
from tests.factories.partnerships import AT, Place, Worker, make_worker

SignIn = Callable[[Worker], Client]
PDF = b"%PDF-1.7 signed"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.STORE = tmp_path
    return tmp_path


@pytest.fixture
def irene(place: Place) -> Worker:
    return make_worker(place, "irene", agency="Probation", roles=["information-governance"])


@pytest.fixture
def martin(place: Place) -> Worker:
    return make_worker(place, "martin", agency="Probation", roles=["manager"])


@pytest.fixture
def address(place: Place) -> str:
    with act_in(place.system()):
        agreement = make_draft_agreement(list(place.agencies.values()), at=AT, reference="ISA 2")
    return f"/admin/agreements/{agreement.pk}"


def archive(**files: str) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w") as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


def test_a_document_is_put_with_an_agreement_and_taken_out(
    place: Place, address: str, irene: Worker, charlie: Worker, as_user: SignIn, folder: Path
) -> None:
    client = as_user(irene)
    client.post(f"{address}/documents/new", {"title": "Signed copy", "file": SimpleUploadedFile("a.exe", PDF)})
    with act_in(place.system()):
        document = AgreementDocument.objects.get()
    assert (document.file_kind, document.file_bytes) == ("pdf", len(PDF)), "told from its content, not its name"
    assert (folder / "agreements" / str(document.pk)).stat().st_mode & 0o077 == 0
    link = f"/admin/agreements/documents/{document.pk}"
    assert link in client.get(address).content.decode()
    answer = client.get(link)
    assert b"".join(answer) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    with act_in(place.system()):
        assert Event.objects.filter(action="agreements.download_document", subject_id=document.pk).exists()
    elsewhere = make_worker(place, "ward", agency="Council", roles=["partner-worker"])
    assert as_user(elsewhere).get(link).status_code == 403
    store.path(document.pk).unlink()
    assert as_user(irene).get(link).status_code == 404


def test_a_paper_kept_elsewhere_says_where(place: Place, address: str, irene: Worker, as_user: SignIn) -> None:
    client = as_user(irene)
    page = client.post(f"{address}/documents/new", {"title": "Signed copy"}).content.decode()
    assert "Choose a file, or say where it is kept" in page
    client.post(f"{address}/documents/new", {"title": "Signed copy", "kept_at": "Safe 4"})
    assert "kept at: Safe 4" in client.get(address).content.decode()
    with act_in(place.system()):
        document = AgreementDocument.objects.get()
    assert client.get(f"/admin/agreements/documents/{document.pk}").status_code == 404


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (archive(word__document_xml="<a/>"), "docx"),
        (archive(mimetype="application/vnd.oasis.opendocument.text", content_xml="<a/>"), "odt"),
        (archive(word__document_xml="<a/>", word__vbaProject_bin="macro"), ""),
        (archive(Basic__a_xml="macro", mimetype="x", content_xml="<a/>"), ""),
        (archive(run_exe="MZ"), ""),
        (b"PK\x03\x04 no archive", ""),
        (b"<script>alert(1)</script>", ""),
        (b"", ""),
    ],
)
def test_what_a_file_is_is_told_from_its_content(content: bytes, kind: str) -> None:
    assert store.kind_of(content) == kind


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"MZ", "must be a PDF, a Word document"), (PDF + b"0" * LARGEST, "must be smaller than 20 MB")],
)
def test_a_file_that_may_not_be_kept_leaves_nothing(
    place: Place, address: str, irene: Worker, as_user: SignIn, folder: Path, content: bytes, says: str
) -> None:
    page = as_user(irene).post(
        f"{address}/documents/new", {"title": "Copy", "file": SimpleUploadedFile("copy.pdf", content)}
    )
    assert says in page.content.decode()
    assert list(folder.rglob("*")) == []
    with act_in(place.system()):
        assert not AgreementDocument.objects.exists()


TYPED: dict[str, Any] = {
    "title": "Linking",
    "agreement": "",
    "processing": "Records are linked.",
    "risks": "A wrong match.",
    "consulted": "Nobody yet.",
    "residual_risk": "high",
    "outcome": "go",
    "review_on_day": "1", "review_on_month": "6", "review_on_year": "2035",
}  # fmt: skip


def test_one_drafts_an_assessment_and_another_approves_it(
    place: Place, irene: Worker, martin: Worker, as_user: SignIn
) -> None:
    made = as_user(irene).post("/admin/impact-assessments/new", TYPED)["Location"]
    assert "you drafted this one" in as_user(irene).get(f"{made}/approve").content.decode()
    assert "Commissioner must be consulted first" in as_user(martin).get(f"{made}/approve").content.decode()
    assert as_user(martin).post(f"{made}/approve").status_code == 409
    asked = {"commissioner_on_day": "1", "commissioner_on_month": "11", "commissioner_on_year": "2026"}
    as_user(irene).post(f"{made}/change", {**TYPED, **asked})
    with act_in(martin.scope):
        found = present.attention(scope=martin.scope, on=timezone.localdate())
    assert [item.text for item in found] == ["Impact assessment, for your approval: Linking"]
    old = as_user(martin).get(f"{made}/approve").content.decode()
    as_user(irene).post(f"{made}/change", {**TYPED, **asked, "risks": "Another risk."})
    seen = {"seen": re.search('name="seen" value="(.*?)"', old)[1]}  # type: ignore[index]
    stale = as_user(martin).post(f"{made}/approve", seen)
    assert stale.status_code == 409
    assert "changed after you opened the page" in stale.text
    new = as_user(martin).get(f"{made}/approve").content.decode()
    as_user(martin).post(f"{made}/approve", {"seen": re.search('name="seen" value="(.*?)"', new)[1]})  # type: ignore[index]
    page = as_user(irene).get(made).content.decode()
    assert "Approved" in page
    assert as_user(irene).get(f"{made}/change").status_code == 409


def test_who_may_not_and_the_second_of_two_are_told(place: Place, irene: Worker, martin: Worker) -> None:
    with act_in(irene.scope):
        drafted = make_assessment(place.agencies["Probation"], at=AT)
        with pytest.raises(NotAllowed):
            agreements.draft_assessment(assessed=None, by=martin.scope, at=AT)  # type: ignore[arg-type]
    with act_in(martin.scope):
        agreements.approve_assessment(assessment=drafted, seen=AT.isoformat(), by=martin.scope, at=AT)
        with pytest.raises(WrongState, match="approved and stands"):
            agreements.approve_assessment(assessment=drafted, seen=AT.isoformat(), by=martin.scope, at=AT)


def test_an_assessment_is_not_of_an_agreement_elsewhere(
    place: Place, irene: Worker, charlie: Worker, as_user: SignIn
) -> None:
    there = charlie.user.memberships.get().agency
    with act_in(charlie.scope):
        foreign = make_draft_agreement([there], at=AT, reference="ISA 9")
        mine = make_assessment(there, at=AT)
    page = as_user(irene).post("/admin/impact-assessments/new", {**TYPED, "agreement": str(foreign.pk)})
    assert 'href="#id_agreement' in page.content.decode()
    assert as_user(irene).get(f"/admin/impact-assessments/{mine.pk}").status_code == 404
    with act_in(irene.scope):
        assert not ImpactAssessment.objects.exists()


@pytest.mark.parametrize(("days", "overdue"), [(60, False), (61, None), (-1, True)])
def test_today_tells_of_an_assessment_near_its_review(
    place: Place, irene: Worker, martin: Worker, days: int, overdue: bool | None
) -> None:
    on = timezone.localdate()
    with act_in(irene.scope):
        drafted = make_assessment(place.agencies["Probation"], at=AT, review_on=on + timedelta(days=days + 400))
        ImpactAssessment.objects.update(review_on=on + timedelta(days=days))
    with act_in(martin.scope):
        agreements.approve_assessment(assessment=drafted, seen=AT.isoformat(), by=martin.scope, at=AT)
    with act_in(irene.scope):
        found = present.attention(scope=irene.scope, on=on)
    assert [item.overdue for item in found] == ([] if overdue is None else [overdue])


def test_what_stands_is_reviewed_by_the_one_that_follows_it(
    place: Place, irene: Worker, martin: Worker, as_user: SignIn
) -> None:
    on = timezone.localdate()
    with act_in(irene.scope):
        first = make_assessment(place.agencies["Probation"], at=AT)
        with pytest.raises(WrongState, match="Change it instead"):
            make_review(first, irene)
    with act_in(martin.scope):
        agreements.approve_assessment(assessment=first, seen=AT.isoformat(), by=martin.scope, at=AT)
        ImpactAssessment.objects.update(review_on=on)
    page = f"/admin/impact-assessments/{first.pk}"
    client = as_user(irene)
    assert "Choosing whom to manage" in client.get(f"{page}/review").text, "it begins with what stands"
    assert "Enter a day in the future" in client.post(f"{page}/review", {**TYPED, "review_on_year": "2020"}).text
    later = client.post(f"{page}/review", TYPED)["Location"]
    assert client.get(f"{page}/review").status_code == 409
    with act_in(irene.scope), pytest.raises(WrongState, match="begun to review"):
        make_review(first, irene)
    assert f'href="{later}"' in client.get(page).text
    with act_in(irene.scope):
        assert present.attention(scope=irene.scope, on=on)[0].overdue, "until the review is approved"
        second = ImpactAssessment.objects.get(follows=first)
        ImpactAssessment.objects.filter(pk=second.pk).update(residual_risk="low")
    with act_in(martin.scope):
        seen = second.drafted_at.isoformat()
        agreements.approve_assessment(assessment=second, seen=seen, by=martin.scope, at=AT)
    with act_in(irene.scope):
        assert present.attention(scope=irene.scope, on=on) == []
    assert "Reviewed" in client.get("/admin/impact-assessments/").text


def make_review(of: ImpactAssessment, by: Worker) -> ImpactAssessment:
    names = "title agreement_id processing risks consulted residual_risk commissioner_on outcome review_on".split()
    assessed = Assessed(**{name: getattr(of, name) for name in names})
    return agreements.draft_assessment(assessed=assessed, follows=of, by=by.scope, at=AT)
