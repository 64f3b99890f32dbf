// What pages gain where scripts run. Without this file every page still works.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}

// Where there is little room each row of a table stands as a list of its own: every cell learns its
// heading, and says again what it is, for display takes a table's meaning away.
function letTablesStack(scope) {
  for (const table of scope.querySelectorAll(".mh-table__scroll > table")) {
    const heads = [...table.querySelectorAll("thead tr:last-child > *")].map((head) =>
      head.textContent.replace(/[▲▼]/g, "").trim(),
    );
    const cells = [...table.querySelectorAll("tbody > tr > *, tfoot > tr > *")];
    if (!heads.length || cells.some((cell) => cell.colSpan > 1 || cell.rowSpan > 1)) {
      continue;
    }
    table.setAttribute("role", "table");
    const says = (selector, role) =>
      table.querySelectorAll(selector).forEach((each) => each.setAttribute("role", role));
    says("thead, tbody, tfoot", "rowgroup");
    says("tr", "row");
    says("td", "cell");
    says("thead th", "columnheader");
    says("tbody th, tfoot th", "rowheader");
    for (const cell of cells) {
      cell.dataset.label = heads[cell.cellIndex] ?? "";
    }
    table.classList.add("mh-table--stacks");
  }
}

initAll();
letTablesStack(document);

// On a narrow screen the answer comes before what could be asked instead.
if (window.matchMedia("(max-width: 56.24em)").matches) {
  for (const panel of document.querySelectorAll(".mh-filter__panel[data-folds]")) {
    panel.open = false;
  }
}

// One tick for a whole list of boxes; without scripts each is ticked by hand.
for (const all of document.querySelectorAll("[data-ticks-all]")) {
  all.hidden = false;
  all.querySelector("input").addEventListener("change", (changed) => {
    const list = document.getElementById(all.dataset.ticksAll);
    for (const box of list.querySelectorAll("input[type=checkbox]")) {
      box.checked = changed.target.checked;
    }
  });
}

// A part of a page that was fetched again is brought to life like the rest.
document.body.addEventListener("htmx:afterSwap", (swapped) => {
  initAll({ scope: swapped.detail.target });
  letTablesStack(swapped.detail.target);
});
