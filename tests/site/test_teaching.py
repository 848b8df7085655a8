"""What a teacher relies on: links that set a lab, minutes and points that add up, homework that exists."""

import re
from collections import defaultdict
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest

from book.build import SITE

from .pages import parse, sheets


def links_into_labs():
    """{target page: {lab: [(page with the link, its address, its state, what it says is to be seen)]}}."""
    found = defaultdict(lambda: defaultdict(list))
    pages = [
        file.name
        for file in sorted(SITE.glob("*.html"))
        if re.search(r"[?;&]lab-\d+=", file.read_text(encoding="utf-8"))
    ]
    assert "teaching.html" in pages
    for page in pages:
        soup, block, seen = parse(page), None, None
        for tag in soup.select("article a[href], article span.seen"):
            here = tag.find_parent(["li", "td", "p"])
            if tag.name == "span":
                assert here is not None and here is block, f"{page}: no lab is linked before '{tag.get_text()}'"
                seen.append(tag.get_text())
                continue
            parts = urlsplit(urljoin(page, tag["href"]))
            states = [(name, state) for name, state in parse_qsl(parts.query) if re.fullmatch(r"lab-\d+", name)]
            if not parts.netloc and states:
                [(lab, state)] = states
                assert parts.fragment == lab, f"{page}: {tag['href']} does not lead to the lab that it sets"
                block, seen = here, []
                found[parts.path][lab].append((page, tag["href"], state, seen))
    return found


LINKS = links_into_labs()
READ = """(lab) => {
  if (lab.frame) lab.recompute();
  lab.say();
  return {
    settings: lab.spec.settings, values: lab.values, step: lab.step, length: lab.view.length,
    off: [...lab.muted].sort((a, b) => a - b), runs: lab.runs.length, status: lab.status.textContent,
  };
}"""


def check(lab, address, state, seen):
    """Does a lab have exactly the state that its address asks for, and does it say what the text quotes?"""
    values, step, off = dict(lab["settings"]), lab["length"], []
    for part in state.split(","):
        name, text = part.split(":")
        numbers = [float(number) for number in text.split(";")]
        if name == "step":
            [step] = numbers
            assert 0 <= step <= lab["length"], f"{address}: the lab has {lab['length']} steps"
        elif name == "off":
            off = numbers
            assert set(off) <= set(range(lab["runs"])), f"{address}: the lab has {lab['runs']} runs"
        else:
            assert name in values, f"{address}: the lab has no {name}"
            values[name] = numbers if isinstance(values[name], list) else numbers[0]
    assert (lab["values"], lab["step"], lab["off"]) == (values, step, off), address
    for words in seen:
        assert words in lab["status"], f"{address} says:\n{lab['status']}"


# The lab as it would be if the page were opened with this state in its address.
RESTORE = """(lab, state) => {
  history.replaceState(null, "", `?${lab.name}=${state}`);
  lab.values = structuredClone(lab.spec.settings);
  lab.muted.clear();
  lab.restore();
  lab.recompute();
}"""


@pytest.mark.parametrize("target", LINKS)
def test_links_set_labs_as_they_say(opened, target):
    """The first link of each lab is opened; the others do to the open lab what opening them does."""
    tab = opened(f"{target}?" + "&".join(f"{lab}={links[0][2]}" for lab, links in LINKS[target].items()))
    tab.wait_for_function(
        "document.querySelectorAll('optimizer-lab').length === document.querySelectorAll('optimizer-lab.ol-on').length"
    )
    for name, links in LINKS[target].items():
        lab = tab.query_selector(f"#{name}")
        for k, (page, link, state, seen) in enumerate(links):
            if k:
                lab.evaluate(RESTORE, state)
            check(lab.evaluate(READ), f"{page}: {link}", state, seen)


def test_a_link_shows_its_lab(opened):
    tab = opened("adam.html?lab-5=factor:5#lab-5")
    tab.wait_for_function("document.querySelector('#lab-5.ol-on')?.getBoundingClientRect().top < innerHeight")


# Lessons

LESSONS = [
    h2.find_parent("section") for h2 in parse("teaching.html").select("h2") if h2.get_text().startswith("Lesson")
]


def tables(section, *heads):
    """The rows of the tables with these heads, as texts."""
    for table in section.select("table"):
        if [th.get_text() for th in table.select("thead > tr > *")] == list(heads):
            yield [[td.get_text() for td in row.select("td")] for row in table.select("tbody tr")]


