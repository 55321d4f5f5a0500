// What the pages do beyond HTML: live queue, clocks, keys, sound, keeping a claim. All of it is
// optional: without it every page is complete and a reload brings it up to date.
"use strict";
(() => {
  const body = document.body;
  const data = body.dataset;
  if (!data.stream) return;

  const skew = Date.parse(data.now) - Date.now();
  const now = () => Date.now() + skew;
  const fill = (words, values) => words.replace(/\{(\w)\}/g, (_, name) => values[name]);

  // The same wording as backend/console/durations.py.
  function duration(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 3600) return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
    const h = Math.floor(s / 3600);
    if (h < 24) return fill(data.hours, { h, m: Math.floor((s % 3600) / 60) });
    return fill(data.days, { d: Math.floor(h / 24), h: h % 24 });
  }

  const hallTime = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", timeZone: data.zone,
  });

  function tick() {
    for (const clock of document.querySelectorAll("time[data-since]"))
      clock.textContent = duration((now() - Date.parse(clock.dataset.since)) / 1000);
    for (const clock of document.querySelectorAll("time[data-until]"))
      clock.textContent = duration((Date.parse(clock.dataset.until) - now()) / 1000);
    const wall = document.getElementById("clock");
    if (wall) wall.textContent = hallTime.format(now());
  }

  // Sound: two soft notes for a new unclaimed case; browsers allow it after the first touch.
  const sound = document.getElementById("sound");
  const soundOn = () => localStorage.getItem("console-sound") !== "off";
  function showSound() {
    if (!sound) return;
    sound.textContent = soundOn() ? sound.dataset.on : sound.dataset.off;
    sound.setAttribute("aria-pressed", String(soundOn()));
    sound.hidden = false;
  }
  sound?.addEventListener("click", () => {
    localStorage.setItem("console-sound", soundOn() ? "off" : "on");
    showSound();
    if (soundOn()) chime();
  });
  let audio = null;
  function chime() {
    if (!soundOn()) return;
    audio ??= new AudioContext();
    [660, 880].forEach((pitch, i) => {
      const note = audio.createOscillator();
      const loudness = audio.createGain();
      const start = audio.currentTime + i * 0.22;
      note.frequency.value = pitch;
      loudness.gain.setValueAtTime(0.0001, start);
      loudness.gain.exponentialRampToValueAtTime(0.25, start + 0.03);
      loudness.gain.exponentialRampToValueAtTime(0.0001, start + 0.4);
      note.connect(loudness).connect(audio.destination);
      note.start(start);
      note.stop(start + 0.45);
    });
  }

  // What was heard already outlives the page, so that going from page to page repeats no sound
  // and a case that came in between is not missed.
  function hear(alerts) {
    const heard = sessionStorage.getItem("console-heard");
    const before = new Set(JSON.parse(heard ?? "[]"));
    const fresh = alerts.filter((alert) => !before.has(alert));
    sessionStorage.setItem("console-heard", JSON.stringify(alerts));
    const loud = fresh.filter((alert) => !rung.delete(alert.split(":")[1]));
    if (heard !== null && loud.length) chime();
    return heard === null ? [] : fresh;
  }

  const title = document.title;
  const showCount = (count, late) => {
    document.title = count ? `${late ? "▲ " : ""}(${count}) ${title}` : title;
  };
  // What a timer has raised and nobody has taken goes on ringing.
  let raised = 0;
  setInterval(() => raised && chime(), 60000);

  // Cases whose row came with the stream and that have rung already.
  const rung = new Set();

  // The stream brings what changed, as everybody sees it, at once. Where the page's own parts
  // changed too it says so, and they are asked for.
  function shift(news) {
    if (!news.order) return;
    moveRows(news);
    showCount(news.unclaimed, news.raised);
    const open = document.querySelector("#nav-queue .count");
    if (open) open.textContent = news.open;
    const here = document.getElementById("here");
    if (here && news.people !== undefined) here.innerHTML = news.people;
    if (news.ask) return;
    raised = news.raised;
    const heard = JSON.parse(sessionStorage.getItem("console-heard") ?? "[]");
    announce(hear([...heard, ...Object.keys(news.alerts)]), news.alerts);
  }

  // A filtered list is drawn by the server alone.
  function moveRows(news) {
    const list = document.getElementById("queue-rows");
    if (!list || list.dataset.filtered !== undefined) return;
    const rows = new Map([...list.querySelectorAll("li[data-case]")].map((li) => [li.dataset.case, li]));
    let calls = false;
    for (const [id, html] of Object.entries(news.changed)) {
      const fresh = document.createElement("template");
      fresh.innerHTML = html;
      const row = fresh.content.firstElementChild;
      const before = rows.get(id);
      if (before?.querySelector("[aria-current]")) row.firstElementChild.setAttribute("aria-current", "page");
      const mine = before?.querySelector(".holder.mine");
      if (mine && row.dataset.unclaimed === undefined) row.querySelector(".holder")?.replaceWith(mine);
      if (!before && row.dataset.unclaimed !== undefined) {
        row.classList.add("new");
        rung.add(id);
        calls = true;
      }
      rows.set(id, row);
    }
    const focused = list.contains(document.activeElement) && document.activeElement.id;
    const tail = document.createElement("template");
    tail.innerHTML = news.tail;
    list.replaceChildren(...news.order.flatMap((id) => rows.get(id) ?? []), tail.content);
    if (focused) document.getElementById(focused)?.focus();
    if (calls) chime();
    tick();
  }

  function announce(fresh, words) {
    const told = fresh.map((alert) => ({ alert, words: words[alert] }));
    if (told.length) document.dispatchEvent(new CustomEvent("console:alerts", { detail: told }));
    for (const alert of fresh) {
      const id = alert.split(":")[1];
      document.querySelector(`li[data-case="${CSS.escape(id)}"]`)?.classList.add("new");
    }
  }

  function redraw(board) {
    for (const [id, html] of Object.entries(board.parts)) {
      const part = document.getElementById(id);
      if (!part || part.innerHTML === html) continue;
      const focused = part.contains(document.activeElement) && document.activeElement.id;
      part.innerHTML = html;
      if (focused) document.getElementById(focused)?.focus();
    }
    announce(hear(board.alerts), board.alert_words);
    showCount(board.unclaimed, board.raised);
    raised = board.alerts.length ? board.raised : 0;
    tick();
    const sheet = document.getElementById("sheet");
    if (sheet && board.case_state !== undefined && board.case_state !== sheet.dataset.state) {
      if (sending) return;
      if (busy()) document.getElementById("stale").hidden = false;
      else location.reload();
    }
  }

  // Whoever is on the way to another page gets there; a reload in between would bring them back.
  let sending = false;
  for (const going of ["submit", "beforeunload"])
    addEventListener(going, () => {
      sending = true;
    });

  // A half-written decision or half-filled form is never swept away by a reload.
  let touched = false;
  addEventListener("input", (event) => {
    touched ||= event.target.closest("main form") !== null;
  });
  const busy = () => touched || document.querySelector(".actions details[open]") !== null;

  // Signed out elsewhere, or rights gone: the page goes where the server sends it.
  const leave = () => {
    if (!busy()) location.reload();
  };

  // With many pages open the stream says over how long they spread what they ask.
  let asking = false;
  let again = false;
  let newest = 0;
  async function refresh(spread = 0) {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      if (spread) await new Promise((go) => setTimeout(go, Math.random() * spread));
      again = false;
      const answer = await fetch(data.board, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 403) leave();
      else if (answer.ok) {
        const board = await answer.json();
        redraw(board);
        if (board.version < newest) {
          again = true;
          spread = Math.max(spread, 500);
        }
      }
    } catch {
      // The stream's own error shows the offline notice; the next change asks again.
    } finally {
      asking = false;
      if (again) {
        again = false;
        refresh(spread);
      }
    }
  }

  const offline = document.getElementById("offline");
  let stream = null;
  // An open case, a filtered list and the approvals hold what the stream does not bring.
  const asks = document.querySelector("#sheet, #queue-rows[data-filtered], #approval-cards");
  function connect() {
    stream = new EventSource(data.stream + (asks ? "?asks=1" : ""));
    stream.addEventListener("change", (event) => {
      const news = JSON.parse(event.data);
      newest = Number(event.lastEventId);
      shift(news);
      if (news.ask) refresh(news.spread_ms);
    });
    stream.addEventListener("open", () => {
      offline.hidden = true;
    });
    stream.addEventListener("error", () => {
      offline.hidden = false;
      // The browser comes back by itself after a cut line, but gives up after an error's answer.
      if (stream.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, 2000);
      refresh();
    });
  }
  connect();
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => {
    sending = false;
    if (event.persisted) connect();
  });

  const TYPED = "input:not([type=checkbox], [type=radio]), textarea, select";

  // Keys: one letter opens a decision or presses a button; never while typing.
  addEventListener("keydown", (event) => {
    const open = document.querySelector(".actions details[open]");
    if (event.key === "Enter" && event.ctrlKey && open) {
      open.querySelector("form")?.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape" && open) {
      open.open = false;
      open.querySelector("summary").focus();
      return;
    }
    if (event.target.matches(TYPED) || document.querySelector("dialog[open]")) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key.toUpperCase())}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("details")) {
      target.open = !target.open || target.matches(".actions details");
      target.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
    } else {
      target.focus();
      target.click();
    }
  });

  // What is folded on the screen is open on paper.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details.more:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of folded) details.open = false;
  });
  for (const details of document.querySelectorAll(".actions details"))
    details.addEventListener("toggle", () => {
      if (!details.open) return;
      for (const other of document.querySelectorAll(".actions details[open]"))
        if (other !== details) other.open = false;
      details.scrollIntoView({ block: "nearest" });
    });
  document.querySelector("[data-cancel]") &&
    addEventListener("click", (event) => {
      if (!event.target.matches("[data-cancel]")) return;
      event.preventDefault();
      event.target.closest("details").open = false;
    });

  // Keep the claim while the page is open and seen.
  const keep = document.getElementById("keep");
  if (keep)
    setInterval(() => {
      if (document.visibilityState !== "visible") return;
      fetch(keep.action, { method: "POST", body: new FormData(keep) }).catch(() => {});
    }, Number(keep.dataset.everyS) * 1000);

  showSound();
  tick();
  setInterval(tick, 1000);
})();
