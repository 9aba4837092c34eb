// How a product is told of, on every page.

export function money(price, currency) {
  try {
    return new Intl.NumberFormat(navigator.language, { style: "currency", currency }).format(Number(price));
  } catch {
    return `${price} ${currency}`;
  }
}

/** The title in the reader's language where the shop has one (attribute title_zh and the like). */
export const titleOf = ({ title, attributes }) => attributes?.[`title_${navigator.language.slice(0, 2)}`] ?? title;
