// Sends files in pieces while the page is still open, by the protocol tus 1.0, and goes on where the line was cut.
// Nothing is stored in the browser: what is unfinished is listed by the server, and the same file is known again by
// its length and the digest of its first piece.
import { counted } from "./counting.js";
import { renewToken } from "./tokens.js";

const WAITS = [0, 1000, 3000, 10000, 30000];
const SILENT = 60000; // a piece that has not moved for so long is sent again
const SILENT_WHEN_BACK = 5000; // one that was on its way over the line before, once the browser has a line again
const LOOK_AGAIN = [500, 1000, 2000, 3000, 5000];
const STALE = [400, 403]; // an old token, in a request that has no form in it and in one that has
const LATER = [408, 429]; // said by what stands before the server: too slow, too many
const VERSION = { "Tus-Resumable": "1.0.0" };
// What a browser that knows the line calls it; over the others sending may cost money, or the browser does not say.
const WIFI_LINES = ["wifi", "ethernet", "wimax"];
const UNKNOWN_LINES = ["unknown", "other", "mixed"];
const MEGABYTE = 1024 * 1024;

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const encoded = (text) => base64(new TextEncoder().encode(text));
const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// Never "0.0 MB" for a photo that is there.
function sizeOf(file) {
  if (file.size >= MEGABYTE) return `${(file.size / MEGABYTE).toFixed(1)} MB`;
  return `${Math.max(0.1, file.size / 1024).toFixed(1)} KB`;
}

async function digestOf(blob) {
  const bytes = await blob.arrayBuffer(); // fails when the file has gone or changed since it was chosen
  return crypto.subtle ? crypto.subtle.digest("SHA-256", bytes) : undefined;
}

// One request, with its progress. HX-Request: a lapsed sign-in is then told by a header and not by another page.
function ask(method, url, { body, headers = {}, token, moved, owner } = {}) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    let silent;
    const listen = (longest = SILENT) => {
      clearTimeout(silent);
      silent = setTimeout(() => request.abort(), longest);
    };
    const over = new AbortController();
    window.addEventListener("online", () => listen(SILENT_WHEN_BACK), { signal: over.signal });
    request.open(method, url);
    const all = { ...VERSION, "X-CSRFToken": token, "HX-Request": "true", ...headers };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      listen();
      moved?.(event.loaded);
    };
    request.onload = () => done(request);
    request.onerror = request.onabort = () => failed(new Error("no signal"));
    request.onloadend = () => {
      clearTimeout(silent);
      over.abort();
    };
    if (owner) owner.request = request;
    listen();
    request.send(body);
  });
}

class Stopped extends Error {}

// A file that the server will not have does not keep the words from being saved; a missing signal does.
function passOver(error) {
  if (!(error instanceof Stopped)) throw error;
}

class Sending {
  constructor(box, file, row) {
    Object.assign(this, { box, file, row, offset: 0, tries: 0, state: "queued", sentBytes: 0, sentFor: 0 });
    this.begunKey = hex(crypto.getRandomValues(new Uint8Array(16)).buffer); // asked again, it is begun once
    this.words = row.querySelector("[data-state-words]");
    this.bar = row.querySelector("progress");
    this.pause = row.querySelector("[data-pause]");
    this.pause.hidden = false;
    this.bar.hidden = false;
    this.bar.max = file.size;
    this.bar.setAttribute("aria-label", file.name);
    this.pause.lastElementChild.textContent = ` ${file.name}`;
    this.pause.addEventListener("click", () => this.turn());
    this.say("queued");
  }

  get isToGo() {
    return ["queued", "sending", "waiting"].includes(this.state);
  }

  get isBusy() {
    return this.isToGo || this.state === "wifi";
  }

  // The server has to hear of it before the note is saved: after that the note takes no new ones.
  get isUnheardOf() {
    return (this.isBusy || this.state === "paused") && !this.row.dataset.letters;
  }

  get url() {
    return `${this.box.create}${this.row.dataset.letters}/`;
  }

  ask(method, url, more) {
    return ask(method, url, { token: this.box.token, owner: this, ...more });
  }

