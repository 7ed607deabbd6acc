// Starts the parts of a page, and of every piece that is later put into it.
import { initAll } from "../vendor/govuk-frontend.js";
import { startAutosave } from "./autosave.js";
import { startBlur } from "./blur.js";
import { startHolding } from "./holding.js";
import { startSending } from "./sending.js";
import { startTimeout } from "./timeout.js";
import { startUploads } from "./uploads.js";

export function start(scope) {
  initAll({ scope });
  startAutosave(scope);
  startBlur(scope);
  startUploads(scope);
  startSending(scope);
  startHolding(scope, start);
  for (const button of scope.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

start(document);
startTimeout(document);
// Where the filters stand above the list, the list comes first: they fold away; chips say which are set.
if (matchMedia("(max-width: 74.9375em)").matches) {
  for (const filters of document.querySelectorAll("[data-closed-on-phones]")) filters.open = false;
}
