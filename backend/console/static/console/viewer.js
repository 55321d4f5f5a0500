// The evidence viewer: portraits at one scale with the eyes level, zoomed and moved together,
// every try, and two portraits in turn. Without it the pictures stand side by side as they are.
"use strict";
(() => {
  const viewer = document.getElementById("viewer");
  if (!viewer) return;

  // Where the eyes lie in a box, as fractions of its width and height: room for hair and chin.
  const LEFT = { x: 0.37, y: 0.44 };
  const RIGHT = { x: 0.63, y: 0.44 };
  const STEP = 1.25;
  const MOST = 6;
  const view = { align: true, zoom: 1, x: 0, y: 0 };

  const eyesOf = (image) => {
    const at = (image.dataset.eyes ?? "").split(" ").map(Number);
    if (at.length !== 4 || at.some(Number.isNaN)) return null;
    const [width, height] = [image.naturalWidth, image.naturalHeight];
    const left = { x: at[0] * width, y: at[1] * height };
    const right = { x: at[2] * width, y: at[3] * height };
    return Math.hypot(right.x - left.x, right.y - left.y) > 4 ? { left, right } : null;
  };

  // The similarity that lays a picture into its box: rotation and scale (a, b), then a shift.
  function placed(image, box) {
    const eyes = view.align ? eyesOf(image) : null;
    if (!eyes) {
      const scale = Math.min(box.width / image.naturalWidth, box.height / image.naturalHeight);
      return {
        a: scale, b: 0,
        x: (box.width - image.naturalWidth * scale) / 2,
        y: (box.height - image.naturalHeight * scale) / 2,
      };
    }
    // The narrower side decides, so that the same face is as large in every box.
    const side = Math.min(box.width, box.height * 0.75);
    const goal = {
      x: box.width / 2 + (LEFT.x - 0.5) * side, y: LEFT.y * box.height,
      width: (RIGHT.x - LEFT.x) * side,
    };
    const dx = eyes.right.x - eyes.left.x;
    const dy = eyes.right.y - eyes.left.y;
    const far = dx * dx + dy * dy;
    const a = (goal.width * dx) / far;
    const b = (-goal.width * dy) / far;
    return {
      a, b,
      x: goal.x - (a * eyes.left.x - b * eyes.left.y),
      y: goal.y - (b * eyes.left.x + a * eyes.left.y),
    };
  }

  function place(image) {
    const frame = image.parentElement;
    const box = { width: frame.clientWidth, height: frame.clientHeight };
    if (!image.naturalWidth || !box.width) return;
    const at = placed(image, box);
    const zoom = view.zoom;
    const middle = { x: box.width / 2, y: LEFT.y * box.height };
    const x = middle.x + (at.x - middle.x) * zoom + view.x * box.width;
    const y = middle.y + (at.y - middle.y) * zoom + view.y * box.height;
    image.style.transform =
      `matrix(${at.a * zoom},${at.b * zoom},${-at.b * zoom},${at.a * zoom},${x},${y})`;
    image.classList.add("placed");
  }

  const images = () => viewer.querySelectorAll(".picture img, .stage img");
  const draw = () => images().forEach(place);
  const watch = (image) => {
    image.addEventListener("load", () => place(image));
    if (image.complete) place(image);
  };

  const limit = (value, low, high) => Math.min(high, Math.max(low, value));
  function zoomTo(zoom) {
    view.zoom = limit(zoom, 1, MOST);
    move(0, 0);
  }
  function move(x, y) {
    const most = (view.zoom - 1) / 2 + 0.25;
    view.x = limit(view.x + x, -most, most);
    view.y = limit(view.y + y, -most, most);
    draw();
  }

  const live = viewer.querySelector("[data-portrait=live] img");
  const tries = [...viewer.querySelectorAll(".tries button")];
  function showTry(button) {
    for (const other of tries) other.setAttribute("aria-pressed", String(other === button));
    live.dataset.eyes = button.dataset.eyes;
    live.alt = button.dataset.alt;
    live.src = button.dataset.src;
  }
  for (const button of tries) button.addEventListener("click", () => showTry(button));

  const dialog = viewer.querySelector("dialog.blink");
  const stage = dialog.querySelector(".stage");
  const choices = [...dialog.querySelectorAll("select")];
  const automatic = dialog.querySelector("[data-do=auto]");
  let timer = 0;
  let second = false;
  const pictures = () =>
    [...viewer.querySelectorAll(".portrait")]
      .map((figure) => ({
        name: figure.querySelector("figcaption b").textContent,
        image: figure.querySelector("img"),
      }))
      .filter((picture) => picture.image);

  function showTurn() {
    [...stage.children].forEach((image, index) => {
      image.hidden = (index === 1) !== second;
    });
    const choice = choices[second ? 1 : 0];
    dialog.querySelector(".shown").textContent = choice.selectedOptions[0]?.textContent ?? "";
  }
  function fillStage() {
    const known = pictures();
    stage.replaceChildren(
      ...choices.map((choice) => {
        const copy = known[Number(choice.value)].image.cloneNode();
        copy.removeAttribute("style");
        return copy;
      }),
    );
    [...stage.children].forEach(watch);
    showTurn();
  }
  function flip() {
    second = !second;
    showTurn();
  }
  function setAutomatic(on) {
    clearInterval(timer);
    timer = on ? setInterval(flip, 800) : 0;
    automatic.setAttribute("aria-pressed", String(on));
    automatic.textContent = on ? dialog.dataset.stop : dialog.dataset.go;
  }
  function openBlink() {
    const known = pictures();
    if (known.length < 2) return;
    choices.forEach((choice, index) => {
      choice.replaceChildren(...known.map((picture, n) => new Option(picture.name, n)));
      choice.value = String(index === 0 ? 0 : known.length - 1);
    });
    second = false;
    dialog.showModal();
    fillStage();
    setAutomatic(!matchMedia("(prefers-reduced-motion: reduce)").matches);
    automatic.focus();
  }
  for (const choice of choices) choice.addEventListener("change", fillStage);
  dialog.addEventListener("close", () => {
    setAutomatic(false);
    stage.replaceChildren();
  });
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== " " || event.target.matches("button, select")) return;
    event.preventDefault();
    setAutomatic(false);
    flip();
  });

  const actions = {
    align(button) {
      view.align = !view.align;
      button.setAttribute("aria-pressed", String(view.align));
      draw();
    },
    bigger: () => zoomTo(view.zoom * STEP),
    smaller: () => zoomTo(view.zoom / STEP),
    reset() {
      view.x = view.y = 0;
      zoomTo(1);
    },
    blink: openBlink,
    try() {
      const now = tries.findIndex((button) => button.getAttribute("aria-pressed") === "true");
      showTry(tries[(now + 1) % tries.length]);
    },
    flip() {
      setAutomatic(false);
      flip();
    },
    auto: () => setAutomatic(timer === 0),
    done: () => dialog.close(),
  };
  viewer.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) actions[button.dataset.do](button);
  });

  // Moving together: drag any picture, or the arrow keys while the portraits have the focus.
  const portraits = viewer.querySelector(".portraits");
  portraits.tabIndex = 0;
  portraits.setAttribute("role", "group");
  portraits.setAttribute("aria-label", portraits.dataset.pan);
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  portraits.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key];
    if (!way || event.target !== portraits || view.zoom === 1) return;
    event.preventDefault();
    move(way[0] * -0.06, way[1] * -0.06);
  });
  for (const frame of viewer.querySelectorAll(".picture")) {
    let from = null;
    frame.addEventListener("pointerdown", (event) => {
      if (view.zoom === 1 || event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY };
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener("pointermove", (event) => {
      if (!from) return;
      const moved = { x: event.clientX - from.x, y: event.clientY - from.y };
      from = { x: event.clientX, y: event.clientY };
      move(moved.x / frame.clientWidth, moved.y / frame.clientHeight);
    });
    const end = () => {
      from = null;
    };
    frame.addEventListener("pointerup", end);
    frame.addEventListener("pointercancel", end);
    frame.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey) return;
        event.preventDefault();
        zoomTo(view.zoom * (event.deltaY < 0 ? STEP : 1 / STEP));
      },
      { passive: false },
    );
  }

  images().forEach(watch);
  new ResizeObserver(draw).observe(portraits);
  viewer.querySelector(".under > .tools").hidden = false;
})();
