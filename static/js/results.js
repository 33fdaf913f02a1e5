/* Filtering in place: what chooses among the results (facets, words, chips, orders, groups, pages) is fetched by htmx, which
   puts the new page's content where the old one was and keeps the address. Here: the boxes that act at once, and what a
   reader had in hand, which stays: focus, open filters, scroll. Without scripts the same links and form load the page. */

const GROUPS = ".chips, .tabs, .sorts, .pagination, .empty-state";
const content = () => document.getElementById("content");
const results = () => document.getElementById("results");
const column = () => document.querySelector(".with-sidebar > :first-child");
const facets = () => [...document.querySelectorAll(".facet")];
const nameOf = (facet) => facet.querySelector("input")?.name;
let kept = null;
// The form in which more was chosen while an answer was on its way: that answer is out of date.
let late = null;

// Stands before anything is said in it, and outside of what is replaced.
const told = document.createElement("p");
told.className = "visually-hidden";
told.setAttribute("role", "status");
document.body.append(told);

document.addEventListener("change", ({ target }) => {
  const form = target.closest("form.filters");
  // In the sheet of a narrow screen one chooses several, then asks for them.
  if (!form || target.type !== "checkbox" || form.matches(":popover-open")) return;
  if (results().ariaBusy === "true") late = form;
  else form.requestSubmit();
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  // The fragment leads to the results when the page is loaded anew; here nothing jumps.
  detail.path = detail.path.split("#")[0];
  if (!detail.parameters.q) delete detail.parameters.q;
});

document.addEventListener("htmx:beforeRequest", () => results().setAttribute("aria-busy", "true"));

document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  if (target !== content()) return;
  if (late) {
    detail.shouldSwap = false;
    return;
  }
  kept = {
    focus: placeOf(document.activeElement) ?? placeOf(detail.requestConfig.elt),
    open: new Map(facets().map((facet) => [nameOf(facet), facet.open])),
    top: window.scrollY,
    scroll: column().scrollTop,
    // Who asks for all choices of a filter chooses among them next: the sheet of a narrow screen stays.
    sheet: asksForAll(detail.requestConfig) && document.querySelector("form.filters").matches(":popover-open"),
  };
});

document.addEventListener("htmx:afterRequest", () => {
  const form = late;
  late = null;
  // The form takes no further request before this one has ended.
  if (form?.isConnected) queueMicrotask(() => form.requestSubmit());
});

document.addEventListener("htmx:afterSwap", () => {
  if (!kept || !results()) return;
  for (const facet of facets()) facet.open = kept.open.get(nameOf(facet)) ?? facet.open;
  column().scrollTop = kept.scroll;
  // While both contents stood below each other, the browser kept the old one in view.
  window.scrollTo({ top: kept.top, behavior: "instant" });
  if (kept.sheet) document.querySelector("form.filters").showPopover();
  takeUp(kept.focus);
  kept = null;
  told.textContent = content().querySelector("h1").textContent;
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
}

const asksForAll = ({ triggeringEvent }) => triggeringEvent?.submitter?.name === "list";

/** Where an element stands, in words that find its like in the new page. */
function placeOf(element) {
  if (!content().contains(element)) return null;
  const facet = element.closest(".facet");
  if (facet) return { facet: nameOf(facet), value: element.value };
  if (element.form) return { field: element.name, value: element.value, type: element.type };
  const group = element.closest(GROUPS);
  if (!group) return null;
  return { group: group.classList[0], number: [...group.querySelectorAll("a")].indexOf(element) };
}

function takeUp(place) {
  if (!place) return;
  if (place.group === "pagination") {
    results().focus({ preventScroll: true });
    results().scrollIntoView();
    return;
  }
  liked(place).focus({ preventScroll: true });
}

function liked(place) {
  if (place.facet) {
    const facet = facets().find((each) => nameOf(each) === place.facet);
    // A choice that finds nothing any more is gone, the name of its filter is not.
    const choice = place.value === undefined ? null : facet?.querySelector(`[type=checkbox][value="${CSS.escape(place.value)}"]`);
    return choice ?? facet?.querySelector("summary") ?? results();
  }
  if (place.field === "q") return document.getElementById("filter-q");
  if (place.field) {
    const field = `.filters [name="${place.field}"][value="${CSS.escape(place.value)}"]`;
    return document.querySelector(field) ?? results();
  }
  const links = document.querySelectorAll(`#results .${place.group} a:not(.chip-clear)`);
  return links[Math.min(place.number, links.length - 1)] ?? results();
}
