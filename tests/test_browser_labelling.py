"""The box editor as people use it: two of them, with mouse and keyboard, on a whole server."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.box_editor import boxes, click, drag, images_made, near, on_screen, opened, reloaded, saved, view
from tests.browser import signed_in
from tests.jobs.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

POLLED_WITHIN = 15_000  # milliseconds


@pytest.fixture(scope="module")
def images(site: Site) -> list[int]:
    """Images with one box each; every second one has three proposals."""
    return images_made(site)


@pytest.fixture(scope="module")
def plain(images: list[int]) -> Iterator[int]:
    return iter(images[0::2])


@pytest.fixture(scope="module")
def proposed(images: list[int]) -> Iterator[int]:
    return iter(images[1::2])


@pytest.fixture
def anna(browser, site: Site, images) -> Iterator[Page]:
    """Another person's browser; what comes of a missing network is no complaint."""
    broken = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "503 (Service Unavailable)")
    with signed_in(browser, site, "anna", also_expected=broken) as page:
        yield page


FIRST = ("with_mask", [100, 100, 180, 200])


def test_a_box_is_drawn_and_kept(page, plain):
    opened(page, next(plain))
    drag(page, (220, 40), (300, 140))
    expect(page.locator("[data-box]")).to_have_count(2)
    assert boxes(page)[1] == ("with_mask", near(220, 40, 300, 140))
    assert reloaded(page) == [FIRST, ("with_mask", near(220, 40, 300, 140))]


def test_a_box_drawn_over_the_edge_ends_at_it(page, plain):
    opened(page, next(plain))
    page.keyboard.press("2")
    drag(page, (350, 250), (399, 340))
    expect(page.locator("[data-box]")).to_have_count(2)
    assert reloaded(page)[1] == ("without_mask", near(350, 250, 399, 300))


def test_a_box_is_drawn_inside_another_with_shift(page, plain):
    opened(page, next(plain))
    page.keyboard.down("Shift")
    drag(page, (120, 120), (160, 180))
    page.keyboard.up("Shift")
    expect(page.locator("[data-box]")).to_have_count(2)
    assert reloaded(page) == [FIRST, ("with_mask", near(120, 120, 160, 180))]


def test_a_box_is_moved_and_resized_with_the_mouse(page, plain):
    opened(page, next(plain))
    click(page, 140, 150)
    drag(page, (140, 150), (170, 130))
    assert boxes(page) == [("with_mask", near(130, 80, 210, 180))]
    drag(page, (210, 180), (260, 240))  # its lower right handle
    assert boxes(page) == [("with_mask", near(130, 80, 260, 240))]
    drag(page, (195, 160), (0, 160))
    assert reloaded(page) == [("with_mask", near(0, 80, 130, 240))]  # stopped by the edge of the picture, whole


