// Keys for people × months: arrows walk, Enter types into a cell and saves it, Escape leaves it as it was.
// Without this file a cell is a link to a form.

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
let lastEdited = "";

/** Return the cell one step away among those that can be changed. */
function neighbour(cell, [down, right]) {
  const rows = [...document.querySelectorAll(".people-months tbody tr")];
  const cells = (row) => [...row.querySelectorAll("td[data-col]")];
  const row = rows.indexOf(cell.closest("tr"));
  const column = cells(rows[row]).indexOf(cell);
  let next = [row + down, column + right];
  while (rows[next[0]]) {
    const found = cells(rows[next[0]])[next[1]];
    if (!found) return null;
    const link = found.querySelector("a.cell");
    if (link) return link;
    next = [next[0] + down, next[1] + right];
  }
  return null;
}

function pressed(event) {
  const cell = event.target.closest?.(".people-months td[data-col]");
  if (!cell) return;
  if (event.key === "Escape" && event.target.matches("input")) {
    event.preventDefault();
    cell.querySelector("[data-cancel]")?.click();
  } else if (ARROWS[event.key] && event.target.matches("a.cell")) {
    const link = neighbour(cell, ARROWS[event.key]);
    if (!link) return;
    event.preventDefault();
    link.focus();
  }
}

/** After a swap the keyboard stays where it was: in the field that opened, or on the cell that was saved. */
function settled(event) {
  const field = event.target.querySelector?.("input[name=amount]") ?? document.querySelector("td[data-col] input[name=amount]");
  if (field) {
    lastEdited = field.closest("td").id;
    field.focus();
    field.select();
  } else if (lastEdited) {
    document.getElementById(lastEdited)?.querySelector("a.cell")?.focus();
    lastEdited = "";
  }
}

document.addEventListener("keydown", pressed);
document.addEventListener("htmx:afterSettle", settled);
