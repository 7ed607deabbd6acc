// Says that a file is too big before minutes are spent on sending it.
function lineOf(input, group) {
  let line = group.querySelector("[data-too-big-line]");
  if (!line) {
    line = document.createElement("p");
    line.className = "govuk-error-message";
    line.dataset.tooBigLine = "";
    line.setAttribute("role", "alert");
    group.querySelector(".govuk-file-upload-wrapper, .govuk-file-upload").before(line);
  }
  return line;
}

function isFine(input) {
  const total = [...input.files].reduce((sum, file) => sum + file.size, 0);
  const fits = total <= Number(input.dataset.maxBytes);
  const group = input.closest(".govuk-form-group");
  if (!group || (fits && !group.querySelector("[data-too-big-line]"))) return fits;
  const line = lineOf(input, group);
  line.textContent = fits ? "" : input.dataset.tooBig;
  group.classList.toggle("govuk-form-group--error", !fits);
  if (!fits) line.scrollIntoView({ block: "center" });
  return fits;
}

export function startUploads(scope) {
  for (const input of scope.querySelectorAll("input[type=file][data-max-bytes]")) {
    if (input.closest("[data-sending]")) continue; // sent in pieces, which may be many
    input.addEventListener("change", () => isFine(input));
    input.form?.addEventListener("submit", (event) => isFine(input) || event.preventDefault());
  }
}
