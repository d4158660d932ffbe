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
  // A message at a field is about what was sent; once that is changed, it is no longer true.
  document.addEventListener("input", (event) => {
    const field = event.target.closest(".field-error");
    if (!field) return;
    field.classList.remove("field-error");
    $$(".error", field).forEach((message) => message.remove());
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

// A long form (data-draft) keeps what was typed in this tab until it is sent: a slipped finger loses nothing.
(() => {
  const store = (() => { try { return sessionStorage; } catch { return null; } })();
  if (!store) return;
  const prefix = "draft:";
  const forget = () => store.removeItem(prefix + location.pathname);
  // Another person may sign in on this screen: no draft outlives the sign-in page.
  if (!document.querySelector(".frame")) {
    Object.keys(store).filter((key) => key.startsWith(prefix)).forEach((key) => store.removeItem(key));
    return;
  }
  const inputs = (form) => [...form.elements].filter((one) => one.name && one.dataset.secret === undefined && !["hidden", "submit", "button", "file", "password"].includes(one.type));
  const read = (form) => inputs(form).map((one) => [one.name, one.value, one.checked]);
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const fresh = JSON.stringify(read(form));
    const kept = store.getItem(prefix + location.pathname);
    // A refused form comes back with what was typed; the draft is for a page that was left.
    if (kept && kept !== fresh && !form.querySelector(".note-refused")) {
      const values = JSON.parse(kept);
      inputs(form).forEach((one, place) => {
        const [name, value, checked] = values[place] ?? [];
        if (name !== one.name) return;
        if (one.type === "checkbox" || one.type === "radio") one.checked = checked; else one.value = value;
      });
      const note = document.createElement("div");
      note.className = "note note-info";
      note.setAttribute("role", "status");
      note.textContent = "What you typed here before is back. ";
      const discard = document.createElement("button");
      discard.type = "button";
      discard.className = "btn btn-quiet";
      discard.textContent = "Discard it";
      discard.addEventListener("click", () => { forget(); location.reload(); });
      note.append(discard);
      form.prepend(note);
      form.dispatchEvent(new Event("change"));
    }
    form.addEventListener("input", () => store.setItem(prefix + location.pathname, JSON.stringify(read(form))));
    form.addEventListener("submit", () => forget());
  });
})();
