/* The keyboard in the calendar: one tab stop; arrows move between entries, with Shift they carry a post a day along. */
import { useEffect, useRef } from "react";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ENTRIES = ".cal-event:has([data-id])";
const seen = (entry) => entry.checkVisibility({ visibilityProperty: true });
const idOf = (entry) => entry?.querySelector("[data-id]")?.dataset.id;

const middle = (element) => {
  const box = element.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
};

/* The nearest entry in a direction; what lies straight ahead counts more than what lies askew. */
function neighbour(place, here, [right, down]) {
  const [x, y] = middle(here);
  let best = null;
  for (const other of place.querySelectorAll(ENTRIES)) {
    const [ox, oy] = middle(other);
    const along = (ox - x) * right + (oy - y) * down;
    const askew = Math.abs((ox - x) * down) + Math.abs((oy - y) * right);
    const far = along + 3 * askew;
    if (other !== here && seen(other) && along > 8 && (!best || far < best.far)) best = { far, other };
  }
  return best?.other;
}

export default function useKeys(place, selected, onShift) {
  const held = useRef(null);
  const frame = useRef(0);
  const patience = useRef(0);
  const settle = () => {
    const all = [...(place.current?.querySelectorAll(ENTRIES) ?? [])];
    const named = (id) => (id ? all.find((entry) => idOf(entry) === id && seen(entry)) : undefined);
    const kept = named(held.current);
    const stop = kept ?? named(selected) ?? all.find(seen);
    for (const entry of all) entry.tabIndex = entry === stop ? 0 : -1;
    if (kept && document.activeElement === document.body) kept.focus();
    else if (held.current && !kept && patience.current-- > 0) frame.current = requestAnimationFrame(settle);
  };
  // The grid puts its entries in place, and shows them, in its own time.
  const soon = () => {
    cancelAnimationFrame(frame.current);
    patience.current = 30;
    frame.current = requestAnimationFrame(settle);
  };
  useEffect(soon);
  const on = {
    onFocus: ({ target }) => (held.current = idOf(target.closest(ENTRIES)) ?? null),
    onBlur: ({ relatedTarget }) => relatedTarget && (held.current = null),
    onKeyDown: (event) => {
      const step = STEPS[event.key];
      const here = event.target.closest(ENTRIES);
      if (!step || !here || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (event.shiftKey && step[0]) return void onShift?.(idOf(here), step[0]);
      const next = neighbour(place.current, here, step);
      if (!next) return;
      here.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    },
  };
  return [on, soon];
}