  // Until all is sent, it is paused, or it cannot go on.
  async run() {
    while (this.isToGo) {
      try {
        await this.go();
        return;
      } catch (error) {
        if (error instanceof Stopped || !this.isToGo) return;
        await this.waitForSignal();
      }
    }
  }

  async waitForSignal() {
    const wait = WAITS[Math.min(this.tries, WAITS.length - 1)];
    this.tries += 1;
    if (wait) this.say("waiting");
    this.isUnsure = true;
    await Promise.race([later(wait), new Promise((done) => (this.wake = done))]);
  }

  // The first try over a new line may come too early: the waits begin anew.
  lineIsBack() {
    this.tries = 0;
    this.wake?.();
  }

  async go() {
    await this.beBegun();
    if (this.isUnsure) await this.findOffset();
    this.say("sending");
    while (this.offset < this.file.size) {
      if (this.state !== "sending") throw new Stopped();
      await this.sendPiece();
    }
    this.end("checking");
  }

  // Once, whoever asks: the queue, or the form that is about to be sent.
  beBegun() {
    if (this.row.dataset.letters) return Promise.resolve();
    this.beginning ??= this.begin().finally(() => (this.beginning = undefined));
    return this.beginning;
  }

  async begin() {
    const first = await this.first();
    const note = this.box.root.dataset.note;
    const said = { filename: this.file.name, [note ? "note" : (this.box.root.dataset.keyName ?? "draft")]: note ?? this.box.key };
    if (first) said.first = first;
    said.key = this.begunKey;
    const metadata = Object.entries(said).map(([key, value]) => `${key} ${encoded(value)}`);
    const headers = { "Upload-Length": this.file.size, "Upload-Metadata": metadata.join(",") };
    const answer = await this.ask("POST", this.box.create, { headers });
    if (answer.status !== 201) return this.refused(answer);
    this.box.named(this, answer.getResponseHeader("Location"));
  }

  async first() {
    try {
      const digest = await digestOf(this.file.slice(0, this.box.piece));
      return digest && hex(digest);
    } catch {
      return this.stop("lost");
    }
  }

  async findOffset() {
    const answer = await this.ask("HEAD", this.url);
    if (answer.status !== 200) return this.refused(answer);
    this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    this.isUnsure = false;
    this.show(this.offset);
  }

  async sendPiece() {
    const piece = this.file.slice(this.offset, this.offset + this.box.piece);
    const headers = { "Upload-Offset": this.offset, "Content-Type": "application/offset+octet-stream" };
    try {
      const digest = await digestOf(piece);
      if (digest) headers["Upload-Checksum"] = `sha256 ${base64(digest)}`;
    } catch {
      return this.stop("lost");
    }
    const began = performance.now();
    const moved = (bytes) => this.show(this.offset + Math.min(bytes, piece.size));
    const answer = await this.ask("PATCH", this.url, { body: piece, headers, moved });
    if (answer.status === 409 || answer.status === 460) {
      await later(500);
      return this.findOffset();
    }
    if (answer.status !== 204 || answer.getResponseHeader("HX-Redirect")) return this.refused(answer);
    this.offset = Number(answer.getResponseHeader("Upload-Offset"));
    this.sentBytes += piece.size;
    this.sentFor += performance.now() - began;
    this.tries = 0;
    this.isRenewed = false;
    this.show(this.offset);
  }

  // The server will not have it: try again where that may help, else say why and end.
  async refused(answer) {
    if (answer.getResponseHeader("HX-Redirect")) return this.stop("out");
    const isOurs = Boolean(answer.getResponseHeader("Tus-Resumable"));
    if (answer.status >= 500 || (!isOurs && LATER.includes(answer.status))) throw new Error("try again");
    if (!isOurs && (await this.renews(answer))) throw new Error("try again");
    if (!isOurs && answer.status !== 404) return this.stop("out");
    return this.stop(answer.status === 415 ? "refused" : "lost", isOurs ? answer.responseText : "");
  }

  // She signed in anew in another window, and the token of this page is an old one. Once: it may be refused for more.
  async renews(answer) {
    if (!STALE.includes(answer.status) || this.isRenewed) return false;
    this.isRenewed = true;
    return this.box.renew();
  }

