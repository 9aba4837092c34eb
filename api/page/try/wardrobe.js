// From a product to a thing that can be worn: its document and its pictures, each fetched once.

import { call } from "/page/service.js";

const bitmap = async (address, premultiplyAlpha) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The picture ${address} did not come.`);
  return createImageBitmap(await answer.blob(), { premultiplyAlpha });
};

/** What a product is worn as: a Garment, or an Accessory. Throws a Problem that says why there is none. */
export async function fetchThing(id, light) {
  const asset = await call(`/v1/tryon/items/${encodeURIComponent(id)}`);
  if (asset.type === "garment") {
    const { Garment } = await import("/try/garment.js");
    return new Garment(asset, await bitmap(asset.texture, "premultiply"), light);
  }
  const { Accessory } = await import("/try/accessory.js");
  const addresses = [...new Set(asset.pieces.map(({ texture }) => texture).filter(Boolean))];
  const pictures = await Promise.all(addresses.map((address) => bitmap(address, "none")));
  return Accessory.make(asset, new Map(addresses.map((address, i) => [address, pictures[i]])));
}
