/* Sends files to a post, one after the other, as bare bodies: chosen with the button, or dropped on it. Tells how far it
   is, lets go of it, and says in a sentence what was refused. */
import { createElement as h, useEffect, useRef, useState } from "react";

const READ = "image/jpeg,image/png,image/webp,video/mp4,video/quicktime,application/pdf";

/* The end of a name, which says what kind of file it is; half a character in it cannot be sent. */
function named(file) {
  try { return encodeURIComponent(Array.from(file.name).slice(-200).join("")); } catch { return ""; }
}

function send(address, file, language, onProgress, hold) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    hold.current = request;
    request.upload.onprogress = (e) => e.lengthComputable && onProgress(e.loaded / e.total);
    request.onabort = () => resolve({ stopped: true });
    request.onerror = () => resolve({ lost: true });
    request.onload = () => {
      let body = {};
      try { body = JSON.parse(request.responseText); } catch { /* a proxy's page */ }
      if (request.status === 201) return resolve({ said: (body.leftOut ?? []).map((l) => l.why).join(" ") });
      resolve(body.detail ? { refused: body.detail } : { lost: true });
    };
    request.open("POST", `${address}&language=${language}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(file);
  });
}

export default function MediaDrop({ post, platforms = "", replace, many, most, words, icons, onDone, onFailed }) {
  const [share, setShare] = useState(null);
  const [over, setOver] = useState(false);
  const field = useRef(null);
  const request = useRef(null);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => { here.current = false; request.current?.abort(); };
  }, []);

  async function take(files) {
    const chosen = Array.from(files).slice(0, many ? 35 : 1);
    const language = document.documentElement.lang || "es";
    const notes = [];
    for (const [n, file] of chosen.entries()) {
      if (file.size > most) { onFailed?.(words.tooLarge); continue; }
      setShare((n + 0.01) / chosen.length);
      const asked = platforms.split(" ").filter(Boolean).map((p) => `platforms=${p}`).join("&");
      const address = `/api/posts/${post}/media?${asked}&replace=${Boolean(replace) && n === 0}&name=${named(file)}`;
      const done = await send(address, file, language, (s) => here.current && setShare((n + s) / chosen.length), request);
      if (!here.current) return;
      if (done.stopped) break;
      if (done.lost) { onFailed?.(words.lost); break; }
      if (done.refused) { onFailed?.(done.refused); continue; }
      if (done.said) notes.push(done.said);
      onDone?.([...new Set(notes)].join(" "));
    }
    setShare(null);
  }

  if (share !== null) {
    const percent = Math.min(99, Math.round(share * 100));
    return h("span", { className: "drop-progress", role: "progressbar", "aria-valuenow": percent, "aria-valuemin": 0, "aria-valuemax": 100, "aria-label": words.busy },
      h("i", { style: { width: `${percent}%` } }), h("span", null, `${words.busy} ${percent} %`),
      h("button", { type: "button", className: "btn btn-icon", "data-v": "quiet", "data-size": "xs", "aria-label": words.stop, "data-tip": words.stop, onClick: () => request.current?.abort() }, "×"));
  }
  return h("span", {
    className: "drop", "data-over": over,
    onDragOver: (e) => { e.preventDefault(); setOver(true); },
    onDragLeave: () => setOver(false),
    onDrop: (e) => { e.preventDefault(); setOver(false); take(e.dataTransfer.files); },
  },
    h("input", { ref: field, type: "file", accept: READ, multiple: many, hidden: true, tabIndex: -1, "aria-hidden": true,
      onChange: (e) => { take(e.target.files); e.target.value = ""; } }),
    h("button", { type: "button", className: "btn", "data-v": "normal", "data-size": "xs", onClick: () => field.current?.click() }, icons, words.label));
}
