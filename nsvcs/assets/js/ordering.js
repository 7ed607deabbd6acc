// Staff pages only: parts put in order by dragging, with a mouse, a pen or a finger. Beside each part stand buttons that
// do the same: a drop presses a button too, with the place it was dropped at.
const list = document.querySelector("[data-order]");
const drop = document.querySelector("[data-order-drop]");
const said = document.querySelector("[data-order-said]");

// What a press has changed is said once more after the page is here: a line that is there from the beginning is not read.
if (said?.dataset.orderSaid) setTimeout(() => { said.textContent = said.dataset.orderSaid; }, 200);

function startDragging() {
  const rows = () => [...list.children];
  let held = null;
  let before = [];

  function put(back) {
    if (back) list.append(...before);
    held?.classList.remove("app-order__item--held");
    held = null;
  }

  function follow(event) {
    const over = rows().find((row) => {
      const box = row.getBoundingClientRect();
      return row !== held && event.clientY >= box.top && event.clientY <= box.bottom;
    });
    if (!over) return;
    const box = over.getBoundingClientRect();
    const isBelow = event.clientY > box.top + box.height / 2;
    over[isBelow ? "after" : "before"](held);
  }

  for (const handle of list.querySelectorAll("[data-order-handle]")) {
    handle.hidden = false;
    handle.addEventListener("pointerdown", (event) => {
      if (held || event.button !== 0) return;
      event.preventDefault();
      held = handle.closest("li");
      before = rows();
      held.classList.add("app-order__item--held");
    });
  }
  // On the page and not on the handle: a part that is put elsewhere loses hold of the pointer.
  document.addEventListener("pointermove", (event) => { if (held) follow(event); });
  document.addEventListener("pointercancel", () => { if (held) put(true); });
  document.addEventListener("pointerup", () => {
    if (!held) return;
    const place = rows().indexOf(held);
    const isMoved = before.indexOf(held) !== place;
    drop.value = `${held.dataset.name} to ${place + 1}`;
    put(false);
    if (isMoved) drop.form.requestSubmit(drop);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && held) put(true); });
}

if (list && drop) startDragging();
