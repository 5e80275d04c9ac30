exports.cutOff = () => {
  const hides = (/** @type {string} */ overflow) => overflow === "hidden" || overflow === "clip";
  const isCut = (/** @type {Element} */ element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    const wide = hides(overflowX) && element.scrollWidth > element.clientWidth + 1;
    return wide || (hides(overflowY) && element.scrollHeight > element.clientHeight + 1);
  };
  /** @type {(element: Element | null) => boolean} */
  const isScrolled = (element) =>
    element !== null && (/auto|scroll/.test(getComputedStyle(element).overflowX) || isScrolled(element.parentElement));
  const isBeyond = (/** @type {Element} */ element) =>
    element.children.length === 0 &&
    element.getBoundingClientRect().right > innerWidth + 1 &&
    !isScrolled(element.closest(".scroll"));
  const all = [...document.querySelectorAll("#page *")].filter((element) => element.textContent?.trim());
  return all.filter((element) => isCut(element) || isBeyond(element)).map((element) => element.outerHTML.slice(0, 200));
};

exports.unnamed = () => {
  const named = (/** @type {Element} */ element) => {
    const texts = [element.getAttribute("aria-label"), element.textContent, element.getAttribute("title")];
    const field =
      element instanceof HTMLInputElement ||
      element instanceof HTMLSelectElement ||
      element instanceof HTMLTextAreaElement;
    return field
      ? Boolean(element.getAttribute("aria-label")) || (element.labels?.length ?? 0) > 0
      : texts.some((text) => text?.trim());
  };
  const fields = [...document.querySelectorAll("button, a, input, select, textarea, nav, [role=img]")];
  const missing = fields.filter((element) => !named(element)).map((element) => element.outerHTML.slice(0, 200));
  return document.querySelectorAll("h1").length === 1 ? missing : [...missing, "not one h1"];
};

exports.faint = () => {
  const rgb = (/** @type {string} */ text) => (text.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (/** @type {number[]} */ colour) => {
    const [red = 0, green = 0, blue = 0] = colour.slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  /** @type {(element: Element | null) => number[]} */
  const behind = (element) => {
    if (!element) return [255, 255, 255];
    const colour = rgb(getComputedStyle(element).backgroundColor);
    return colour.length > 0 && (colour[3] ?? 1) > 0.5 ? colour : behind(element.parentElement);
  };
  const texts = [...document.querySelectorAll("#page *")].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
  );
  return texts.flatMap((element) => {
    const { color, fontSize, visibility } = getComputedStyle(element);
    if (visibility === "hidden" || element.closest("svg")) return [];
    const [one = 0, other = 0] = [luminance(rgb(color)), luminance(behind(element))].sort((a, b) => b - a);
    const contrast = (one + 0.05) / (other + 0.05);
    const enough = Number.parseFloat(fontSize) >= 24 ? 3 : 4.5;
    return contrast < enough ? [`${contrast.toFixed(2)}: ${element.outerHTML.slice(0, 160)}`] : [];
  });
};
