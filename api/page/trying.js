// What every page does with its elements and with what goes wrong.

export const one = (id) => document.getElementById(id);

/** Do something; what it throws is told in words on the page, and gives null. */
export async function trying(work) {
  one("problem").hidden = true;
  try {
    return await work();
  } catch (error) {
    one("problem-title").textContent = error.title ?? "Something went wrong";
    one("problem-detail").textContent = [error.detail ?? error.message, error.remedy].filter(Boolean).join(" ");
    one("problem").hidden = false;
    return null;
  }
}
