/* What the pointer is told in the calendar: a post's card after a moment, and while it is carried the time it would get.
   Both lie outside the grid, so that nothing in it is drawn again. */
import { createElement as h, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

const PATIENCE = 300;
const WIDE = 320;
const GAP = 8;

const bare = (text) => text.replace(".", "");

export function moment(at, locale, timeZone) {
  const said = (options) => new Intl.DateTimeFormat(locale, { timeZone, ...options }).format(at);
  const day = `${bare(said({ weekday: "short" }))} ${said({ day: "numeric" })}`;
  return `${day}, ${said({ hour: "2-digit", minute: "2-digit", hour12: false })}`;
}

/* Beside the chip, on the side that has room, and never below the edge. */
function beside(chip) {
  const box = chip.getBoundingClientRect();
  const right = box.right + GAP + WIDE < innerWidth;
  return { left: right ? box.right + GAP : Math.max(GAP, box.left - GAP - WIDE), top: Math.min(box.top, innerHeight - 180) };
}

export function Card({ box, events, words, icons, locale, timeZone }) {
  const [shown, show] = useState(null);
  const known = useRef(events);
  known.current = events;
  useEffect(() => {
    const place = box.current;
    let timer = 0;
    let over = null;
    const turn = (chip) => {
      if (chip === over) return;
      clearTimeout(timer);
      show(null);
      over = chip;
      if (chip) timer = setTimeout(() => chip.isConnected && show({ id: chip.dataset.id, ...beside(chip) }), PATIENCE);
    };
    const hide = () => turn(null);
    const point = (e) => e.pointerType === "mouse" && turn(e.buttons ? null : e.target.closest(".chip[data-id]"));
    const focus = (e) => turn(e.target.matches(":focus-visible") ? e.target.querySelector(".chip[data-id]") : null);
    const key = (e) => e.key === "Escape" && hide();
    const when = { pointerover: point, pointerleave: hide, pointerdown: hide, focusin: focus, focusout: hide, wheel: hide };
    for (const [name, does] of Object.entries(when)) place.addEventListener(name, does, { passive: true });
    document.addEventListener("keydown", key);
    return () => {
      clearTimeout(timer);
      for (const [name, does] of Object.entries(when)) place.removeEventListener(name, does);
      document.removeEventListener("keydown", key);
    };
  }, []);
  const p = shown && (known.current ?? []).find((entry) => entry.id === shown.id);
  return p ? createPortal(drawn(p, shown, words, icons, locale, timeZone), document.body) : null;
}

function drawn(p, { left, top }, words, icons, locale, timeZone) {
  const picture = p.thumb && h("img", { src: p.thumb, alt: "", width: 96, height: 120 });
  const tiles = p.platforms.map((name) => h("span", { key: name, className: "tile", "data-p": name, role: "img", "aria-label": words.platforms[name] }));
  return h("div", { className: "chip-card", role: "tooltip", "data-s": p.status, style: { left, top, width: WIDE } },
    picture,
    h("div", null,
      h("div", { className: "chip-card-head" }, h("span", { className: "st-ic" }, h(icons[p.status], { size: 14, strokeWidth: 2 })), h("b", null, words.status[p.status]), h("span", null, moment(new Date(p.start), locale, timeZone))),
      h("p", { className: "chip-card-text" }, p.lead || p.title),
      p.cause && h("p", { className: "chip-card-cause" }, p.cause),
      h("div", { className: "chip-card-foot" }, h("span", { className: "clip" }, p.product), h("span", { className: "tiles" }, tiles))));
}

/* A word at the pointer: the time that the post would get here, or why it cannot lie here. */
export function useCarried(words, locale, timeZone) {
  const label = useRef(null);
  const follow = useRef((e) => label.current && (label.current.style.translate = `${e.clientX + 14}px ${e.clientY + 16}px`));
  const say = (start, refused) => {
    if (!label.current) return;
    label.current.textContent = refused ? words.gone : moment(start, locale, timeZone);
    label.current.dataset.refused = refused;
  };
  const take = ({ event, jsEvent }) => {
    label.current = document.createElement("div");
    label.current.className = "cal-carried";
    label.current.setAttribute("aria-hidden", "true");
    document.body.append(label.current);
    say(event.start, false);
    follow.current(jsEvent);
    addEventListener("pointermove", follow.current);
  };
  const leave = () => {
    removeEventListener("pointermove", follow.current);
    label.current?.remove();
    label.current = null;
  };
  useEffect(() => leave, []);
  return [take, say, leave];
}
