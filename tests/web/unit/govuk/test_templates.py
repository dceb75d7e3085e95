"""Every template compiles, obeys the content policy, and can be drawn with as little as it may be given."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms

import iom.govuk
from iom.govuk.environment import Environment
from iom.govuk.forms import GovukForm
from iom.govuk.frames import PersonFrame, PersonWarning
from iom.govuk.gallery import FRAME, gallery_context

Draw = Callable[..., str]
TEMPLATES = Path(iom.govuk.__file__).parent / "jinja2"
ALL = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))


@pytest.fixture(scope="module")
def gallery(env: Environment) -> str:
    return env.get_template("govuk/gallery.html").render(gallery_context())


class Policed(HTMLParser):
    """What a strict Content-Security-Policy refuses: scripts and styles in the page, and other people's servers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            elsewhere = name in {"src", "href", "action"} and re.match(r"(https?:)?//", value or "")
            if name == "style" or name.startswith("on") or elsewhere:
                self.refused.append(f"<{tag} {name}={value}>")
        if tag == "style" or (tag == "script" and not dict(attrs).get("src")):
            self.refused.append(f"<{tag}>")


@pytest.mark.parametrize("name", ALL)
def test_every_template_compiles(env: Environment, name: str) -> None:
    env.get_template(name)


def test_nothing_in_the_page_is_refused_by_a_strict_content_policy(gallery: str) -> None:
    assert Policed(gallery).refused == []
    assert Policed('<p style="color: red" onclick="x()"><script>1</script><img src="//elsewhere/x">').refused


@pytest.mark.parametrize("name", ["500.html", "404.html", "403.html", "403_csrf.html", "400.html", "409.html"])
def test_an_error_page_needs_no_context(env: Environment, name: str) -> None:
    page = env.get_template(name).render()
    assert "<h1" in page
    assert Policed(page).refused == []


def test_an_error_page_says_what_the_operation_said(env: Environment) -> None:
    page = env.get_template("409.html").render(message="Bob <selected> this person at 3:04pm")
    assert "Bob &lt;selected&gt; this person at 3:04pm" in page


def test_the_hidden_page_says_nothing_of_what_this_is(env: Environment) -> None:
    page = env.get_template("govuk/hidden.html").render()
    assert "OpenIOM" not in page
    assert "person" not in page.lower()


def test_only_what_is_passed_in_is_in_the_navigation(env: Environment) -> None:
    page = env.get_template("govuk/layout.html").render(navigation=[{"text": "Today", "href": "/", "active": True}])
    assert re.findall(r"govuk-service-navigation__link\"", page) == ['govuk-service-navigation__link"']
    assert "Sign out" not in page
    assert 'type="search"' not in page


def test_signing_out_is_a_post_with_its_token(env: Environment) -> None:
    page = env.get_template("govuk/layout.html").render(
        user_menu={"name": "A", "role": "", "sign_out_url": "/out", "links": []}, csrf_input="TOKEN"
    )
    assert re.search(r'<form method="post" action="/out">\s*TOKEN', page)


def test_messages_are_shown_once_each_and_escaped(env: Environment) -> None:
    class Message:
        def __init__(self, message: str, level_tag: str) -> None:
            self.message, self.level_tag = message, level_tag

    page = env.get_template("govuk/layout.html").render(
        messages=[Message("<b>Done", "success"), Message("Not done", "error"), Message("By the way", "debug")]
    )
    assert re.findall(r'role="(status|alert)" class="moj-alert moj-alert--(\w+)', page) == [
        ("status", "success"),
        ("alert", "error"),
        ("status", "information"),
    ]
    assert "&lt;b&gt;Done" in page


def test_a_live_page_gets_htmx_and_its_token_and_others_do_not(draw: Draw) -> None:
    live = draw('{% extends "govuk/layout.html" %}{% set live = true %}', csrf_token="abc")
    assert "htmx.js" in live
    assert """hx-headers='{"X-CSRFToken": "abc"}'""" in live
    assert "htmx" not in draw('{% extends "govuk/layout.html" %}', csrf_token="abc")


