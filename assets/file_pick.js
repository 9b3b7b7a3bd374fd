/* A button that takes one file, chosen or dropped on it: sent as a bare body to `address`, whose answer is told, or read
   as text when there is no address. */
import { createElement as h, useRef, useState } from "react";

async function send(address, file) {
  const answer = await fetch(`${address}?language=${document.documentElement.lang || "es"}`, {
    method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" },
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail ?? "");
  return JSON.stringify(body);
}

export default function FilePick({ address = "", accept, most, words, icons, size = "md", onTaken, onFailed }) {
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);
  const field = useRef(null);

  async function take(file) {
    if (!file) return;
    if (file.size > most) return onFailed?.(words.tooLarge);
    setBusy(true);
    try {
      onTaken?.(address ? await send(address, file) : await file.text());
    } catch (error) {
      onFailed?.(error.message && !(error instanceof TypeError) ? error.message : words.lost);
    } finally {
      setBusy(false);
    }
  }

  return h("span", {
    className: "drop", "data-over": over,
    onDragOver: (e) => { e.preventDefault(); setOver(true); },
    onDragLeave: () => setOver(false),
    onDrop: (e) => { e.preventDefault(); setOver(false); take(e.dataTransfer.files[0]); },
  },
    h("input", { ref: field, type: "file", accept, hidden: true, tabIndex: -1, "aria-hidden": true,
      onChange: (e) => { take(e.target.files[0]); e.target.value = ""; } }),
    h("button", { type: "button", className: "btn", "data-v": "normal", "data-size": size, disabled: busy, "aria-busy": busy,
      onClick: () => field.current?.click() }, icons, busy ? words.busy : words.label));
}
