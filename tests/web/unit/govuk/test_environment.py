from collections.abc import Callable

import jinja2
import pytest

from iom.govuk.environment import Environment

Draw = Callable[..., str]
BUTTON = '{% from "govuk_frontend_jinja/components/button/macro.html" import govukButton %}'


def test_a_missing_name_in_our_own_template_is_an_error(draw: Draw) -> None:
    with pytest.raises(jinja2.UndefinedError):
        draw("<p>{{ date_of_birth }}</p>")


def test_a_missing_attribute_in_our_own_template_is_an_error(draw: Draw) -> None:
    with pytest.raises(jinja2.UndefinedError):
        draw("<p>{{ person.born }}</p>", person={"name": "A"})


def test_a_packaged_macro_may_leave_options_out(draw: Draw) -> None:
    assert '<button type="submit" class="govuk-button" data-module="govuk-button">' in draw(
        BUTTON + "{{ govukButton({'text': 'Save'}) }}"
    )


def test_a_missing_name_given_to_a_packaged_macro_is_still_an_error(draw: Draw) -> None:
    with pytest.raises(jinja2.UndefinedError):
        draw(BUTTON + "{{ govukButton({'text': button_text}) }}")


def test_markup_in_data_is_escaped_by_packaged_macros(draw: Draw) -> None:
    assert "&lt;script&gt;" in draw(BUTTON + "{{ govukButton({'text': text}) }}", text="<script>")


def test_markup_in_data_is_escaped_in_translated_sentences(draw: Draw) -> None:
    page = draw('{{ _("Signed in as %(name)s", name=name) }}{% trans name %}Hello {{ name }}{% endtrans %}', name="<b>")
    assert page == "Signed in as &lt;b&gt;Hello &lt;b&gt;"


def test_a_count_in_a_sentence_has_its_thousands_separated(draw: Draw) -> None:
    said = '{{ ngettext("%(num)s person", "%(num)s people", count) }}'
    assert [draw(said, count=count) for count in (1, 2011)] == ["1 person", "2,011 people"]


def test_the_frame_needs_no_context_at_all(env: Environment) -> None:
    assert '<main class="govuk-main-wrapper ' in env.get_template("govuk/layout.html").render()
