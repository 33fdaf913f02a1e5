/* The entry grid: travel by keyboard, paste of a block, sums as one types, and a draft kept in this browser until the
   server has saved it. Everything here only makes quicker what the form does by itself. */

const DECIMALS = 4;
const MOST_WHOLE_DIGITS = 11;
const SCALE = 10n ** BigInt(DECIMALS);

/* --- Reading numbers, by the rules of accounts/reading/numbers.py ------------------------------------------------- */

export const fold = (text) =>
  plain(text).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().split(/\s+/).join(" ");

const plain = (text) =>
  text
    .replace(/[\p{Zs}\p{Cf}\t\n\r]/gu, " ")
    .replace(/[’‘ʼ`´′]/g, "'")
    .replace(/[−‐‑‒–—﹣－]/g, "-")
    .replace(/％/g, "%")
    .trim();

const scaled = (sign, whole, decimals) => sign * BigInt(whole + decimals.padEnd(DECIMALS, "0"));

const isGrouped = ([head, ...rest]) =>
  head.length >= 1 && head.length <= 3 && head[0] !== "0" && rest.every((group) => group.length === 3);

/** {kind: "number", value}, {kind: "two", values}, {kind: "empty"} or {kind: "unreadable"}; values in ten-thousandths. */
export function readNumber(text, isWhole) {
  const written = plain(text);
  if (!written) return { kind: "empty" };
  const match = /^([+-]?) ?([0-9.,' ]*[0-9]) ?%?$/.exec(written);
  if (!match) return { kind: "unreadable" };
  const sign = match[1] === "-" ? -1n : 1n;
  const body = match[2];
  const marks = [...body].filter((each) => !/[0-9]/.test(each));
  const kinds = new Set(marks).size;
  const last = marks.at(-1);
  const decimal = last === "." || last === ",";
  if (!marks.length) return checked(sign, body, "", isWhole);
  const groups = body.split(last);
  if (kinds === 1 && marks.length === 1 && decimal) {
    const [head, tail] = groups;
    if (!isGrouped(groups)) return checked(sign, head || "0", tail, isWhole);
    if (isWhole) return checked(sign, head + tail, "", isWhole);
    return { kind: "two", values: [scaled(sign, head, tail), scaled(sign, head + tail, "")] };
  }
  if (kinds === 1 && isGrouped(groups)) return checked(sign, groups.join(""), "", isWhole);
  if (kinds === 2 && decimal && groups.length === 2) {
    const whole = groups[0].split(marks[0]);
    if (isGrouped(whole)) return checked(sign, whole.join(""), groups[1], isWhole);
  }
  return { kind: "unreadable" };
}

function checked(sign, whole, decimals, isWhole) {
  const digits = whole.replace(/^0+/, "");
  const places = decimals.replace(/0+$/, "");
  if ((isWhole && places) || digits.length > MOST_WHOLE_DIGITS || places.length > DECIMALS) return { kind: "unreadable" };
  return { kind: "number", value: scaled(sign, digits || "0", places) };
}

const form = document.getElementById("grid-form");
if (form) start(form);

function start(form) {
  const say = form.dataset;
  const frame = form.querySelector(".grid-frame");
  const status = form.querySelector(".grid-status");
  const seenField = form.elements.seen;
  const notApplicable = new Set(say.notApplicable.split("|"));
  const notYet = new Set(say.notYet.split("|"));
  const fields = [...frame.querySelectorAll("input[type=text], textarea")];
  const named = new Map(fields.map((field) => [field.name, field]));
  const pkOf = (field) => field.name.slice(2);
  const isDirty = (field) => field.value !== (field.dataset.stored ?? field.defaultValue);
  const tell = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

  /* --- Numbers as the page's language writes them --------------------------------------------------------------- */

  function shown(value, places = DECIMALS) {
    const size = value < 0n ? -value : value;
    const step = 10n ** BigInt(DECIMALS - places);
    const rounded = ((size + step / 2n) / step) * step;
    const whole = (rounded / SCALE).toString().replace(/\B(?=(\d{3})+$)/g, say.group);
    const decimals = (rounded % SCALE).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
    return (value < 0n && rounded ? "−" : "") + whole + (decimals ? say.decimal + decimals : "");
  }

  function read(field) {
    const words = fold(field.value);
    if (notApplicable.has(words) || notYet.has(words)) return { kind: "word" };
    const bare = field.value.replace(/^\s*(>=|=>|[>≥~≈])\s*(?=\d)/, "");
    const ratio = field.closest("[data-kind=percentage]") && /^([^/=]+)\/([^/=]+)$/.exec(bare);
    if (ratio) {
      const [part, whole] = ratio.slice(1).map((text) => readNumber(text, true));
      if (part.kind === "number" && whole.kind === "number" && whole.value > 0n)
        return { kind: "ratio", part: part.value, whole: whole.value };
      return { kind: "unreadable" };
    }
    return readNumber(bare, "whole" in field.dataset);
  }

  /** What stands in a cell: {value} or {part, whole} in ten-thousandths; nothing when it is no number. */
  function figure(pk) {
    const field = named.get(`v-${pk}`);
    if (!field) return locked(pk);
    const [part, whole] = ["n", "d"].map((letter) => named.get(`${letter}-${pk}`)).map((one) => one && read(one));
    if (part?.kind === "number" && whole?.kind === "number" && whole.value > 0n)
      return { part: part.value, whole: whole.value, value: (part.value * 100n * SCALE) / whole.value };
    const found = read(field);
    if (found.kind === "ratio") return { ...found, value: (found.part * 100n * SCALE) / found.whole };
    return found.kind === "number" && !/[%％]\s*$/.test(field.value) ? { value: found.value } : undefined;
  }

  function locked(pk) {
    const [part, whole] = (document.querySelector(`#cell-${pk} [data-value]`)?.dataset.value ?? "").split("/").map(plainly);
    if (part === undefined) return undefined;
    return whole ? { part, whole, value: (part * 100n * SCALE) / whole } : { value: part };
  }

  function plainly(text) {
    const [whole, decimals = ""] = text.split(".");
    return whole ? scaled(whole.startsWith("-") ? -1n : 1n, whole.replace("-", ""), decimals) : undefined;
  }

  /* --- Sums and ratios ------------------------------------------------------------------------------------------ */

  const sums = [...frame.querySelectorAll(".cell-sum")].map((element) => ({
    element,
    total: element.dataset.total,
    parts: element.dataset.parts.split(" "),
    needed: element.dataset.needed.split(" "),
    isExhaustive: "exhaustive" in element.dataset,
  }));

  function add(sum) {
    const stated = new Map(sum.parts.map((pk) => [pk, figure(pk)]).filter(([, found]) => found));
    const isPercentage = document.getElementById(`cell-${sum.total}`)?.dataset.kind === "percentage";
    const values = [...stated.values()];
    let made;
    if (isPercentage) {
      const whole = values.reduce((all, each) => all + (each.whole ?? 0n), 0n);
      if (values.length && whole && values.every((each) => each.whole))
        made = (values.reduce((all, each) => all + each.part, 0n) * 100n * SCALE) / whole;
    } else if (values.length) made = values.reduce((all, each) => all + each.value, 0n);
    put(sum.element.querySelector(".sum-made"), made === undefined ? "" : tell(say.sayParts, { sum: isPercentage ? `${shown(made, 1)} %` : shown(made) }));
    const total = figure(sum.total)?.value;
    let gap = "";
    if (!isPercentage && sum.isExhaustive && made !== undefined && total !== undefined && total !== made) {
      const isComplete = stated.size > 1 && sum.needed.every((pk) => stated.has(pk));
      const values = { made: shown(made), total: shown(total), number: shown(total > made ? total - made : made - total) };
      if (made > total) gap = tell(say.sayTooMany, values);
      else if (isComplete) gap = tell(say.sayMissing, values);
    }
    put(sum.element.querySelector(".sum-gap"), gap);
  }

  const put = (element, text) => element.textContent === text || (element.textContent = text);

  /** How a cell is read, before it is saved: only where that is not plain to see. */
  function echo(field) {
    const cell = field.closest("td");
    let place = cell.querySelector(".cell-echo");
    if (!place) {
      place = document.createElement("p");
      place.className = "cell-echo";
      cell.querySelector(".cell-field").after(place);
    }
    if (field.tagName === "TEXTAREA") return;
    const found = read(field);
    const pk = pkOf(field);
    const ratio = named.has(`n-${pk}`) ? figure(pk) : undefined;
    let text = "";
    const isTold = field.value === field.defaultValue && cell.querySelector(".cell-question, .cell-note[data-level=error]");
    if (isTold) text = "";
    else if (found.kind === "unreadable" && isDirty(field)) text = say.sayUnreadable;
    else if (found.kind === "two") text = tell(say.sayTwo, { first: shown(found.values[0]), second: shown(found.values[1]) });
    else if (ratio?.whole) text = `= ${shown(ratio.value, 1)} %`;
    else if (found.kind === "number" && isDirty(field) && shown(found.value) !== field.value.trim()) text = `= ${shown(found.value)}`;
    place.dataset.kind = found.kind;
    put(place, text);
  }

  function count() {
    const changed = new Set(fields.filter(isDirty).map(pkOf)).size;
    put(status.querySelector(".status-count") ?? status.appendChild(span("status-count")), changed ? tell(say.sayChanged, { number: changed }) : "");
  }

  function span(name) {
    const made = document.createElement("span");
    made.className = name;
    return made;
  }

  function changed(list) {
    for (const field of list) {
      echo(field);
      field.closest("td").toggleAttribute("data-changed", isDirty(field));
    }
    sums.forEach(add);
    count();
    remember();
  }

  /* --- Travel ---------------------------------------------------------------------------------------------------- */

  const lines = [...frame.querySelectorAll(".grid-line")].map((row) => [...row.cells]);
  const usable = (cell) => (cell ? [...cell.querySelectorAll("input[type=text], textarea")] : []);

  function place(field) {
    const cell = field.closest("td");
    const line = lines.findIndex((cells) => cells.includes(cell));
    return { line, column: lines[line].indexOf(cell), within: usable(cell).indexOf(field) };
  }

  function below(field, step, toEnd) {
    const { line, column, within } = place(field);
    let found;
    for (let next = line + step; lines[next]; next += step) {
      const inside = usable(lines[next][Math.min(column, lines[next].length - 1)]);
      if (inside.length) found = inside[Math.min(within, inside.length - 1)];
      if (found && !toEnd) break;
    }
    return found;
  }

  function beside(field, step, toEnd) {
    const row = lines[place(field).line].flatMap(usable);
    return toEnd ? row.at(step > 0 ? -1 : 0) : row[row.indexOf(field) + step];
  }

  function go(field) {
    if (!field) return false;
    field.focus();
    if (field.tagName === "INPUT") field.select();
    return true;
  }

  const isAtStart = (field) => field.selectionStart === 0;
  const isAtEnd = (field) => field.selectionEnd === field.value.length;
  const isWhole = (field) => field.tagName === "INPUT" && isAtStart(field) && isAtEnd(field);

  function travel(event) {
    const field = event.target;
    const far = event.ctrlKey || event.metaKey;
    const isText = field.tagName === "TEXTAREA";
    const before = isAtStart(field) && (field.selectionEnd === 0 || isWhole(field));
    const after = isAtEnd(field) && (field.selectionStart === field.value.length || isWhole(field));
    if (event.altKey || (event.shiftKey && event.key !== "Enter")) return false;
    switch (event.key) {
      case "ArrowDown":
        return (!isText || after) && go(below(field, 1, far));
      case "ArrowUp":
        return (!isText || before) && go(below(field, -1, far));
      case "Enter":
        if (isText || far) return false;
        go(below(field, event.shiftKey ? -1 : 1));
        return true;
      case "ArrowRight":
        return (far ? !isText : after) && go(beside(field, 1, far));
      case "ArrowLeft":
        return (far ? !isText : before) && go(beside(field, -1, far));
      case "Home":
        if (far) return !isText && go(fields[0]);
        return before && go(beside(field, -1, true));
      case "End":
        if (far) return !isText && go(fields.at(-1));
        return after && go(beside(field, 1, true));
      case "Escape":
        if (field.value === field.dataset.before) return false;
        field.value = field.dataset.before;
        changed([field]);
        return true;
    }
    return false;
  }

  frame.addEventListener("focusin", ({ target }) => {
    if (!named.has(target.name)) return;
    target.dataset.before = target.value;
    if (target.tagName === "INPUT") target.select();
  });
  frame.addEventListener("keydown", (event) => {
    if (!named.has(event.target.name) || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && pasted.length) {
      event.preventDefault();
      undo();
    } else if (travel(event)) event.preventDefault();
  });
  frame.addEventListener("input", ({ target }) => {
    if (!named.has(target.name)) return;
    pasted.length = 0;
    changed([target]);
  });

  /* --- Paste of a block ------------------------------------------------------------------------------------------ */

  const pasted = [];

  /** Lines and cells of what a spreadsheet puts on the clipboard; a quoted cell may hold line ends and tabs. */
  function block(text) {
    const rows = [[]];
    const cell = /("(?:[^"]|"")*"|[^\t\n]*)(\t|\n|$)/y;
    const whole = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    while (cell.lastIndex <= whole.length) {
      const [, value, end] = cell.exec(whole) ?? [];
      if (value === undefined) return whole.split("\n").map((line) => line.split("\t"));
      rows.at(-1).push(value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1).replaceAll('""', '"') : value);
      if (end === "\n") rows.push([]);
      if (!end) break;
    }
    return rows;
  }

  frame.addEventListener("paste", (event) => {
    const field = event.target;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!named.has(field.name) || !/[\t\n]./.test(text)) return;
    if (field.tagName === "TEXTAREA" && !text.includes("\t")) return;
    event.preventDefault();
    const { line, column } = place(field);
    const undone = [];
    const left = [];
    block(text).forEach((row, down) =>
      row.forEach((value, across) => {
        const cell = lines[line + down]?.[column + across];
        const target = cell?.querySelector("[name^='v-']");
        if (!target) {
          if (value.trim()) left.push(value.trim());
          return;
        }
        undone.push([target, target.value]);
        target.value = value.trim();
      }),
    );
    pasted.push(undone);
    changed(undone.map(([target]) => target));
    announce(
      [tell(say.sayPasted, { number: undone.length }), left.length ? tell(say.sayLeft, { number: left.length, values: left.slice(0, 5).join(", ") }) : ""],
      say.sayUndo,
      undo,
    );
  });

  function undo() {
    const last = pasted.pop() ?? [];
    for (const [target, value] of last.reverse()) target.value = value;
    changed(last.map(([target]) => target));
    announce([]);
  }

  function announce(sentences, label, act) {
    const place = status.querySelector(".status-news") ?? status.appendChild(span("status-news"));
    place.textContent = sentences.filter(Boolean).join(" ");
    if (!label) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.textContent = label;
    button.addEventListener("click", act);
    place.append(" ", button);
  }

  /* --- The draft in this browser --------------------------------------------------------------------------------- */

  const key = `grid:${say.user}:${location.pathname}${location.search}`;
  const DAYS = 14 * 24 * 3600 * 1000;
  const seen = new Map(seenField.value.split(" ").map((each) => [each.split(".")[0], each]));
  let timer;

  function remember() {
    clearTimeout(timer);
    timer = setTimeout(keep, 250);
  }

  function keep() {
    clearTimeout(timer);
    const typed = fields.filter(isDirty).map((field) => [field.name, field.value, seen.get(pkOf(field))]);
    try {
      if (typed.length) localStorage.setItem(key, JSON.stringify({ at: Date.now(), typed }));
      else localStorage.removeItem(key);
    } catch {
      // A full or forbidden store: the form itself still holds everything.
    }
  }

  function restore() {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(key) ?? "null");
    } catch {
      return;
    }
    if (!kept || Date.now() - kept.at > DAYS) return;
    const saved = new Set(say.saved.split(" "));
    const back = [];
    for (const [name, value, was] of kept.typed) {
      const field = named.get(name);
      if (!field || saved.has(pkOf(field)) || field.value === value) continue;
      back.push([field, field.value, seen.get(pkOf(field))]);
      field.value = value;
      // What the writer saw then: when somebody saved since, the server asks instead of overwriting.
      if (was) seen.set(pkOf(field), was);
    }
    if (!back.length) return;
    seenField.value = [...seen.values()].join(" ");
    changed(back.map(([field]) => field));
    const number = new Set(back.map(([field]) => pkOf(field))).size;
    announce([tell(say.sayRestored, { number })], say.sayDiscard, () => {
      for (const [field, value, was] of back) {
        field.value = value;
        seen.set(pkOf(field), was);
      }
      seenField.value = [...seen.values()].join(" ");
      changed(back.map(([field]) => field));
      announce([]);
    });
  }

  addEventListener("pagehide", keep);
  form.addEventListener("submit", keep);
  fields.forEach(echo);
  restore();
  count();
  keep();
  const summary = document.getElementById("waiting") ?? document.getElementById("handing-in");
  summary?.focus();
}
