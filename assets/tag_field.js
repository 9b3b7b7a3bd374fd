/* A list of short words: Enter, a comma or leaving the field adds what was typed, the cross or Backspace takes away. */
import { createElement as h, useEffect, useRef, useState } from "react";

export default function TagField({ id, values = [], placeholder, remove, invalid, locked, onChange }) {
  const [shown, setShown] = useState(values);
  const [typed, setTyped] = useState("");
  const field = useRef(null);
  const told = JSON.stringify(values);
  useEffect(() => setShown(JSON.parse(told)), [told]);

  function tell(next) {
    setShown(next);
    onChange?.(next);
  }
  function add(text) {
    const words = text.split(/[,;\n]/).map((w) => w.trim()).filter((w) => w && !shown.includes(w));
    setTyped("");
    if (words.length) tell([...shown, ...new Set(words)]);
  }
  function press(event) {
    if ((event.key === "Enter" || event.key === ",") && !event.nativeEvent.isComposing) {
      event.preventDefault();
      add(typed);
    } else if (event.key === "Backspace" && !typed && shown.length) tell(shown.slice(0, -1));
  }

  return h("div", { className: "input tag-field", "data-invalid": invalid, onClick: () => field.current?.focus() },
    shown.map((word) => h("span", { key: word, className: "tag" }, word,
      !locked && h("button", { type: "button", "aria-label": `${remove} ${word}`, onClick: (e) => { e.stopPropagation(); tell(shown.filter((w) => w !== word)); } }, "×"))),
    !locked && h("input", { id, ref: field, value: typed, placeholder, autoComplete: "off", "aria-invalid": invalid,
      onChange: (e) => (/[,;\n]/.test(e.target.value) ? add(e.target.value) : setTyped(e.target.value)),
      onKeyDown: press, onBlur: () => typed.trim() && add(typed) }));
}
