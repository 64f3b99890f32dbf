// What pages gain where scripts run. Without this file every page still works.
import { initAll } from "./govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
initAll();

// On a narrow screen the answer comes before what could be asked instead.
if (window.matchMedia("(max-width: 56.24em)").matches) {
  for (const panel of document.querySelectorAll(".mh-filter__panel[data-folds]")) {
    panel.open = false;
  }
}

// A part of a page that was fetched again is brought to life like the rest.
document.body.addEventListener("htmx:afterSwap", (swapped) => {
  initAll({ scope: swapped.detail.target });
});
