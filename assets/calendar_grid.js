/* FullCalendar with our chip and our class names. Data and words come in as props; what a person does goes out as ids
   and ISO instants. Looks are in calendar.css, behaviour of the calendar is FullCalendar's own. */
import { Fragment, createElement as h, useEffect, useMemo, useRef, useState } from "react";
import FullCalendar from "@fullcalendar/react";
import dayGrid from "@fullcalendar/react/daygrid";
import timeGrid from "@fullcalendar/react/timegrid";
import interaction from "@fullcalendar/react/interaction";
import es from "@fullcalendar/react/locales/es";
import "@fullcalendar/react/skeleton.css";
import useKeys from "./calendar_keys.js";
import { Card, useCarried } from "./calendar_pointer.js";
import AlarmClock from "lucide-react/dist/esm/icons/alarm-clock.mjs";
import CircleCheck from "lucide-react/dist/esm/icons/circle-check.mjs";
import CirclePause from "lucide-react/dist/esm/icons/circle-pause.mjs";
import CircleQuestionMark from "lucide-react/dist/esm/icons/circle-question-mark.mjs";
import CircleX from "lucide-react/dist/esm/icons/circle-x.mjs";
import Contrast from "lucide-react/dist/esm/icons/contrast.mjs";
import Hourglass from "lucide-react/dist/esm/icons/hourglass.mjs";
import ImageOff from "lucide-react/dist/esm/icons/image-off.mjs";
import LoaderCircle from "lucide-react/dist/esm/icons/loader-circle.mjs";
import PencilLine from "lucide-react/dist/esm/icons/pencil-line.mjs";
import Plus from "lucide-react/dist/esm/icons/plus.mjs";
import Minus from "lucide-react/dist/esm/icons/minus.mjs";
import TimerOff from "lucide-react/dist/esm/icons/timer-off.mjs";
import TriangleAlert from "lucide-react/dist/esm/icons/triangle-alert.mjs";

const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", day: "timeGridDay" };
const THREE = "timeGridThree";
const NARROW = "(max-width: 1023px)";
const NAMES = { ...Object.fromEntries(Object.entries(VIEWS).map(([ours, theirs]) => [theirs, ours])), [THREE]: "week" };
const viewOf = (view, span) => (view === "week" && span === 3 ? THREE : VIEWS[view]);
const ICONS = {
  DRAFT: PencilLine, PENDING_APPROVAL: Hourglass, APPROVED: CircleCheck, PUBLISHING: LoaderCircle, PUBLISHED: CircleCheck,
  REJECTED: CircleX, FAILED: TriangleAlert, UNKNOWN: CircleQuestionMark, EXPIRED: TimerOff, PARTIAL: Contrast,
  HELD: CirclePause, LATE: AlarmClock,
};
const MINUTE = 60_000;
const TALL = 100 * MINUTE;
const SHORT = 60 * MINUTE;
const FREE = 40 * MINUTE;

/* A post has no duration; in week and day it is drawn tall, or short when another one starts soon after. */
function drawn(events) {
  const starts = events.filter((e) => e.kind === "post").map((e) => Date.parse(e.start));
  return events.map((event) => {
    if (event.kind === "best") return event;
    const start = Date.parse(event.start);
    const crowded = starts.some((other) => other > start && other - start < TALL);
    const length = event.kind === "free" ? FREE : crowded ? SHORT : TALL;
    return { ...event, crowded, end: new Date(start + length).toISOString() };
  });
}

function entries(events, selected) {
  return drawn(events).map(({ id, start, end, title, movable, kind, ...rest }) => ({
    id, start, end, title, editable: kind === "post" && !!movable, durationEditable: false,
    display: kind === "best" ? "background" : "block", order: kind === "free" ? 1 : 0,
    extendedProps: { ...rest, kind, selected: kind === "post" && id === selected },
  }));
}

const tiles = (platforms, words, className = "tile") =>
  h("span", { className: "chip-tiles" },
    platforms.map((p) => h("span", { key: p, className, "data-p": p, role: "img", "aria-label": words.platforms[p] })),
    platforms.length > 2 && h("span", { className: "chip-plus", "aria-hidden": true }, `+${platforms.length - 1}`));

