// The first script of each page: before anything is drawn, the page knows whether it is light or dark.

// Where the browser refuses storage, the first to ask for it dies, and in the theme's scripts the button of the theme and Ctrl+K with it. In its
// place stands one that lasts as long as the page.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].length;
  } catch {
    const kept = new Map();
    const value = {
      getItem: (key) => kept.get(String(key)) ?? null,
      setItem: (key, item) => void kept.set(String(key), String(item)),
      removeItem: (key) => void kept.delete(String(key)),
      clear: () => kept.clear(),
    };
    Object.defineProperty(window, name, { configurable: true, value });
  }
}

document.documentElement.dataset.mode = localStorage.getItem("mode") || "auto";
document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";
