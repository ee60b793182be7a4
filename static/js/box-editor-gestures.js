// What fingers and buttons do on the canvas beside moving boxes: drag to draw, pan, pinch and wheel to zoom.

const WHEEL_STEP = 1.15;

/**
 * `canvas` offers: container, isPanning(), startsDraft(event), pointAt(event) in pixels of the picture, draft(from,
 * to), draftDone(from, to), draftCancelled(), panBy(dx, dy), zoomBy(factor, {x, y}).
 */
export function startGestures(canvas) {
  const pointers = new Map();
  let gesture = null; // {kind: "pan" | "draft" | "pinch", from}

  const place = (event) => {
    const edge = canvas.container.getBoundingClientRect();
    return { x: event.clientX - edge.left, y: event.clientY - edge.top };
  };

  function begin(event) {
    canvas.container.focus({ preventScroll: true });
    pointers.set(event.pointerId, place(event));
    if (pointers.size === 2) {
      canvas.draftCancelled();
      gesture = { kind: "pinch" };
    } else if (event.button === 1 || canvas.isPanning()) {
      event.preventDefault();
      gesture = { kind: "pan" };
    } else if (event.button === 0 && canvas.startsDraft(event)) {
      gesture = { kind: "draft", from: canvas.pointAt(event) };
    }
  }

  function move(event) {
    const before = pointers.get(event.pointerId);
    if (!before || !gesture) return;
    const now = place(event);
    if (gesture.kind === "draft") canvas.draft(gesture.from, canvas.pointAt(event));
    else if (gesture.kind === "pan") canvas.panBy(now.x - before.x, now.y - before.y);
    else pinch(event.pointerId, before, now);
    pointers.set(event.pointerId, now);
  }

  function pinch(id, before, now) {
    const other = [...pointers].find(([each]) => each !== id)?.[1];
    if (!other) return;
    const distance = ({ x, y }) => Math.max(1, Math.hypot(x - other.x, y - other.y));
    canvas.panBy((now.x - before.x) / 2, (now.y - before.y) / 2);
    canvas.zoomBy(distance(now) / distance(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  }

  function end(event) {
    if (!pointers.delete(event.pointerId)) return;
    if (gesture?.kind === "draft") {
      if (event.type === "pointerup") canvas.draftDone(gesture.from, canvas.pointAt(event));
      else canvas.draftCancelled();
    }
    if (pointers.size === 0 || gesture?.kind !== "pinch") gesture = null;
  }

  canvas.container.addEventListener("pointerdown", begin);
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
  canvas.container.addEventListener("mousedown", (event) => {
    if (event.button === 1) event.preventDefault(); // or the page would scroll by itself
  });
  canvas.container.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      canvas.zoomBy(event.deltaY < 0 ? WHEEL_STEP : 1 / WHEEL_STEP, place(event));
    },
    { passive: false },
  );
}
