// The search page: MiniSearch over the sections of the site (search-text.js), with excerpts of their text.

{
  const WORD = /[^\s=+−·⋅×(),;:…"“”‘’[\]{}|<>]+/gu; // "0/0", "√k" and "self.lr" are one
  const PARTS = /[\p{L}\p{M}\p{N}]+/gu;
  const BEFORE = 60,
    AFTER = 180; // characters of an excerpt, around the first match

  // What one types: "r0" for r₀, "β1" for β₁.
  const plain = (text) => text.normalize("NFKC").replaceAll("⁄", "/").toLowerCase();
  const whole = (word) => plain(word).replace(/^[.'/–—-]+|[.'/!?–—-]+$/g, "");

  /** The forms in which a word can be looked for: itself, and its parts. */
  const forms = (word) => [...new Set([whole(word), ...(plain(word).match(PARTS) ?? [])])].filter(Boolean);
  const words = (text) => text.match(WORD) ?? [];

  const index = new MiniSearch({
    fields: ["title", "text"],
    tokenize: (text) => words(text).flatMap(forms),
    processTerm: (term) => term,
    searchOptions: {
      boost: { title: 5 },
      combineWith: "AND",
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (/^\p{L}{6,}$/u.test(term) ? 0.2 : false), // other forms of a word, and slips
      tokenize: (text) => words(text).map(whole).filter(Boolean),
    },
  });
  index.addAll(SECTIONS.map(([, , title, text], id) => ({ id, title, text })));

  /** Some of a text around the first of the terms, with every one of them marked. */
  function excerpt(text, terms) {
    const matches = [...text.matchAll(WORD)].filter(([word]) => forms(word).some((form) => terms.has(form)));
    const middle = matches[0]?.index ?? 0;
    const start = middle > BEFORE ? text.indexOf(" ", middle - BEFORE) + 1 : 0;
    const end = middle + AFTER < text.length ? text.lastIndexOf(" ", middle + AFTER) : text.length;
    const shown = Object.assign(document.createElement("p"), { className: "context" });
    let at = start;
    shown.append(start > 0 ? "… " : "");
    for (const { 0: word, index: place } of matches) {
      if (place < at || place + word.length > end) continue;
      shown.append(
        text.slice(at, place),
        Object.assign(document.createElement("mark"), { textContent: word }),
      );
      at = place + word.length;
    }
    shown.append(text.slice(at, Math.max(at, end)), end < text.length ? " …" : "");
    return shown;
  }

  function found({ id, terms }) {
    const [address, page, title, text] = SECTIONS[id];
    const item = document.createElement("li");
    item.append(
      Object.assign(document.createElement("a"), {
        href: address,
        textContent: title === page ? page : `${page} › ${title}`,
      }),
    );
    if (text) item.append(excerpt(text, new Set(terms)));
    return item;
  }

  const query = (new URLSearchParams(location.search).get("q") ?? "").trim();
  for (const field of document.querySelectorAll('input[name="q"]')) field.value = query;
  const field = document.querySelector(".bd-search-container input");
  field.focus();
  field.select();
  if (query) {
    const results = index.search(query);
    const count = results.length === 1 ? "1 section" : `${results.length || "No"} sections`;
    const summary = Object.assign(document.createElement("p"), {
      className: "search-summary",
      role: "status",
    });
    summary.textContent = `${count} of the book ${results.length === 1 ? "has" : "have"} “${query}”.`;
    const list = Object.assign(document.createElement("ul"), { className: "search" });
    list.append(...results.map(found));
    document.getElementById("search-results").append(summary, list);
  }
}