  stop(state, words) {
    this.end(state, words);
    throw new Stopped();
  }

  end(state, words = "") {
    this.say(state, words);
    this.pause.hidden = true;
    this.bar.hidden = state !== "out";
    if (["refused", "lost"].includes(state)) this.row.querySelector("input[name=files]")?.remove();
    if (state === "checking") this.box.look();
    this.box.next();
  }

  turn() {
    if (this.state === "paused") {
      this.isUnsure = Boolean(this.row.dataset.letters);
      this.say("queued");
    } else {
      this.say("paused");
      this.request?.abort();
    }
    this.pause.firstElementChild.textContent = this.box.word(this.state === "paused" ? "go" : "pause");
    this.wake?.(); // others may go, or this one at once
    this.box.next();
  }

  // Not over this line: until there is Wi-Fi, or the choice is taken back.
  hold() {
    this.isUnsure = Boolean(this.row.dataset.letters);
    this.say("wifi");
    this.request?.abort();
    this.wake?.();
  }

  say(state, words = "") {
    const isNew = state !== this.state;
    this.state = this.row.dataset.state = state;
    const own = words && state === "lost" ? words : `${this.box.word(state)} ${words}`.trim();
    this.words.textContent = own;
    if (isNew) this.box.tell(`${this.file.name}: ${own}`);
  }

  show(bytes) {
    this.bar.value = bytes;
    if (this.state !== "sending") return;
    const share = Math.floor((100 * bytes) / this.file.size);
    this.words.textContent = `${this.box.word("sending")}: ${share}% – ${this.amounts(bytes)}${this.left(bytes)}`;
  }

  amounts(bytes) {
    const isLong = this.file.size >= MEGABYTE;
    const [unit, words] = isLong ? [MEGABYTE, "of"] : [1024, "ofKb"];
    const places = this.file.size < 10 * MEGABYTE ? 1 : 0;
    const all = Math.max(0.1, this.file.size / unit).toFixed(places);
    const done = (bytes / unit).toFixed(places);
    return this.box.word(words).replace("%1", done).replace("%2", all);
  }

  left(bytes) {
    if (!this.sentBytes) return "";
    const minutes = ((this.file.size - bytes) * this.sentFor) / this.sentBytes / 60000;
    if (minutes < 0.75) return ` · ${this.box.word("soon")}`;
    return ` · ${counted(this.box.word("minutes"), minutes < 1.5 ? 1 : Math.ceil(minutes))}`;
  }
}

class SendingBox {
  constructor(root) {
    this.root = root;
    this.form = root.closest("form");
    this.inputs = root.querySelectorAll("input[type=file]");
    this.rows = root.querySelector("[data-rows]");
    this.live = root.querySelector("[data-live]");
    this.create = root.dataset.createUrl;
    this.piece = Number(root.dataset.pieceBytes);
    this.token = this.form.elements.namedItem("csrfmiddlewaretoken").value;
    this.firstKey = this.key;
    this.all = [];
    this.looks = 0;
    this.offerWifi();
    for (const input of this.inputs) input.addEventListener("change", () => this.choose(input));
    this.rows.addEventListener("click", (event) => this.remove(event));
    this.form.addEventListener("submit", (event) => this.submit(event), { capture: true });
    document.addEventListener("visibilitychange", () => this.stayAwake());
    window.addEventListener("online", () => this.all.forEach((each) => each.lineIsBack()));
    if (this.rowsIn("checking").length) this.look();
  }

  get key() {
    return this.form.elements.namedItem(this.root.dataset.keyBox)?.value ?? "";
  }

  get isBusy() {
    return this.all.some((each) => each.isBusy);
  }

  // The words' form may be gone by then; every page that is signed in has the token in more than one place.
  async renew() {
    const isNew = await renewToken();
    if (isNew) this.token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
    return isNew;
  }

