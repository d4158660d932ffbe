// A right in an area is of no use without the right to see it: ticking one ticks the other, and the other way round.
(() => {
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox" || !box.closest("[data-rights]")) return;
    const same = [...box.form.elements].filter((other) => other.name === box.name && !other.disabled);
    if (box.checked && box.dataset.needs) same.filter((other) => other.value === box.dataset.needs).forEach((other) => { other.checked = true; });
    if (!box.checked) same.filter((other) => other.dataset.needs === box.value).forEach((other) => { other.checked = false; });
  });
})();
