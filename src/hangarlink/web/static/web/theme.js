// Loaded before the page paints, so that nobody is dazzled: what the person chose, else what the system says.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const apply = () => {
    document.documentElement.dataset.bsTheme = chosen() ?? (system.matches ? "dark" : "light");
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    // Choosing what the system says anyway means: follow the system.
    try { (next === "dark") === system.matches ? localStorage.removeItem("theme") : localStorage.setItem("theme", next); } catch { /* private mode */ }
    document.documentElement.dataset.bsTheme = next;
  });
})();
