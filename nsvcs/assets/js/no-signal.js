// Notes written without signal: sealed, kept on this phone, sent by themselves. Does nothing where it was not turned on.
import { counted } from "./counting.js";
import { queue } from "./queue.js";
import { seal } from "./sealing.js";

const BEFORE_EXIT = 800; // less than leaving waits for, so that what waits is deleted in any case
const LOCK = "sending";
const LONGEST = 400_000;
const NOT_YOURS = 409;
const place = document.querySelector("[data-no-signal]");
const words = place?.dataset ?? {};
const line = place?.querySelector("[data-no-signal-line]");
let isOn = false;
let hers; // the tag under which this phone sends to the account that is signed in

const isPossible = () => "serviceWorker" in navigator && "indexedDB" in window && Boolean(window.crypto?.subtle);
const registration = async () => (isPossible() ? navigator.serviceWorker.getRegistration(words.scope) : undefined);

function say(text) {
  if (!line || !text) return;
  document.querySelector("#main-content")?.prepend(place);
  place.hidden = false;
  line.textContent = text;
}

// --- sending -----------------------------------------------------------------------------------------------------------

// What the server says to this phone; nothing where nobody is signed in, an error where it cannot be reached.
async function ask(about) {
  const headers = { Accept: "application/json", "X-Tag": about.tag };
  const response = await fetch(words.keyUrl, { headers, redirect: "manual", cache: "no-store" });
  if (response.type === "opaqueredirect" || [401, 403, 404].includes(response.status)) return undefined;
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

async function sendOne(envelope, token) {
  const body = new URLSearchParams({ envelope: JSON.stringify(envelope) });
  const headers = { Accept: "application/json", "X-CSRFToken": token };
  const response = await fetch(words.sendUrl, { method: "POST", body, headers, redirect: "error" });
  if (response.status === NOT_YOURS) return undefined; // somebody else's waits here: not a word of it
  if (!response.ok) throw new Error(String(response.status));
  const { outcome } = await response.json();
  await queue.remove(envelope.entry);
  return outcome;
}

async function sendAll() {
  const [about, waiting] = [await queue.about(), await queue.waiting()];
  if (!about) return {};
  let told;
  try {
    told = await ask(about);
  } catch {
    return { waiting: waiting.length };
  }
  if (told === undefined) return { waiting: waiting.length, isSignedOut: true };
  if (told.key.id !== about.key.id) await queue.setAbout({ ...about, key: told.key });
  const sent = { kept: 0, draft: 0, unopened: 0, waiting: 0 };
  for (const envelope of waiting) {
    try {
      const outcome = await sendOne(envelope, told.token);
      if (outcome) sent[outcome === "again" ? "kept" : outcome] += 1;
    } catch {
      sent.waiting += 1;
    }
  }
  return sent;
}

// Two windows never send at once; the server would take each note once all the same.
const flush = () => (navigator.locks ? navigator.locks.request(LOCK, sendAll) : sendAll());

// What was sent, and what was not: the line may drop between two notes.
function tell(sent) {
  const parts = [];
  if (sent.unopened) parts.push(words.unopened);
  else if (sent.draft) parts.push(words.draft);
  else if (sent.kept) parts.push(counted(words.sent, sent.kept));
  if (sent.waiting) parts.push(counted(sent.isSignedOut ? words.signIn : words.waiting, sent.waiting));
  say(parts.join(" "));
}

// Another window may have turned it off: then nothing here is opened again, for opening leaves a trace.
async function isStillOn() {
  isOn = isOn && Boolean(await registration());
  return isOn;
}

async function send() {
  if (await isStillOn()) tell(await flush());
}

// Exit takes along what has not been sent; it was said before. What can still go, goes first.
document.addEventListener("page:leaving", (event) => {
  if (!isOn || !event.detail) return;
  const enough = new Promise((resolve) => setTimeout(resolve, BEFORE_EXIT));
  const sendAndEmpty = async () => {
    if (!(await isStillOn())) return;
    await Promise.race([sendAll().catch(() => {}), enough]);
    await queue.empty();
  };
  event.detail.push(sendAndEmpty());
});

// --- the page to write on ---------------------------------------------------------------------------------------------

function fieldsOf(form) {
  const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string" && value));
  const today = new Date();
  const day = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((part) => String(part).padStart(2, "0"));
  return { ...fields, when: "other", asked_on: day.join("-") };
}

function setToday(form) {
  const today = new Date();
  const parts = { on_day: today.getDate(), on_month: today.getMonth() + 1, on_year: today.getFullYear() };
  for (const [name, value] of Object.entries(parts)) form.elements.namedItem(name).value = value;
}

function fault(box, text) {
  const group = box.closest(".govuk-form-group");
  let told = group.querySelector(".govuk-error-message");
  if (!told) {
    told = document.createElement("p");
    told.className = "govuk-error-message";
    told.id = `${box.id}-error`;
    told.setAttribute("role", "alert");
    box.before(told);
  }
  told.textContent = text;
  group.classList.add("govuk-form-group--error");
  box.setAttribute("aria-describedby", told.id);
  box.focus();
}

function clearFault(box) {
  const group = box.closest(".govuk-form-group");
  group.querySelector(".govuk-error-message")?.remove();
  group.classList.remove("govuk-form-group--error");
}

async function save(form) {
  const box = form.elements.namedItem("what_happened");
  clearFault(box);
  if (!box.value.trim()) return fault(box, form.dataset.missing);
  const fields = fieldsOf(form);
  if (JSON.stringify(fields).length > LONGEST) return fault(box, form.dataset.tooLong);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!(await isStillOn())) return fault(box, form.dataset.notKept);
  try {
    await queue.add(await seal({ fields, written_at: new Date().toISOString(), zone }, await queue.about()));
  } catch {
    return fault(box, form.dataset.notKept);
  }
  form.reset();
  setToday(form);
  say(counted(words.waiting, await queue.count()));
  line?.scrollIntoView({ block: "center" });
  send();
}

