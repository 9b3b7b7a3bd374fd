/* Tells the page that the back or forward button was pressed: addresses that it wrote itself are unknown to the router. */
import { useEffect, useRef } from "react";

export default function Back({ onBack }) {
  const latest = useRef(onBack);
  latest.current = onBack;
  useEffect(() => {
    const here = location.pathname;
    const turn = () => location.pathname === here && latest.current?.();
    addEventListener("popstate", turn);
    return () => removeEventListener("popstate", turn);
  }, []);
  return null;
}
