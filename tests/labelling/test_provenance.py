"""Who may see who labelled what."""

import pytest

from labelling.models import Image
from labelling.provenance import provenance_of, pseudonym
from labelling.services import dataset_create
from tests.labelling.makers import import_here, record

pytestmark = pytest.mark.django_db

KNOWN = {
    "Created By": "Ann@example.com",
    "Project Name": "Street",
    "Reviews": [{"score": 1, "createdBy": "rob@example.com"}, {"score": -1, "createdBy": "rob@example.com"}, "text"],
}


def known_to(user, **changes) -> dict[str, str]:
    import_here([record("a.jpg", **KNOWN | changes)])
    return dict(provenance_of(Image.objects.get(), user))


def test_those_who_manage_datasets_read_names(carol):
    assert known_to(carol) == {
        "Created By": "Ann@example.com",
        "ID": "id-a.jpg",
        "Project Name": "Street",
        "Reviews": "3 reviews (rob@example.com)",
    }


@pytest.mark.parametrize("reviews", [KNOWN["Reviews"], '[{"createdBy": "rob@example.com"}]', [], None])
def test_others_read_pseudonyms(dan, reviews):
    shown = known_to(dan, Reviews=reviews)
    assert "@" not in str(shown)
    assert shown["Created By"] == pseudonym(Image.objects.get().dataset_id, "ann@example.com")
    assert shown["Project Name"] == "Street"


def test_a_pseudonym_holds_within_a_dataset_and_not_beyond():
    assert pseudonym(1, "ann@example.com") == pseudonym(1, " Ann@Example.com")
    assert len({pseudonym(1, "ann@example.com"), pseudonym(2, "ann@example.com"), pseudonym(1, "b@example.com")}) == 3


def test_pseudonyms_depend_on_the_key_of_the_installation(settings):
    before = pseudonym(1, "ann@example.com")
    settings.SECRET_KEY = "another"
    assert pseudonym(1, "ann@example.com") != before


def test_each_era_tells_the_same(carol):
    from tests.labelling.labelbox.makers import v2, v2_label

    details = {"created_by": "Ann@example.com", "reviews": [{"reviewed_by": "rob@example.com"}]}
    import_here([v2(v2_label(label_details=details))], dataset=dataset_create(name="other", by=None))
    shown = dict(provenance_of(Image.objects.get(), carol))
    assert (shown["Created By"], shown["Reviews"]) == ("Ann@example.com", "1 review (rob@example.com)")
