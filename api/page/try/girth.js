// How wide a person is, read from their mask: what the landmarks, which are joints, do not say.

const LEVELS = [0.38, 0.62, 0.95]; // how far down the trunk its width is measured, shares of its length
const ARM = 0.1375; // what is usual: half an upper arm's width, in units of the body
const LIMBS = [[11, 13], [13, 15], [12, 14], [14, 16]];

const between = (a, b, t = 0.5) => [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

/**
 * landmarks: of the pose; shares: of the person in each pixel of a mask of width × height.
 * All in units of the body, left first, 0 where it cannot be told: trunk: halves of its width at each level; tops: how
 * far the shoulder's outline is above its joint; arms: upper arms' widths over the usual.
 */
export function girth(landmarks, shares, width, height) {
  const at = (i) => [landmarks[i].x * width, landmarks[i].y * height];
  const [top, end] = [between(at(11), at(12)), between(at(23), at(24))];
  const torso = Math.max(apart(top, end), 1);
  const unit = Math.max(apart(at(11), at(12)), 0.62 * torso);
  const down = [(end[0] - top[0]) / torso, (end[1] - top[1]) / torso];
  const facing = (at(11)[0] - at(12)[0]) * down[1] - (at(11)[1] - at(12)[1]) * down[0] < 0 ? -1 : 1;
  const across = [facing * down[1], -facing * down[0]];
  const arms = LIMBS.flatMap(([a, b]) => Array.from({ length: 13 }, (_, i) => between(at(a), at(b), i / 10)));

  /** How far the mask reaches from a point in a direction, and where it ends; null where that is not seen. */
  const reach = (start, way, most) => {
    for (let step = 0; step < most * unit; step += 1) {
      const [x, y] = [start[0] + step * way[0], start[1] + step * way[1]];
      if (x < 0 || y < 0 || x >= width || y >= height) return null;
      if (shares[Math.floor(y) * width + Math.floor(x)] < 0.5) return step ? { far: step / unit, end: [x, y] } : null;
    }
    return null;
  };
  const way = (side) => [side * across[0], side * across[1]];
  const half = (level, side) => {
    const found = reach(between(top, end, level), way(side), 1.2);
    return found && arms.every((arm) => apart(arm, found.end) > 0.2 * unit) ? found.far : 0;
  };
  const above = (joint, side) => {
    const start = at(joint);
    return reach([start[0] + 0.03 * unit * side * across[0], start[1] + 0.03 * unit * side * across[1]], [-down[0], -down[1]], 0.3)?.far ?? 0;
  };
  const arm = (shoulder, elbow) => {
    const [a, b] = [at(shoulder), at(elbow)];
    const long = Math.max(apart(a, b), 1);
    const normal = [(b[1] - a[1]) / long, -(b[0] - a[0]) / long];
    const sides = [1, -1].map((side) => reach(between(a, b), [side * normal[0], side * normal[1]], 0.4)?.far);
    return sides[0] && sides[1] ? (sides[0] + sides[1]) / 2 / ARM : 0;
  };
  return {
    trunk: [1, -1].map((side) => LEVELS.map((level) => half(level, side))),
    tops: [above(11, 1), above(12, -1)],
    arms: [arm(11, 13), arm(12, 14)],
  };
}