def test_risk_to_staff_is_the_first_warning() -> None:
    assert [warning.about for warning in FRAME.warnings_by_urgency] == ["staff", "others", "the person"]


def test_of_two_warnings_of_a_kind_the_newer_is_first_and_the_undated_last() -> None:
    frame = PersonFrame(
        "A",
        "#",
        warnings=(
            PersonWarning("undated", "staff"),
            PersonWarning("old", "staff", FRAME.warnings[1].since),
            PersonWarning("new", "staff", FRAME.warnings[0].since),
        ),
    )
    assert [warning.text for warning in frame.warnings_by_urgency] == ["new", "old", "undated"]


def test_a_frame_says_what_is_not_recorded_and_leaves_out_what_does_not_apply(draw: Draw) -> None:
    page = draw(
        '{% from "moj/identity_bar.html" import identity_bar %}{{ identity_bar(frame) }}',
        frame=PersonFrame("Rowan", "#"),
    )
    assert page.count("Not recorded") == 3  # date of birth, custody, lead professional
    assert "Rating" not in page
    assert "iom-person__warnings" not in page


def test_the_name_stays_out_of_the_page_title(gallery: str) -> None:
    assert "Rowan" not in gallery[: gallery.index("</title>")]


@pytest.mark.parametrize(
    ("rating", "word", "shape"),
    [
        ("red", "Red", "path"),
        ("amber", "Amber", "path"),
        ("green", "Green", "circle"),
        ("blue", "Blue", "path"),
        (None, "Not rated", ""),
    ],
)
def test_a_rating_is_a_word_and_a_shape_as_well_as_a_colour(
    draw: Draw, rating: str | None, word: str, shape: str
) -> None:
    page = draw('{% from "govuk/rag.html" import rag %}{{ rag(rating) }}', rating=rating)
    assert word in page
    assert f"<{shape}" in page


def test_the_four_shapes_differ(draw: Draw) -> None:
    pages = [
        draw('{% from "govuk/rag.html" import rag %}{{ rag(rating) }}', rating=rating)
        for rating in ("red", "amber", "green", "blue")
    ]
    shapes = [re.search(r"<svg.*?</svg>", page, re.DOTALL) for page in pages]
    assert len({match.group() for match in shapes if match}) == 4


def test_an_unknown_rating_is_an_error_and_not_a_blank(draw: Draw) -> None:
    with pytest.raises(Exception, match="purple"):
        draw('{% from "govuk/rag.html" import rag %}{{ rag("purple") }}')


SORT = (
    '{% from "govuk/table.html" import sort_header %}{{ sort_header("Points", "points", params, sort, first=first) }}'
)


@pytest.mark.parametrize(
    ("sort", "first", "state", "href"),
    [
        ("name", "ascending", "none", "?area=north&amp;sort=points"),
        ("name", "descending", "none", "?area=north&amp;sort=-points"),
        ("points", "ascending", "ascending", "?area=north&amp;sort=-points"),
        ("-points", "ascending", "descending", "?area=north&amp;sort=points"),
    ],
)
def test_a_header_says_how_it_is_sorted_and_turns_it_round(
    draw: Draw, sort: str, first: str, state: str, href: str
) -> None:
    page = draw(SORT, params={"area": "north", "sort": sort, "page": "3"}, sort=sort, first=first)
    assert f'aria-sort="{state}"' in page
    assert f'href="{href}"' in page


PROGRESS = (
    '{% from "govuk/progress.html" import progress %}'
    '{{ progress("p", "Linking", done, total, poll_url="/poll", running=running) }}'
)


def test_progress_asks_again_while_it_runs_and_then_stops(draw: Draw) -> None:
    running = draw(PROGRESS, done=12000, total=50000, running=True)
    assert 'max="50000" value="12000"' in running
    assert "12,000 of 50,000 (24%)" in running
    assert 'hx-get="/poll"' in running
    assert "hx-get" not in draw(PROGRESS, done=50000, total=50000, running=False)


