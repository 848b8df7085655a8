// A box whose content is wider than itself can be scrolled with the keyboard too: it takes part in tabbing while it must.
const boxes = ".formula, div.highlight pre, .output pre, .pst-scrollable-table-container, .output.text_html";

const update = (box) => {
  const scrolls = box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "visible";
  if (scrolls) box.tabIndex = 0;
  else box.removeAttribute("tabindex");
};

const observer = new ResizeObserver((entries) => entries.forEach((entry) => update(entry.target)));
for (const box of document.querySelectorAll(boxes)) observer.observe(box);
// What becomes wider inside while the box stays as it is, as when a font arrives, no observer tells.
const updateAll = () => document.querySelectorAll(boxes).forEach(update);
document.fonts.addEventListener("loadingdone", updateAll);
addEventListener("resize", () => requestAnimationFrame(updateAll));

// What is far from the window was not laid out while the page loaded (site.css). Now it is, a section whenever the browser has time: as long
// as heights are guessed, a link to a section can miss it.
const whenIdle = window.requestIdleCallback ?? setTimeout;
addEventListener("load", () => {
  const sections = [...document.querySelectorAll("article > section > section")];
  const layOut = () => {
    const section = sections.shift();
    if (!section) return;
    section.style.contentVisibility = "visible";
    whenIdle(layOut);
  };
  whenIdle(layOut);
});

if (new URLSearchParams(location.search).has("slides")) import(new URL("slides.js", document.currentScript.src));

// Paper is light, whatever the screen is.
const paper = matchMedia("print");
let onScreen;
paper.addEventListener("change", () => {
  const { dataset } = document.documentElement;
  if (paper.matches) onScreen = dataset.theme;
  dataset.theme = paper.matches ? "light" : onScreen;
});
