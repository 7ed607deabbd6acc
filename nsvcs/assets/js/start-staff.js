// Staff pages only: the parts of the second pattern library, and starting what htmx puts in.
import { initAll } from "../vendor/moj-frontend.js";
import { start } from "./start.js";

initAll({ scope: document });
document.addEventListener("htmx:after:settle", (event) => {
  const piece = event.target;
  if (!(piece instanceof Element)) return;
  start(piece);
  initAll({ scope: piece });
  piece.querySelector("[data-focus]")?.focus();
});
