// Keys that every page has: the list under ?, the rows of a list, the search field.
"use strict";
(() => {
  const dialog = document.getElementById("keys");
  const opener = document.getElementById("keys-open");
  if (!dialog) return;

  const nameOf = (element) => {
    const words = (element.querySelector("summary") ?? element).cloneNode(true);
    words.querySelectorAll("kbd, .count").forEach((part) => part.remove());
    return words.textContent.trim() || element.getAttribute("aria-label") || "";
  };
  const entry = (key, words) => {
    const name = document.createElement("dt");
    const sign = document.createElement("kbd");
    sign.textContent = key;
    name.append(sign);
    const text = document.createElement("dd");
    text.textContent = words;
    return [name, text];
  };

  function fill() {
    const here = [];
    const everywhere = [];
    for (const element of document.querySelectorAll("[data-key]")) {
      const row = entry(element.dataset.key, nameOf(element));
      if (element === opener) continue;
      (element.closest(".bar") ? everywhere : here).push(...row);
    }
    if (rows().length)
      here.push(...entry("J", dialog.dataset.next), ...entry("K", dialog.dataset.previous));
    if (document.querySelector(".actions form")) here.push(...entry("Ctrl ↵", dialog.dataset.submit));
    if (search()) here.push(...entry("/", dialog.dataset.find));
    everywhere.push(...entry("?", dialog.dataset.list), ...entry("Esc", dialog.dataset.close));
    const list = dialog.querySelector(".here");
    list.replaceChildren(...here);
    list.previousElementSibling.hidden = here.length === 0;
    dialog.querySelector(".everywhere").replaceChildren(...everywhere);
  }

  const rows = () => [...document.querySelectorAll("#queue-rows a, .cards .card a.button")];
  const search = () => document.querySelector("main input[type=search], main .lookup input");

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex(
      (row) => row === document.activeElement || row.hasAttribute("aria-current"),
    );
    const focused = all.indexOf(document.activeElement);
    const from = focused >= 0 ? focused : now;
    all[Math.min(all.length - 1, Math.max(0, from + by))].focus();
  }

  opener.hidden = false;
  opener.addEventListener("click", () => {
    fill();
    dialog.showModal();
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || dialog.open) return;
    if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
    switch (event.key) {
      case "j":
        step(1);
        break;
      case "k":
        step(-1);
        break;
      case "/":
        if (!search()) return;
        event.preventDefault();
        search().focus();
        break;
    }
  });
})();
