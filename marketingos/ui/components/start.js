(() => {
  const root = document.documentElement;
  const system = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const wear = (theme) => {
    const shown = theme === "system" ? system() : theme;
    localStorage.setItem("theme", theme);
    root.classList.remove("light", "dark");
    root.classList.add(shown);
    root.style.colorScheme = shown;
    return theme;
  };
  window.wearTheme = (theme) => (localStorage.getItem("theme") === theme ? theme : wear(theme));
  window.toggleTheme = () => wear(root.classList.contains("dark") ? "light" : "dark");

  window.speak = (language) => {
    root.lang = language;
    root.classList.remove("speaks-es", "speaks-en");
  };
  const language = localStorage.getItem("language");
  if (["es", "en"].includes(language) && language !== root.lang) {
    root.lang = language;
    root.classList.add("speaks-" + language);
  }

  // Where arrows already walk (`data-arrows`) they press nothing.
  const ARROWS = { ArrowLeft: "←", ArrowRight: "→" };
  const typing = (element) => element.closest?.("input, textarea, select, [contenteditable]");
  const press = (selector) => {
    const layer = document.querySelector("dialog[open]") ?? document;
    const button = [...layer.querySelectorAll(selector)].find((b) => !b.disabled && b.checkVisibility({ visibilityProperty: true }));
    button?.click();
    return !!button;
  };
  document.addEventListener("keydown", (event) => {
    // A key that is held down decides once; only arrows go on walking.
    if (event.repeat && !ARROWS[event.key]) {
      if (event.key === "Enter" && event.target.closest?.("button")) event.preventDefault();
      return;
    }
    const command = event.metaKey || event.ctrlKey;
    if (command && event.key === "Enter") event.target.form ? event.target.form.requestSubmit() : press("[data-key='⌘↵']");
    else if (command && event.key.toLowerCase() === "s" && document.querySelector("[data-key='⌘S']")) {
      event.preventDefault();
      document.activeElement?.blur(); // what is being typed is sent first
      setTimeout(() => press("[data-key='⌘S']"), 60);
    } else if (event.key === "Escape" && !document.querySelector("dialog[open], :popover-open"))
      press("[data-editor] [data-key='Esc']") || press("[data-key='Esc']");
    else if (command && event.key.toLowerCase() === "z" && !typing(event.target)) press("[data-key='⌘Z']") && event.preventDefault();
    else if (!command && !event.altKey && !event.defaultPrevented && !typing(event.target)) {
      const arrow = !event.target.closest?.("[data-arrows]") && ARROWS[event.key];
      const key = arrow || (/^[a-z1-4?]$/i.test(event.key) && event.key.toUpperCase());
      const shifted = event.shiftKey && key !== "?" ? "⇧" : "";
      if (key) press(`[data-key='${shifted + key}']`) && event.preventDefault();
    }
  });
  // The second half of a double click decides nothing: by then something else may lie under the pointer.
  const DECIDES = "dialog .btn, .menu-item, .btn[data-v='primary'], .btn[data-v^='danger']";
  document.addEventListener(
    "click",
    (event) => {
      if (event.detail < 2 || !event.target.closest?.(DECIDES)) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  window.addEventListener("beforeunload", (event) => {
    const field = document.querySelector("[data-editor] textarea");
    if (field && field.value !== field.defaultValue) event.preventDefault();
  });
  // The browser says so when a layout needs a second round (the calendar's grid does); it is no failure to report.
  window.addEventListener("error", (event) => {
    if (event.message?.startsWith("ResizeObserver loop")) event.stopImmediatePropagation();
  });
  document.addEventListener("click", (event) => {
    const video = event.target.closest?.("[data-tap]")?.querySelector("video");
    if (video) video.paused ? video.play() : video.pause();
  });
})();
