// A box whose content is wider than itself can be scrolled with the keyboard too: it takes part in tabbing while it must.
const boxes = ".formula, div.highlight pre, .output pre, .pst-scrollable-table-container, .output.text_html";

const updateBoxes = () => {
  const all = [...document.querySelectorAll(boxes)];
  const wide = all.map(
    (box) => box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "visible",
  );
  all.forEach((box, k) => {
    if (wide[k]) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
};
document.fonts.addEventListener("loadingdone", updateBoxes);
document.addEventListener("toggle", updateBoxes, { capture: true });

// What is far from the window is not laid out (site.css): until it has been once, its height is a guess, and a link to a section would miss
// it. So the sections are laid out a first time, one by one while the browser has time, and all at once where a reader is about to be taken
// somewhere. Afterwards the browser remembers their heights and need not keep their thousands of boxes in every frame.
const sections = [...document.querySelectorAll("article > section > section")];
const layOut = (some) => {
  for (const section of some) section.style.contentVisibility = "visible";
  document.body.getBoundingClientRect();
  // The browser remembers a height with the frame in which it was seen.
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      for (const section of some) section.style.contentVisibility = "";
    }),
  );
};
const whenIdle = window.requestIdleCallback ?? setTimeout;
let left = [];
const layOutNext = () => {
  layOut(left.splice(0, 1));
  if (left.length) whenIdle(layOutNext);
  else updateBoxes();
};
const layOutLater = () => {
  if (!left.length) whenIdle(layOutNext);
  left = [...sections]; // from the first on again, where the article changes meanwhile
};
addEventListener("load", layOutLater);
// One observer of the article, not one of each box: the browser asks every observer in every frame, a slider's among them.
let width = 0;
new ResizeObserver(([{ contentRect }]) => {
  if (width && width !== contentRect.width) layOutLater();
  width = contentRect.width;
}).observe(document.querySelector("article") ?? document.body);

const target = () => document.getElementById(decodeURIComponent(location.hash.slice(1))); // null without a hash: no id is empty
let moved = false; // by the reader
for (const type of ["wheel", "touchmove", "keydown", "pointerdown"])
  addEventListener(type, () => (moved = true), { passive: true, once: true });
const restored = performance.getEntriesByType("navigation")[0]?.type !== "navigate";
if (location.hash || restored) layOut(sections);
const arrive = () => {
  if (moved || restored || !location.hash) return;
  layOut(sections);
  target()?.scrollIntoView();
};
addEventListener("load", () => {
  arrive(); // pictures and labs have moved the target meanwhile,
  document.fonts.ready.then(() => requestAnimationFrame(arrive)); // and fonts may yet
});
addEventListener("click", ({ target }) => target.closest?.('a[href*="#"]') && layOut(sections), {
  capture: true,
});
addEventListener("popstate", () => layOut(sections));
addEventListener("pageshow", ({ persisted }) => persisted && layOut(sections));

// In a classic script, which a page that is opened as a file may load too.
if (new URLSearchParams(location.search).has("slides")) {
  const script = document.createElement("script");
  script.src = new URL("slides.js", document.currentScript.src);
  document.head.append(script);
}

// What the theme's buttons do: a strict content security policy allows no code in their attributes.
const ACTS = { print: () => print(), fullscreen: () => toggleFullScreen() };
addEventListener("click", ({ target }) => ACTS[target.closest?.("[data-act]")?.dataset.act]?.());

// A formula is copied as its LaTeX: the text of MathML alone has lost its fractions and roots.
addEventListener("copy", (event) => {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const copied = document.createElement("div");
  copied.append(
    ...Array.from({ length: selection.rangeCount }, (_, k) => selection.getRangeAt(k).cloneContents()),
  );
  const formulas = copied.querySelectorAll("[data-tex]");
  if (!formulas.length) return;
  const rich = copied.innerHTML;
  for (const formula of formulas)
    formula.replaceWith(formula.matches("div") ? `$$${formula.dataset.tex}$$` : `$${formula.dataset.tex}$`);
  copied.style.cssText = "position: absolute; left: -100vw; white-space: pre-wrap";
  document.body.append(copied);
  // biome-ignore lint/performance/useDomNodeTextContent: with line breaks, as they are seen
  event.clipboardData.setData("text/plain", copied.innerText);
  event.clipboardData.setData("text/html", rich);
  copied.remove();
  event.preventDefault();
});

// Paper is light, whatever the screen is.
const paper = matchMedia("print");
let onScreen;
paper.addEventListener("change", () => {
  const { dataset } = document.documentElement;
  if (paper.matches) onScreen = dataset.theme;
  dataset.theme = paper.matches ? "light" : onScreen;
});