function startPage(form) {
  form.closest("[data-no-signal-page]").dataset.noSignalPage = isOn ? "on" : "off";
  for (const part of document.querySelectorAll("[data-no-signal-when]")) {
    part.hidden = part.dataset.noSignalWhen !== (isOn ? "on" : "off");
  }
  if (!isOn) return;
  setToday(form);
  let isSaving = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isSaving) return;
    isSaving = true;
    await save(form);
    isSaving = false;
  });
}

// --- the ordinary page to write on, when its line drops ---------------------------------------------------------------

const FORMAL = ["csrfmiddlewaretoken", "form_owner", "draft", "revision", "boxes", "press", "view"];
const isNote = (form) => form.elements.namedItem("boxes")?.value === "all";

// A file cannot be locked here: a note that has one waits on its page.
function hasFiles(form) {
  return [...new FormData(form)].some(([name, value]) => name === "files" || (value instanceof File && value.size));
}

function wholeForm(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || !value || FORMAL.includes(name)) continue;
    fields[name] = name in fields ? [fields[name], value].flat() : value;
  }
  return fields;
}

// Under the note's own key: if it arrived after all and only the answer was lost, it is still kept once.
async function lock(note, about, key) {
  try {
    await queue.add(await seal(note, about, key));
  } catch {
    await queue.add(await seal(note, about)); // it waits already, from another window, with other words
  }
}

async function lockForm(form, press) {
  const isMeant = isNote(form) && ["", "save"].includes(press) && !hasFiles(form);
  if (!isMeant || !hers || !(await isStillOn())) return false;
  const about = await queue.about();
  const fields = wholeForm(form);
  const isFit = fields.what_happened?.trim() && JSON.stringify(fields).length <= LONGEST;
  if (!isFit || about?.tag !== hers) return false;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  await lock({ fields, written_at: new Date().toISOString(), zone }, about, form.elements.namedItem("draft").value);
  for (const button of document.querySelectorAll(`[form="${CSS.escape(form.id)}"]`)) button.remove();
  const main = document.querySelector("#main-content");
  main.replaceChildren(main.querySelector("h1"));
  place.querySelector("[data-no-signal-more]").hidden = false;
  say(counted(words.waiting, await queue.count()));
  line?.scrollIntoView({ block: "center" });
  send(); // after what is being sent just now, whose words are not to stand over this one's
  return true;
}

