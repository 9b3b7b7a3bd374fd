/* Calls onTick every so many milliseconds while the page is looked at, and at once when it is looked at again. */
import { useEffect, useRef } from "react";

export default function Ticker({ every, onTick }) {
  const latest = useRef(onTick);
  latest.current = onTick;
  useEffect(() => {
    const tick = () => document.hidden || latest.current?.();
    const timer = setInterval(tick, every);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, [every]);
  return null;
}
