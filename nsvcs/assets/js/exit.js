// "Exit this page": blanks the page at once, then goes to /exit, which ends the session and sends the browser on.
import { ExitThisPage } from "../vendor/govuk-frontend.js";

// The page is blank by then. Ending the session before the last words arrived would lose them: a phone's line may
// take that long. Without signal nothing is waited for.
const WAIT_FOR_LAST_WORDS = 1000;

function blank() {
  document.title = " ";
  document.body.classList.add("govuk-exit-this-page-hide-content");
  document.documentElement.classList.add("app-gone");
}

function leave(address) {
  blank();
  const sending = [];
  document.dispatchEvent(new CustomEvent("page:leaving", { detail: sending }));
  try {
    window.sessionStorage.clear();
  } catch {
    // Storage is switched off in this browser: there is nothing to clear.
  }
  const go = () => window.location.replace(address);
  if (!sending.length) return go();
  const longEnough = new Promise((done) => setTimeout(done, WAIT_FOR_LAST_WORDS));
  Promise.race([Promise.allSettled(sending), longEnough]).then(go);
}

class Exit extends ExitThisPage {
  exitPage() {
    leave(this.$button.href);
  }

  resetPage() {
    if (!document.documentElement.classList.contains("app-gone")) super.resetPage();
  }
}

for (const element of document.querySelectorAll("[data-app-exit]")) new Exit(element);
for (const link of document.querySelectorAll("[data-exit-link]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave(link.href);
  });
}

// A page the browser kept in memory is never shown again: it is asked for anew, signed out or not.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  blank();
  window.location.reload();
});
