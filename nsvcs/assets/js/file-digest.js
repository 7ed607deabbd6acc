// Works out a file's SHA-256 in the browser, so that the file itself need not be sent. The browser's own function takes
// a file whole: one that is too long for that is sent, and so is any file where there is no such function.
const LONGEST = 512 * 1024 * 1024;

export async function digestOf(file) {
  const found = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(found), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function start(form) {
  const [file, digest] = [form.elements.file, form.elements.digest];
  const [working, send] = [form.querySelector("[data-working]"), form.querySelector("[data-send-file]")];
  send.hidden = false;
  form.addEventListener("submit", async (event) => {
    const chosen = file.files[0];
    if (!chosen || chosen.size > LONGEST || event.submitter === send || form.dataset.done) return;
    event.preventDefault();
    working.hidden = false;
    try {
      digest.value = await digestOf(chosen);
      file.value = "";
    } catch {
      // Not enough memory, or it cannot be read any more: then it is sent, or the browser says why not.
    }
    form.dataset.done = "yes";
    form.submit();
  });
}

const field = document.querySelector("input[name=digest]");
if (field && globalThis.crypto?.subtle) start(field.form);