function freeSlot(info, p, words) {
  const Icon = p.passed ? Minus : Plus;
  return h("div", { className: "chip-free", "data-id": info.event.id, "data-passed": !!p.passed, title: `${words.free}: ${info.event.title}` },
    h(Icon, { size: 12, strokeWidth: 2 }), h("span", { className: "chip-time" }, p.passed ? `${p.time} ${words.passed}` : p.time),
    tiles(p.platforms, words, "tile off"));
}

function picture(p) {
  if (!p.thumb) return h("span", { className: "chip-thumb none" }, h(ImageOff, { size: 14, strokeWidth: 1.75 }));
  return h("img", { className: "chip-thumb", src: p.thumb, alt: "", loading: "lazy", decoding: "async", draggable: false });
}

function chip(info, words) {
  const p = info.event.extendedProps;
  if (p.kind === "best") return null;
  if (p.kind === "free") return freeSlot(info, p, words);
  const Icon = ICONS[p.status] ?? PencilLine;
  const word = words.status[p.status];
  const name = `${p.time}, ${word}: ${info.event.title}. ${p.product}`;
  const known = { "data-id": info.event.id, "data-s": p.status, "data-n": p.platforms.length, "data-short": !!p.crowded, role: "img", "aria-label": name };
  const when = h("span", { className: "chip-when", "data-s": p.status },
    h("span", { className: "st-ic" }, h(Icon, { size: 13, strokeWidth: 2 })), h("span", { className: "chip-time" }, p.time));
  const text = h("span", { className: "chip-text" }, p.cause || info.event.title);
  return h("div", { className: "chip", ...known },
    h("div", { className: "chip-in" }, picture(p), when, h("span", { className: "chip-word" }, word), tiles(p.platforms, words), text));
}

function dayTop(info, words, locale, timeZone) {
  const month = info.dayNumberText === "1" && new Intl.DateTimeFormat(locale, { month: "short", timeZone }).format(info.date);
  return h(Fragment, null,
    h("span", { className: "cal-number" }, info.dayNumberText),
    month && h("span", null, ` ${month.replace(".", "")}`),
    info.isToday && h("span", { className: "cal-today-word" }, words.today));
}

const dayHead = (info) =>
  info.inPopover ? h("b", null, info.text) : h(Fragment, null, info.weekdayText.replace(".", ""), info.view.type !== "dayGridMonth" && h("b", null, info.dayNumberText));

/* A month's weekday is today's when today is in view. */
const isTodays = (info, now) =>
  info.isToday || (info.view.type === "dayGridMonth" && now >= info.view.activeStart && now < info.view.activeEnd && info.dow === now.getDay());

const classes = {
  className: "cal",
  dayHeaderAlign: "start",
  dayHeaderInnerClass: "cal-head-in",
  dayHeaderRowClass: "cal-head-row",
  dayRowClass: "cal-row",
  dayCellClass: (i) => `cal-cell${i.isPast ? " cal-past" : ""}${i.isToday ? " cal-is-today" : ""}${i.isOther ? " cal-other" : ""}`,
  dayCellTopClass: "cal-cell-top",
  dayCellTopInnerClass: "cal-cell-top-in",
  dayLaneClass: (i) => `cal-lane${i.isToday ? " cal-is-today" : ""}`,
  slotLaneClass: (i) => `cal-slot${i.isMinor ? " cal-minor" : ""}`,
  slotHeaderClass: "cal-hour",
  slotHeaderInnerClass: "cal-hour-in",
  slotHeaderDividerClass: "cal-divider",
  eventClass: (i) => `cal-event${i.isDragging ? " cal-dragging" : ""}${i.isMirror ? " cal-mirror" : ""}${i.event.extendedProps.selected ? " cal-selected" : ""} cal-${i.event.extendedProps.kind}`,
  eventInnerClass: "cal-event-in",
  columnEventClass: "cal-column-event",
  backgroundEventClass: "cal-best",
  highlightClass: "cal-target",
  rowMoreLinkClass: "cal-more",
  popoverClass: "cal-popover",
  popoverCloseClass: "cal-popover-close",
  popoverCloseContent: () => h("span", { "aria-hidden": true }, "×"),
  nowIndicatorLineClass: "cal-now",
  nowIndicatorHeaderClass: "cal-now-head",
  tableHeaderClass: "cal-table-head",
  dayHeaderDividerClass: "cal-head-divider",
};

