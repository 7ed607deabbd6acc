// Saves a form's fields on the server while it is being written. Nothing is stored in the browser.
import { renewToken } from "./tokens.js";

const AFTER_LAST_KEY = 5000;
const AT_MOST_EVERY = 10000;
const TRY_AGAIN = 15000;
const FINISHED = "409";
// The sign-in has run out: what is sent is kept all the same, and nothing is shown.
const SIGNED_OUT = 401;
const STALE = 403;

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.line = form.querySelector(".app-autosave");
    this.sentAt = 0;
    this.saved = this.content();
    form.addEventListener("input", () => this.plan(this.pause()));
    form.addEventListener("change", () => this.plan(this.rest()));
    form.addEventListener("focusout", () => this.plan(this.rest()));
    form.addEventListener("submit", () => this.stop());
    form.addEventListener("form:stays", () => this.resume());
    window.addEventListener("pagehide", () => this.last());
    // A phone that is put away may never come back to this page, and tells it nothing more.
    document.addEventListener("visibilitychange", () => document.hidden && this.save({ keepalive: true }));
    document.addEventListener("page:leaving", (event) => this.lastBeforeExit(event.detail));
    document.addEventListener("page:ending", (event) => this.isUnsaved && event.preventDefault());
  }

  // Five seconds after the last key, but never later than ten after the first that is not saved.
  pause() {
    this.unsavedSince ??= Date.now();
    const latest = this.unsavedSince + AT_MOST_EVERY - Date.now();
    return Math.max(this.rest(), Math.min(AFTER_LAST_KEY, latest));
  }

  // On leaving a field: at once, unless something was sent just now.
  rest() {
    return Math.max(0, this.sentAt + AFTER_LAST_KEY - Date.now());
  }

  fields() {
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    return new URLSearchParams(data);
  }

  // What was written, without the token, the key and the number of the last save, which change by themselves.
  content() {
    const fields = this.fields();
    fields.delete("csrfmiddlewaretoken");
    fields.delete("revision");
    fields.delete("draft");
    return fields.toString();
  }

  plan(delay) {
    if (this.isStopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  async save(how = {}) {
    const content = this.content();
    if (this.isStopped || this.isSending || content === this.saved) return;
    this.isSending = true;
    this.sentAt = Date.now();
    this.unsavedSince = undefined;
    try {
      this.accept(await this.send(how));
      this.saved = content;
    } catch (error) {
      // It was finished in another window: trying again cannot help, pressing the button can.
      const isFinished = error.message === FINISHED;
      this.say(isFinished ? this.line?.dataset.finished : this.line?.dataset.notSaved);
      if (isFinished) this.stop();
      else this.plan(TRY_AGAIN);
    }
    this.isSending = false;
    if (this.saved === content && this.content() !== content) this.plan(this.pause());
  }

  async send(how = {}) {
    let response = await this.ask(how);
    if (response.status === STALE && (await renewToken())) response = await this.ask(how);
    if (!response.ok && response.status !== SIGNED_OUT) throw new Error(String(response.status));
    const answer = await response.json();
    if (answer.is_kept === false) throw new Error(String(response.status));
    return answer;
  }

  ask(how) {
    return fetch(this.url, {
      method: "POST",
      body: this.fields(),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      redirect: "error",
      ...how,
    });
  }

  accept(answer) {
    if (answer.said) return this.say(answer.said);
    for (const name of ["revision", "draft"]) {
      const box = this.form.elements.namedItem(name);
      if (box && answer[name] !== undefined) box.value = answer[name];
    }
    this.say(this.line?.dataset.saved.replace("%s", answer.saved_at));
    for (const name of answer.notices ?? []) this.notice(name);
  }

  // Shows a piece that the page brought with it for words such as these; once shown, it stays.
  notice(name) {
    const place = this.form.querySelector("[data-notices]");
    const piece = this.form.querySelector(`template[data-notice="${CSS.escape(name)}"]`);
    if (!place || !piece || place.querySelector(`[data-notice="${CSS.escape(name)}"]`)) return;
    place.append(piece.content.cloneNode(true));
  }

  // The page is going away: hand what is left to the browser to send.
  last() {
    const content = this.content();
    if (this.isStopped || content === this.saved) return;
    if (navigator.sendBeacon(this.url, this.fields())) this.saved = content;
  }

  // The same, but whoever ends the session can wait until it has arrived.
  lastBeforeExit(sending) {
    const content = this.content();
    if (!sending || this.isStopped || content === this.saved) return;
    this.saved = content;
    sending.push(this.send({ keepalive: true }));
  }

  // Something was typed that the server does not have.
  get isUnsaved() {
    return !this.isStopped && this.content() !== this.saved;
  }

  // The form was sent and did not arrive.
  resume() {
    this.isStopped = false;
    this.plan(TRY_AGAIN);
  }

  stop() {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  say(text) {
    if (this.line && text) this.line.textContent = text;
  }
}

export function startAutosave(scope) {
  for (const form of scope.querySelectorAll("form[data-autosave-url]")) new Autosave(form);
}
