// A form whose words must not be lost: it is sent while its page stays, and the page goes when the answer has come.
// Where none comes, the page says so, keeps what was written in sight, and tries again. Nothing is stored here.
import { renewToken } from "./tokens.js";

const WAITS = [5000, 10000, 20000, 30000, 60000];
const LONGEST = 30000; // words are sent in a moment: no answer for so long is none
const LONGEST_WITH_FILES = 600000;
const PAGES = [200, 409, 422]; // the server's own pages about what was sent, which show it
const STALE = 403;
const TOO_MANY = 429;
const OVER = 401; // the sign-in has ended for good: the page shows the words, to be copied

class Holding {
  constructor(form, start) {
    Object.assign(this, { form, start, tries: 0 });
    this.panel = form.querySelector("[data-held]");
    this.line = this.panel.querySelector("[data-held-line]");
    this.button = this.panel.querySelector("[data-held-again]");
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    this.button.addEventListener("click", () => this.send());
    window.addEventListener("online", () => this.again());
    window.addEventListener("beforeunload", (event) => this.isHolding && event.preventDefault());
    // Whoever leaves in a hurry is never asked whether.
    document.addEventListener("page:leaving", () => this.left(), { capture: true });
    window.addEventListener("pagehide", () => this.cutShort(), { capture: true });
    document.addEventListener("page:ending", (event) => this.isHolding && event.preventDefault());
  }

  submit(event) {
    if (!event.isTrusted) return; // said by another part of the page: the form is sent, and nothing is left to hold
    if (event.defaultPrevented) return this.stays(); // something on this page is still to be put right
    if (this.isPlain) return;
    event.preventDefault();
    if (this.isSending) return;
    this.submitter = event.submitter;
    (this.submitter?.closest(".app-note-buttons") ?? this.submitter)?.before(this.panel);
    this.tries = 0;
    this.send();
  }

  // The key stays the same whatever happens, so that the server keeps it once however often it is sent.
  body() {
    const body = new FormData(this.form);
    if (this.submitter?.name) body.append(this.submitter.name, this.submitter.value);
    return body;
  }

