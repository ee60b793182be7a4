"""What two runs differ in."""

from tests.training.makers import make_run, make_version
from training.comparing import Figure, Setting, curves, differing_settings, figure_of, figures, validated_alike


def test_only_settings_that_differ_are_told(db):
    version = make_version()
    one = make_run(version, batch=8, options={"canvas": 256, "learning_rate": 0.001, "augment": {"flip": 0}})
    other = make_run(version, batch=16, options={"canvas": 256, "minutes": 90})
    assert differing_settings([one, other]) == [
        Setting("Epochs", ("4", "by the clock")),
        Setting("Minutes", ("–", "90")),
        Setting("Batch", ("8", "16")),
        Setting("Learning rate", ("0.001", "0.0015")),  # the other's is the default
        Setting("Mirrored", ("0", "0.5")),
    ]
    assert validated_alike([one, other])
    assert not validated_alike([one, make_run(make_version("others"))])


def test_the_highest_of_a_figure_is_marked_unless_all_are_alike(db):
    version = make_version()
    one = make_run(version, best={"epoch": 3, "map50": 0.5, "map50_95": 0.25, "ap50": {"with_mask": 0.75}})
    other = make_run(version, best={"epoch": 4, "map50": 0.625, "map50_95": 0.25}, test_metrics={"map50": 0.5})
    assert figures([one, other]) == [
        Figure("mAP@.5", (0.5, 0.625), (1,)),
        Figure("AP@.5 with mask", (0.75, None), ()),
        Figure("mAP@.5:.95", (0.25, 0.25), ()),
        Figure("mAP@.5 on the test pictures", (None, 0.5), ()),
    ]


def test_figures_that_are_written_alike_are_marked_alike():
    assert figure_of("mAP", [0.0, 0.0004]).best == ()  # 0.000 both
    assert figure_of("mAP", [0.1, 0.8991, 0.8994]).best == (1, 2)


def test_the_curves_of_all_runs_take_one_query(db, django_assert_num_queries):
    version = make_version()
    runs = [make_run(version, epochs_done=2), make_run(version), make_run(version, epochs_done=1)]
    with django_assert_num_queries(1):
        found = curves(runs)
    assert [len(each["epochs"]) for each in found] == [2, 0, 1]
    assert [epoch["losses"]["loss"] for epoch in found[0]["epochs"]] == [5.0, 2.5]
