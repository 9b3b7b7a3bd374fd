"""The parts that pages join. They take Vars and handlers and import no page's State. Import from their modules.

Only plain elements here and in pages: `rx.el.*`, `rx.cond`, `rx.foreach`, `rx.match`, `icon()`. Never `rx.box`,
`rx.text`, `rx.button`, `rx.link`, `rx.image` or `rx.toast`: those bring Radix Themes or sonner onto every page.
Layout comes from the classes in `assets/app.css` (`row col grow between wrap gap-2 clip t-12 dim faint ...`).

buttons        icon(name, size=16)
               button(*children, variant=primary|normal|soft|quiet|danger|danger-solid, size=xs|sm|md|lg|touch,
                      icon_name, busy, busy_label, disabled, why, key_hint, **props)
               icon_button(icon_name, label, variant="quiet", size="md", key_hint, on, **props)
               link_button(*children, href, variant, size, icon_name)   link(*children, href)   kbd("A")
               segmented(((value, word), ...), value, on_change, label=, size=, keys=)
               tabs(*tab) tab(*children, selected=, count=)   spinner(size)
fields         field(label, control, control_id=, error=, hint=, aside=)   field_error(text)
               text_input(id, error=, size=)  text_area(id)  password_input(id, shown=, on_toggle=)
               select(id, options)  tick(label)  switch(label)  pill(label, chosen=, on_click=)
               counter(length, limit)  grouped(number)
form_parts     tag_field(id, values, on_change, invalid=, locked=)  anchors(((element id, word), ...), label=)
               file_pick(label, icon, accept=, most=, too_large=, on_taken=, on_failed=, address=)
status         status_badge(status, small=, bare=)  status_icon(status, size)  status_word(status)
               platform_tile(platform, size)  platform_tiles(platforms, size)  platform_name(platform)
               product_mark(mark, ground, size, ink=, shape=)  thumb(url, width, height)  tag(*children, kind=)
               check_row(level, label, note)
overlay        popover(id, trigger, *body, side=)  menu(id, trigger, *items)
               menu_item(label, menu_id=, icon_name=, href=, checked=, danger=, key_hint=)  menu_rule()
               dialog(id, title, *body, lead=, actions=(...))  open_dialog(id)  close_dialog(id)  cancel_button(id)
feedback       banner(icon, *text, kind=needs|stopped, action=)  empty(icon, title, detail, *actions)
               empty_line(text, *actions)  failure(title, detail, *actions, reference=)
               bone(width, height)  skeleton(*bones, rows=)
previews       preview(platform, Card, editor=Editor, look=)  card_of(variant, product)
calendar_view  calendar_view(events=, view=, date=, time_zone=, selected=, revision=, now=, on_open=, on_free=,
               on_move=, on_shift=, on_refused=, on_range=) and the `Entry` it shows
ticker         ticker(milliseconds, on_tick)
cord           Cord, what stops the line: pause_menu, pause_banners, pause_dialog; `ui.line` joins it with its State
frame          frame(content, ...) is put around every page by `ui.session.page`; ROOMS is the rail
               sheet(*children, kind=main|panel), toolbar(*children), spring()

Beside them: `ui.words.t(key, **values)` for every text; `ui.session`: `page(route, title)` registers a page,
`actor_of(self)` and `language_of(self)` answer in handlers; `ui.notices`: `notice(key, undo=Event, **values)` and
`refusal(key, **values)` are returned from a handler as the toast. A `MarketingError` that leaves a handler becomes a
refusal by itself.
"""
