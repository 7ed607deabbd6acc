// Two minutes before a sign-in runs out, asks whether to go on. Other windows may have kept it alive, so the server
// is asked first: GET data-extend-url answers {"seconds_left": 480} without counting as activity, POST extends.
import { counted } from "./counting.js";
import { renewToken } from "./tokens.js";

const CHECK_EVERY = 15000;
const SIGNED_OUT = [401, 403, 404];
const STALE = 403;

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

  // The server cannot be reached: look again, and leave when the time is well over. Words that are nowhere else stay,
  // covered, until it can be: whoever passes by does not read them.
  wait() {
    const isOver = this.secondsLeft() * 1000 < -CHECK_EVERY;
    if (isOver && document.dispatchEvent(new CustomEvent("page:ending", { cancelable: true }))) return this.leave();
    if (isOver) this.cover();
    this.planIn(CHECK_EVERY / 1000);
  }

  cover() {
    this.dialog.classList.add("app-timeout--cover");
    this.line.textContent = this.line.dataset.none;
    if (!this.dialog.open) this.dialog.showModal();
  }

  uncover() {
    this.dialog.classList.remove("app-timeout--cover");
    if (this.dialog.open) this.dialog.close();
  }

  goOn(seconds) {
    this.uncover();
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
      let response = await this.fetch(options);
      if (response.status === STALE && (await renewToken())) response = await this.fetch(options);
      if (response.type === "opaqueredirect" || SIGNED_OUT.includes(response.status)) return 0;
      return response.ok ? (await response.json()).seconds_left : undefined;
    } catch {
      return undefined;
    }
  }

  fetch({ method }) {
    return fetch(this.dialog.dataset.extendUrl, {
      method,
      body: method === "POST" ? new URLSearchParams(new FormData(this.form)) : undefined,
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
    });
  }

  async extend(event) {
    event.preventDefault();
    const seconds = await this.ask({ method: "POST" });
    if (seconds === 0) this.leave();
    else if (seconds !== undefined) this.goOn(seconds);
    else if (this.dialog.classList.contains("app-timeout--cover")) this.goOn(Number(this.dialog.dataset.idleSeconds));
  }

  leave() {
    document.dispatchEvent(new CustomEvent("page:leaving"));
    window.location.replace(this.dialog.dataset.outUrl);
  }
}

export function startTimeout(scope) {
  for (const dialog of scope.querySelectorAll("dialog[data-idle-seconds]")) new Timeout(dialog);
}