  // The choice lives in this page alone. Where the browser does not know the line, that is said instead.
  offerWifi() {
    this.line = navigator.connection;
    this.wifi = this.root.querySelector("[data-wifi]");
    const isKnown = this.line?.type && !UNKNOWN_LINES.includes(this.line.type);
    this.wifi.hidden = !isKnown;
    this.root.querySelector("[data-wifi-unknown]").hidden = Boolean(isKnown);
    if (!isKnown) return;
    this.wifi.querySelector("input").addEventListener("change", () => this.next());
    this.line.addEventListener("change", () => this.next());
  }

  get mayGo() {
    return !this.wifi.querySelector("input").checked || WIFI_LINES.includes(this.line?.type);
  }

  word(name) {
    return this.root.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  }

  tell(words) {
    this.live.textContent = words;
  }

  rowsIn(state) {
    return [...this.rows.children].filter((row) => row.dataset.state === state);
  }

  // Files leave the box as they are chosen, or the form would send them once more.
  async choose(input) {
    const files = [...input.files];
    if (!files.length) return;
    input.value = "";
    input.dispatchEvent(new Event("change"));
    for (const file of files) await this.add(file);
  }

  async add(file) {
    const known = await this.unfinishedRow(file);
    const row = known ?? this.newRow(file);
    const sending = new Sending(this, file, row);
    sending.isUnsure = Boolean(known);
    this.all.push(sending);
    if (file.size > Number(this.root.dataset.mostBytes)) sending.end("lost", this.word("big"));
    this.next();
  }

  // The row of this very file, begun before: the same length, and a first piece with the same digest.
  async unfinishedRow(file) {
    const taken = new Set(this.all.filter((each) => each.isBusy).map((each) => each.row));
    const rows = [...this.rows.children].filter((row) => !taken.has(row) && Number(row.dataset.size) === file.size);
    const waiting = rows.filter((row) => ["sending", "paused", "out", "lost"].includes(row.dataset.state));
    if (!waiting.length || !crypto.subtle) return undefined;
    try {
      const first = hex(await digestOf(file.slice(0, this.piece)));
      return waiting.find((row) => row.dataset.letters && row.dataset.first === first);
    } catch {
      return undefined;
    }
  }

