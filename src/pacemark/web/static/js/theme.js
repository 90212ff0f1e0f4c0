// Runs before the first paint, so that a dark page never flashes white.
// A signed-in person's choice comes from the server; the sign-in page repeats the last one seen on this machine.
(() => {
  const root = document.documentElement;
  const key = "pacemark-theme";
  try {
    if (root.hasAttribute("data-theme-kept")) {
      localStorage.setItem(key, root.dataset.theme);
    } else {
      root.dataset.theme = localStorage.getItem(key) || root.dataset.theme;
    }
  } catch {
    // storage is switched off: the system's own choice stands
  }
})();
