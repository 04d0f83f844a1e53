"use strict";
// Everything stands on the page without this script, which adds searching, copying, links and the colours.
const root = document.documentElement;

function remembered(name) { try { return localStorage.getItem(name); } catch { return null; } }
function remember(name, value) { try { localStorage.setItem(name, value); } catch { /* a file may have no store */ } }

for (const button of document.querySelectorAll("[data-theme]")) {
  const known = remembered("accord-scheme");
  if (known === "light" || known === "dark") root.dataset.scheme = known;
  button.hidden = false;
  button.addEventListener("click", () => {
    const dark = root.dataset.scheme
      ? root.dataset.scheme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.scheme = dark ? "light" : "dark";
    remember("accord-scheme", root.dataset.scheme);
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = button.closest(".command").querySelector("pre");
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      getSelection().selectAllChildren(text);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
}

for (const form of document.querySelectorAll("[data-filters]")) {
  const part = form.closest("section") || document;
  const cards = [...part.querySelectorAll("[data-card]")];
  const search = form.querySelector("[data-search]");
  const choices = [...form.querySelectorAll("[data-choice]")];
  const output = form.querySelector("[data-count]");
  const texts = new Map();
  const text = (card) => {
    if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
    return texts.get(card);
  };
  const apply = () => {
    const words = search.value.trim().toLowerCase();
    let seen = 0;
    for (const card of cards) {
      const fits = choices.every((choice) => !choice.value || card.dataset[choice.dataset.choice] === choice.value)
        && (!words || text(card).includes(words));
      card.hidden = !fits;
      seen += fits ? 1 : 0;
    }
    for (const group of part.querySelectorAll("[data-group]")) {
      group.hidden = ![...group.querySelectorAll("[data-card]")].some((card) => !card.hidden);
    }
    output.textContent = `${seen} of ${cards.length} ${output.dataset.noun}`;
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      search.focus();
    }
  });
}

function open() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const card = named && named.closest("[data-card]");
  if (card) {
    card.hidden = false;
    card.closest("[data-group]")?.removeAttribute("hidden");
    card.open = true;
    card.scrollIntoView();
  }
}
addEventListener("hashchange", open);
open();
