// Notifications of the browser, once a person has asked for them. They name kiosk, reason and
// ticket, never a person; the queue's own sound and title do not depend on them.
"use strict";
(() => {
  const button = document.getElementById("notify");
  // Browsers offer them on https and on this machine only.
  if (!button || !("Notification" in window) || !isSecureContext) return;

  function show() {
    const state = Notification.permission;
    button.textContent =
      state === "granted" ? button.dataset.on : state === "denied" ? button.dataset.blocked : button.dataset.ask;
    button.disabled = state !== "default";
    button.hidden = false;
  }
  button.addEventListener("click", () => Notification.requestPermission().then(show));
  show();

  document.addEventListener("console:alerts", (event) => {
    if (Notification.permission !== "granted" || document.visibilityState === "visible") return;
    for (const { alert, words } of event.detail.slice(0, 3)) {
      try {
        const note = new Notification(button.dataset.title ?? document.title, { body: words, tag: alert });
        note.addEventListener("click", () => {
          window.focus();
          note.close();
        });
      } catch {
        // Telephones allow notifications from service workers only; sound and title remain.
        return;
      }
    }
  });
})();
