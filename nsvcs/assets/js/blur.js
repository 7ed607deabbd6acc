// Pictures that may upset: shown blurred, clear when tapped, blurred again by a second tap.
// Without scripts the picture stays behind its own "show" line, which is a <details>.
export function startBlur(scope) {
  for (const box of scope.querySelectorAll("details.app-blurred")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "app-blurred__cover";
    button.setAttribute("aria-pressed", "false");
    const label = document.createElement("span");
    label.className = "app-blurred__label";
    label.textContent = box.querySelector("summary").textContent;
    button.append(label, ...box.querySelectorAll("img"));
    button.addEventListener("click", () => {
      const isShown = button.getAttribute("aria-pressed") === "true";
      button.setAttribute("aria-pressed", String(!isShown));
    });
    box.replaceWith(button);
  }
}