  content() {
    const own = ([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "revision"].includes(name);
    return JSON.stringify([...this.body()].filter(own));
  }

  async send() {
    if (this.isSending) return;
    clearTimeout(this.timer);
    this.isSending = true;
    this.say("sending");
    this.sent = this.content();
    let answer;
    try {
      answer = await this.ask();
      if (answer.status === STALE && (await renewToken())) answer = await this.ask();
    } catch {
      answer = undefined;
    }
    this.isSending = false;
    if (answer) this.take(answer);
    else await this.unsent();
  }

  // One try; the whole answer or an error: a line may also be lost in the middle of it.
  async ask() {
    const body = this.body();
    const hasFiles = [...body.values()].some((value) => value instanceof File && value.size);
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), hasFiles ? LONGEST_WITH_FILES : LONGEST);
    try {
      const response = await fetch(this.form.getAttribute("action") ?? window.location.href, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        redirect: "manual",
        cache: "no-store",
        signal: stop.signal,
      });
      return { status: response.status, type: response.type, text: await response.text() };
    } finally {
      clearTimeout(timer);
    }
  }

  take({ status, type, text }) {
    const to = type === "opaqueredirect" ? window.location.pathname + window.location.search : where(text);
    if (to && this.content() !== this.sent) return this.send(); // more was typed meanwhile: that is not left behind
    if (to) return this.go(to);
    if (PAGES.includes(status)) return this.show(text);
    if ([TOO_MANY, OVER].includes(status) && this.holds(text)) return this.show(text);
    if (status >= 500 || status === TOO_MANY) return this.hold("trouble");
    this.isHolding = true;
    this.say("refused");
    this.stays();
  }

  // No answer. Where she writes without signal, what she wrote is locked on this phone; else it waits on this page.
  async unsent() {
    const detail = { press: this.submitter?.value ?? "", locking: [] };
    this.form.dispatchEvent(new CustomEvent("form:unsent", { bubbles: true, detail }));
    const locked = await Promise.all(detail.locking);
    if (locked.some(Boolean)) this.isHolding = false;
    else this.hold("noSignal");
  }

  hold(state) {
    this.isHolding = true;
    this.say(state);
    this.stays();
    this.isChanged = this.content() !== this.sent;
    if (this.isChanged) return this.say("changed");
    this.timer = setTimeout(() => this.again(), WAITS[Math.min(this.tries++, WAITS.length - 1)]);
  }

  // By itself only what she pressed the button for: a sentence half written is not sent for her.
  again() {
    if (this.isHolding && !this.isChanged && this.panel.dataset.state !== "refused") this.send();
  }

  changed() {
    if (!this.isHolding || this.isSending || this.panel.dataset.state === "refused") return;
    this.isChanged = this.content() !== this.sent;
    clearTimeout(this.timer);
    this.say(this.isChanged ? "changed" : "noSignal");
    if (!this.isChanged) this.timer = setTimeout(() => this.again(), WAITS[0]);
  }

  left() {
    this.isHolding = false;
    this.cutShort();
  }

  // The page goes while it is being sent, and a browser may drop what is on its way: the words are saved once more.
  // What had arrived is not kept twice, for the key gives once.
  cutShort() {
    if (this.isSending && !this.isGoing) this.stays();
  }

  // What is typed goes on being saved.
  stays() {
    this.form.dispatchEvent(new CustomEvent("form:stays"));
  }

  say(state) {
    this.panel.dataset.state = state;
    const words = this.panel.dataset[`say${state[0].toUpperCase()}${state.slice(1)}`];
    if (this.line.textContent !== words) this.line.textContent = words;
    this.button.hidden = state === "sending";
    this.panel.hidden = false;
    if (state !== "sending") this.panel.scrollIntoView({ block: "nearest" });
  }

  go(to) {
    this.isHolding = false;
    this.isSending = this.isGoing = true; // a second press on the way changes nothing
    const target = new URL(to, window.location.href);
    const here = window.location;
    if (target.pathname + target.search !== here.pathname + here.search) return here.assign(target);
    if (target.hash) {
      history.scrollRestoration = "manual";
      history.replaceState(history.state, "", target);
    }
    here.reload();
  }

  holds(text) {
    const answered = new DOMParser().parseFromString(text, "text/html").body.textContent;
    const written = [...this.form.querySelectorAll("textarea")].map((box) => box.value.trim());
    return written.every((words) => answered.includes(words));
  }

  // The server's page about what was sent, in the place of this one. Files that are on their way stay behind only
  // where the browser itself takes the page.
  show(text) {
    const answered = new DOMParser().parseFromString(text, "text/html");
    const [there, here] = [answered, document].map((page) => page.querySelector("#main-content")?.parentElement);
    if (!there || !here) return this.hold("trouble");
    this.isHolding = false;
    if (this.form.querySelector("[data-sending] [data-rows] > *")) return this.sendPlainly();
    document.title = answered.title;
    here.replaceWith(document.adoptNode(there));
    this.start(there);
    if (!there.querySelector(".govuk-error-summary")) focusOn(there.querySelector("h1"));
    window.scrollTo(0, 0);
  }

  sendPlainly() {
    this.isPlain = true;
    if (this.submitter) this.form.requestSubmit(this.submitter);
    else this.form.requestSubmit();
  }
}

// The address that the answer names, when what was sent is kept.
function where(text) {
  try {
    return JSON.parse(text).to;
  } catch {
    return undefined;
  }
}

function focusOn(heading) {
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus();
}

// The same page again, at a place in it: a browser that loads a page anew does not go there by itself.
if (history.scrollRestoration === "manual") {
  history.scrollRestoration = "auto";
  document.getElementById(window.location.hash.slice(1))?.scrollIntoView();
}

export function startHolding(scope, start) {
  for (const panel of scope.querySelectorAll("form [data-held]")) new Holding(panel.closest("form"), start);
}
