/* Tabs that lead to the parts of one long form, and show which part is being read. */
import { createElement as h, useEffect, useState } from "react";

export default function Anchors({ ids = [], words = [], label, form }) {
  const [here, setHere] = useState(ids[0]);
  useEffect(() => {
    const parts = ids.map((id) => document.getElementById(id)).filter(Boolean);
    const scroller = parts[0]?.parentElement;
    if (!scroller) return;
    const look = () => {
      const top = scroller.getBoundingClientRect().top + 80;
      const end = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 4;
      const seen = parts.filter((p) => p.getBoundingClientRect().top <= top);
      setHere((end && scroller.scrollTop > 0 ? parts.at(-1) : seen.at(-1) ?? parts[0]).id);
    };
    look();
    scroller.addEventListener("scroll", look, { passive: true });
    return () => scroller.removeEventListener("scroll", look);
  }, [ids.join(), form]);

  const go = (id) => (event) => {
    event.preventDefault();
    document.getElementById(id)?.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  return h("nav", { className: "tabs anchors", "aria-label": label },
    ids.map((id, n) => h("a", { key: id, href: `#${id}`, className: "tab", "aria-current": here === id ? "true" : undefined, "aria-pressed": undefined, "data-here": here === id, onClick: go(id) }, words[n])));
}