def test_there_are_ten_lessons():
    numbers = [int(re.match(r"Lesson (\d+)", lesson.h2.get_text())[1]) for lesson in LESSONS]
    assert numbers == list(range(1, 11))
    overview = next(table for table in parse("teaching.html").select("table") if table.th.get_text() == "lesson")
    assert [a["href"] for a in overview.select("td:first-child a")] == ["#" + lesson["id"] for lesson in LESSONS]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson["id"])
def test_the_minutes_add_up(lesson):
    said = int(re.match(r"(\d+) minutes", lesson.p.get_text())[1])
    [plan] = tables(lesson, "min", "what")
    *minutes, together = [int(row[0]) for row in plan]
    assert plan[-1][1] == "together"
    assert sum(minutes) == together == said


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson["id"])
def test_homework_exists(lesson):
    [homework] = [p for p in lesson.select("p") if p.get_text().startswith("Homework.")]
    links = homework.select("a")
    assert len(links) >= 3 and all("#ex-" in link["href"] for link in links)
    kinds = ""
    for link in links:
        page, place = link["href"].split("#")
        target = parse(page).find(id=place)
        assert target is not None, f"{link['href']}: no such exercise"
        exercise = (
            target
            if "exercise" in target.get("class", [])
            else target.select_one(".exercise") or target.find_next(class_="exercise")
        )
        title = exercise.select_one(".admonition-title").get_text()
        assert title.startswith(f"Exercise {place.rsplit('-', 1)[1]} "), f"{link['href']} leads to '{title}'"
        kinds += title
    assert "by hand" in kinds and "in code" in kinds


# The exam

TASK = re.compile(r"Task (\w+) · (\d+) points")


def tasks(page, level):
    """{task: (points, its section)}."""
    found = {}
    for heading in parse(page).select(level):
        if match := TASK.match(heading.get_text()):
            found[match[1]] = int(match[2]), heading.find_parent("section")
    return found


def asked(section):
    """The points of the questions of a task."""
    return [
        int(points)
        for item in section.select("ol > li")
        for points in re.findall(r"^\((\d+) points?\)", item.get_text().strip())
    ]


def test_the_points_of_the_exam_add_up():
    found = tasks("exam.html", "h3")
    for name, (points, section) in found.items():
        assert sum(asked(section)) == points, name
    [parts] = tables(parse("exam.html"), "part", "tasks", "points")
    for part, number, points in parts[:-1]:
        own = [p for name, (p, _) in found.items() if name[0] == part[0]]
        assert (int(number), int(points)) == (len(own), sum(own)), part
    assert parts[-1] == ["together", str(len(found)), "100"] and sum(p for p, _ in found.values()) == 100


def test_the_scheme_marks_every_question():
    exam, scheme = tasks("exam.html", "h3"), tasks("marking.html", "h2")
    assert {name: points for name, (points, _) in scheme.items()} == {
        name: points for name, (points, _) in exam.items()
    }
    for name, (points, section) in scheme.items():
        [steps] = tables(section, "question", "step", "points")
        given = defaultdict(int)
        for question, _, step_points in steps[:-1]:
            given[int(question)] += int(step_points)
        assert dict(given) == dict(enumerate(asked(exam[name][1]), 1)), name
        assert steps[-1][1:] == ["together", str(points)], name
        assert list(tables(section, "usual wrong answer", "still gets")), name


# Slides


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_slides_stand_in_the_middle(opened, width):
    tab = opened("adam.html?slides")
    tab.set_viewport_size({"width": width, "height": 900})
    tab.wait_for_selector("body.slides")
    left, right = tab.evaluate("""(() => {
      const { left, right } = document.querySelector(".bd-article").getBoundingClientRect();
      return [left, document.documentElement.clientWidth - right];
    })()""")
    assert abs(left - right) <= 1


def test_space_turns_slides_but_presses_a_button(opened):
    tab = opened("adam.html?slides")
    tab.wait_for_selector("body.slides")
    place = tab.locator(".slides-place")
    tab.keyboard.press("Space")
    tab.keyboard.press("Space")
    assert place.inner_text().startswith("3 /")
    tab.keyboard.press("Shift+Space")
    assert place.inner_text().startswith("2 /")
    tab.get_by_role("button", name="Previous slide").focus()
    tab.keyboard.press("Space")
    assert place.inner_text().startswith("1 /")


def test_all_slides_are_printed_one_a_page(opened):
    tab = opened("adam.html?slides")
    tab.wait_for_selector("body.slides")
    slides = int(tab.locator(".slides-place").inner_text().split("/")[1])
    assert sheets(tab.pdf(format="A4")) == slides
