/* The calendar's place on the page. The grid itself is fetched beside the page, so that titles, filters and data do not
   wait for FullCalendar. */
import { Suspense, createElement as h, lazy, useEffect, useState } from "react";

const grid = typeof window === "undefined" ? null : import("./calendar_grid.js");
const Grid = lazy(() => grid);

export default function PostCalendar(props) {
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return mounted ? h(Suspense, { fallback: null }, h(Grid, props)) : null;
}
