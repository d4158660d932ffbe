// Small helps on top of pages that work without them.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (element) => element.closest("input:not([type=checkbox],[type=radio]), select, textarea, [contenteditable]");

  // --- keyboard: `/` search, `?` help, `g` and then the letter of a menu entry ---------------------------------
  let waiting = 0;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { closeMenus(); closeSide(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || $("dialog[open]")) return;
    if (Date.now() - waiting < 1500) {
      waiting = 0;
      const entry = $(`[data-go="${CSS.escape(event.key.toLowerCase())}"]`);
      if (entry) { event.preventDefault(); entry.click(); return; }
    }
    if (event.key === "g") { waiting = Date.now(); }
    else if (event.key === "/") { event.preventDefault(); ($("[data-list-search]") ?? $("#search"))?.focus(); }
    else if (event.key === "?") { event.preventDefault(); $("#help")?.showModal(); }
  });

  // --- menus and dialogs -----------------------------------------------------------------------------------------
  const closeMenus = (except) => $$("details.drop[open]").forEach((menu) => {
    if (menu === except) return;
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) $("summary", menu).focus();
  });
  const closeSide = () => {
    document.body.classList.remove("side-open");
    $("[data-side]")?.setAttribute("aria-expanded", "false");
  };
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.drop"));
    const opener = event.target.closest("[data-dialog]");
    if (opener) { event.preventDefault(); document.getElementById(opener.dataset.dialog)?.showModal(); }
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    if (event.target.matches("dialog")) event.target.close();
    if (event.target.closest("[data-print]")) print();
    if (event.target.closest(".side-veil")) closeSide();
    const side = event.target.closest("[data-side]");
    if (side) side.setAttribute("aria-expanded", String(document.body.classList.toggle("side-open")));
    const copy = event.target.closest("[data-copy]");
    if (copy) navigator.clipboard?.writeText($(copy.dataset.copy)?.innerText ?? "").then(() => { copy.textContent = "Copied"; });
  });

  // --- forms: sent once, and what matters first -------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  addEventListener("pageshow", () => {
    $$("form[data-sent]").forEach((form) => delete form.dataset.sent);
    $(".field-error input, .field-error select, .field-error textarea")?.focus();
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-send-on-change]");
    if (form && !form.hasAttribute("hx-get")) form.requestSubmit();
  });

  // --- a lost connection is shown, and survived -------------------------------------------------------------------
  const offline = (lost) => { const note = $("#offline"); if (note) note.hidden = !lost; };
  addEventListener("offline", () => offline(true));
  addEventListener("online", () => offline(false));
  document.addEventListener("htmx:sendError", () => offline(true));
  document.addEventListener("htmx:afterOnLoad", () => offline(false));
  // A refused form comes back as 422 with its messages; an error page replaces the whole page.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
    else if (xhr.status === 401 || xhr.status === 403) location.reload();
  });
})();
