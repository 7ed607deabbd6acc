// Staff pages only: words and squares that are ticked one by one can be marked with the mouse too. The boxes stay the
// form: what is marked is what is ticked.
const scopes = document.querySelectorAll("[data-words], [data-squares]");
for (const hint of document.querySelectorAll("[data-drag-hint]")) hint.hidden = false;

// A passage of words: as people mark text anywhere.
function tickSelection(scope) {
  const chosen = document.getSelection();
  if (!chosen || chosen.isCollapsed || !chosen.toString().trim()) return;
  const labels = [...scope.querySelectorAll("label")].filter((label) => chosen.containsNode(label, true));
  if (labels.length < 2) return; // a press on one word ticks it by itself
  for (const label of labels) label.querySelector("input").checked = true;
  chosen.removeAllRanges();
}

// Squares: from where the mouse goes down to where it comes up, all between.
function startDrawing(scope) {
  const boxes = [...scope.querySelectorAll("input")];
  const columns = 20;
  let first = -1;
  let kept = [];
  const at = (event) => {
    const label = document.elementFromPoint(event.clientX, event.clientY)?.closest("label");
    return label ? boxes.indexOf(label.querySelector("input")) : -1;
  };
  const draw = (last) => {
    const rows = [Math.floor(first / columns), Math.floor(last / columns)].sort((a, b) => a - b);
    const sides = [first % columns, last % columns].sort((a, b) => a - b);
    boxes.forEach((box, place) => {
      const [row, side] = [Math.floor(place / columns), place % columns];
      box.checked = kept[place] || (row >= rows[0] && row <= rows[1] && side >= sides[0] && side <= sides[1]);
    });
  };
  scope.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    first = at(event);
    kept = boxes.map((box) => box.checked);
    event.preventDefault();
  });
  scope.addEventListener("pointermove", (event) => {
    const last = at(event);
    if (first >= 0 && last >= 0 && last !== first) draw(last);
  });
  document.addEventListener("pointerup", () => { first = -1; });
}

for (const scope of scopes) {
  if ("squares" in scope.dataset) startDrawing(scope);
  else document.addEventListener("mouseup", () => tickSelection(scope));
}