const views = {
  dayGridMonth: { dayHeaderFormat: { weekday: "short" }, fixedWeekCount: true },
  timeGridWeek: { dayHeaderFormat: { weekday: "short", day: "numeric" } },
  [THREE]: { type: "timeGrid", duration: { days: 3 }, dayHeaderFormat: { weekday: "short", day: "numeric" } },
  timeGridDay: { dayHeaderFormat: { weekday: "long", day: "numeric" } },
};

const fixed = {
  plugins: [dayGrid, timeGrid, interaction], locales: [es], views, headerToolbar: false, firstDay: 1, height: "100%", dayMaxEvents: true, eventSlicing: false,
  displayEventEnd: false, displayEventTime: false, allDaySlot: false, nowIndicator: true,
  slotDuration: "01:00", snapDuration: "00:15", scrollTime: "06:45", scrollTimeReset: false, slotEventOverlap: false,
  slotHeaderFormat: { hour: "2-digit", minute: "2-digit", hour12: false }, dayMinWidth: 0, borderless: true,
  eventOrder: "order,start,title", eventInteractive: true, dragRevertDuration: 150, longPressDelay: 350, ...classes,
};

/* Moves the calendar when the page says so, and measures its place: fourteen hours fill a week. */
function useCalendar(theirs, date) {
  const ref = useRef(null);
  const box = useRef(null);
  const [hour, setHour] = useState(0);
  useEffect(() => {
    const fit = () => box.current && setHour(Math.max(44, Math.floor((box.current.clientHeight - 36) / 14)));
    const observer = new ResizeObserver(() => requestAnimationFrame(fit));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const api = ref.current?.getApi();
    if (api && api.view.type !== theirs) api.changeView(theirs, date);
    else if (api) api.gotoDate(date);
  }, [theirs, date]);
  return [ref, box, hour];
}

/* Tells the page whether there is room for a whole week: it fetches and names what is drawn. */
function useRoom(onNarrow) {
  const tell = useRef(onNarrow);
  tell.current = onNarrow;
  useEffect(() => {
    const room = matchMedia(NARROW);
    const say = () => tell.current?.(room.matches);
    if (room.matches) say();
    room.addEventListener("change", say);
    return () => room.removeEventListener("change", say);
  }, []);
}

export default function Grid({
  events, revision, view = "month", span = 7, date, now, timeZone, locale, selected, words,
  onOpen, onFree, onMove, onShift, onRefused, onRange, onNarrow,
}) {
  const theirs = viewOf(view, span);
  const [ref, box, hour] = useCalendar(theirs, date);
  useRoom(onNarrow);
  const [take, say, leave] = useCarried(words, locale, timeZone);
  const shown = useMemo(() => entries(events ?? [], selected), [events, selected, revision]);
  const [keys, settle] = useKeys(box, selected, onShift);
  const refused = useRef(false);
  const moment = now ? new Date(now) : new Date();
  const grid = hour > 0 && h(FullCalendar, {
    ...fixed, ref, slotMinHeight: hour, className: "cal", events: shown, initialView: theirs, initialDate: date, timeZone, locale,
    ...(now ? { now } : {}),
    moreLinkContent: (info) => words.more.replace("{n}", info.num),
    dayHeaderClass: (info) => info.inPopover ? "cal-popover-head" : `cal-head${isTodays(info, moment) ? " cal-is-today" : ""}`,
    dayHeaderContent: dayHead,
    dayCellTopContent: (info) => dayTop(info, words, locale, timeZone),
    eventContent: (info) => chip(info, words),
    eventDidMount: settle,
    eventAllow: (drop) => {
      refused.current = drop.start < moment;
      say(drop.start, refused.current);
      return !refused.current;
    },
    eventDragStart: take,
    eventDragStop: () => {
      leave();
      if (refused.current) onRefused?.();
    },
    eventClick: ({ event, jsEvent }) => {
      jsEvent.preventDefault();
      const p = event.extendedProps;
      if (p.kind === "post") onOpen?.(event.id);
      else if (p.kind === "free" && !p.passed) onFree?.(event.id);
    },
    eventDrop: ({ event }) => onMove?.(event.id, event.start.toISOString()),
    datesSet: (info) => onRange?.(info.start.toISOString(), info.end.toISOString(), NAMES[info.view.type]),
  });
  return h("div", { ref: box, className: "cal-box", "data-view": view, "data-arrows": "", ...keys }, grid,
    h(Card, { box, events, words, icons: ICONS, locale, timeZone }));
}
