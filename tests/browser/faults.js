// What is wrong with the page as it stands in its window, in sentences; none where all is well. Lines that
// Playwright evaluates: an expression, whose value is a function; `isSpaced`: also where letters stand further apart.
(isSpaced) => {
  const faults = [];
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  };
  const named = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const hasOwnWords = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim().length > 2);

  // Text that its own box cuts (WCAG 1.4.4, 1.4.10).
  const cut = () => {
    for (const element of document.body.querySelectorAll("*")) {
      const isTooLong = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
      if (!isTooLong || element.clientWidth <= 1 || element.closest("svg") || !element.textContent.trim()) continue;
      const { overflowX, overflowY } = getComputedStyle(element);
      const cuts = { hidden: true, clip: true };
      const isCut =
        (cuts[overflowX] && element.scrollWidth > element.clientWidth + 1) ||
        (cuts[overflowY] && element.scrollHeight > element.clientHeight + 1);
      if (isCut && shown(element)) faults.push(`cuts the text of ${named(element)}`);
    }
  };

  // Room for the letters that a reader asks for (WCAG 1.4.12). The policy of the pages allows a sheet made by a script.
  const spaced = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }" +
        "p { margin-block-end: 2em !important }",
    );
    document.adoptedStyleSheets = [sheet];
    const needed = document.documentElement.scrollWidth;
    if (needed > innerWidth) faults.push(`needs ${needed} px of ${innerWidth} where letters stand further apart`);
    cut();
    document.adoptedStyleSheets = [];
  };

  // Each link, button and field: a target of 24 px or with as much room (WCAG 2.5.8), except within sentences; marked
  // when it has the focus (2.4.7) and then neither outside the window nor under something else (2.4.11).
  const reached = () => {
    const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
    const targets = controls.filter(shown).map((control) => {
      const label = control.matches("[type=checkbox], [type=radio]") && control.closest("label");
      return { control, box: (label || control).getBoundingClientRect() };
    });
    const isSmall = ({ box }) => box.width < 24 || box.height < 24;
    for (const target of targets.filter(isSmall)) {
      const { control, box } = target;
      const isInSentence = getComputedStyle(control).display === "inline" && hasOwnWords(control.parentElement);
      if (isInSentence) continue;
      const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
      const near = targets.find((other) => {
        if (other === target || other.control.contains(control) || control.contains(other.control)) return false;
        const { left, right, top, bottom } = other.box;
        const [dx, dy] = [Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom)];
        const isTooNear = isSmall(other) && Math.hypot(x - (left + right) / 2, y - (top + bottom) / 2) < 23.9;
        return isTooNear || Math.hypot(dx, dy) < 11.9;
      });
      if (near) faults.push(`gives ${named(control)} too little room beside ${named(near.control)}`);
    }
    for (const { control } of targets) {
      if (control.disabled || control.tabIndex < 0 || control.closest("[popover]")) continue;
      control.focus();
      const marked = [control, control.closest(".card"), control.closest("label")].some((one) => {
        const style = one && getComputedStyle(one);
        return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      });
      if (!marked) faults.push(`does not show the focus of ${named(control)}`);
      const box = control.getClientRects()[0];
      const x = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 2);
      const top = document.elementFromPoint(x, box.y + Math.min(box.height / 2, 10));
      const family = [control, control.closest("label"), control.parentElement];
      if (!top || !(top.contains(control) || family.some((one) => one && one.contains(top)))) {
        faults.push(`hides ${named(control)} when it has the focus`);
      }
    }
    document.activeElement.blur();
    scrollTo(0, 0);
  };

  cut();
  if (isSpaced) spaced();
  reached();
  return faults.slice(0, 5);
};
