// The result: the card, what learner and judge said put into it as text, passages found by focus.

import { element } from "./element.js";
import { drawn } from "./diagram.js";

function fill(card, said) {
  for (const slot of card.querySelectorAll("[data-sk-said]")) {
    slot.textContent = said[Number(slot.dataset.skSaid)] ?? "";
  }
}

// Bring the first passage of a criterion into view, without moving the page.
function reveal(card, criterion) {
  const answer = card.querySelector(".sk-answer");
  const number = [...criterion.classList].find((name) => /^sk-c\d+$/.test(name))?.slice(4);
  const passage = answer?.querySelector(`.sk-m${number}`);
  if (!passage || answer.scrollHeight <= answer.clientHeight) return;
  const top = passage.getBoundingClientRect().top - answer.getBoundingClientRect().top;
  if (top < 0 || top > answer.clientHeight - 40) answer.scrollTop += top - 24;
}

async function drawDiagram(model, card) {
  const figure = card.querySelector(".sk-drawn");
  if (figure === null) return;
  const { node } = await drawn(model, figure.textContent);
  if (node) figure.replaceChildren(node);
}

export function resultView(model) {
  const region = element("div", {
    class: "sk-result", role: "region", "aria-label": "Result", tabindex: "-1",
  });

  function show() {
    region.innerHTML = model.get("result"); // made by a template; its foreign words follow as text
    fill(region, model.get("said"));
    for (const criterion of region.querySelectorAll(".sk-criterion")) {
      for (const event of ["focusin", "mouseenter"]) {
        criterion.addEventListener(event, () => reveal(region, criterion));
      }
    }
    drawDiagram(model, region);
  }
  return { region, show };
}
