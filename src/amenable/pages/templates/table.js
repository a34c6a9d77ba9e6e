"use strict";
// Tables of class "interactive": a click on a heading sorts, a field filters, and of many rows the
// first are shown until all are asked for. Without this script the page shows every row.
(() => {
  const FIRST = 30;
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);
  const compare = (a, b) =>
    "value" in a.dataset
      ? Number(a.dataset.value) - Number(b.dataset.value)
      : a.textContent.localeCompare(b.textContent, undefined, { numeric: true });
  const isKnown = (cell) => cell.dataset.value !== "";

  for (const region of document.querySelectorAll(".interactive")) {
    const body = region.querySelector("tbody");
    const rows = [...body.rows];
    let isWhole = rows.length <= FIRST;

    const field = make("input", { type: "search", placeholder: "such as tanh 0.01" });
    const told = make("span", { className: "told" });
    told.setAttribute("role", "status");
    const all = make("button", { type: "button", textContent: `Show all ${rows.length} rows` });
    const bar = make("p", { className: "tools" });
    const label = make("label", { textContent: "Rows with the words " });
    label.append(field);
    bar.append(label, told, all);
    region.before(bar);

    const show = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let n = 0;
      for (const row of body.rows) {
        const text = row.textContent.toLowerCase();
        const cells = [...row.cells].map((cell) => cell.textContent.toLowerCase());
        const fits = words.every((word) =>
          /^[\d.]/.test(word) ? cells.includes(word) : text.includes(word));
        if (fits) n += 1;
        row.hidden = !fits || (!isWhole && n > FIRST);
      }
      const shown = isWhole ? n : Math.min(n, FIRST);
      told.textContent = ` ${shown} of ${rows.length} shown `;
      all.hidden = isWhole;
    };
    field.addEventListener("input", show);
    all.addEventListener("click", () => { isWhole = true; show(); });

    [...region.querySelectorAll("thead th")].forEach((heading, place) => {
      const button = make("button", { type: "button", textContent: heading.textContent });
      heading.replaceChildren(button);
      button.addEventListener("click", () => {
        const isDescending = heading.getAttribute("aria-sort") === "ascending";
        for (const other of region.querySelectorAll("th")) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
        const known = rows.filter((row) => isKnown(row.cells[place]));
        const unknown = rows.filter((row) => !isKnown(row.cells[place]));
        known.sort((a, b) => compare(a.cells[place], b.cells[place]));
        if (isDescending) known.reverse();
        body.append(...known, ...unknown);
        show();
      });
    });
    show();
  }
})();
