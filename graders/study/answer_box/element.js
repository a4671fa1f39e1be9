// Elements are made here and texts are put in as text: nothing in the box is parsed as HTML but the
// card, which holds no word of a learner or a judge.

export function element(name, attributes = {}, children = []) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export function pushButton(label, kind = "quiet", attributes = {}) {
  return element("button", { type: "button", class: `sk-button sk-${kind}`, ...attributes }, [label]);
}

// A button that stays in the order of focus while it does nothing: a disabled one drops the focus.
export function setActive(button, active) {
  button.setAttribute("aria-disabled", String(!active));
}

export function isActive(button) {
  return button.getAttribute("aria-disabled") !== "true";
}
