// Two minutes before a sign-in runs out, asks whether to go on. Other windows may have kept it alive, so the server
// is asked first: GET data-extend-url answers {"seconds_left": 480} without counting as activity, POST extends.
import { counted } from "./counting.js";

const CHECK_EVERY = 15000;
const SIGNED_OUT = [401, 403, 404];

class Timeout {
  constructor(dialog) {
    this.dialog = dialog;
    this.form = dialog.querySelector("form");
    this.warn = Number(dialog.dataset.warnSeconds);
    this.line = dialog.querySelector(".app-timeout__left");
    this.endsIn(Number(dialog.dataset.idleSeconds));
    this.form.addEventListener("submit", (event) => {
      if (!event.submitter?.hasAttribute("formaction")) this.extend(event); // the other button signs out
    });
    dialog.addEventListener("cancel", (event) => this.extend(event));
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
  }

  endsIn(seconds) {
    this.end = Date.now() + seconds * 1000;
    this.planIn(seconds - this.warn);
  }

  planIn(seconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), Math.max(0, seconds * 1000));
  }

  secondsLeft() {
    return Math.round((this.end - Date.now()) / 1000);
  }

  // Near the end by our own clock: believe the server, not the clock.
  async look() {
    if (this.secondsLeft() > this.warn) return;
    const seconds = await this.ask({ method: "GET" });
    if (seconds === undefined) this.wait();
    else if (seconds <= 0) this.leave();
    else if (seconds > this.warn) this.goOn(seconds);
    else this.show(seconds);
  }

  // The server cannot be reached: look again, and leave when the time is well over.
  wait() {
    if (this.secondsLeft() * 1000 < -CHECK_EVERY) this.leave();
    else this.planIn(CHECK_EVERY / 1000);
  }

  goOn(seconds) {
    this.dialog.close();
    this.endsIn(seconds);
  }

  show(seconds) {
    this.end = Date.now() + seconds * 1000;
    const minutes = Math.ceil(seconds / 60);
    const text = seconds <= 60 ? this.line.dataset.one : counted(this.line.dataset.many, minutes);
    if (this.line.textContent !== text) this.line.textContent = text;
    if (!this.dialog.open) this.dialog.showModal();
    this.planIn(Math.min(CHECK_EVERY / 1000, seconds + 1));
  }

  // The seconds left; 0 when signed out; undefined when the server could not be reached.
  async ask(options) {
    try {
      const response = await fetch(this.dialog.dataset.extendUrl, {
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
        ...options,
      });
      if (response.type === "opaqueredirect" || SIGNED_OUT.includes(response.status)) return 0;
      return response.ok ? (await response.json()).seconds_left : undefined;
    } catch {
      return undefined;
    }
  }

  async extend(event) {
    event.preventDefault();
    const seconds = await this.ask({ method: "POST", body: new URLSearchParams(new FormData(this.form)) });
    if (seconds === 0) this.leave();
    else if (seconds !== undefined) this.goOn(seconds);
  }

  leave() {
    document.dispatchEvent(new CustomEvent("page:leaving"));
    window.location.replace(this.dialog.dataset.outUrl);
  }
}

export function startTimeout(scope) {
  for (const dialog of scope.querySelectorAll("dialog[data-idle-seconds]")) new Timeout(dialog);
}