def test_a_box_is_drawn_moved_resized_and_classed_by_keys_alone(page, plain):
    opened(page, next(plain))
    canvas = page.locator("[data-canvas]")
    canvas.focus()
    page.keyboard.press("Tab")
    expect(page.locator("[data-select][aria-current=true]")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert boxes(page) == [("with_mask", [101, 110, 181, 210])]
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("Alt+Shift+ArrowDown")
    assert boxes(page) == [("with_mask", [101, 110, 180, 220])]
    page.keyboard.press("3")
    assert boxes(page) == [("worn_incorrectly", [101, 110, 180, 220])]
    page.keyboard.press("b")
    middle = boxes(page)[1]
    assert middle == ("worn_incorrectly", near(400 / 3, 100, 800 / 3, 200))
    assert reloaded(page) == [("worn_incorrectly", [101, 110, 180, 220]), middle]


def test_tab_leaves_the_picture_after_its_last_box(page, plain):
    opened(page, next(plain))
    canvas = page.locator("[data-canvas]")
    canvas.focus()
    page.keyboard.press("Tab")
    expect(canvas).to_be_focused()
    page.keyboard.press("Tab")
    expect(canvas).not_to_be_focused()
    expect(page.locator("[data-select][aria-current=true]")).to_have_count(0)


def test_changes_are_undone_and_made_again(page, plain):
    opened(page, next(plain))
    click(page, 140, 150)
    page.keyboard.press("2")
    page.keyboard.press("Delete")
    assert boxes(page) == []
    saved(page)
    page.keyboard.press("Control+z")
    assert boxes(page) == [("without_mask", [100, 100, 180, 200])]
    page.keyboard.press("Control+z")
    assert boxes(page) == [FIRST]
    expect(page.locator("[data-do=undo]")).to_be_disabled()
    page.keyboard.press("Control+Shift+Z")
    assert boxes(page) == [("without_mask", [100, 100, 180, 200])]
    assert reloaded(page) == [("without_mask", [100, 100, 180, 200])]


def test_the_view_is_zoomed_and_moved_and_boxes_stay_where_they_are(page, plain):
    opened(page, next(plain))
    before = view(page)
    fixed = on_screen(page, 50, 50)
    page.mouse.move(*fixed)
    page.mouse.wheel(0, -100)
    page.wait_for_function(
        "scale => JSON.parse(document.querySelector('[data-canvas]').dataset.view).scale > scale", arg=before["scale"]
    )
    assert on_screen(page, 50, 50) == pytest.approx(fixed, abs=0.6)  # what is under the pointer stays there
    start = on_screen(page, 0, 0)
    page.keyboard.down(" ")
    page.mouse.down()
    page.mouse.move(fixed[0] + 30, fixed[1] + 20)
    page.mouse.up()
    page.keyboard.up(" ")
    assert on_screen(page, 0, 0) == pytest.approx((start[0] + 30, start[1] + 20), abs=1)
    assert boxes(page) == [FIRST]
    drag(page, (10, 10), (60, 70))
    assert boxes(page)[1] == ("with_mask", near(10, 10, 60, 70))
    page.keyboard.press("0")
    assert view(page) == before
    saved(page)


def test_a_finger_draws_and_two_fingers_zoom(page, plain):
    opened(page, next(plain))
    screen = page.context.new_cdp_session(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        shown = [on_screen(page, *place) for place in places]
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(shown)]
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (220, 40))
    touch("touchMove", (260, 90))
    touch("touchMove", (300, 140))
    touch("touchEnd")
    expect(page.locator("[data-box]")).to_have_count(2)
    before = view(page)["scale"]
    touch("touchStart", (20, 20), (40, 20))
    touch("touchMove", (20, 20), (60, 20))
    touch("touchEnd")
    assert view(page)["scale"] > before
    assert reloaded(page) == [FIRST, ("with_mask", near(220, 40, 300, 140))]


def see_nothing(route: Route, request: Request) -> None:
    """Fail looks at what others have changed; everything else goes on."""
    if request.method == "GET":
        route.fulfill(status=503)
    else:
        route.continue_()


def in_conflict(page: Page, anna: Page, image: int) -> None:
    """Alice has moved the box to the right, anna has given the same one another class and cannot have seen that."""
    opened(anna, image)
    anna.route(f"**/api/images/{image}/", see_nothing)
    opened(page, image)
    click(page, 140, 150)
    page.keyboard.press("Shift+ArrowRight")
    saved(page)
    click(anna, 140, 150)
    anna.keyboard.press("3")
    expect(anna.get_by_text("Somebody changed this box meanwhile.")).to_be_visible()
    expect(anna.locator("[data-status]")).to_have_text("Not saved.")
    bar = anna.locator("[data-conflict]")
    expect(bar).to_contain_text("Yours: worn incorrectly 80 × 100 @ 100, 100.")
    expect(bar).to_contain_text("Theirs: with mask 80 × 100 @ 110, 100.")


