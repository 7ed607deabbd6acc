// Passkeys: when a form with a [data-passkey] box is sent, the browser is asked for the key first and its answer goes
// into the box. The options come with the page; `webauthnJSON` turns them into what browsers take and back.
for (const box of document.querySelectorAll("input[data-passkey]")) {
  const form = box.form;
  const line = form.querySelector(".app-passkey-fault");
  form.addEventListener("submit", async (event) => {
    if (box.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    line.textContent = "";
    const options = JSON.parse(document.getElementById("passkey-options").textContent);
    try {
      const isNew = box.dataset.passkey === "create";
      const answer = isNew
        ? await window.webauthnJSON.create(options.creation_options)
        : await window.webauthnJSON.get(options.request_options);
      box.value = JSON.stringify(answer);
      form.submit();
    } catch {
      line.textContent = line.dataset.fault;
    }
  });
}