  newRow(file) {
    const row = this.root.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-file-name]").textContent = file.name;
    row.querySelector(".app-sending__size").textContent = sizeOf(file);
    row.querySelector("[data-name]").textContent = ` ${file.name}`;
    row.dataset.size = file.size;
    this.rows.append(row);
    return row;
  }

  // The server knows it now: the form carries it, and the address is that of the unfinished note.
  named(sending, location) {
    const letters = location.split("/").filter(Boolean).pop();
    const carried = sending.row.querySelector("input[name=files]");
    sending.row.dataset.letters = carried.value = letters;
    carried.disabled = false;
    const { address } = this.root.dataset;
    if (address && !this.isSaved && this.key === this.firstKey) history.replaceState(history.state, "", address);
  }

  next() {
    for (const each of this.all) {
      if (each.isToGo && !this.mayGo) each.hold();
      else if (each.state === "wifi" && this.mayGo) each.say("queued");
    }
    this.stayAwake();
    if (this.all.some((each) => each.isRunning)) return;
    const waiting = this.all.find((each) => each.state === "queued");
    if (waiting) {
      waiting.isRunning = true;
      waiting.run().finally(() => {
        waiting.isRunning = false;
        this.next();
      });
    } else if (!this.isBusy) this.leave();
  }

  async stayAwake() {
    const isNeeded = this.all.some((each) => each.isToGo) && !document.hidden;
    if (isNeeded === Boolean(this.lock) || this.isAsking) return;
    this.isAsking = true;
    try {
      if (isNeeded) {
        this.lock = await navigator.wakeLock?.request("screen");
        this.lock?.addEventListener("release", () => (this.lock = undefined));
      } else {
        await this.lock.release();
      }
    } catch {
      // The browser does not allow it: the screen may go dark, and sending goes on when it is back.
    }
    this.isAsking = false;
  }

  // How far are those that are being looked at?
  async look() {
    if (this.isLooking) return;
    this.isLooking = true;
    while (this.rowsIn("checking").length) {
      await later(LOOK_AGAIN[Math.min(this.looks++, LOOK_AGAIN.length - 1)]);
      const letters = this.rowsIn("checking").map((row) => row.dataset.letters);
      try {
        const answer = await ask("GET", `${this.create}?files=${letters.join(",")}`, { token: this.token });
        if (answer.status >= 500) continue;
        if (answer.status !== 200 || answer.getResponseHeader("HX-Redirect")) break;
        JSON.parse(answer.responseText).files.forEach((told) => this.told(told));
      } catch {
        // No signal just now.
      }
    }
    this.isLooking = false;
    this.leave();
  }

  told({ letters, state, words }) {
    if (state === "checking") return;
    const row = [...this.rows.children].find((each) => each.dataset.letters === letters);
    if (!row) return;
    const isSafe = ["whole", "joined"].includes(state);
    row.dataset.state = isSafe ? "safe" : state;
    const said = isSafe ? this.word("safe") : state === "refused" ? `${this.word("refused")} ${words}` : this.word("lost");
    row.querySelector("[data-state-words]").textContent = said;
    if (!isSafe) row.querySelector("input[name=files]")?.remove();
    if (!isSafe) this.hasTrouble = true;
    if (state === "joined") row.querySelector("[data-remove]")?.remove();
    this.tell(`${row.querySelector("[data-file-name]").textContent}: ${said}`);
  }

  async remove(event) {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("tr");
    const sending = this.all.find((each) => each.row === row);
    if (sending) {
      sending.state = "removed";
      sending.request?.abort();
    }
    this.all = this.all.filter((each) => each !== sending);
    const { letters } = row.dataset;
    row.remove();
    this.tell(this.word("removed"));
    this.root.querySelector("button.govuk-file-upload-button")?.focus();
    if (letters) await ask("DELETE", `${this.create}${letters}/`, { token: this.token }).catch(() => undefined);
    this.next();
  }

  // The form is sent while files are still on their way: what was written is kept now, this page stays until they are.
  submit(event) {
    if (this.isSaved || !(this.isBusy || this.all.some((each) => each.isUnheardOf))) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // what is typed goes on being saved until this is
    this.save(event.submitter);
  }

  async save(submitter) {
    try {
      await Promise.all(this.all.filter((each) => each.isUnheardOf).map((each) => each.beBegun().catch(passOver)));
      const body = new FormData(this.form);
      if (submitter?.name) body.append(submitter.name, submitter.value);
      const answer = await fetch(this.form.action, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      const isTold = answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json");
      if (isTold) this.saved((await answer.json()).to);
      else this.sendPlainly(submitter);
    } catch {
      this.tell(this.word("noSignal"));
      this.root.querySelector("[data-no-signal]")?.remove();
      const line = document.createElement("p");
      line.className = "govuk-error-message";
      line.dataset.noSignal = "";
      line.textContent = this.word("noSignal");
      this.root.append(line);
    }
  }

  // Something is to be said about the form: the server's own page says it; what was sent of the files stays.
  sendPlainly(submitter) {
    this.isSaved = true;
    if (submitter) this.form.requestSubmit(submitter);
    else this.form.requestSubmit();
  }

  saved(to) {
    this.isSaved = true;
    this.to = to;
    const panel = this.root.querySelector("template[data-saved]").content.firstElementChild.cloneNode(true);
    panel.querySelector("a").href = to;
    this.form.before(panel);
    // Numbers to call, if what was written brought any up, stay in sight.
    for (const call of this.form.querySelectorAll(".app-note-danger")) panel.before(call);
    panel.append(this.wifi, this.rows.closest("table"), this.live);
    this.form.dispatchEvent(new Event("submit", { cancelable: true })); // nothing more is saved while typing
    this.form.hidden = true;
    this.form.replaceChildren();
    panel.querySelector("h2").focus();
    this.next();
  }

  leave() {
    const isTrouble = this.hasTrouble || this.all.some((each) => ["refused", "lost", "out", "paused"].includes(each.state));
    if (this.to && !isTrouble && !this.isBusy) window.location.assign(this.to);
  }
}

export function startSending(scope) {
  for (const root of scope.querySelectorAll("[data-sending]")) {
    if (root.closest("form") && root.querySelector("input[type=file]")) new SendingBox(root);
  }
}