def test_of_two_changes_of_one_box_mine_can_be_kept_and_both_are_on_record(page, anna, plain):
    image = next(plain)
    in_conflict(page, anna, image)
    anna.get_by_role("button", name="Keep mine").click()
    expect(anna.locator("[data-conflict]")).to_be_hidden()
    saved(anna)
    anna.locator("[data-history] summary").click()
    rows = anna.locator("[data-history-list] > li")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("anna")
    expect(rows.nth(0)).to_contain_text("with mask 80 × 100 @ 110, 100 → worn incorrectly 80 × 100 @ 100, 100")
    expect(rows.nth(1)).to_contain_text("alice")
    assert reloaded(page) == [("worn_incorrectly", [100, 100, 180, 200])]


def test_of_two_changes_of_one_box_theirs_can_be_taken_and_mine_comes_back_by_undo(page, anna, plain):
    in_conflict(page, anna, next(plain))
    anna.get_by_role("button", name="Take theirs").click()
    saved(anna)
    assert boxes(anna) == [("with_mask", [110, 100, 190, 200])]
    anna.keyboard.press("Control+z")
    saved(anna)
    assert reloaded(page) == [("worn_incorrectly", [100, 100, 180, 200])]


def test_a_box_that_somebody_deleted_while_i_changed_it_is_kept_if_i_say_so(page, anna, plain):
    image = next(plain)
    opened(anna, image)
    anna.route(f"**/api/images/{image}/", see_nothing)
    opened(page, image)
    click(page, 140, 150)
    page.keyboard.press("Backspace")
    saved(page)
    click(anna, 140, 150)
    anna.keyboard.press("2")
    expect(anna.locator("[data-conflict]")).to_contain_text("Theirs: deleted.")
    anna.get_by_role("button", name="Keep mine").click()
    saved(anna)
    assert reloaded(page) == [("without_mask", [100, 100, 180, 200])]


def test_changes_of_others_to_other_boxes_come_in_by_themselves(page, anna, plain):
    image = next(plain)
    opened(anna, image)
    click(anna, 140, 150)
    anna.keyboard.press("ArrowRight")
    saved(anna)
    opened(page, image)
    drag(page, (220, 40), (300, 140))
    saved(page)
    expect(anna.locator("[data-box]")).to_have_count(2, timeout=POLLED_WITHIN)
    expect(anna.locator("[data-note]")).to_have_text("alice changed this picture.")
    expect(anna.locator("[data-select][aria-current=true]")).to_have_count(1)  # still what she had selected
    assert boxes(anna)[0] == ("with_mask", [101, 100, 181, 200])


def test_without_a_network_changes_are_kept_and_sent_later(anna, plain):
    opened(anna, next(plain))
    anna.context.set_offline(True)
    click(anna, 140, 150)
    anna.keyboard.press("2")
    expect(anna.locator("[data-status]")).to_have_text("Not saved.")
    asked: list[str] = []
    anna.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    anna.evaluate("location.assign('/')")
    anna.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(anna.get_by_role("button", name="Try again")).to_be_visible()
    expect(anna.locator("[data-note]")).to_contain_text("Your changes are kept here and sent again.")
    anna.context.set_offline(False)  # which is noticed
    assert reloaded(anna) == [("without_mask", [100, 100, 180, 200])]


def test_a_box_whose_answer_got_lost_is_not_drawn_twice(anna, proposed):
    image = next(proposed)
    opened(anna, image)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    anna.route(f"**/api/images/{image}/boxes/", lose, times=1)
    drag(anna, (220, 140), (300, 240))
    expect(anna.locator("[data-status]")).to_have_text("Not saved.")
    anna.get_by_role("button", name="Try again").click()
    assert reloaded(anna) == [FIRST, ("with_mask", near(220, 140, 300, 240))]


def test_proposals_are_accepted_and_thrown_away_one_by_one(page, proposed):
    opened(page, next(proposed))
    proposals = page.locator("[data-proposal]")
    expect(proposals).to_have_count(3)
    click(page, 300, 40)  # the second, with score 0.6
    expect(page.locator("[data-proposal] [aria-current=true]")).to_contain_text("0.60")
    page.keyboard.press("a")
    expect(proposals).to_have_count(2)
    proposals.nth(0).get_by_role("button", name="Throw away").click()
    expect(proposals).to_have_count(1)
    expect(proposals).to_contain_text("0.30")
    page.keyboard.press("x")
    expect(page.locator("[data-proposals]")).to_be_hidden()
    assert reloaded(page) == [FIRST, ("without_mask", [280, 20, 320, 60])]
    expect(page.locator("[data-proposals]")).to_be_hidden()


