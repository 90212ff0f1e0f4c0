// Comfort for the frame. Everything here also works without it, one page load slower.

/** Switch the look at once, and let the server remember it. */
function changeTheme(event) {
  const form = event.target.closest("[data-theme-form]");
  const chosen = event.submitter?.value;
  if (!form || !chosen) return;
  event.preventDefault();
  const body = new FormData(form);
  body.set("theme", chosen);
  document.documentElement.dataset.theme = chosen;
  try {
    localStorage.setItem("pacemark-theme", chosen);
  } catch {
    // storage is switched off: the server remembers
  }
  for (const button of document.querySelectorAll('[data-theme-form] button[name="theme"]')) {
    button.setAttribute("aria-pressed", String(button.value === chosen));
  }
  document.dispatchEvent(new CustomEvent("pacemark:theme"));
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => form.submit());
}

/** Close the person's panel on Escape and on a click elsewhere. */
function closePanels(event) {
  for (const panel of document.querySelectorAll("details.me[open]")) {
    if (event.type === "keydown" ? event.key === "Escape" : !panel.contains(event.target)) {
      panel.open = false;
      if (event.type === "keydown") panel.querySelector("summary").focus();
    }
  }
}

/** Tell assistive technology what a swap changed: any swapped element may carry data-announce. */
function announce(event) {
  const words = event.detail?.elt?.closest?.("[data-announce]")?.dataset.announce;
  if (words) document.getElementById("announce").textContent = words;
}

document.addEventListener("submit", changeTheme);
document.addEventListener("click", closePanels);
document.addEventListener("keydown", closePanels);
document.addEventListener("htmx:afterSettle", announce);
