// Shows what needs a passkey only where the browser knows passkeys, and says when one was not used.
(() => {
  const able = Boolean(window.PublicKeyCredential);
  document.querySelectorAll("[data-passkey]").forEach((element) => { element.hidden = !able; });
  document.querySelectorAll("[data-no-passkey]").forEach((element) => { element.hidden = able; });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelectorAll("[data-passkey-error]").forEach((element) => { element.hidden = false; });
  });
})();