def test_proposals_above_a_score_are_accepted_at_once(page, proposed):
    opened(page, next(proposed))
    page.locator("[data-least]").fill("0.6")
    expect(page.locator("[data-above]")).to_have_text("2 at or above 0.60")
    page.get_by_role("button", name="Accept them").click()
    expect(page.locator("[data-proposal]")).to_have_count(1)
    accepted = [("without_mask", [left, 20, left + 40, 60]) for left in (220, 280)]
    assert sorted(reloaded(page)) == sorted([FIRST, *accepted])
    page.locator("[data-least]").fill("0")
    page.get_by_role("button", name="Throw them away").click()
    expect(page.locator("[data-proposals]")).to_be_hidden()
    assert len(reloaded(page)) == 3


def test_an_accepted_proposal_can_be_undone(page, proposed):
    opened(page, next(proposed))
    page.keyboard.press("a")  # the surest
    expect(page.locator("[data-box]")).to_have_count(2)
    page.keyboard.press("Control+z")
    assert boxes(page) == [FIRST]
    assert reloaded(page) == [FIRST]


def test_proposals_that_were_accepted_at_once_are_taken_back_at_once(page, proposed):
    opened(page, next(proposed))
    page.locator("[data-least]").fill("0.6")
    page.get_by_role("button", name="Accept them").click()
    expect(page.locator("[data-box]")).to_have_count(3)
    page.keyboard.press("Control+z")
    assert boxes(page) == [FIRST]
    expect(page.locator("[data-note]")).to_have_text("Taken back: 2 boxes")
    expect(page.locator("[data-do=undo]")).to_be_disabled()
    saved(page)
    page.keyboard.press("Control+y")
    accepted = [("without_mask", [left, 20, left + 40, 60]) for left in (220, 280)]
    assert sorted(boxes(page)) == sorted([FIRST, *accepted])
    assert sorted(reloaded(page)) == sorted([FIRST, *accepted])


def test_whether_a_picture_is_labelled_is_kept(page, proposed):
    opened(page, next(proposed))
    switch = page.get_by_role("switch", name="Labelled").or_(page.get_by_role("checkbox", name="Labelled"))
    expect(switch).to_be_checked()
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        switch.click()
    page.reload()
    expect(switch).not_to_be_checked()


def test_the_next_picture_keeps_the_filters_of_the_gallery(page, images):
    opened(page, images[-3], "?state=proposed&split=none")  # has proposals, as has every second one
    page.keyboard.press("n")
    page.wait_for_url(re.compile(rf"/images/{images[-1]}/\?state=proposed&split=none$"))
    page.keyboard.press("ArrowLeft")  # no box is selected
    page.wait_for_url(re.compile(rf"/images/{images[-3]}/\?state=proposed&split=none$"))


def test_the_keys_of_the_editor_are_listed(page, images):
    opened(page, images[0])
    page.keyboard.press("?")
    keys = page.locator("#keys")
    for words in ("Class without mask", "Undo", "Accept the proposal", "Move its right or lower edge by 1 pixel"):
        expect(keys).to_contain_text(words)
    page.keyboard.press("Escape")


def test_without_javascript_the_picture_is_shown_with_its_boxes(browser, site, page, images):
    state = page.context.storage_state()
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{site.port}", java_script_enabled=False, storage_state=state
    )
    still = context.new_page()
    still.goto(f"/datasets/images/{images[-1]}/")
    expect(still.locator("svg.mw-picture rect")).to_have_count(1)
    expect(still.locator("[data-still-list] tbody tr")).to_have_count(1)
    context.close()
