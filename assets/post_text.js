/* A post's text as a feed shows it: hashtags and mentions in the platform's colour, folded after `cut` characters. */
import { createElement as h, useState } from "react";

const PIECES = /([#@][\p{L}\p{N}_.]*[\p{L}\p{N}_]|https?:\/\/\S+)/gu;

const coloured = (text) =>
  text.split(PIECES).map((piece, i) => (i % 2 ? h("span", { key: i, className: "pv-link" }, piece) : piece));

function folded(text, cut) {
  const letters = Array.from(text);
  const lines = text.split("\n");
  const head = letters.slice(0, cut).join("");
  return letters.length > cut ? head.replace(/\s+\S*$/, "") : lines.length > 6 ? lines.slice(0, 5).join("\n") : null;
}

export default function PostText({ text = "", cut = 125, more, author, ellipsis = "… " }) {
  const [open, setOpen] = useState(false);
  const short = open ? null : folded(text, cut);
  return h("div", { className: "pv-text" },
    author && h("b", null, `${author} `),
    coloured(short ?? text),
    short !== null && h("span", null, ellipsis, h("button", { type: "button", className: "pv-more", onClick: () => setOpen(true) }, more)));
}