document.addEventListener("form:unsent", (event) => {
  if (isOn) event.detail.locking.push(lockForm(event.target, event.detail.press).catch(() => false));
});

// Sent to whom? Only where the server has said on this very page that it is hers.
async function learnWhose() {
  if (![...document.forms].some(isNote)) return;
  const about = await queue.about();
  const told = about && (await ask(about).catch(() => undefined));
  hers = told?.is_yours ? about.tag : undefined;
}

// --- turning it on and off --------------------------------------------------------------------------------------------

function settled(found) {
  const script = found.installing ?? found.waiting ?? found.active;
  if (script.state === "activated") return Promise.resolve();
  return new Promise((resolve, reject) => {
    script.addEventListener("statechange", () => {
      if (script.state === "activated") resolve();
      if (script.state === "redundant") reject(new Error("redundant"));
    });
  });
}

async function post(form, more = {}) {
  const body = new URLSearchParams({ ...Object.fromEntries(new FormData(form)), ...more });
  const headers = { Accept: "application/json" };
  const response = await fetch(form.action, { method: "POST", body, headers, redirect: "error" });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

async function forget() {
  const found = await registration();
  await found?.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  await queue.destroy();
  isOn = false;
}

async function turnOn(form) {
  const { tag, key } = await post(form);
  try {
    await queue.setAbout({ tag, key });
    await settled(await navigator.serviceWorker.register(words.workerUrl, { scope: words.scope }));
    isOn = true;
  } catch (error) {
    await forget();
    throw error;
  }
}

async function turnOff(form) {
  const count = await queue.count();
  if (count && !form.dataset.warned) {
    form.dataset.warned = "yes";
    return say(counted(words.losing, count));
  }
  const about = await queue.about();
  await forget();
  await post(form, { tag: about?.tag ?? "" }).catch(() => {});
}

// Turned on by another account it is off for this one: whoever turns it on last has her notes sent to her own.
async function isHers() {
  if (!isOn) return false;
  try {
    const told = await ask(await queue.about());
    return told === undefined || told.is_yours;
  } catch {
    return true;
  }
}

async function show(offer) {
  const state = isPossible() ? ((await isHers()) ? "on" : "off") : "cannot";
  for (const part of offer.querySelectorAll("[data-no-signal-when]")) part.hidden = part.dataset.noSignalWhen !== state;
}

function startOffer(offer) {
  for (const [name, change] of [["on", turnOn], ["off", turnOff]]) {
    const form = offer.querySelector(`form[data-no-signal-${name}]`);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        await change(form);
      } catch {
        say(words.failed);
      }
      await show(offer);
      offer.querySelector("[data-no-signal-when]:not([hidden]) [tabindex='-1']")?.focus();
    });
  }
  show(offer);
}

// She chose another language: the page that is kept is to speak it too.
async function renewPage(found) {
  const spoken = `in=${document.documentElement.lang}`;
  if (!(await caches.keys()).some((name) => name.endsWith(spoken))) await found.update().catch(() => {});
}

async function start() {
  const found = await registration();
  isOn = Boolean(found);
  const [form, offer] = [document.querySelector("form[data-no-signal-form]"), document.querySelector("[data-no-signal-offer]")];
  if (form) startPage(form);
  if (offer) startOffer(offer);
  for (const button of document.querySelectorAll("[data-no-signal-send]")) button.addEventListener("click", send);
  if (!isOn) return;
  window.addEventListener("online", send);
  renewPage(found);
  await learnWhose();
  await send();
}

if (place) start();