def test_progress_of_an_unknown_total_gives_no_share(draw: Draw) -> None:
    page = draw(PROGRESS, done=3100, total=None, running=True)
    assert "3,100 so far" in page
    assert "max=" not in page
    assert "%" not in page


WORKING = '{% from "govuk/working.html" import working %}{{ working("Points", rows, total) }}'


def test_the_working_names_a_missing_input_and_folds_many_source_rows(draw: Draw) -> None:
    few = [{"text": f"Row {n}", "href": "#"} for n in range(3)]
    many = [{"text": f"Row {n}", "href": None} for n in range(4)]
    page = draw(
        WORKING,
        rows=[
            {"factor": "A", "value": None, "points": 0, "sources": []},
            {"factor": "B", "value": "1", "points": 1234, "sources": few},
            {"factor": "C", "value": "2", "points": 2, "sources": many},
        ],
        total=1236,
    )
    assert "Missing" in page
    assert page.count("<details") == 1
    assert "4 rows" in page
    assert re.findall(r"1,23\d", page) == ["1,234", "1,236"]


def test_hostile_data_is_escaped_in_every_component(env: Environment) -> None:
    def spoil(value: object) -> object:
        if isinstance(value, str):
            return f"{value}<i>" if value in BENIGN else value
        if isinstance(value, dict):
            return {key: spoil(each) for key, each in value.items()}
        if isinstance(value, list):
            return [spoil(each) for each in value]
        return value

    BENIGN = {"Rowan Ashdown", "ZZ1 1AA", "Custody record 8812", "Test 3318", "Arrested", "Police", "Release", "1,204"}
    context = {key: spoil(value) for key, value in gallery_context().items()}
    page = env.get_template("govuk/gallery.html").render(context)
    assert "<i>" not in page
    assert page.count("&lt;i&gt;") >= len(BENIGN) - 1


class Upload(GovukForm):
    extract = forms.FileField(label="Extract")


def test_a_form_page_sends_files_where_there_are_any_and_offers_a_way_out(draw: Draw) -> None:
    template = '{% extends "govuk/form_page.html" %}{% block title %}Upload an extract{% endblock %}'
    page = draw(template, form=Upload(), cancel={"text": "Cancel", "href": "/imports"}, csrf_input="TOKEN")
    assert 'enctype="multipart/form-data"' in page
    assert page.index("TOKEN") < page.index('id="id_extract"') < page.index('href="/imports"')
    assert "multipart" not in draw(template, form=GovukForm())


def test_a_list_page_puts_actions_filters_and_results_in_their_places(draw: Draw) -> None:
    page = draw(
        '{% extends "govuk/list_page.html" %}{% block title %}Candidates{% endblock %}'
        "{% block page_actions %}ACTIONS{% endblock %}{% block filters %}FILTERS{% endblock %}"
        "{% block results %}RESULTS{% endblock %}"
    )
    assert re.search(r"<h1[^>]*>Candidates</h1>.*ACTIONS.*FILTERS.*RESULTS", page, re.DOTALL)


def test_every_macro_is_in_the_reference() -> None:
    page = (Path(__file__).parents[4] / "docs/reference/components.md").read_text()
    macros = [
        (path.name, name, [each.split("=")[0].strip() for each in parameters.split(",") if each.strip()])
        for path in sorted(TEMPLATES.rglob("*.html"))
        for name, parameters in re.findall(r"{%-? macro ([a-z]\w*)\((.*?)\)", re.sub(r"\(\)", "[]", path.read_text()))
    ]
    assert len(macros) > 25
    missing = [
        f"{file}: {name}({', '.join(parameters)})"
        for file, name, parameters in macros
        if name != "field" and f"`{name}({', '.join(parameters)})`" not in page
    ]
    assert missing == []
