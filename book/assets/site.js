// A box whose content is wider than itself can be scrolled with the keyboard too: it takes part in tabbing while it must.
const all = () => [...document.querySelectorAll(".formula, div.highlight pre, .output pre, .pst-scrollable-table-container, .output.text_html")];

const update = (boxes) => {
  // All are measured before one is changed, or the page would be laid out for each of them.
  const scrolls = boxes.map((box) => box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "visible");
  boxes.forEach((box, k) => (scrolls[k] ? (box.tabIndex = 0) : box.removeAttribute("tabindex")));
};

const observer = new ResizeObserver((entries) => update(entries.map((entry) => entry.target)));
for (const box of all()) observer.observe(box);
// What becomes wider inside while the box stays as it is, as when a font arrives, no observer tells; and of what the browser has not yet laid
// out, far from the window, it tells later.
const updateAll = () => update(all().filter((box) => box.checkVisibility?.({ contentVisibilityAuto: true }) ?? true));
document.fonts.addEventListener("loadingdone", updateAll);
addEventListener("resize", () => requestAnimationFrame(updateAll));

if (new URLSearchParams(location.search).has("slides")) import(new URL("slides.js", document.currentScript.src));

// Paper is light, whatever the screen is.
const paper = matchMedia("print");
let onScreen;
paper.addEventListener("change", () => {
  const { dataset } = document.documentElement;
  if (paper.matches) onScreen = dataset.theme;
  dataset.theme = paper.matches ? "light" : onScreen;
});
