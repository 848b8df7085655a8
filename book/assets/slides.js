// The chapter as slides: `adam.html?slides`. Nothing is written twice: formulas, labs, code, tables and lists of the chapter stay, its prose
// waits behind the key N.

{
  const LEFT_OUT = /^(Exercises|References)\b/;
  const SPOKEN = "p, dl, blockquote"; // what a teacher says, and a class need not read

  const article = document.querySelector("article.bd-article");

  /** The parts of a section as slides: [{title, parts}], a new one at each heading and at each lab. */
  function slidesOf(section, slides = []) {
    const heading = section.querySelector(":scope > :is(h1, h2, h3)"),
      title = heading?.firstChild?.textContent.trim() ?? "";
    if (LEFT_OUT.test(title)) return slides;
    let slide = { title, parts: [] };
    slides.push(slide);
    for (const part of section.children) {
      if (part === heading || part.matches("span")) continue;
      if (part.matches("section")) slidesOf(part, slides);
      else {
        const own = part.matches(".cell:has(optimizer-lab), .quiz");
        if (own && slide.parts.some((other) => !other.matches(SPOKEN))) {
          slide = { title, parts: [] };
          slides.push(slide);
        }
        slide.parts.push(part);
      }
    }
    return slides;
  }

  const slides = slidesOf(article.querySelector("section")).filter(({ parts }) => parts.length);
  for (const { title, parts } of slides) {
    // On paper all slides are there at once, each under its own title.
    parts[0].before(
      Object.assign(document.createElement("p"), { className: "slides-head", textContent: title }),
    );
    const silent = parts.every((part) => part.matches(SPOKEN)); // a slide whose all is prose is its prose
    for (const part of parts) part.classList.add("slides-part", ...(silent ? ["slides-prose"] : []));
  }
  article.querySelector(".slides-head").classList.add("slides-first");
  const bar = document.createElement("nav");
  bar.className = "slides-bar";
  bar.setAttribute("aria-label", "Slides");
  const place = Object.assign(document.createElement("output"), { className: "slides-place" });
  const button = (text, label, act) => {
    const made = Object.assign(document.createElement("button"), {
      type: "button",
      textContent: text,
      title: label,
    });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    bar.append(made);
  };
  let now = 0;

  function show(number) {
    now = Math.min(slides.length - 1, Math.max(0, number));
    const { title, parts } = slides[now],
      shown = new Set(parts);
    for (const slide of slides)
      for (const part of slide.parts) part.classList.toggle("slides-off", !shown.has(part));
    heading.textContent = title;
    place.textContent = `${now + 1} / ${slides.length}`;
    scrollTo(0, 0);
    const url = new URL(location);
    url.searchParams.set("slides", now + 1);
    url.search = decodeURIComponent(url.search);
    history.replaceState(history.state, "", url);
  }

  const heading = Object.assign(document.createElement("h1"), { className: "slides-title" });
  const leave = () => {
    const url = new URL(location);
    url.searchParams.delete("slides");
    url.search = decodeURIComponent(url.search);
    location.href = url;
  };
  const speak = () => document.body.classList.toggle("slides-spoken");
  button("‹", "Previous slide (left arrow)", () => show(now - 1));
  bar.append(place);
  button("›", "Next slide (right arrow)", () => show(now + 1));
  button("Text", "Show or hide the prose (N)", speak);
  button("Close", "Back to the chapter (Escape)", leave);

  const next = () => show(now + 1),
    previous = () => show(now - 1);
  const KEYS = {
    ArrowRight: next,
    PageDown: next,
    " ": next,
    ArrowLeft: previous,
    PageUp: previous,
    Home: () => show(0),
    End: () => show(slides.length - 1),
    n: speak,
    N: speak,
    Escape: leave,
  };
  addEventListener("keydown", (event) => {
    const act = event.key === " " && event.shiftKey ? previous : KEYS[event.key];
    if (!act || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest?.("optimizer-lab, input, dialog") && !event.key.startsWith("Page")) return; // the lab's own keys
    if (event.key === " " && event.target.closest?.("button, summary")) return; // Space presses these
    event.preventDefault();
    act();
  });

  article.prepend(heading);
  document.body.append(bar);
  document.body.classList.add("slides");
  show(Number(new URLSearchParams(location.search).get("slides") || 1) - 1);
}
